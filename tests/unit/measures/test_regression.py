"""Estimates of studies: whose errors go together, and what few observations cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.measures.estimators import Scores, matched_groups, study_other_schools, within_school_rct
from plsim.measures.regression import Block, both_subjects


def students(rng: np.random.Generator, schools: int, size: int) -> Scores:
    n = schools * size
    school = np.repeat(np.arange(schools), size)
    truth = rng.normal(size=(n, 2))
    fall = truth + 0.3 * rng.normal(size=(n, 2))
    spring = truth + 0.1 * rng.normal(size=(schools, 2))[school] + 0.4 * rng.normal(size=(n, 2))
    return Scores(spring, fall, 15.0 * fall, school, np.full(n, 4), (rng.random(n) < 0.5).astype(float))


def test_schools_of_the_program_and_of_the_pool_are_never_one_cluster_whatever_their_numbers() -> None:
    rng = np.random.default_rng(1)
    treated, pool = students(rng, 10, 30), students(rng, 12, 30)
    apart = replace(pool, school=pool.school + 100)
    same_numbers = study_other_schools(treated, pool, matched_groups(treated, pool))
    other_numbers = study_other_schools(treated, apart, matched_groups(treated, apart))
    assert [each[:6] for each in same_numbers] == [pytest.approx(each[:6], rel=1e-9) for each in other_numbers]
    assert same_numbers[0].schools == 22


def test_errors_of_a_lottery_pay_for_the_means_of_schools_and_grades_as_the_library_s_do() -> None:
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(2)
    given = students(rng, 10, 6)
    assigned = np.tile([1.0, 0.0], 30)
    math = within_school_rct(given, assigned)[0]
    # Dummies for the schools, which are the cells here, and both subjects stacked.
    columns = [assigned, *given.fall.T, given.lunch, *np.equal.outer(np.arange(10), given.school).astype(float)]
    design = np.kron(np.eye(2), np.column_stack(columns))
    outcome = np.concatenate(given.spring.T)
    model = OLS(outcome, design).fit(cov_type="cluster", cov_kwds={"groups": np.tile(np.arange(60), 2)})
    assert math.value == pytest.approx(model.params[0], rel=1e-9)
    assert math.error == pytest.approx(model.bse[0], rel=0.02)  # without paying for the means: 8% too small
    assert math.freedom == 60 - 10 - 4


def test_freedom_is_that_of_the_smaller_side_where_clusters_are_schools() -> None:
    rng = np.random.default_rng(3)
    few, many = students(rng, 9, 30), students(rng, 15, 30)
    for treated, pool in ((few, many), (many, few)):
        assert study_other_schools(treated, pool, matched_groups(treated, pool))[2].freedom == 8


def test_the_error_of_both_subjects_knows_that_they_go_together() -> None:
    rng = np.random.default_rng(4)
    n = 400
    program, noise = np.tile([0.0, 1.0], n // 2), rng.normal(size=n)
    covariates = rng.normal(size=(n, 1))

    def estimates(other: np.ndarray) -> tuple[float, float, float]:
        blocks = [
            Block(outcome, program, covariates, np.ones(n), np.arange(n), np.zeros(n, np.int64))
            for outcome in (noise, other)
        ]
        math, reading, both = both_subjects(blocks, sd_basis="norm", clustered=False)
        assert both.value == pytest.approx(0.5 * (math.value + reading.value))
        return math.error, reading.error, both.error

    math, _, both = estimates(noise)
    assert both == pytest.approx(math)  # the same twice says nothing new
    math, reading, both = estimates(rng.normal(size=n))
    assert both == pytest.approx(0.5 * np.hypot(math, reading), rel=0.1)
