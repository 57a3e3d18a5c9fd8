"""Draw what an autoencoder learnt and what it returns, as Figs. 5, 6, 7 and 10 of Xue et al. (2022).

Run from the root of the repository:
    python docs/scripts/draw_autoencoder.py lstm_ae models/lstm_ae-hkb [--transfer models/lstm_ae-transfer]
Days are of the test year, which was not learnt from; which of them is fixed beforehand, not chosen.
"""

import argparse
import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from sesctl.benchmark.backgrounds import TEST, SomeDays, lay
from sesctl.benchmark.experiments.recorded import HOURS, recorded_event
from sesctl.benchmark.passes import Trial, trial
from sesctl.benchmark.scale import FULL
from sesctl.benchmark.signals import STRONG, embedded, single_dipoles
from sesctl.benchmark.splits import test_ground
from sesctl.clean import DESPIKE, clean
from sesctl.inject import Signal
from sesctl.pipeline.prepare import raw_days
from sesctl.plugin import TrainableDetector
from sesctl.types import Candidate
from sesctl.types.instants import SECOND, iso

mpl.use("Agg")
import matplotlib.pyplot as plt

PICTURES = Path(__file__).parents[1] / "pictures"
RECORD, RETURNED, TRUTH = "0.6", "#0b4f8a", "#d95f02"
SHOWN = (10, 150, 290)
"""Days of the test year in Fig. 6: its winter, spring and autumn; of each its first dipole."""
plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})


def draw_curves(histories: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Draw loss and success against the number of pairs seen, one panel a training."""
    figure, panels = plt.subplots(1, len(histories), figsize=(4.2 * len(histories), 2.8), squeeze=False)
    for axis, (title, history) in zip(panels[0], histories.items(), strict=True):
        epochs = [each["epoch"] for each in history]
        axis.plot(epochs, [100 * each["validation_success"] for each in history], color=TRUTH)
        axis.set(title=title, xlabel="epoch", ylim=(0, 100), xlim=(0, max(epochs)))
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set_ylabel("success on the validation block, %", color=TRUTH)
        losses = axis.twinx()
        losses.spines.right.set_visible(True)
        losses.plot(epochs, [each["loss"] for each in history], "--", color=RETURNED, lw=1, label="training")
        losses.plot(epochs, [each["validation_loss"] for each in history], color=RETURNED, label="validation")
        losses.set(ylim=(0, None))
        losses.set_ylabel("loss", color=RETURNED)
        losses.legend(frameon=False, loc="center right", bbox_to_anchor=(1.0, 0.82))
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


@dataclass(frozen=True)
class Look:
    """One day: given and returned, mV/km; truth and finding in hours of the day."""

    title: str
    given: npt.NDArray[np.float32]
    returned: npt.NDArray[np.float32]
    truth: tuple[float, float]
    found: tuple[float, float] | None


def look(detector: TrainableDetector, one: Trial, title: str) -> list[Look]:
    """Return what the detector makes of the days of a trial, each with one signal."""
    source = SomeDays(embedded(one.background, one.unit, one.signals), starts=tuple(one.starts.tolist()))
    days = raw_days(source, one.starts, dipoles=[one.unit.dipole], interval=10.0, context_s=0)
    if days is None:
        msg = "the record has none of these days"
        raise ValueError(msg)
    given = clean(days, DESPIKE)
    returned = detector.score(given)
    best: dict[int, Candidate] = {}
    for each in sorted(detector.propose(returned, given), key=lambda each: each.raw_score):
        best[each.day] = each

    def hours(start: int, end: int, midnight: int) -> tuple[float, float]:
        return (start - midnight) / 3.6e9, (end - midnight) / 3.6e9

    return [
        Look(
            title=f"HKB {one.unit.dipole}, {title}, {iso(start)[:10]}",
            given=given.values[k, 0],
            returned=returned.values[k, 0],
            truth=hours(signal.onset, signal.end, start),
            found=hours(best[k].start, best[k].end, start) if k in best else None,
        )
        for k, (start, signal) in enumerate(zip(one.starts.tolist(), one.signals, strict=True))
    ]


def draw_looks(looks: list[Look], path: Path) -> None:
    """Draw days one below the other: given, returned, the signal shaded, the found interval framed."""
    figure, axes = plt.subplots(2 * len(looks), 1, figsize=(8, 7), sharex=True)
    hours = np.arange(8640) / 360
    for each, record, trace in zip(looks, axes[::2], axes[1::2], strict=True):
        record.plot(hours, each.given - np.nanmedian(each.given), color=RECORD, lw=0.4)
        trace.plot(hours, each.returned, color=RETURNED, lw=0.9)
        for axis in (record, trace):
            axis.axvspan(*each.truth, color=TRUTH, alpha=0.3, lw=0)
        if each.found is not None:
            trace.axvspan(*each.found, fill=False, ec="k", lw=0.9)
        record.set_ylabel("given\nmV/km")
        trace.set_ylabel("returned\nmV/km")
        record.set_title(each.title, fontsize=8, loc="left")
    axes[-1].set(xlim=(0, 24), xticks=range(0, 25, 3), xlabel="hour (UTC+9)")
    figure.tight_layout(h_pad=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def samples(detector: TrainableDetector) -> list[Look]:
    """Return three days of the test year with simulated signals, as in Fig. 6."""
    year = lay(test_ground("hkb", FULL))
    unit = single_dipoles(year)[0]
    return [
        each
        for day in SHOWN
        for each in look(detector, trial(year, unit, STRONG, TEST[0], year.starts[[day]]), "simulated SES")
    ]


def recorded(detector: TrainableDetector) -> list[Look]:
    """Return one day of the test year with a recorded event at three hours, as in Fig. 7."""
    year = lay(test_ground("hkb", FULL))
    unit = single_dipoles(year)[0]
    waveform = recorded_event("hkb")[unit.dipole]
    starts = year.starts[[SHOWN[1]]]
    looks = []
    for hour in HOURS:
        signal = Signal(
            station=year.record.station.name,
            waveform=waveform,
            onset=int(starts[0]) + hour * 3600 * SECOND,
            amplitude=waveform.amplitude,
            azimuth_deg=None,
            activity_id="recorded",
        )
        one = Trial(background=year, unit=unit, signals=[signal], starts=starts)
        looks += look(detector, one, f"recorded event at {hour:02d} h")
    return looks


def main() -> None:
    """Draw all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network")
    parser.add_argument("model", type=Path)
    parser.add_argument("--transfer", type=Path)
    asked = parser.parse_args()
    detector = import_module(f"sesctl_plugins.autoencoders.{asked.network}").make()
    detector.load(asked.model)
    histories = {"HKB, two years": asked.model, "the next year": asked.transfer}
    draw_curves(
        {
            title: json.loads((folder / "model.json").read_text(encoding="utf-8"))["history"]
            for title, folder in histories.items()
            if folder
        },
        PICTURES / f"{asked.network}-curves.png",
    )
    draw_looks(samples(detector), PICTURES / f"{asked.network}-days.png")
    draw_looks(recorded(detector), PICTURES / f"{asked.network}-recorded.png")


if __name__ == "__main__":
    main()
