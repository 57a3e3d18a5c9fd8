"""Examples to learn from: stretches of records, cut anywhere, with signals and disturbances put in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl_plugins.ses_net.backgrounds import draw_background
from sesctl_plugins.ses_net.disturbances import DAY, disturb
from sesctl_plugins.ses_net.parameters import SegmentParameters
from sesctl_plugins.ses_net.rows import (
    CELL_S,
    CHANNELS,
    DAY_CELLS,
    KNOWN,
    MARGIN_CELLS,
    SAMPLES_A_CELL,
    SIGNED,
    rows_of,
)
from sesctl_plugins.ses_net.signals import embed

CELLS = DAY_CELLS + 2 * MARGIN_CELLS
INTERVAL_S = CELL_S / SAMPLES_A_CELL
STREAM = 71
"""Keeps these random numbers apart from all others that a seed gives."""


@dataclass(frozen=True, eq=False)
class StationRecord:
    """A stretch of a station's record without signals.

    Parameters
    ----------
    values : ndarray of float32, shape (dipole, sample)
        mV/km at 10 s, despiked, NaN in gaps.
    directions : ndarray of float64, shape (direction, dipole)
        What fields of distant sources show on each dipole, 1 on the strongest one.
    context : int
        Samples at either end that are shown, and are the days of other records.
    """

    values: npt.NDArray[np.float32]
    directions: npt.NDArray[np.float64]
    context: int = 0


@dataclass(frozen=True, eq=False)
class Examples:
    """A batch to learn from; the arrays are float32.

    Parameters
    ----------
    given : ndarray, shape (example, row, cell, channel)
        What the network is given (see `Rows`).
    inside : ndarray, shape (example, cell)
        Share of the minute that lies in a signal.
    seen : ndarray, shape (example, cell)
        1 where any dipole has a value, else 0: there nothing is learnt.
    field : ndarray, shape (example, dipole, cell)
        asinh of the signals' field, in units of each dipole's noise.
    told : ndarray, shape (example, dipole, cell)
        How much of the minute counts for the field: where it lies in a signal and is known.
    """

    given: npt.NDArray[np.float32]
    inside: npt.NDArray[np.float32]
    seen: npt.NDArray[np.float32]
    field: npt.NDArray[np.float32]
    told: npt.NDArray[np.float32]

    def table(self) -> npt.NDArray[np.float32]:
        """Return everything in one float32 row an example (see `unpacked`)."""
        parts = (self.given, self.inside, self.seen, self.field, self.told)
        return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def unpacked(table: object, dipoles: int) -> tuple[object, ...]:
    """Return the parts of `Examples.table`, with whatever computes with the table's kind of tensor."""
    from keras import ops

    shapes = (
        (2 * dipoles, CELLS, CHANNELS),
        (CELLS,),
        (CELLS,),
        (dipoles, CELLS),
        (dipoles, CELLS),
    )
    parts, first = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(ops.reshape(table[:, first : first + size], (-1, *shape)))  # type: ignore[index]
        first += size
    return tuple(parts)


def examples(
    stations: Sequence[StationRecord],
    parameters: SegmentParameters,
    epoch: int,
    step: int,
) -> Examples:
    """Return the examples of a step; they follow from the seed and the two numbers alone.

    Parameters
    ----------
    stations : sequence of StationRecord
        Records with one number of dipoles.
    parameters : SegmentParameters
        How many, of which seed, how they are varied.
    epoch, step : int
        Which.
    """
    numbers = np.random.SeedSequence([parameters.seed, STREAM, epoch, step])
    random = np.random.Generator(np.random.Philox(numbers))
    parts = [
        _example(random, stations[int(random.integers(len(stations)))], parameters)
        for _ in range(parameters.batch)
    ]
    return Examples(*(np.stack(each).astype(np.float32) for each in zip(*parts, strict=True)))


def _example(
    random: np.random.Generator, record: StationRecord, parameters: SegmentParameters
) -> tuple[npt.NDArray[np.float32], ...]:
    dipoles, length = record.values.shape
    samples, scored = (CELLS + 2 * DAY_CELLS) * SAMPLES_A_CELL, CELLS * SAMPLES_A_CELL
    directions = record.directions
    if random.random() < parameters.drawn:
        values, directions = draw_background(random, dipoles, samples)
    else:
        first = int(random.integers(-DAY, max(length - scored - DAY, -DAY) + 1))
        values = np.full((dipoles, samples), np.nan)
        begin, end = max(first, 0), min(first + samples, length)
        values[:, begin - first : end - first] = record.values[:, begin:end]

    fate, live = random.random(), np.arange(dipoles)
    if parameters.varied and dipoles > 1 and fate < 0.35:
        live = np.sort(random.permutation(dipoles)[: 1 if fate < 0.13 else dipoles - 1])
    between = None
    if parameters.varied and random.random() < 0.06:  # a record of an hour to some hours
        size = round(float(np.exp(random.uniform(np.log(360), np.log(3000)))))
        begun = int(random.integers(scored - size))
        between = (begun, begun + size)
    directions = directions[:, live]
    directions = directions / np.maximum(np.abs(directions).max(axis=1, keepdims=True), 1e-3)
    signals = embed(random, directions, scored, INTERVAL_S, between)
    field = np.zeros((dipoles, scored))
    field[live] = signals.field
    values[:, DAY : DAY + scored] += field
    values[np.setdiff1d(np.arange(dipoles), live)] = np.nan
    quiet = np.ones(samples, dtype=np.bool_)
    quiet[DAY : DAY + scored] = ~signals.near
    if parameters.varied:
        disturb(random, values, live, quiet)
    if between:
        values[:, : DAY + between[0]] = values[:, DAY + between[1] :] = np.nan

    rows = rows_of(values[None].astype(np.float32), DAY_CELLS, CELLS)
    turned = parameters.varied & (random.random(2 * dipoles) < 0.5)
    polarity = np.where(turned, -1, 1).astype(np.float32)
    given = rows.values[0]
    given[:, :, SIGNED] *= polarity[:, None, None]
    cells = (dipoles, CELLS, SAMPLES_A_CELL)
    inside = signals.inside.reshape(cells[1:]).mean(axis=-1)
    known = given[:dipoles, :, KNOWN]
    size = field.reshape(cells).mean(axis=-1) / rows.scale[0][:, None] * polarity[:dipoles, None]
    return given, inside, rows.seen[0], np.arcsinh(size * (known > 0)), known * (inside > 0.99)
