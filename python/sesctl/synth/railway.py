"""What a railway is: its track, its supply and its timetable."""

import itertools
import math
from dataclasses import dataclass, field

from sesctl.errors import ParameterError
from sesctl.synth.ranges import Ranged, number


@dataclass(frozen=True, kw_only=True)
class Timetable(Ranged):
    """When trains leave the two ends of a line, in civil time.

    Parameters
    ----------
    first_hour, last_hour : float
        Trains are on the line only between these hours.
    trains_per_hour, rush_trains_per_hour : float
        Trains an hour and direction, outside and inside the rush hours.
    rush_hours : tuple of int
        Hours of the day (working days) with rush-hour service.
    weekend_fraction : float
        Trains on Saturdays, Sundays and holidays relative to working days outside the rush hours.
    holidays : tuple of (int, int)
        Month and day of the holidays.
    night_freight_probability : float
        Chance of one freight train in a night, between 00:30 and 04:30.
    delay_s : float
        Mean delay at departure in s.
    cancelled_fraction : float
        Share of trains that do not run.
    revised_on : tuple of int
        Month and day from which each year's new timetable holds.
    """

    first_hour: float = number(5.5, 0, 12)
    last_hour: float = number(24.0, 12, 26)
    trains_per_hour: float = number(1.5, 0, 30)
    rush_trains_per_hour: float = number(3.0, 0, 40)
    rush_hours: tuple[int, ...] = (7, 8, 17, 18)
    weekend_fraction: float = number(0.85, 0, 1)
    holidays: tuple[tuple[int, int], ...] = (
        (1, 1), (1, 2), (1, 3), (1, 15), (2, 11), (3, 21), (4, 29), (5, 3), (5, 4), (5, 5),
        (7, 20), (9, 15), (9, 23), (10, 10), (11, 3), (11, 23), (12, 23), (12, 31),
    )  # fmt: skip
    night_freight_probability: float = number(0.1, 0, 1)
    delay_s: float = number(60.0, 0, 1800)
    cancelled_fraction: float = number(0.01, 0, 1)
    revised_on: tuple[int, int] = (3, 13)


@dataclass(frozen=True, kw_only=True)
class Railway(Ranged):
    """A direct-current line whose rails leak.

    Parameters
    ----------
    name : str
        Name of the line; its timetable and its trains are drawn by it.
    track : tuple of (float, float)
        Corners of the track: (east, north) of the station's origin in m.
    substations_m : tuple of float
        Distance of the substations along the track in m, increasing.
    stops_m : tuple of float
        Distance of the stops along the track in m, increasing; trains run from the first to the last.
    rail_resistance_ohm_per_km : float
        r, resistance of the rails along the track.
    rail_conductance_s_per_km : float
        g, leakage conductance from the rails to dry ground.
    peak_current_a : float
        Mean current of an accelerating passenger train in A.
    load_log_sd : float
        Standard deviation of the logarithm of a train's current (length, load, driver).
    running_fraction : float
        Current between acceleration and braking on the level, relative to the peak.
    gradient_fraction : float
        Added to it up the line (towards larger distances) and subtracted down the line.
    regenerated_fraction : float
        Current returned while braking, relative to the peak.
    auxiliary_fraction : float
        Current at a stop, relative to the peak.
    top_speed_m_s, acceleration_m_s2, braking_m_s2 : float
        Motion between stops.
    dwell_s : float
        Mean time at a stop in s.
    timetable : Timetable
        When trains run.

    Raises
    ------
    ParameterError
        If a number is out of range or the track, stops or substations make no line.
    """

    name: str
    track: tuple[tuple[float, float], ...]
    substations_m: tuple[float, ...]
    stops_m: tuple[float, ...]
    rail_resistance_ohm_per_km: float = number(0.03, 0.005, 0.2)
    rail_conductance_s_per_km: float = number(0.5, 0.01, 10)
    peak_current_a: float = number(600.0, 0, 10_000)
    load_log_sd: float = number(0.3, 0, 2)
    running_fraction: float = number(0.35, 0, 1)
    gradient_fraction: float = number(0.2, -1, 1)
    regenerated_fraction: float = number(0.4, 0, 1)
    auxiliary_fraction: float = number(0.04, 0, 1)
    top_speed_m_s: float = number(20.0, 1, 100)
    acceleration_m_s2: float = number(0.5, 0.05, 2)
    braking_m_s2: float = number(0.7, 0.05, 2)
    dwell_s: float = number(50.0, 5, 3600)
    timetable: Timetable = field(default_factory=Timetable)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.track) < 2 or self.length_m <= 0:
            msg = f"railway {self.name}: a track of {len(self.track)} corners, {self.length_m} m, is no line"
            raise ParameterError(msg)
        for what, places, least in (
            ("substation", self.substations_m, 1),
            ("stop", self.stops_m, 2),
        ):
            if len(places) < least:
                msg = f"railway {self.name}: it has {len(places)} {what}s, at least {least} are needed"
                raise ParameterError(msg)
            if any(not later > sooner for sooner, later in itertools.pairwise(places)):
                msg = f"railway {self.name}: the distances of its {what}s {places} do not increase"
                raise ParameterError(msg)
            if places[0] < 0 or places[-1] > self.length_m:
                msg = (
                    f"railway {self.name}: {what}s from {places[0]} m to {places[-1]} m lie off its track "
                    f"of {self.length_m:.0f} m"
                )
                raise ParameterError(msg)

    @property
    def length_m(self) -> float:
        """Length of the track in m."""
        return sum(math.dist(a, b) for a, b in itertools.pairwise(self.track))

    def leakage_length_m(self, conductance_factor: float = 1.0) -> float:
        """Return λ = 1/√(r g) in m, with the conductance multiplied by a factor (2 in rain)."""
        conductance = self.rail_conductance_s_per_km * conductance_factor
        return 1000.0 / math.sqrt(self.rail_resistance_ohm_per_km * conductance)
