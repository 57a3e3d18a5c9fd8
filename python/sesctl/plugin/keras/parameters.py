"""What a training run is set to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from sesctl.errors import ParameterError
from sesctl.plugin.keras.embedding import Embedding
from sesctl.plugin.keras.input_map import Target

Precision = Literal["float32", "bfloat16"]
Best = Literal["success", "loss"]


@dataclass(frozen=True, kw_only=True)
class LoopParameters:
    """What every training is set to.

    Parameters
    ----------
    epochs : int
        Most epochs.
    seconds : float
        Wall time in s after which no further epoch begins; infinite by default.
    batch : int
        Rows a step.
    learning_rate, decay : float
        Adam's step is learning_rate / (1 + decay k) in step k.
    warmup : int
        Steps over which the rate rises linearly from 0.
    clip_norm : float
        Norm to which the gradient is clipped; 0 leaves it.
    patience : int
        Epochs without a better one after which training ends; 0 for never.
    precision : {"float32", "bfloat16"}
        Of the network's computation; weights and loss are float32.
    cudnn : bool
        Whether recurrent layers may use cuDNN's kernels, which know float32 alone.
    seed : int
        Of initial weights, order and all that is drawn.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """

    epochs: int = 100
    seconds: float = math.inf
    batch: int = 128
    learning_rate: float = 1e-3
    decay: float = 8e-6
    warmup: int = 0
    clip_norm: float = 0.0
    patience: int = 0
    precision: Precision = "float32"
    cudnn: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        whole = {"epochs": 1, "batch": 1}
        rest = ("decay", "warmup", "clip_norm", "patience", "seed", "seconds", "learning_rate")
        self._check({**whole, **dict.fromkeys(rest, 0)}, {"precision": get_args(Precision)})

    def _check(self, least: Mapping[str, float], choices: Mapping[str, tuple[str, ...]]) -> None:
        for what, bound in least.items():
            if not getattr(self, what) >= bound:
                msg = f"training: {what} is {getattr(self, what)}, less than {bound}"
                raise ParameterError(msg)
        for name, known in choices.items():
            if getattr(self, name) not in known:
                msg = f"training: {name} is {getattr(self, name)!r}, not of {', '.join(known)}"
                raise ParameterError(msg)


@dataclass(frozen=True, kw_only=True)
class TrainingParameters(LoopParameters):
    r"""How a network is trained.

    The loss is :math:`\frac{1}{2}\overline{w (y - \hat y)^2} + \lambda \sum W^2` over the network's
    kernels W, with the weight w inside a signal and 1 outside, divided by its mean. An epoch is `copies`
    pairs of every background row. What `LoopParameters` has is not told again.

    Parameters
    ----------
    copies : int
        Pairs made of a background row in an epoch.
    l2 : float
        λ.
    signal_weight : float
        w: how much more a sample inside a signal counts.
    quiet_steps : int
        Steps over which the share of the background's own field rises from anything in 0..1 to 0.8..1.1, so
        that signals are first learnt where they stand out. With 0 it is 1 throughout.
    mix : float
        Fraction of the pairs whose background is two of the days together, each of either polarity.
    target : {"cleaned", "ses"}
        What the network is to return: the cleaned day with the signal, or the signal alone.
    fresh : bool
        Whether every epoch has new signals; else each pair keeps the one it was given.
    best : {"success", "loss"}
        What of the validation block chooses the epoch that is kept.
    embedding : Embedding
        How signals are drawn.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """

    copies: int = 10
    l2: float = 1e-6
    signal_weight: float = 1.0
    quiet_steps: int = 0
    mix: float = 0.0
    target: Target = "cleaned"
    fresh: bool = True
    best: Best = "success"
    embedding: Embedding = field(default_factory=Embedding)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check(
            {"copies": 1, "l2": 0, "signal_weight": 0, "quiet_steps": 0, "mix": 0},
            {"target": get_args(Target), "best": get_args(Best)},
        )
