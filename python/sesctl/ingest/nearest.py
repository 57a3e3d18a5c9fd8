"""The hint for a name that does not exist: what there is, and what may have been meant."""

import difflib
from collections.abc import Sequence

from sesctl.errors import StationError


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


def check_columns(file: str, wanted: Sequence[str], there: Sequence[str], what: str = "column") -> None:
    """Check that a file has the columns that are wanted of it.

    Raises
    ------
    StationError
        Names the first it has not, and the nearest that it has.
    """
    for column in wanted:
        if column not in there:
            msg = f"{file} has no {what} {column!r}"
            raise StationError(msg, nearest_name(column, there))
