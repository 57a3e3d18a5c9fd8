"""What a network learns from that tells images of two kinds apart, and what its training is set to."""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sesctl.errors import ParameterError, ShapeError
from sesctl.plugin.keras.image_windows import LONGEST_GAP_S, bridged_windows
from sesctl.plugin.keras.parameters import LoopParameters
from sesctl.spectrogram import image_decibels
from sesctl.types import Days
from sesctl.types.images import SpectrogramParameters
from sesctl.waveforms.embedded import EmbeddedDays

Chosen = Literal["accuracy", "loss"]
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class ImageTrainingParameters(LoopParameters):
    r"""How a network that classifies images is trained.

    The loss is the cross-entropy :math:`-\overline{\log p}` of the right class, to which
    :math:`\lambda_1 \sum |W| + \lambda_2 \sum W^2` over the kernels W is added. What `LoopParameters` has is
    not told again.

    Parameters
    ----------
    l1, l2 : float
        λ₁ and λ₂.
    shift : float
        Largest shift in time, either way, as a share of an image's width; the edge is repeated. Drawn anew
        for each image of each epoch, as are shear and flip.
    shear : float
        Largest difference in time shift between top and bottom of an image, as a share of its width.
    flip : bool
        Whether time runs backwards in half of the images.
    best : {"accuracy", "loss"}
        What of the images for validation chooses the epoch that is kept; of two with the same accuracy it is
        the one of smaller loss.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """

    batch: int = 64
    decay: float = 0.0
    l1: float = 0.0
    l2: float = 1e-4
    shift: float = 0.1
    shear: float = 0.0
    flip: bool = False
    best: Chosen = "accuracy"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check({"l1": 0, "l2": 0, "shift": 0, "shear": 0}, {"best": get_args(Chosen)})
        for name in ("shift", "shear"):
            if getattr(self, name) > 1:
                msg = f"training: {name} is {getattr(self, name)}, more than an image is wide"
                raise ParameterError(msg, "Give a share of the width, for example 0.1.")


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageLessons:
    """Spectrograms of two kinds, and which of them are for what.

    Parameters
    ----------
    decibels : ndarray of float32, shape (image, height, width)
        Power in dB; NaN where there are no samples.
    positive : ndarray of bool, shape (image,)
        Which of them are of the kind that is sought.
    training, validation : ndarray of int64, shape (row,)
        Rows that are learnt from and rows that choose the epoch.
    test : ndarray of int64, shape (row,)
        Rows that are looked at after every epoch and choose nothing.
    group : ndarray of int64, shape (image,), optional
        Images of one group, an event or a day, stand or fall together; each alone by default.
    parameters : SpectrogramParameters
        How they were made.

    Raises
    ------
    ShapeError
        If the arrays disagree, or a row is in two blocks.
    """

    decibels: npt.NDArray[np.float32]
    positive: npt.NDArray[np.bool_]
    training: npt.NDArray[np.int64]
    validation: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64] = field(default_factory=lambda: _NONE)
    group: npt.NDArray[np.int64] = field(default_factory=lambda: _NONE)
    parameters: SpectrogramParameters = field(default_factory=SpectrogramParameters)

    def __post_init__(self) -> None:
        if not self.group.size:
            object.__setattr__(self, "group", np.arange(len(self.decibels), dtype=np.int64))
        size = (self.parameters.height, self.parameters.width)
        if self.decibels.ndim != 3 or self.decibels.shape[1:] != size:
            msg = f"spectrograms have shape {self.decibels.shape}, not (image, {size[0]}, {size[1]})"
            raise ShapeError(msg)
        for what, array in (("labels", self.positive), ("groups", self.group)):
            if array.shape != self.decibels.shape[:1]:
                msg = f"{len(self.decibels)} spectrograms have {what} of shape {array.shape}"
                raise ShapeError(msg)
        rows = np.concatenate([self.training, self.validation, self.test])
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self.decibels):
            msg = f"row {rows.max()} is asked for, but there are {len(self.decibels)} spectrograms"
            raise ShapeError(msg)
        if len(np.unique(rows)) != len(rows):
            msg = f"{len(rows) - len(np.unique(rows))} spectrograms are in two blocks"
            raise ShapeError(msg, "What is learnt from can neither choose nor judge.")


def embedded_lessons(
    training: Days, validation: Days, parameters: SpectrogramParameters, samples: int
) -> ImageLessons:
    """Return images of days with a signal and of the same days without, those with long gaps left out.

    Parameters
    ----------
    training, validation : Days
        `EmbeddedDays`: those learnt from, and those that choose the epoch.
    parameters : SpectrogramParameters
        How images are made.
    samples : int
        In a day.

    Raises
    ------
    ParameterError
        If no signals were embedded, or every day of a block has a long gap.
    """
    parts, kinds, groups, counts, before = [], [], [], [], 0
    for days in (training, validation):
        if not isinstance(days, EmbeddedDays):
            msg = f"images are learnt from days with embedded signals, not from a {type(days).__name__}"
            raise ParameterError(msg)
        first, end = days.context, days.context + days.samples_per_day
        with_signal, signal = (
            each[:, :, first:end].reshape(-1, samples) for each in (days.values, days.signals)
        )
        with_signal = bridged_windows(with_signal, days.interval)
        kept = np.asarray(~np.isnan(with_signal).any(axis=1))
        if not kept.any():
            msg = f"each of {len(kept)} days has a gap of more than {LONGEST_GAP_S / 60:g} min"
            raise ParameterError(msg, "Use a more complete part of the record.")
        for rows, kind in ((with_signal[kept], True), (with_signal[kept] - signal[kept], False)):
            parts.append(image_decibels(rows, parameters))
            kinds.append(np.full(len(rows), kind))
            groups.append(before + np.flatnonzero(kept) // days.values.shape[1])
        before += len(days)
        counts.append(2 * int(kept.sum()))
    order = np.arange(sum(counts), dtype=np.int64)
    return ImageLessons(
        decibels=np.concatenate(parts),
        positive=np.concatenate(kinds),
        training=order[: counts[0]],
        validation=order[counts[0] :],
        group=np.concatenate(groups),
        parameters=parameters,
    )
