"""What tests share: fake installed plugins and a small station."""

import sys
from pathlib import Path

import pytest

# Chooses what Keras computes with, as the program does; it has to come before any import of Keras.
import sesctl.plugin.keras.backend  # noqa: F401
from sesctl import registry

DOUBLES = Path(__file__).parent / "doubles"


@pytest.fixture
def install(monkeypatch):
    """Return a function that puts fake installed distributions on the path for one test."""

    def put(*names: str) -> None:
        for name in names:
            monkeypatch.syspath_prepend(str(DOUBLES / name))
        registry.announced.cache_clear()

    before = set(sys.modules)
    registry.announced.cache_clear()
    registry._load.cache_clear()
    yield put
    for name in set(sys.modules) - before:
        if name.endswith(("_plugin", "_boxcar")):
            del sys.modules[name]
    registry.announced.cache_clear()
    registry._load.cache_clear()
