"""Signals into a copy of a record, day by day."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sesctl.archive import GroupKey, Policy, WritableArchive, create_or_open
from sesctl.archive.write import check_grid
from sesctl.errors import ArchiveError, ParameterError
from sesctl.inject import Injection, Signal, add_signals, cut_waveform, plan_day
from sesctl.pipeline.making import check_making, distortion_of
from sesctl.pipeline.prepare import batches
from sesctl.pipeline.source import ArchiveSource, RecordSource, Source, choose_dipoles
from sesctl.resample import resample
from sesctl.types import Record
from sesctl.types.instants import DAY, iso, microseconds
from sesctl.waveforms import SES, Recorded, dipole_amplitudes

BATCH_DAYS = 16
Distortion = list[list[float]] | None


@dataclass(kw_only=True)
class Injected:
    """What was embedded in one station's record.

    Parameters
    ----------
    station : str
        Name of the station.
    days : int
        UTC days written or found the same.
    embedded : int
        Signals embedded.
    crowded : int
        Signals left out because they would have overlapped another.
    unseen : int
        Signals left out because somewhere in them no dipole has a sample.
    truth : list of SES
        What was embedded, in order of time.
    """

    station: str
    days: int = 0
    embedded: int = 0
    crowded: int = 0
    unseen: int = 0
    truth: list[SES] = field(default_factory=list)


def inject(
    sources: Sequence[Source],
    archive: Path,
    injection: Injection,
    *,
    policy: Policy = "error",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Injected]:
    """Copy records into an archive with signals added to their dipoles.

    The signals of a day are drawn from the seed, the station and the day alone. One that goes over midnight
    is embedded on both days, or, where either has no sample for it, not at all.

    Parameters
    ----------
    sources : sequence of Source
        The backgrounds, one a station; origins and other channels are kept as they are.
    archive : Path
        The archive to write; made if it is not there.
    injection : Injection
        What to draw.
    policy : {"error", "keep", "replace"}
        What to do with samples that differ from archived ones.
    progress : callable
        Is told the UTC days done and their number.

    Returns
    -------
    list of Injected
        One a source, in their order.

    Raises
    ------
    ParameterError
        If the sources cannot show the signals, or a station comes at two sampling intervals.
    StationError
        If a station has no dipole, one of unknown azimuth, or one that a recorded waveform does not know.
    ArchiveError
        If the archive is the source itself, holds something else, or cannot be written.
    """
    check_apart(sources, archive)
    backgrounds = [_on_grid(source) for source in sources]
    for source in backgrounds:
        _check_shows(source, injection)
    total, done, results = sum(len(source.days(0)) for source in backgrounds), 0, []
    with ExitStack() as opened:
        store: WritableArchive | None = None
        for source in backgrounds:
            making = making_of(injection, source)
            store = store or opened.enter_context(create_or_open(archive))
            check_making(store, GroupKey(source.station.name, _interval_us(source)), making)
            stream = _Stream(source, injection, distortion_of(source.provenance))
            for batch in batches(source.days(0), BATCH_DAYS):
                store.write(
                    stream.next_days(int(batch[0]), int(batch[-1]) + DAY), policy=policy, provenance=making
                )
                done += len(batch)
                progress(done, total)
            results.append(stream.result)
    return results


class _Stream:
    """One source on its way: the signals that are not over yet, and those of days not reached yet."""

    def __init__(self, source: Source, injection: Injection, distortion: Distortion) -> None:
        self._source, self._injection, self._distortion = source, injection, distortion
        self._days = source.days(injection.day_offset).tolist()
        self._utc_days = {start // DAY for start in source.days(0).tolist()}
        self._active: list[Signal] = []
        self.result = Injected(station=source.station.name)

    def next_days(self, start: int, end: int) -> Record:
        """Return the record of some whole UTC days with its signals; to be called in order of time."""
        record = self._source.read(start, end)
        # A file knows all its days whichever are read; a day's copy has the origins of that day.
        origins = [
            origin
            for origin in record.origins
            if start <= origin.day * DAY < end or origin.day not in self._utc_days
        ]
        record = replace(record, origins=origins)
        while self._days and self._days[0] < end:
            self._decide(self._days.pop(0), record)
        self._active = [signal for signal in self._active if signal.reach > start]
        self.result.days += (end - start) // DAY
        return add_signals(record, self._active, self._distortion)

    def _decide(self, day_start: int, record: Record) -> None:
        day = (day_start + self._injection.day_offset) // DAY
        plan = plan_day(self._injection, self.result.station, day, record.interval_us)
        self.result.crowded += plan.crowded
        for signal in plan.signals:
            inside = record.start <= signal.onset and signal.end <= record.end
            piece = record if inside else self._source.read(signal.onset, signal.end)
            if _seen(piece, signal):
                self._active.append(signal)
                self.result.embedded += 1
                self.result.truth += signal.truth()
            else:
                self.result.unseen += 1


def _seen(piece: Record, signal: Signal) -> bool:
    """Whether at each of a signal's samples some dipole has a value."""
    first = (signal.onset - piece.start) // piece.interval_us
    last = first + (signal.end - signal.onset) // piece.interval_us
    if first < 0 or last > piece.samples:
        return False
    rows = [piece.station.index(dipole.name) for dipole in piece.station.dipoles]
    return not np.isnan(piece.values[rows, first:last]).all(axis=0).any()


def cut_from(source: Source, start: int, end: int, interval_s: float) -> Recorded:
    """Return the waveform of a signal that a source holds.

    Parameters
    ----------
    source : Source
        The record with the signal.
    start, end : int
        Half-open interval of the signal, µs UTC.
    interval_s : float
        Sampling interval in s that the waveform is to have.

    Raises
    ------
    ParameterError
        If the source does not hold it whole, or is coarser.
    StationError
        If its station has no dipole.
    """
    if not 0 < end - start <= DAY:
        msg = f"the signal to cut from {iso(start)} to {iso(end)} is not between 0 and 24 h long"
        raise ParameterError(msg, "Give the start before the end.")
    # An hour on each side holds the background and the ends of the filter that brings it to the interval.
    piece = source.read(start - DAY // 24, end + DAY // 24)
    if not piece.samples:
        msg = f"station {source.station.name} has no sample from {iso(start)} to {iso(end)}"
        raise ParameterError(msg, "See `sesctl info` for what the record holds.")
    return cut_waveform(resample(piece.electric(), interval_s), start, end)


def making_of(injection: Injection, source: Source) -> dict[str, Any]:
    """Return what an archive keeps of how its signals were drawn, and of what they were put in."""
    drawn = asdict(replace(injection, recorded=None))
    if injection.recorded is None:
        del drawn["recorded"]
    else:
        for name in ("shape", "amplitude", "duration_s", "sign", "azimuth_deg"):
            del drawn[name]
        content = np.ascontiguousarray(injection.recorded.values).tobytes()
        drawn["recorded"] = {
            "dipoles": list(injection.recorded.dipoles),
            "duration_s": injection.recorded.duration_s,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    making: dict[str, Any] = {"injection": drawn}
    provenance: Mapping[str, Any] = source.provenance
    if provenance:
        making["of"] = dict(provenance)
    return making


def check_apart(sources: Sequence[Source], archive: Path) -> None:
    """Refuse to write into a source, and two records of one station.

    Raises
    ------
    ArchiveError
        If the archive is a source, or one lies in the other.
    ParameterError
        If a station comes at two sampling intervals.
    """
    target = archive.resolve()
    known: dict[str, float] = {}
    for source in sources:
        name = source.station.name
        if name in known:
            msg = (
                f"station {name} comes at two sampling intervals, {known[name]:g} s and "
                f"{source.interval:g} s, which one truth table cannot tell apart"
            )
            raise ParameterError(msg, "Inject into an archive that holds the station once.")
        known[name] = source.interval
        if isinstance(source, ArchiveSource):
            own = source.archive.path.resolve()
            if own == target or own in target.parents or target in own.parents:
                msg = f"{archive} is the source {source.archive.path} itself, or one lies in the other"
                raise ArchiveError(msg, "Name another archive: a record is never changed.")


def _on_grid(source: Source) -> Source:
    """Return a source whose samples lie where an archive holds them."""
    if not isinstance(source, RecordSource):
        return source
    aligned = resample(source.record, source.interval)
    check_grid(aligned)
    return RecordSource(aligned, source.notes)


def _check_shows(source: Source, injection: Injection) -> None:
    """Check, before anything is written, that a source can show what is to be drawn."""
    choose_dipoles(source, None)
    injection.check_interval(source.interval)
    dipoles = source.station.dipoles
    if injection.recorded is not None:
        probe = Signal(
            station=source.station.name,
            waveform=injection.recorded,
            onset=0,
            amplitude=injection.recorded.amplitude,
            azimuth_deg=None,
            activity_id="",
        )
        probe.deflections(np.zeros(1, dtype=np.int64), dipoles)
    else:
        axis = injection.azimuth_deg if injection.azimuth_deg is not None else dipoles[0].azimuth_deg or 0.0
        dipole_amplitudes(1.0, axis, dipoles, distortion_of(source.provenance))


def _interval_us(source: Source) -> int:
    return microseconds(source.interval, "the sampling interval")
