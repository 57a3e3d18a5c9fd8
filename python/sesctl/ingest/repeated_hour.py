"""The hour that a local clock shows twice, told apart by the order of its readings."""

from collections.abc import Callable, Sequence

from sesctl.errors import ReadError


class RepeatedHour:
    """Follows the readings of one file's clock through the hour before and after it was set back.

    As pandas does for ``ambiguous="infer"``: the readings rise, step back once, and rise again. Those before
    the step are of the first hour, those from it on of the second. Where they do not step back, or do so
    twice, nothing is guessed.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._stepped_back = False
        self._began = ""

    def offset(self, reading: int, offsets: Sequence[int], place: Callable[[], str]) -> int:
        """Return which of the two offsets from UTC a reading has.

        Parameters
        ----------
        reading : int
            µs since the clock's own 1970-01-01 00:00, of the row after that of the last call.
        offsets : sequence of int
            The two offsets in µs.
        place : callable
            Names the row in its file, for the error.

        Raises
        ------
        ReadError
            If the readings step back for the second time.
        """
        if self._last is None:
            self._began = place()
        elif reading <= self._last:
            if self._stepped_back:
                msg = (
                    f"{place()}: the local time steps back for the second time in the hour that occurs twice"
                )
                raise ReadError(msg, "Choose with --clock-change earlier, later or drop.")
            self._stepped_back = True
        self._last = reading
        return min(offsets) if self._stepped_back else max(offsets)

    def leave(self) -> None:
        """Say that the next reading, if there is one, is of no such hour.

        Raises
        ------
        ReadError
            If the hour's readings have not stepped back, so that their order does not tell which they are of.
        """
        if self._last is not None and not self._stepped_back:
            msg = f"{self._began}: the hour that occurs twice is there once, and nothing tells which it is"
            raise ReadError(msg, "Choose with --clock-change earlier, later or drop.")
        self._last, self._stepped_back = None, False
