"""How far off the model is, learned from the facts instead of judged fact by fact.

Every finding has a kind: of design (whole schools, a program, an average over trials), of test (broad, aligned) and of
school system. The standard deviation of what the model misses is, on the logarithm, a level that all share plus what
its kinds add. None of it is known; all of it is inferred together with the worlds, so where the model errs, intervals
widen. A finding in another unit than SD (a share, a slope) has its unit's worth of :data:`LEVEL` SD from its fact file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtri
from scipy.stats import qmc

from plsim.calibration.likelihood import Target, Targets, log_likelihood
from plsim.core.arrays import Floats

LEVEL = 0.08
"""Centre of the prior of the discrepancy (SD): what was judged for meta-analyses before it was learned."""
LEVEL_SPREAD = 0.7
"""Of its logarithm: 90% of the prior lies between 0.025 and 0.25 SD."""
KIND_SPREAD = 0.4
"""Of what one kind adds to the logarithm."""
DRAWS = 128


@dataclass(frozen=True)
class Discrepancies:
    """Draws of the hierarchical standard deviation from its prior.

    Attributes
    ----------
    kinds
        ``"level"`` and every kind that a finding has, as ``"design:meta"``.
    draws
        Logarithms: of the level, and what each kind adds. Shape (draws, kinds).
    """

    kinds: tuple[str, ...]
    draws: Floats

    @property
    def count(self) -> int:
        """How many draws there are."""
        return int(self.draws.shape[0])

    def of(self, target: Target) -> Floats:
        """The discrepancy of a finding in its own unit, in each draw. Shape (draws,)."""
        columns = [self.kinds.index(kind) for kind in ("level", *target.kinds)]
        found: Floats = target.unit * np.exp(self.draws[:, columns].sum(axis=1))
        return found


def discrepancies(targets: Targets, *, seed: int, count: int = DRAWS) -> Discrepancies:
    """Draws that fill the prior, for the kinds of some findings."""
    kinds = ("level", *sorted({kind for target in targets for kind in target.kinds}))
    sampler = qmc.Sobol(len(kinds), scramble=True, rng=np.random.default_rng([seed, 24]))
    points = sampler.random_base2(int(np.ceil(np.log2(max(count, 2)))))[:count]
    normal: Floats = ndtri(np.clip(points, 1e-6, 1.0 - 1e-6))
    normal[:, 0] = np.log(LEVEL) + LEVEL_SPREAD * normal[:, 0]
    normal[:, 1:] *= KIND_SPREAD
    return Discrepancies(kinds, normal)


@dataclass(frozen=True)
class Agreement:
    """How well worlds agree with findings, for every draw of the discrepancy.

    Attributes
    ----------
    families
        What is left out together.
    by_family
        Log likelihoods, each of shape (worlds, draws).
    """

    of: Discrepancies
    families: tuple[str, ...]
    by_family: tuple[Floats, ...]

    @property
    def together(self) -> Floats:
        """Of all findings. Shape (worlds, draws)."""
        total: Floats = np.sum(self.by_family, axis=0)
        return total

    def without(self, *families: str) -> Floats:
        """Of all but some families' findings. Shape (worlds, draws)."""
        left = self.together
        for family in set(families).intersection(self.families):
            left = left - self.by_family[self.families.index(family)]
        return left


def agreements(
    means: Floats, errors: Floats, targets: Targets, of: Discrepancies, *, multiplied: float = 1.0
) -> Agreement:
    """Log likelihoods of worlds by family, for every draw of the discrepancy.

    Parameters
    ----------
    means
        Statistics. Shape (worlds, statistics).
    errors
        Of the emulation, 0 for what was simulated. Shape (statistics,).
    multiplied
        Multiplies every discrepancy, to ask how much rests on it.
    """
    families = tuple(dict.fromkeys(target.family for target in targets))
    found = []
    for family in families:
        chosen = [target for target in targets if target.family == family]
        scales = np.column_stack([of.of(target) for target in chosen]) * multiplied
        logs = np.empty((means.shape[0], of.count))
        for draw in range(of.count):
            logs[:, draw] = log_likelihood(means, errors, scaled(chosen, scales[draw]))
        found.append(logs)
    return Agreement(of, families, tuple(found))


def scaled(targets: Targets, discrepancies_: Sequence[float] | Floats) -> tuple[Target, ...]:
    """The findings with other discrepancies."""
    return tuple(target.with_discrepancy(float(each)) for target, each in zip(targets, discrepancies_, strict=True))


def marginal(logs: Floats) -> Floats:
    """Log likelihoods of worlds, whatever the discrepancy is. ``logs`` (worlds, draws). Shape (worlds,)."""
    found: Floats = logsumexp(logs, axis=1) - np.log(logs.shape[1])
    return found


def learned(logs: Floats, of: Discrepancies, log_before: Floats | float = 0.0) -> Floats:
    """Weights of the draws, given the findings. Shape (draws,), adding up to 1.

    ``log_before`` is the logarithm of what worlds weigh before the findings. Shape (worlds,).
    """
    total = logsumexp(logs + np.reshape(log_before, (-1, 1)), axis=0)
    found: Floats = np.exp(total - logsumexp(total))
    assert found.shape == (of.count,)
    return found
