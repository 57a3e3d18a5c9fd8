"""Add signals of known shape, time and strength to a record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, StationError
from sesctl.types import Dipole, Record
from sesctl.types.instants import SECOND, iso
from sesctl.waveforms import SES, Recorded, Waveform, dipole_amplitudes, truth_rows


@dataclass(frozen=True, kw_only=True, eq=False)
class Signal:
    """An SES with its place in time.

    Parameters
    ----------
    station : str
        Name of the station.
    waveform : Waveform or Recorded
        A shape that one field vector gives all dipoles, or what each dipole recorded of a signal.
    onset : int
        Onset, µs UTC.
    amplitude : float
        Signed amplitude on the strongest dipole in mV/km.
    azimuth_deg : float or None
        Axis of the field in degrees clockwise from north, in [0, 180); None for a recorded waveform.
    activity_id : str
        Identifier in the truth table.
    """

    station: str
    waveform: Waveform | Recorded
    onset: int
    amplitude: float
    azimuth_deg: float | None
    activity_id: str

    @property
    def end(self) -> int:
        """Instant after the signal's interval, µs UTC."""
        return self.onset + round(self.waveform.duration_s * SECOND)

    @property
    def reach(self) -> int:
        """Instant, µs UTC, from which it has left the record: after the end where an edge decays."""
        if isinstance(self.waveform, Recorded):
            return self.end
        return self.onset + round(self.waveform.extent_s * SECOND)

    def overlaps(self, other: "Signal") -> bool:
        """Whether both would be in the record at some instant."""
        return self.onset < other.reach and other.onset < self.reach

    def truth(self) -> tuple[SES, ...]:
        """Return its rows of the truth table: one, or one for each pulse of a train."""
        if isinstance(self.waveform, Recorded):
            return (
                SES(
                    station=self.station,
                    start=self.onset,
                    end=self.end,
                    amplitude=self.amplitude,
                    shape=self.waveform.shape,
                    activity_id=self.activity_id,
                    azimuth_deg=None,
                ),
            )
        return truth_rows(
            self.waveform,
            station=self.station,
            onset=self.onset,
            amplitude=self.amplitude,
            azimuth_deg=self.azimuth_deg or 0.0,
            activity_id=self.activity_id,
        )

    def deflections(
        self,
        times: npt.NDArray[np.int64],
        dipoles: tuple[Dipole, ...],
        distortion: npt.ArrayLike | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return what it adds to each dipole.

        Parameters
        ----------
        times : ndarray of int64, shape (sample,)
            Instants, µs UTC.
        dipoles : tuple of Dipole
            The station's dipoles.
        distortion : array_like of float, shape (2, 2), optional
            Galvanic distortion of the site; a recorded waveform has it already.

        Returns
        -------
        ndarray of float64, shape (dipole, sample)
            mV/km.

        Raises
        ------
        ParameterError
            If no dipole shows a field along its axis.
        StationError
            If a dipole has no azimuth, or none in the recording.
        """
        seconds = (times - self.onset) / SECOND
        if isinstance(self.waveform, Recorded):
            rows = []
            for dipole in dipoles:
                if dipole.name not in self.waveform.dipoles:
                    msg = f"station {self.station}: dipole {dipole.name} is not in the recorded waveform"
                    hint = f"It was recorded on {', '.join(self.waveform.dipoles)}."
                    raise StationError(msg, hint)
                rows.append(self.waveform.dipoles.index(dipole.name))
            return (self.amplitude / self.waveform.amplitude) * self.waveform.sample(seconds)[rows]
        shown = dipole_amplitudes(self.amplitude, self.azimuth_deg or 0.0, dipoles, distortion)
        return np.asarray(np.multiply.outer(shown, self.waveform.sample(seconds)))


def add_signals(record: Record, signals: Iterable[Signal], distortion: npt.ArrayLike | None = None) -> Record:
    """Return a record with signals added to its dipoles, as far as they lie in it.

    Parameters
    ----------
    record : Record
        The background; it is not changed, its origins are kept. A gap stays a gap.
    signals : iterable of Signal
        The signals.
    distortion : array_like of float, shape (2, 2), optional
        Galvanic distortion of the site.

    Returns
    -------
    Record
        The record with the signals.

    Raises
    ------
    ParameterError
        If no dipole shows a field along a signal's axis.
    StationError
        If a dipole has no azimuth, or none in a recorded waveform.
    """
    dipoles = record.station.dipoles
    rows = [record.station.index(dipole.name) for dipole in dipoles]
    values = record.values.copy()
    for signal in signals:
        first = max(0, -((record.start - signal.onset) // record.interval_us))
        stop = min(record.samples, -((record.start - signal.reach) // record.interval_us))
        if first < stop:
            times = record.start + np.arange(first, stop, dtype=np.int64) * record.interval_us
            added = signal.deflections(times, dipoles, distortion).astype(np.float32)
            for row, deflection in zip(rows, added, strict=True):
                values[row, first:stop] += deflection
    return replace(record, values=values)


def embed(
    record: Record,
    waveform: Waveform,
    *,
    onset: int,
    amplitude: float,
    azimuth_deg: float,
    activity_id: str,
    distortion: npt.ArrayLike | None = None,
) -> tuple[Record, tuple[SES, ...]]:
    """Return a record with an SES added to its dipoles, and the truth about it.

    x(t) becomes x(t) + A w(t - t0) p with the unit waveform w and the projection p of one field vector on
    the dipoles, the strongest of which shows A.

    Parameters
    ----------
    record : Record
        The background; it is not changed, its origins are kept.
    waveform : Waveform
        The shape.
    onset : int
        Onset, µs UTC; the signal may reach over either end of the record, but not miss it.
    amplitude : float
        Signed amplitude on the strongest dipole in mV/km.
    azimuth_deg : float
        Axis of the field in degrees clockwise from north, in [0, 180).
    activity_id : str
        Identifier of the signal in the truth table.
    distortion : array_like of float, shape (2, 2), optional
        Galvanic distortion of the site.

    Returns
    -------
    Record
        The record with the signal.
    tuple of SES
        Its truth: one row, or one for each pulse of a train.

    Raises
    ------
    ParameterError
        If the signal lies wholly outside the record, or no dipole shows it.
    StationError
        If a dipole has no azimuth.
    """
    signal = Signal(
        station=record.station.name,
        waveform=waveform,
        onset=onset,
        amplitude=amplitude,
        azimuth_deg=azimuth_deg,
        activity_id=activity_id,
    )
    if onset >= record.end or signal.reach <= record.start:
        msg = f"a signal of {waveform.duration_s:g} s from {iso(onset)} lies outside the record"
        raise ParameterError(msg, f"It spans {iso(record.start)} to {iso(record.end)}.")
    return add_signals(record, [signal], distortion), signal.truth()
