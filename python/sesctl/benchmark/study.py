"""What a study is made of: detectors, stations, protocols, and a folder for what comes out."""

import hashlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from sesctl import registry
from sesctl.benchmark.backgrounds import TRAINING, VALIDATION, Background, lay
from sesctl.benchmark.boxcar_ref import BOXCAR_REF
from sesctl.benchmark.leak import refuse_shared_origins, shared_origins
from sesctl.benchmark.passes import Subject
from sesctl.benchmark.scale import Scale
from sesctl.benchmark.signals import STRONG, Strength, Unit, single_dipoles, whole_station
from sesctl.benchmark.splits import (
    EMBARGO_DAYS,
    LABELS,
    Protocol,
    pool,
    shuffle,
    training_ground,
    validation_ground,
)
from sesctl.benchmark.training import Share, embed_days, learn
from sesctl.errors import ParameterError
from sesctl.models import open_model, read_origins
from sesctl.pipeline.loading import load_detector, set_device
from sesctl.plugin import Detector, DetectorInfo
from sesctl.types import Origin
from sesctl.waveforms.embedded import EmbeddedDays


def find_detector(name: str) -> DetectorInfo:
    """Return the record of an installed detector, or of the yardstick, which is not installed.

    Raises
    ------
    PluginError
        If there is none of this name.
    """
    return BOXCAR_REF if name == BOXCAR_REF.name else registry.find(name)


@dataclass(frozen=True, kw_only=True)
class Study:
    """One run of a benchmark.

    Parameters
    ----------
    scale : Scale
        How much of everything.
    folder : Path
        Where results and models go.
    models : mapping of str to Path
        Models to score as they are, by detector; a detector that learns and has none here is trained.
    """

    scale: Scale
    folder: Path
    models: Mapping[str, Path] = field(default_factory=dict)

    def given(self, info: DetectorInfo, trained: str = STRONG.name) -> Subject | None:
        """Return a detector with the model that was given for it, or None where it is to be trained.

        A model for one strength alone, or the one after transfer, is given as ``name/weak`` or
        ``name/transfer``.
        """
        folder = self.models.get(f"{info.name}/{trained}", self.models.get(info.name))
        return read_subject(info, folder) if folder else None

    def subject(self, info: DetectorInfo, protocol: Protocol, station: str, strength: Strength) -> Subject:
        """Return a detector ready to be scored, trained on this station where it learns."""
        given = self.given(info, strength.name)
        if given or not info.trainable:
            return given or untrained(info)

        def sets() -> tuple[EmbeddedDays, EmbeddedDays]:
            parts = (
                paper_shares(info, lay(pool(station, self.scale)), self.scale)
                if protocol == "paper"
                else self._honest_shares(info, station)
            )
            return embed_days(parts[0], strength, info), embed_days(parts[1], strength, info)

        return learn(
            info,
            sets,
            self.model_folder(info, protocol, station, strength.name),
            self.made_from(info, protocol, station, strength),
        )

    def _honest_shares(self, info: DetectorInfo, station: str) -> tuple[list[Share], list[Share]]:
        training, validation = (
            lay(training_ground(station, self.scale)),
            lay(validation_ground(station, self.scale)),
        )
        return (
            whole_shares(training, units_of(info, training, self.scale.copies), TRAINING[0]),
            whole_shares(validation, units_of(info, validation, 1), VALIDATION[0]),
        )

    def start_from(self, info: DetectorInfo, protocol: Protocol, station: str, strength: Strength) -> Path:
        """Return the folder of the model that `subject` scores."""
        own = self.model_folder(info, protocol, station, strength.name) / "model"
        return self.models.get(info.name, own)

    def model_folder(self, info: DetectorInfo, *names: str) -> Path:
        """Return where a model of a detector is kept."""
        return self.folder / "models" / info.name / "-".join(names)

    def made_from(
        self, info: DetectorInfo, protocol: str, station: str, strength: Strength
    ) -> dict[str, Any]:
        """Return what a model depends on."""
        return {
            "detector": identity(info),
            "protocol": protocol,
            "station": station,
            "strength": asdict(strength),
            "scale": asdict(self.scale),
        }


@cache
def untrained(info: DetectorInfo) -> Subject:
    """Return a detector that does not learn; always the same, so that a pass of it can serve twice."""
    return Subject(info=info, detector=registry.make(info))


def models_of(folders: Sequence[Path], names: Sequence[str]) -> dict[str, Path]:
    """Return model folders by the detectors they belong to, each one of those that are scored.

    Raises
    ------
    ParameterError
        If a model is of another detector, or two are of one.
    PluginError
        If a folder is no model.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        name = open_model(folder).detector
        if name not in names or name in found:
            what = (
                "is not among those scored" if name not in names else f"has the model {found[name]} already"
            )
            msg = f"{folder} is a model of {name}, which {what}"
            raise ParameterError(msg, "Give one --model at most for each --plugin.")
        found[name] = folder
    return found


@cache
def read_subject(info: DetectorInfo, folder: Path) -> Subject:
    """Return a detector with a model that `sesctl train` wrote, and the days that it learnt from.

    Raises
    ------
    PluginError
        If the folder is no model of the detector, or is damaged.
    ReadError
        If it does not say which days were learnt from, so that no test could be told from training.
    """
    detector, model = load_detector(info, model=folder)
    return Subject(
        info=info,
        detector=detector,
        model=model.hash if model else "",
        learnt_from=frozenset(read_origins(folder)),
    )


def on_device(info: DetectorInfo, device: str | None) -> DetectorInfo:
    """Return a detector's record whose detectors compute on a device."""
    if device is None:
        return info

    def make() -> Detector:
        detector = info.make()
        set_device(info, detector, device)
        return detector

    return replace(info, make=make)


def units_of(info: DetectorInfo, background: Background, copies: int) -> list[Unit]:
    """Return what a detector learns from: single dipoles, or whole stations if it judges them together."""
    return single_dipoles(background, copies) if info.dipoles == "each" else whole_station(copies)


def paper_shares(
    info: DetectorInfo, background: Background, scale: Scale, seed: int = TRAINING[0]
) -> tuple[list[Share], list[Share]]:
    """Return training and validation under protocol ``paper``; the test is what `shuffle` leaves."""
    dealt = shuffle(background, units_of(info, background, scale.copies), scale.most_pairs, seed)
    return (
        [Share(background=background, unit=u, starts=s, first_seed=seed) for u, s in dealt.training.items()],
        [
            Share(background=background, unit=u, starts=s, first_seed=seed)
            for u, s in dealt.validation.items()
        ],
    )


def whole_shares(background: Background, units: Sequence[Unit], first_seed: int) -> list[Share]:
    """Return all days of a background for each unit."""
    return [
        Share(background=background, unit=unit, starts=background.starts, first_seed=first_seed)
        for unit in units
    ]


def guard(protocol: Protocol, learnt_from: Iterable[Origin], tested: Iterable[Origin]) -> dict[str, Any]:
    """Label a test by what it shares with training; under ``honest`` refuse it if that is anything.

    Raises
    ------
    ParameterError
        Under ``honest``, naming the first background that is shared, or nearer than the embargo.
    """
    learnt, test = set(learnt_from), set(tested)
    if protocol == "honest":
        refuse_shared_origins(learnt, test, embargo_days=EMBARGO_DAYS)
    return {
        "label": LABELS[protocol],
        "test_backgrounds": len(test),
        "shared_with_training": len(shared_origins(learnt, test)),
        "embargo_days": EMBARGO_DAYS if protocol == "honest" else 0,
    }


def identity(info: DetectorInfo) -> dict[str, Any]:
    """Return what a detector is known by: its name and the SHA-256 of the file in which it scores."""
    kind = type(registry.make(info))
    source = inspect.getsourcefile(kind.score)
    code = Path(source).read_bytes() if source else b""
    return {
        "name": info.name,
        "module": kind.__module__,
        "code_sha256": hashlib.sha256(code).hexdigest(),
        "trainable": info.trainable,
        "dipoles": info.dipoles,
        "cleaning": info.cleaning,
    }
