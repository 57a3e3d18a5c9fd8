"""Records to learn from, and detectors that learn quickly."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from conftest import DOUBLES
from field_records import quiet_field
from sesctl import registry
from sesctl.archive import create_or_open
from sesctl.types import Record


@contextlib.contextmanager
def installed(*names: str) -> Iterator[None]:
    """Put fake installed distributions on the path."""
    before, path = set(sys.modules), list(sys.path)
    sys.path[:0] = [str(DOUBLES / name) for name in names]
    registry.announced.cache_clear()
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if name in names:
                del sys.modules[name]
        registry.announced.cache_clear()
        registry._load.cache_clear()


def wandering(days: int, seed: int = 0, **changes: object) -> Record:
    """Return a field that wanders slowly under its noise."""
    record = quiet_field(24 * days, seed=seed, **changes)
    random = np.random.default_rng(seed + 1)
    wander = np.cumsum(random.normal(0, 0.03, record.values.shape), axis=1)
    return replace(record, values=(record.values + wander).astype(np.float32))


def archived(path: Path, *records: Record) -> Path:
    """Write records into an archive and return its path."""
    with create_or_open(path) as store:
        for record in records:
            store.write(record)
    return path
