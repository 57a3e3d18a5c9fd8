"""The network on the page about plugins is a whole plugin, and learns."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("keras")

from sesctl.testing import check_detector
from test_plugin_keras import BLOCKS, PARAMETERS, noisy

PAGE = (Path(__file__).parent.parent / "docs" / "plugins.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(from sesctl\.plugin import .*?)```", PAGE, re.DOTALL)
SMALL = {"outer": 16, "code": 8}


def test_the_network_of_your_own_keeps_the_contract_and_trains():
    plugin = {}
    exec(compile(EXAMPLE, "docs/plugins.md", "exec"), plugin)
    info = plugin["sesctl_detectors"]()
    check_detector(replace(info, make=lambda: plugin["make"](SMALL)))
    detector = plugin["make"](SMALL)
    result = detector.train(noisy(), *BLOCKS, PARAMETERS)
    assert len(result.history) == PARAMETERS.epochs
