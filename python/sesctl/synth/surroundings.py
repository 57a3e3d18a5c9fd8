"""What a simulated station is set in: ground, natural field, neighbours, recorder."""

from dataclasses import dataclass

from sesctl.synth.ranges import Ranged, number


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
        The density falls as f^(−slope) at periods below six hours and is flat above.
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
    activity_log_sd: float = number(0.3, 0, 2)
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
