"""The name of a group: a station and a sampling interval."""

from dataclasses import dataclass
from decimal import Decimal

from sesctl.types import Record


@dataclass(frozen=True, order=True)
class GroupKey:
    """What an archive keeps apart.

    Parameters
    ----------
    station : str
        Name of the station.
    interval_us : int
        Sampling interval in µs.
    """

    station: str
    interval_us: int

    @classmethod
    def of(cls, record: Record) -> "GroupKey":
        """Return the group that a record belongs to."""
        return cls(record.station.name, record.interval_us)

    @property
    def interval(self) -> float:
        """Sampling interval in s."""
        return self.interval_us / 1e6

    @property
    def path(self) -> str:
        """Path of the group in the archive, for example ``hkb/10s`` or ``hkb/0.1s``."""
        seconds = Decimal(self.interval_us).scaleb(-6).normalize()
        return f"{self.station}/{seconds:f}s"

    def __str__(self) -> str:
        """Return the path."""
        return self.path
