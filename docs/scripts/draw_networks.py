"""Draw every autoencoder as its figure, and write its table of layers, both from the network itself.

Run from the root of the repository: python docs/scripts/draw_networks.py
Writes docs/pictures/network-NAME.png and fills the tables of docs/networks.md.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from sesctl.benchmark.tables import fill_markers

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle

DOCS = Path(__file__).parents[1]
NETWORKS = ("lstm_ae", "lstm_ae_plain", "gru_ae", "lstm_ae_seq", "fc_ae", "fct_ae")
COLOURS = {
    "InputLayer": "0.85",
    "Reshape": "1.0",
    "Conv1D": "#f2c58f",
    "Conv1DTranspose": "#f2c58f",
    "LSTM both ways": "#9fc1e6",
    "GRU both ways": "#9fc1e6",
    "LSTM": "#9fc1e6",
    "GRU": "#9fc1e6",
    "Dense": "#b5d9a8",
    "GlobalAveragePooling1D": "#d9c2e6",
    "Attention": "#d9c2e6",
}
WORDS = {
    "InputLayer": "given",
    "Conv1D": "convolution",
    "Conv1DTranspose": "transposed\nconvolution",
    "Attention": "attention",
    "Dense": "dense",
    "GlobalAveragePooling1D": "mean\nstep",
    "Reshape": "reshape",
}
NORM = "#0b4f8a"
HIGHEST, GAP = 3.0, 0.62
plt.rcParams.update({"font.size": 8})


def layers(name: str) -> list[tuple[str, str, tuple[int, ...], int]]:
    """Return name, kind, shape returned and number of weights of each layer."""
    network = import_module(f"sesctl_plugins.autoencoders.{name}").make().network
    return [(x.name, kind(x), tuple(x.output.shape[1:]), x.count_params()) for x in network.layers]


def kind(layer: Any) -> str:
    """Return a layer's class, that of the cells where they go both ways."""
    name = type(layer).__name__
    return f"{type(layer.forward_layer).__name__} both ways" if name == "Bidirectional" else name


def table(name: str) -> str:
    """Return the table of a network's layers in Markdown."""
    rows = layers(name)
    lines = ["| layer | kind | returns | weights |", "| --- | --- | --- | ---: |"]
    lines += [
        f"| `{layer}` | {what} | {' × '.join(map(str, shape))} | {count} |"
        for layer, what, shape, count in rows
    ]
    return "\n".join([*lines, f"| all | | | {sum(count for *_, count in rows)} |"])


def boxes(name: str) -> list[dict[str, Any]]:
    """Return what is drawn: a box a layer that computes; the attention's layers are one box."""
    drawn: list[dict[str, Any]] = []
    for layer, what, shape, _ in layers(name):
        if what == "LayerNormalization":
            if drawn[-1]["kind"] == "Attention":
                drawn[-1]["shape"] = shape  # the weighted sum of the steps
            drawn[-1]["norm"] = True
        elif layer.startswith("attention"):
            if drawn[-1]["kind"] != "Attention":
                drawn.append({"kind": "Attention", "shape": (), "name": "attention", "norm": False})
        elif layer not in {"day", "diluted"}:
            drawn.append({"kind": what, "shape": shape, "name": layer, "norm": False})
    return drawn


def height(shape: tuple[int, ...]) -> float:
    """Return how high a box is: steps (or, where there are none, features) on a logarithmic scale."""
    return HIGHEST * float(np.log2(shape[0]) / np.log2(8640))


def width(shape: tuple[int, ...]) -> float:
    """Return how wide a box is: features of a step on a logarithmic scale."""
    return 0.3 + 0.09 * float(np.log2(shape[1])) if len(shape) == 2 else 0.3


def draw(name: str, path: Path) -> None:
    """Draw a network from left to right."""
    drawn = boxes(name)
    length = sum(width(each["shape"]) + GAP for each in drawn)
    figure, axis = plt.subplots(figsize=(max(5.0, 0.92 * length), 3.7))
    x = 0.0
    for number, each in enumerate(drawn):
        wide, high = width(each["shape"]), height(each["shape"])
        edge = (0, (2, 2)) if each["kind"] == "Reshape" else "-"
        axis.add_patch(
            Rectangle((x, -high / 2), wide, high, fc=COLOURS[each["kind"]], ec="k", lw=0.7, ls=edge)
        )
        if each["norm"]:
            axis.plot([x + wide + 0.06] * 2, [-high / 2, high / 2], color=NORM, lw=2.2, solid_capstyle="butt")
        word = WORDS.get(each["kind"], each["kind"]).replace(" both", "\nboth")
        middle = x + wide / 2
        axis.text(middle, high / 2 + 0.08, word, ha="center", va="bottom", fontsize=7)
        shape = " × ".join(map(str, each["shape"]))
        axis.text(middle, -HIGHEST / 2 - 0.1, shape, ha="center", va="top", fontsize=7.5, fontweight="bold")
        told = each["name"].replace("_", "\n") if len(each["name"]) > 9 else each["name"]
        axis.text(middle, -HIGHEST / 2 - 0.36, told, ha="center", va="top", fontsize=6.5, color="0.35")
        if number + 1 < len(drawn):
            begin = x + wide + (0.1 if each["norm"] else 0.03)
            arrow = FancyArrowPatch(
                (begin, 0), (x + wide + GAP - 0.03, 0), arrowstyle="-|>", mutation_scale=7, color="k", lw=0.8
            )
            axis.add_patch(arrow)
        if each["kind"] == "Attention":
            draw_attention(axis, x - GAP / 2, middle, high / 2)
        x += wide + GAP
    axis.set(xlim=(-0.3, x - GAP + 0.3), ylim=(-HIGHEST / 2 - 0.95, HIGHEST / 2 + 0.5))
    axis.set_aspect("equal")
    axis.axis("off")
    count = sum(each[3] for each in layers(name))
    axis.set_title(f"{name}: {count / 1e6:.1f} million weights", loc="left", fontsize=9)
    figure.savefig(path, dpi=130, bbox_inches="tight")
    plt.close(figure)


def draw_attention(axis: Any, before: float, middle: float, above: float) -> None:
    """Draw the way of the weights over the attention's box: largest and mean of each step, two layers."""
    top = HIGHEST / 2 + 0.3
    axis.plot([before, before, middle], [0, top, top], color="k", lw=0.8)
    arrow = FancyArrowPatch(
        (middle, top), (middle, above + 0.25), arrowstyle="-|>", mutation_scale=7, color="k", lw=0.8
    )
    axis.add_patch(arrow)
    text = "max and mean of each step;\n4 kernels, then 24, over the steps;\nsum, sigmoid: 24 weights"
    axis.text(before - 0.08, top, text, ha="right", va="top", fontsize=6.5)


def main() -> None:
    """Draw all, fill the page."""
    for name in NETWORKS:
        draw(name, DOCS / "pictures" / f"network-{name}.png")
    page = DOCS / "networks.md"
    filled = fill_markers(page.read_text(encoding="utf-8"), {name: table(name) for name in NETWORKS})
    page.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main()
