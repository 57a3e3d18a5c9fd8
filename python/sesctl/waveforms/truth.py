"""The truth about an embedded signal."""

import math
from dataclasses import dataclass

from sesctl.errors import ParameterError
from sesctl.types.instants import SECOND
from sesctl.waveforms.shapes import SHAPES, Waveform

RECORDED = "recorded"
"""Name, in truth tables, of a signal that was cut from another record."""


@dataclass(frozen=True, kw_only=True)
class SES:
    """One row of a truth table: a signal, or one pulse of an activity.

    Parameters
    ----------
    station : str
        Name of the station.
    start, end : int
        Half-open interval, µs UTC.
    amplitude : float
        Signed amplitude in mV/km on the strongest dipole.
    shape : str
        A name of `SHAPES`, or `RECORDED`.
    activity_id : str
        Pulses of one activity share it; a signal by itself has its own.
    azimuth_deg : float or None
        Axis of the station's field vector, degrees clockwise from north, 0 ≤ azimuth < 180: the direction
        along it is the sign of the amplitude. None where it is not known, as in a truth table.
    dipole : str
        The only dipole that shows it, or empty: the field vector's projection on all.

    Raises
    ------
    ParameterError
        If the interval is empty, the amplitude zero or no number, the shape unknown, or the azimuth out of
        range.
    """

    station: str
    start: int
    end: int
    amplitude: float
    shape: str
    activity_id: str
    azimuth_deg: float | None = None
    dipole: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            msg = f"SES {self.activity_id}: its end {self.end} µs is not after its start {self.start} µs"
            raise ParameterError(msg)
        if not math.isfinite(self.amplitude) or self.amplitude == 0:
            msg = f"SES {self.activity_id}: its amplitude of {self.amplitude} mV/km is zero or no number"
            raise ParameterError(msg)
        if self.shape not in (*SHAPES, RECORDED):
            msg = f"SES {self.activity_id}: its shape {self.shape!r} is unknown"
            raise ParameterError(msg, f"Shapes are {', '.join((*SHAPES, RECORDED))}.")
        if self.azimuth_deg is not None and not 0 <= self.azimuth_deg < 180:
            msg = f"SES {self.activity_id}: its azimuth of {self.azimuth_deg}° is outside [0, 180)"
            raise ParameterError(msg)

    @property
    def duration_s(self) -> float:
        """Duration in s."""
        return (self.end - self.start) / SECOND


def truth_rows(
    waveform: Waveform,
    *,
    station: str,
    onset: int,
    amplitude: float,
    azimuth_deg: float,
    activity_id: str,
    dipole: str = "",
) -> tuple[SES, ...]:
    """Return the truth of an embedded waveform: one row for a single signal, one a pulse for a train.

    Parameters
    ----------
    waveform : Waveform
        The shape.
    station : str
        Name of the station.
    onset : int
        Onset, µs UTC.
    amplitude : float
        Signed amplitude on the strongest dipole in mV/km; a lower pulse has its share of it.
    azimuth_deg : float
        Axis of the field, degrees clockwise from north, in [0, 180).
    activity_id : str
        Identifier that the rows share.
    dipole : str
        The only dipole that shows it, or empty.

    Returns
    -------
    tuple of SES
        In order of time.
    """
    heights = getattr(waveform, "heights", (1.0,))
    return tuple(
        SES(
            station=station,
            start=onset + round(start * SECOND),
            end=onset + round(end * SECOND),
            amplitude=amplitude * height,
            shape=waveform.shape,
            activity_id=activity_id,
            azimuth_deg=azimuth_deg,
            dipole=dipole,
        )
        for (start, end), height in zip(waveform.intervals(), heights, strict=True)
    )
