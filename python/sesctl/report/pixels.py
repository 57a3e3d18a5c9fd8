"""Arrays of pixels as picture files."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from sesctl.errors import OutputError


def write_pixels(pixels: npt.NDArray[np.uint8], path: Path) -> Path:
    """Write grey pixels as PNG, one to one, whole or not at all, and return the path.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width)
        0 is black, 255 white.
    path : Path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    from matplotlib.image import imsave

    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            imsave(part, pixels, cmap="gray", vmin=0, vmax=255, format="png")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror})"
        raise OutputError(msg) from error
    return path
