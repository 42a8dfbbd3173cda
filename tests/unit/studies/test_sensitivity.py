"""The door to SALib: its traps are closed, and factors that are no numbers keep their meaning."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from plsim.core.errors import RunError
from plsim.runs.evaluate import Outcome
from plsim.studies.convergence import form_verdict, nested, stages, verdicts
from plsim.studies.factors import Factor
from plsim.studies.schema import Delta, Dgsm, Method, Morris, Pawn, RbdFast, Regional, Sobol
from plsim.studies.sensitivity import _most_in_excess, indices, points_of, regions

RANGE = Factor("dose", "lever", "range", 0.0, 2.0)
SWITCH = Factor("advising", "lever", "on_off", labels=("off", "on"), options=({}, {}))
THREE = Factor("kind", "lever", "values", labels=("a", "b", "c"), options=({}, {}, {}))
METHODS: tuple[Method, ...] = (
    Sobol(kind="sobol", samples=64),
    Morris(kind="morris", trajectories=8),
    RbdFast(kind="rbd_fast", samples=256),
    Delta(kind="delta", samples=256, resamples=20),
    Pawn(kind="pawn", samples=128, resamples=20),
    Regional(kind="regional", samples=128, resamples=20),
)


def values_of(factors: tuple[Factor, ...], units: np.ndarray) -> np.ndarray:
    """1 for the switch, 2 a unit of dose, 0 / 3 / 6 for the kinds."""
    size = {"dose": lambda u: 2.0 * RANGE.number(u), "advising": SWITCH.place, "kind": lambda u: 3.0 * THREE.place(u)}
    return np.array([sum(size[f.name](u) for f, u in zip(factors, row, strict=True)) for row in units.tolist()])


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_seed_0_is_a_seed(method: Method) -> None:
    factors = (RANGE, SWITCH)
    units = [points_of(method, factors, seed=seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(units[0], units[1])
    assert not np.array_equal(units[0], units[2])
    values = values_of(factors, units[0])
    once, again = (repr(indices(method, factors, units[0], values, seed=0)) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_an_outcome_that_is_not_a_number_is_refused_and_named(method: Method) -> None:
    factors = (RANGE, SWITCH)
    units = points_of(method, factors, seed=0)
    values = values_of(factors, units)
    values[5] = np.nan
    with pytest.raises(RunError, match=r"1 of .* runs have an outcome that is not a number: runs 5[.] No index"):
        indices(method, factors, units, values, seed=0)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_an_outcome_that_never_moves_has_no_index_and_that_is_said(method: Method) -> None:
    factors = (RANGE, SWITCH)
    units = points_of(method, factors, seed=0)
    final = indices(method, factors, units, np.full(units.shape[0], 0.3), seed=0)
    assert final == []
    assert "nothing varied in this study affects it" in verdicts(Outcome(), [])[0]


def test_a_study_says_how_much_hangs_on_the_form_of_a_rule() -> None:
    form = Factor("match.form", "uncertainty", "parameter", labels=("bell", "zone"), options=({}, {}))
    method, factors = Sobol(kind="sobol", samples=512), (RANGE, form)
    units = points_of(method, factors, seed=0)
    values = np.array([RANGE.number(u) + form.place(v) for u, v in units.tolist()])
    found = indices(method, factors, units, values, seed=0)
    (said,) = form_verdict(Outcome(), found)
    share = int(re.search(r"form of a rule: (\d+)% of the variance \(match.form\)", said)[1])
    assert share == pytest.approx(100 * (1 / 4) / (1 / 4 + 4 / 12), abs=4)
    assert form_verdict(Outcome(), [row for row in found if row.factor != form.name]) == []


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_nothing_of_the_process_is_changed(method: Method) -> None:
    factors = (RANGE, SWITCH)
    state, filters, look = np.random.get_state()[1].copy(), list(warnings.filters), warnings.formatwarning  # noqa: NPY002
    units = points_of(method, factors, seed=3)
    indices(method, factors, units, values_of(factors, units), seed=3)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert list(warnings.filters) == filters
    assert warnings.formatwarning is look


def test_variance_shares_of_switches_and_kinds_are_the_exact_ones() -> None:
    """Variances: dose 4/3 (uniform 0 to 4), switch 1/4, kinds 6: shares of 7.583."""
    factors, method = (RANGE, SWITCH, THREE), Sobol(kind="sobol", samples=2048, second_order=False)
    units = points_of(method, factors, seed=0)
    rows = indices(method, factors, units, values_of(factors, units), seed=0)
    total = 4.0 / 3.0 + 0.25 + 6.0
    exact = np.array([4.0 / 3.0, 0.25, 6.0]) / total
    np.testing.assert_allclose([row.value for row in rows if row.index == "ST"], exact, atol=0.01)
    np.testing.assert_allclose([row.value for row in rows if row.index == "S1"], exact, atol=0.02)


def test_rbd_fast_gives_a_switch_its_exact_share() -> None:
    """Its harmonics would miss 4% of a step; values without an order are taken by value instead."""
    method = RbdFast(kind="rbd_fast", samples=2000, resamples=20)
    units = points_of(method, (SWITCH, RANGE), seed=0)
    rows = indices(method, (SWITCH, RANGE), units, np.floor(2.0 * units[:, 0]), seed=0)
    assert rows[0].value == pytest.approx(1.0, abs=1e-9)


def test_morris_gives_a_switch_and_a_range_on_one_scale() -> None:
    factors, method = (RANGE, SWITCH, THREE), Morris(kind="morris", trajectories=200)
    units = points_of(method, factors, seed=0)
    rows = {(row.factor, row.index): row for row in indices(method, factors, units, values_of(factors, units), seed=0)}
    assert rows["dose", "mu_star"].value == pytest.approx(4.0)
    assert rows["advising", "mu_star"].value == pytest.approx(1.0)
    # From one kind to another: 0 to 3, 3 to 6 or 0 to 6, each step changes it.
    assert 3.0 <= rows["kind", "mu_star"].value <= 6.0
    assert rows["kind", "mu"].value > 3.0 - 1e-9


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7, 8])
def test_every_step_of_a_morris_grid_changes_the_value_and_meets_all(count: int) -> None:
    kinds = Factor("kind", "lever", "values", labels=tuple(map(str, range(count))), options=({},) * count)
    method = Morris(kind="morris", trajectories=300)
    units = points_of(method, (kinds, RANGE), seed=0)
    places = np.array([kinds.place(u) for u in units[:, 0].tolist()]).reshape(300, 3)
    moved = np.diff(units[:, 0].reshape(300, 3)) != 0.0
    assert (np.diff(places)[moved] != 0).all()
    met = np.bincount(places.reshape(-1), minlength=count) / places.size
    np.testing.assert_allclose(met, 1.0 / count, atol=0.05)


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_a_group_moves_together_and_gets_one_index(kind: str) -> None:
    factors = (
        Factor("a", "lever", "range", 0.0, 1.0, group="both"),
        Factor("b", "lever", "range", 0.0, 1.0),
        Factor("c", "lever", "range", 0.0, 1.0, group="both"),
    )
    method = Sobol(kind="sobol", samples=1024) if kind == "sobol" else Morris(kind="morris", trajectories=50)
    units = points_of(method, factors, seed=0)
    values = units[:, 0] * units[:, 2] + 0.1 * units[:, 1]
    main = {"sobol": "ST", "morris": "mu_star"}[kind]
    rows = {row.factor: row.value for row in indices(method, factors, units, values, seed=0) if row.index == main}
    assert set(rows) == {"both", "b"}
    if kind == "sobol":
        product = 1.0 / 9.0 - 1.0 / 16.0
        assert rows["both"] == pytest.approx(product / (product + 0.01 / 12.0), abs=0.01)
    else:
        assert rows["b"] == pytest.approx(0.1)


def test_slopes_are_taken_inside_the_range() -> None:
    method = Dgsm(kind="dgsm", samples=100, step=0.1)
    factors = (RANGE, Factor("other", "lever", "range", 0.0, 1.0))
    units = points_of(method, factors, seed=0)
    assert units.min() >= 0.0
    assert units.max() <= 1.0
    steps = units.reshape(100, 3, 2)
    np.testing.assert_allclose(np.abs(steps[:, 1, 0] - steps[:, 0, 0]), 0.1)
    rows = indices(method, factors, units, 3.0 * units[:, 0] + units[:, 1], seed=0)
    assert [row.value for row in rows if row.index == "squared_slope"] == pytest.approx([9.0, 1.0])


def test_regions_say_in_which_direction_a_factor_goes() -> None:
    method = Regional(kind="regional", samples=500, regions=5)
    factors = (RANGE, Factor("other", "lever", "range", 0.0, 1.0))
    units = points_of(method, factors, seed=0)
    found = [row for row in regions(method, factors, units, units[:, 0] + 0.01 * units[:, 1]) if row.factor == "dose"]
    assert [row.region for row in found] == [1, 2, 3, 4, 5]
    np.testing.assert_allclose([row.mean for row in found], [0.1, 0.3, 0.5, 0.7, 0.9], atol=0.02)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_convergence_shows_the_main_index_from_nested_parts_and_ends_with_all_runs(method: Method) -> None:
    factors = (RANGE, SWITCH)
    units = points_of(method, factors, seed=0)
    values = values_of(factors, units) + 0.1 * units[:, 0] ** 2
    final = indices(method, factors, units, values, seed=0)
    found = stages(method, factors, units, values, seed=0, final=final)
    sizes = sorted({stage.runs for stage in found})
    assert sizes == [*nested(method, factors, values.size), values.size]
    assert {stage.row.factor for stage in found} >= {"dose", "advising"}


def test_a_region_names_the_value_that_is_there_more_often_than_everywhere() -> None:
    # Of six runs half have a, a third b, a sixth c; inside of the region it is one a and two b of three.
    labels = np.array(["a", "a", "a", "b", "b", "c"])
    value, excess = _most_in_excess(labels, np.array([True, False, False, True, True, False]))
    assert (value, excess) == ("b", pytest.approx(2 / 3 - 1 / 3))
