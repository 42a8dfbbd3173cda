"""Survey items mean what they say, and products are drawn from a market by address."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.measures.products import Market, picks, shared
from plsim.measures.surveys import (
    Thresholds,
    behind,
    implementation_index,
    implementation_slope,
    obstacles,
    pace_weeks,
)

MARKET = Market(products=500, exponent=0.5, imitation=0.5)
LIMITS = Thresholds(short_of_time=0.1, too_many_tools=0.25, distrust=0.5, slow_students=0.25, standards_pull=0.1)
ALONE = np.arange(40, dtype=np.int32)


def named(count: int, *, network: np.ndarray = ALONE, market: Market = MARKET, schools: int = 40) -> np.ndarray:
    keys = np.arange(1, schools + 1, dtype=np.uint64)
    return picks(keys, network[:schools], np.full(schools, count), seed=3, market=market)


def test_pace_is_weeks_ahead_of_the_guide_at_most_a_year() -> None:
    guide, weekly = np.full(4, 200.0), np.full(4, 0.5)
    position = np.array([200.0, 201.0, 198.0, 100.0])
    assert pace_weeks(position, guide, weekly).tolist() == [0.0, 2.0, -4.0, -36.0]


def test_behind_is_more_than_a_unit() -> None:
    assert behind(np.array([-3.01, -3.0, 5.0]), 3.0).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("time", {"missing_hours": 0.11}),
        ("tools", {"tool_overload": 0.26}),
        ("parents", {"trust": 0.49}),
        ("slow_pace", {"behind_share": 0.26}),
        ("standards", {"standards": 0.11}),
    ],
)
def test_an_obstacle_is_named_beyond_its_threshold_and_no_other(name: str, change: dict[str, float]) -> None:
    at = {"missing_hours": 0.1, "tool_overload": 0.25, "trust": 0.5, "behind_share": 0.25, "standards": 0.1} | change
    found = obstacles(**{key: np.array([value]) for key, value in at.items()}, thresholds=LIMITS)
    assert {key: float(value[0]) for key, value in found.items()} == {each: float(each == name) for each in found}


def test_a_school_with_more_tools_names_those_it_would_name_with_fewer() -> None:
    assert np.array_equal(named(3)[:, :2], named(2)[:, :2])
    assert np.all(named(2)[:, 2:] == -1)


def test_one_more_school_changes_nobody_else_s_products() -> None:
    assert np.array_equal(named(3)[:30], named(3, schools=30))


def test_schools_alone_share_few_products_of_a_large_market_and_networks_more() -> None:
    alone, together = shared(named(2)), shared(named(2, network=np.repeat(np.arange(8, dtype=np.int32), 5)))
    assert alone.distinct > 60
    assert alone.shared < 15
    assert together.shared > alone.shared
    assert together.distinct < alone.distinct


def test_a_product_named_twice_by_one_school_is_not_shared() -> None:
    assert shared(np.array([[7, 7], [1, -1]])) == (2, 0)


def test_popularity_makes_schools_share() -> None:
    popular, even = (shared(named(2, market=MARKET._replace(exponent=each))) for each in (1.5, 0.0))
    assert popular.shared / popular.distinct > even.shared / even.distinct


@pytest.mark.parametrize("reliability", [0.5, 0.9])
def test_an_index_holds_as_much_truth_as_its_reliability_says(reliability: float) -> None:
    rng = np.random.default_rng(1)
    done, z = rng.normal(0.4, 0.1, 20_000), rng.normal(size=20_000)
    seen = implementation_index(done, z, reliability)
    # The error of a correlation from 20,000 is at most 0.007.
    assert np.corrcoef(done, seen)[0, 1] ** 2 == pytest.approx(reliability, abs=0.03)
    assert seen.std() == pytest.approx(1.0)


def test_an_index_of_schools_that_all_do_the_same_is_the_survey_s_error() -> None:
    z = np.array([0.5, -1.5, 1.0])
    assert implementation_index(np.full(3, 0.5), z, 0.5) == pytest.approx(z / z.std())


def test_the_slope_of_effects_on_the_index_is_found_with_its_doubt() -> None:
    rng = np.random.default_rng(2)
    index = rng.normal(size=200)
    found = implementation_slope(0.05 * index + rng.normal(0, 0.1, 200), index)
    assert found is not None
    assert abs(found.value - 0.05) < 3.3 * found.error
    assert found.error == pytest.approx(0.1 / np.sqrt(200), rel=0.3)
    assert found.schools == 200


def test_schools_that_all_do_the_same_have_no_slope() -> None:
    assert implementation_slope(np.arange(10.0), np.zeros(10)) is None
    assert implementation_slope(np.arange(3.0), np.arange(3.0)) is None
