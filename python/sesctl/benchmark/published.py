"""What the paper publishes, to stand beside what is measured."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def published() -> dict[str, Any]:
    """Return the figures of Xue et al. (2022), shares in percent."""
    text = resources.files("sesctl.benchmark").joinpath("xue2022.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
