"""What speaks for and against a detected event: one test a file, each with its number."""

from sesctl.evidence.assess import ITEMS, assess
from sesctl.evidence.series import Series, read_series
from sesctl.evidence.surroundings import Surroundings

__all__ = ["ITEMS", "Series", "Surroundings", "assess", "read_series"]
