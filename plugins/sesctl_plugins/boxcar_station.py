"""`boxcar_station`: opposite edges that several dipoles of a station show together."""

from collections import defaultdict
from pathlib import Path
from typing import ClassVar

import numpy as np

from sesctl.plugin import (
    Candidate,
    Days,
    Detector,
    DetectorInfo,
    EdgeSearch,
    Scores,
    hookimpl,
    propose_opposite_edges,
)
from sesctl_plugins.live import live_dipoles


class BoxcarStation(Detector):
    """As `boxcar`, with edges on which at least two dipoles agree.

    Pairs of opposite edges are found on each dipole by itself. A pair stands if another dipole has one whose
    onset and end are both within 3 min of it; the raw score is the second largest of those that agree, so
    that what one dipole alone shows, however strongly, counts for nothing. Interval and amplitudes are those
    of the dipoles themselves, the interval that of the strongest.
    """

    threshold = 6.0
    median_s: ClassVar[float] = 610.0
    agree_s: ClassVar[float] = 180.0
    calibration_file = Path(__file__).with_name("boxcar_station_calibration.json")
    search = EdgeSearch(edge_s=180.0, shortest_s=300.0, longest_s=10_800.0)

    def score(self, days: Days) -> Scores:
        """Return the running median of every dipole, float32 (day, dipole, sample) in mV/km."""
        from sesctl.kernels import running_median

        window = 2 * round((self.median_s / days.interval - 1) / 2) + 1
        smooth = running_median(days.values, window=window)
        return Scores(values=np.asarray(smooth, dtype=np.float32), kind="denoised")

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose the pairs of edges on which dipoles agree, the best first taking in the others."""
        by_day: dict[int, list[Candidate]] = defaultdict(list)
        for candidate in propose_opposite_edges(scores, days, self.search):
            by_day[candidate.day].append(candidate)
        return [event for found in by_day.values() for event in self._agreeing(found)]

    def not_judged(self, days: Days) -> dict[int, str]:
        """Name the days on which fewer than two dipoles have a value."""
        live = live_dipoles(days).sum(axis=1)
        count = days.values.shape[1]
        return {day: f"only {n} of its {count} dipoles has a value" for day, n in enumerate(live) if n == 1}

    def _agreeing(self, candidates: list[Candidate]) -> list[Candidate]:
        rest = sorted(candidates, key=lambda each: (-each.raw_score, each.start, each.end, *each.amplitudes))
        tolerance = round(1e6 * self.agree_s)
        events = []
        while rest:
            best, *others = rest
            with_it: dict[str, Candidate] = {}
            for other in others:
                (name,) = other.amplitudes
                edges = max(abs(other.start - best.start), abs(other.end - best.end))
                if edges <= tolerance and name not in best.amplitudes:
                    with_it.setdefault(name, other)
            rest = [other for other in others if other not in with_it.values()]
            if with_it:
                amplitudes = dict(best.amplitudes)
                for other in with_it.values():
                    amplitudes.update(other.amplitudes)
                second = max(other.raw_score for other in with_it.values())
                events.append(
                    Candidate(
                        day=best.day, start=best.start, end=best.end, raw_score=second, amplitudes=amplitudes
                    )
                )
        return events


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `boxcar_station`."""
    return DetectorInfo(
        name="boxcar_station",
        summary="opposite edges on which at least two dipoles of a station agree; needs no training",
        make=BoxcarStation,
        dipoles="all",
        least_dipoles=2,
        interval=10.0,
        context=14_400.0,
        cleaning="despike",
    )
