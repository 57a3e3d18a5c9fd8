"""Days before and after earthquakes: the labels, and the days or images that bear them."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sesctl.errors import ShapeError
from sesctl.types.images import SpectrogramParameters

Rows = npt.NDArray[np.int64] | npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class BeforeAfter:
    """Which days lie before and which after an earthquake.

    An *event* is one earthquake at one station; an earthquake near three stations is three events.

    Parameters
    ----------
    before : ndarray of bool, shape (day,)
        Whether the day is one before the earthquake, else one after it.
    event : ndarray of int64, shape (day,)
        The event that the day is labelled by.
    earthquake : ndarray of int64, shape (day,)
        Its earthquake.
    station : ndarray of int64, shape (day,)
        Its station, counted in `stations`.
    start : ndarray of int64, shape (day,)
        First instant of the day, µs UTC.
    instant : ndarray of int64, shape (day,)
        Origin time of the earthquake, µs UTC.
    stations : tuple of str
        Names of the stations.

    Raises
    ------
    ShapeError
        If the arrays disagree.
    """

    before: npt.NDArray[np.bool_]
    event: npt.NDArray[np.int64]
    earthquake: npt.NDArray[np.int64]
    station: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    instant: npt.NDArray[np.int64]
    stations: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("before", "event", "earthquake", "station", "start", "instant"):
            array, kind = getattr(self, name), np.bool_ if name == "before" else np.int64
            if array.dtype != kind or array.shape != (len(self.before),):
                msg = f"{name} is {array.dtype} {array.shape}, but there are {len(self.before)} labelled days"
                raise ShapeError(msg)
        if self.station.size and not 0 <= self.station.min() <= self.station.max() < len(self.stations):
            named = len(self.stations)
            msg = f"a day is of station number {self.station.max()}, but there are {named} stations"
            raise ShapeError(msg)

    def __len__(self) -> int:
        """Return the number of labelled days."""
        return len(self.before)

    def __getitem__(self, rows: Rows) -> "BeforeAfter":
        """Return the labels of some days, by their numbers or by a mask."""
        return replace(
            self,
            before=self.before[rows],
            event=self.event[rows],
            earthquake=self.earthquake[rows],
            station=self.station[rows],
            start=self.start[rows],
            instant=self.instant[rows],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledDays:
    """Days of one channel before and after earthquakes.

    Parameters
    ----------
    values : ndarray of float32, shape (day, 1440)
        A value a minute in the channel's unit, NaN where there is none.
    full_range : ndarray of bool, shape (day,)
        Whether a sample of the day stands at the end of the instrument's range.
    labels : BeforeAfter
        What is before and what after.

    Raises
    ------
    ShapeError
        If the arrays disagree.
    """

    values: npt.NDArray[np.float32]
    full_range: npt.NDArray[np.bool_]
    labels: BeforeAfter

    def __post_init__(self) -> None:
        days = len(self.labels)
        if self.values.dtype != np.float32 or self.values.shape != (days, 1440):
            msg = f"values are {self.values.dtype} {self.values.shape}, not float32 ({days}, 1440)"
            raise ShapeError(msg)
        if self.full_range.dtype != np.bool_ or self.full_range.shape != (days,):
            msg = f"full_range is {self.full_range.dtype} {self.full_range.shape}, not bool ({days},)"
            raise ShapeError(msg)

    def __len__(self) -> int:
        """Return the number of days."""
        return len(self.values)

    def __getitem__(self, rows: Rows) -> "LabelledDays":
        """Return some of the days, by their numbers or by a mask."""
        return LabelledDays(
            values=self.values[rows], full_range=self.full_range[rows], labels=self.labels[rows]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledImages:
    """Spectrograms of such days at the size of an image, before they are put on a scale and coloured.

    The scale is a matter of the split: it is fitted on the training days, and `sesctl.spectrogram.paint`
    then makes the pixels.

    Parameters
    ----------
    decibels : ndarray of float32, shape (day, height, width)
        Power in dB re 1 unit²; NaN where the day has no samples.
    labels : BeforeAfter
        What is before and what after.
    parameters : SpectrogramParameters
        How they were made.

    Raises
    ------
    ShapeError
        If the arrays disagree.
    """

    decibels: npt.NDArray[np.float32]
    labels: BeforeAfter
    parameters: SpectrogramParameters

    def __post_init__(self) -> None:
        wanted = (len(self.labels), self.parameters.height, self.parameters.width)
        if self.decibels.dtype != np.float32 or self.decibels.shape != wanted:
            msg = f"decibels are {self.decibels.dtype} {self.decibels.shape}, not float32 {wanted}"
            raise ShapeError(msg)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.decibels)

    def __getitem__(self, rows: Rows) -> "LabelledImages":
        """Return some of the images, by their numbers or by a mask."""
        return replace(self, decibels=self.decibels[rows], labels=self.labels[rows])
