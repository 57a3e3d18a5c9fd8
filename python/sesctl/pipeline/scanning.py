"""One pass of a detector over sources: every candidate, and how long was looked at."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from sesctl.coincidence import merge_dipoles, seen_once
from sesctl.detect import scan
from sesctl.errors import ParameterError, StationError
from sesctl.ingest.ahead import ahead
from sesctl.pipeline.prepare import batches, check_fine_enough, days_for
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.plugin import Detector, DetectorInfo
from sesctl.types import Annotation, Candidate, Days
from sesctl.types.instants import DAY

Progress = Callable[[int, int], None]
Starts = npt.NDArray[np.int64]
BATCH_DAYS = 32
"""Days read at a time; those around a batch are read for its context, so fewer would be read more often."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What to scan, and how.

    Parameters
    ----------
    dipoles : sequence of str, optional
        The dipoles to use; all by default.
    threshold : float, optional
        Raw score to exceed; the detector's own by default.
    day_offset : int
        Offset from UTC, in µs east of it, at which days begin.
    since, until : int, optional
        Only days that begin at or after, and before, these instants (µs UTC).
    min_complete : float
        Least share, 0..1, of a day's samples with a value on some dipole; days with less are skipped.

    Raises
    ------
    ParameterError
        If the threshold is not finite, or the least share is not in 0..1.
    """

    dipoles: Sequence[str] | None = None
    threshold: float | None = None
    day_offset: int = 0
    since: int | None = None
    until: int | None = None
    min_complete: float = 0.0

    def __post_init__(self) -> None:
        if self.threshold is not None and not math.isfinite(self.threshold):
            msg = f"the threshold is {self.threshold}, which is no finite number"
            raise ParameterError(msg, "Leave it out for the detector's own.")
        if not 0 <= self.min_complete <= 1:
            msg = f"the least completeness of a day is {self.min_complete:g}, outside 0..1"
            raise ParameterError(msg, "Give a share, for example 0.8.")


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What one pass over a station found, before any decision.

    Parameters
    ----------
    station : str
        Name of the station.
    candidates : tuple of Candidate
        Station candidates in order of start, dipoles merged.
    live_hours : float
        Hours with a value on some dipole.
    days : int
        Days that hold any.
    data_hash : str
        SHA-256 of the samples of these days, in hexadecimal digits.
    span : tuple of int
        Starts of the first of these days and end of the last, µs UTC; twice 0 where there is none.
    not_judged : mapping of str to tuple of int
        By reason, the starts, µs UTC, of days that hold samples and that the detector could not judge; their
        hours are not live.
    days_skipped : int
        Days that hold some, but less than asked for.
    incomplete : tuple of int
        Starts (µs UTC) of the days scanned that are not whole.
    annotations : tuple of Annotation
        Remarks on the record.
    """

    station: str
    candidates: tuple[Candidate, ...]
    live_hours: float
    days: int
    data_hash: str
    span: tuple[int, int] = (0, 0)
    not_judged: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    days_skipped: int = 0
    incomplete: tuple[int, ...] = ()
    annotations: tuple[Annotation, ...] = ()


def scan_sources(
    sources: Sequence[Source],
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
    progress: Progress = lambda done, total: None,
) -> list[Scanned]:
    """Pass a detector once over every day of every source; one pass serves every threshold.

    Parameters
    ----------
    sources : sequence of Source
        One a station.
    info, detector : DetectorInfo, Detector
        The detector.
    options : Scan
        What to scan.
    progress : callable
        Is told the days done and their number.

    Returns
    -------
    list of Scanned
        One a source.

    Raises
    ------
    ParameterError
        If no day is left to scan, or a record is coarser than the detector needs.
    StationError
        If a station has no dipole, or none of a name asked for.
    """
    check_fine_enough(sources, info)
    chosen = [choose_dipoles(source, options.dipoles, detector.quantity) for source in sources]
    for source, dipoles in zip(sources, chosen, strict=True):
        if len(dipoles) < info.least_dipoles:
            msg = (
                f"station {source.station.name} has {len(dipoles)} of the {info.least_dipoles} dipoles that "
                f"detector {info.name} needs at least"
            )
            raise StationError(msg, "Choose a detector that judges single dipoles, such as boxcar.")
    starts = [_days(source, options) for source in sources]
    total, done = sum(len(each) for each in starts), 0
    if total == 0:
        msg = "there is no day to scan: the source has no sample in the time asked for"
        raise ParameterError(msg, "See `sesctl info` for what it holds.")
    results = []
    for source, dipoles, days_of_source in zip(sources, chosen, starts, strict=True):

        def told(days: int) -> None:
            nonlocal done
            done += days
            progress(done, total)

        results.append(_scan_station(source, dipoles, days_of_source, info, detector, options, told))
    return results


@dataclass(frozen=True)
class _Batch:
    """Consecutive days as they were read and as the detector wants them; None where there is nothing to scan.

    Those read have no context.

    `size` counts the days asked for, `skipped` those that hold samples, but less than asked for.
    """

    size: int
    skipped: int = 0
    raw: Days | None = None
    days: Days | None = None


def _read(source: Source, dipoles: Sequence[str], batch: Starts, info: DetectorInfo, options: Scan) -> _Batch:
    found = days_for(source, batch, info, dipoles)
    if found is None:
        return _Batch(len(batch))
    raw, days = found
    live = raw.live_samples()
    if not options.min_complete:
        return _Batch(len(batch), 0, raw, days)
    kept = np.flatnonzero(live >= options.min_complete * raw.samples_per_day)
    skipped = int((live > 0).sum() - (live[kept] > 0).sum())
    if not kept.size:
        return _Batch(len(batch), skipped)
    return _Batch(len(batch), skipped, _some(raw, kept), _some(days, kept))


def _scan_station(
    source: Source,
    dipoles: Sequence[str],
    starts: Starts,
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
    told: Callable[[int], None],
) -> Scanned:
    """Pass the detector over a station's days; the next are read and cleaned while it looks at some."""
    candidates: list[Candidate] = []
    live = skipped = 0
    incomplete: list[int] = []
    digest = hashlib.sha256()
    seen: list[int] = []
    blind: dict[str, list[int]] = defaultdict(list)
    read = partial(_read, source, dipoles, info=info, options=options)
    for batch in ahead(map(read, batches(starts, BATCH_DAYS))):
        skipped += batch.skipped
        if batch.raw is not None and batch.days is not None:
            found, _, reasons = scan(batch.days, detector, info)
            candidates += found
            alive, first = batch.raw.live_samples(), batch.raw.starts
            seen += first[alive > 0].tolist()
            incomplete += first[(alive > 0) & (alive < batch.raw.samples_per_day)].tolist()
            for day, reason in reasons.items():
                if alive[day]:
                    blind[reason].append(int(first[day]))
            alive[list(reasons)] = 0
            live += int(alive.sum())
            _add(digest, batch.raw)
        told(batch.size)
    merged = (
        merge_dipoles(candidates) if info.dipoles == "each" else seen_once(candidates, options.day_offset)
    )
    return Scanned(
        station=source.station.name,
        candidates=tuple(sorted(merged, key=lambda each: (each.start, each.end))),
        live_hours=live * info.interval / 3600,
        days=len(seen),
        data_hash=digest.hexdigest(),
        span=(min(seen), max(seen) + DAY) if seen else (0, 0),
        not_judged={reason: tuple(days) for reason, days in blind.items()},
        days_skipped=skipped,
        incomplete=tuple(incomplete),
        annotations=source.annotations,
    )


def _some(days: Days, kept: npt.NDArray[np.int64]) -> Days:
    """Return some of the days."""
    return replace(
        days,
        values=days.values[kept],
        starts=days.starts[kept],
        quality=days.quality[kept],
        origins=[days.origins[int(day)] for day in kept],
    )


def _days(source: Source, options: Scan) -> np.ndarray:
    starts = source.days(options.day_offset)
    if options.since is not None:
        starts = starts[starts >= options.since]
    if options.until is not None:
        starts = starts[starts < options.until]
    return starts


def _add(digest: "hashlib._Hash", days: Days) -> None:
    """Add the samples of the days that have any, whatever batch or source they came in.

    An archive is read by its UTC days, so days of another zone may come along without a sample; a missing
    value is the same one however it is spelt.
    """
    for start, values in zip(days.starts, days.values, strict=True):
        missing = np.isnan(values)
        if not missing.all():
            digest.update(int(start).to_bytes(8, "little", signed=True))
            digest.update(np.where(missing, np.float32(np.nan), values).astype("<f4", order="C").tobytes())
