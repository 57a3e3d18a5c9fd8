"""All that the evidence on one event is taken from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.evidence.series import Series
from sesctl.types import Dipole, Event, Record
from sesctl.types.instants import SECOND


@dataclass(frozen=True, kw_only=True, eq=False)
class Surroundings:
    """An event with the records that it is judged by, all of one station and sampling interval.

    Whatever is left out makes the tests that need it not testable.

    Parameters
    ----------
    event : Event
        The event.
    near : Record
        Dipoles (mV/km) and magnetic channels (nT) some hours before to some hours after it.
    nights : tuple of Record
        The same channels in quiet hours of nights around it, none of which holds the event.
    daytime : Record, optional
        The same channels in the noisy hours of its day.
    replicas : mapping of int to Record
        The same channels at the same clock times some days later (or, negative, earlier), as long as
        `near`.
    peers : tuple of Event
        All events of this station in the catalogue, this one among them.
    others : mapping of str to tuple of Event
        The events of every other station that recorded something during this one.
    kp, rain : Series, optional
        The geomagnetic index Kp, and rain in mm.
    clock_offset : int
        What the station's clock shows beyond UTC, in µs.

    Raises
    ------
    ShapeError
        If the event has no sample within `near`.
    """

    event: Event
    near: Record
    nights: tuple[Record, ...] = ()
    daytime: Record | None = None
    replicas: Mapping[int, Record] = field(default_factory=dict)
    peers: tuple[Event, ...] = ()
    others: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    kp: Series | None = None
    rain: Series | None = None
    clock_offset: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.stop <= self.near.samples:
            msg = (
                f"the event lies at samples {self.first} to {self.stop} of a record of {self.near.samples} "
                "around it"
            )
            raise ShapeError(msg)

    @property
    def dipoles(self) -> tuple[Dipole, ...]:
        """The dipoles, in the order of `electric`."""
        return self.near.station.dipoles

    @cached_property
    def magnetic(self) -> tuple[str, ...]:
        """The names of the horizontal magnetic channels."""
        return tuple(
            channel.name
            for channel in self.near.station.channels
            if channel.quantity == "magnetic" and not channel.name.lower().endswith("z")
        )

    @cached_property
    def electric(self) -> npt.NDArray[np.float64]:
        """The dipoles around the event, float64 (dipole, sample), mV/km."""
        return electric_rows(self.near)

    @cached_property
    def first(self) -> int:
        """The event's first sample in `near`."""
        return round((self.event.start - self.near.start) / self.near.interval_us)

    @cached_property
    def stop(self) -> int:
        """The sample after its last."""
        return max(self.first + 1, round((self.event.end - self.near.start) / self.near.interval_us))

    @property
    def length(self) -> int:
        """The event's length in samples."""
        return self.stop - self.first

    @cached_property
    def flank(self) -> int:
        """How many samples before and after the event its level is held against.

        Half its length, and 3 to 30 min.
        """
        seconds = min(max(0.5 * self.event.duration_s, 180.0), 1800.0)
        return max(1, round(seconds * SECOND / self.near.interval_us))


def electric_rows(record: Record) -> npt.NDArray[np.float64]:
    """Return the dipoles of a record, float64 (dipole, sample), mV/km."""
    return record.values[[isinstance(c, Dipole) for c in record.station.channels]].astype(np.float64)


def named_rows(record: Record, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return named channels of a record, float64 (channel, sample), in their units."""
    return record.values[[record.station.index(name) for name in names]].astype(np.float64)
