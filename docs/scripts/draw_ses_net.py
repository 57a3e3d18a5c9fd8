"""Draw how reliable the scores of `ses_net` are, and what each rate of false alarms costs in signals.

Run from the root of the repository:
    python docs/scripts/draw_ses_net.py
Reads docs/results/ses_net/stations-*-3.json, writes docs/pictures/ses_net_reliability.png.
"""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt  # after the backend is chosen

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results" / "ses_net"
PICTURE = ROOT / "docs" / "pictures" / "ses_net_reliability.png"
DETECTORS = ("ses_net", "lstm_ae", "boxcar_station", "boxcar")
KINDS = {"strong": "10–15 mV/km, 25–30 min"}


def stored(detector: str) -> dict[str, Any]:
    """Return the study of a detector."""
    return json.loads((RESULTS / f"stations-{detector}-3.json").read_text(encoding="utf-8"))


def main() -> None:
    """Draw both."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    study = stored("ses_net")
    left.plot([0, 1], [0, 1], color="0.8", lw=1)
    for kind, tenths in study["reliability"].items():
        shares = [each["signals"] / each["candidates"] for each in tenths]
        left.plot([each["mean_score"] for each in tenths], shares, "o-", ms=4, label=KINDS.get(kind, kind))
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="raw score", ylabel="share of candidates that are signals")
    left.set_title("one signal a day")
    left.legend(frameon=False, fontsize=8)
    for detector in DETECTORS:
        curve = stored(detector)["results"]["strong"]["curve"]
        rate = curve["false_alarms_per_station_day"]
        right.plot(rate, curve["success"], label=detector)
    right.axvline(1 / 30, color="0.7", lw=1, ls=":")
    right.set(xscale="log", xlim=(0.003, 10), ylim=(0, 1), xlabel="false alarms a station-day")
    right.set(ylabel="success", title="10–15 mV/km, 25–30 min (dotted: 1 in 30 days)")
    right.legend(frameon=False, fontsize=8, loc="lower right")
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
