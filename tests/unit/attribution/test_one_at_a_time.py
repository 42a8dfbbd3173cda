"""What an effect hangs on is found with each assumption at its ends, and tested by the worlds of the result."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.attribution.one_at_a_time import FEWEST_TO_TEST, HIGH, LOW, end_worlds, form_share, swings
from plsim.engine.parameters import World, prior_worlds
from plsim.evidence import registry

UNCERTAIN = registry().uncertain()
FORM = registry()["match.form"]
FIRST, SECOND = UNCERTAIN[3], UNCERTAIN[7]


def share_of_range(world: World, entry) -> float:
    grid = np.linspace(0.0, 1.0, 1001)
    return float(np.interp(world.number(entry.key), [entry.quantile(each) for each in grid], grid))


def effect(world: World, together: float = 0.0) -> float:
    """An effect that hangs on two assumptions, on one twice as much, and on how they act together."""
    one, two = share_of_range(world, FIRST), share_of_range(world, SECOND)
    return 2.0 * one + two + together * (one - 0.5) * (two - 0.5)


def found(together: float = 0.0, count: int = 60):
    tried = prior_worlds(count, 5)
    ends = np.array([effect(world, together) for world in end_worlds(doses=True)])
    effects = np.array([effect(world, together) for world in tried])
    return swings(effect(World(), together), ends, tried, effects, doses=True)


def test_each_assumption_is_moved_alone_to_both_ends() -> None:
    worlds = end_worlds(doses=True)
    assert len(worlds) == 2 * len(UNCERTAIN)
    for world, entry, share in [(worlds[0], UNCERTAIN[0], LOW), (worlds[-1], UNCERTAIN[-1], HIGH)]:
        assert dict(world.values) == {entry.key: entry.quantile(share)}


def test_an_effect_hangs_on_what_makes_it_in_the_right_shares() -> None:
    moved, explained = found()
    assert [one.key for one in moved[:2]] == [FIRST.key, SECOND.key]
    assert moved[0].high - moved[0].low == pytest.approx(2.0 * (HIGH - LOW), abs=1e-3)
    assert explained == pytest.approx(1.0, abs=0.02)
    assert moved[0].share == pytest.approx(0.8, abs=0.03)  # variances add: 2² to 1²
    assert sum(one.share for one in moved) == pytest.approx(explained)


def test_what_assumptions_do_together_is_nobodys_share() -> None:
    moved, explained = found(together=12.0)
    assert explained < 0.75
    assert sum(one.share for one in moved) == pytest.approx(explained)


def test_a_form_is_moved_to_both_of_its_forms_and_has_its_share() -> None:
    def by_form(world: World) -> float:
        return share_of_range(world, FIRST) + 0.5 * world.number(FORM.key)

    ends = end_worlds(doses=True)
    assert sorted(world.values[FORM.key] for world in ends if FORM.key in world.values) == [0.0, 1.0]
    tried = prior_worlds(80, 5)
    effects = np.array([by_form(world) for world in tried])
    moved, explained = swings(
        by_form(World()), np.array([by_form(world) for world in ends]), tried, effects, doses=True
    )
    of_form = next(one for one in moved if one.key == FORM.key)
    assert (of_form.low, of_form.high) == (by_form(World()), by_form(World()) + 0.5)
    assert explained == pytest.approx(1.0, abs=0.01)
    # A half of the worlds is half a unit higher: a variance of 1/16, against 1/12 of a range.
    assert form_share(moved) == pytest.approx((1 / 16) / (1 / 16 + 1 / 12), abs=0.02)
    assert form_share(moved) == of_form.share


def test_few_or_repeated_worlds_say_nothing_of_shares() -> None:
    few = found(count=FEWEST_TO_TEST - 1)
    assert few[1] is None
    assert all(one.share is None for one in few[0])
    world = prior_worlds(1, 0)[0]
    ends = np.array([effect(each) for each in end_worlds(doses=True)])
    assert swings(effect(World()), ends, [world] * 50, np.full(50, effect(world)), doses=True)[1] is None
