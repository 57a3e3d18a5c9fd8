"""What disturbs a station from its surroundings: tides of the sea, rain, pumps, machines on a clock."""

import datetime as dt

import numpy as np
import numpy.typing as npt

from sesctl.synth.parameters import StationParameters
from sesctl.synth.seeds import generator
from sesctl.synth.span import EPOCH, Span, civil_midnight

Array = npt.NDArray[np.float64]

RAIN_DAYS = 5
_TIDES_H = (12.4206012, 25.8193417)


def tides(parameters: StationParameters, seed: int, span: Span) -> Array:
    """Return the electric field of the tides M2 and O1, float64, shape (2, sample), mV/km."""
    draw = generator(seed, "tides", parameters.name)
    hours = (span.first_sample + np.arange(span.samples)) * (24.0 / span.per_day)
    field = np.zeros((2, span.samples))
    for period in _TIDES_H:
        for row in range(2):
            size, phase = draw.normal(0, parameters.natural.tide_mv_km), draw.uniform(0, 2 * np.pi)
            field[row] += size * np.cos(2 * np.pi * hours / period + phase)
    return field


def rain(parameters: StationParameters, seed: int, span: Span) -> tuple[Array, Array]:
    """Return how wet the ground is.

    Returns
    -------
    wetness : ndarray of float64, shape (sample,)
        0 to 1, for the rails: it rises while it rains (2–12 h) and is gone after a day.
    soaked : ndarray of float64, shape (sample,)
        0 to 1, for the electrodes: it rises over the rain and dries out over five days.
    """
    wet, soaked = np.zeros(span.samples), np.zeros(span.samples)
    t = np.arange(RAIN_DAYS * span.per_day) * span.interval_s
    for day in span.reached_from(RAIN_DAYS + 1):
        draw = generator(seed, "rain", parameters.name, day)
        for _ in range(draw.poisson(parameters.site.rains_per_day)):
            onset, length = draw.uniform(0, 86_400), 3600 * np.exp(draw.uniform(np.log(2), np.log(12)))
            amount = draw.uniform(0.3, 1.0)
            first = span.sample_at(day, onset)
            rise = 1 - np.exp(-3 * np.minimum(t, length) / length)
            later = np.maximum(t - length, 0)
            span.add(wet, first, amount * rise * np.clip(1 - later / 86_400, 0, 1) ** 2)
            dry = np.clip((t[-1] - t) / (t[-1] - length), 0, 1) ** 3
            span.add(soaked, first, amount * rise * np.where(t > length, dry, 1.0))
    return np.minimum(wet, 1.0), np.minimum(soaked, 1.5)


def pumps(parameters: StationParameters, seed: int, span: Span) -> Array:
    """Return the field of a pump on the one dipole beside it, float64, shape (sample,), mV/km.

    Boxcars of 1–50 min (log-uniform) and 2–10 mV/km, two thirds of one sign: the nearest thing to an SES
    on one dipole.
    """
    field = np.zeros(span.samples)
    for day in span.reached_from(1):
        draw = generator(seed, "pump", parameters.name, day)
        for _ in range(draw.poisson(parameters.site.pumps_per_day)):
            onset, length = draw.uniform(0, 86_400), 60 * np.exp(draw.uniform(0, np.log(50)))
            height = draw.uniform(2, 10) * (1 if draw.random() < 2 / 3 else -1)
            span.add(
                field, span.sample_at(day, onset), np.full(max(1, round(length / span.interval_s)), height)
            )
    return field


def clock_sources(parameters: StationParameters, seed: int, span: Span) -> Array:
    """Return the field of machines that switch at clock times, float64, shape (2, sample), mV/km.

    It is the field before galvanic distortion, the same size (± 5 %) each time.
    """
    field = np.zeros((2, span.samples))
    for source in parameters.site.clock_sources:
        for date in range(span.first_day - 2, span.first_day + span.days + 2):
            draw = generator(seed, "clock", parameters.name, source.name, date)
            if (EPOCH + dt.timedelta(days=date)).weekday() not in source.weekdays:
                continue
            midnight = civil_midnight(date, parameters.timezone)
            for hour in source.start_hours:
                runs = draw.random() < source.probability
                late, longer = source.jitter_s * draw.standard_normal(2)
                size = 1 + 0.05 * draw.standard_normal()
                length = max(60.0, 60 * source.duration_min + longer)
                if not runs:
                    continue
                first = span.sample_at(date, midnight + 3600 * hour + late)
                on = np.full(max(1, round(length / span.interval_s)), size)
                span.add(field, first, np.multiply.outer([source.north_mv_km, source.east_mv_km], on))
    return field
