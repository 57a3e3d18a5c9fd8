"""Compare the autoencoders after equal training, and fill that table of docs/results/xue2022.md.

Run from the root of the repository on the machine they were trained on, after
docs/scripts/train_autoencoders.py and benchmark_xue2022.py:
    python docs/scripts/compare_autoencoders.py [FOLDER...] [--epochs 20]
FOLDERs are models of networks that were trained with one setting; what is told of their trainings is kept in
docs/results/autoencoders/training.json, so that without folders the table is drawn again from there. Of
`lstm_ae`, which learnt for longer, the same first epochs are taken from docs/results/lstm_ae/training.json;
of `lstm_ae_seq` name the folder of the first training.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from sesctl.benchmark.result_file import hardware
from sesctl.benchmark.tables import fill_markers
from sesctl.models.description import read_description

DOCS = Path(__file__).resolve().parents[1]
RESULT = DOCS / "results" / "autoencoders" / "training.json"
PAGE = DOCS / "results" / "xue2022.md"
STUDY = DOCS / "results" / "xue2022"
PAIRS_AN_EPOCH = 3 * 3 * 709
WHOLE = ("lstm_ae", "lstm_ae_seq")
"""Networks that learnt on afterwards; what they were tested as is not what is compared here."""
SAME = ("copies", "batch", "learning_rate", "signal_weight", "quiet_steps", "mix", "target", "seed")
"""Settings in which two trainings that are compared must agree."""


def collect(folders: list[Path]) -> dict[str, Any]:
    """Return what models tell of their trainings, by network, and keep it beside what was told before."""
    trainings = json.loads(RESULT.read_text(encoding="utf-8"))["trainings"] if RESULT.exists() else {}
    for folder in folders:
        about = read_description(folder)
        kept = {key: about[key] for key in ("data", "training", "best_epoch", "versions", "history")}
        trainings[about["detector"]] = {**kept, "hardware": hardware()}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"trainings": trainings}, ensure_ascii=False)
    RESULT.write_text(text + "\n", encoding="utf-8")
    return trainings


def with_lstm_ae(trainings: dict[str, Any]) -> dict[str, Any]:
    """Return the trainings with the first one of `lstm_ae` before them.

    Raises
    ------
    SystemExit
        If one was set to something else.
    """
    path = DOCS / "results" / "lstm_ae" / "training.json"
    first = json.loads(path.read_text(encoding="utf-8"))["trainings"]["first"]
    for name, each in trainings.items():
        differing = [key for key in SAME if each["training"][key] != first["training"][key]]
        if differing:
            msg = f"{name} was not trained as lstm_ae was: {', '.join(differing)}"
            raise SystemExit(msg)
    return {"lstm_ae": first, **trainings}


def row(name: str, about: dict[str, Any], epochs: int) -> str:
    """Return a network's line: its best epoch so far, chosen on validation days, and its test."""
    seen = about["history"][:epochs]
    best = max(seen, key=lambda each: (each["validation_success"], -each["validation_loss"]))
    last = np.mean([each["validation_success"] for each in seen[-5:]])
    test = "" if name in WHOLE else tested(name)
    pairs = f"{PAIRS_AN_EPOCH * len(seen):,}".replace(",", " ")
    chosen = f"{100 * best['validation_success']:.1f} % (epoch {best['epoch']})"
    return f"| `{name}` | {len(seen)} | {pairs} | {chosen} | {100 * last:.1f} % | {test} |"


def tested(name: str) -> str:
    """Return the success of a network on single dipoles of a year it never saw."""
    path = STUDY / f"success-honest-hkb-{name}.json"
    if not path.exists():
        return ""
    top = json.loads(path.read_text(encoding="utf-8"))["results"]["strong"]["dipole"]["top1"]
    low, high = top["intervals_95"]["success_top1"]
    return f"{100 * top['success_top1']:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def main() -> None:
    """Collect, compare, fill the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--epochs", type=int, default=20)
    asked = parser.parse_args()
    compared = with_lstm_ae(collect(asked.folders))
    lines = [
        "| network | epochs | pairs | validation, best | validation, mean of the last five | the year 2001 |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row(name, about, asked.epochs) for name, about in compared.items()),
    ]
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(fill_markers(text, {"equal-training": "\n".join(lines)}), encoding="utf-8")


if __name__ == "__main__":
    main()
