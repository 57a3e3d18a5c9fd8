"""`pmd`: particle motion of the horizontal field; a reconstruction, the original not being accessible."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sesctl.kernels import edge_contrast, find_opposite_edges, refit_edges, running_median
from sesctl.plugin import (
    Candidate,
    Days,
    Detector,
    DetectorInfo,
    Dipole,
    EdgeSearch,
    ParameterError,
    Scores,
    ShapeError,
    hookimpl,
)
from sesctl.waveforms import project_field
from sesctl_plugins.deviations import block_means, odd, without_baseline
from sesctl_plugins.level import level_change
from sesctl_plugins.live import live_dipoles
from sesctl_plugins.motion import Motion, horizontal_field, particle_motion, spans_plane

Values = npt.NDArray[np.float64]


class Pmd(Detector):
    """Windows of 30 min in which the field moves along a line that the noise does not take.

    The field (E_N, E_E) is the least-squares one of all dipoles, minus a running median over 12 h. A window
    scores its rectilinearity times the root of its energy along its axis over the energy that is usual along
    that axis, the median of all windows of the row. An event is the highest pair of opposite edges, within
    reach of a window, of the field along the window's axis.
    """

    threshold = 3.0
    minute_s: ClassVar[float] = 60.0
    baseline_s: ClassVar[float] = 43_260.0
    window_s: ClassVar[float] = 1800.0
    hop_s: ClassVar[float] = 600.0
    median_s: ClassVar[float] = 660.0
    calibration_file = Path(__file__).with_name("pmd_calibration.json")
    search = EdgeSearch(edge_s=180.0, shortest_s=300.0, longest_s=10_800.0)

    def not_judged(self, days: Days) -> dict[int, str]:
        """Name the days on which the dipoles that have values do not show both components of a field."""
        directions = _directions(days)
        live = live_dipoles(days)
        return {
            day: "the dipoles with values do not show both components of the field"
            for day, row in enumerate(live)
            if row.any() and not spans_plane(directions[row])
        }

    def score(self, days: Days) -> Scores:
        """Return a score a window, float32 (day, 1, window), NaN where there is no field."""
        size = round(self.minute_s / days.interval)
        motions = [self._motion(minutes) for _, minutes in self._fields(days)]
        scores = [motion.rectilinearity * motion.unusual for motion in motions]
        first = np.arange(len(scores[0]), dtype=np.int64) * round(self.hop_s / self.minute_s) * size
        length = round(self.window_s / self.minute_s) * size
        return Scores(
            values=np.asarray(scores, dtype=np.float32)[:, None],
            kind="window",
            bounds=np.stack([first, first + length], axis=1),
        )

    def propose(self, scores: Scores, days: Days) -> list[Candidate]:
        """Propose an interval for each window, the best first, that shares no time with a better one's."""
        if scores.bounds is None:
            msg = "scores of windows lack their bounds"
            raise ShapeError(msg)
        fields = self._fields(days)
        candidates = []
        for day, (fine, minutes) in enumerate(fields):
            motion = self._motion(minutes)
            taken: list[tuple[int, int]] = []
            worth = np.nan_to_num(scores.values[day, 0], nan=0.0)
            for window in np.argsort(-worth, kind="stable"):
                if worth[window] <= self.threshold / 2 or len(taken) == self.search.most:
                    break
                first, last = (int(edge) for edge in scores.bounds[window])
                if any(start < last and first < end for start, end in taken):
                    continue
                found = self._edges_at(
                    fine, minutes, float(motion.azimuth[window]), first, last, days.interval
                )
                if found is None or any(start < found[1] and found[0] < end for start, end in taken):
                    continue
                taken.append(found)
                candidates.append(
                    Candidate(
                        day=day,
                        start=days.instant(day, found[0]),
                        end=days.instant(day, found[1]),
                        raw_score=float(worth[window]),
                        amplitudes=self._amplitudes(fine, days, day, *found),
                    )
                )
        return candidates

    def _fields(self, days: Days) -> list[tuple[Values, Values]]:
        """Return the deviations of the field of each row, float64 (2, sample) and (2, minute), in mV/km."""
        directions = _directions(days)
        size = round(self.minute_s / days.interval)
        fields = []
        for row in days.values:
            fine, minutes = without_baseline(
                row, block_means(row, size), size, window=odd(self.baseline_s / self.minute_s)
            )
            fields.append((horizontal_field(fine, directions), horizontal_field(minutes, directions)))
        return fields

    def _motion(self, minutes: Values) -> Motion:
        length, hop = round(self.window_s / self.minute_s), round(self.hop_s / self.minute_s)
        return particle_motion(minutes, length, hop)

    def _edges_at(
        self, fine: Values, minutes: Values, azimuth: float, first: int, last: int, interval: float
    ) -> tuple[int, int] | None:
        """Return the highest pair of opposite edges along an azimuth that shares time with a window."""
        search, size = self.search, round(self.minute_s / interval)
        axis = np.array([np.cos(azimuth), np.sin(azimuth)])
        half = round(search.edge_s / self.minute_s)
        smooth = running_median(axis @ minutes, window=odd(self.median_s / self.minute_s))
        pairs = find_opposite_edges(
            edge_contrast(smooth[None], half),
            min_length=round(search.shortest_s / self.minute_s),
            max_length=round(search.longest_s / self.minute_s),
            min_score=search.smallest,
            max_events=search.most,
            half_window=half,
        )
        start, end = pairs.start * size, pairs.end * size
        near = np.flatnonzero((start < last) & (end > first))
        if not near.size:
            return None
        best = near[:1]  # the best pair of a row comes first
        radius = round(search.refit_s / interval)
        row = np.zeros(1, dtype=np.int64)
        moved = refit_edges((axis @ fine)[None], row, start[best], end[best], radius)
        return int(moved[0][0]), int(moved[1][0])

    def _amplitudes(self, fine: Values, days: Days, day: int, start: int, end: int) -> dict[str, float]:
        """Return what the field of an event is on each dipole that has a value then, in mV/km."""
        width = round(self.search.edge_s / days.interval)
        shown = _directions(days) @ np.array([level_change(each, start, end, width) for each in fine])
        return {
            channel.name: float(height)
            for channel, height, row in zip(days.station.channels, shown, days.values[day], strict=True)
            if np.isfinite(height) and np.isfinite(row[start:end]).any()
        }


def _directions(days: Days) -> Values:
    """Return the directions of the dipoles, float64 (dipole, 2): cosine and sine of their azimuths."""
    azimuths = []
    for channel in days.station.channels:
        azimuth = channel.azimuth_deg if isinstance(channel, Dipole) else None
        if azimuth is None:
            msg = f"dipole {channel.name} of station {days.station.name} has no azimuth, so there is no field"
            raise ParameterError(msg, "Give azimuth_deg in the station file.")
        azimuths.append(azimuth)
    directions = project_field(np.eye(2), azimuths)
    if not spans_plane(directions):
        given = ", ".join(f"{azimuth:g}°" for azimuth in azimuths)
        msg = f"the dipoles of station {days.station.name} lie along {given}: they show one component"
        raise ParameterError(msg, "Two dipoles that cross are needed.")
    return directions


@hookimpl
def sesctl_detectors() -> DetectorInfo:
    """Return the record of `pmd`."""
    return DetectorInfo(
        name="pmd",
        summary="windows in which the field moves along a line that noise does not take (a reconstruction)",
        make=Pmd,
        dipoles="all",
        least_dipoles=2,
        interval=10.0,
        context=21_600.0,
        cleaning="despike",
    )
