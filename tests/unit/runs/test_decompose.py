"""The parts of an effect add up to it, and each part is what its channel did."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of
from plsim.engine.parameters import CENTRAL
from plsim.runs.decompose import CHANNELS, Decomposition, decompose, shapley
from plsim.scenario import load

SMALL = ("population.schools=4", "population.students_per_school=60", "population.level_shares=[1,0,0]")


@cache
def parts(name: str, *overrides: str, years: int = 1) -> Decomposition:
    scenario = load(name, overrides=[*SMALL, *overrides])
    both = pair(scenario, population_of(scenario, None, 0), seed=0, years=years)
    return decompose(both, CENTRAL, engine_named("batch"))


def game(worth) -> dict[frozenset[str], np.ndarray]:
    """Every coalition of the four channels with its worth."""
    sets = [frozenset(each) for size in range(5) for each in combinations(CHANNELS, size)]
    return {each: np.array([[float(worth(each))]]) for each in sets}


def test_what_channels_do_alone_is_all_theirs() -> None:
    own = {"time": 1.0, "match": -2.0, "attention": 0.5, "quality": 0.0}
    found = shapley(game(lambda free: sum(own[each] for each in free)))
    assert {name: float(value[0, 0]) for name, value in found.items()} == pytest.approx(own)


def test_what_two_channels_do_together_is_shared_evenly() -> None:
    found = shapley(game(lambda free: 6.0 * ({"time", "quality"} <= free)))
    shares = {name: float(value[0, 0]) for name, value in found.items()}
    assert shares == pytest.approx({"time": 3.0, "match": 0.0, "attention": 0.0, "quality": 3.0})


def test_shares_of_any_game_add_up_to_its_worth() -> None:
    rng = np.random.default_rng(5)
    worths = {each: rng.normal(size=(2, 3)) for each in game(len)}
    worths[frozenset()] = np.zeros((2, 3))
    np.testing.assert_allclose(sum(shapley(worths).values()), worths[frozenset(CHANNELS)], atol=1e-14)


@pytest.mark.parametrize("name", ["redesigned_school", "tutoring_program"])
def test_the_parts_of_an_effect_add_up_to_it(name: str) -> None:
    found = parts(name, years=2)
    np.testing.assert_allclose(sum(found.parts.values()), found.total, atol=1e-13)
    assert np.abs(found.total).max() > 0.005


def test_typical_practice_has_no_parts() -> None:
    found = parts("typical_practice")
    assert all(np.all(part == 0.0) for part in (*found.parts.values(), found.total))


@pytest.mark.parametrize(
    ("channel", "override"),
    [
        ("quality", "support.instruction_coaching_hours=1.0"),
        ("attention", "practices.learning_paths.relevance=1.0"),
    ],
)
def test_what_works_through_one_channel_is_found_there(channel: str, override: str) -> None:
    found = parts("typical_practice", override)
    total, part = found.total[0, 2], found.parts[channel][0, 2]
    assert abs(total) > 1e-3
    assert part == pytest.approx(total, rel=0.15)


def test_the_table_holds_every_part_and_the_total() -> None:
    table = parts("typical_practice").table()
    assert set(table["channel"]) == {*CHANNELS, "total"}
    assert len(table) == 5 * 3
