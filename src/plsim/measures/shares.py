"""Shares of a response's variance that go with its inputs, which add up to at most all of it."""

from __future__ import annotations

import math
from itertools import combinations
from math import factorial

import numpy as np
from scipy.special import stdtr

from plsim.core.arrays import Floats, Ints
from plsim.population.balanced import standardized

MOST_INPUTS = 8
"""Inputs that are told apart at most; the others are what is left."""


def shares(inputs: Floats, response: Floats, *, false_alarm: float) -> tuple[tuple[int, float], ...]:
    """Columns that a response goes with, and the share of its variance that each stands for; the largest first.

    Columns are taken in one after the other, while one of those left explains more of what is left than chance would:
    with no influence at all, anything is taken in with a chance of ``false_alarm``. What the chosen ones explain
    together (by ranks, adjusted for how many they are) is divided by Shapley's rule: a column's share is its average
    gain over all orders. So the shares of inputs that go together are not counted twice, and they add up to at most 1.

    Parameters
    ----------
    inputs
        Shape (runs, columns).
    response
        Shape (runs,).
    false_alarm
        Chance that anything is named when nothing matters.

    Examples
    --------
    >>> inputs = np.random.default_rng(0).random((300, 5))
    >>> found = shares(inputs, inputs[:, 1] + 0.5 * inputs[:, 3], false_alarm=0.05)
    >>> [column for column, _ in found]
    [1, 3]

    Notes
    -----
    Lindeman, Merenda and Gold 1980; Grömping 2007, American Statistician 61(2), https://doi.org/10.1198/000313007X188252.
    """
    from scipy.stats import rankdata  # takes a second to import, and most runs do not need it

    runs, columns = inputs.shape
    varied = np.ptp(inputs, axis=0) > 0.0
    if runs < 3 or not varied.any() or float(np.ptp(response)) == 0.0:
        return ()
    ranks = np.zeros_like(inputs)
    ranks[:, varied] = standardized(np.apply_along_axis(rankdata, 0, inputs[:, varied]))
    aim = standardized(rankdata(response)[:, np.newaxis])[:, 0]
    chosen = _chosen(ranks, aim, np.flatnonzero(varied), false_alarm / columns)
    if not chosen:
        return ()
    explained = _explained(ranks[:, chosen], aim)
    whole = explained[frozenset(range(len(chosen)))]
    adjusted = max(1.0 - (1.0 - whole) * (runs - 1) / (runs - len(chosen) - 1), 0.0)
    each = _shapley(explained, len(chosen)) * (adjusted / whole if whole > 0.0 else 0.0)
    found = zip(chosen, np.maximum(each, 0.0).tolist(), strict=True)
    return tuple(sorted(found, key=lambda one: -one[1]))


def share_between(levels: Floats, response: Floats) -> float:
    """Share of a response's variance between groups of runs, adjusted for how many groups there are; at least 0.

    Parameters
    ----------
    levels
        What makes the groups: runs that agree in all of it are one, in no order. Shape (runs, columns).
    response
        Shape (runs,).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> forms = rng.integers(0, 2, (400, 2)).astype(float)
    >>> round(share_between(forms, 2.0 * forms[:, 0] + rng.standard_normal(400)), 1)
    0.5

    Notes
    -----
    Epsilon squared (Kelley 1935): 0 on average where groups do not matter.
    """
    _, group, count = np.unique(levels, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    runs, groups = len(response), len(count)
    whole = float(np.square(response - response.mean()).sum())
    if groups < 2 or runs <= groups or whole == 0.0:
        return 0.0
    inside = float(np.square(response - (np.bincount(group, response) / count)[group]).sum())
    return max(1.0 - inside / whole * (runs - 1) / (runs - groups), 0.0)


def _chosen(ranks: Floats, aim: Floats, columns: Ints, by_chance: float) -> list[int]:
    """Columns that explain more than chance, one after the other."""
    chosen: list[int] = []
    rest, others = aim, {int(column): ranks[:, column] for column in columns}
    while others and len(chosen) < MOST_INPUTS:
        free = len(aim) - len(chosen) - 2
        if free < 1:
            break
        names = list(others)
        squares = [_square(others[name], rest) for name in names]
        most = max(squares)
        best = names[squares.index(most)]
        t = math.sqrt(most * free / max(1.0 - most, 1e-12))
        if 2.0 * float(stdtr(free, -t)) >= by_chance:
            break
        chosen.append(best)
        axis = others.pop(best)
        axis = axis / np.sqrt(axis @ axis)
        # What is left of the others, and of the aim, once this one is taken out.
        rest = rest - (axis @ rest) * axis
        others = {name: values - (axis @ values) * axis for name, values in others.items()}
        others = {name: values for name, values in others.items() if float(values @ values) > 1e-9 * len(aim)}
        if float(rest @ rest) < 1e-9 * len(aim):
            break
    return chosen


def _square(values: Floats, rest: Floats) -> float:
    """Square of the correlation of two centred columns."""
    return float((values @ rest) ** 2 / max(float((values @ values) * (rest @ rest)), 1e-12))


def _explained(inputs: Floats, aim: Floats) -> dict[frozenset[int], float]:
    """Share of variance that every subset of the columns explains by a linear fit."""
    runs, count = inputs.shape
    together, along = inputs.T @ inputs / runs, inputs.T @ aim / runs
    found = {frozenset[int](): 0.0}
    for size in range(1, count + 1):
        for subset in combinations(range(count), size):
            at = list(subset)
            fit, *_ = np.linalg.lstsq(together[np.ix_(at, at)], along[at], rcond=None)
            found[frozenset(subset)] = float(np.clip(along[at] @ fit, 0.0, 1.0))
    return found


def _shapley(explained: dict[frozenset[int], float], count: int) -> Floats:
    values = np.zeros(count)
    for one in range(count):
        for subset, worth in explained.items():
            if one not in subset:
                weight = factorial(len(subset)) * factorial(count - len(subset) - 1) / factorial(count)
                values[one] += weight * (explained[subset | {one}] - worth)
    return values
