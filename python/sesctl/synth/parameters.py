"""Everything that a simulated station is made of."""

import dataclasses
import hashlib
import json
import math
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sesctl.errors import ParameterError, StationError
from sesctl.synth.railway import Railway
from sesctl.synth.ranges import Ranged, number
from sesctl.types import Channel, Dipole, Station

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MODEL = 1
"""Version of the equations: a change of any makes other records from the same parameters and seed."""


@dataclass(frozen=True, kw_only=True)
class Electrode(Ranged):
    """An electrode in the ground; what disturbs its contact shows on every dipole that uses it.

    Parameters
    ----------
    name : str
        Identifier.
    east_m, north_m : float
        Position from the station's origin in m.
    drift_mv_per_day : float
        Root mean square rate of its slow drift: 1–3 when good, hundreds when bad.
    temperature_mv : float
        Amplitude of its daily wave.
    steps_per_day, step_mv : float
        Rate and scale of sudden changes of its potential, which relax over five days.
    rain_mv : float
        Scale of its change when the ground gets wet.
    """

    name: str
    east_m: float
    north_m: float
    drift_mv_per_day: float = number(2.0, 0, 2000)
    temperature_mv: float = number(1.0, 0, 100)
    steps_per_day: float = number(0.03, 0, 100)
    step_mv: float = number(15.0, 0, 1000)
    rain_mv: float = number(6.0, 0, 1000)


@dataclass(frozen=True, kw_only=True)
class DipoleLayout:
    """A pair of electrodes: E = −(V₂ − V₁)/L.

    Parameters
    ----------
    name : str
        Name of the channel.
    first, second : str
        Names of its electrodes; its azimuth points from the first to the second.
    """

    name: str
    first: str
    second: str


@dataclass(frozen=True, kw_only=True)
class Soil(Ranged):
    """The ground.

    Parameters
    ----------
    shallow_ohm_m : float
        Resistivity of the half space through which leakage currents spread.
    deep_ohm_m : float
        Apparent resistivity of magnetotelluric induction, at all periods.
    distortion : tuple
        Galvanic distortion ((NN, NE), (EN, EE)) of every distant source's field.
    """

    shallow_ohm_m: float = number(100.0, 0.1, 1e5)
    deep_ohm_m: float = number(100.0, 0.1, 1e5)
    distortion: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class NaturalField(Ranged):
    """The magnetic variations that induce the natural telluric field.

    Parameters
    ----------
    level_nt2_per_hz : float
        One-sided power spectral density of either component at a period of 1000 s on a median day.
    slope : float
        The density falls as f^(−slope) at periods below three hours and is flat above.
    activity_log_sd : float
        Standard deviation of the logarithm of the amplitude from day to day.
    storms_per_day : float
        Rate of magnetic storms, each with a sudden commencement, a main phase and a recovery.
    sq_nt : float
        Scale of the solar daily variation.
    pulsations_per_day, dp2_per_day, bays_per_day : float
        Rates of Pc packets (periods of 25–600 s), of DP2 fluctuations (about 30 min, daytime) and of bays
        (about 60 min, night).
    tide_mv_km : float
        Scale of the electric field of the ocean tides M2 and O1.
    """

    level_nt2_per_hz: float = number(250.0, 0, 1e6)
    slope: float = number(2.5, 0, 4)
    activity_log_sd: float = number(0.35, 0, 2)
    storms_per_day: float = number(0.04, 0, 2)
    sq_nt: float = number(12.0, 0, 200)
    pulsations_per_day: float = number(30.0, 0, 1000)
    dp2_per_day: float = number(0.3, 0, 20)
    bays_per_day: float = number(0.5, 0, 20)
    tide_mv_km: float = number(0.4, 0, 50)


@dataclass(frozen=True, kw_only=True)
class ClockSource(Ranged):
    """A machine that switches at clock times: a factory, or a pipeline's cathodic protection.

    Parameters
    ----------
    name : str
        Identifier.
    north_mv_km, east_mv_km : float
        Its field at the station while it is on, before distortion.
    start_hours : tuple of float
        Civil times of switching on.
    duration_min : float
        Time until it is switched off.
    weekdays : tuple of int
        Days it runs, Monday is 0.
    jitter_s : float
        Standard deviation of both switching times.
    probability : float
        Chance that a planned run takes place.
    """

    name: str
    north_mv_km: float = number(0.0, -1000, 1000)
    east_mv_km: float = number(0.0, -1000, 1000)
    start_hours: tuple[float, ...] = ()
    duration_min: float = number(30.0, 0.1, 1440)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    jitter_s: float = number(90.0, 0, 3600)
    probability: float = number(0.9, 0, 1)


@dataclass(frozen=True, kw_only=True)
class Site(Ranged):
    """What disturbs the station from its surroundings.

    Parameters
    ----------
    pumps_per_day : float
        Rate of pump runs: boxcars of 1–50 min and 2–10 mV/km on one dipole.
    pump_dipole : int
        Row of the dipole beside the pump.
    clock_sources : tuple of ClockSource
        Factories and cathodic protection.
    rains_per_day : float
        Rate of rainfalls of 2–12 h; rain doubles the rails' leakage and shifts electrodes.
    """

    pumps_per_day: float = number(1.0, 0, 200)
    pump_dipole: int = 0
    clock_sources: tuple[ClockSource, ...] = ()
    rains_per_day: float = number(0.25, 0, 10)


@dataclass(frozen=True, kw_only=True)
class Instrument(Ranged):
    """The recorder.

    Parameters
    ----------
    interval_s : float
        Sampling interval; a day is a whole number of samples.
    white_mv_km, white_nt : float
        Standard deviation of white noise on dipoles and on magnetic channels.
    spikes_per_day, spike_mv_km : float
        Rate and scale of outliers of one or two samples on a dipole.
    gaps_per_day : float
        Rate of gaps of 10 s to 2 h, half of them on all channels, half on one.
    range_mv_km : float
        Largest recorded absolute value; beyond it a sample is clipped.
    """

    interval_s: float = number(10.0, 1, 300)
    white_mv_km: float = number(0.3, 0, 100)
    white_nt: float = number(0.05, 0, 100)
    spikes_per_day: float = number(3.0, 0, 10_000)
    spike_mv_km: float = number(30.0, 0, 10_000)
    gaps_per_day: float = number(0.15, 0, 1000)
    range_mv_km: float = number(20_000.0, 1, 1e7)


@dataclass(frozen=True, kw_only=True)
class StationParameters(Ranged):
    """A simulated station.

    Parameters
    ----------
    name : str
        Name of the station.
    latitude, longitude : float
        Position in degrees.
    timezone : str
        IANA name of the civil time of trains and factories.
    electrodes, dipoles : tuple
        The array.
    soil, railways, natural, site, instrument
        Everything around it.

    Raises
    ------
    ParameterError
        If a number is out of range or the parts do not fit together.
    """

    name: str
    latitude: float = number(36.5, -90, 90)
    longitude: float = number(138.0, -180, 360)
    timezone: str = "Asia/Tokyo"
    electrodes: tuple[Electrode, ...]
    dipoles: tuple[DipoleLayout, ...]
    soil: Soil = Soil()
    railways: tuple[Railway, ...] = ()
    natural: NaturalField = NaturalField()
    site: Site = Site()
    instrument: Instrument = Instrument()

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            msg = f"station {self.name}: its time zone {self.timezone!r} is unknown"
            raise ParameterError(msg, "Give an IANA name such as Asia/Tokyo.") from error
        names = [electrode.name for electrode in self.electrodes]
        for dipole in self.dipoles:
            for name in (dipole.first, dipole.second):
                if name not in names:
                    msg = (
                        f"station {self.name}: dipole {dipole.name} uses electrode {name!r}, which it has not"
                    )
                    raise ParameterError(msg, f"It has {', '.join(names)}.")
        if not 0 <= self.site.pump_dipole < len(self.dipoles):
            msg = f"station {self.name}: pump_dipole {self.site.pump_dipole} is not one of {len(self.dipoles)} dipoles"
            raise ParameterError(msg)
        lines = [railway.name for railway in self.railways]
        if len(set(lines)) < len(lines) or len(set(names)) < len(names):
            msg = f"station {self.name}: two railways of {lines} or two electrodes of {names} share a name"
            raise ParameterError(msg)
        if self.samples_per_day * self.instrument.interval_s != 86_400:
            msg = (
                f"station {self.name}: a day is no whole number of samples of {self.instrument.interval_s} s"
            )
            raise ParameterError(msg)
        for dipole in self.dipoles:
            if math.dist(*self.ends(dipole)) < 1:
                msg = f"station {self.name}: dipole {dipole.name} is shorter than 1 m"
                raise ParameterError(msg)
        self.station()

    @property
    def samples_per_day(self) -> int:
        """Number of samples a day."""
        return round(86_400 / self.instrument.interval_s)

    def ends(self, dipole: DipoleLayout) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the (east, north) positions of a dipole's two electrodes in m."""
        places = {electrode.name: (electrode.east_m, electrode.north_m) for electrode in self.electrodes}
        return places[dipole.first], places[dipole.second]

    def station(self) -> Station:
        """Return the station with its dipoles and the magnetic channels bx (north) and by (east).

        Raises
        ------
        ParameterError
            If a name cannot be a station's or a channel's.
        """
        channels: list[Channel] = []
        try:
            for layout in self.dipoles:
                (east_1, north_1), (east_2, north_2) = self.ends(layout)
                channels.append(
                    Dipole(
                        name=layout.name,
                        length_m=math.hypot(east_2 - east_1, north_2 - north_1),
                        azimuth_deg=math.degrees(math.atan2(east_2 - east_1, north_2 - north_1)) % 360,
                        electrodes=(layout.first, layout.second),
                    )
                )
            channels += [Channel(name=name, quantity="magnetic", unit="nT") for name in ("bx", "by")]
            return Station(
                name=self.name,
                channels=tuple(channels),
                latitude=self.latitude,
                longitude=self.longitude,
                timezone=self.timezone,
            )
        except StationError as error:
            raise ParameterError(error.message, error.hint) from error


def digest(parameters: "DataclassInstance", seed: int) -> str:
    """Return the SHA-256 of a simulation's parameters, seed and equations, in hexadecimal digits."""
    content = {
        "kind": type(parameters).__name__,
        "model": MODEL,
        "parameters": dataclasses.asdict(parameters),
        "seed": seed,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
