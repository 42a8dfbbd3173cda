"""Surrogates: known answers from few runs, errors that are stated rightly, and refusals."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.stats import qmc

from plsim.core.arrays import Floats
from plsim.core.errors import InputError, StudyError
from plsim.runs.evaluate import Outcome
from plsim.studies.surrogate import surrogate_tables
from plsim.studies.surrogate_fit import Surrogate, fit_surrogate
from plsim.studies.surrogate_indices import combinations, levels_of, points, shapley_effects, sobol

OUTCOME = (Outcome(),)


def ishigami(units: Floats) -> Floats:
    """First-order shares 0.314, 0.442, 0; total 0.558, 0.442, 0.244; the last three factors do nothing."""
    x = np.pi * (2.0 * units - 1.0)
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)


def runs(count: int, factors: int, seed: int = 1) -> Floats:
    return np.asarray(qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(count))


@cache
def of_ishigami() -> Surrogate:
    units = runs(500, 4)
    return fit_surrogate(units, ishigami(units), kind="gaussian_process")


def test_sobol_shares_of_a_known_function_come_out_of_500_runs() -> None:
    found = sobol(of_ishigami().predict, levels_of(runs(500, 4)), seed=1)
    assert found[0, :3] == pytest.approx(FIRST, abs=0.02)
    assert found[1, :3] == pytest.approx(TOTAL, abs=0.02)
    assert found[:, 3] == pytest.approx([0.0, 0.0], abs=0.005)


def test_shapley_shares_lie_between_first_order_and_total_and_add_up() -> None:
    # Exact for Ishigami: an interaction is shared by halves.
    found = shapley_effects(of_ishigami().predict, levels_of(runs(500, 4)), seed=1)
    assert found[:3] == pytest.approx([(0.3139 + 0.5576) / 2.0, 0.4424, 0.2437 / 2.0], abs=0.025)
    assert found.sum() == pytest.approx(1.0)


def test_indices_of_a_function_itself_are_right_to_a_percent() -> None:
    # Without a surrogate: what is off here is the estimators' own error.
    found = sobol(ishigami, (None,) * 4, seed=3)
    assert found[0, :3] == pytest.approx(FIRST, abs=0.01)
    assert found[1, :3] == pytest.approx(TOTAL, abs=0.01)


def test_cross_validated_error_is_that_on_fresh_runs() -> None:
    units = runs(200, 4)
    noise = np.random.default_rng(5).normal(0.0, 1.0, 200)
    surrogate = fit_surrogate(units, ishigami(units) + noise, kind="gaussian_process")
    fresh = runs(2000, 4, seed=9)
    error = surrogate.predict(fresh) - ishigami(fresh) - np.random.default_rng(6).normal(0.0, 1.0, 2000)
    assert surrogate.error == pytest.approx(np.sqrt(np.mean(error**2)), rel=0.2)


@pytest.mark.slow
def test_the_kind_that_errs_less_is_taken() -> None:
    units = runs(300, 3)
    stepped = np.floor(units[:, 0] * 9.0) % 2 + np.floor(units[:, 1] * 5.0) % 2
    assert fit_surrogate(units, stepped).kind == "gradient_boosting"
    assert fit_surrogate(units, ishigami(units)).kind == "gaussian_process"


def test_noise_is_refused_loudly_and_has_no_indices() -> None:
    units = runs(200, 5)
    noise = np.random.default_rng(2).normal(size=(200, 1))
    tables, lines = surrogate_tables(tuple("abcde"), units, OUTCOME, noise)
    assert tables["surrogate"]["verdict"].tolist() == ["refused"]
    assert set(tables) == {"surrogate"}
    assert lines[0].startswith("REFUSED.")


def test_a_surrogate_that_explains_only_part_warns_before_its_indices() -> None:
    units = runs(300, 3)
    values = units[:, 0] + np.random.default_rng(2).normal(0.0, 0.15, 300)
    tables, lines = surrogate_tables(tuple("abc"), units, OUTCOME, values[:, np.newaxis], kind="gaussian_process")
    assert tables["surrogate"]["verdict"].tolist() == ["doubtful"]
    assert lines[0].startswith("WARNING.")
    assert not tables["sensitivity"].empty


def test_an_outcome_that_never_changes_has_no_influences() -> None:
    tables, lines = surrogate_tables(("a", "b"), runs(100, 2), OUTCOME, np.full((100, 1), 0.3))
    assert not tables["sensitivity"][["value", "low", "high"]].to_numpy().any()
    assert not lines[0].startswith(("REFUSED", "WARNING"))


@pytest.mark.slow
def test_shapley_values_of_switches_are_predicted_from_few_runs() -> None:
    units = runs(400, 5)
    units[:, :3] = np.where(units[:, :3] < 0.5, 0.25, 0.75)
    on = (units > 0.5).astype(float)
    values = (0.05 * on[:, 0] * on[:, 1] + 0.01 * on[:, 2]) * (1.0 + units[:, 3])
    tables, lines = surrogate_tables(("a", "b", "c", "d", "e"), units, OUTCOME, values[:, np.newaxis])
    rows = tables["surrogate_shapley"].set_index("practice")
    # In the middle, d is 0.5: the pair brings 0.075, shared by halves.
    assert rows["value"].to_dict() == pytest.approx({"a": 0.0375, "b": 0.0375, "c": 0.015}, abs=0.003)
    assert any("It was predicted, not run." in line for line in lines)


def test_few_valued_factors_keep_their_values() -> None:
    units = runs(200, 2)
    units[:, 0] = (np.floor(units[:, 0] * 4.0) + 0.5) / 4.0
    levels = levels_of(units)
    assert levels[0] is not None
    assert levels[1] is None
    found = points(64, levels, seed=1)[0]
    assert sorted(set(found[:, 0])) == [0.125, 0.375, 0.625, 0.875]
    assert np.bincount((found[:, 0] * 4.0).astype(int)).tolist() == [16] * 4


def test_combinations_put_each_switch_on_in_the_order_of_its_bit() -> None:
    switch = np.array([0.25, 0.75])
    found = combinations(lambda at: at[:, 0] * 10.0 + at[:, 2], (switch, None, switch), seed=1, count=2)
    expected = [a * 10.0 + b for b, a in product((0.25, 0.75), repeat=2)]
    assert found.tolist() == [expected, expected]


def test_intervals_hold_the_truth_of_a_known_function() -> None:
    units = runs(200, 4)
    tables, _ = surrogate_tables(tuple("abcd"), units, OUTCOME, ishigami(units)[:, np.newaxis], kind="gaussian_process")
    rows = tables["sensitivity"].query("index == 'S1'").set_index("factor")
    for factor, truth in zip("abc", FIRST, strict=True):
        assert rows.loc[factor, "low"] - 0.02 <= truth <= rows.loc[factor, "high"] + 0.02


def test_the_same_runs_and_seed_give_the_same_answer() -> None:
    units = runs(100, 3)
    one, other = (surrogate_tables(tuple("abc"), units, OUTCOME, ishigami(units)[:, None], seed=0)[0] for _ in range(2))
    assert one["sensitivity"].equals(other["sensitivity"])


@pytest.mark.parametrize(
    ("units", "values", "says"),
    [
        (np.zeros((20, 2)), np.zeros(20), "20 runs"),
        (np.random.default_rng(0).random((100, 2)), np.full(100, np.nan), "100 of 100 runs have no outcome"),
    ],
)
def test_runs_that_nothing_can_be_learned_from_are_refused(units: Floats, values: Floats, says: str) -> None:
    with pytest.raises(StudyError, match=says):
        fit_surrogate(units, values)


def test_tables_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="runs x 3 factors"):
        surrogate_tables(tuple("abc"), np.zeros((100, 2)), OUTCOME, np.zeros((100, 1)))
