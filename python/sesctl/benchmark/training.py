"""Training sets out of backgrounds and signals, and models out of training sets."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl import registry
from sesctl.benchmark.backgrounds import Background
from sesctl.benchmark.passes import Subject
from sesctl.benchmark.signals import Strength, Unit, embedded, plan
from sesctl.clean import TARGET, clean
from sesctl.errors import OutputError, ParameterError, PluginError, ReadError
from sesctl.pipeline import RecordSource
from sesctl.pipeline.prepare import batches, prepare, raw_days
from sesctl.plugin import DetectorInfo, Progress, TrainableDetector
from sesctl.types import Dipole, Origin, Station
from sesctl.waveforms.embedded import EmbeddedDays

BATCH_DAYS = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Share:
    """Days of one unit that are learnt from.

    Parameters
    ----------
    background : Background
        The record.
    unit : Unit
        Dipoles and copy.
    starts : ndarray of int64, shape (day,)
        The days, µs UTC.
    first_seed : int
        First of the seeds of signals.
    """

    background: Background
    unit: Unit
    starts: npt.NDArray[np.int64]
    first_seed: int


def embed_days(shares: Sequence[Share], strength: Strength, info: DetectorInfo) -> EmbeddedDays:
    """Return days with one signal each, one below the other.

    Parameters
    ----------
    shares : sequence of Share
        Units of equally many dipoles; stations may differ, and only the first one's name is kept.
    strength : Strength
        The signals.
    info : DetectorInfo
        Sampling interval, context and cleaning of the detector that learns.

    Returns
    -------
    EmbeddedDays
        In the order of the shares.
    """
    parts = [part for share in shares for part in _embedded(share, strength, info)]
    if not parts:
        msg = f"there is no day for detector {info.name} to learn from"
        raise ParameterError(msg, "Train on more days.")
    channels = parts[0].station.channels
    if len(channels) == 1:
        # A row is any dipole of any station: its name would only be that of the first.
        channels = (Dipole(name="dipole"),)
    return EmbeddedDays(
        station=Station(name=parts[0].station.name, channels=channels),
        values=np.concatenate([part.values for part in parts]),
        starts=np.concatenate([part.starts for part in parts]),
        interval=parts[0].interval,
        context=parts[0].context,
        quality=np.concatenate([part.quality for part in parts]),
        origins=[origins for part in parts for origins in part.origins],
        signals=np.concatenate([part.signals for part in parts]),
        target=np.concatenate([part.target for part in parts]),
    )


def _embedded(share: Share, strength: Strength, info: DetectorInfo) -> Iterator[EmbeddedDays]:
    background, unit = share.background, share.unit
    injection = strength.injection(unit.seed(background, share.first_seed), background.offset)
    names = list(unit.rows(background))
    signals = plan(background, unit, injection, share.starts)
    sources = [RecordSource(embedded(background, unit, each)) for each in ([], signals)]
    for batch in batches(share.starts, BATCH_DAYS):
        quiet, noisy = (
            raw_days(source, batch, dipoles=names, interval=info.interval, context_s=info.context)
            for source in sources
        )
        if quiet is None or noisy is None:
            continue
        added = np.nan_to_num(noisy.values - quiet.values)
        seen = prepare(noisy, info)
        yield EmbeddedDays(
            station=seen.station,
            values=seen.values,
            starts=seen.starts,
            interval=seen.interval,
            context=seen.context,
            quality=seen.quality,
            origins=seen.origins,
            signals=added,
            target=clean(quiet, TARGET).values + added,
        )


def learn(
    info: DetectorInfo,
    sets: Callable[[], tuple[EmbeddedDays, EmbeddedDays]],
    folder: Path,
    made_from: Mapping[str, Any],
    *,
    start_from: Path | None = None,
) -> Subject:
    """Train a detector, or take up the model that an earlier run left.

    Parameters
    ----------
    info : DetectorInfo
        A trainable detector.
    sets : callable
        Returns what it learns from and what it may choose on; not called where the model is there already.
    folder : Path
        Where its model is kept.
    made_from : mapping
        What the model depends on, as JSON knows it: a model made from anything else is not taken up.
    start_from : Path, optional
        Folder of the model to go on from, for fine-tuning.

    Returns
    -------
    Subject
        The detector as it was saved and loaded again.

    Raises
    ------
    PluginError
        If the detector cannot learn.
    ReadError
        If what is in the folder is no model of a benchmark.
    OutputError
        If the folder cannot be written.
    """
    wanted = json.loads(json.dumps(made_from))
    card = _card_of(folder)
    if card.get("made_from") != wanted:
        training, validation = sets()
        card = {"made_from": wanted, "learnt_from": _origin_rows([training, validation])}
        detector = _trainable(info)
        if start_from is not None:
            detector.load(start_from)
        detector.fit(training, validation, Progress())
        part = folder.with_name(f".{folder.name}.part")
        try:
            shutil.rmtree(part, ignore_errors=True)
            (part / "model").mkdir(parents=True)
            detector.save(part / "model")
            (part / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            part.replace(folder)
        except OSError as error:
            msg = f"the model folder {folder} cannot be written ({error.strerror})"
            raise OutputError(msg) from error
    learnt = _trainable(info)
    learnt.load(folder / "model")
    return Subject(
        info=info,
        detector=learnt,
        model=_digest(folder / "model"),
        learnt_from=frozenset(Origin(*row) for row in card["learnt_from"]),
    )


def _trainable(info: DetectorInfo) -> TrainableDetector:
    detector = registry.make(info)
    if not isinstance(detector, TrainableDetector):
        msg = f"detector {info.name} says it is trainable, but is no TrainableDetector"
        raise PluginError(msg)
    return detector


def _origin_rows(sets: Sequence[EmbeddedDays]) -> list[list[str | int]]:
    """Return the backgrounds of all days, as JSON knows them, in order."""
    origins = {origin for days in sets for of_day in days.origins for origin in of_day}
    return [[each.station, each.day, each.source] for each in sorted(origins, key=_order)]


def _order(origin: Origin) -> tuple[str, str, int]:
    return origin.station, origin.source, origin.day


def _card_of(folder: Path) -> dict[str, Any]:
    path = folder / "card.json"
    if not path.is_file():
        return {}
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(card, dict) and {"made_from", "learnt_from"} <= card.keys():
            return card
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error})"
        raise ReadError(msg, "Delete the folder, and the model is trained anew.") from error
    msg = f"{path} does not say what its model was made and learnt from"
    raise ReadError(msg, "Delete the folder, and the model is trained anew.")


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
