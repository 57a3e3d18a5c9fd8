"""The models that come with the built-in detectors, a folder of data each."""

from pathlib import Path


def shipped(name: str) -> Path | None:
    """Return the folder of the model that comes with a detector, or None where none does.

    Parameters
    ----------
    name : str
        Name of the detector, and of the folder.
    """
    folder = Path(__file__).with_name(name)
    return folder if folder.is_dir() else None
