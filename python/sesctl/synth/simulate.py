"""Put a station's record together, day by day."""

import datetime as dt
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from sesctl.errors import ParameterError
from sesctl.synth.induction import induced_field
from sesctl.synth.leakage import leakage_table
from sesctl.synth.magnetic import magnetic_field
from sesctl.synth.parameters import StationParameters, digest
from sesctl.synth.presets import preset
from sesctl.synth.recorder import digitise, electrode_potential, white_noise
from sesctl.synth.site import clock_sources, pumps, rain, tides
from sesctl.synth.span import EPOCH, Array, Span
from sesctl.synth.trains import train_field
from sesctl.types import Origin, Record
from sesctl.types.instants import DAY
from sesctl.waveforms import SES, project_field
from sesctl.waveforms.projection import dipole_azimuths

_BLOCK_DAYS = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulation:
    """A simulated record and all that made it.

    Parameters
    ----------
    record : Record
        Dipoles in mV/km, then bx and by in nT.
    parameters : StationParameters
        The station.
    seed : int
        Seed of the simulation.
    truth : tuple of SES
        Signals in the record: none, until some are injected.
    """

    record: Record
    parameters: StationParameters
    seed: int
    truth: tuple[SES, ...] = ()


def field_components(parameters: StationParameters, seed: int, span: Span) -> dict[str, Array]:
    """Return the parts whose sum the recorder sees.

    Parameters
    ----------
    parameters : StationParameters
        The station.
    seed : int
        Seed of the simulation.
    span : Span
        The days wanted.

    Returns
    -------
    dict of str to ndarray of float64
        ``trains``, ``natural``, ``machines``, ``electrodes``: shape (dipole, sample), mV/km; ``magnetic``:
        shape (2, sample), nT; ``recorder``: shape (dipole + 2, sample), in each channel's unit.
    """
    station = parameters.station()
    dipoles = station.dipoles
    azimuths = dipole_azimuths(dipoles)
    distortion = parameters.soil.distortion
    wetness, soaked = rain(parameters, seed, span)

    trains = np.zeros((len(dipoles), span.samples))
    for railway in parameters.railways:
        table = leakage_table(parameters, railway)
        trains += train_field(
            railway, table, seed=seed, timezone=parameters.timezone, span=span, wetness=wetness
        )

    wide = span.with_margin(1, 1)
    magnetic = magnetic_field(parameters.natural, seed, wide, parameters.longitude)
    regional = induced_field(magnetic, span, parameters.soil.deep_ohm_m) + tides(parameters, seed, span)
    machines = project_field(clock_sources(parameters, seed, span), azimuths, distortion)
    machines[parameters.site.pump_dipole] += pumps(parameters, seed, span)

    contact = {
        electrode.name: electrode_potential(parameters, electrode, seed, span, soaked)
        for electrode in parameters.electrodes
    }
    electrodes = np.stack(
        # mV over m, times 1000, is mV/km.
        [-1000 * (contact[d.electrodes[1]] - contact[d.electrodes[0]]) / (d.length_m or 1.0) for d in dipoles]
    )
    return {
        "trains": trains,
        "natural": project_field(regional, azimuths, distortion),
        "machines": machines,
        "electrodes": electrodes,
        "magnetic": magnetic[:, span.per_day : -span.per_day],
        "recorder": white_noise(parameters, seed, span),
    }


def _day_number(first_day: dt.date, days: int, seed: int) -> int:
    if days < 1:
        msg = f"{days} days cannot be simulated"
        raise ParameterError(msg, "Ask for at least one day.")
    if seed < 0:
        msg = f"the seed is {seed}, less than 0"
        raise ParameterError(msg)
    return (first_day - EPOCH).days


def simulate_days(parameters: StationParameters, seed: int, first_day: dt.date, days: int) -> Record:
    """Return the record of some days; each day is the same whichever others are made with it.

    Parameters
    ----------
    parameters : StationParameters
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
        parts = field_components(parameters, seed, span)
        total = parts["recorder"]
        total[:-2] += parts["trains"] + parts["natural"] + parts["machines"] + parts["electrodes"]
        total[-2:] += parts["magnetic"]
        here = slice(begin * per_day, begin * per_day + span.samples)
        values[:, here], quality[:, here] = digitise(parameters, seed, span, total)
    return Record(
        station=station,
        values=values,
        start=number * DAY,
        interval=parameters.instrument.interval_s,
        quality=quality,
        origins=[Origin(parameters.name, number + day, source) for day in range(days)],
    )


def simulate(
    station: str | StationParameters,
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
    station : str or StationParameters
        A preset (see `preset`) or one's own station.
    days : int
        Number of days.
    seed : int
        Seed, ≥ 0; for the preset ``random`` it chooses the station too.
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
    per_day, channels = parameters.samples_per_day, len(parameters.dipoles) + 2
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
        interval=parameters.instrument.interval_s,
        quality=quality,
        origins=origins,
    )
    return Simulation(record=record, parameters=parameters, seed=seed)
