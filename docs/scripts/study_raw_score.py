"""Compare raw scores of the autoencoders' intervals at small budgets of false alarms, on days of validation.

Run from the root of the repository: python docs/scripts/study_raw_score.py [--draw-only]
The shipped `lstm_ae` proposes; what differs is how its intervals are ranked. Seeds are those of validation
(1000 to 1999); the test year is never looked at. `hkb` with seed 1000 and the other stations choose the
score; `hkb` with seed 1001, other days of another timetable, confirms it. Writes
docs/results/lstm_ae/raw_score.json, and its table in docs/results/xue2022.md.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sesctl import registry
from sesctl.benchmark.backgrounds import Background, Ground, SomeDays, lay
from sesctl.benchmark.passes import trial
from sesctl.benchmark.result_file import write_result
from sesctl.benchmark.scale import FULL
from sesctl.benchmark.signals import STRONG, Strength, Unit, embedded, single_dipoles, whole_station
from sesctl.benchmark.splits import validation_ground
from sesctl.benchmark.tables import fill_markers
from sesctl.calibrate import days_needed
from sesctl.clean import DESPIKE, clean
from sesctl.coincidence import merge_dipoles
from sesctl.inject import Signal
from sesctl.pipeline import load_detector
from sesctl.pipeline.prepare import raw_days
from sesctl.plugin import Candidate, TrainableDetector, propose_opposite_edges
from sesctl.types.instants import SECOND
from sesctl_plugins.autoencoders.autoencoder import SEARCH
from sesctl_plugins.autoencoders.confirmation import confirmed_amplitude

RESULT = Path(__file__).parents[1] / "results" / "lstm_ae" / "raw_score.json"
PAGE = Path(__file__).parents[1] / "results" / "xue2022.md"
GROUNDS = (("hkb", 1000), ("mts", 1000), ("ota", 1000), ("hkb", 1001))
BUDGETS = {"1/d": 1.0, "1/7d": 1 / 7, "1/30d": 1 / 30}
AT_ONCE = 30
WIDTH = 18  # samples, 3 min
Row = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What is known of an interval: record and returned trace, both turned so that it should be above."""

    record: Row
    returned: Row
    start: int
    end: int
    raw: float

    def parts(self, of: Row) -> tuple[Row, Row, Row]:
        """Return what lies before it, inside, and after it."""
        outer = max(WIDTH, (self.end - self.start) // 2)
        return of[max(0, self.start - outer) : self.start], of[self.start : self.end], of[self.end :][:outer]

    def steps(self) -> float:
        """Return the smaller of the record's steps at the edges, mV/km."""
        before, inside, after = self.parts(self.record)
        return least(
            median(inside[:WIDTH]) - median(before[-WIDTH:]), median(inside[-WIDTH:]) - median(after[:WIDTH])
        )

    def levels(self) -> float:
        """Return the smaller of the steps from all of it to what is before and after, mV/km."""
        before, inside, after = map(median, self.parts(self.record))
        return least(inside - before, inside - after)

    def scatter(self) -> float:
        """Return 1.4826 times the median distance of the record from its three levels, mV/km."""
        away = np.concatenate([part - median(part) for part in self.parts(self.record)])
        return 1.4826 * median(np.abs(away))

    def height(self) -> float:
        """Return how high the returned trace stands out, mV/km."""
        before, inside, after = map(median, self.parts(self.returned))
        return least(inside - before, inside - after)

    def correlation(self, one: Row, other: Row) -> float:
        """Return the correlation of two rows over the interval and what is beside it."""
        first, second = (np.concatenate(self.parts(each)) for each in (one, other))
        there = np.isfinite(first) & np.isfinite(second)
        first, second = first[there] - first[there].mean(), second[there] - second[there].mean()
        scale = float(np.sqrt(first @ first) * np.sqrt(second @ second))
        return float(first @ second) / scale if scale > 0 else 0.0

    def boxcar(self) -> Row:
        """Return the row of a boxcar of height 1 in its place."""
        row = np.zeros(len(self.record))
        row[self.start : self.end] = 1.0
        return row


def median(values: Row) -> float:
    """Return the median of the finite values, NaN if there is none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def least(*values: float) -> float:
    """Return the least of the finite values, 0 if there is none or it is below."""
    return max(0.0, min((value for value in values if np.isfinite(value)), default=0.0))


def confirmed(piece: Piece) -> float:
    """Return the score that was taken."""
    return confirmed_amplitude(piece.record, piece.start, piece.end, WIDTH)


SCORES: Mapping[str, tuple[str, Callable[[Piece], float]]] = {
    "returned": ("steps of the returned trace, over the day's noise", lambda p: p.raw),
    "steps": ("steps of the record at both edges", lambda p: p.steps()),
    "levels": ("level of the record inside against before and after", lambda p: p.levels()),
    "both": ("the least of steps and levels", lambda p: min(p.steps(), p.levels())),
    "steps-noise": ("steps over the scatter around", lambda p: p.steps() / max(p.scatter(), 0.2)),
    "both-noise": (
        "the least of steps and levels, over the scatter around",
        lambda p: min(p.steps(), p.levels()) / max(p.scatter(), 0.2),
    ),
    "both-noise-floor": (
        "the same, the scatter at least 2 mV/km",
        lambda p: min(p.steps(), p.levels()) / max(p.scatter(), 2.0),
    ),
    "product": ("steps of the record times those returned", lambda p: p.steps() * p.raw),
    "agreement": (
        "smaller of heights returned and recorded over the larger",
        lambda p: min(p.height(), p.levels()) / max(p.height(), p.levels(), 1e-9),
    ),
    "returned-correlation": (
        "correlation of the record with the returned trace",
        lambda p: p.correlation(p.record, p.returned),
    ),
    "boxcar-correlation": (
        "correlation of the record with a boxcar",
        lambda p: p.correlation(p.record, p.boxcar()),
    ),
    "confirmed": ("the least of steps and levels times the correlation with a boxcar", confirmed),
    "confirmed-duration": (
        "the same, times the root of the duration",
        lambda p: confirmed(p) * float(np.sqrt(p.end - p.start)),
    ),
}
TOGETHER: Mapping[str, tuple[str, Callable[[list[float]], float]]] = {
    "confirmed-second": ("confirmed, of the second dipole", lambda each: ([0.0, *sorted(each)])[-2]),
    "confirmed-norm": ("confirmed, root of the sum of squares", lambda each: float(np.hypot.reduce(each))),
}
"""Coincidence: of a station alone, from the scores of the dipoles that see an interval."""


def proposed(
    detector: TrainableDetector, background: Background, unit: Unit, signals: list[Signal]
) -> list[tuple[Candidate, dict[str, float]]]:
    """Return the intervals of all days of a unit, each with all of its raw scores."""
    record = embedded(background, unit, signals)
    source, found = SomeDays(record, starts=tuple(background.starts.tolist())), []
    names = list(unit.rows(background))
    for first in range(0, len(background.starts), AT_ONCE):
        starts = background.starts[first : first + AT_ONCE]
        raw = raw_days(source, starts, dipoles=names, interval=10.0, context_s=0)
        if raw is None:
            continue
        days = clean(raw, DESPIKE)
        scores = detector.score(days)
        for each in propose_opposite_edges(scores, days, SEARCH):
            ((name, amplitude),) = each.amplitudes.items()
            sign = 1.0 if amplitude >= 0 else -1.0
            row = each.day, names.index(name)
            origin = days.row_start(each.day)
            piece = Piece(
                record=sign * days.values[row].astype(np.float64),
                returned=sign * scores.values[row].astype(np.float64),
                start=(each.start - origin) // days.interval_us,
                end=(each.end - origin) // days.interval_us,
                raw=each.raw_score,
            )
            found.append((each, {key: score(piece) for key, (_, score) in SCORES.items()}))
    return found


def ranked(found: list[tuple[Candidate, dict[str, float]]], key: str) -> list[Candidate]:
    """Return the intervals with one of their raw scores, dipoles merged."""
    if key in TOGETHER:
        events = merge_dipoles([replace(each, raw_score=scores["confirmed"]) for each, scores in found])
        return [replace(event, raw_score=_together(found, event, key)) for event in events]
    return merge_dipoles([replace(each, raw_score=scores[key]) for each, scores in found])


def _together(found: list[tuple[Candidate, dict[str, float]]], event: Candidate, key: str) -> float:
    dipoles: dict[str, float] = defaultdict(float)
    for each, scores in found:
        if each.start < event.end and each.end > event.start:
            (name,) = each.amplitudes
            dipoles[name] = max(dipoles[name], scores["confirmed"])
    return TOGETHER[key][1](list(dipoles.values()))


def successes(events: list[Candidate], signals: list[Signal], threshold: float) -> int:
    """Count the signals of which an event above the threshold has both ends within half the duration."""
    by_day = defaultdict(list)
    for event in events:
        if event.raw_score > threshold:
            by_day[event.start // (86_400 * SECOND)].append(event)
    count = 0
    for signal in signals:
        half, day = (signal.end - signal.onset) / 2, signal.onset // (86_400 * SECOND)
        near = [event for shift in (-1, 0, 1) for event in by_day[day + shift]]
        count += any(abs(e.start - signal.onset) < half and abs(e.end - signal.end) < half for e in near)
    return count


def allowed(budget: float, days: int) -> int:
    """Return how many false alarms in so many quiet days still prove a budget."""
    k = -1
    while days_needed(budget, k + 1) <= days:
        k += 1
    return k


def compared(detector: TrainableDetector, ground: Ground) -> dict[str, dict[str, dict[str, float]]]:
    """Return the recall of every raw score at every budget, for single dipoles and the station."""
    background = lay(ground)
    result: dict[str, dict[str, dict[str, float]]] = {}
    for level, units in (("dipole", single_dipoles(background)), ("station", whole_station())):
        passes = {
            strength: [
                (proposed(detector, background, unit, list(one.signals)), unit, list(one.signals))
                for unit in units
                for one in (trial(background, unit, strength, ground.seed),)
            ]
            for strength in (None, STRONG)
        }
        keys = [*SCORES, *(TOGETHER if level == "station" else ())]
        result[level] = {key: recalls(passes, key, len(units) * ground.days) for key in keys}
    return result


Passes = Mapping[Strength | None, list[tuple[list[tuple[Candidate, dict[str, float]]], Unit, list[Signal]]]]


def recalls(passes: Passes, key: str, days: int) -> dict[str, float]:
    """Return the recall of a raw score at each budget."""
    quiet = sorted(
        (event.raw_score for found, *_ in passes[None] for event in ranked(found, key)), reverse=True
    )
    strong = [(ranked(found, key), signals) for found, _, signals in passes[STRONG]]
    total = sum(len(signals) for _, signals in strong)
    told = {}
    for text, budget in BUDGETS.items():
        k = allowed(budget, days)
        threshold = quiet[k] if k < len(quiet) else -1.0
        told[text] = round(
            sum(successes(events, signals, threshold) for events, signals in strong) / total, 4
        )
    return told


def table(content: Mapping[str, Any]) -> str:
    """Return the table of recalls at one false alarm in 7 and in 30 days."""
    columns = [
        (f"{ground['ground']['station']}, seed {ground['ground']['seed']}, {told}", ground["recall"][level])
        for ground in content["grounds"]
        for level, told in (("dipole", "one dipole"), ("station", "station"))
    ]
    lines = [
        f"| raw score | {' | '.join(name for name, _ in columns)} |",
        "| --- " * (len(columns) + 1) + "|",
    ]
    for key, what in content["scores"].items():
        cells = [
            f"{100 * recall[key]['1/7d']:.0f}, {100 * recall[key]['1/30d']:.0f}" if key in recall else ""
            for _, recall in columns
        ]
        lines.append(f"| {what} | {' | '.join(cells)} |")
    return "\n".join(lines)


def compare() -> None:
    """Compare, write, print."""
    detector, model = load_detector(registry.find("lstm_ae"))
    told = []
    for station, seed in GROUNDS:
        ground = replace(validation_ground(station, FULL), seed=seed)
        result = compared(detector, ground)
        told.append({"ground": ground.as_object(), "recall": result})
        for level, scores in result.items():
            for key, each in scores.items():
                print(f"{station}-{seed} {level:8s} {key:22s}", each, flush=True)
    what = {key: text for key, (text, _) in (*SCORES.items(), *TOGETHER.items())}
    content = {
        "study": "raw scores of intervals",
        "detector": "lstm_ae",
        "model": model.hash if model else None,
        "signals": {"amplitude_mv_km": STRONG.amplitude, "minutes": STRONG.minutes},
        "success": "start and end each within half the duration; thresholds from the same quiet days",
        "scores": what,
        "grounds": told,
    }
    write_result(RESULT, content)


def main() -> None:
    """Compare, fill the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw-only", action="store_true")
    if not parser.parse_args().draw_only:
        compare()
    content = json.loads(RESULT.read_text(encoding="utf-8"))
    filled = fill_markers(PAGE.read_text(encoding="utf-8"), {"raw-scores": table(content)})
    PAGE.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main()
