"""From sources to a catalogue."""

import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np

import sesctl
from sesctl.coincidence import merge_dipoles
from sesctl.decide import decide
from sesctl.detect import scan
from sesctl.errors import ParameterError
from sesctl.pipeline.prepare import CLEANING, batches, prepare, raw_days
from sesctl.pipeline.source import Source, choose_dipoles
from sesctl.plugin import Detector, DetectorInfo
from sesctl.types import Candidate, Catalogue, Event, Exposure
from sesctl.types.instants import DAY

Progress = Callable[[int, int], None]
BATCH_DAYS = 8


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

    Raises
    ------
    ParameterError
        If the threshold is not finite.
    """

    dipoles: Sequence[str] | None = None
    threshold: float | None = None
    day_offset: int = 0
    since: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not math.isfinite(self.threshold):
            msg = f"the threshold is {self.threshold}, which is no finite number"
            raise ParameterError(msg, "Leave it out for the detector's own.")


def detect(
    sources: Sequence[Source],
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
    progress: Progress = lambda done, total: None,
) -> Catalogue:
    """Scan every day of every source once, and decide.

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
    Catalogue
        Events in order of start, with the exposure of every station.

    Raises
    ------
    ParameterError
        If no day is left to scan, or a record is coarser than the detector needs.
    StationError
        If a station has no dipole, or none of a name asked for.
    """
    threshold = detector.threshold if options.threshold is None else options.threshold
    chosen = [choose_dipoles(source, options.dipoles) for source in sources]
    starts = [_days(source, options) for source in sources]
    total, done = sum(len(each) for each in starts), 0
    if total == 0:
        msg = "there is no day to scan: the source has no sample in the time asked for"
        raise ParameterError(
            msg,
            "See `sesctl info` for what it holds.",
        )
    events: list[Event] = []
    exposures = []
    for source, dipoles, days_of_source in zip(sources, chosen, starts, strict=True):
        candidates: list[Candidate] = []
        live = scanned = 0
        for batch in batches(days_of_source, BATCH_DAYS):
            found, alive, seen = _scan(source, batch, dipoles, info, detector)
            candidates += found
            live, scanned = live + alive, scanned + seen
            done += len(batch)
            progress(done, total)
        if info.dipoles == "each":
            candidates = merge_dipoles(candidates)
        events += decide(
            candidates, station=source.station.name, threshold=threshold, confidence=detector.confidence
        )
        hours = live * info.interval / 3600
        exposures.append(
            Exposure(
                station=source.station.name,
                live_hours=hours,
                skipped_hours=24.0 * scanned - hours,
                days=scanned,
            )
        )
    return Catalogue(
        events=tuple(sorted(events, key=lambda e: (e.start, e.end, e.station))),
        exposure=tuple(exposures),
        detector=info.name,
        threshold=threshold,
        parameters=_parameters(info, options),
        versions={
            "sesctl": sesctl.__version__,
            "numpy": version("numpy"),
            "scipy": version("scipy"),
            "python": platform.python_version(),
        },
    )


def _days(source: Source, options: Scan) -> np.ndarray:
    starts = source.days(options.day_offset)
    if options.since is not None:
        starts = starts[starts >= options.since]
    if options.until is not None:
        starts = starts[starts < options.until]
    return starts


def _scan(
    source: Source, starts: np.ndarray, dipoles: Sequence[str], info: DetectorInfo, detector: Detector
) -> tuple[list[Candidate], int, int]:
    """Return the candidates, the live samples and the number of the days that hold any."""
    raw = raw_days(source, starts, dipoles=dipoles, interval=info.interval, context_s=info.context)
    if raw is None:
        return [], 0, 0
    days = prepare(raw, info)
    candidates, _ = scan(days, detector, info)
    live = raw.live_samples()
    return candidates, int(live.sum()), int((live > 0).sum())


def _parameters(info: DetectorInfo, options: Scan) -> dict[str, object]:
    cleaning = CLEANING[info.cleaning]
    return {
        "interval_s": info.interval,
        "context_s": info.context,
        "day_offset_s": options.day_offset // 1_000_000,
        "day_s": DAY // 1_000_000,
        "dipoles": list(options.dipoles) if options.dipoles else "all",
        "cleaning": asdict(cleaning) if cleaning else "none",
    }
