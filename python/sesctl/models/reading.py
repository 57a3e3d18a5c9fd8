"""JSON of a model folder from an unknown hand: what can be shown and written again."""

import json
import math
from typing import Any

MAX_DEPTH = 64
"""Lists and objects within each other: what shows or writes them calls itself for each."""


def parse_json(data: bytes) -> Any:
    """Return what JSON in UTF-8 says: each name of an object once, numbers finite, texts of characters.

    Parameters
    ----------
    data : bytes
        The JSON.

    Raises
    ------
    ValueError
        If it is anything else, or nested deeper than `MAX_DEPTH`; it says on one line what is wrong.
    """
    deep = f"it is nested deeper than {MAX_DEPTH} times"
    try:
        content = json.loads(
            data.decode(), parse_float=_finite, parse_constant=_finite, object_pairs_hook=_unrepeated
        )
    except RecursionError as error:
        raise ValueError(deep) from error
    if is_deep(content):
        raise ValueError(deep)
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        msg = f"a text in it holds \\u{ord(error.object[error.start]):04x}, which is no character"
        raise ValueError(msg) from error
    return content


def is_deep(content: Any) -> bool:
    """Whether lists and objects are nested deeper than `MAX_DEPTH`; the content itself counts as one."""
    level = [content]
    for _ in range(MAX_DEPTH + 1):
        groups = [each for each in level if isinstance(each, (list, dict))]
        if not groups:
            return False
        level = [each for group in groups for each in (group.values() if isinstance(group, dict) else group)]
    return True


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        msg = f"it holds {text[:24]}"
        raise ValueError(msg)
    return value


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        msg = "a name in it stands twice in one object"
        raise ValueError(msg)
    return content
