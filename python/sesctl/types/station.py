"""A station and its channels."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sesctl.errors import StationError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


def _check_name(kind: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        msg = (
            f"{kind} name {name!r} is not 1 to 64 letters, digits, '.', '_', '+' or '-', starting with "
            "a letter or digit"
        )
        raise StationError(
            msg,
            "Names become file and group names: choose a plain one.",
        )


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One measured quantity.

    Parameters
    ----------
    name : str
        Unique within the station.
    quantity : str
        What is measured: ``electric``, ``magnetic``, ``temperature``, ...
    unit : str
        Unit of the stored samples: mV/km for the electric field, nT for the magnetic one.
    """

    name: str
    quantity: str
    unit: str

    def __post_init__(self) -> None:
        _check_name("channel", self.name)


@dataclass(frozen=True, kw_only=True)
class Dipole(Channel):
    """Two electrodes a length apart, measuring the telluric field along their line in mV/km.

    Parameters
    ----------
    length_m : float or None
        Distance of the electrodes in m; None where it is not known (then the file must hold mV/km).
    azimuth_deg : float or None
        Direction from the first electrode to the second, in degrees clockwise from north.
    electrodes : tuple of str
        Identifiers of the two electrodes, or empty. Dipoles may share an electrode.
    """

    quantity: str = "electric"
    unit: str = "mV/km"
    length_m: float | None = None
    azimuth_deg: float | None = None
    electrodes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length_m is not None and not (math.isfinite(self.length_m) and self.length_m > 0):
            msg = f"dipole {self.name}: its length of {self.length_m} m is not positive"
            raise StationError(msg)
        if self.azimuth_deg is not None and not -360 <= self.azimuth_deg <= 360:
            msg = f"dipole {self.name}: its azimuth of {self.azimuth_deg:g}° is not within ±360°"
            raise StationError(msg, "Give degrees clockwise from north.")
        if len(self.electrodes) not in (0, 2):
            msg = f"dipole {self.name}: it has {len(self.electrodes)} electrodes, not two"
            raise StationError(msg)


@dataclass(frozen=True, kw_only=True)
class Station:
    """A place with channels.

    Parameters
    ----------
    name : str
        Identifier of the station.
    channels : tuple of Channel
        Its channels, in the order of a record's rows.
    latitude, longitude : float or None
        Position in degrees north and east (WGS 84), None where it is not known.
    timezone : str
        IANA name of the civil time there.
    """

    name: str
    channels: tuple[Channel, ...]
    latitude: float | None = None
    longitude: float | None = None
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        _check_name("station", self.name)
        if not self.channels:
            msg = f"station {self.name} has no channel"
            raise StationError(msg, "Describe at least one dipole.")
        names = [channel.name for channel in self.channels]
        for name in names:
            if names.count(name) > 1:
                msg = f"station {self.name} has {names.count(name)} channels named {name}"
                raise StationError(msg)
        for value, limit, what in ((self.latitude, 90, "latitude"), (self.longitude, 360, "longitude")):
            if value is not None and not abs(value) <= limit:
                msg = f"station {self.name}: its {what} of {value}° is beyond ±{limit}°"
                raise StationError(msg)

    @property
    def dipoles(self) -> tuple[Dipole, ...]:
        """The electric channels."""
        return tuple(channel for channel in self.channels if isinstance(channel, Dipole))

    def index(self, name: str) -> int:
        """Return the row of the channel of this name.

        Raises
        ------
        StationError
            If the station has no such channel.
        """
        names = [channel.name for channel in self.channels]
        if name not in names:
            msg = f"station {self.name} has no channel {name!r}"
            raise StationError(msg, f"It has {', '.join(names)}.")
        return names.index(name)

    def with_channels(self, channels: Iterable[Channel]) -> "Station":
        """Return the same place with other channels."""
        return Station(
            name=self.name,
            channels=tuple(channels),
            latitude=self.latitude,
            longitude=self.longitude,
            timezone=self.timezone,
        )
