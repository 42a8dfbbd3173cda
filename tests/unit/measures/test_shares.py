"""Shares of a response's variance: they add up to at most all of it, and chance alone has none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from plsim.measures.shares import shares

RUNS = 200
ALARM = 0.05


def drawn(seed: int, columns: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).random((RUNS, columns))


@pytest.mark.parametrize("seed", range(20))
def test_shares_add_up_to_at_most_one_however_inputs_go_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    common = rng.random(RUNS)
    inputs = drawn(seed) + np.outer(common, rng.integers(0, 3, 60))
    response = inputs @ rng.normal(size=60) + 0.01 * rng.random(RUNS)
    found = shares(inputs, response, false_alarm=ALARM)
    assert found
    assert all(share >= 0.0 for _, share in found)
    assert sum(share for _, share in found) <= 1.0 + 1e-12


def test_two_names_for_one_thing_share_what_it_explains() -> None:
    inputs = drawn(1)
    inputs[:, 7] = inputs[:, 3] + 0.2 * inputs[:, 7]
    found = dict(shares(inputs, inputs[:, 3] + 0.02 * inputs[:, 7], false_alarm=ALARM))
    assert sum(found.values()) <= 1.0
    assert found[3] == pytest.approx(1.0 if 7 not in found else found[3])


def test_shares_are_those_of_independent_inputs_variances() -> None:
    inputs = drawn(2)
    found = dict(shares(inputs, 2.0 * inputs[:, 0] + inputs[:, 1], false_alarm=ALARM))
    assert found[0] == pytest.approx(0.8, abs=0.06)
    assert found[1] == pytest.approx(0.2, abs=0.06)


def test_what_explains_one_percent_is_given_no_more() -> None:
    inputs = drawn(3)
    found = dict(shares(inputs, inputs[:, 0] + 0.1 * inputs[:, 1], false_alarm=ALARM))
    assert found.get(1, 0.0) < 0.03


def test_chance_alone_names_anything_no_more_often_than_stated() -> None:
    named = sum(bool(shares(drawn(seed), drawn(seed + 1000)[:, 0], false_alarm=ALARM)) for seed in range(200))
    assert named <= 20  # stated: 5% of 200; 20 or more have a chance below 0.1%


def test_what_does_not_vary_explains_nothing() -> None:
    inputs = drawn(4)
    inputs[:, 0] = 1.0
    assert 0 not in dict(shares(inputs, inputs[:, 1], false_alarm=ALARM))
    assert shares(inputs, np.ones(RUNS), false_alarm=ALARM) == ()


def test_together_they_explain_what_a_regression_adjusted_for_its_size_explains() -> None:
    inputs = drawn(5, columns=4)
    response = inputs[:, 0] + 0.7 * inputs[:, 2] + 0.4 * drawn(6, columns=1)[:, 0]
    found = dict(shares(inputs, response, false_alarm=ALARM))
    ranks, aim = (rankdata(each, axis=0) for each in (inputs[:, sorted(found)], response))
    design = np.column_stack([np.ones(RUNS), ranks])
    left = aim - design @ np.linalg.lstsq(design, aim, rcond=None)[0]
    mean_square = (left @ left) / (RUNS - len(found) - 1)
    assert set(found) >= {0, 2}
    assert sum(found.values()) == pytest.approx(1.0 - mean_square / aim.var(ddof=1), abs=1e-9)
