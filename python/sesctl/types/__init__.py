"""What the stages hand each other: frozen dataclasses over NumPy, checked when they are made."""

from sesctl.types.annotation import Annotation
from sesctl.types.catalogue import Catalogue, Coincidence, Event, Exposure
from sesctl.types.days import Days
from sesctl.types.evidence import Evidence, Finding, Verdict
from sesctl.types.record import Origin, Quality, Record
from sesctl.types.scores import Candidate, Scores
from sesctl.types.station import Channel, Dipole, Station

__all__ = [
    "Annotation",
    "Candidate",
    "Catalogue",
    "Channel",
    "Coincidence",
    "Days",
    "Dipole",
    "Event",
    "Evidence",
    "Exposure",
    "Finding",
    "Origin",
    "Quality",
    "Record",
    "Scores",
    "Station",
    "Verdict",
]
