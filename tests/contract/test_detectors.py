"""Every installed detector keeps the contract."""

from dataclasses import replace
from functools import partial

import pytest

from sesctl import registry
from sesctl.testing import CLAUSES, run_checks
from tiny_networks import IMAGE_SIZES, SIZES

RESULTS: dict[str, dict[str, str]] = {}

# All clauses of a detector are checked at once, so they belong to one process.
NAMES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in registry.announced()]


@pytest.mark.parametrize("claim", CLAUSES)
@pytest.mark.parametrize("name", NAMES)
def test_detector_keeps(name, claim):
    if name not in RESULTS:
        info = registry.find(name)
        sizes = {**SIZES, **IMAGE_SIZES}
        if name in sizes:
            pytest.importorskip("keras")
            info = replace(info, make=partial(info.make, sizes[name]))
        RESULTS[name] = {check.claim: check.problem for check in run_checks(info)}
    assert RESULTS[name][claim] == ""
