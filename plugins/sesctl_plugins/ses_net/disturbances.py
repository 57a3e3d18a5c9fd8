"""What else befalls a record, put in while learning: nothing of it is a signal."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
DAY = 8640


def disturb(
    random: np.random.Generator, values: Values, live: npt.NDArray[np.int64], quiet: npt.NDArray[np.bool_]
) -> None:
    """Disturb a stretch of three days in place, as pumps, electrodes, recorders and gaps do.

    Parameters
    ----------
    random : numpy.random.Generator
        Where the random numbers come from.
    values : ndarray of float64, shape (dipole, sample)
        Record in mV/km at 10 s: the stretch that is scored, and a day before and after it.
    live : ndarray of int64
        The dipoles that have values.
    quiet : ndarray of bool, shape (sample,)
        Where no signal is near.
    """
    dipoles, samples = values.shape
    middle = slice(DAY, samples - DAY)

    def log_uniform(low: float, high: float) -> float:
        return float(np.exp(random.uniform(np.log(low), np.log(high))))

    def sign() -> int:
        return 1 if random.random() < 0.5 else -1

    for _ in range(random.poisson(0.7) if live.size > 1 else 0):  # a pump beside one dipole
        first = int(random.integers(DAY, samples - DAY))
        pump = slice(first, min(first + round(log_uniform(6, 540)), samples - DAY))
        if quiet[pump].all():
            values[random.choice(live), pump] += log_uniform(2, 40) * sign()
    if random.random() < 0.15:  # an electrode's step, which relaxes
        first = int(random.integers(samples))
        relaxing = np.exp(-np.arange(samples - first) / random.uniform(2e3, 1e5))
        values[random.choice(live), first:] += log_uniform(3, 200) * sign() * relaxing
    if random.random() < 0.15:  # a bad electrode's drift
        wander = np.cumsum(random.standard_normal(samples)) * random.uniform(0, 0.3)
        values[random.choice(live)] += wander + random.uniform(-300, 300) * np.arange(samples) / DAY
    for _ in range(int(random.integers(1, 20)) if random.random() < 0.1 else 0):  # single samples
        values[random.choice(live), random.integers(DAY, samples - DAY)] += random.uniform(-1e3, 1e3)
    for _ in range(int(random.integers(1, 4)) if random.random() < 0.25 else 0):
        first = int(random.integers(samples))
        which = np.arange(dipoles) if random.random() < 0.6 else np.array([random.choice(live)])
        values[which, first : first + round(log_uniform(30, 3000))] = np.nan
    fate = random.random()
    if fate < 0.18:
        values[:, : middle.start] = np.nan
    if 0.13 < fate < 0.31:
        values[:, middle.stop :] = np.nan
