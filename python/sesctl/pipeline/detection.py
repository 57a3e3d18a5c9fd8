"""From sources to a catalogue."""

import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version

import sesctl
from sesctl.decide import decide
from sesctl.pipeline.judgement import Judgement, judge
from sesctl.pipeline.prepare import CLEANING
from sesctl.pipeline.scanning import Progress, Scan, Scanned, scan_sources
from sesctl.pipeline.source import Source
from sesctl.plugin import Detector, DetectorInfo
from sesctl.types import Catalogue, Event, Exposure
from sesctl.types.instants import DAY, iso

REMARKED = "remark"
"""Flag of an event during which an observer remarked something on its dipoles."""
INCOMPLETE = "incomplete-day"
"""Flag of an event on a day that is scanned though it is not whole, where completeness was asked for."""


def detect(
    sources: Sequence[Source],
    info: DetectorInfo,
    detector: Detector,
    options: Scan,
    progress: Progress = lambda done, total: None,
    judgement: Judgement | None = None,
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
    judgement : Judgement, optional
        How scores are read; by default with the detector's own threshold or that of `options`.

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
    judgement = judgement or judge(info, detector, threshold=options.threshold)
    return catalogue_of(scan_sources(sources, info, detector, options, progress), info, options, judgement)


def catalogue_of(
    scanned: Sequence[Scanned], info: DetectorInfo, options: Scan, judgement: Judgement
) -> Catalogue:
    """Decide on what was scanned; may be called again with another judgement.

    Parameters
    ----------
    scanned : sequence of Scanned
        What `scan_sources` returned.
    info : DetectorInfo
        The detector's record.
    options : Scan
        What was scanned.
    judgement : Judgement
        Threshold, map of scores and flags.

    Returns
    -------
    Catalogue
        Events in order of start, with the exposure of every station.
    """
    events = [
        _flagged(event, each, options)
        for each in scanned
        for event in decide(
            each.candidates,
            station=each.station,
            threshold=judgement.threshold,
            confidence=judgement.confidence,
            flags=judgement.flags,
        )
    ]
    return Catalogue(
        events=tuple(sorted(events, key=lambda event: (event.start, event.end, event.station))),
        exposure=tuple(
            Exposure(
                station=each.station,
                live_hours=each.live_hours,
                skipped_hours=24.0 * each.days - each.live_hours,
                days=each.days,
                days_skipped=each.days_skipped,
            )
            for each in scanned
        ),
        detector=info.name,
        model=judgement.model,
        threshold=judgement.threshold,
        parameters={**_parameters(info, options), **_scanned(scanned), **judgement.parameters},
        versions={
            "sesctl": sesctl.__version__,
            "numpy": version("numpy"),
            "scipy": version("scipy"),
            "python": platform.python_version(),
        },
    )


def _scanned(scanned: Sequence[Scanned]) -> dict[str, object]:
    """Return from when to when each station was scanned, and the days its detector could not judge."""
    spans = {each.station: [iso(edge) for edge in each.span] for each in scanned}
    blind = {
        each.station: {reason: [iso(day) for day in days] for reason, days in each.not_judged.items()}
        for each in scanned
        if each.not_judged
    }
    return {"scanned": spans, **({"not_judged": blind} if blind else {})}


def _flagged(event: Event, scanned: Scanned, options: Scan) -> Event:
    """Return an event with the flags that its day and the observers' remarks give it."""
    flags = list(event.flags)
    if any(
        each.kind == "remark" and each.touches(event.start, event.end, event.dipoles)
        for each in scanned.annotations
    ):
        flags.append(REMARKED)
    if options.min_complete and any(start <= event.start < start + DAY for start in scanned.incomplete):
        flags.append(INCOMPLETE)
    return replace(event, flags=tuple(flags))


def _parameters(info: DetectorInfo, options: Scan) -> dict[str, object]:
    cleaning = CLEANING[info.cleaning]
    return {
        "interval_s": info.interval,
        "context_s": info.context,
        "day_offset_s": options.day_offset // 1_000_000,
        "day_s": DAY // 1_000_000,
        "dipoles": list(options.dipoles) if options.dipoles else "all",
        "cleaning": asdict(cleaning) if cleaning else "none",
        **({"min_complete": options.min_complete} if options.min_complete else {}),
    }
