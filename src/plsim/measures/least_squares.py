"""Least squares as published studies use it: weighted, errors clustered or robust to unequal spread.

Closed forms on arrays, a few milliseconds each; tests hold every number to statsmodels', to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from plsim.core.arrays import Floats, Ints


class Fit(NamedTuple):
    """Coefficients of a regression and their covariance. Shapes (columns,), (columns, columns)."""

    coefficients: Floats
    covariance: Floats


class System(NamedTuple):
    """One equation: outcome (observations,), design (observations, columns), positive weights (observations,)."""

    outcome: Floats
    design: Floats
    weight: Floats


def coefficients(design: Floats, outcome: Floats) -> Floats:
    """Ordinary least squares by QR. Shape (columns,)."""
    q, r = np.linalg.qr(design)
    return np.asarray(np.linalg.solve(r, q.T @ outcome), dtype=np.float64)


def clustered(systems: Sequence[System], cluster: Ints) -> Fit:
    """Weighted least squares of several equations at once, errors clustered over all of them.

    Equations share no coefficient; what they share are clusters, so errors of a contrast between them are known too.

    Parameters
    ----------
    systems
        The equations.
    cluster
        Cluster of every observation of every equation, in their order, from 0 without gaps. Shape (all observations,).

    Notes
    -----
    The sandwich of Liang and Zeger (1986) with the usual correction for few clusters, G/(G-1) times (n-1)/(n-k).
    """
    found, breads, scores = [], [], []
    count = int(cluster.max()) + 1
    first = 0
    for outcome, design, weight in systems:
        root = np.sqrt(weight)
        whitened = design * root[:, np.newaxis]
        q, r = np.linalg.qr(whitened)
        found.append(np.linalg.solve(r, q.T @ (outcome * root)))
        back = np.linalg.inv(r)
        breads.append(back @ back.T)
        left = (outcome - design @ found[-1]) * weight
        of = cluster[first : first + len(outcome)]
        scores.append(np.column_stack([np.bincount(of, column * left, minlength=count) for column in design.T]))
        first += len(outcome)
    width = sum(map(len, found))
    bread = np.zeros((width, width))
    at = 0
    for each in breads:
        bread[at : at + len(each), at : at + len(each)] = each
        at += len(each)
    summed = np.hstack(scores)
    correction = count / (count - 1.0) * (first - 1.0) / (first - width)
    return Fit(np.concatenate(found), correction * bread @ (summed.T @ summed) @ bread)


class LineFit(NamedTuple):
    """A straight line through points: its slope, the slope's error and p-value, and the share of variance explained."""

    slope: float
    error: float
    p_value: float
    explained: float


def slope(x: Floats, y: Floats) -> float:
    """Rise of y with x, by least squares."""
    away = x - x.mean()
    return float(away @ y / max(float(away @ away), 1e-12))


def line(x: Floats, y: Floats) -> LineFit:
    """A line with errors robust to unequal spread in few observations: HC3 (MacKinnon and White 1985)."""
    design = np.column_stack([np.ones(len(x)), x])
    found = coefficients(design, y)
    left = y - design @ found
    bread = np.linalg.inv(design.T @ design)
    leverage = ((design @ bread) * design).sum(axis=1)
    scores = design * (left / (1.0 - leverage))[:, np.newaxis]
    error = float(np.sqrt((bread @ (scores.T @ scores) @ bread)[1, 1]))
    free = len(x) - 2
    around = float(((y - y.mean()) ** 2).sum())
    explained = 1.0 - float((left**2).sum()) / around if around > 0.0 else 0.0
    slope = float(found[1])
    return LineFit(slope, error, two_sided(slope, error, float(free)), explained)


def two_sided(value: float, error: float, freedom: float) -> float:
    """Chance of a value as far from 0 on either side, by Student's t; without error 1 at 0 and 0 elsewhere."""
    if not error > 0.0:
        return float(value == 0.0)
    return float(2.0 * stdtr(freedom, -abs(value) / error))


def reach(level: float, freedom: float) -> float:
    """How many standard errors an interval of a level reaches on either side, by Student's t."""
    return float(stdtrit(freedom, 0.5 + 0.5 * level))
