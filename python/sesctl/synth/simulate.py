"""Put a station's record together, day by day."""

import datetime as dt
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError
from sesctl.synth.aeta import AetaParameters, aeta_values
from sesctl.synth.components import field_components
from sesctl.synth.parameters import StationParameters, digest
from sesctl.synth.presets import preset
from sesctl.synth.recorder import digitise
from sesctl.synth.span import EPOCH, Span
from sesctl.synth.surroundings import Soil
from sesctl.types import Origin, Record
from sesctl.types.instants import DAY
from sesctl.waveforms import SES

AnyParameters = StationParameters | AetaParameters

_BLOCK_DAYS = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulation:
    """A simulated record and all that made it.

    Parameters
    ----------
    record : Record
        Dipoles in mV/km, then bx and by in nT; for an AETA instrument, magn and sound.
    parameters : StationParameters or AetaParameters
        The station.
    seed : int
        Seed of the simulation.
    truth : tuple of SES
        Signals in the record: none, until some are injected.
    """

    record: Record
    parameters: AnyParameters
    seed: int
    truth: tuple[SES, ...] = ()

    @property
    def distortion(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Galvanic distortion of a distant source's field, rows and columns north, east."""
        if isinstance(self.parameters, AetaParameters):
            return Soil().distortion
        return self.parameters.soil.distortion


def _day_number(first_day: dt.date, days: int, seed: int) -> int:
    if days < 1:
        msg = f"{days} days cannot be simulated"
        raise ParameterError(msg, "Ask for at least one day.")
    if seed < 0:
        msg = f"the seed is {seed}, less than 0"
        raise ParameterError(msg)
    return (first_day - EPOCH).days


def _block(
    parameters: AnyParameters, seed: int, span: Span
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Return values and quality, shape (channel, sample), of a few days."""
    if isinstance(parameters, AetaParameters):
        return aeta_values(parameters, seed, span)
    parts = field_components(parameters, seed, span)
    total = parts["recorder"]
    total[:-2] += parts["trains"] + parts["natural"] + parts["machines"] + parts["electrodes"]
    total[-2:] += parts["magnetic"]
    return digitise(parameters, seed, span, total)


def simulate_days(parameters: AnyParameters, seed: int, first_day: dt.date, days: int) -> Record:
    """Return the record of some days; each day is the same whichever others are made with it.

    Parameters
    ----------
    parameters : StationParameters or AetaParameters
        The station.
    seed : int
        Seed of the simulation, ≥ 0.
    first_day : datetime.date
        First day of UTC.
    days : int
        Number of days.

    Returns
    -------
    Record
        Dipoles in mV/km, then bx and by in nT.

    Raises
    ------
    ParameterError
        If there is no day to make or the seed is negative.
    """
    number = _day_number(first_day, days, seed)
    per_day = parameters.samples_per_day
    source, station = digest(parameters, seed), parameters.station()
    values = np.empty((len(station.channels), days * per_day), dtype=np.float32)
    quality = np.empty(values.shape, dtype=np.uint8)
    # Blocks bound the memory of a long record.
    for begin in range(0, days, _BLOCK_DAYS):
        span = Span(number + begin, min(_BLOCK_DAYS, days - begin), per_day)
        here = slice(begin * per_day, begin * per_day + span.samples)
        values[:, here], quality[:, here] = _block(parameters, seed, span)
    return Record(
        station=station,
        values=values,
        start=number * DAY,
        interval=parameters.interval_s,
        quality=quality,
        origins=[Origin(parameters.name, number + day, source) for day in range(days)],
    )


def simulate(
    station: str | AnyParameters,
    days: int,
    seed: int,
    *,
    first_day: dt.date = dt.date(1999, 1, 1),
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Simulation:
    """Simulate a station's record.

    Parameters
    ----------
    station : str, StationParameters or AetaParameters
        A preset (see `preset`) or one's own station.
    days : int
        Number of days.
    seed : int
        Seed, ≥ 0; for the presets ``random`` and ``aeta`` it chooses the station too.
    first_day : datetime.date
        First day of UTC.
    workers : int
        Processes; the result does not depend on it.
    progress : callable, optional
        Called with the number of days just finished.

    Returns
    -------
    Simulation
        The record, its parameters and seed, and an empty truth.

    Raises
    ------
    ParameterError
        If the preset is unknown, there is no day or no worker, or the seed is negative.
    """
    number = _day_number(first_day, days, seed)
    if workers < 1:
        msg = f"{workers} workers cannot simulate anything"
        raise ParameterError(msg, "Ask for at least one worker.")
    parameters = preset(station, seed) if isinstance(station, str) else station
    blocks = [(number + i, min(_BLOCK_DAYS, days - i)) for i in range(0, days, _BLOCK_DAYS)]
    per_day, channels = parameters.samples_per_day, len(parameters.station().channels)
    values = np.empty((channels, days * per_day), dtype=np.float32)
    quality = np.empty(values.shape, dtype=np.uint8)
    origins: list[Origin] = []

    def keep(record: Record) -> None:
        here = slice(len(origins) * per_day, len(origins) * per_day + record.samples)
        values[:, here], quality[:, here] = record.values, record.quality
        origins.extend(record.origins)
        if progress is not None:
            progress(len(record.origins))

    if workers == 1 or len(blocks) == 1:
        for first, count in blocks:
            keep(simulate_days(parameters, seed, EPOCH + dt.timedelta(days=first), count))
    else:
        # Spawned, not forked: the caller may hold threads.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            tasks = [
                pool.submit(simulate_days, parameters, seed, EPOCH + dt.timedelta(days=first), count)
                for first, count in blocks
            ]
            for task in tasks:
                keep(task.result())
    record = Record(
        station=parameters.station(),
        values=values,
        start=number * DAY,
        interval=parameters.interval_s,
        quality=quality,
        origins=origins,
    )
    return Simulation(record=record, parameters=parameters, seed=seed)
