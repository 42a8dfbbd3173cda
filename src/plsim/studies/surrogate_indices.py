"""What a surrogate knows about the factors: Sobol and Shapley shares of variance, and Shapley values of on/off factors.

Asking a surrogate costs next to nothing, so these are computed with many points (scrambled Sobol sequences); what is
uncertain is the surrogate. Its intervals come from its folds: how far the answer moves when a fifth of the runs is left
out (a jackknife).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from plsim.attribution import coalitions
from plsim.core.arrays import Floats
from plsim.studies.surrogate_fit import Predict, Surrogate

POINTS = 2048
_MOST_LEVELS = 12
_Z = float(ndtri(0.95))

Levels = tuple[Floats | None, ...]


def levels_of(units: Floats) -> Levels:
    """For each factor the few values that its coordinate has in the runs; None where it varies freely."""
    found: list[Floats | None] = []
    for column in units.T:
        values = np.unique(column)
        found.append(values if values.size <= min(_MOST_LEVELS, units.shape[0] // 4) else None)
    return tuple(found)


def points(count: int, levels: Levels, *, seed: int, copies: int = 1) -> Floats:
    """Points that fill the space of the factors evenly. Shape (copies, count, factors); ``count`` a power of two."""
    unit = qmc.Sobol(copies * len(levels), seed=np.random.default_rng([seed, 63])).random(count)
    spread = np.stack(np.split(unit, copies, axis=1))
    for place, values in enumerate(levels):
        if values is not None:
            spread[..., place] = values[np.minimum((spread[..., place] * values.size).astype(int), values.size - 1)]
    return spread


def sobol(predict: Predict, levels: Levels, *, seed: int, count: int = POINTS) -> Floats:
    """First-order and total shares of the variance. Shape (2, factors); zeros where nothing varies.

    Notes
    -----
    By Saltelli et al. (2010) and Jansen (1999).
    """
    base, other = points(count, levels, seed=seed, copies=2)
    at_base, at_other = predict(base), predict(other)
    variance = float(np.concatenate([at_base, at_other]).var())
    found = np.zeros((2, len(levels)))
    if variance <= 0.0:
        return found
    for place in range(len(levels)):
        mixed = base.copy()
        mixed[:, place] = other[:, place]
        at_mixed = predict(mixed)
        found[0, place] = np.mean((at_other - at_other.mean()) * (at_mixed - at_base)) / variance
        found[1, place] = 0.5 * np.mean(np.square(at_base - at_mixed)) / variance
    return found


def shapley_effects(predict: Predict, levels: Levels, *, seed: int, count: int = POINTS) -> Floats:
    """Shapley shares of the variance: between first-order and total, and they add up to 1. Shape (factors,).

    Notes
    -----
    By walking from one point to another, a factor at a time in random order (Goda 2021).
    """
    start, end = points(count, levels, seed=seed + 1, copies=2)
    rng = np.random.default_rng([seed, 64])
    order = np.argsort(rng.random((count, len(levels))), axis=1)
    rows = np.arange(count)
    walker, first = start.copy(), predict(start)
    found, before = np.zeros(len(levels)), first
    for step in range(len(levels)):
        moved = order[:, step]
        walker[rows, moved] = end[rows, moved]
        after = predict(walker)
        np.add.at(found, moved, (before - after) * (first - 0.5 * (before + after)))
        before = after
    total = float(found.sum())
    return found / total if total > 0.0 else np.zeros(len(levels))


def switches(levels: Levels) -> tuple[int, ...]:
    """Places of the factors that are on or off: those with two values."""
    found = tuple(place for place, values in enumerate(levels) if values is not None and values.size == 2)
    return found if len(found) <= coalitions.MOST else ()


def combinations(predict: Predict, levels: Levels, *, seed: int, count: int = 64) -> Floats:
    """Outcomes of all on/off combinations at points of the other factors. Shape (points, 2^switches)."""
    places = switches(levels)
    elsewhere = points(count, levels, seed=seed + 2)[0]
    table = np.empty((count, 1 << len(places)))
    for mask in range(table.shape[1]):
        at = elsewhere.copy()
        for bit, place in enumerate(places):
            values = levels[place]
            assert values is not None, "a switch has two values"
            at[:, place] = values[mask >> bit & 1]
        table[:, mask] = predict(at)
    return table


def with_folds(surrogate: Surrogate, measure: Callable[[Predict], Floats]) -> tuple[Floats, Floats]:
    """A measure of a surrogate, and its jackknife standard error over the surrogate's folds; both of its shape."""
    value = measure(surrogate.predict)
    each = np.stack([measure(fold) for fold in surrogate.folds])
    folds = each.shape[0]
    return value, np.sqrt((folds - 1) / folds * np.square(each - each.mean(axis=0)).sum(axis=0))


def reach(error: Floats) -> Floats:
    """Half the width of a 90% interval with that standard error."""
    return _Z * error
