"""Write the network of `ses_net` as operations, for ONNX Runtime.

Run from the root of the repository after a change of the network: python docs/scripts/translate_ses_net.py
"""

import json
from pathlib import Path

from sesctl.plugin.keras.graph_of import graph_of
from sesctl_plugins.ses_net.network import SHAPE, build

PATH = Path(__file__).parents[2] / "plugins/sesctl_plugins/ses_net/graph.json"


def main() -> None:
    """Write it."""
    PATH.write_text(json.dumps(graph_of(build(SHAPE)).described()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
