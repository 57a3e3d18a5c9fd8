"""How samples were made, told apart from how others were."""

from collections.abc import Mapping
from typing import Any


def other_making(archived: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say in what the making of archived samples first differs from another one; nothing where it does not.

    Parameters
    ----------
    archived, wanted : mapping
        How samples were made, as JSON gives it back.
    """
    place, had, has = _first_difference(archived, wanted, "")
    if not place:
        return ""
    if had is None:
        return f"made without {place}, not with it"
    if has is None:
        return f"made with {place}, not without it"
    return f"made with {place} {_short(had)}, not {_short(has)}"


def _first_difference(archived: Any, wanted: Any, place: str) -> tuple[str, Any, Any]:
    if isinstance(archived, Mapping) and isinstance(wanted, Mapping):
        for name in dict.fromkeys([*archived, *wanted]):
            found = _first_difference(archived.get(name), wanted.get(name), f"{place}.{name}".lstrip("."))
            if found[0]:
                return found
    elif archived != wanted:
        return place, archived, wanted
    return "", None, None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
