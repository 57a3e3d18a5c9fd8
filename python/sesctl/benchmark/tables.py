"""Tables out of files of results, and of nothing else, side by side with the paper's figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sesctl.benchmark.published import published

Results = Sequence[Mapping[str, Any]]
LEVELS = {"dipole": "one dipole", "station": "station"}
STRENGTHS = {"strong": "10–15 mV/km, 25–30 min", "weak": "6–8 mV/km, 10–15 min"}


def render_tables(results: Results) -> dict[str, str]:
    """Return every table for which there is a result, Markdown by name.

    Parameters
    ----------
    results : sequence of mapping
        What the files of a study hold.

    Returns
    -------
    dict of str to str
        Tables by name; one without any result is left out.
    """
    made: dict[str, Callable[[Results], str]] = {
        "table2": _table2,
        "success": _success,
        "false-alarms": _false_alarms,
        "table1": _table1,
        "strengths": _strengths,
        "transfer": _transfer,
        "unseen": _unseen,
        "runs": _runs,
    }
    tables = {name: make(results) for name, make in made.items()}
    return {name: table for name, table in tables.items() if table}


def fill_markers(text: str, tables: Mapping[str, str]) -> str:
    """Return a text with each table put between its markers, ``<!-- name -->`` and ``<!-- /name -->``."""
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if begin in text and end in text:
            before, _, rest = text.partition(begin)
            text = f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
    return text


def _of(results: Results, part: str) -> list[Mapping[str, Any]]:
    return [each for each in results if each["part"] == part]


def _threshold(value: float) -> str:
    """Return a threshold; one that lets a score of 0 pass is the largest number below it."""
    return "below 0" if -1e-300 < value < 0 else f"{value:.3g}"


def _table2(results: Results) -> str:
    rows = []
    for each in _of(results, "success"):
        if each["station"] == "hkb":
            found = each["results"]["strong"]["dipole"]
            traces = found.get("traces") or {}
            rows.append(
                (
                    f"`{each['detector']}`, {each['protocol']}",
                    _with_interval(found["top1"], "success_top1"),
                    f"{traces['rmspe_percent_median']:.1f} %" if traces else "",
                    f"{traces['rmse_mv_km']:.2f} mV/km" if traces else "",
                )
            )
    if not rows:
        return ""
    rows += [
        (f"{each['network']} (Xue et al.)", f"{each['success']:.1f} %", f"{each['rmspe']:.1f} %", "")
        for each in published()["table2"]
    ]
    return _markdown(
        ("detector, protocol", "success, best of the day", "RMSPE (ours: median day)", "RMSE"), rows
    )


def _success(results: Results) -> str:
    rows = [
        (
            each["station"],
            f"`{each['detector']}`",
            each["protocol"],
            STRENGTHS[strength],
            *(_with_interval(each["results"][strength][level]["top1"], "success_top1") for level in LEVELS),
        )
        for each in _of(results, "success")
        for strength in STRENGTHS
    ]
    return _markdown(("station", "detector", "protocol", "signals", *LEVELS.values()), rows)


def _false_alarms(results: Results) -> str:
    rows = []
    for each in _of(results, "success"):
        if each["protocol"] == "honest":
            for level, called in LEVELS.items():
                rows += _operating_points(each, level, called)
    return _markdown(
        (
            "station",
            "detector",
            "level",
            "threshold",
            "false alarms a day",
            "bound, quiet days",
            "success, strong",
            "success, weak",
        ),
        rows,
    )


def _operating_points(each: Mapping[str, Any], level: str, called: str) -> list[tuple[str, ...]]:
    strong, weak = (each["results"][strength][level]["thresholds"] for strength in STRENGTHS)
    rows: list[tuple[str, ...]] = []
    for name in [each for each in ("own", "1/d", "1/30d") if each in strong]:
        point = strong[name]
        quiet = point["quiet_days_alone"]
        limit = "own" if name == "own" else f"budget {name}"
        if not point.get("certified", True):
            limit += " (not certifiable)"
        rows.append(
            (
                each["station"],
                f"`{each['detector']}`",
                called,
                f"{limit}: {_threshold(point['threshold'])}",
                f"{point['false_alarms_per_station_day']:.3f}",
                f"{quiet['false_alarms_bound_95']:.3f} on {quiet['live_days']:.0f} days",
                _percent(point["success"]),
                _percent(weak[name]["success"]) if name in weak else "",
            )
        )
    return rows


def _table1(results: Results) -> str:
    rows = []
    for each in _of(results, "recorded"):
        found = each["results"]
        rows.append(
            (
                each["station"],
                f"`{each['detector']}`, {each['protocol']}",
                str(found["all"]["n_truth"]),
                _with_interval(found["all"], "success_top1"),
                *(_percent(found["by_hour"][hour]["success_top1"]) for hour in ("04", "13", "18")),
                _percent(found["all"]["near_success"]),
                _percent(found["all"]["failure"]),
            )
        )
    if not rows:
        return ""
    paper = published()["table1"]
    rows += [
        (name, "LSTM autoencoder (Xue et al.)", "66", f"{paper[name]:.1f} %", "", "", "", "", "")
        for name in ("hkb", "mts", "ota")
    ]
    by_hour = [f"{100 * good / count:.1f} %" for good, count in paper["hours"].values()]
    rows.append(
        ("all", "LSTM autoencoder (Xue et al.)", "198", f"{paper['all']:.1f} %", *by_hour, "3.0 %", "5.1 %")
    )
    return _markdown(
        ("station", "detector, protocol", "n", "success", "04 h", "13 h", "18 h", "near", "failure"), rows
    )


def curves(results: Results) -> dict[str, list[Mapping[str, Any]]]:
    """Return success by strength, 16 test sets each, by what was tested and how it was trained."""
    found = {}
    for each in _of(results, "strengths"):
        for trained in ("untrained", "trained_strong", "trained_weak"):
            if trained in each["results"]:
                how = "" if trained == "untrained" else f", {trained.replace('_', ' ')}"
                name = f"{each['detector']}, {each['protocol']} protocol{how}"
                found[name] = each["results"][trained]
    return found


def _strengths(results: Results) -> str:
    columns = [("6 mV/km", 6.0, 25.0), ("8 mV/km", 8.0, 25.0), ("10 min", 15.0, 10.0)]
    rows = [
        (f"`{name.partition(',')[0]}`,{name.partition(',')[2]}", *(_at(sets, a, m) for _, a, m in columns))
        for name, sets in curves(results).items()
    ]
    if not rows:
        return ""
    for trained in ("strong", "weak"):
        values = [each for each in published()["strengths"] if each["trained"] == trained]
        numbers = [f"{each['success']:.1f} %" for each in values]
        rows.append((f"LSTM autoencoder (Xue et al., trained {trained})", *numbers))
    return _markdown(("detector", *(name for name, _, _ in columns)), rows)


def _at(sets: Iterable[Mapping[str, Any]], amplitude: float, minutes: float) -> str:
    for each in sets:
        if each["amplitude_mv_km"] == amplitude and each["duration_min"] == minutes:
            return _with_interval(each, "success_top1")
    return ""


def _transfer(results: Results) -> str:
    rows = [
        (
            f"`{each['detector']}`, {each['protocol']}",
            _with_interval(each["results"]["without_transfer"], "success_top1"),
            _with_interval(each["results"]["after_transfer"], "success_top1"),
        )
        for each in _of(results, "transfer")
    ]
    if not rows:
        return ""
    before, *_, after = published()["transfer"]["success"]
    rows.append(("LSTM autoencoder (Xue et al., leaking)", f"{before:.0f} %", f"{after:.0f} % (24 epochs)"))
    return _markdown(("detector, protocol", "next year, no transfer", "after transfer"), rows)


def _unseen(results: Results) -> str:
    rows = []
    for each in _of(results, "unseen"):
        for strength, signals in STRENGTHS.items():
            found = each["results"][strength]
            for level, called in LEVELS.items():
                point = found[level]["thresholds"].get("1/d", found[level]["thresholds"]["own"])
                rows.append(
                    (
                        f"`{each['detector']}`",
                        signals,
                        called,
                        str(found["stations"]),
                        _with_interval(found[level]["top1"], "success_top1"),
                        _percent(point["success"]),
                        f"{point['false_alarms_per_station_day']:.2f}",
                    )
                )
    return _markdown(
        (
            "detector",
            "signals",
            "level",
            "stations",
            "best of the day",
            "at budget 1/d",
            "false alarms a day",
        ),
        rows,
    )


def _runs(results: Results) -> str:
    rows = [
        (
            f"{each['part']}, {each['station']}",
            f"`{each['detector']}`",
            each["protocol"],
            each["parameters"]["scale"]["name"],
            f"{each['wall_s']:.0f} s",
            f"{each['hardware']['cpu']}, {each['hardware']['cores']} cores",
        )
        for each in results
    ]
    return _markdown(("part", "detector", "protocol", "scale", "wall time", "hardware"), rows)


def _with_interval(scores: Mapping[str, Any], name: str) -> str:
    value, ends = scores[name], scores["intervals_95"].get(name)
    if value is None:
        return ""
    span = f" ({100 * ends[0]:.1f}–{100 * ends[1]:.1f})" if ends and None not in ends else ""
    return f"{100 * value:.1f} %{span}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, or nothing where there is no row."""
    if not rows:
        return ""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
