"""What a detector says of quiet days, and the threshold that keeps a budget of false alarms."""

from sesctl.calibrate.budget import parse_budget
from sesctl.calibrate.calibration import MAX_SCORES, Calibration, calibrate
from sesctl.calibrate.file import from_json, load_calibration, save_calibration, to_json
from sesctl.calibrate.threshold import CONFIDENCE, Threshold, days_needed, threshold_for

__all__ = [
    "CONFIDENCE",
    "MAX_SCORES",
    "Calibration",
    "Threshold",
    "calibrate",
    "days_needed",
    "from_json",
    "load_calibration",
    "parse_budget",
    "save_calibration",
    "threshold_for",
    "to_json",
]
