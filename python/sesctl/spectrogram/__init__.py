"""Spectrograms of days, as arrays in dB and as images for detectors."""

from sesctl.spectrogram.band_power import band_power
from sesctl.spectrogram.decibels import decibels, spectrograms, transform
from sesctl.spectrogram.image import (
    colour_table,
    fit_scale,
    image_decibels,
    images_of,
    labelled_images,
    paint,
)

__all__ = [
    "band_power",
    "colour_table",
    "decibels",
    "fit_scale",
    "image_decibels",
    "images_of",
    "labelled_images",
    "paint",
    "spectrograms",
    "transform",
]
