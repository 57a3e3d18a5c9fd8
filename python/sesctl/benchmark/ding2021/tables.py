"""Tables out of files of results, and of nothing else, the paper's figures beside them."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

from sesctl.benchmark.ding2021.scale import SCALES

Results = Sequence[Mapping[str, Any]]
TRUTHS = {
    "true": "before and after",
    "permuted": "exchanged in half of the events",
    "null": "no disturbance",
}


def published() -> dict[int, dict[str, Any]]:
    """Return Table 1 of Ding et al. (2021) by batch size, shares in percent."""
    text = resources.files("sesctl.benchmark.ding2021").joinpath("ding2021.toml").read_text(encoding="utf-8")
    return {row["size"]: row for row in tomllib.loads(text)["batch"]}


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
        "batches": _batches,
        "chance": _chance,
        "strengths": _strengths,
        "chirp": _chirp,
        "runs": _runs,
    }
    tables = {name: make(results) for name, make in made.items()}
    return {name: table for name, table in tables.items() if table}


def percent(share: float) -> str:
    """Return a share as it is printed."""
    return f"{100 * share:.1f}"


def _scale(result: Mapping[str, Any]) -> str:
    return str(result["parameters"]["scale"]["name"])


def _of(results: Results, part: str) -> list[Mapping[str, Any]]:
    return [each for each in results if each["part"] == part]


def _judged(judgement: Mapping[str, Any]) -> str:
    low, high = judgement["interval"]
    return f"{percent(judgement['accuracy'])} ({percent(low)}–{percent(high)})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _batches(results: Results) -> str:
    rows = []
    paper = published()
    sizes = list(SCALES)
    key: Callable[[Mapping[str, Any]], tuple[Any, ...]] = lambda each: (  # noqa: E731
        -sizes.index(_scale(each)) if _scale(each) in sizes else 1,
        each["protocol"] != "paper",
        each["detector"],
        each["parameters"]["part"]["batch"],
    )
    for each in sorted(_of(results, "batches"), key=key):
        found, batch = each["results"], each["parameters"]["part"]["batch"]
        (first, early), (last, late) = found["shown_epochs"].items()
        beside = paper.get(batch) if each["detector"] == "vgg" and each["protocol"] == "paper" else None
        rows.append(
            [
                _scale(each),
                each["protocol"],
                each["detector"],
                str(batch),
                f"{first} / {last}",
                f"{percent(early['test_accuracy'])} / {percent(late['test_accuracy'])}",
                f"{early['test_loss']:.3f} / {late['test_loss']:.3f}",
                _judged(found["judgement"]),
                percent(found["one_label"]["accuracy"]) if "one_label" in found else "–",
                _judged(found["band_power"]),
                "{:.2f} / {:.2f}".format(*beside["accuracy"]) if beside else "–",
            ]
        )
    head = [
        "scale",
        "protocol",
        "network",
        "batch",
        "epochs",
        "test accuracy (%)",
        "test loss",
        "of the epoch that validation chose (95 %)",
        "its days of one label (%)",
        "band power, same days",
        "Ding 2021, 10 / 100 epochs",
    ]
    return _table(head, rows)


def _chance(results: Results) -> str:
    rows = []
    for each in sorted(_of(results, "chance"), key=lambda each: each["parameters"]["part"]["truth"]):
        found = each["results"]
        rows.append(
            [
                TRUTHS[each["parameters"]["part"]["truth"]],
                each["protocol"],
                _judged(found["judgement"]),
                "yes" if found["judgement"]["at_chance"] else "no",
                _judged(found["band_power"]),
            ]
        )
    return _table(["labels", "protocol", "accuracy (%)", "50 % in the interval", "band power"], rows)


def _strengths(results: Results) -> str:
    groups: dict[float, list[Mapping[str, Any]]] = {}
    for each in _of(results, "strengths"):
        groups.setdefault(each["parameters"]["part"]["times"], []).append(each["results"])
    rows = [
        [f"{times:g}", str(len(found)), _mean(found, "judgement"), _mean(found, "band_power")]
        for times, found in sorted(groups.items())
    ]
    head = ["strength, of the fixed one", "seeds", "vgg, accuracy (%)", "band power, accuracy (%)"]
    return _table(head, rows)


def _mean(found: Results, what: str) -> str:
    """Return the mean accuracy of several seeds, and the least and the largest."""
    seen = [each[what]["accuracy"] for each in found]
    mean = percent(sum(seen) / len(seen))
    return f"{mean} ({percent(min(seen))}–{percent(max(seen))})" if len(seen) > 1 else mean


def _chirp(results: Results) -> str:
    rows = [
        [
            "chirped" if each["parameters"]["part"]["chirp"] else "ordinary",
            _judged(each["results"]["judgement"]),
            f"{each['results']['judgement']['auc']:.3f}",
        ]
        for each in _of(results, "chirp")
    ]
    return _table(["windows", "accuracy (%)", "area under the ROC curve"], rows)


def _runs(results: Results) -> str:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in results:
        groups.setdefault(_scale(each), []).append(each)
    return "\n\n".join(_run(each) for each in groups.values())


def _run(results: Results) -> str:
    scale = results[0]["parameters"]["scale"]
    cpu = results[0]["hardware"]["cpu"]
    wall = round(sum(each["wall_s"] for each in results) / 60)
    trained = sum("taken_from" not in each for each in results)
    weights = {each["detector"]: each["results"]["weights"] for each in results}
    counts = [
        sum(each["results"]["images"][block] for block in ("training", "validation", "test"))
        for each in results
    ]
    count = f"{min(counts)} to {max(counts)}" if len(set(counts)) > 1 else f"{counts[0]}"
    return (
        f"Scale `{scale['name']}`: {scale['events']} events at {scale['stations']} stations, {count} "
        f"images, {scale['epochs']} epochs; "
        + ", ".join(f"`{name}` of {number} weights" for name, number in sorted(weights.items()))
        + f". {trained} runs in {wall} min of wall time on {cpu}; "
        f"sesctl {results[0]['versions']['sesctl']}."
    )
