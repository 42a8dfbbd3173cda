"""What the evidence pins down: prior against posterior, fact by fact, and which parameters stay open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.calibration.likelihood import Targets, without
from plsim.calibration.posterior import Candidates, Posterior, posterior
from plsim.core.arrays import Floats

PINNED = 0.5
"""A combination that keeps less than this share of its prior spread is pinned."""
_FEWER, _FEWER_DRAWS = 1 << 13, 32
"""Candidates and draws of the discrepancy where every fact is left out in turn."""
_PRIOR_SPREAD = float(np.sqrt(1.0 / 12.0))


@dataclass(frozen=True)
class Combination:
    """A direction in which the evidence narrows worlds.

    ``left`` is the share of the prior's standard deviation that remains along it; ``loadings`` says which parameters
    it is made of. Shape (parameters,), of length 1.
    """

    left: float
    loadings: Floats


@dataclass(frozen=True)
class Identification:
    """How far each parameter is narrowed, and by what.

    Attributes
    ----------
    keys, facts
        Names of parameters and facts.
    left
        Share of the prior's standard deviation that remains. Shape (parameters,).
    low, middle, high
        5%, 50% and 95% of the posterior, in the unit cube. Each (parameters,).
    without
        ``left`` if a fact had not been published. Shape (facts, parameters).
    combinations
        All directions, the most narrowed first.
    """

    keys: tuple[str, ...]
    facts: tuple[str, ...]
    left: Floats
    low: Floats
    middle: Floats
    high: Floats
    without: Floats
    combinations: tuple[Combination, ...]

    @property
    def pinned(self) -> tuple[Combination, ...]:
        """The combinations that the evidence pins."""
        return tuple(each for each in self.combinations if each.left < PINNED)


def identification(of: Posterior, keys: tuple[str, ...], wanted: Targets, *, seed: int) -> Identification:
    """Prior against posterior."""
    points = of.candidates.points
    low, middle, high = of.quantiles(points, (0.05, 0.5, 0.95))
    facts = tuple(dict.fromkeys(target.fact for target in wanted))
    whole = of.candidates
    fewer = Candidates(whole.points[:_FEWER], whole.means[:_FEWER], whole.errors)
    each_without = np.array(
        [spread_left(posterior(fewer, without(wanted, {fact}), seed=seed, draws=_FEWER_DRAWS)) for fact in facts]
    )
    return Identification(keys, facts, spread_left(of), low, middle, high, each_without, combinations(of))


def spread_left(of: Posterior) -> Floats:
    """Share of the prior's standard deviation that each parameter keeps. Shape (parameters,)."""
    points = of.candidates.points
    mean = of.mean(points)
    variance = of.weights @ (points - mean) ** 2
    left: Floats = np.sqrt(variance) / _PRIOR_SPREAD
    return left


def combinations(of: Posterior) -> tuple[Combination, ...]:
    """Principal directions of the posterior in the unit cube, the narrowest first."""
    away = of.candidates.points - of.mean(of.candidates.points)
    covariance = (away * of.weights[:, np.newaxis]).T @ away / _PRIOR_SPREAD**2
    size, direction = np.linalg.eigh(covariance)
    found = []
    for index in range(len(size)):
        loadings = direction[:, index]
        # A direction has no sign of its own: its largest loading is positive.
        loadings = loadings * np.sign(loadings[np.argmax(np.abs(loadings))])
        found.append(Combination(float(np.sqrt(max(size[index], 0.0))), loadings))
    return tuple(found)
