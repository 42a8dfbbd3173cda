"""Matched virtual comparison groups: for each student of a program, students alike in other schools.

The same grade and lunch status exactly, the baseline score as near as can be, within a caliper; a comparison student
may serve several times. What a match cannot see (the school, error in the test) is not balanced by it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints

MATCHES = 5
"""Comparison students sought for each student. A choice of method, not a number about the world."""
CALIPER_RIT = 3.0
"""Most that baseline scores of a match differ: about one standard error of a MAP test."""


class Matches(NamedTuple):
    """Who is compared with whom.

    Attributes
    ----------
    comparison
        Index of each comparison student found, nearest first, -1 where there are fewer. Shape (students, MATCHES).
    weight
        How often each comparison student counts: the sum of 1 / (number of matches) of those it serves. Shape (pool,).
    """

    comparison: Ints
    weight: Floats

    @property
    def matched(self) -> np.ndarray:
        """Who found at least one match. Shape (students,)."""
        return np.asarray(self.comparison[:, 0] >= 0)

    def mean_of(self, values: Floats) -> Floats:
        """Mean of the pool's values over each student's matches, NaN without. Shape (students,)."""
        found = self.comparison >= 0
        picked = np.where(found, values[np.maximum(self.comparison, 0)], 0.0)
        count = found.sum(axis=1)
        means: Floats = np.where(count > 0, picked.sum(axis=1) / np.maximum(count, 1), np.nan)
        return means


def matches(
    baseline: Floats,
    cell: Ints,
    pool_baseline: Floats,
    pool_cell: Ints,
    *,
    most: int = MATCHES,
    caliper: float = CALIPER_RIT,
) -> Matches:
    """Nearest students of the pool within each cell.

    Parameters
    ----------
    baseline, pool_baseline
        Baseline scores (RIT), of the students and of the pool.
    cell, pool_cell
        What must agree exactly, as one whole number (grade and lunch status).
    most, caliper
        Matches sought, and the most that baseline scores may differ (RIT).
    """
    if not pool_baseline.size:
        return Matches(np.full((baseline.shape[0], most), -1), np.zeros(0))
    # The pool by cell, ascending in each, and where each student would stand in it.
    order = np.lexsort((pool_baseline, pool_cell))
    ascending, cells = pool_baseline[order], pool_cell[order]
    first, last, place = (np.zeros(len(cell), np.int64) for _ in range(3))
    for each in np.unique(cell).tolist():
        here = np.flatnonzero(cell == each)
        begin, end = np.searchsorted(cells, (each, each + 1))
        first[here], last[here] = begin, end
        place[here] = begin + np.searchsorted(ascending[begin:end], baseline[here])
    # The nearest `most` lie among as many on each side of that place.
    window = place[:, np.newaxis] + np.arange(-most, most)
    inside = (window >= first[:, np.newaxis]) & (window < last[:, np.newaxis])
    window = np.where(inside, window, 0)
    distance = np.where(inside, np.abs(ascending[window] - baseline[:, np.newaxis]), np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :most]
    chosen = np.take_along_axis(order[window], nearest, axis=1)
    comparison = np.where(np.take_along_axis(distance, nearest, axis=1) <= caliper, chosen, -1)
    found = comparison >= 0
    share = 1.0 / np.maximum(found.sum(axis=1), 1)
    shares = np.broadcast_to(share[:, np.newaxis], comparison.shape)
    weight = np.bincount(comparison[found], shares[found], minlength=pool_baseline.shape[0])
    return Matches(comparison, np.asarray(weight, dtype=np.float64))
