"""Ranks with uncertainty: positions and firsts over worlds, ties, and the rate of false alarms that is stated."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.attribution.rankings import FALSE_ALARMS, Ranking, fewest_worlds, found, share, wilson


def test_positions_are_shares_of_worlds_and_add_up() -> None:
    ranking = Ranking(np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [1.0, 3.0, 2.0], [3.0, 2.0, 1.0]]))
    positions = ranking.positions()
    assert positions[0].tolist() == [0.75, 0.0, 0.25]
    assert positions.sum(axis=0) == pytest.approx([1.0] * 3)
    assert positions.sum(axis=1) == pytest.approx([1.0] * 3)


def test_who_ties_shares_the_positions() -> None:
    positions = Ranking(np.array([[2.0, 2.0, 1.0]])).positions()
    assert positions.tolist() == [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]


def test_nobody_is_first_in_a_tie_or_with_a_negligible_score() -> None:
    ranking = Ranking(np.array([[2.0, 2.0, 1.0], [0.1, 0.05, 0.0], [2.0, 1.0, 0.0]]), negligible=0.5)
    assert ranking.firsts().tolist() == [[False] * 3, [False] * 3, [True, False, False]]
    assert ranking.nothing().tolist() == [False, True, False]


def test_scores_that_differ_by_rounding_only_tie() -> None:
    assert not Ranking(np.array([[0.3, 0.1 + 0.2]])).firsts().any()


def test_beats_is_the_share_of_worlds_in_which_one_is_above_the_other() -> None:
    beats = Ranking(np.array([[2.0, 1.0], [2.0, 1.0], [1.0, 2.0], [1.0, 1.0]])).beats()
    assert (beats[0, 1], beats[1, 0], beats[0, 0]) == (0.5, 0.25, 0.0)


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
    assert found(np.zeros((0, 3))).tolist() == [0, 0, 0]


def test_a_clear_gain_and_a_clear_loss_are_found() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(40, 4)) * 0.1 + [1.0, -1.0, 0.0, 0.0]
    assert found(scores)[:2].tolist() == [1, -1]


def test_what_is_within_the_negligible_is_not_found() -> None:
    scores = np.full((40, 2), 0.001)
    assert found(scores).tolist() == [1, 1]
    assert found(scores, negligible=0.002).tolist() == [0, 0]


def test_false_alarms_come_at_most_as_often_as_stated() -> None:
    # 8 practices without any effect, 40 worlds, 2,000 studies: the bound is three standard errors above what is stated.
    rng = np.random.default_rng(3)
    alarms = sum(found(rng.normal(size=(40, 8))).any() for _ in range(2000)) / 2000
    assert alarms <= FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS * (1.0 - FALSE_ALARMS) / 2000)
    assert alarms > 0.005  # and it is a test, not a refusal


def test_nothing_is_found_in_fewer_worlds_than_the_fewest() -> None:
    few = fewest_worlds(8)
    clear = np.ones((few, 8))
    assert not found(clear[:-1]).any()
    assert found(clear).all()
