"""What electrodes and recorder add to the field: drift, steps, noise, spikes, clipping and gaps."""

import numpy as np
import numpy.typing as npt

from sesctl.synth.parameters import Electrode, StationParameters
from sesctl.synth.seeds import generator
from sesctl.synth.span import Span
from sesctl.types import Quality

Array = npt.NDArray[np.float64]

STEP_DAYS = 5
_NODE_S = 600
_DRIFT_PERIODS_D = np.geomspace(1.5, 200.0, 16)


def electrode_potential(
    parameters: StationParameters, electrode: Electrode, seed: int, span: Span, soaked: Array
) -> Array:
    """Return the potential of an electrode's contact, float64, shape (sample,), mV.

    A constant offset; a drift of 16 harmonics with periods of 1.5–200 days that share the given rate
    equally; a daily wave with its maximum near 15 h local time; a random walk that returns to zero each
    midnight (a Brownian bridge, so that days can be made one by one); steps that relax over five days; and
    the change with wet ground.
    """
    key = (parameters.name, electrode.name)
    draw = generator(seed, "electrode", *key)
    offset, wet = draw.normal(0, 20), draw.normal(0, electrode.rain_mv)
    phases, daily = draw.uniform(0, 2 * np.pi, _DRIFT_PERIODS_D.size), draw.uniform(0.5, 1.5)
    a_day = 86_400 // _NODE_S
    nodes = (span.first_day * a_day + np.arange(span.days * a_day + 1)) / a_day
    angular = 2 * np.pi / _DRIFT_PERIODS_D
    sizes = electrode.drift_mv_per_day * np.sqrt(2 / angular.size) / angular
    slow = (sizes * np.cos(np.multiply.outer(nodes, angular) + phases)).sum(axis=1)
    hours = nodes * 24 + parameters.longitude / 15
    slow += daily * electrode.temperature_mv * np.cos(2 * np.pi / 24 * (hours - 15))
    days = (span.first_sample + np.arange(span.samples)) / span.per_day
    potential: Array = np.interp(days, nodes, slow) + offset + wet * soaked

    walk = 0.15 * electrode.drift_mv_per_day / np.sqrt(span.per_day)
    fraction = (np.arange(span.per_day) + 1) / span.per_day
    for day in range(span.first_day, span.first_day + span.days):
        path = np.cumsum(generator(seed, "walk", *key, day).standard_normal(span.per_day))
        span.add(potential, day * span.per_day, walk * (path - path[-1] * fraction))

    relaxing = (1 - np.arange(STEP_DAYS * span.per_day) / (STEP_DAYS * span.per_day)) ** 2
    for day in span.reached_from(STEP_DAYS + 1):
        draw = generator(seed, "step", *key, day)
        for _ in range(draw.poisson(electrode.steps_per_day)):
            first = span.sample_at(day, draw.uniform(0, 86_400))
            span.add(potential, first, draw.normal(0, electrode.step_mv) * relaxing)
    return potential


def white_noise(parameters: StationParameters, seed: int, span: Span) -> Array:
    """Return white noise and spikes of every channel, float64, shape (channel, sample), in its unit."""
    instrument, dipoles = parameters.instrument, len(parameters.dipoles)
    sizes = np.asarray([instrument.white_mv_km] * dipoles + [instrument.white_nt] * 2)
    noise = np.empty((dipoles + 2, span.samples))
    for i in range(span.days):
        day = span.first_day + i
        draw = generator(seed, "white", parameters.name, day)
        today = draw.standard_normal((dipoles + 2, span.per_day)) * sizes[:, None]
        draw = generator(seed, "spike", parameters.name, day)
        for row in range(dipoles):
            for _ in range(draw.poisson(instrument.spikes_per_day)):
                at, width = draw.integers(span.per_day), draw.integers(1, 3)
                today[row, at : at + width] += instrument.spike_mv_km * draw.standard_normal()
        noise[:, i * span.per_day : (i + 1) * span.per_day] = today
    return noise


def digitise(
    parameters: StationParameters, seed: int, span: Span, values: Array
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Return what the recorder stores: clipped to its range, with gaps.

    Parameters
    ----------
    parameters : StationParameters
        The station.
    seed : int
        Seed of the simulation.
    span : Span
        The days.
    values : ndarray of float64, shape (channel, sample)
        The field with all noise.

    Returns
    -------
    values : ndarray of float32, shape (channel, sample)
        Samples, NaN in gaps.
    quality : ndarray of uint8, shape (channel, sample)
        Clipped samples are marked.
    """
    instrument, dipoles = parameters.instrument, len(parameters.dipoles)
    stored = values.astype(np.float32)
    limit = np.float32(instrument.range_mv_km)
    quality = np.zeros(stored.shape, dtype=np.uint8)
    quality[:dipoles][np.abs(stored[:dipoles]) >= limit] = Quality.CLIPPED
    stored[:dipoles] = np.clip(stored[:dipoles], -limit, limit)
    for day in span.reached_from(1):
        draw = generator(seed, "gap", parameters.name, day)
        for _ in range(draw.poisson(instrument.gaps_per_day)):
            start = span.sample_at(day, draw.uniform(0, 86_400)) - span.first_sample
            length = np.exp(draw.uniform(np.log(10), np.log(7200)))
            all_channels, row = draw.random() < 0.5, int(draw.integers(dipoles))
            rows = slice(None) if all_channels else slice(row, row + 1)
            stop = start + max(1, round(length / span.interval_s))
            stored[rows, max(start, 0) : max(stop, 0)] = np.nan
    quality[np.isnan(stored)] = 0
    return stored, quality
