"""What collects the operations of a graph while a network is walked through."""

from dataclasses import dataclass
from typing import Any

from sesctl.plugin.keras.graph import WEIGHT, Attribute, Node


class UnknownLayerError(Exception):
    """A network has a layer, or a setting of one, that is not translated."""


@dataclass(frozen=True)
class Value:
    """What an operation makes, by its name."""

    name: str


class Writer:
    """Operations, the whole numbers that they take, and how many names were given."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, list[int]] = {}
        self.count = 0

    def number(self) -> int:
        """Return a number that no name has yet."""
        self.count += 1
        return self.count

    def add(self, operator: str, *inputs: Value, **attributes: Attribute) -> Value:
        """Write an operation and return what it makes."""
        made = f"{operator.lower()}_{self.number()}"
        self.nodes.append(Node(operator, [each.name for each in inputs], [made], attributes))
        return Value(made)

    def constant(self, *numbers: int) -> Value:
        """Return a list of whole numbers."""
        name = "constant" + "".join(f"_{number}" for number in numbers)
        self.constants[name] = list(numbers)
        return Value(name)


def weight(variable: Any) -> Value:
    """Return a weight, by its path."""
    return Value(WEIGHT + variable.path)
