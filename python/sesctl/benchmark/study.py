"""What a study is made of: detectors, stations, protocols, and a folder for what comes out."""

import hashlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sesctl import registry
from sesctl.benchmark.backgrounds import TRAINING, VALIDATION, Background, lay
from sesctl.benchmark.boxcar_ref import BOXCAR_REF
from sesctl.benchmark.given import given
from sesctl.benchmark.leak import refuse_shared_origins, shared_origins
from sesctl.benchmark.passes import Subject
from sesctl.benchmark.scale import Scale
from sesctl.benchmark.signals import Strength, Unit, single_dipoles, whole_station
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
from sesctl.plugin import DetectorInfo
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
        Models trained elsewhere: by the name of the detector, or by ``name/strength`` for those trained
        on one strength. They are scored under both protocols as they are.
    """

    scale: Scale
    folder: Path
    models: Mapping[str, Path] = field(default_factory=dict)

    def subject(self, info: DetectorInfo, protocol: Protocol, station: str, strength: Strength) -> Subject:
        """Return a detector ready to be scored, trained on this station where it learns."""
        if not info.trainable:
            return untrained(info)
        there = self.given_model(info, strength)
        if there is not None:
            return given(info, there)

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

    def given_model(self, info: DetectorInfo, strength: Strength) -> Path | None:
        """Return the folder of the model that was trained elsewhere for a strength, if there is one."""
        return self.models.get(f"{info.name}/{strength.name}", self.models.get(info.name))

    def _honest_shares(self, info: DetectorInfo, station: str) -> tuple[list[Share], list[Share]]:
        training, validation = (
            lay(training_ground(station, self.scale)),
            lay(validation_ground(station, self.scale)),
        )
        return (
            whole_shares(training, units_of(info, training, self.scale.copies), TRAINING[0]),
            whole_shares(validation, units_of(info, validation, 1), VALIDATION[0]),
        )

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
