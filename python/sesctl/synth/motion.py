"""How a train moves from stop to stop, and the current it draws on the way."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.synth.railway import Railway

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Phases:
    """The phases of trains: constant acceleration and constant current each.

    All arrays are float64 of shape (train, phase); a section between two stops has four phases: full
    current, running, braking, standing.

    Parameters
    ----------
    start_s : ndarray
        Beginning in s.
    duration_s : ndarray
        Length in s.
    position_m, speed_m_s, acceleration_m_s2 : ndarray
        Distance along the track and its derivatives at the beginning; negative speed is down the line.
    current : ndarray
        Current relative to the train's peak, negative when fed back.
    """

    start_s: Array
    duration_s: Array
    position_m: Array
    speed_m_s: Array
    acceleration_m_s2: Array
    current: Array


def trip_s(railway: Railway) -> float:
    """Return the mean time from one end of a line to the other in s."""
    rng = np.random.Generator(np.random.Philox(0))
    one = phases(railway, np.zeros(1), np.ones(1, dtype=bool), np.zeros(1, dtype=bool), rng)
    return float(one.start_s[0, -1])


def phases(
    railway: Railway,
    departure_s: Array,
    up: npt.NDArray[np.bool_],
    freight: npt.NDArray[np.bool_],
    draw: np.random.Generator,
) -> Phases:
    """Return the phases of trains that run a whole line.

    Between stops a distance D apart a train reaches v = min(v_max, √(2 D a b/(a + b))), accelerating at a
    and braking at b. Its current is the peak, then the running fraction plus or minus the gradient's, then
    minus the regenerated fraction, then the auxiliaries'.

    Parameters
    ----------
    railway : Railway
        The line.
    departure_s : ndarray of float64, shape (train,)
        Departures in s.
    up, freight : ndarray of bool, shape (train,)
        Direction, and whether the train runs through at two thirds of the speed.
    draw : numpy.random.Generator
        For times at stops and the driver's hand.

    Returns
    -------
    Phases
        Four phases a section, and as many sections as there are between stops.
    """
    trains, stops = departure_s.size, np.asarray(railway.stops_m, dtype=np.float64)
    sections = stops.size - 1
    forward = np.abs(np.diff(stops))
    length = np.where(up[:, None], forward, forward[::-1])
    sign = np.where(up, 1.0, -1.0)[:, None]
    origin = np.where(up[:, None], stops[:-1], stops[:0:-1])
    a, b = railway.acceleration_m_s2, railway.braking_m_s2
    hand = draw.uniform(0.85, 1.0, (trains, sections))
    top = railway.top_speed_m_s * hand * np.where(freight, 2 / 3, 1.0)[:, None]
    speed = np.minimum(top, np.sqrt(2 * length * a * b / (a + b)))
    way_up, way_down = speed**2 / (2 * a), speed**2 / (2 * b)
    cruise = np.maximum(length - way_up - way_down, 0.0)
    dwell = railway.dwell_s * (0.6 + draw.exponential(0.4, (trains, sections)))
    push = railway.running_fraction * draw.uniform(0.3, 1.7, (trains, sections))
    push = push + sign * railway.gradient_fraction * draw.uniform(0.8, 1.2, (trains, sections))
    full = draw.uniform(0.8, 1.1, (trains, sections))

    zero = np.zeros_like(speed)
    duration = np.stack([speed / a, cruise / speed, speed / b, dwell], axis=2)
    position = origin[..., None] + sign[..., None] * np.stack([zero, way_up, way_up + cruise, length], axis=2)
    velocity = sign[..., None] * np.stack([zero, speed, speed, zero], axis=2)
    acceleration = sign[..., None] * np.stack([zero + a, zero, zero - b, zero], axis=2)
    current = np.stack(
        [full, push, zero - railway.regenerated_fraction, zero + railway.auxiliary_fraction], axis=2
    )
    # A freight train starts and brakes once: in between it draws a steady current.
    through = freight[:, None] & np.ones((1, sections), dtype=bool)
    duration[..., 3] = np.where(through, 0.0, duration[..., 3])
    steady = np.where(through, 0.45, 0.0)
    inner = through & (np.arange(sections) > 0)
    current[..., 0] = np.where(inner, steady + 0.1, current[..., 0])
    current[..., 1] = np.where(through, steady + push, current[..., 1])
    current[..., 2] = np.where(through & (np.arange(sections) < sections - 1), steady, current[..., 2])

    shape = (trains, 4 * sections)
    duration = duration.reshape(shape)
    start = departure_s[:, None] + np.cumsum(duration, axis=1) - duration
    return Phases(
        start_s=start,
        duration_s=duration,
        position_m=position.reshape(shape),
        speed_m_s=velocity.reshape(shape),
        acceleration_m_s2=acceleration.reshape(shape),
        current=current.reshape(shape),
    )
