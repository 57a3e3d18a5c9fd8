"""Train one autoencoder on a simulated station of the study of Xue et al. (2022), within a time limit.

Run from the root of the repository:
    python docs/scripts/train_autoencoders.py lstm_ae --to models/lstm_ae-hkb --minutes 60
Training days, days that choose the epoch and their seeds are those of `sesctl benchmark xue2022`: learnt
from is the 709-day pool of protocol `paper`, the epoch is chosen on the 180 days of the validation block,
and the test year is never looked at. Stopped in between, the same command goes on from the last checkpoint.
"""

import argparse
import datetime as dt
import os
from importlib import import_module
from pathlib import Path

import numpy as np

from sesctl.benchmark.backgrounds import Background, Ground, lay
from sesctl.benchmark.scale import FULL
from sesctl.benchmark.splits import pool, test_ground, validation_ground
from sesctl.clean import DESPIKE, TARGET, clean
from sesctl.models import read_origins, write_origins
from sesctl.pipeline import RecordSource
from sesctl.pipeline.prepare import raw_days
from sesctl.plugin.keras import Backgrounds, Block, Embedding, Epoch, TrainingParameters

AT_ONCE = 32
Told = dict[str, dict[str, str | int] | str | int | None]
SHARES = ((0, 3 * FULL.test_days // 10), (3 * FULL.test_days // 10, 4 * FULL.test_days // 10))
"""Days of the next year that transfer learns from, and that choose; those after an embargo are scored."""


def backgrounds(background: Background) -> Backgrounds:
    """Return the days of all dipoles of a background."""
    source, parts = RecordSource(background.record), []
    for first in range(0, len(background.starts), AT_ONCE):
        days = raw_days(
            source,
            background.starts[first : first + AT_ONCE],
            dipoles=list(background.dipoles),
            interval=10.0,
            context_s=0,
        )
        if days is not None:
            parts.append(Backgrounds.of(clean(days, DESPIKE), clean(days, TARGET)))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.joined(part)
    return whole


def tell_origins(folder: Path, start: Path | None, used: list[tuple[Ground, slice]]) -> None:
    """Say which days of which sources are learnt from or chosen on, by the model gone on from too."""
    found = set(read_origins(start)) if start else set()
    for ground, days in used:
        background = lay(ground)
        found |= background.origins(background.starts[days])
    write_origins(found, folder)


def told(learnt: Ground, one: Backgrounds, chosen: Ground, other: Backgrounds, start: Path | None) -> Told:
    """Return what a model says of its data."""
    return {
        "learnt_from": {**learnt.as_object(), "days": len(np.unique(one.day))},
        "chosen_on": {**chosen.as_object(), "days": len(np.unique(other.day))},
        "gone_on_from": start.name if start else None,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "cores": os.cpu_count(),
    }


def options() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="model folder to go on from")
    parser.add_argument("--station", default="hkb")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--weight", type=float, default=10.0)
    parser.add_argument("--quiet-steps", type=int, default=1500)
    parser.add_argument("--mix", type=float, default=0.5)
    parser.add_argument("--target", choices=("ses", "cleaned"), default="ses")
    parser.add_argument("--amplitude", type=float, nargs=2, default=(10.0, 15.0))
    parser.add_argument("--duration-minutes", type=float, nargs=2, default=(25.0, 30.0))
    parser.add_argument("--transfer", action="store_true", help="learn from days of the next year")
    parser.add_argument("--cache", type=Path, help="folder that keeps the days for the next call")
    return parser.parse_args()


def days_of(name: str, ground: Ground, cache: Path | None) -> Backgrounds:
    """Return the days of a ground, from the cache where they are there."""
    path = cache / f"{ground.station}-{name}.npz" if cache else None
    if path and path.exists():
        with np.load(path) as kept:
            return Backgrounds(kept["observed"], kept["cleaned"], kept["day"], 10.0)
    found = backgrounds(lay(ground))
    if path:
        np.savez(path, observed=found.observed, cleaned=found.cleaned, day=found.day)
    return found


def some_days(days: Backgrounds, first: int, last: int) -> Backgrounds:
    """Return the rows of some of the days."""
    return days.rows(np.flatnonzero((days.day >= first) & (days.day < last)))


def main() -> None:
    """Train, save."""
    asked = options()
    if asked.transfer:
        learnt = chosen = test_ground(asked.station, FULL)
        year = days_of("test", learnt, asked.cache)
        one, other = (some_days(year, *share) for share in SHARES)
    else:
        learnt, chosen = pool(asked.station, FULL), validation_ground(asked.station, FULL)
        one, other = days_of("pool", learnt, asked.cache), days_of("validation", chosen, asked.cache)
    both = one.joined(other)
    rows = np.arange(len(both))
    detector = import_module(f"sesctl_plugins.autoencoders.{asked.network}").make()
    parameters = TrainingParameters(
        epochs=asked.epochs,
        seconds=60 * asked.minutes,
        copies=3,
        batch=asked.batch,
        learning_rate=asked.rate,
        clip_norm=1.0,
        signal_weight=asked.weight,
        quiet_steps=asked.quiet_steps,
        mix=asked.mix,
        target=asked.target,
        seed=asked.seed,
        embedding=Embedding(
            amplitude=tuple(asked.amplitude),
            duration_s=(60 * asked.duration_minutes[0], 60 * asked.duration_minutes[1]),
        ),
    )
    asked.to.mkdir(parents=True, exist_ok=True)
    if asked.start:
        detector.load(asked.start)

    def tell(epoch: Epoch) -> None:
        print(
            f"{asked.network} {epoch.epoch:4d}: loss {epoch.loss:.4f}, "
            f"validation {epoch.validation_loss:.4f}, "
            f"success {epoch.validation_success:.3f}, onset {epoch.onset_bias_s:+.0f} s, "
            f"step {1e3 * epoch.step_s:.0f} ms, {epoch.wall_s / 60:.1f} min",
            flush=True,
        )

    blocks = (Block(rows=np.tile(rows[: len(one)], parameters.copies)), Block(rows=rows[len(one) :]))
    detector.train(
        both,
        *blocks,
        parameters,
        checkpoint=asked.to / "checkpoint.safetensors",
        keep_map=asked.start is not None,
        after_epoch=tell,
    )
    detector.about["data"] = told(learnt, one, chosen, other, asked.start)
    detector.save(asked.to)
    shares = [slice(*share) for share in SHARES] if asked.transfer else [slice(None)] * 2
    tell_origins(asked.to, asked.start, list(zip((learnt, chosen), shares, strict=True)))


if __name__ == "__main__":
    main()
