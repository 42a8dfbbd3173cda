"""Which worlds the evidence leaves: importance weights over emulated prior worlds, and draws from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plsim.calibration.discrepancy import DRAWS, Discrepancies, agreements, discrepancies, learned, marginal
from plsim.calibration.emulator import Emulator
from plsim.calibration.likelihood import Targets
from plsim.calibration.priors import space_filling
from plsim.core.arrays import Floats, Ints

_BLOCK = 8192


@dataclass(frozen=True)
class Candidates:
    """Prior worlds and what the emulator says of them.

    Attributes
    ----------
    points
        Points of the unit cube. Shape (candidates, parameters).
    means
        Emulated statistics. Shape (candidates, statistics).
    errors
        Error of the emulation. Shape (statistics,).
    """

    points: Floats
    means: Floats
    errors: Floats


@dataclass(frozen=True)
class Posterior:
    """Weights of candidates, whatever the discrepancy is; and weights of the draws of the discrepancy.

    Attributes
    ----------
    weights
        Of the candidates, adding up to 1.
    logs
        Log likelihood of the candidates. Shape (candidates,).
    discrepancies, drawn
        Draws of the discrepancy by kind, and what each weighs after the findings.
    """

    candidates: Candidates
    weights: Floats
    logs: Floats
    discrepancies: Discrepancies
    drawn: Floats

    @cached_property
    def effective_size(self) -> float:
        """Effective sample size: how many equally weighted worlds the weighted ones are worth."""
        return float(1.0 / (self.weights**2).sum())

    def mean(self, values: Floats) -> Floats:
        """Weighted means of columns. ``values`` has shape (candidates, columns)."""
        found: Floats = self.weights @ values
        return found

    def quantiles(self, values: Floats, shares: tuple[float, ...]) -> Floats:
        """Weighted quantiles of columns. Shape (shares, columns)."""
        out = np.empty((len(shares), values.shape[1]))
        for column in range(values.shape[1]):
            order = np.argsort(values[:, column], kind="stable")
            mass = np.cumsum(self.weights[order])
            at = np.searchsorted(mass, np.array(shares) * mass[-1]).clip(0, len(order) - 1)
            out[:, column] = values[order[at], column]
        return out

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """Different candidates, about in proportion to their weights, in random order. Shape (at most count,)."""
        # Systematic resampling: one uniform, equal steps. A candidate worth more than a step would come twice.
        places = (rng.random() + np.arange(count)) / count
        mass = np.cumsum(self.weights)
        chosen = np.unique(np.searchsorted(mass / mass[-1], places).clip(0, len(mass) - 1))
        return rng.permutation(chosen).astype(np.int64)


def candidates(
    emulator: Emulator,
    dimensions: int,
    count: int,
    *,
    seed: int,
    snapped: Callable[[Floats], Floats] = lambda points: points,
    progress: Callable[[int, int], None] | None = None,
) -> Candidates:
    """Prior worlds with emulated statistics; ``snapped`` moves points to where worlds are (``Prior.snapped``)."""
    points = snapped(space_filling(count, dimensions, seed))
    block = max(count // 20, 1)
    parts = []
    for start in range(0, count, block):
        parts.append(emulator(points[start : start + block]))
        if progress is not None:
            progress(min(start + block, count), count)
    return Candidates(points, np.concatenate(parts), emulator.error)


def posterior(
    of: Candidates, targets: Targets, *, seed: int, discrepancy: float = 1.0, draws: int = DRAWS
) -> Posterior:
    """Weights of the candidates, given findings; ``discrepancy`` multiplies what the model may be off by."""
    drawn = discrepancies(targets, seed=seed, count=draws)
    logs = np.concatenate(
        [
            agreements(of.means[first : first + _BLOCK], of.errors, targets, drawn, multiplied=discrepancy).together
            for first in range(0, of.means.shape[0], _BLOCK)
        ]
    )
    of_world = marginal(logs)
    weights = np.exp(of_world - of_world.max())
    return Posterior(of, weights / weights.sum(), of_world, drawn, learned(logs, drawn))


def weights_of(logs: Floats) -> Floats:
    """Weights that add up to 1, from their logarithms. Shape (worlds,)."""
    weights = np.exp(logs - logs.max())
    found: Floats = weights / weights.sum()
    return found
