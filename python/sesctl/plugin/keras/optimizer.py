"""Adam with the falling step of the training parameters."""

from typing import Any

import keras
from keras import ops

from sesctl.plugin.keras.parameters import LoopParameters


class FallingRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras is untyped
    """rate · min(1, (k + 1) / warmup) / (1 + decay k) in step k."""

    def __init__(self, rate: float, decay: float, warmup: int) -> None:
        super().__init__()
        self.rate, self.decay, self.warmup = rate, decay, warmup

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        k = ops.cast(step, "float32")
        risen = ops.minimum(1.0, (k + 1.0) / self.warmup) if self.warmup else 1.0
        return self.rate * risen / (1.0 + self.decay * k)

    def get_config(self) -> dict[str, Any]:
        """Return what the schedule is made of."""
        return {"rate": self.rate, "decay": self.decay, "warmup": self.warmup}


def make_optimizer(parameters: LoopParameters) -> keras.optimizers.Optimizer:
    """Return a new Adam."""
    return keras.optimizers.Adam(
        FallingRate(parameters.learning_rate, parameters.decay, parameters.warmup),
        global_clipnorm=parameters.clip_norm or None,
    )
