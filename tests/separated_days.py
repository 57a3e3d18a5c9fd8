"""Days of a station whose fields are known: fixed sources, mixed by fixed numbers, with an SES among them."""

import numpy as np

from sesctl.plugin import Days, Dipole, Station

CONTEXT = 2160
SAMPLES = 8640 + 2 * CONTEXT
DAY_0 = 18_262 * 86_400_000_000
MIXING = np.array([[1.0, 0.6, -0.4], [-0.5, 1.0, 0.7], [0.8, -0.3, 1.0]])
AZIMUTHS = (0.0, 90.0, 45.0)


def station(dipoles=3, name="mixed"):
    return Station(
        name=name,
        channels=tuple(Dipole(name=f"D{k}", azimuth_deg=AZIMUTHS[k]) for k in range(dipoles)),
    )


def days_of(rows, day=0):
    """Return one day of some dipoles, mV/km."""
    values = np.asarray(rows, dtype=np.float32)[None]
    return Days(
        station=station(len(values[0])),
        values=values,
        starts=np.array([DAY_0 + day * 86_400_000_000], dtype=np.int64),
        interval=10.0,
        context=CONTEXT,
    )


def sources(seed=0, samples=SAMPLES):
    """Return three fields that nothing shares: trains in bursts, a switched current, a swinging one."""
    rng = np.random.default_rng(seed)
    at = np.arange(samples)
    trains = rng.laplace(0, 1.0, samples // 3 + 1).repeat(3)[:samples] * 2.0
    switched = 3.0 * np.sign(np.sin(2 * np.pi * at / 1900.0 + rng.uniform(0, 6)))
    swinging = 3.0 * np.sin(2 * np.pi * at / 410.0 + rng.uniform(0, 6)) + rng.normal(0, 0.3, samples)
    return np.stack([trains, switched, swinging])


def quiet(seed=0, dipoles=3, noise=0.4):
    """Return noise of far and near sources on each dipole, mV/km, far fields of rank 2."""
    rng = np.random.default_rng(seed)
    near = rng.normal(0, noise, (dipoles, SAMPLES))
    bursts = rng.laplace(0, 1.0, (2, SAMPLES // 20 + 1)).repeat(20, axis=1)[:, :SAMPLES]
    return MIXING[:dipoles, :2] @ bursts + near + 100.0


def boxcar(field, onset=CONTEXT + 4000, samples=162):
    """Return an SES of a field (E_N, E_E) in mV/km on each dipole, and its heights."""
    heights = np.array(
        [np.cos(np.radians(a)) * field[0] + np.sin(np.radians(a)) * field[1] for a in AZIMUTHS]
    )
    signal = np.zeros((3, SAMPLES))
    signal[:, onset : onset + samples] = heights[:, None]
    return signal, heights


def instant(sample, day=0):
    return DAY_0 + day * 86_400_000_000 + (sample - CONTEXT) * 10_000_000
