"""Closed forms of least squares against statsmodels, to rounding."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.measures.least_squares import System, clustered, coefficients, line, reach, two_sided


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_coefficients_are_those_of_the_library(rng: np.random.Generator) -> None:
    from statsmodels.regression.linear_model import OLS

    design, outcome = rng.normal(size=(200, 4)), rng.normal(size=200)
    assert coefficients(design, outcome) == pytest.approx(OLS(outcome, design).fit().params, rel=1e-10)


def test_clustered_errors_over_two_equations_are_those_of_the_library(rng: np.random.Generator) -> None:
    from statsmodels.regression.linear_model import WLS

    sizes = (150, 130)
    cluster = np.concatenate([np.arange(size) % 12 for size in sizes])
    shared = rng.normal(size=12)
    systems = []
    for size in sizes:
        design = rng.normal(size=(size, 3))
        outcome = design @ [0.5, -1.0, 2.0] + shared[np.arange(size) % 12] + rng.normal(size=size)
        systems.append(System(outcome, design, rng.uniform(0.5, 2.0, size)))
    found = clustered(systems, cluster)
    block = np.zeros((sum(sizes), 6))
    block[: sizes[0], :3], block[sizes[0] :, 3:] = systems[0].design, systems[1].design
    model = WLS(
        np.concatenate([each.outcome for each in systems]),
        block,
        weights=np.concatenate([each.weight for each in systems]),
        hasconst=False,
    ).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    assert found.coefficients == pytest.approx(model.params, rel=1e-9)
    assert found.covariance == pytest.approx(model.cov_params(), rel=1e-8, abs=1e-12)


def test_a_line_has_the_robust_errors_of_the_library(rng: np.random.Generator) -> None:
    from statsmodels.regression.linear_model import OLS

    x = rng.normal(size=15)
    y = 0.3 * x + rng.normal(size=15) * (1.0 + x**2)
    model = OLS(y, np.column_stack([np.ones(15), x])).fit(cov_type="HC3", use_t=True)
    assert line(x, y) == pytest.approx((model.params[1], model.bse[1], model.pvalues[1], model.rsquared), rel=1e-9)


def test_a_line_through_what_never_changes_explains_nothing() -> None:
    assert line(np.arange(6.0), np.full(6, 2.0)).explained == 0.0


def test_p_values_and_intervals_are_those_of_student() -> None:
    from scipy.stats import t

    assert two_sided(0.3, 0.2, 7.0) == pytest.approx(2.0 * t.sf(1.5, 7.0))
    assert two_sided(-0.3, 0.2, 7.0) == two_sided(0.3, 0.2, 7.0)
    assert (two_sided(0.0, 0.0, 5.0), two_sided(0.1, 0.0, 5.0)) == (1.0, 0.0)
    assert reach(0.9, 9.0) == pytest.approx(t.ppf(0.95, 9.0))
