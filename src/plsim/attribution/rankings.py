"""How several things rank in each world, or in each draw: who is first, who is ahead of whom, and ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Bools, Floats

_SAME = 1e-12
"""Scores nearer than this share of the largest differ by rounding only."""


@dataclass(frozen=True)
class Ranking:
    """How several things rank in each world.

    Attributes
    ----------
    scores
        What they are ranked by, highest first. Shape (worlds, things).
    negligible
        Scores up to this size count as nothing: a thing comes first only when it is above.
    """

    scores: Floats
    negligible: float = 0.0

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return int(self.scores.shape[0])

    def beats(self) -> Floats:
        """Share of worlds in which the row's thing scores above the column's. Shape (things, things)."""
        above = self._above()
        return above.mean(axis=0) if self.worlds else np.full(above.shape[1:], np.nan)

    def positions(self) -> Floats:
        """Share of worlds in which each thing has each position; who ties shares the positions. Shape (things, things).

        Rows are things, columns positions from first to last; every row and every column adds up to 1.
        """
        above = self._above()
        things = self.scores.shape[1]
        first = above.sum(axis=1)  # how many score above: the best position of a tie
        tied = things - first - above.sum(axis=2)
        place = np.arange(things)
        held = (place >= first[:, :, np.newaxis]) & (place < (first + tied)[:, :, np.newaxis])
        each = held / tied[:, :, np.newaxis]
        return each.mean(axis=0) if self.worlds else np.full((things, things), np.nan)

    def firsts(self) -> Bools:
        """Whether each thing scores above all others, and is not negligible, in each world. Shape (worlds, things)."""
        things = self.scores.shape[1]
        return np.asarray((self._above().sum(axis=2) == things - 1) & (self.scores > self.negligible))

    def nothing(self) -> Bools:
        """Whether everything is negligible, in each world. Shape (worlds,)."""
        return np.asarray((np.abs(self.scores) <= self.negligible).all(axis=1))

    def _above(self) -> Bools:
        """Shape (worlds, things, things): the first of the two scores above the second."""
        scale = _SAME * np.abs(self.scores).max(axis=1, initial=0.0)[:, np.newaxis, np.newaxis]
        return np.asarray(self.scores[:, :, np.newaxis] - self.scores[:, np.newaxis, :] > scale)
