"""Matches are the nearest alike, and scores can be put on a sample's own scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsim.measures.estimators import Scores, in_sample_sd, matched_groups, study_other_schools
from plsim.measures.matching import matches

SCORES = st.lists(st.integers(1500, 2500), min_size=1, max_size=40)


def in_one_cell(own: list[int], pool: list[int], most: int, caliper: float) -> np.ndarray:
    values = [np.array(each) / 10.0 for each in (own, pool)]
    cells = [np.zeros(len(each), np.int64) for each in values]
    return matches(values[0], cells[0], values[1], cells[1], most=most, caliper=caliper).comparison


@given(own=SCORES, pool=SCORES, most=st.integers(1, 6), caliper=st.sampled_from([0.5, 3.0, 100.0]))
def test_the_nearest_are_found_as_by_looking_at_everybody(
    own: list[int], pool: list[int], most: int, caliper: float
) -> None:
    found = in_one_cell(own, pool, most, caliper)
    for student, row in zip(own, found, strict=True):
        distances = sorted(abs(student / 10.0 - other / 10.0) for other in pool)
        expected = [each for each in distances[:most] if each <= caliper]
        assert [abs(student / 10.0 - pool[i] / 10.0) for i in row[row >= 0]] == expected
        assert len(set(row[row >= 0].tolist())) == len(expected)


def test_nobody_is_matched_across_cells() -> None:
    one = np.array([200.0])
    assert matches(one, np.array([1]), one, np.array([2])).comparison.max() == -1


def test_several_cells_are_matched_as_each_alone() -> None:
    rng = np.random.default_rng(2)
    sizes = 300, 200
    own, pool = (rng.integers(1950, 2050, size) / 10.0 for size in sizes)
    cells = [rng.integers(0, 6, size) for size in sizes]
    cells[1][cells[1] == 3] = 4  # nobody to match with in one of them
    together = matches(own, cells[0], pool, cells[1]).comparison
    for each in range(6):
        here, there = (np.flatnonzero(of == each) for of in cells)
        alone = matches(own[here], cells[0][here], pool[there], cells[1][there]).comparison
        wanted = there[alone] if len(there) else alone
        np.testing.assert_array_equal(together[here], np.where(alone >= 0, wanted, -1))


def test_without_a_pool_nobody_is_matched() -> None:
    found = matches(np.array([200.0]), np.array([1]), np.empty(0), np.empty(0, np.int64))
    assert found.comparison.max() == -1
    assert found.weight.shape == (0,)


def test_a_student_s_matches_weigh_as_much_as_the_student() -> None:
    rng = np.random.default_rng(1)
    own, pool = rng.normal(200, 5, 50), rng.normal(200, 5, 30)
    found = matches(own, np.zeros(50, np.int64), pool, np.zeros(30, np.int64))
    assert found.weight.sum() == pytest.approx(found.matched.sum())


def test_means_are_over_the_matches_that_there_are() -> None:
    found = matches(np.array([200.0, 300.0]), np.zeros(2, np.int64), np.array([199.0, 202.0]), np.zeros(2, np.int64))
    means = found.mean_of(np.array([1.0, 4.0]))
    assert means[0] == 2.5
    assert np.isnan(means[1])


def group(schools: int, scale: float, effect: float, seed: int) -> Scores:
    rng = np.random.default_rng(seed)
    count = schools * 30
    fall = rng.normal(0.0, scale, (count, 2))
    spring = fall + rng.normal(0.0, 0.3 * scale, (count, 2)) + effect
    return Scores(spring, fall, 10.0 * fall, np.repeat(np.arange(schools), 30), np.full(count, 4), np.zeros(count))


def test_an_effect_in_a_narrower_sample_s_own_sd_is_larger() -> None:
    treated, pool = group(12, 0.8, 0.2, 1), group(12, 0.8, 0.0, 2)
    found = matched_groups(treated, pool)
    norm = study_other_schools(treated, pool, found)
    own = study_other_schools(*in_sample_sd(treated, pool), found, sd_basis="sample")
    sd = pool.spring.std(axis=0, ddof=1)
    assert [own[column].value * sd[column] for column in (0, 1)] == pytest.approx([each.value for each in norm[:2]])
    assert (norm[0].sd_basis, own[0].sd_basis) == ("norm", "sample")
    assert own[0].value > norm[0].value


def test_too_few_schools_give_no_estimate() -> None:
    treated, pool = group(3, 1.0, 0.2, 1), group(12, 1.0, 0.0, 2)
    assert np.isnan(study_other_schools(treated, pool, matched_groups(treated, pool))[2].value)
