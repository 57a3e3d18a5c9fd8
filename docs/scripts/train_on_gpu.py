"""Train all autoencoders of the study on a machine with one GPU, in calls of a few minutes each.

Run from the root of the repository, as often as it says that something is left:
    until KERAS_BACKEND=jax python docs/scripts/train_on_gpu.py --to models; do :; done
Each call ends after `--minutes`, at the next end of an epoch, and the next one goes on from there. Order:
`lstm_ae` on `hkb`, its transfer to the next year, its retraining on weak signals, the other five networks,
then `lstm_ae` on `mts` and `ota`. Days, seeds and splits are those of docs/scripts/train_autoencoders.py; an
epoch has 21 270 pairs, 709 days of three dipoles ten times. In the folder then lie the models, weights in
files under 16 MiB, and programme.json with what each leg of training and a day's inference took on which
device. `--smallest` does all of it in small, to see that it runs.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import jax
import keras
import numpy as np
from safetensors import safe_open
from train_autoencoders import days_of, some_days, tell_origins, told

from sesctl.benchmark.backgrounds import Ground
from sesctl.benchmark.result_file import hardware, versions
from sesctl.benchmark.scale import FULL, Scale
from sesctl.benchmark.splits import pool, test_ground, validation_ground
from sesctl.plugin.keras import (
    Backgrounds,
    Block,
    Embedding,
    Epoch,
    KerasDetector,
    TrainingParameters,
    devices,
)

FILE_BYTES = 15 << 20
LEAST_S = 20.0
"""With less time left no further leg is begun."""
WEAK = Embedding(amplitude=(6.0, 8.0), duration_s=(600.0, 900.0))
FEW = {"both_ways": 16, "narrow": 16, "middle": 16, "wide": 16}
SMALL = {
    "lstm_ae": FEW,
    "lstm_ae_plain": FEW,
    "gru_ae": FEW,
    "fc_ae": {"kernels": 2},
    "fct_ae": {"outer": 8, "inner": 8, "code": 8},
    "lstm_ae_seq": {"kernels": 2, "both_ways": 8, "hour": 8},
}
SMALLEST = replace(FULL, name="smallest", pool_days=6, validation_days=5, test_days=20)


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A part of a training with one setting."""

    epochs: int
    rate: float
    weight: float
    quiet_steps: int = 0


LEGS = (Leg(epochs=90, rate=1e-3, weight=10.0, quiet_steps=1500), Leg(epochs=20, rate=2e-4, weight=1.5))
"""What docs/methods.md, section 13, decides: a lower rate and a weight near 1 come last."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A model of the programme."""

    name: str
    network: str = "lstm_ae"
    station: str = "hkb"
    start: str | None = None
    transfer: bool = False
    embedding: Embedding = field(default_factory=Embedding)
    legs: tuple[Leg, ...] = LEGS


STAGES = (
    Stage(name="lstm_ae"),
    Stage(
        name="lstm_ae-transfer",
        start="lstm_ae",
        transfer=True,
        legs=(Leg(epochs=24, rate=2e-4, weight=10.0),),
    ),
    Stage(
        name="lstm_ae-weak",
        start="lstm_ae",
        embedding=WEAK,
        legs=(Leg(epochs=80, rate=5e-4, weight=10.0, quiet_steps=1500), LEGS[1]),
    ),
    *(
        Stage(name=each, network=each)
        for each in ("lstm_ae_plain", "gru_ae", "fc_ae", "fct_ae", "lstm_ae_seq")
    ),
    Stage(name="lstm_ae-mts", station="mts"),
    Stage(name="lstm_ae-ota", station="ota"),
)


class Programme:
    """The folder of a programme, and how much time is left of a call.

    Parameters
    ----------
    folder : Path
        Where models and programme.json are.
    seconds : float
        Time of this call.
    smallest : bool
        Whether all is done in small.
    precision : {"float32", "bfloat16"}
        Of training.
    """

    def __init__(self, folder: Path, seconds: float, smallest: bool, precision: str) -> None:
        self.folder, self.precision, self.smallest = folder, precision, smallest
        self.end = time.monotonic() + seconds
        self.scale: Scale = SMALLEST if smallest else FULL
        self.days = folder / ".days"
        self.days.mkdir(parents=True, exist_ok=True)
        self.file = folder / "programme.json"
        kept = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        for what, now in (("scale", self.scale.name), ("precision", precision)):
            if kept.get(what, now) != now:
                sys.exit(
                    f"{self.file} is of a programme with {what} {kept[what]}, not {now}: take another folder"
                )
        self.legs: dict[str, Any] = kept.get("legs", {})
        self.inference: dict[str, Any] = kept.get("inference", {})

    def left(self) -> float:
        """Return the time left of this call in s."""
        return self.end - time.monotonic()

    def write(self) -> None:
        """Write programme.json."""
        content = {
            "precision": self.precision,
            "scale": self.scale.name,
            "devices": devices(),
            "legs": self.legs,
            "inference": self.inference,
            "versions": versions(),
            "hardware": hardware(),
        }
        part = self.file.with_name(".programme.json")
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        part.replace(self.file)

    def detector(self, network: str) -> KerasDetector:
        """Return a network's detector, untrained."""
        make: Callable[..., KerasDetector] = import_module(f"sesctl_plugins.autoencoders.{network}").make
        return make(SMALL[network] if self.smallest else None)

    def parameters(self, leg: Leg, number: int, stage: Stage, seconds: float) -> TrainingParameters:
        """Return what a leg is set to."""
        return TrainingParameters(
            epochs=1 if self.smallest else leg.epochs,
            seconds=seconds,
            copies=1 if self.smallest else 10,
            batch=8 if self.smallest else 128,
            learning_rate=leg.rate,
            clip_norm=1.0,
            signal_weight=leg.weight,
            quiet_steps=leg.quiet_steps,
            mix=0.5,
            target="ses",
            precision="bfloat16" if self.precision == "bfloat16" else "float32",
            cudnn=self.precision == "float32",
            seed=number,
            embedding=stage.embedding,
        )

    def blocks(self, stage: Stage) -> tuple[list[tuple[Ground, slice]], Backgrounds, Backgrounds]:
        """Return where the days come from, those learnt from, and those that choose."""
        if stage.transfer:
            ground = test_ground(stage.station, self.scale)
            year, tenth = days_of("test", ground, self.days), self.scale.test_days // 10
            shares = (0, 3 * tenth), (3 * tenth, 4 * tenth)
            one, other = (some_days(year, *share) for share in shares)
            return [(ground, slice(*share)) for share in shares], one, other
        learnt, chosen = pool(stage.station, self.scale), validation_ground(stage.station, self.scale)
        used = [(learnt, slice(None)), (chosen, slice(None))]
        return used, days_of("pool", learnt, self.days), days_of("validation", chosen, self.days)

    def train(self, stage: Stage) -> bool:
        """Go on with a model; return whether it is done."""
        folder = self.folder / stage.name
        if (folder / "origins.json").exists():
            return True
        used, one, other = self.blocks(stage)
        both, rows = one.joined(other), np.arange(len(one) + len(other))
        start = self.folder / stage.start if stage.start else None
        for number, leg in enumerate(stage.legs):
            whole = self.folder / f".{stage.name}-{number}"
            if not (whole / "model.json").exists():
                if self.left() < LEAST_S:
                    return False
                if not self._leg(stage, number, leg, start, both, rows[: len(one)], rows[len(one) :], whole):
                    return False
            start = whole
        detector = self.detector(stage.network)
        detector.load(start or folder)
        gone_on = self.folder / stage.start if stage.start else None
        detector.about["data"] = told(used[0][0], one, used[1][0], other, gone_on)
        folder.mkdir(exist_ok=True)
        detector.save(folder, file_bytes=FILE_BYTES)
        tell_origins(folder, gone_on, used)
        return True

    def _leg(
        self,
        stage: Stage,
        number: int,
        leg: Leg,
        start: Path | None,
        both: Backgrounds,
        learnt: Any,
        chosen: Any,
        whole: Path,
    ) -> bool:
        checkpoint = self.folder / f".{stage.name}-{number}.safetensors"
        parameters = self.parameters(leg, number, stage, wall_of(checkpoint) + self.left())
        detector = self.detector(stage.network)
        if start:
            detector.load(start)

        def tell(epoch: Epoch) -> None:
            print(
                f"{stage.name}, leg {number + 1}, epoch {epoch.epoch} of {parameters.epochs}: "
                f"loss {epoch.loss:.4f}, success {epoch.validation_success:.3f}, "
                f"step {1e3 * epoch.step_s:.1f} ms, {epoch.wall_s:.0f} s",
                flush=True,
            )

        result = detector.train(
            both,
            Block(rows=np.tile(learnt, parameters.copies)),
            Block(rows=chosen),
            parameters,
            checkpoint=checkpoint,
            keep_map=start is not None,
            after_epoch=tell,
        )
        history = result.history
        self.legs[f"{stage.name}/{number + 1}"] = {
            "epochs": len(history),
            "of": parameters.epochs,
            "pairs": len(learnt) * parameters.copies,
            "batch": parameters.batch,
            "step_s": median(each.step_s for each in history),
            "wall_s": history[-1].wall_s,
            "hundred_epochs_s": 100 * history[-1].wall_s / len(history),
            "best_epoch": result.best,
            "validation_success": history[result.best - 1].validation_success,
        }
        self.write()
        if len(history) < parameters.epochs:
            return False
        detector.save(whole)
        checkpoint.unlink()
        return True

    def time_inference(self) -> None:
        """Time a day of `lstm_ae` in both precisions, its input map left out."""
        if self.inference:
            return
        detector, batch = self.detector("lstm_ae"), 8 if self.smallest else 1024
        detector.load(self.folder / "lstm_ae")
        weights = detector.network.get_weights()
        for precision in ("float32", "bfloat16"):
            network = detector._built(precision, precision == "float32")
            network.set_weights(weights)
            self.inference[precision] = {"batch": batch, **inference_times(network, batch)}
        self.write()


def inference_times(network: keras.Model, batch: int) -> dict[str, float]:
    """Return ms a day where days lie on the device already, and with their way there and back."""
    days = np.random.default_rng(0).uniform(0, 16, (batch, 8640)).astype(np.float32)
    groups = network.trainable_variables, network.non_trainable_variables
    state = [[each.value for each in group] for group in groups]
    run = jax.jit(lambda state, x: network.stateless_call(*state, x)[0])
    resident = jax.device_put(days)
    return {
        "ms_a_day_resident": timed(lambda: run(state, resident).block_until_ready(), batch),
        "ms_a_day_with_transfer": timed(lambda: np.asarray(run(state, days)), batch),
    }


def timed(call: Callable[[], object], batch: int) -> float:
    """Return the median time a day of a call in ms, the first left out."""
    call()
    times = []
    for _ in range(20):
        began = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - began) / batch)
    return median(times)


def wall_of(checkpoint: Path) -> float:
    """Return the wall time in s of a training that is gone on with, as its checkpoint has it."""
    if not checkpoint.exists():
        return 0.0
    with safe_open(checkpoint, framework="numpy") as file:
        return float(json.loads(file.metadata()["run"])["history"][-1]["wall_s"])


def main() -> None:
    """Do what the time allows; exit with 0 when all is done, with 3 when something is left."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument(
        "--only", nargs="+", choices=[stage.name for stage in STAGES], help="these models alone"
    )
    parser.add_argument("--smallest", action="store_true")
    asked = parser.parse_args()
    programme = Programme(asked.to, 60 * asked.minutes, asked.smallest, asked.precision)
    for stage in STAGES:
        if (asked.only is None or stage.name in asked.only) and not programme.train(stage):
            print(f"{stage.name} is not done; run the same again", flush=True)
            sys.exit(3)
        if stage.name == "lstm_ae":
            programme.time_inference()
    print("all is done")


if __name__ == "__main__":
    main()
