"""A station-day split into components, and the opposite edges of each against surrogates."""

import zlib
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sesctl.kernels import OppositeEdges, edge_contrast, find_opposite_edges, refit_edges, running_median
from sesctl.plugin import Candidate, Days, Detector, EdgeSearch, Scores
from sesctl_plugins.deviations import block_means, odd, regressed, without_baseline
from sesctl_plugins.level import level_change
from sesctl_plugins.live import live_dipoles
from sesctl_plugins.surrogates import phase_randomised
from sesctl_plugins.unmixing import Unmixing

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Opposite edges of one component: [start, end) in samples of the row, and the raw score."""

    component: int
    start: int
    end: int
    raw_score: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Separated:
    """The stable components of one row of days.

    Parameters
    ----------
    rows : ndarray of int64, shape (dipole,)
        The dipoles used, rows of the station's.
    fine : ndarray of float64, shape (component, sample)
        Components at the record's sampling interval, NaN where no dipole used has a value.
    coarse : ndarray of float64, shape (component, minute)
        Their one-minute means under a running median.
    mixing : ndarray of float64, shape (dipole, component)
        mV/km on each dipole used of a component of height 1.
    chance : ndarray of float64, shape (component,)
        Median, over surrogates of the component, of the height of their best pair of opposite edges.
    beyond : ndarray of bool, shape (component,)
        Whether its own best pair is higher than that of every surrogate.
    """

    rows: npt.NDArray[np.int64]
    fine: Values
    coarse: Values
    mixing: Values
    chance: Values
    beyond: npt.NDArray[np.bool_]


class SeparatingDetector(Detector):
    """Opposite edges in the components of a station, measured against phase-randomised surrogates.

    Each row (a day with its context) is separated by itself: one-minute means, minus a running median over
    12 h; the components of the unmixing that are stable; opposite edges on their running median over 11 min.
    Surrogates of a component have its spectrum and random phases. A candidate's raw score is

        r · min(1, a / 5 mV/km),

    r the height of its edges over the median, among surrogates, of the height of their best pair (1 is what
    noise of this spectrum offers in a row), and a its height on the dipole that shows it second best: an SES
    is a field of the whole station and of the order of 10 mV/km, a pump beside one dipole is neither.
    Amplitudes are those of the component projected back to each dipole.
    """

    minute_s: ClassVar[float] = 60.0
    baseline_s: ClassVar[float] = 43_260.0
    median_s: ClassVar[float] = 660.0
    least_coverage: ClassVar[float] = 0.25
    least_stability: ClassVar[float] = 0.9
    least_overlap: ClassVar[float] = 0.5
    surrogates: ClassVar[int] = 20
    order: ClassVar[float] = 5.0
    search = EdgeSearch(edge_s=180.0, shortest_s=300.0, longest_s=10_800.0)

    def __init__(self) -> None:
        # `propose` is called with the days that were just scored: they are not separated twice.
        self._separated: WeakKeyDictionary[Days, list[Separated | None]] = WeakKeyDictionary()

    @abstractmethod
    def unmix(self, values: Values, seed: int) -> Unmixing:
        """Return the unmixing of deviations in mV/km, float64 (dipole, minute), all finite."""

    def not_judged(self, days: Days) -> dict[int, str]:
        """Name the days with values on fewer than two dipoles: there is nothing to separate."""
        few = {}
        for day, (row, live) in enumerate(zip(days.values, live_dipoles(days), strict=True)):
            if live.any() and np.sum(live & self._covered(row)) < 2:
                few[day] = f"fewer than 2 of its {len(row)} dipoles have values enough to be separated"
        return few

    def score(self, days: Days) -> Scores:
        """Return what is beyond chance projected back, float32 (day, dipole, sample) in mV/km."""
        values = np.where(np.isfinite(days.values), np.float32(0.0), np.float32(np.nan))
        for day, found in enumerate(self._of(days)):
            if found is None:
                values[day] = np.nan
                continue
            chosen = found.fine[found.beyond]
            back = found.mixing[:, found.beyond] @ chosen if len(chosen) else np.zeros(())
            values[day, found.rows] += np.asarray(back, dtype=np.float32)
            unused = np.setdiff1d(np.arange(values.shape[1]), found.rows)
            values[day, unused] = np.nan
        return Scores(values=values, kind="denoised")

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose the pairs of opposite edges of every component, those of one event merged."""
        return [
            candidate
            for day, found in enumerate(self._of(days))
            if found is not None
            for candidate in self._events(found, days, day)
        ]

    def _of(self, days: Days) -> "list[Separated | None]":
        if days not in self._separated:
            self._separated[days] = [self._separate(days, day) for day in range(len(days))]
        return self._separated[days]

    def _covered(self, row: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """Return which dipoles of a row have values enough, bool (dipole,)."""
        return np.asarray(np.isfinite(row).mean(axis=1) >= self.least_coverage)

    def _separate(self, days: Days, day: int) -> Separated | None:
        rows = np.flatnonzero(self._covered(days.values[day]))
        if len(rows) == 0:
            return None
        size = round(self.minute_s / days.interval)
        row = days.values[day, rows]
        fine, coarse = without_baseline(
            row, block_means(row, size), size, window=odd(self.baseline_s / self.minute_s)
        )
        whole = coarse[:, np.isfinite(coarse).all(axis=0)]
        if whole.shape[1] < self.least_coverage * coarse.shape[1]:
            return None
        # The same day of a station has the same seed in whatever batch.
        seed = zlib.crc32(f"{days.station.name} {days.starts[day]}".encode())
        unmixing = self.unmix(whole, seed)
        stable = unmixing.stability >= self.least_stability
        if not stable.any():
            return None
        covariance = np.cov(whole).reshape(len(rows), len(rows))
        turn, mixing = unmixing.unmixing[stable], unmixing.mixing[:, stable]
        minutes = running_median(
            turn @ regressed(coarse, covariance), window=odd(self.median_s / self.minute_s)
        )
        rng = np.random.default_rng(seed)
        chance, beyond = np.zeros(len(turn)), np.zeros(len(turn), dtype=bool)
        for k, minute in enumerate(minutes):
            made = phase_randomised(minute, self.surrogates, rng)
            own, *others = self._best_heights(np.vstack([minute, made]))
            chance[k], beyond[k] = np.median(others), own > max(others)
        return Separated(
            rows=rows,
            fine=turn @ regressed(fine, covariance),
            coarse=np.asarray(minutes, dtype=np.float64),
            mixing=mixing,
            chance=chance,
            beyond=beyond,
        )

    def _edges(self, minutes: Values, least: float) -> OppositeEdges:
        half = round(self.search.edge_s / self.minute_s)
        return find_opposite_edges(
            edge_contrast(minutes, half),
            min_length=round(self.search.shortest_s / self.minute_s),
            max_length=round(self.search.longest_s / self.minute_s),
            min_score=least,
            max_events=self.search.most,
            half_window=half,
        )

    def _best_heights(self, minutes: Values) -> Values:
        found = self._edges(minutes, 0.0)
        best = np.zeros(len(minutes))
        np.maximum.at(best, found.row, found.score)
        return best

    def _pairs(self, found: Separated, interval: float) -> list[Pair]:
        """Return the pairs of edges of every component that some dipole shows, refitted, the best first."""
        size = round(self.minute_s / interval)
        radius = round(self.search.refit_s / interval)
        pairs = []
        for k, (minutes, fine) in enumerate(zip(found.coarse, found.fine, strict=True)):
            if not found.chance[k] > 0:
                continue
            shown = float(np.abs(found.mixing[:, k]).max())
            edges = self._edges(minutes[None], self.search.smallest / shown)
            refitted = refit_edges(fine[None], edges.row, edges.start * size, edges.end * size, radius)
            against_chance = edges.score / found.chance[k]
            second = float(np.sort(np.abs(found.mixing[:, k]))[-2:][0])
            against_order = np.minimum(1.0, edges.score * second / self.order)
            raw = against_chance * against_order
            pairs += [
                Pair(component=k, start=int(start), end=int(end), raw_score=float(score))
                for start, end, score in zip(*refitted, raw, strict=True)
            ]
        return sorted(pairs, key=lambda pair: (-pair.raw_score, pair.start, pair.end, pair.component))

    def _events(self, found: Separated, days: Days, day: int) -> list[Candidate]:
        """Return the best pair, with what other components show of it, then the best of the rest."""
        rest = self._pairs(found, days.interval)
        candidates = []
        while rest:
            best, *others = rest
            joined = [other for other in others if _overlap(best, other) >= self.least_overlap]
            rest = [other for other in others if _overlap(best, other) < self.least_overlap]
            components = sorted({best.component, *(other.component for other in joined)})
            candidates.append(
                Candidate(
                    day=day,
                    start=days.instant(day, best.start),
                    end=days.instant(day, best.end),
                    raw_score=best.raw_score,
                    amplitudes=self._amplitudes(found, days, day, best, components),
                )
            )
        return candidates

    def _amplitudes(
        self, found: Separated, days: Days, day: int, pair: Pair, components: list[int]
    ) -> dict[str, float]:
        """Return what the components of an event are on each dipole that shows it, in mV/km."""
        width = round(self.search.edge_s / days.interval)
        heights = [level_change(found.fine[k], pair.start, pair.end, width) for k in components]
        back = found.mixing[:, components] @ np.nan_to_num(heights)
        strongest = float(np.abs(back).max())
        return {
            days.station.channels[row].name: float(height)
            for row, height in zip(found.rows, back, strict=True)
            if abs(height) >= min(self.search.smallest, strongest)
            and np.isfinite(days.values[day, row, pair.start : pair.end]).any()
        }


def _overlap(one: Pair, other: Pair) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / min(one.end - one.start, other.end - other.start)
