"""The study, part by part: each leaves one file, and a rerun takes up where the last one stopped."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesctl.benchmark.backgrounds import TEST, TRAINING, VALIDATION
from sesctl.benchmark.experiments import recorded, strengths, success, transfer, unseen
from sesctl.benchmark.result_file import read_result, write_result
from sesctl.benchmark.scale import Scale
from sesctl.benchmark.signals import STRENGTHS
from sesctl.benchmark.splits import LABELS, Protocol
from sesctl.benchmark.study import Study, identity
from sesctl.errors import ParameterError
from sesctl.models import open_model
from sesctl.plugin import DetectorInfo

STUDY = "xue2022"
STATIONS = ("hkb", "mts", "ota")
OWN_STATION = "hkb"
"""The station of the paper's Figs. 8 to 11."""
Experiment = Callable[[Study, DetectorInfo, Protocol, str], dict[str, Any]]
EXPERIMENTS: Mapping[str, Experiment] = {
    "success": success.run,
    "recorded": recorded.run,
    "strengths": strengths.run,
    "transfer": transfer.run,
    "unseen": unseen.run,
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One experiment with one detector on one station.

    Parameters
    ----------
    experiment : str
        A name of `EXPERIMENTS`.
    protocol : {"paper", "honest"}
        How training and test are kept apart.
    station : str
        A preset, or ``random``.
    info : DetectorInfo
        The detector.
    """

    experiment: str
    protocol: Protocol
    station: str
    info: DetectorInfo

    @property
    def name(self) -> str:
        """Stem of its file."""
        return f"{self.experiment}-{self.protocol}-{self.station}-{self.info.name}"


def parts_of(
    infos: Sequence[DetectorInfo],
    stations: Sequence[str],
    protocols: Sequence[Protocol],
    experiments: Sequence[str] = tuple(EXPERIMENTS),
) -> list[Part]:
    """Return the parts of a study, those that share a background side by side.

    Success by strength and transfer are for the paper's own station where it is among those chosen, as there;
    transfer for detectors that learn; unseen stations for protocol ``honest`` alone, since under ``paper``
    every station is seen.

    Raises
    ------
    ParameterError
        If a station or an experiment is unknown, or there is no detector.
    """
    for what, names, known in (
        ("station", stations, STATIONS),
        ("part", experiments, tuple(EXPERIMENTS)),
    ):
        for name in names:
            if name not in known:
                msg = f"the study has no {what} {name!r}"
                raise ParameterError(msg, f"It has {', '.join(known)}.")
    if not infos:
        msg = "no detector is named"
        raise ParameterError(msg, "Name one with --plugin.")
    own = [OWN_STATION] if OWN_STATION in stations else list(stations)
    parts = [
        Part(experiment=experiment, protocol=protocol, station=station, info=info)
        for station in stations
        for protocol in protocols
        for experiment in experiments
        for info in infos
        if experiment in ("success", "recorded")
        or (experiment == "strengths" and station in own)
        or (experiment == "transfer" and station in own and info.trainable)
    ]
    if "unseen" in experiments and "honest" in protocols:
        parts += [
            Part(experiment="unseen", protocol="honest", station=unseen.RANDOM, info=info) for info in infos
        ]
    return parts


def run_part(part: Part, study: Study) -> bool:
    """Run a part and write its file, unless the file of the same part with the same parameters is there.

    Parameters
    ----------
    part : Part
        What to do.
    study : Study
        How much of it, and where to.

    Returns
    -------
    bool
        Whether it was run.

    Raises
    ------
    ParameterError
        If training and test share a background under protocol ``honest``.
    SesctlError
        If a detector fails, or a file can be neither read nor written.
    """
    path = study.folder / f"{part.name}.json"
    parameters = _parameters(part, study)
    there = read_result(path)
    if there is not None and there.get("parameters") == parameters:
        return False
    clock = time.perf_counter()
    results = EXPERIMENTS[part.experiment](study, part.info, part.protocol, part.station)
    write_result(
        path,
        {
            "study": STUDY,
            "part": part.experiment,
            "protocol": part.protocol,
            "protocol_label": LABELS[part.protocol],
            "station": part.station,
            "detector": part.info.name,
            "parameters": parameters,
            "results": results,
            "wall_s": round(time.perf_counter() - clock, 1),
        },
    )
    return True


def run_study(
    parts: Sequence[Part],
    scale: Scale,
    folder: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    models: Mapping[str, Path] | None = None,
) -> int:
    """Run parts one after the other and return how many had to be run.

    Parameters
    ----------
    parts : sequence of Part
        What to do.
    scale : Scale
        How much of it.
    folder : Path
        Where results and models go.
    progress : callable
        Is told the parts done and their number.
    models : mapping of str to Path, optional
        Models to score as they are, by detector.
    """
    study = Study(scale=scale, folder=folder, models=models or {})
    ran = 0
    progress(0, len(parts))
    for done, part in enumerate(parts, 1):
        ran += run_part(part, study)
        progress(done, len(parts))
    return ran


def _parameters(part: Part, study: Study) -> dict[str, Any]:
    """Return what the results depend on, as JSON gives it back."""
    parameters = {
        "detector": identity(part.info),
        "scale": asdict(study.scale),
        "strengths": [asdict(strength) for strength in STRENGTHS],
        "seeds": {
            "training": [TRAINING[0], TRAINING[-1]],
            "validation": [VALIDATION[0], VALIDATION[-1]],
            "test": [TEST[0], TEST[-1]],
        },
    }
    models = {
        name: open_model(folder).hash
        for name, folder in study.models.items()
        if name.split("/")[0] == part.info.name
    }
    if models:
        parameters["models"] = models
    plain: dict[str, Any] = json.loads(json.dumps(parameters))
    return plain
