"""Every installed detector keeps the contract."""

from dataclasses import replace
from functools import partial

import pytest

from sesctl import registry
from sesctl.testing import CLAUSES, run_checks
from tiny_networks import IMAGE_SIZES, SIZES


@pytest.mark.parametrize("name", registry.announced())
def test_detector_keeps_every_clause(name):
    info = registry.find(name)
    sizes = {**SIZES, **IMAGE_SIZES}
    if name in sizes:
        pytest.importorskip("keras")
        info = replace(info, make=partial(info.make, sizes[name]))
    problems = {check.claim: check.problem for check in run_checks(info)}
    assert problems == dict.fromkeys(CLAUSES, "")
