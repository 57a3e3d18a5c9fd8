"""Spectrograms of days, as arrays in dB and as images for detectors."""

from sesctl.spectrogram.band_power import band_power
from sesctl.spectrogram.concentration import concentration
from sesctl.spectrogram.decibels import decibels, spectrograms, transform
from sesctl.spectrogram.image import (
    colour_table,
    fit_scale,
    image_decibels,
    images_of,
    labelled_images,
    paint,
    resized,
)
from sesctl.spectrogram.waveform import filled_waveform

__all__ = [
    "band_power",
    "colour_table",
    "concentration",
    "decibels",
    "filled_waveform",
    "fit_scale",
    "image_decibels",
    "images_of",
    "labelled_images",
    "paint",
    "resized",
    "spectrograms",
    "transform",
]
