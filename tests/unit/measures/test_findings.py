"""Worlds and draws of students: shares, what may be called found, and how variance splits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from plsim.core.arrays import Floats
from plsim.measures.findings import (
    FALSE_ALARMS,
    Direction,
    _over_both,
    direction,
    fewest_worlds,
    found,
    reach_of_chance,
    share,
    variance_parts,
    wilson,
)


def test_a_share_of_worlds_comes_with_an_interval_for_their_number() -> None:
    each = share(np.arange(40) < 28)
    assert (each.hits, each.worlds, each.value) == (28, 40, 0.7)
    assert each.low == pytest.approx(0.5702, abs=2e-3)
    assert each.high == pytest.approx(0.8044, abs=2e-3)


def test_wilson_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for hits in rng.binomial(60, 0.3, size=4000):
        low, high = wilson(float(hits), 60)
        held += low <= 0.3 <= high
    assert held / 4000 == pytest.approx(0.90, abs=0.03)


def test_no_worlds_give_no_share() -> None:
    assert np.isnan(share(np.zeros(0, dtype=bool)).value)
    assert found(np.zeros((5, 0, 3))).tolist() == [0, 0, 0]


def drawn(rng: np.random.Generator, worlds: float, draws: float, *, things: int = 8, w: int = 40, s: int = 5) -> Floats:
    """Effects of what does nothing: they scatter between worlds and draws. Shape (draws, worlds, things)."""
    of_worlds, of_draws = rng.normal(size=(1, w, things)), rng.normal(size=(s, 1, things))
    return np.asarray(worlds * of_worlds + draws * of_draws + 0.2 * rng.normal(size=(s, w, things)))


def test_a_clear_gain_and_a_clear_loss_are_found() -> None:
    effects = drawn(np.random.default_rng(2), 0.1, 0.1, things=4) * 0.5 + [1.0, -1.0, 0.0, 0.0]
    assert found(effects).tolist() == [1, -1, 0, 0]


def test_what_is_within_the_negligible_is_not_found() -> None:
    effects = np.full((5, 40, 2), 0.001)
    assert found(effects).tolist() == [1, 1]
    assert found(effects, negligible=0.002).tolist() == [0, 0]


@pytest.mark.parametrize(("worlds", "draws"), [(1.0, 0.0), (0.0, 1.0), (0.5, 1.0), (1.0, 0.5), (1.0, 1.0), (0.2, 0.2)])
@pytest.mark.parametrize("seeds", [2, 5])
def test_false_alarms_come_at_most_as_often_as_stated_whatever_the_effects_scatter_with(
    worlds: float, draws: float, seeds: int
) -> None:
    # 8 practices that do nothing, 1,000 studies: the bound is three standard errors above what is stated.
    rng = np.random.default_rng(3)
    alarms = sum(found(drawn(rng, worlds, draws, s=seeds)).any() for _ in range(1000)) / 1000
    assert alarms <= FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS * (1.0 - FALSE_ALARMS) / 1000)


def test_the_effect_of_one_draw_of_students_is_never_called_found() -> None:
    # It has the same sign in all 40 worlds: a test over worlds alone would find it in nearly every draw.
    one = drawn(np.random.default_rng(4), 0.1, 1.0, s=1)
    assert (one > 0.0).all(axis=(0, 1)).any()
    assert not found(one).any()


def test_a_planted_effect_of_twice_what_luck_moves_is_found_nearly_always() -> None:
    rng = np.random.default_rng(5)
    planted = np.array([3.0, *[0.0] * 7])
    hits = sum(found(drawn(rng, 0.3, 0.3) + planted)[0] == 1 for _ in range(200)) / 200
    assert hits > 0.95


def test_nothing_is_found_in_fewer_worlds_than_the_fewest() -> None:
    few = fewest_worlds(8)
    clear = np.ones((5, few, 8))
    assert not found(clear[:, :-1]).any()
    assert found(clear).all()


def test_what_holds_in_most_worlds_is_settled_only_when_it_holds_in_the_draws_too() -> None:
    worlds = np.arange(40) < 38
    assert share(worlds, np.ones(5, dtype=bool)).settled
    assert not share(worlds, np.arange(5) < 3).settled


def test_the_variance_of_all_runs_splits_into_what_was_planted() -> None:
    levers, worlds, luck = np.array([0.0, 2.0]), np.array([0.0, 1.0, 2.0]), np.array([-0.5, 0.5])
    values = luck[:, np.newaxis, np.newaxis] + worlds[np.newaxis, :, np.newaxis] + levers
    parts = variance_parts(values)
    total = 1.0 + 2.0 / 3.0 + 0.25
    assert [parts[name] for name in ("levers", "worlds", "luck")] == pytest.approx(
        [1.0 / total, 2.0 / 3.0 / total, 0.25 / total]
    )
    assert sum(parts.values()) == pytest.approx(1.0)
    more = variance_parts(values + np.where(np.arange(2) == 1, worlds[:, np.newaxis], 0.0))
    assert more["levers x worlds"] > 0.02
    assert np.isnan(variance_parts(values[:1])["luck"])


@pytest.mark.parametrize(("seeds", "worlds"), [(5, 1), (5, 40), (12, 7)])
def test_what_may_be_found_is_where_student_s_t_puts_it(seeds: int, worlds: int) -> None:
    from scipy.stats import t

    rng = np.random.default_rng(6)
    scatter = rng.normal(size=(seeds, 1, 1)) + 0.3 * rng.normal(size=(1, worlds, 1))
    scatter -= scatter.mean()
    error = np.sqrt(
        scatter.mean(axis=1).var(ddof=1) / seeds + (scatter.mean(axis=0).var(ddof=1) / worlds if worlds > 1 else 0.0)
    )
    needed = float(t.ppf(1.0 - 0.5 * FALSE_ALARMS, min(seeds, worlds) - 1 if worlds > 1 else seeds - 1) * error)
    # One world can pass no sign test, so with it nothing is found, however far it is.
    expected = 0 if worlds == 1 else 1
    assert found(scatter + 0.99 * needed)[0] == 0
    assert _over_both(scatter + 0.99 * needed, 0.0)[0] > FALSE_ALARMS > _over_both(scatter + 1.01 * needed, 0.0)[0]
    assert found(scatter + max(1.01 * needed, 10.0))[0] == expected


def of_one_run(effects: Floats, draws: Floats) -> Direction:
    """The direction of a run: one draw in all worlds, and other draws in the central world."""
    low, middle, high = np.quantile(effects, [0.05, 0.5, 0.95]).tolist()
    positive, luck = float((effects > 0.0).mean()), float(draws.std(ddof=1)) if draws.size > 1 else float("nan")
    return direction(middle, low=low, high=high, positive=positive, worlds=effects.size, luck=luck, seeds=draws.size)


@pytest.mark.parametrize("worlds", [0.0, 0.3, 1.0, 2.0, 5.0])
def test_a_run_of_what_does_nothing_has_a_direction_at_most_as_often_as_stated(worlds: float) -> None:
    rng = np.random.default_rng(7)
    said = sum(
        of_one_run(rng.normal() + worlds * rng.normal(size=40), rng.normal(size=10)).sign != 0 for _ in range(2000)
    )
    assert said / 2000 <= FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS * (1.0 - FALSE_ALARMS) / 2000)


@pytest.mark.parametrize("planted", [-5.0, 5.0])
def test_a_planted_effect_is_said_and_never_turned_round(planted: float) -> None:
    rng = np.random.default_rng(8)
    said = [of_one_run(planted + rng.normal() + rng.normal(size=40), rng.normal(size=10)).sign for _ in range(300)]
    assert said.count(int(np.sign(planted))) > 0.9 * 300
    assert -int(np.sign(planted)) not in said


def test_a_direction_names_what_stands_against_it() -> None:
    clear = {"low": 0.9, "high": 1.1, "positive": 1.0, "worlds": 40, "luck": 0.1, "seeds": 10}
    assert direction(1.0, **clear) == Direction(1, "")
    assert direction(-1.0, **{**clear, "positive": 0.0}) == Direction(-1, "")
    # 29 of 40 are not more than three standard errors of a share from one half, 30 are.
    assert direction(1.0, **{**clear, "positive": 29 / 40}) == Direction(0, "worlds")
    assert direction(1.0, **{**clear, "positive": 30 / 40}) == Direction(1, "")
    assert direction(1.0, **{**clear, "luck": 0.5}) == Direction(0, "chance")
    assert direction(1.0, **{**clear, "luck": float("nan"), "seeds": 0}) == Direction(0, "chance")
    # The median and most worlds do not agree, as when half of them are at zero.
    assert direction(1.0, **{**clear, "positive": 0.0}) == Direction(0, "worlds")
    assert direction(0.0, **{**clear, "positive": 0.0, "low": 0.0, "high": 0.0, "luck": 0.0}) == Direction(0, "")


def test_few_draws_let_chance_reach_further() -> None:
    assert reach_of_chance(1.0, 10) == pytest.approx(2.262, abs=1e-3)
    assert reach_of_chance(1.0, 5) == pytest.approx(2.776, abs=1e-3)
    assert reach_of_chance(1.0, 1) == float("inf")


@pytest.mark.parametrize("worlds", [20, 40, 200])
@pytest.mark.parametrize("middle", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_five_draws_of_worlds_and_of_students_contradict_each_other_no_oftener_than_chance_allows(
    middle: float, worlds: int
) -> None:
    # Where nothing has an effect, a gain and a loss among five draws: ten pairs, either way round.
    stated = 10 * 2 * (0.5 * FALSE_ALARMS) ** 2
    rng = np.random.default_rng(5)
    fives = [
        {
            of_one_run(middle + 0.5 * rng.normal() + rng.normal(size=worlds), 0.5 * rng.normal(size=10)).sign
            for _ in range(5)
        }
        for _ in range(200)
    ]
    assert sum({1, -1} <= each for each in fives) <= binom.ppf(0.999, 200, stated)
    if middle >= 2.0:
        assert not any(-1 in each for each in fives)


def test_a_share_of_worlds_without_other_draws_counts_the_one_draw_that_there_was() -> None:
    found = share(np.array([True, True, False]))
    assert (found.hits, found.worlds, found.seed_hits, found.seeds) == (2, 3, 1, 1)
