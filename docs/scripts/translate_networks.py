"""Write the networks that come along as operations, for ONNX Runtime.

Run from the root of the repository after a change of a network: python docs/scripts/translate_networks.py
"""

import json
from importlib import import_module
from pathlib import Path

from sesctl.plugin.keras.graph_of import graph_of

PLUGINS = Path(__file__).parents[2] / "plugins/sesctl_plugins"
AUTOENCODERS = ("fc_ae", "fct_ae", "gru_ae", "lstm_ae", "lstm_ae_plain", "lstm_ae_seq")
PATHS = {
    "sesctl_plugins.ses_net.network": PLUGINS / "ses_net/graph.json",
    **{
        f"sesctl_plugins.autoencoders.{name}": PLUGINS / f"autoencoders/graphs/{name}.json"
        for name in AUTOENCODERS
    },
}
"""Where the network of each module lies."""


def main() -> None:
    """Write them."""
    for module, path in PATHS.items():
        network = import_module(module)
        described = graph_of(network.build(network.SHAPE)).described()
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(described) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
