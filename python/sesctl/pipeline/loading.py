"""A detector ready to score: made, given what it learnt, and set to a device."""

from pathlib import Path

from sesctl import registry
from sesctl.errors import ParameterError, PluginError
from sesctl.models import ModelFolder, check_files, open_model, shipped_model
from sesctl.plugin import Detector, DetectorInfo, TrainableDetector
from sesctl.plugin.guard import guarded

SHIPPED_WORD = "shipped"


def load_detector(
    info: DetectorInfo, *, model: Path | None = None, device: str | None = None
) -> tuple[Detector, ModelFolder | None]:
    """Make a detector, and load what it learnt.

    Parameters
    ----------
    info : DetectorInfo
        The detector's record.
    model : Path, optional
        A model folder; that which comes with the detector by default.
    device : str, optional
        Where it is to compute; where the detector likes by default.

    Returns
    -------
    Detector
        The detector.
    ModelFolder or None
        What it was loaded from; None for a detector that does not learn.

    Raises
    ------
    ParameterError
        If a model is named for a detector that does not learn.
    PluginError
        If the detector has learnt nothing yet, or the model is damaged or another detector's, or the device
        is none of its.
    """
    if not info.trainable:
        if model is not None:
            msg = f"detector {info.name} does not learn, so that it has no use for the model {model}"
            raise ParameterError(msg, "Leave --model out.")
        detector = registry.make(info)
        set_device(info, detector, device)
        return detector, None
    folder = open_model(model) if model is not None else shipped_model(info)
    if folder is None:
        msg = f"{info.name} has learnt nothing yet: no model comes with it"
        raise PluginError(
            msg,
            f"Train it with `sesctl train SOURCE --plugin {info.name} --to MODEL`, then name --model MODEL.",
        )
    learner = make_learner(info)
    set_device(info, learner, device)
    load_model(info, learner, folder)
    return learner, folder


def model_to_start_from(info: DetectorInfo, named: Path) -> Path:
    """Return the model folder that is meant: ``shipped`` is that which comes with the detector.

    A folder of this name is a folder like any other, if there is one.

    Raises
    ------
    PluginError
        If no model comes with the detector.
    """
    if named != Path(SHIPPED_WORD) or named.exists():
        return named
    if info.model is None:
        msg = f"no model comes with {info.name} to go on from"
        raise PluginError(msg, "Name a model folder with --from, or leave it out.")
    return info.model


def make_learner(info: DetectorInfo) -> TrainableDetector:
    """Make a detector that learns.

    Raises
    ------
    PluginError
        If it does not, or says that it does and has no `fit`.
    """
    if not info.trainable:
        msg = f"detector {info.name} does not learn"
        raise PluginError(msg, "See `sesctl plugins show` for what a detector does.")
    detector = registry.make(info)
    if not isinstance(detector, TrainableDetector):
        msg = f"detector {info.name} says it is trainable, but is no TrainableDetector"
        raise PluginError(msg)
    return detector


def load_model(info: DetectorInfo, detector: TrainableDetector, model: ModelFolder) -> None:
    """Give a detector what it learnt, after checking that it is its own and whole.

    Raises
    ------
    PluginError
        If the model is another detector's, or damaged.
    """
    if model.detector != info.name:
        msg = f"{model.folder} is a model of {model.detector}, not of {info.name}"
        raise PluginError(msg, f"Use it with --plugin {model.detector}.")
    check_files(model)
    with guarded(f"detector {info.name} cannot be loaded from {model.folder}"):
        detector.load(model.folder)


def set_device(info: DetectorInfo, detector: Detector, device: str | None) -> None:
    """Let a detector compute on a device, where one is named.

    Raises
    ------
    PluginError
        If it has no such device.
    """
    if device is not None:
        with guarded(f"detector {info.name} cannot compute on {device}"):
            detector.use_device(device)
