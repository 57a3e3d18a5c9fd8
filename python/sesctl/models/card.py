"""A model's card: what it is, what it was made from, how good it was measured to be, and where it ends."""

import json
from collections.abc import Mapping
from typing import Any

from sesctl.errors import PluginError
from sesctl.models.reading import MAX_DEPTH, is_deep

FIELDS = ("what", "data", "protocol", "scores", "limits", "date", "hardware")
"""What a card may say, in the order it is shown."""
NOT_STATED = "not stated"
MAX_TEXT = 4000
MAX_LINES = 100


def check_card(card: Any) -> dict[str, Any]:
    """Return a card, or say what is wrong with it.

    A field is a text, a list of texts, or an object of texts and numbers; of ``scores``, each is an object
    of ``name``, ``value`` and, where it is known, ``interval`` (95 %, low and high) and ``of`` (on what).

    Parameters
    ----------
    card : Any
        What `model.json` holds under ``card``; None for nothing.

    Raises
    ------
    PluginError
        If a field is unknown, of another kind, or longer or nested deeper than a card's may be.
    """
    if card is None:
        return {}
    if not isinstance(card, dict) or not card.keys() <= set(FIELDS):
        unknown = sorted(card.keys() - set(FIELDS)) if isinstance(card, dict) else [type(card).__name__]
        msg = f"the card of the model has {unknown[0]!r}, which is none of {', '.join(FIELDS)}"
        raise PluginError(msg)
    for name, content in card.items():
        if is_deep(content):
            msg = f"the {name} on the card of the model is nested deeper than {MAX_DEPTH} times"
            raise PluginError(msg)
        kinds: tuple[type, ...] = (list,) if name == "scores" else (str, list, dict)
        too_long = len(json.dumps(content)) > MAX_TEXT * 4 or len(_lines(name, content)) > MAX_LINES
        if not isinstance(content, kinds) or too_long:
            what = "too long" if isinstance(content, kinds) else f"a {type(content).__name__}"
            msg = f"the {name} on the card of the model is {what}"
            raise PluginError(msg)
    return card


def card_rows(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a card as label and line, one or more a field; a field that is absent is said to be so.

    Parameters
    ----------
    card : mapping
        What `check_card` returned.
    """
    rows = []
    for name in FIELDS:
        lines = _lines(name, card[name]) if card.get(name) else []
        rows += [(name if k == 0 else "", line) for k, line in enumerate(lines or [NOT_STATED])]
    return rows


def _lines(name: str, content: Any) -> list[str]:
    if isinstance(content, dict):
        return [f"{key.replace('_', ' ')}: {_text(value)}" for key, value in content.items()]
    if isinstance(content, list):
        return [_score(each) if name == "scores" else _text(each) for each in content]
    return [_text(content)]


def _score(score: Any) -> str:
    """Return a measured figure with its interval, or with the word that there is none."""
    if not isinstance(score, dict):
        return _text(score)
    interval = score.get("interval")
    between = (
        f"{_text(interval[0])}–{_text(interval[1])}"
        if isinstance(interval, list) and len(interval) == 2
        else f"interval {NOT_STATED}"
    )
    of = f", {_text(score['of'])}" if "of" in score else ""
    return f"{_text(score.get('name', NOT_STATED))}: {_text(score.get('value', NOT_STATED))} ({between}){of}"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_text(each)}" for key, each in value.items())
    return str(value)[:MAX_TEXT]
