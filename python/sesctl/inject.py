"""Add a signal of known shape, time and strength to a record."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.types import Record
from sesctl.types.instants import SECOND, iso
from sesctl.waveforms import SES, Waveform, dipole_amplitudes, truth_rows


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
    dipoles = record.station.dipoles
    if onset >= record.end or onset + waveform.extent_s * SECOND <= record.start:
        msg = f"a signal of {waveform.duration_s:g} s from {iso(onset)} lies outside the record"
        raise ParameterError(msg, f"It spans {iso(record.start)} to {iso(record.end)}.")
    shape = waveform.sample((record.times() - onset) / SECOND)
    shown = dipole_amplitudes(amplitude, azimuth_deg, dipoles, distortion)
    values = record.values.copy()
    for dipole, height in zip(dipoles, shown, strict=True):
        values[record.station.index(dipole.name)] += (height * shape).astype(np.float32)
    truth = truth_rows(
        waveform,
        station=record.station.name,
        onset=onset,
        amplitude=amplitude,
        azimuth_deg=azimuth_deg,
        activity_id=activity_id,
    )
    return replace(record, values=values), truth
