"""Days of two dipoles as CSV, an ingest of them, and what an archive then holds."""

import random

import numpy as np

from sesctl.archive import GroupKey, open_archive
from sesctl.pipeline import ingest
from sesctl.types.instants import DAY, SECOND, from_iso, iso

KEY = GroupKey("hkb", 10 * SECOND)
START = from_iso("2020-01-01T00:00:00Z")


def write_days(path, days, first=0, step=10, shuffle=False):
    """Write days of two dipoles at a step in s; return the values, by dipole."""
    rows = days * 86_400 // step
    times = START + first * DAY + np.arange(rows, dtype=np.int64) * step * SECOND
    numbers = times // SECOND
    values = np.stack([np.round(50 * np.sin(numbers / 5000), 2), np.round(numbers % 977 / 7, 2)])
    lines = [f"{iso(int(t))},{a},{b}" for t, a, b in zip(times, *values.tolist(), strict=True)]
    if shuffle:
        random.Random(1).shuffle(lines)
    path.write_text("\n".join(["time,Ex,Ey", *lines, ""]))
    return values.astype(np.float32)


def run(paths, archive, **options):
    """Ingest files as a user would who gives no option."""
    keywords = {
        "station_file": None,
        "tz": None,
        "policy": "error",
        "progress": lambda done, total, days: None,
    }
    return ingest(paths, archive, **{**keywords, **options})


def contents(archive, key=KEY):
    """Return the samples, bits and origins of every day, by day."""
    opened = open_archive(archive)
    if key not in opened.groups():
        return {}
    found = {}
    for day in opened.days(key).tolist():
        record = opened.read(key, day * DAY, (day + 1) * DAY)
        found[day] = (record.values.tobytes(), record.quality.tobytes(), record.origins)
    return found
