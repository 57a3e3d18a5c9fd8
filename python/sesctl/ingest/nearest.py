"""The hint for a name that does not exist: what there is, and what may have been meant."""

import difflib
from collections.abc import Sequence


def nearest_name(name: str, known: Sequence[str]) -> str:
    """Return a sentence that lists the known names and the one nearest to the wrong one.

    Parameters
    ----------
    name : str
        The name that does not exist.
    known : sequence of str
        Those that do.

    Returns
    -------
    str
        For example ``It has EX, EY; did you mean EX?``.
    """
    folded = {each.casefold(): each for each in reversed(known)}
    close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    meant = f"; did you mean {folded[close[0]]}?" if close else "."
    return f"It has {', '.join(known)}{meant}" if known else "It has none."
