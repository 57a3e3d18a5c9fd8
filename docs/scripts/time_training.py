"""Time steps of training with data against steps on one constant batch: the device should not wait for pairs.

Run from the root of the repository: KERAS_BACKEND=jax python docs/scripts/time_training.py [NETWORK]
A step with data is one of `sesctl.plugin.keras.train`: signals are drawn, rows chosen and shuffled on the
host, and the pairs made on the device. The constant batch was made once and stays on the device. Both take
turns, so that a noisy machine disturbs both alike. Writes docs/results/lstm_ae/training_step.json.
"""

import argparse
import time
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import keras
import numpy as np

from sesctl.benchmark.result_file import write_result
from sesctl.plugin.keras import Backgrounds, Block, Epoch, InputMap, TrainingParameters, devices, train
from sesctl.plugin.keras.optimizer import make_optimizer
from sesctl.plugin.keras.pairs import Pairs, make_pairs
from sesctl.plugin.keras.step_jax import JaxStepper

RESULT = Path(__file__).parents[1] / "results" / "lstm_ae" / "training_step.json"
DAYS, AIM = 96, 1.2


class Constant(JaxStepper):
    """Steps that always take the same pairs."""

    def __init__(self, network: keras.Model, days: Backgrounds, parameters: TrainingParameters) -> None:
        optimizer = make_optimizer(parameters)
        optimizer.build(network.trainable_variables)
        rows = np.zeros((parameters.batch, 2), np.int32)
        rows[:, 0] = np.arange(parameters.batch) % len(days)
        draws = parameters.embedding.draw(parameters.batch, 0, 0, days.observed.shape[1], days.interval)
        shares = np.tile(np.float32([1, 0]), (parameters.batch, 1))
        table = np.concatenate([draws.table(), shares], axis=1)
        observed, cleaned = days.observed[rows], days.cleaned[rows]
        self._kept = make_pairs(observed, cleaned, table, InputMap(scale=1.0), parameters.target)
        super().__init__(network, optimizer, days, InputMap(scale=1.0), parameters)
        self._asked = rows, table

    def _pairs(self, days: Any, rows: Any, draws: Any) -> Pairs:
        return self._kept

    def steps(self, count: int) -> None:
        """Do steps, and wait for them."""
        for loss in [self.step(*self._asked) for _ in range(count)]:
            float(loss)


def main() -> None:
    """Let both take turns."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="?", default="lstm_ae")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=4, help="steps of a turn")
    parser.add_argument("--turns", type=int, default=6)
    asked = parser.parse_args()
    make = import_module(f"sesctl_plugins.autoencoders.{asked.network}").make
    random = np.random.default_rng(0)
    observed = random.normal(0, 3, (DAYS, 8640)).astype(np.float32)
    days = Backgrounds(observed, np.zeros_like(observed), np.arange(DAYS), 10.0)
    parameters = TrainingParameters(
        epochs=asked.turns + 1, batch=asked.batch, mix=0.5, target="ses", clip_norm=1.0, signal_weight=10.0
    )
    rows = np.tile(np.arange(DAYS), -(-asked.batch * asked.steps // DAYS))[: asked.batch * asked.steps]
    constant = Constant(make().network, days, parameters)
    constant.steps(1)  # compiled
    turns: list[dict[str, float]] = []

    def turn(epoch: Epoch) -> None:
        began = time.perf_counter()
        parameters.embedding.draw(len(rows), 0, epoch.epoch, observed.shape[1], days.interval)
        drawn = (time.perf_counter() - began) / asked.steps
        began = time.perf_counter()
        constant.steps(asked.steps)
        same = (time.perf_counter() - began) / asked.steps
        turns.append({"with_data_s": epoch.step_s + drawn, "constant_s": same})

    train(
        make().network,
        days,
        Block(rows=rows),
        Block(rows=np.arange(1)),
        InputMap(scale=1.0),
        parameters,
        after_epoch=turn,
    )
    turns = turns[1:]  # the first epoch compiles
    ratio = median(each["with_data_s"] / each["constant_s"] for each in turns)
    content = {
        "study": "step of training with data against a constant batch",
        "network": asked.network,
        "backend": keras.backend.backend(),
        "devices": devices(),
        "batch": asked.batch,
        "turns": turns,
        "with_data_s": median(each["with_data_s"] for each in turns),
        "constant_s": median(each["constant_s"] for each in turns),
        "ratio": ratio,
        "aim": AIM,
    }
    write_result(RESULT, content)
    print(f"{content['with_data_s']:.3f} s with data, {content['constant_s']:.3f} s constant: {ratio:.2f}")


if __name__ == "__main__":
    main()
