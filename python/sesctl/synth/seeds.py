"""Random numbers that depend on what they are for, and on nothing else."""

import hashlib

import numpy as np


def generator(seed: int, component: str, *key: str | int) -> np.random.Generator:
    """Return the generator of one component for one key, for example one day.

    The stream is Philox seeded by the simulation's seed and the SHA-256 of the component and the key, so
    that a day's numbers depend neither on the days made before it, nor on the process that makes it.

    Parameters
    ----------
    seed : int
        Seed of the simulation, ≥ 0.
    component : str
        What the numbers are for.
    key : str or int
        Day, line, electrode, ...

    Returns
    -------
    numpy.random.Generator
        A fresh generator.
    """
    text = "\x1f".join([component, *map(str, key)])
    words = np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], dtype="<u4")
    entropy = np.random.SeedSequence([seed, *(int(word) for word in words)])
    return np.random.Generator(np.random.Philox(entropy))
