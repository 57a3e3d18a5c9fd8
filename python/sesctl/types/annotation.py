"""What people and instruments remarked about a stretch of a record."""

from dataclasses import dataclass

from sesctl.errors import ShapeError


@dataclass(frozen=True, kw_only=True, order=True)
class Annotation:
    """A remark on a stretch of time.

    Parameters
    ----------
    start, end : int
        Half-open interval, µs UTC.
    text : str
        The remark, on one line.
    channels : tuple of str
        Names of the channels it is about; all where it is empty.
    kind : str
        What sort of remark: ``remark`` of an observer, ``clock`` of a reader on the instrument's clock,
        ``earthquake`` named in a file.
    values : tuple of (str, float)
        Figures that belong to it, such as ``("magnitude", 4.5)``.
    source : str
        SHA-256 of the file that holds it, in hexadecimal digits.
    """

    start: int
    end: int
    text: str
    channels: tuple[str, ...] = ()
    kind: str = "remark"
    values: tuple[tuple[str, float], ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            msg = f"the remark {self.text!r} ends at {self.end} µs, not after its start at {self.start} µs"
            raise ShapeError(msg)

    def touches(self, start: int, end: int, channels: tuple[str, ...] = ()) -> bool:
        """Return whether it overlaps an interval (µs UTC, half-open) on one of some channels, or on any."""
        about = not self.channels or not channels or bool(set(self.channels) & set(channels))
        return about and self.start < end and start < self.end
