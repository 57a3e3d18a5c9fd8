"""Days before and after earthquakes: found, checked, and divided without fooling oneself."""

from sesctl.pairing.band_power import BANDS, BandPowerModel, band_features, fit_band_power
from sesctl.pairing.protocols import (
    Split,
    components,
    honest_split,
    paper_split,
    permuted_labels,
    unambiguous,
)
from sesctl.pairing.usable import REASONS, Reason, UsableRule, usable_days

__all__ = [
    "BANDS",
    "REASONS",
    "BandPowerModel",
    "Reason",
    "Split",
    "UsableRule",
    "band_features",
    "components",
    "fit_band_power",
    "honest_split",
    "paper_split",
    "permuted_labels",
    "unambiguous",
    "usable_days",
]
