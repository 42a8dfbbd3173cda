"""Which worlds the evidence leaves: importance weights over emulated prior worlds, and draws from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plsim.calibration.emulator import Emulator
from plsim.calibration.likelihood import Targets, implausibility, log_likelihood
from plsim.calibration.priors import space_filling
from plsim.core.arrays import Floats, Ints

IMPLAUSIBLE = 3.0
"""Standard deviations by which a world may miss a finding in a wave of history matching."""


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
    """Weights of candidates, adding up to 1."""

    candidates: Candidates
    weights: Floats

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
    progress: Callable[[int, int], None] | None = None,
) -> Candidates:
    """Prior worlds with emulated statistics."""
    points = space_filling(count, dimensions, seed)
    block = max(count // 20, 1)
    parts = []
    for start in range(0, count, block):
        parts.append(emulator(points[start : start + block]))
        if progress is not None:
            progress(min(start + block, count), count)
    return Candidates(points, np.concatenate(parts), emulator.error)


def posterior(of: Candidates, targets: Targets, *, discrepancy: float = 1.0) -> Posterior:
    """Weights of the candidates, given findings."""
    logs = log_likelihood(of.means, of.errors, targets, discrepancy=discrepancy)
    weights = np.exp(logs - logs.max())
    return Posterior(of, weights / weights.sum())


def not_implausible(of: Candidates, targets: Targets) -> Ints:
    """Candidates that miss no finding by more than three standard deviations. Shape (kept,)."""
    worst = np.max([implausibility(of.means, of.errors, target) for target in targets], axis=0)
    return np.flatnonzero(worst < IMPLAUSIBLE).astype(np.int64)


def spread_out(points: Floats, count: int, rng: np.random.Generator) -> Ints:
    """``count`` of the points, drawn so that they fill the region that all of them fill. Shape (count,).

    Plain draws without repetition: in 30 dimensions nothing cleverer fills space better.
    """
    return np.sort(rng.permutation(points.shape[0])[:count]).astype(np.int64)
