"""How much of everything: the size of the study in the paper, and one for a coffee break."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The numbers that decide how long a study runs and how sure its results are.

    Parameters
    ----------
    name : str
        How users call it.
    pool_days : int
        Days of the record that protocol ``paper`` both trains and tests on.
    copies : int
        Copies of each day of a dipole in training, each with a signal of its own.
    most_pairs : int
        Of the tenth of the copies that ``paper`` tests on, at most so many are scored.
    training_days, validation_days, test_days : int
        Days of ``honest``: learnt from; threshold and model chosen on; scored.
    figure_days : int
        Days in each of the test sets of one amplitude and one duration.
    recorded_days : int
        Days in which the recorded event is embedded at each hour.
    training_stations, validation_stations, test_stations, days_a_station : int
        Stations drawn at random, for the test on stations never seen, and days of each.
    trace_days : int
        Days a dipole on which denoised traces are compared with their label.
    replicates : int
        Drawings of the bootstrap.
    """

    name: str
    pool_days: int
    copies: int
    most_pairs: int
    training_days: int
    validation_days: int
    test_days: int
    figure_days: int
    recorded_days: int
    training_stations: int
    validation_stations: int
    test_stations: int
    days_a_station: int
    trace_days: int
    replicates: int


SMALL = Scale(
    name="small",
    pool_days=40,
    copies=2,
    most_pairs=60,
    training_days=28,
    validation_days=14,
    test_days=21,
    figure_days=15,
    recorded_days=2,
    training_stations=3,
    validation_stations=2,
    test_stations=5,
    days_a_station=3,
    trace_days=4,
    replicates=200,
)
FULL = Scale(
    name="full",
    pool_days=709,
    copies=10,
    most_pairs=2127,
    training_days=365,
    validation_days=180,
    test_days=365,
    figure_days=709,
    recorded_days=7,
    training_stations=60,
    validation_stations=20,
    test_stations=60,
    days_a_station=14,
    trace_days=30,
    replicates=1000,
)
SCALES: Mapping[str, Scale] = {scale.name: scale for scale in (SMALL, FULL)}
