"""Is a fact a function of one number? That number is then an effect size in disguise, and the fact tests nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.calibration.likelihood import Target, Targets
from plsim.core.arrays import Floats

MOST = 0.75
"""The largest correlation over the prior that a fact and a parameter may have, either way."""


@dataclass(frozen=True)
class Leading:
    """The parameter that a fact hangs on most over the prior, and the correlation."""

    fact: str
    parameter: str
    r: float

    @property
    def too_much(self) -> bool:
        """Whether the fact is as good as a function of it."""
        return abs(self.r) > MOST


def leading(keys: tuple[str, ...], points: Floats, values: Floats, targets: Targets) -> tuple[Leading, ...]:
    """For every fact the parameter that it is most correlated with, over worlds that fill the prior.

    Parameters
    ----------
    points
        Of the unit cube. Shape (worlds, parameters).
    values
        Statistics there. Shape (worlds, statistics).
    """
    away = points - points.mean(axis=0)
    found = []
    for target in targets:
        numbers = number(target, values)
        numbers = numbers - numbers.mean()
        size = np.sqrt((numbers**2).sum() * (away**2).sum(axis=0))
        # A statistic that is the same in all worlds hangs on nothing.
        r = np.divide(numbers @ away, size, out=np.zeros(len(keys)), where=size > 1e-12)
        most = int(np.argmax(np.abs(r)))
        found.append(Leading(target.fact, keys[most], float(r[most])))
    return tuple(found)


def number(target: Target, values: Floats) -> Floats:
    """The one number that stands against a finding, in each world. ``values`` (worlds, statistics)."""
    columns = values[:, list(target.columns)]
    if target.kind == "rank":
        ahead: Floats = columns[:, 0] - columns[:, 1:].max(axis=1)
        return ahead
    if target.kind == "sign":
        beyond: Floats = (target.side * (columns - target.value)).min(axis=1)
        return beyond
    return np.asarray(columns.mean(axis=1), np.float64)
