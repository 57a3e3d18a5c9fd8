"""What training of `ses_net` is set to."""

from dataclasses import dataclass

from sesctl.plugin import ParameterError
from sesctl.plugin.keras import LoopParameters


@dataclass(frozen=True, kw_only=True)
class SegmentParameters(LoopParameters):
    r"""How a segmenter is trained.

    The loss is the cross-entropy of every minute that has a value, plus `amplitude_weight` times the mean
    absolute error of asinh of the field inside the signals. The rate rises over `warmup` steps and falls to
    nothing with a half cosine; the weights kept are their running average of the last epoch, so that no epoch
    is chosen on noise: there is no best one, and so no `patience`. What `LoopParameters` has is not told
    again.

    Parameters
    ----------
    steps : int
        Steps of an epoch.
    validation_steps : int
        Batches of validation examples, the same ones after every epoch.
    weight_decay : float
        Of AdamW.
    average : float
        Momentum of the running average.
    amplitude_weight : float
        Of the field's error.
    drawn : float
        Share of the examples whose background is drawn instead of taken from a station's record.
    varied : bool
        Whether dipoles fail, are turned round and disturbed, and records are cut short.

    Raises
    ------
    ParameterError
        If a number is out of its range, or `patience` is asked for.
    """

    epochs: int = 30
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 200
    clip_norm: float = 0.1
    steps: int = 200
    validation_steps: int = 8
    weight_decay: float = 1e-4
    average: float = 0.999
    amplitude_weight: float = 0.005
    drawn: float = 0.25
    varied: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check({"steps": 1, "validation_steps": 1, "weight_decay": 0, "amplitude_weight": 0}, {})
        if not 0 <= self.average < 1:
            msg = f"training: average is {self.average}, not in [0, 1)"
            raise ParameterError(msg)
        if not 0 <= self.drawn <= 1:
            msg = f"training: drawn is {self.drawn}, not in [0, 1]"
            raise ParameterError(msg)
        if self.patience:
            msg = f"training: patience is {self.patience}, but ses_net keeps its last epoch, not its best one"
            raise ParameterError(msg, "Leave it 0, and set epochs or seconds.")
