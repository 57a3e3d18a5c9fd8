"""Everything that a simulated station is made of."""

import dataclasses
import hashlib
import json
import math
import zoneinfo
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sesctl.errors import ParameterError, StationError
from sesctl.synth.railway import Railway
from sesctl.synth.ranges import Ranged, number
from sesctl.synth.surroundings import Instrument, NaturalField, Site, Soil
from sesctl.types import Channel, Dipole, Station

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MODEL = 1
"""Version of the equations: a change of any makes other records from the same parameters and seed."""


@dataclass(frozen=True, kw_only=True)
class Electrode(Ranged):
    """An electrode in the ground; what disturbs its contact shows on every dipole that uses it.

    Parameters
    ----------
    name : str
        Identifier.
    east_m, north_m : float
        Position from the station's origin in m.
    drift_mv_per_day : float
        Root mean square rate of its slow drift: 1–3 when good, hundreds when bad.
    temperature_mv : float
        Amplitude of its daily wave.
    steps_per_day, step_mv : float
        Rate and scale of sudden changes of its potential, which relax over five days.
    rain_mv : float
        Scale of its change when the ground gets wet.
    """

    name: str
    east_m: float
    north_m: float
    drift_mv_per_day: float = number(2.0, 0, 2000)
    temperature_mv: float = number(1.0, 0, 100)
    steps_per_day: float = number(0.03, 0, 100)
    step_mv: float = number(15.0, 0, 1000)
    rain_mv: float = number(6.0, 0, 1000)


@dataclass(frozen=True, kw_only=True)
class DipoleLayout:
    """A pair of electrodes: E = −(V₂ − V₁)/L.

    Parameters
    ----------
    name : str
        Name of the channel.
    first, second : str
        Names of its electrodes; its azimuth points from the first to the second.
    """

    name: str
    first: str
    second: str


@dataclass(frozen=True, kw_only=True)
class StationParameters(Ranged):
    """A simulated station.

    Parameters
    ----------
    name : str
        Name of the station.
    latitude, longitude : float
        Position in degrees.
    timezone : str
        IANA name of the civil time of trains and factories.
    electrodes, dipoles : tuple
        The array.
    soil, railways, natural, site, instrument
        Everything around it.

    Raises
    ------
    ParameterError
        If a number is out of range or the parts do not fit together.
    """

    name: str
    latitude: float = number(36.5, -90, 90)
    longitude: float = number(138.0, -180, 360)
    timezone: str = "Asia/Tokyo"
    electrodes: tuple[Electrode, ...]
    dipoles: tuple[DipoleLayout, ...]
    soil: Soil = field(default_factory=Soil)
    railways: tuple[Railway, ...] = ()
    natural: NaturalField = field(default_factory=NaturalField)
    site: Site = field(default_factory=Site)
    instrument: Instrument = field(default_factory=Instrument)

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            msg = f"station {self.name}: its time zone {self.timezone!r} is unknown"
            raise ParameterError(msg, "Give an IANA name such as Asia/Tokyo.") from error
        names = [electrode.name for electrode in self.electrodes]
        for dipole in self.dipoles:
            for name in (dipole.first, dipole.second):
                if name not in names:
                    msg = (
                        f"station {self.name}: dipole {dipole.name} uses electrode {name!r}, which it has not"
                    )
                    raise ParameterError(msg, f"It has {', '.join(names)}.")
        if not 0 <= self.site.pump_dipole < len(self.dipoles):
            msg = (
                f"station {self.name}: pump_dipole {self.site.pump_dipole} is none of its "
                f"{len(self.dipoles)} dipoles, counted from 0"
            )
            raise ParameterError(msg)
        lines = [railway.name for railway in self.railways]
        if len(set(lines)) < len(lines) or len(set(names)) < len(names):
            msg = f"station {self.name}: two railways of {lines} or two electrodes of {names} share a name"
            raise ParameterError(msg)
        if self.samples_per_day * self.instrument.interval_s != 86_400:
            msg = (
                f"station {self.name}: a day is no whole number of samples of {self.instrument.interval_s} s"
            )
            raise ParameterError(msg)
        for dipole in self.dipoles:
            if math.dist(*self.ends(dipole)) < 1:
                msg = f"station {self.name}: dipole {dipole.name} is shorter than 1 m"
                raise ParameterError(msg)
        self.station()

    @property
    def interval_s(self) -> float:
        """Sampling interval in s."""
        return self.instrument.interval_s

    @property
    def samples_per_day(self) -> int:
        """Number of samples a day."""
        return round(86_400 / self.instrument.interval_s)

    def ends(self, dipole: DipoleLayout) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the (east, north) positions of a dipole's two electrodes in m."""
        places = {electrode.name: (electrode.east_m, electrode.north_m) for electrode in self.electrodes}
        return places[dipole.first], places[dipole.second]

    def station(self) -> Station:
        """Return the station with its dipoles and the magnetic channels bx (north) and by (east).

        Raises
        ------
        ParameterError
            If a name cannot be a station's or a channel's.
        """
        channels: list[Channel] = []
        try:
            for layout in self.dipoles:
                (east_1, north_1), (east_2, north_2) = self.ends(layout)
                channels.append(
                    Dipole(
                        name=layout.name,
                        length_m=math.hypot(east_2 - east_1, north_2 - north_1),
                        azimuth_deg=math.degrees(math.atan2(east_2 - east_1, north_2 - north_1)) % 360,
                        electrodes=(layout.first, layout.second),
                    )
                )
            channels += [Channel(name=name, quantity="magnetic", unit="nT") for name in ("bx", "by")]
            return Station(
                name=self.name,
                channels=tuple(channels),
                latitude=self.latitude,
                longitude=self.longitude,
                timezone=self.timezone,
            )
        except StationError as error:
            raise ParameterError(error.message, error.hint) from error


def digest(parameters: "DataclassInstance", seed: int) -> str:
    """Return the SHA-256 of a simulation's parameters, seed and equations, in hexadecimal digits."""
    content = {
        "kind": type(parameters).__name__,
        "model": MODEL,
        "parameters": dataclasses.asdict(parameters),
        "seed": seed,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
