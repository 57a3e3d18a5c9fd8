"""The tables of docs/separation.md, out of docs/results/separation and of nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sesctl.benchmark.result_file import read_results
from sesctl.benchmark.tables import render_tables

RESULTS = Path(__file__).resolve().parents[1] / "results" / "separation"
STATIONS = ("hkb", "mts", "ota")
BUDGETS = ("1/d", "1/7d", "1/30d")
RECORDS = {"mts": "`mts`", "one_over_f": "1/f noise"}


def separation_tables() -> dict[str, str]:
    """Return every table, Markdown by name."""
    return {
        "alarms": _alarms(),
        "success": _success(),
        "amplitude": _amplitude(),
        "directions": _directions(),
        "thresholds": _thresholds(),
        **{name: text for name, text in render_tables(read_results(RESULTS / "recorded")).items() if text},
    }


def stored(name: str) -> dict[str, Any]:
    """Return a file of results."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _alarms() -> str:
    rows = []
    for path in sorted(RESULTS.glob("alarms-*.json")):
        found = stored(path.stem)
        for record, called in RECORDS.items():
            for text in BUDGETS:
                point = found[record]["budgets"][text]
                rows.append(
                    (
                        f"`{found['detector']}`",
                        called,
                        str(found["seed"]),
                        f"{found[record]['live_days']:.0f}",
                        text,
                        f"{point['threshold']:.2f}",
                        str(point["alarms"]),
                        f"{point['alarms_per_day']:.4f}",
                        f"{point['bound_95']:.4f}",
                    )
                )
    titles = (
        "detector",
        "quiet record",
        "seed",
        "days",
        "budget",
        "threshold",
        "alarms",
        "a day",
        "bound, 95 %",
    )
    return _markdown(titles, rows)


def _success() -> str:
    rows = []
    for station in STATIONS:
        for name, each in stored(f"success-{station}")["found"].items():
            detector, level = name.split(", ")
            low, high = each["top1"]["intervals_95"]["success_top1"]
            rows.append(
                (
                    station,
                    f"`{detector}`",
                    level,
                    f"{100 * each['top1']['success_top1']:.1f} % ({100 * low:.0f}–{100 * high:.0f})",
                    *(f"{100 * each['budgets'][text]['success']:.1f} %" for text in BUDGETS),
                )
            )
    return _markdown(
        ("station", "detector", "signals on", "best of the day", *(f"at {text}" for text in BUDGETS)), rows
    )


def _amplitude() -> str:
    rows = []
    for station in STATIONS:
        for name in ("ica, station", "sobi, station", "pmd, station"):
            each = stored(f"success-{station}")["found"][name]["amplitude"]
            rows.append(
                (
                    station,
                    f"`{name.split(',')[0]}`",
                    str(each["n"]),
                    f"{each['median_ratio']:.3f}",
                    f"{100 * each['right_sign']:.1f} %",
                    f"{100 * each['within_15_percent']:.1f} %",
                )
            )
    return _markdown(("station", "detector", "found", "median ratio", "right sign", "within 15 %"), rows)


def _directions() -> str:
    rows = [
        (
            station,
            *(f"{value:.2f}" for value in each["dipole_sd_mv_km"]),
            *(f"{100 * value:.1f} %" for value in each["shares"]),
        )
        for station, each in stored("directions")["stations"].items()
    ]
    titles = ("station", *(f"dipole {k}, mV/km" for k in (1, 2, 3)), *(f"axis {k}" for k in (1, 2, 3)))
    return _markdown(titles, rows)


def _thresholds() -> str:
    rows = []
    for name in ("ica", "sobi", "pmd", "boxcar_station"):
        found = stored(f"calibration-{name}")
        pooled = found["pooled"]["thresholds"]
        own = [f"{each['thresholds']['1/d']['value']:.2f}" for each in found["stations"].values()]
        rows.append(
            (
                f"`{name}`",
                f"{found['pooled']['live_days']:.0f}",
                *(f"{pooled[text]['value']:.2f}" for text in BUDGETS),
                " / ".join(own),
                f"{found['own_threshold']:g}",
            )
        )
    stations = "/".join(STATIONS)
    return _markdown(("detector", "days", *BUDGETS, f"1/d at {stations}", "without a budget"), rows)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
