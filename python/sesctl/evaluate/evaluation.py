"""All scores of a catalogue against the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesctl.evaluate.bootstrap import Unit, intervals
from sesctl.evaluate.bound import FalseAlarmBound, false_alarm_bound
from sesctl.evaluate.groups import Classes, groupings
from sesctl.evaluate.judge import judge
from sesctl.evaluate.ledger import COLUMNS, ledger
from sesctl.evaluate.outcomes import Outcomes
from sesctl.evaluate.overlap import Floats
from sesctl.evaluate.pictures import BlindTime, Curve, TimingErrors, blind_time, curve_of, timing_errors
from sesctl.evaluate.tally import COUNTS, Tally, number_or_none, scores_of
from sesctl.types import Catalogue
from sesctl.waveforms import SES

CURVE_POINTS = 100


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a catalogue is worth.

    Parameters
    ----------
    detector, model : str
        Who made it.
    threshold : float
        The raw score that its events exceed.
    overall : Tally
        Scores of everything together.
    groups : mapping of str to mapping of str to Tally
        The same by ``station``, ``dipoles``, ``hour``, ``amplitude_mv_km`` and ``duration_min``, each by
        label.
    bound : FalseAlarmBound
        Upper 95 % bound of the false alarms.
    curve : Curve
        Recall against false alarms.
    timing : TimingErrors
        Histogram of onset and end errors.
    blind : BlindTime
        Success by amplitude and hour of the day.
    """

    detector: str
    model: str
    threshold: float
    overall: Tally
    groups: Mapping[str, Mapping[str, Tally]]
    bound: FalseAlarmBound
    curve: Curve
    timing: TimingErrors
    blind: BlindTime

    def as_object(self) -> dict[str, Any]:
        """Return one object for JSON: the overall scores, then intervals, groups and a thinned curve.

        Null stands where there is nothing to score.
        """
        return {
            "detector": self.detector,
            "model": self.model,
            "threshold": number_or_none(self.threshold),
            **self.overall.as_object(),
            "false_alarms_bound_95": number_or_none(self.bound.value),
            "false_alarms_bound_95_poisson": number_or_none(self.bound.poisson),
            "false_alarms_weekly_fano": number_or_none(self.bound.fano),
            "groups": {
                kind: {label: tally.as_object() for label, tally in tallies.items()}
                for kind, tallies in self.groups.items()
            },
            "blind_time": {
                label: number_or_none(share)
                for label, share in zip(self.blind.labels, self.blind.share.tolist(), strict=True)
            },
            "curve": self._thinned_curve(),
        }

    def _thinned_curve(self) -> dict[str, list[float | int | None]]:
        points = len(self.curve.score)
        chosen = np.unique(np.linspace(0, max(points - 1, 0), min(points, CURVE_POINTS)).round().astype(int))
        return {
            name: [number_or_none(value) for value in getattr(self.curve, name)[chosen].tolist()]
            for name in ("score", "recall", "success", "false_alarms_per_station_day")
        }


def evaluate(
    catalogue: Catalogue,
    truth: Sequence[SES],
    *,
    day_offset: int | None = None,
    classes: Classes | None = None,
    replicates: int = 1000,
    seed: int = 0,
    unit: Unit = "day",
) -> Evaluation:
    """Score a catalogue against the truth.

    Parameters
    ----------
    catalogue : Catalogue
        Events with the exposure of their stations.
    truth : sequence of SES
        All signals in the record that was scanned.
    day_offset : int, optional
        Offset from UTC, in µs east of it, at which days and hours of the day begin; by default that of the
        scan, or UTC.
    classes, replicates, seed, unit
        As in `summarise`.

    Returns
    -------
    Evaluation
        All scores.

    Raises
    ------
    ParameterError
        If an event or a truth lies on a station that was not scanned, or a parameter is out of its range.
    """
    outcomes = judge(catalogue, truth, day_offset=day_offset)
    return summarise(outcomes, classes=classes, replicates=replicates, seed=seed, unit=unit)


def summarise(
    outcomes: Outcomes,
    *,
    classes: Classes | None = None,
    replicates: int = 1000,
    seed: int = 0,
    unit: Unit = "day",
) -> Evaluation:
    """Turn outcomes, of one pass or of several joined, into scores.

    Parameters
    ----------
    outcomes : Outcomes
        What became of every truth and every event.
    classes : Classes, optional
        Where classes of amplitude and duration begin.
    replicates : int
        Times that background days are drawn anew for the intervals; 0 for no intervals.
    seed : int
        Seed of the drawing.
    unit : {"day", "station"}
        Whether days are drawn within these stations, or stations first, where they stand for many.

    Returns
    -------
    Evaluation
        All scores.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.
    """
    chosen = classes or Classes()
    kinds = groupings(outcomes, chosen)
    sums = ledger(outcomes, kinds)
    total = np.asarray(sums.sums.sum(axis=0)).reshape(len(sums.groups), len(COLUMNS))
    live = sums.live_days.sum(axis=0)
    scores = scores_of(total, live, sums.centre)
    widths = intervals(sums, scores, replicates, seed, unit) if replicates else [{}] * len(sums.groups)
    groups: dict[str, dict[str, Tally]] = {kind.kind: {} for kind in kinds}
    for number, (kind, label) in enumerate(sums.groups):
        groups[kind][label] = _tally(number, total, live, scores, widths[number])
    overall = groups.pop("overall")[""]
    return Evaluation(
        detector=outcomes.detector,
        model=outcomes.model,
        threshold=outcomes.threshold,
        overall=overall,
        groups=groups,
        bound=false_alarm_bound(outcomes),
        curve=curve_of(outcomes),
        timing=timing_errors(outcomes),
        blind=blind_time(outcomes, chosen.amplitude_mv_km),
    )


def _tally(
    group: int,
    total: Floats,
    live: Floats,
    scores: Mapping[str, Floats],
    widths: Mapping[str, tuple[float, float]],
) -> Tally:
    counts: dict[str, Any] = {
        name: int(total[group, COLUMNS.index(column)]) for name, column in COUNTS.items()
    }
    values: dict[str, Any] = {name: float(value[group]) for name, value in scores.items()}
    return Tally(**counts, live_station_days=float(live[group]), **values, intervals=widths)
