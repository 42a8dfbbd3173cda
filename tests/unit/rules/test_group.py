"""Ranking students for groups: as a stable sort would, where keys are equal too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plsim.core.jit import interpreted
from plsim.rules.group import ranked

numba = pytest.importorskip("numba")
PLAIN = interpreted("plsim.rules.group").ranked


@numba.njit
def compiled(keys, order):
    ranked(keys, order)


@pytest.mark.parametrize("rank", [PLAIN, compiled])
@given(st.lists(st.sampled_from([-1.5, 0.0, 0.25, 0.5, 3.0]) | st.floats(-1e6, 1e6), max_size=60))
@example([0.5, 0.5])
@example([1.0, 0.0, 1.0, 0.0])
def test_ranks_are_those_of_a_stable_sort(rank, keys):
    given_keys, order = np.array(keys, dtype=float), np.full(len(keys), -1)
    rank(given_keys, order)
    assert order.tolist() == np.argsort(given_keys, kind="stable").tolist()
