"""Is the machinery right? Simulation-based calibration: worlds that are known, facts made from them, and inferred.

A held-out run is the truth; studies of it publish through the same observation model that the likelihood assumes; the
inference is then asked where the truth lies. If it is sound, the truth's rank among the posterior is uniform and a 90%
interval holds it nine times in ten. This certifies the inference. It says nothing of the model: a wrong model that is
well inferred is still wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, kstest

from plsim.calibration.emulator import fitted
from plsim.calibration.likelihood import Targets, log_likelihood, observed
from plsim.calibration.posterior import candidates
from plsim.core.arrays import Floats

TRUTHS = 300
FALSE_ALARM = 0.05
"""Chance that any parameter's interval raises an alarm although the inference is sound; the same again for ranks."""


@dataclass(frozen=True)
class Recovery:
    """Where truths lie in their posteriors.

    Attributes
    ----------
    keys
        The parameters.
    ranks
        Share of the posterior below the truth. Shape (truths, parameters).
    covered
        Share of truths inside their 90% interval, by parameter.
    uniform
        p-value of the ranks being uniform, by parameter.
    band
        Between which shares ``covered`` may lie, all parameters together having a false alarm of 5%.
    """

    keys: tuple[str, ...]
    ranks: Floats
    covered: Floats
    uniform: Floats
    band: tuple[float, float]

    @property
    def sound(self) -> bool:
        """Whether no test raises an alarm."""
        inside = (self.covered >= self.band[0]) & (self.covered <= self.band[1])
        return bool(inside.all() and (self.uniform > FALSE_ALARM / len(self.keys)).all())


def recovery(
    keys: tuple[str, ...],
    statistics: tuple[str, ...],
    points: Floats,
    values: Floats,
    wanted: Targets,
    *,
    seed: int,
    truths: int = TRUTHS,
    count: int = 1 << 15,
    around: Targets | None = None,
) -> Recovery:
    """Infer known worlds.

    Parameters
    ----------
    points, values
        Simulated worlds that fill the prior. Some are the truths; the emulator sees only the others.
    wanted
        The facts whose design is used; what they found is replaced.
    count
        Emulated worlds that are weighed for each truth.
    around
        Findings that are taken as known before: truths are drawn where they leave worlds, and the inference starts
        from there. None starts from the prior.
    """
    rng = np.random.default_rng([seed, 23])
    chance = None if around is None else _weights(log_likelihood(values, np.zeros(values.shape[1]), around))
    chosen = rng.choice(points.shape[0], size=truths, replace=False, p=chance)
    rest = np.ones(points.shape[0], bool)
    rest[chosen] = False
    of = candidates(fitted(statistics, points[rest], values[rest], seed=seed), points.shape[1], count, seed=seed + 3)
    before = 0.0 if around is None else log_likelihood(of.means, of.errors, around)
    ranks = np.empty((truths, points.shape[1]))
    for index, (point, value) in enumerate(zip(points[chosen], values[chosen], strict=True)):
        seen = observed(value, wanted, rng)
        weights = _weights(before + log_likelihood(of.means, of.errors, seen))
        ranks[index] = weights @ (of.points < point)
    covered = ((ranks > 0.05) & (ranks < 0.95)).mean(axis=0)
    tail = FALSE_ALARM / len(keys) / 2.0
    low, high = (float(binom.ppf(share, truths, 0.9)) / truths for share in (tail, 1.0 - tail))
    uniform = np.array([float(kstest(ranks[:, column], "uniform").pvalue) for column in range(len(keys))])
    return Recovery(keys, ranks, covered, uniform, (low, high))


def _weights(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max())
    found: Floats = weights / weights.sum()
    return found
