"""The game: only what it lets people move, common schools and luck, places that say who can be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.core.errors import InputError
from plsim.explorer.teaching import game
from plsim.explorer.teaching.game import CONTROLS, Referee, plan, rules, usual

DEAR = {
    "practices.flexible_environment.adult_hours": 5.0,
    "support.coaching_hours": 2.0,
    "support.planning_hours": 6.0,
}


@pytest.fixture(scope="module")
def referee():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(game, "WORLDS", 4)
        patch.setattr(game, "SIZE", {"population.schools": 1, "population.students_per_school": 60})
        game._base.cache_clear()
        game.usual.cache_clear()
        yield Referee()
    game._base.cache_clear()
    game.usual.cache_clear()


def test_a_plan_that_changes_nothing_brings_nothing_and_costs_nothing(referee):
    rows = referee.tried({})["rows"]
    assert [row["value"] for row in rows] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert referee.tried({})["within"] == [True, True]


def test_a_plan_beyond_the_money_or_the_hours_is_marked(referee):
    found = referee.tried(DEAR)
    assert found["within"][0] == (found["rows"][1]["value"] <= game.BUDGET_USD)
    assert not found["within"][0]


def test_the_same_plan_twice_shares_a_place_and_one_that_breaks_the_limits_comes_last(referee):
    board = referee.board([("A", DEAR), ("B", {}), ("C", {})])
    assert [one["team"] for one in board["teams"]][-1] == "A"
    first, second, last = board["teams"]
    assert first["place"] == second["place"] == 1
    assert last["place"] is None
    assert first["ahead_of_next"] == 0  # alike in every world
    assert "all" not in first


def test_the_board_judges_the_limits_by_what_teams_saw(referee):
    plans = [("A", DEAR), ("B", {"practices.advising.intensity": 0.6})]
    for one in referee.board(plans)["teams"]:
        seen = referee.tried(one["changes"])
        assert one["within"] == seen["within"]
        assert [row["value"] for row in one["rows"][1:]] == [row["value"] for row in seen["rows"][1:]]


@pytest.mark.parametrize(("ahead", "level"), [(10, True), (16, True), (17, False), (20, False)])
def test_plans_are_told_apart_where_worlds_agree_as_anywhere_else(ahead, level):
    worlds = np.arange(20)[:, np.newaxis]
    one, other = ({"within": [True, True], "all": each} for each in (np.where(worlds < ahead, 1.0, -1.0), 0.0 * worlds))
    assert game._level(one, other) is level


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"population.schools": 90}, "cannot be moved"),
        ({"support.coaching_hours": 40.0}, "0 to 2"),
        ({"support.coaching_hours": "much"}, "0 to 2"),
        ({"support.structure": "none"}, "overlay, redesign"),
    ],
)
def test_only_what_the_game_lets_people_move_can_be_moved(changes, message):
    with pytest.raises(InputError, match=message):
        plan(changes)


def test_every_control_starts_within_its_ends():
    assert {control["key"] for control in rules()["controls"]} == set(usual())
    for control in CONTROLS:
        assert control["low"] <= usual()[control["key"]]
