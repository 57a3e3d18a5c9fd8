"""Stations to start from."""

from sesctl.errors import ParameterError
from sesctl.synth.parameters import (
    ClockSource,
    DipoleLayout,
    Electrode,
    Instrument,
    NaturalField,
    Site,
    Soil,
    StationParameters,
)
from sesctl.synth.railway import Railway, Timetable

PRESETS = ("hkb", "mts", "ota", "aeta", "random")


def hkb() -> StationParameters:
    """Return a station whose long dipoles cross a single-track mountain line, after Hakuba."""
    return StationParameters(
        name="HKB",
        latitude=36.70,
        longitude=137.86,
        electrodes=(
            Electrode(name="a", east_m=-2300, north_m=700),
            Electrode(name="b", east_m=1900, north_m=1600, drift_mv_per_day=4.0),
            Electrode(name="c", east_m=-1400, north_m=-2300),
            Electrode(name="d", east_m=4300, north_m=-1500),
        ),
        dipoles=(
            DipoleLayout(name="dp1", first="a", second="b"),
            DipoleLayout(name="dp2", first="a", second="d"),
            DipoleLayout(name="dp3", first="c", second="b"),
        ),
        soil=Soil(shallow_ohm_m=130.0, deep_ohm_m=150.0, distortion=((1.10, 0.18), (-0.12, 0.85))),
        railways=(
            Railway(
                name="valley",
                track=((-2500, -24_000), (-600, -8000), (150, 0), (900, 7000), (3500, 22_000)),
                substations_m=(2000.0, 11_000.0, 19_500.0, 28_500.0, 37_500.0, 44_500.0),
                stops_m=(
                    1500.0,
                    5200.0,
                    9300.0,
                    13_000.0,
                    16_800.0,
                    20_400.0,
                    24_100.0,
                    27_300.0,
                    31_600.0,
                    35_900.0,
                    40_000.0,
                    44_800.0,
                ),
                peak_current_a=800.0,
                running_fraction=0.4,
                gradient_fraction=0.3,
                timetable=Timetable(
                    trains_per_hour=1.0, rush_trains_per_hour=1.8, night_freight_probability=0.05
                ),
            ),
        ),
        site=Site(
            pumps_per_day=1.0,
            pump_dipole=2,
            clock_sources=(
                ClockSource(
                    name="sawmill", north_mv_km=2.0, east_mv_km=1.5, start_hours=(8.0, 13.0), duration_min=110
                ),
                ClockSource(
                    name="protection",
                    north_mv_km=-1.5,
                    east_mv_km=2.5,
                    start_hours=(22.0,),
                    duration_min=20,
                    weekdays=(2,),
                    jitter_s=20,
                ),
            ),
        ),
    )


def mts() -> StationParameters:
    """Return a station 2–4 km beside a busy line in a sedimentary basin, after Matsushiro."""
    return StationParameters(
        name="MTS",
        latitude=36.54,
        longitude=138.21,
        electrodes=(
            Electrode(name="a", east_m=-700, north_m=-900),
            Electrode(name="b", east_m=900, north_m=500),
            Electrode(name="c", east_m=-500, north_m=1100),
            Electrode(name="d", east_m=1200, north_m=-1000, drift_mv_per_day=3.0),
        ),
        dipoles=(
            DipoleLayout(name="dp3", first="a", second="b"),
            DipoleLayout(name="dp4", first="c", second="d"),
            DipoleLayout(name="dp7", first="a", second="d"),
        ),
        soil=Soil(shallow_ohm_m=34.0, deep_ohm_m=60.0, distortion=((0.85, -0.15), (0.20, 1.15))),
        railways=(
            Railway(
                name="trunk",
                track=((-16_000, -20_000), (-6000, -5500), (-1800, 3000), (3000, 9000), (12_000, 22_000)),
                substations_m=(3000.0, 10_000.0, 16_500.0, 24_000.0, 31_000.0, 38_000.0, 47_000.0),
                stops_m=(
                    2500.0,
                    6000.0,
                    9800.0,
                    13_200.0,
                    16_900.0,
                    20_300.0,
                    23_500.0,
                    27_800.0,
                    31_500.0,
                    36_000.0,
                    41_000.0,
                    46_500.0,
                ),
                peak_current_a=800.0,
                running_fraction=0.4,
                gradient_fraction=0.15,
                timetable=Timetable(
                    trains_per_hour=2.5, rush_trains_per_hour=4.5, night_freight_probability=0.2
                ),
            ),
            Railway(
                name="local",
                track=((-9000, 3500), (-3500, 4500), (2500, 6500), (9000, 12_000)),
                substations_m=(1500.0, 8000.0, 14_500.0, 19_500.0),
                stops_m=(500.0, 2300.0, 4100.0, 6400.0, 8200.0, 10_500.0, 12_900.0, 15_500.0, 18_200.0),
                peak_current_a=350.0,
                running_fraction=0.4,
                gradient_fraction=0.15,
                top_speed_m_s=17.0,
                timetable=Timetable(
                    trains_per_hour=2.0, rush_trains_per_hour=3.5, night_freight_probability=0.0
                ),
            ),
        ),
        site=Site(
            pumps_per_day=1.5,
            pump_dipole=1,
            clock_sources=(
                ClockSource(
                    name="foundry", north_mv_km=-2.0, east_mv_km=3.0, start_hours=(9.0, 14.5), duration_min=75
                ),
                ClockSource(
                    name="protection",
                    north_mv_km=2.5,
                    east_mv_km=1.0,
                    start_hours=(3.0,),
                    duration_min=15,
                    weekdays=(0, 3),
                    jitter_s=20,
                ),
            ),
        ),
    )


def ota() -> StationParameters:
    """Return a station in resistive mountains, 8 km and more from a line, after Otaki."""
    return StationParameters(
        name="OTA",
        latitude=35.82,
        longitude=137.55,
        electrodes=(
            Electrode(name="a", east_m=-1000, north_m=-600, drift_mv_per_day=1.5),
            Electrode(name="b", east_m=900, north_m=800, drift_mv_per_day=1.5),
            Electrode(name="c", east_m=800, north_m=-1100, drift_mv_per_day=2.5),
        ),
        dipoles=(
            DipoleLayout(name="dp1", first="a", second="b"),
            DipoleLayout(name="dp2", first="c", second="b"),
            DipoleLayout(name="dp3", first="a", second="c"),
        ),
        soil=Soil(shallow_ohm_m=70.0, deep_ohm_m=260.0, distortion=((1.05, 0.10), (0.15, 0.90))),
        railways=(
            Railway(
                name="gorge",
                track=((4000, -26_000), (8500, -9000), (9500, 0), (9000, 9000), (14_000, 24_000)),
                substations_m=(2000.0, 9500.0, 17_000.0, 25_500.0, 34_000.0, 42_500.0, 49_500.0),
                stops_m=(
                    1500.0,
                    6300.0,
                    10_800.0,
                    15_900.0,
                    20_700.0,
                    26_400.0,
                    31_500.0,
                    36_300.0,
                    42_000.0,
                    49_000.0,
                ),
                peak_current_a=900.0,
                running_fraction=0.45,
                gradient_fraction=0.3,
                timetable=Timetable(
                    trains_per_hour=1.6, rush_trains_per_hour=2.4, night_freight_probability=0.3
                ),
            ),
        ),
        site=Site(
            pumps_per_day=0.3,
            pump_dipole=0,
            clock_sources=(
                ClockSource(
                    name="quarry", north_mv_km=1.0, east_mv_km=-0.8, start_hours=(10.0,), duration_min=60
                ),
            ),
        ),
        natural=NaturalField(),
        instrument=Instrument(white_mv_km=0.2),
    )


def preset(name: str, seed: int = 0) -> StationParameters:
    """Return a preset by its name.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    del seed
    makers = {"hkb": hkb, "mts": mts, "ota": ota}
    if name not in makers:
        msg = f"there is no preset {name!r}"
        raise ParameterError(msg, f"Presets are {', '.join(PRESETS)}.")
    return makers[name]()
