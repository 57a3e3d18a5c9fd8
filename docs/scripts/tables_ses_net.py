"""Write docs/results/ses_net.md: the text beside this file, with the figures of docs/results/ses_net.

Run from the root of the repository:
    python docs/scripts/tables_ses_net.py
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parents[1] / "results" / "ses_net"
PAGE = RESULTS.with_suffix(".md")
AIMS = {
    "strong": ("10–15 mV/km, 25–30 min", "97.6 %"),
    "6 mV/km, 25 min": ("6 mV/km, 25 min", "80 %"),
    "15 mV/km, 10 min": ("15 mV/km, 10 min", "95 %"),
    "15 mV/km, 50 min": ("15 mV/km, 50 min", "99.5 %"),
}
POINTS = ("own", "1/d", "1/7d", "1/30d")
TEXT = Path(__file__).with_name("ses_net_page.txt")


def stored(name: str) -> dict[str, Any] | None:
    """Return a file of results, or None."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(point: dict[str, Any], name: str = "success") -> str:
    """Return a share in percent with its interval."""
    low, high = point["intervals_95"][name]
    return f"{100 * point[name]:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def success(study: dict[str, Any]) -> str:
    """Return the table of success by kind of signal."""
    rows = [
        [told, aim, share(found["top1"], "success_top1")]
        + [share(found["thresholds"][point]) for point in POINTS]
        for kind, (told, aim) in AIMS.items()
        for found in (study["results"][kind],)
    ]
    titles = ("signal", "aim", "best of the day", *(f"threshold {point}" for point in POINTS))
    return table(titles, rows)


def alarms(study: dict[str, Any]) -> str:
    """Return the table of false alarms on quiet days."""
    rows = []
    for point in POINTS:
        told = study["results"]["strong"]["thresholds"][point]
        quiet = told["quiet_days_alone"]
        rows.append(
            [
                point,
                f"{told['threshold']:.3f}",
                str(quiet["false_alarms"]),
                f"{quiet['false_alarms'] / quiet['live_days']:.3f}",
                f"{quiet['false_alarms_bound_95']:.3f}" if quiet["false_alarms_bound_95"] else "–",
            ]
        )
    return table(("threshold", "raw score", "false alarms", "a station-day", "bound, 95 %"), rows)


def thirds(study: dict[str, Any]) -> str:
    """Return the table by daytime deviation."""
    rows = []
    for name, third in study["thirds_of_daytime_deviation"].items():
        found = third["strong"]
        rows.append(
            [name, str(third["stations"]), share(found["top1"], "success_top1")]
            + [share(found["thresholds"][point]) for point in POINTS]
        )
    titles = ("daytime deviation", "stations", "best of the day", *(f"threshold {point}" for point in POINTS))
    return table(titles, rows)


def beside(pattern: str, last: str) -> str:
    """Return the table of some studies, one a row."""
    rows = []
    for path in sorted(RESULTS.glob(pattern)):
        study = json.loads(path.read_text(encoding="utf-8"))
        found = study["results"]["strong"]
        quiet = found["thresholds"]["own"]["quiet_days_alone"]
        rows.append(
            [
                f"`{study['detector']}`" if last != "dipoles" else str(study["dipoles"]),
                share(found["top1"], "success_top1"),
                *(share(found["thresholds"][point]) for point in POINTS[1:]),
                share(found["thresholds"]["own"]),
                f"{quiet['false_alarms'] / quiet['live_days']:.2f}",
            ]
        )
    titles = ("detector" if last != "dipoles" else "dipoles", "best of the day")
    points = (f"threshold {each}" for each in POINTS[1:])
    return table((*titles, *points, "own threshold", "its false alarms a station-day"), rows)


def cost() -> str:
    """Return what a station-day costs."""
    found = stored("time")
    if found is None:
        return "It has not been measured."
    rows = [[name, f"{1000 * value:.1f} ms"] for name, value in found["seconds_a_station_day"].items()]
    years = found["archive"]
    return table(("a station-day of three dipoles", "median"), rows) + (
        f"\n\n`sesctl detect` on an archive of {years['days']} such days: {years['wall_s']:.1f} s from the "
        f"start of the command to its end, {years['peak_mib'] / 1024:.2f} GiB at most."
        f"\n\nOn {found['hardware']['cores']} cores of {found['hardware']['processor']}, with "
        f"{found['versions']['backend']}."
    )


def real() -> str:
    """Return the table of the real field, a site and detector a row."""
    found = stored("real-field")
    if found is None:
        return "It has not been run."
    rows = [
        [
            f"`{name}`, {point}",
            f"{site['resistivity_ohm_m']:g} Ω·m, {site['white_noise_mv_km']:g} mV/km",
            f"{site['scatter_mv_km']:.1f}",
            str(told["false_alarms"]),
            f"{100 * told['strong']:.0f} %",
            f"{100 * told['6 mV/km, 25 min']:.0f} %",
        ]
        for name, each in found["detectors"].items()
        for point in each["sites"][0]["points"]
        for site in each["sites"]
        for told in (site["points"][point],)
    ]
    titles = ("detector, threshold", "resistivity, white noise", "scatter, mV/km", "false alarms")
    return table((*titles, "10–15 mV/km, 25–30 min", "6 mV/km, 25 min"), rows)


def before() -> str:
    """Return what the network did on the real field before it learnt from drawn backgrounds."""
    legs = [stored(name) for name in ("real-field-before", "real-field-third", "real-field")]
    sites = [each["detectors"]["ses_net"]["sites"] for each in legs if each is not None]
    if len(sites) < len(legs):
        return ""
    totals = [sum(site["points"]["own"]["false_alarms"] for site in each) for each in sites]
    return (
        f"After the second leg of its training, which had none of that, it raised {totals[0]} false alarms "
        f"above its own threshold on the {len(sites[0])} sites; after the third {totals[1]}, now {totals[2]}."
    )


def real_days() -> str:
    """Return the number of days of the real field."""
    found = stored("real-field")
    return str(next(iter(found["detectors"].values()))["sites"][0]["days"]) if found else "No"


def mapped() -> str:
    """Return how many signals lie in a field of the map."""
    found = stored("map")
    return str(min(cell["n"] for cell in found["cells"])) if found else "No"


def training() -> str:
    """Return the table of trainings."""
    found = stored("training")
    if found is None:
        return "It is not told."
    rows = [
        [
            str(number),
            str(len(each["history"])),
            str(each["training"]["steps"] * len(each["history"])),
            str(each["training"]["batch"]),
            f"{each['training']['learning_rate']:g}",
            f"{each['history'][-1]['wall_s'] / 60:.0f} min",
            f"{each['history'][-1]['validation_loss']:.4f}",
        ]
        for number, each in enumerate(found["trainings"], 1)
    ]
    titles = ("leg", "epochs", "steps", "windows a step", "rate", "time", "validation loss")
    start = found["trainings"][0].get("data", {}).get("start") or "nothing"
    return f"Begun from {start}.\n\n{table(titles, rows)}"


def ablations() -> str:
    """Return the table of networks trained on less, equally long, one a row."""
    found = stored("ablations")
    if found is None:
        return "It has not been run."
    rows = []
    for name, each in found["variants"].items():
        kinds = each["results"]
        budget = kinds["strong"]["thresholds"].get("1/7d")
        field = [site["points"].get("1/7d") for site in each["real_field"]]
        rows.append(
            [
                name,
                f"{each['history'][-1]['validation_loss']:.4f}",
                share(kinds["strong"]["top1"], "success_top1"),
                share(kinds["6 mV/km, 25 min"]["top1"], "success_top1"),
                share(budget) if budget else "–",
                str(sum(site["false_alarms"] for site in field)) if all(field) else "–",
            ]
        )
    titles = ("learnt from", "validation loss", "10–15 mV/km, 25–30 min", "6 mV/km, 25 min")
    return table((*titles, "the former, threshold 1/7d", "false alarms on the real field"), rows)


def ablated() -> str:
    """Return how long these networks were trained."""
    found = stored("ablations")
    each = next(iter(found["variants"].values())) if found else None
    if found is None or each is None:
        return ""
    steps, windows = each["training"]["steps"] * each["training"]["epochs"], each["training"]["batch"]
    days = found["tested"]["days"]
    return f"{steps} steps of {windows} windows each from one seed; scored on {days} days of each station"


def page() -> str:
    """Return the page."""
    study = stored("stations-ses_net-3")
    if study is None:
        msg = "docs/results/ses_net/stations-ses_net-3.json is not there: run docs/scripts/study_ses_net.py"
        raise SystemExit(msg)
    first, last = study["stations"]["seeds"]
    return TEXT.read_text(encoding="utf-8").format(
        stations=last - first + 1,
        first=first,
        last=last,
        days=study["stations"]["days"],
        quiet=study["quiet_station_days"],
        success=success(study),
        alarms=alarms(study),
        thirds=thirds(study),
        beside=beside("stations-*-3.json", "detector"),
        dipoles=beside("stations-ses_net-[123].json", "dipoles"),
        cost=cost(),
        training=training(),
        mapped=mapped(),
        real=real(),
        real_days=real_days(),
        before=before(),
        ablations=ablations(),
        ablated=ablated(),
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
