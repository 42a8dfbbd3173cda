"""Emulators: what the simulation would give in a world that was not run.

One per statistic, learned from a bank of worlds: a ridge regression on all parameters, their squares and products,
or gradient-boosted trees on what that leaves, whichever errs less on worlds held out. The held-out error is part of
the emulator: it says how far an emulated statistic may be off, and the likelihood counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from plsim.core.arrays import Floats

HELD_OUT = 0.2
"""Share of a bank that no fit sees."""
_BLOCK = 16384
_PENALTIES = (1e-3, 1e-1, 1e1)


@dataclass(frozen=True)
class Emulator:
    """An emulator of every statistic of a bank.

    Attributes
    ----------
    statistics
        Names of the statistics.
    coefficients
        Of 1, the parameters, their squares and products. Shape (terms, statistics).
    trees
        What is learned beyond, by statistic; None where it did not help.
    error
        Root mean square error on held-out worlds. Shape (statistics,).
    explained
        Share of the variance between held-out worlds that is explained. Shape (statistics,).
    """

    statistics: tuple[str, ...]
    coefficients: Floats
    trees: tuple[Any, ...]
    error: Floats
    explained: Floats

    def __call__(self, points: Floats) -> Floats:
        """Emulated statistics at points of the unit cube. Shape (points, statistics)."""
        out = np.empty((points.shape[0], len(self.statistics)))
        for start in range(0, points.shape[0], _BLOCK):
            block = points[start : start + _BLOCK]
            out[start : start + _BLOCK] = terms(block) @ self.coefficients
            for column, tree in enumerate(self.trees):
                if tree is not None:
                    out[start : start + _BLOCK, column] += tree.predict(block)
        return out


def terms(points: Floats) -> Floats:
    """1, the parameters from -1 to 1, and all their products of two. Shape (points, terms)."""
    x = 2.0 * points - 1.0
    first, second = np.triu_indices(points.shape[1])
    return np.column_stack([np.ones(points.shape[0]), x, x[:, first] * x[:, second]])


def fitted(
    statistics: tuple[str, ...],
    points: Floats,
    values: Floats,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Emulator:
    """The emulator of a bank.

    Parameters
    ----------
    statistics
        Names of the columns of ``values``.
    points, values
        Worlds as points of the unit cube, and what was simulated there. Shapes (worlds, parameters) and (worlds,
        statistics); all finite.
    seed
        Chooses the held-out worlds.

    Raises
    ------
    ValueError
        When there are too few worlds to hold any out.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    count = points.shape[0]
    held = np.zeros(count, bool)
    held[np.random.default_rng([seed, 21]).permutation(count)[: max(int(HELD_OUT * count), 1)]] = True
    if (~held).sum() < 2 * points.shape[1]:
        raise ValueError(f"{count} worlds are too few to learn {points.shape[1]} parameters from")
    design = terms(points)
    penalty = _best_penalty(design[~held], values[~held], design[held], values[held])
    coefficients = _ridge(design[~held], values[~held], penalty)
    residual = values - design @ coefficients
    trees: list[Any] = []
    error: Floats = np.sqrt((residual[held] ** 2).mean(axis=0))
    for column in range(values.shape[1]):
        tree = HistGradientBoostingRegressor(
            max_iter=150, learning_rate=0.06, max_leaf_nodes=15, l2_regularization=1.0, random_state=0
        )
        # Threads that wait for each other take minutes on a busy machine, for work of a second.
        with threadpool_limits(1):
            tree.fit(points[~held], residual[~held, column])
            left = residual[held, column] - tree.predict(points[held])
        better = float(np.sqrt((left**2).mean()))
        helps = better < 0.97 * error[column]
        trees.append(tree if helps else None)
        error[column] = better if helps else error[column]
        if progress is not None:
            progress(column + 1, values.shape[1])
    spread = values[held].std(axis=0)
    explained = 1.0 - np.divide(error**2, spread**2, out=np.ones_like(error), where=spread > 0.0)
    return Emulator(statistics, coefficients, tuple(trees), error, explained)


def _ridge(design: Floats, values: Floats, penalty: float) -> Floats:
    """Coefficients of a ridge regression that leaves the constant alone."""
    gram = design.T @ design
    shrink = np.full(design.shape[1], penalty)
    shrink[0] = 0.0
    gram[np.diag_indices_from(gram)] += shrink
    return np.asarray(np.linalg.solve(gram, design.T @ values), np.float64)


def _best_penalty(design: Floats, values: Floats, held_design: Floats, held_values: Floats) -> float:
    """The penalty with the least held-out error, each statistic counted in its own spread."""
    spread = np.maximum(values.std(axis=0), 1e-12)

    def loss(penalty: float) -> float:
        left = (held_values - held_design @ _ridge(design, values, penalty)) / spread
        return float((left**2).mean())

    return min(_PENALTIES, key=loss)
