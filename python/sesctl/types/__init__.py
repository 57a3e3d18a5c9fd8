"""What the stages hand each other: frozen dataclasses over NumPy, checked when they are made."""

from sesctl.types.annotation import Annotation
from sesctl.types.catalogue import Catalogue, Coincidence, Event, Exposure
from sesctl.types.days import Days
from sesctl.types.evidence import Evidence, Finding, Verdict
from sesctl.types.images import DecibelScale, Images, SpectrogramParameters
from sesctl.types.labelled import BeforeAfter, LabelledDays, LabelledImages
from sesctl.types.record import Origin, Quality, Record
from sesctl.types.scores import Candidate, Scores
from sesctl.types.station import Channel, Dipole, Station

__all__ = [
    "Annotation",
    "BeforeAfter",
    "Candidate",
    "Catalogue",
    "Channel",
    "Coincidence",
    "Days",
    "DecibelScale",
    "Dipole",
    "Event",
    "Evidence",
    "Exposure",
    "Finding",
    "Images",
    "LabelledDays",
    "LabelledImages",
    "Origin",
    "Quality",
    "Record",
    "Scores",
    "SpectrogramParameters",
    "Station",
    "Verdict",
]
