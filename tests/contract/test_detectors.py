"""Every installed detector keeps the contract."""

import pytest

from sesctl import registry
from sesctl.testing import CLAUSES, run_checks

RESULTS: dict[str, dict[str, str]] = {}


@pytest.mark.parametrize("claim", CLAUSES)
@pytest.mark.parametrize("name", registry.announced())
def test_detector_keeps(name, claim):
    if name not in RESULTS:
        RESULTS[name] = {check.claim: check.problem for check in run_checks(registry.find(name))}
    assert RESULTS[name][claim] == ""
