"""Draw the tables and pictures of docs/evidence.md from docs/results/evidence.

Run from the root of the repository: python docs/scripts/evidence_pictures.py
"""

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sesctl import registry
from sesctl.benchmark.tables import fill_markers
from sesctl.evidence import ITEMS
from sesctl.inject import Signal, add_signals
from sesctl.pipeline import RecordSource, Scan, detect, event_views, gather_evidence
from sesctl.report import draw_event
from sesctl.report.canvas import new_figure, save
from sesctl.synth import simulate
from sesctl.types import Verdict
from sesctl.types.instants import DAY, SECOND
from sesctl.waveforms import Boxcar

DOCS = Path(__file__).resolve().parents[1]
PICTURES = DOCS / "pictures"
KINDS = {
    "ses": "SES",
    "pump": "pump, one dipole",
    "electrode": "electrode fault",
    "step": "electrode step",
    "bay": "magnetic bay",
    "factory": "daily factory",
    "weekday_factory": "weekday factory",
}
GROUNDS = {
    "far_field-mts": "`mts`",
    "far_field-mts-with-pumps": "`mts`, its pumps on",
    "far_field-hkb": "`hkb`",
    "far_field-ota": "`ota`",
}
COLOURS = 96


def results() -> dict[str, dict[str, Any]]:
    """Return the stored parts by name."""
    files = sorted((DOCS / "results" / "evidence").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def far_field_table(stored: dict[str, dict[str, Any]]) -> str:
    """Return the table of the far-field test."""
    lines = [
        "| station | cases of each | SES pass | SES not testable | pumps fail | pumps not testable |",
        "|---|---|---|---|---|---|",
    ]
    for part, name in GROUNDS.items():
        each = stored[part]
        cells = [name, str(each["cases"])]
        for kind, right in (("ses", "pass"), ("pump", "fail")):
            share, low, high = each[kind][f"{right}_of_all"]
            untold = 100 * each[kind]["verdicts"].get("not testable", 0) / each["cases"]
            cells += [f"{share:.1f} ({low:.1f}–{high:.1f})", f"{untold:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def tests_table(stored: dict[str, dict[str, Any]]) -> str:
    """Return the table of all tests: pass, fail, not testable."""
    lines = [f"| test | {' | '.join(KINDS.values())} |", f"|---|{'---|' * len(KINDS)}"]
    for item in ITEMS:
        cells = []
        for kind in KINDS:
            found = stored[f"tests-{kind}"]["verdicts"][item]
            cells.append(" / ".join(str(found.get(str(verdict), 0)) for verdict in Verdict))
        lines.append(f"| `{item}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def draw_tests(stored: dict[str, dict[str, Any]]) -> None:
    """Draw a bar for each test and kind of event: green passes, red fails, grey is not testable."""
    told = [
        item
        for item in ITEMS
        if any(set(stored[f"tests-{kind}"]["verdicts"][item]) != {"not testable"} for kind in KINDS)
    ]
    figure = new_figure(11, 0.42 * len(told) + 1.1)
    axes = figure.subplots(1, len(KINDS), sharey=True)
    places = np.arange(len(told))
    for axis, (kind, name) in zip(axes, KINDS.items(), strict=True):
        part = stored[f"tests-{kind}"]
        left = np.zeros(len(told))
        for verdict, ink in zip(Verdict, ("#7fbf7b", "#b2182b", "0.88"), strict=True):
            counts = [part["verdicts"][item].get(str(verdict), 0) / part["cases"] for item in told]
            axis.barh(places, counts, left=left, color=ink, height=0.75, label=str(verdict))
            left += counts
        axis.set_title(name, fontsize=9)
        axis.set(xlim=(0, 1), xticks=(0, 0.5, 1), xticklabels=("0", "50", "100 %"))
        axis.tick_params(labelsize=7.5, length=2)
        for side in ("top", "right", "left"):
            axis.spines[side].set_visible(False)
    axes[0].set_yticks(places, [item.replace("_", " ") for item in told], fontsize=9)
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    save(figure, PICTURES / "evidence-tests.png")


def draw_card() -> None:
    """Draw an SES at a simulated station, as `detect --evidence --plot` does."""
    simulation = simulate("mts", 30, 11, first_day=dt.date(1999, 5, 1))
    record = simulation.record
    signal = Signal(
        station=record.station.name,
        waveform=Boxcar(duration_s=1620.0),
        onset=record.start + 15 * DAY + round(17.4 * 3600) * SECOND,
        amplitude=12.0,
        azimuth_deg=50.0,
        activity_id="ses",
    )
    sources = [RecordSource(add_signals(record, [signal], simulation.distortion))]
    info = registry.find("boxcar")
    detector = registry.make(info)
    day = record.start + 15 * DAY
    options = Scan(threshold=9.0, since=day, until=day + DAY)
    found = gather_evidence(sources, detect(sources, info, detector, options), info, options)
    for view in event_views(sources, found, info, detector, options):
        if abs(view.event.start - signal.onset) < 120 * SECOND:
            with tempfile.TemporaryDirectory() as folder:
                drawn = Image.open(draw_event(view, Path(folder))).convert("RGB")
            drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(
                PICTURES / "evidence-card.png", optimize=True
            )
            return
    msg = "the signal was not found"
    raise SystemExit(msg)


def main() -> None:
    """Fill the page and draw its pictures."""
    stored = results()
    page = DOCS / "evidence.md"
    tables = {"far-field": far_field_table(stored), "tests": tests_table(stored)}
    page.write_text(fill_markers(page.read_text(encoding="utf-8"), tables), encoding="utf-8")
    draw_tests(stored)
    draw_card()


if __name__ == "__main__":
    main()
