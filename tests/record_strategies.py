"""Records for property tests: few samples, much trouble."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

QUICK = settings(deadline=None, max_examples=100)

WINDOWS = st.integers(0, 20).map(lambda half: 2 * half + 1) | st.sampled_from([101, 1001])

SAMPLES = st.one_of(
    st.floats(-1e5, 1e5, width=32),
    # Few different values: ties are where medians go wrong.
    st.integers(-2, 2).map(float),
    st.just(float("nan")),
)

RECORDS = hnp.arrays(
    st.sampled_from([np.dtype(np.float32), np.dtype(np.float64)]),
    st.tuples(st.integers(0, 3), st.integers(0, 60)),
    elements=SAMPLES,
    fill=st.nothing(),
)


def stretches(row):
    """Return the slices of a row between its gaps, found sample by sample."""
    found, first = [], None
    for i, value in enumerate([*row, np.nan]):
        if np.isnan(value):
            if first is not None:
                found.append(slice(first, i))
            first = None
        elif first is None:
            first = i
    return found
