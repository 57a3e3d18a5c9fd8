"""A model that was trained elsewhere, taken into a study with the days it learnt from."""

import json
from pathlib import Path
from typing import Any

from sesctl.benchmark.passes import Subject
from sesctl.errors import ReadError
from sesctl.models import open_model
from sesctl.pipeline.loading import load_model, make_learner
from sesctl.plugin import DetectorInfo
from sesctl.types import Origin

ORIGINS = "origins.json"
MOST_BYTES = 1 << 24


def given(info: DetectorInfo, folder: Path) -> Subject:
    """Return a detector with a model from a folder.

    Parameters
    ----------
    info : DetectorInfo
        The detector.
    folder : Path
        Its model folder, with the origins of the days it learnt from.

    Returns
    -------
    Subject
        Ready to be scored.

    Raises
    ------
    PluginError
        If the folder holds no model of this detector, or a damaged one.
    ReadError
        If it does not say which days were learnt from: then nobody could tell whether a test leaks.
    """
    model = open_model(folder)
    detector = make_learner(info)
    load_model(info, detector, model)
    return Subject(info=info, detector=detector, model=model.hash, learnt_from=origins_of(folder))


def origins_of(folder: Path) -> frozenset[Origin]:
    """Return the days that a model learnt from.

    Raises
    ------
    ReadError
        If the folder does not say so.
    """
    path = folder / ORIGINS
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        return frozenset(origin for entry in json.loads(_whole(data)) for origin in _of(entry))
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{path} does not say which days the model learnt from ({error})"
        raise ReadError(msg, "Use a model folder that `sesctl train` wrote.") from error


def _whole(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        msg = f"it has more than {MOST_BYTES} bytes"
        raise ValueError(msg)
    return data


def _of(entry: dict[str, Any]) -> list[Origin]:
    station, source = str(entry["station"]), str(entry["source"])
    return [Origin(station, int(day), source) for day in entry["days"]]
