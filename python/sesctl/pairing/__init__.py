"""Days before and after earthquakes: found, checked, and divided without fooling oneself."""

from sesctl.pairing.band_power import BANDS, BandPowerModel, band_features, fit_band_power
from sesctl.pairing.earthquakes import Earthquake, great_circle_km, read_earthquakes
from sesctl.pairing.minutes import full_range_days, minute_days
from sesctl.pairing.pairs import Pair, PairingRule, labels_of, pair_up, quiet_controls
from sesctl.pairing.protocols import (
    Split,
    components,
    honest_split,
    paper_split,
    permuted_labels,
    two_labels,
    unambiguous,
)
from sesctl.pairing.resampled import resampled_accuracy
from sesctl.pairing.usable import REASONS, Reason, UsableRule, dropped_for, usable_days

__all__ = [
    "BANDS",
    "REASONS",
    "BandPowerModel",
    "Earthquake",
    "Pair",
    "PairingRule",
    "Reason",
    "Split",
    "UsableRule",
    "band_features",
    "components",
    "dropped_for",
    "fit_band_power",
    "full_range_days",
    "great_circle_km",
    "honest_split",
    "labels_of",
    "minute_days",
    "pair_up",
    "paper_split",
    "permuted_labels",
    "quiet_controls",
    "read_earthquakes",
    "resampled_accuracy",
    "two_labels",
    "unambiguous",
    "usable_days",
]
