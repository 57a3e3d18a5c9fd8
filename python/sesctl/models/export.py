"""A copy of a model for others: smaller, or for machines without the library it was trained with."""

import tempfile
from pathlib import Path
from typing import Literal

from sesctl.errors import OutputError
from sesctl.models.description import describe
from sesctl.models.folder import ModelFolder, check_files, open_model
from sesctl.plugin import TrainableDetector
from sesctl.plugin.guard import guarded
from sesctl.plugin.plain_file import read_plain

KEPT = ("card", "data", "made_from")
"""What the model's description says, beyond what its detector writes, and goes along."""
ALONG = ("curves.json", "curves.png", "origins.json", "roc.png")
MAX_BYTES = 1 << 26
"""Of a file that goes along: as many as the longest list of days may have."""


def export_model(
    model: ModelFolder,
    detector: TrainableDetector,
    to: Path,
    *,
    dtype: Literal["float32", "float16"] = "float32",
    onnx: bool = False,
) -> ModelFolder:
    """Write a model once more, whole or not at all.

    The card goes along. The calibration goes along only where the copy has the same hash: scores that other
    weights gave say nothing of these.

    Parameters
    ----------
    model : ModelFolder
        The model.
    detector : TrainableDetector
        A new detector of its kind.
    to : Path
        The folder to write, which must not be there yet.
    dtype : {"float32", "float16"}
        Of the weights.
    onnx : bool
        Whether to add the network as ONNX, for machines without Keras.

    Raises
    ------
    OutputError
        If the folder is there already, or cannot be written.
    SesctlError
        If the model is damaged, its detector cannot write it so, or a file that goes along is a link, no
        plain file or too large: what lies elsewhere is not given away.
    """
    if to.exists():
        msg = f"{to} is there already"
        raise OutputError(msg, "Name a folder that is not.")
    check_files(model)
    with guarded(f"detector {model.detector} cannot be loaded from {model.folder}"):
        detector.load(model.folder)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=f".{to.name}-") as name:
            part = Path(name) / "model"
            part.mkdir()
            with guarded(f"detector {model.detector} cannot be exported"):
                detector.export(part, dtype=dtype, onnx=onnx)
            describe(part, model.detector, {key: model.about[key] for key in KEPT if key in model.about})
            scored_alike = open_model(part).hash == model.hash
            for beside in (*ALONG, "calibration.json") if scored_alike else ALONG:
                _take_along(model.folder / beside, part / beside)
            part.rename(to)
    except OSError as error:
        msg = f"the model folder {to} cannot be written ({error.strerror})"
        raise OutputError(msg, "Name a folder that is writable, or can be made.") from error
    return open_model(to)


def _take_along(beside: Path, to: Path) -> None:
    """Copy a file, if there is one."""
    try:
        content = read_plain(beside, MAX_BYTES)
    except FileNotFoundError:
        return
    to.write_bytes(content)
