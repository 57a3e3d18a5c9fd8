"""What a training run is given and gives: pairs, and the figures of its epochs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sesctl.plugin.keras.embedding import Draws


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What is known after an epoch.

    Parameters
    ----------
    epoch : int
        Its number, from 1.
    loss, validation_loss : float
        Half the mean squared error in the units of the input map, the penalty left out.
    validation_success : float
        Fraction of the validation days whose best interval is the signal.
    validation_rmspe : float
        Median over the validation days of the root-mean-square percentage error, %, of the denoised day
        against the cleaned one with its signal, or against the signal where that alone is wanted.
    onset_bias_s : float
        Median error of the onset on the successes, s.
    step_s : float
        Mean wall time of a step in s, data included.
    wall_s : float
        Wall time of training so far, in s.
    """

    epoch: int
    loss: float
    validation_loss: float
    validation_success: float
    validation_rmspe: float
    onset_bias_s: float
    step_s: float
    wall_s: float


@dataclass(frozen=True, kw_only=True)
class TrainingResult:
    """What came of training; the network holds the weights of the best epoch.

    Parameters
    ----------
    history : tuple of Epoch
        Every epoch.
    best : int
        Number of the epoch kept.
    """

    history: tuple[Epoch, ...]
    best: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Rows of the backgrounds, each with the signal it is given.

    Parameters
    ----------
    rows : ndarray of int64, shape (pair,)
        Which background.
    draws : Draws or None
        The signals; None if every epoch draws its own.
    """

    rows: npt.NDArray[np.int64]
    draws: Draws | None = None
