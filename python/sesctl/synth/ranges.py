"""Numbers with a range: how simulation parameters say where they make sense."""

import dataclasses
import math
from typing import Any, ClassVar

from sesctl.errors import ParameterError


def number(default: float, low: float, high: float) -> Any:
    """Return a dataclass field for a number that has to lie in [low, high]."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high})


class Ranged:
    """A frozen dataclass that checks the ranges of its numbers when it is made."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    """Read from a file, a key that it does not know is an error."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            if "low" not in field.metadata:
                continue
            value, low, high = getattr(self, field.name), field.metadata["low"], field.metadata["high"]
            if not (math.isfinite(value) and low <= value <= high):
                what = getattr(self, "name", "")
                msg = (
                    f"{type(self).__name__} {what}".rstrip()
                    + f": {field.name} is {value}, outside {low} to {high}"
                )
                raise ParameterError(msg)
