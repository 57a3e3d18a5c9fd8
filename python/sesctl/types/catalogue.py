"""Events, and the catalogue that says who found them in how many hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sesctl.errors import ShapeError
from sesctl.types.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class Event:
    """A detected signal.

    Parameters
    ----------
    station : str
        Name of the station.
    start, end : int
        Half-open interval, µs UTC.
    amplitude : float
        Signed amplitude in mV/km on the strongest dipole.
    score : float
        0..1, larger is more like an SES.
    raw_score : float
        The detector's own score, from which `score` and the decision were made.
    dipoles : tuple of str
        The dipoles that show it, strongest first.
    flags : tuple of str
        What a reader should know, for example ``uncalibrated`` or ``gap``.
    evidence : Evidence, optional
        What speaks for and against it; None where nobody asked.
    """

    station: str
    start: int
    end: int
    amplitude: float
    score: float
    raw_score: float
    dipoles: tuple[str, ...]
    flags: tuple[str, ...] = ()
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            msg = f"an event ends at {self.end} µs, not after its start at {self.start} µs"
            raise ShapeError(msg)
        if not 0 <= self.score <= 1:
            msg = f"an event has a score of {self.score}, outside 0..1"
            raise ShapeError(msg)

    @property
    def duration_s(self) -> float:
        """Duration in s."""
        return (self.end - self.start) / 1e6


@dataclass(frozen=True, kw_only=True)
class Coincidence:
    """Events of several stations that overlap in time.

    Parameters
    ----------
    events : tuple of Event
        One a station, the best first: its interval and score are those of the coincidence.
    """

    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        if not self.events or len({event.station for event in self.events}) != len(self.events):
            msg = f"a coincidence has events of {', '.join(event.station for event in self.events) or 'none'}"
            raise ShapeError(msg, "It has one event of each of its stations.")

    @property
    def start(self) -> int:
        """Start of the best event, µs UTC."""
        return self.events[0].start

    @property
    def end(self) -> int:
        """End of the best event, µs UTC."""
        return self.events[0].end

    @property
    def score(self) -> float:
        """Score of the best event, 0..1."""
        return self.events[0].score

    @property
    def stations(self) -> tuple[str, ...]:
        """Names of the stations, that of the best event first."""
        return tuple(event.station for event in self.events)

    @property
    def dipoles(self) -> tuple[str, ...]:
        """Names of all dipoles that show it, ``station:dipole``."""
        return tuple(f"{event.station}:{name}" for event in self.events for name in event.dipoles)


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """How long a station was looked at.

    Parameters
    ----------
    station : str
        Name of the station.
    live_hours : float
        Hours with a value on some dipole that were scanned.
    skipped_hours : float
        Hours of the scanned days without a value.
    days : int
        Number of days scanned, whole or in part.
    days_skipped : int
        Number of days that hold values, but fewer than asked for, and were not scanned; their hours count
        neither as live nor as skipped.
    """

    station: str
    live_hours: float
    skipped_hours: float
    days: int
    days_skipped: int = 0


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Events with what is needed to judge and repeat them.

    Parameters
    ----------
    events : tuple of Event
        In order of start.
    exposure : tuple of Exposure
        One a station; without it a number of false alarms means nothing.
    detector : str
        Name of the detector.
    model : str
        SHA-256 of the model's weights, empty for a detector without any.
    threshold : float
        The raw score that an event exceeds.
    parameters, versions : mapping
        What else the result depends on.
    """

    events: tuple[Event, ...]
    exposure: tuple[Exposure, ...]
    detector: str
    model: str = ""
    threshold: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
