"""The networks have the layers that their page tells of."""

import re
from importlib import import_module
from pathlib import Path

import pytest

keras = pytest.importorskip("keras")

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "networks.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([\w ]+) \| ([\d ×]+) \| (\d+) \|$", re.MULTILINE)
# The page can be made again; these can not.
WEIGHTS = {
    "lstm_ae": 14_208_935,
    "lstm_ae_plain": 14_208_715,
    "gru_ae": 12_534_887,
    "lstm_ae_seq": 3_525_912,
    "fc_ae": 3_747_073,
    "fct_ae": 19_041_344,
}


def told(name):
    """Return name, kind, shape returned and weights of each layer as the page has them, and the sum."""
    table = PAGE.split(f"<!-- {name} -->\n")[1].split(f"<!-- /{name} -->")[0]
    rows = [
        (layer, kind, tuple(map(int, shape.split(" × "))), int(count))
        for layer, kind, shape, count in ROW.findall(table)
    ]
    assert len(rows) == table.count("\n") - 3
    (total,) = re.findall(r"^\| all \| \| \| (\d+) \|$", table, re.MULTILINE)
    return rows, int(total)


def kind_of(layer):
    name = type(layer).__name__
    return f"{type(layer.forward_layer).__name__} both ways" if name == "Bidirectional" else name


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_network_has_the_layers_of_its_table(name, monkeypatch):
    # Drawing initial weights takes most of the time, and their values do not matter here.
    for drawn in (keras.initializers.Orthogonal, keras.initializers.VarianceScaling):
        monkeypatch.setattr(drawn, "__call__", lambda self, shape, dtype=None: keras.ops.zeros(shape, dtype))
    network = import_module(f"sesctl_plugins.autoencoders.{name}").make().network
    rows, total = told(name)
    assert rows == [
        (layer.name, kind_of(layer), tuple(layer.output.shape[1:]), layer.count_params())
        for layer in network.layers
    ]
    assert network.count_params() == total == WEIGHTS[name]
    assert len({layer.name for layer in network.layers}) == len(rows)
    assert (DOCS / "pictures" / f"network-{name}.png").stat().st_size > 10_000


def test_attention_is_all_that_lstm_ae_plain_lacks():
    with_it, without = (told(name)[0] for name in ("lstm_ae", "lstm_ae_plain"))
    assert [row for row in with_it if row not in without] == [
        ("attention_squeeze", "Conv1D", (1, 4), 100),
        ("attention_expand", "Conv1D", (1, 24), 120),
        ("attention_sum", "Add", (1, 24), 0),
    ]
    assert [row for row in without if row not in with_it] == [
        ("mean_step", "GlobalAveragePooling1D", (512,), 0)
    ]
