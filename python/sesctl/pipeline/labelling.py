"""Days before and after earthquakes, from records and a list of earthquakes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sesctl.errors import ParameterError, StationError
from sesctl.pairing import (
    Earthquake,
    Pair,
    PairingRule,
    Reason,
    UsableRule,
    dropped_for,
    full_range_days,
    labels_of,
    minute_days,
    pair_up,
    quiet_controls,
    usable_days,
)
from sesctl.pipeline.source import Source
from sesctl.types import LabelledDays, Station
from sesctl.types.instants import DAY

AETA_CHANNEL = "magn"


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """Labelled days, and what was left out.

    Parameters
    ----------
    days : LabelledDays
        The days that can be used, their short gaps bridged.
    all_days : LabelledDays
        Every day asked for.
    reasons : tuple of str or None
        Why each of them was dropped, None for those used.
    dropped : dict of str to int
        How many for each reason.
    pairs : tuple of Pair
        The events; the labels' numbers count them.
    stations : tuple of Station
        The stations; the labels' numbers count them.
    earthquakes : tuple of Earthquake
        The list.
    """

    days: LabelledDays
    all_days: LabelledDays
    reasons: tuple[Reason | None, ...]
    dropped: dict[Reason, int]
    pairs: tuple[Pair, ...]
    stations: tuple[Station, ...]
    earthquakes: tuple[Earthquake, ...]


def label_sources(
    sources: Sequence[Source],
    earthquakes: Sequence[Earthquake],
    rule: PairingRule,
    *,
    usable: UsableRule | None = None,
    channel: str | None = None,
    day_offset: int = 0,
    full_range: float | None = None,
    control_seed: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Labelled:
    """Label the days of records by the earthquakes near their stations.

    Parameters
    ----------
    sources : sequence of Source
        Records with a value a minute or every third, one a station.
    earthquakes : sequence of Earthquake
        The list.
    rule : PairingRule
        What counts, and how many days.
    usable : UsableRule, optional
        Which days are used.
    channel : str, optional
        Name of the channel: ``magn`` by default, or the only one of a station.
    day_offset : int
        Where days begin, µs east of UTC.
    full_range : float, optional
        The largest value that the instruments record; where it is not given, clipping is recognised by what
        the archive marked and by flat tops.
    control_seed : int, optional
        Label the days around a quiet time at the same station for each event instead, drawn with this seed.
    progress : callable
        Takes the number of events done and their total.

    Returns
    -------
    Labelled
        The days.

    Raises
    ------
    StationError
        If a station has no position or no such channel, or several sources are of one station.
    ParameterError
        If no earthquake is near, no time is quiet enough for a control, or a record has another sampling
        interval.
    """
    stations = tuple(source.station for source in sources)
    names = [station.name for station in stations]
    for name in names:
        if names.count(name) > 1:
            msg = f"station {name} is there at {names.count(name)} sampling intervals"
            raise StationError(msg, "Ingest one of them into an archive of its own.")
    rows = [station.index(_channel(station, channel)) for station in stations]
    pairs = pair_up(stations, earthquakes, rule)
    if control_seed is not None:
        pairs = quiet_controls(pairs, [each.days(day_offset) for each in sources], rule, seed=control_seed)
        if not pairs:
            msg = "no station has a quiet time that could be the control of one of its events"
            raise ParameterError(msg, "A control needs as many days with samples as an event, far from all.")
    labels = labels_of(pairs, names, rule, day_offset)
    values = np.full((len(labels), 1440), np.nan, dtype=np.float32)
    clipped = np.zeros(len(labels), dtype=np.bool_)
    for event, pair in enumerate(pairs):
        here = np.flatnonzero(labels.event == event)
        starts = labels.start[here]
        record = sources[pair.station].read(int(starts[0]), int(starts[-1]) + DAY)
        values[here], clipped[here] = minute_days(record, starts, channel=rows[pair.station])
        progress(event + 1, len(pairs))
    for station in {pair.station for pair in pairs}:
        here = np.flatnonzero(labels.station == station)
        clipped[here] |= full_range_days(values[here], limit=full_range)
    everything = LabelledDays(values=values, full_range=clipped, labels=labels)
    kept, dropped, _ = usable_days(everything, usable)
    return Labelled(
        days=kept,
        all_days=everything,
        reasons=tuple(dropped_for(everything, usable)),
        dropped=dropped,
        pairs=pairs,
        stations=stations,
        earthquakes=tuple(earthquakes),
    )


def _channel(station: Station, name: str | None) -> str:
    have = [channel.name for channel in station.channels]
    if name is not None or len(have) == 1:
        return name or have[0]
    if AETA_CHANNEL not in have:
        msg = f"station {station.name} has the channels {', '.join(have)}, and none is called {AETA_CHANNEL}"
        raise StationError(msg, "Name one with --channel.")
    return AETA_CHANNEL
