"""What a training is set to, and the card of what comes of it."""

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesctl.models import ModelFolder
from sesctl.pipeline.blocks import EMBARGO_DAYS, Block
from sesctl.pipeline.lessons import Signals
from sesctl.plugin import DetectorInfo

Figures = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a training is set to.

    Parameters
    ----------
    signals : Signals
        What is embedded, and the seed of all that is drawn.
    network : mapping
        Parameters of `sesctl.plugin.keras.TrainingParameters` that differ from the network's own; a
        detector that is no network takes ``copies`` alone.
    validation_days : int, optional
        How many later days choose; by default a tenth, at least 5.
    start_from : Path, optional
        Model to go on from: fine-tuning.
    device : str, optional
        Where to compute.
    overwrite : bool
        Replace a model that was made from something else.
    protocol : {"honest", "paper"}
        How labelled images are divided; of no meaning for days, whose last ones choose.
    """

    signals: Signals = field(default_factory=Signals)
    network: Mapping[str, Any] = field(default_factory=dict)
    validation_days: int | None = None
    start_from: Path | None = None
    device: str | None = None
    overwrite: bool = False
    protocol: str = "honest"


def training_card(
    info: DetectorInfo,
    blocks: tuple[Block, Block],
    training: Training,
    parent: ModelFolder | None,
    epochs: Sequence[Figures],
    best: int,
    rows: tuple[int, int],
) -> dict[str, Any]:
    """Return what is known of a model that was just trained: nothing but what was done and seen.

    Parameters
    ----------
    info : DetectorInfo
        The detector.
    blocks : (Block, Block)
        Days learnt from, and days that chose.
    training : Training
        What training was set to.
    parent : ModelFolder or None
        What it went on from.
    epochs : sequence of mapping
        Every epoch's figures.
    best : int
        Number of the epoch kept, 0 for none.
    rows : (int, int)
        Rows learnt from, and rows that chose.
    """
    learnt, chose = blocks
    signals = training.signals
    kept = epochs[best - 1] if best else {}
    scores = []
    if "validation_success" in kept:
        of = f"the {rows[1]} dipole-days that chose the epoch"
        scores.append(
            {"name": "success of the day's best interval", "value": kept["validation_success"], "of": of}
        )
        scores.append({"name": "RMSPE (%), median", "value": kept["validation_rmspe"], "of": of})
        scores.append({"name": "onset error (s), median", "value": kept["onset_bias_s"], "of": of})
    card: dict[str, Any] = {
        "what": info.summary,
        "data": [
            *(f"learnt from {each}" for each in learnt if each.starts.size),
            *(f"chosen on {each}" for each in chose if each.starts.size),
            f"signals: boxcars of {signals.amplitude[0]:g}–{signals.amplitude[1]:g} mV/km and "
            f"{signals.duration_s[0] / 60:g}–{signals.duration_s[1] / 60:g} min, seed {signals.seed}",
        ],
        "protocol": (
            f"whole later days choose, at least {EMBARGO_DAYS} days away from those learnt from"
            + (f"; begun from model {parent.hash[:12]}" if parent else "")
            + (f"; epoch {best} of {len(epochs)} kept" if best else "")
        ),
        "limits": ["measured on embedded boxcars only, and on no day that was not used to make it"],
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "hardware": f"{processor()}, {os.cpu_count()} cores"
        + (f", on {training.device}" if training.device else ""),
    }
    return {**card, "scores": scores} if scores else card


def processor() -> str:
    """Return the processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
