from __future__ import annotations

import math

import numpy as np
import pytest

from plsim.measures.running import PRECISION, Running

NUMBERS = np.concatenate([np.random.default_rng(3).normal(0.02, 0.05, 5_000), [0.0, 200.0, -3.5]])


def running(numbers: np.ndarray) -> Running:
    found = Running()
    for value in numbers.tolist():
        found.add(value)
    return found


def test_mean_and_spread_are_those_of_the_numbers() -> None:
    found = running(NUMBERS)
    assert found.mean == pytest.approx(NUMBERS.mean(), rel=1e-12)
    assert found.sd == pytest.approx(NUMBERS.std(ddof=1), rel=1e-12)
    assert (found.lowest, found.highest, found.below_zero) == (NUMBERS.min(), 200.0, (NUMBERS < 0.0).sum())


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.5, 0.95, 1.0])
def test_a_quantile_is_right_to_its_precision(share: float) -> None:
    (found,) = running(NUMBERS).quantiles([share])
    exact = float(np.quantile(NUMBERS, share, method="nearest"))
    assert found == pytest.approx(exact, rel=1.01 * PRECISION, abs=2e-4)


def test_a_weight_counts_in_the_mean_only() -> None:
    found = Running()
    found.add(1.0, 3.0)
    found.add(2.0, 1.0)
    assert (found.mean, found.quantiles([1.0])[0]) == (1.25, pytest.approx(2.0, rel=PRECISION))


def test_the_table_of_bins_does_not_grow_with_the_numbers() -> None:
    few, many = running(NUMBERS[:1000]), running(np.tile(NUMBERS[:1000], 20))
    assert len(vars(many)["_bins"]) == len(vars(few)["_bins"])


def test_nothing_has_no_mean_and_no_quantiles() -> None:
    assert all(math.isnan(each) for each in (Running().mean, Running().sd, *Running().quantiles([0.5])))
