"""Prices times use, and when a gain has a price."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plsim.evidence import registry
from plsim.measures.costs import Costs, Use, costs, per_student, teacher_hour, unpaid_value
from plsim.measures.effects import Row
from plsim.measures.price_of_gain import SMALLEST_EFFECT, price_per_gain, price_rows

ONE = np.ones(1)


def use(**given: float) -> Use:
    return Use(**{name: np.array([given.get(name, 0.0)]) for name in Use._fields})


@pytest.mark.parametrize(
    ("kind", "used", "dollars"),
    [
        ("teachers", {"teachers": 2.0}, 2 * 66745 * 1.44),
        ("planning", {"planning_hours": 1382.0}, 66745 * 1.44),  # the hours that a salary pays cost a salary
        ("adults", {"adult_hours": 10.0}, 240.0),
        ("tutoring", {"tutor_hours": 42.0}, 1260.0),
        ("coaching", {"coached": 1.0}, 4240 * 1.34),
        ("licences", {"licences": 5.0}, 40.0),
        ("devices", {"devices": 4.0}, 300.0),
        ("library", {"library": 2.0}, 30.0),
        ("turnover", {"leavers": 1.0}, 20000.0),
        ("startup", {"startup": 1.0, "startup_technology": 1.0}, 0.07 * 14295),
        ("startup", {"startup": 1.0}, 0.07 * 14295 * 0.59),
    ],
)
def test_use_costs_what_the_registry_says_and_nothing_else(kind: str, used: dict[str, float], dollars: float) -> None:
    spent = costs(use(**used), registry().value)
    assert getattr(spent, kind)[0] == pytest.approx(dollars)
    assert spent.budget[0] == pytest.approx(dollars)
    assert unpaid_value(use(**used), registry().value)[0] == 0.0


def test_an_hour_of_a_teacher_is_dearer_than_one_of_another_adult() -> None:
    assert teacher_hour(registry().value) > registry().value("prices.extra_adult_hour")


def test_hours_that_nobody_pays_are_in_no_budget_and_have_a_value_of_their_own() -> None:
    asked = use(unpaid_hours=10.0)
    assert costs(asked, registry().value).budget[0] == 0.0
    assert unpaid_value(asked, registry().value)[0] == pytest.approx(10.0 * teacher_hour(registry().value))


@pytest.mark.parametrize("kind", [name for name in Use._fields if name not in {"students", "unpaid_hours"}])
def test_more_of_anything_paid_raises_the_budget(kind: str) -> None:
    assert costs(use(**{kind: 2.0}), registry().value).budget[0] > costs(use(**{kind: 1.0}), registry().value).budget[0]


def test_the_parts_of_a_cost_add_up_to_the_budget() -> None:
    spent = Costs(*(np.array([float(index)]) for index in range(len(Costs._fields))))
    assert spent.budget[0] == sum(range(len(Costs._fields)))


def test_a_cost_per_student_weighs_schools_by_their_students() -> None:
    dollars, students = np.array([100.0, 900.0]), np.array([1.0, 3.0])
    assert per_student(dollars, students, np.array([True, True])) == 250.0
    assert math.isnan(per_student(dollars, students, np.array([False, False])))


@pytest.mark.parametrize("dollars", [-50.0, 0.0])
def test_what_costs_a_district_nothing_has_no_price_per_gain(dollars: float) -> None:
    assert price_per_gain(np.empty(0), np.empty(0), central=(dollars, 0.2)) is None
    assert price_per_gain(np.full(40, dollars), np.full(40, 0.2), central=(dollars, 0.2)) is None


@pytest.mark.parametrize("gain", [-0.2, 0.0, SMALLEST_EFFECT / 2, math.nan])
def test_no_gain_no_price(gain: float) -> None:
    assert price_per_gain(np.empty(0), np.empty(0), central=(100.0, gain)) is None


def test_a_gain_that_may_be_zero_in_some_worlds_has_no_price() -> None:
    effect = np.linspace(-0.02, 0.2, 40)
    assert price_per_gain(np.full(40, 100.0), effect, central=(100.0, 0.1)) is None


@pytest.mark.parametrize("worlds", [1, 12, 20, 37, 40, 200])
def test_a_price_is_finite_in_its_interval_however_many_worlds_there_are(worlds: int) -> None:
    effect = np.full(worlds, 0.1)
    effect[: max(math.ceil(0.05 * worlds) - 1, 0)] = -1.0  # as many worlds without a gain as a price allows
    price = price_per_gain(np.full(worlds, 50.0), effect, central=(50.0, 0.1))
    assert price is not None
    assert (price.low, price.value, price.high) == pytest.approx((50.0, 50.0, 50.0))


def test_a_gain_is_set_against_all_that_was_spent_up_to_then() -> None:
    def of(outcome: str, year: int, unit: str) -> Row:
        return Row(outcome, "both", year, "all", "paired", "difference", unit)

    rows = [
        of(name, year, unit)
        for year in (1, 2)
        for name, unit in (("budget_cost_per_student", "USD"), ("achievement", "SD"))
    ]
    found = price_rows(rows, np.array([300.0, 0.001, 100.0, 0.2]), np.empty((0, 4)))
    assert [(row.year, price.value) for row, price in found] == [(2, pytest.approx(200.0))]
