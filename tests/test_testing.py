"""The public contract suite passes good detectors and names what bad ones break."""

import pytest

from sesctl import registry
from sesctl.errors import PluginError
from sesctl.testing import check_detector, run_checks


def test_a_careless_detector_is_told_every_clause_it_breaks(install):
    install("careless_plugin")
    info = registry.find("careless")
    broken = {check.claim for check in run_checks(info) if check.problem}
    assert broken >= {
        "intervals lie in the row that shows them",
        "where there is no value there is no score",
        "the same days give the same scores",
        "scores do not depend on how days are batched",
    }
    with pytest.raises(PluginError, match="careless breaks its contract"):
        check_detector(info)
