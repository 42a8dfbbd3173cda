"""Ranks: positions and firsts over worlds, and ties."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.attribution.rankings import Ranking


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
