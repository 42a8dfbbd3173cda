"""How well a world agrees with what was published: observation error, model discrepancy and emulator error together.

A value is normal with the three variances added; values of one study share their errors. Signs, intervals and ranks
enter as probits with the discrepancy as their scale, so a world just on the wrong side is not thrown away. Doubling
the discrepancy asks how much of a conclusion rests on how far wrong we believe the model to be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import log_ndtr, ndtr

from plsim.core.arrays import Floats

_TINY = 1e-300


@dataclass(frozen=True)
class Target:
    """A published finding, and the statistics that stand against it.

    Attributes
    ----------
    fact
        Its id.
    study
        What it was published in; values of one study have correlated errors.
    kind
        ``value``, ``sign``, ``interval`` or ``rank``.
    columns
        Columns of the statistics: one, several that must all lie on a sign's side, or one for each of what is ranked,
        what came first at the front.
    value, low, high
        What was found: a value, what a sign is relative to, the ends of an interval.
    side
        Of a sign: 1 above ``value``, -1 below it; all of its statistics are.
    found
        False for a sign or rank that was looked for and not found, as a synthetic study may report it.
    se
        Standard error of a value.
    discrepancy
        How far off the model may be, one standard deviation.
    error_correlation, discrepancy_correlation
        With the study's other values.
    family
        Studies of one trial or sample: what is left out together. The study, when empty.
    kinds
        Kinds of design, test and school system, for a discrepancy that is learned.
    unit
        What one SD of effect is in the unit of the statistic, when the discrepancy is learned.
    """

    fact: str
    study: str
    kind: Literal["value", "sign", "interval", "rank"]
    columns: tuple[int, ...]
    value: float = 0.0
    low: float = -np.inf
    high: float = np.inf
    side: int = 1
    found: bool = True
    se: float = 0.0
    discrepancy: float = 0.05
    error_correlation: float = 0.0
    discrepancy_correlation: float = 0.0
    family: str = ""
    kinds: tuple[str, ...] = ()
    unit: float = 1.0

    def with_discrepancy(self, discrepancy: float) -> Target:
        """The same finding with another discrepancy."""
        return replace(self, discrepancy=discrepancy)


Targets = Sequence[Target]


def without(targets: Targets, facts: Collection[str]) -> tuple[Target, ...]:
    """The targets but for some facts."""
    return tuple(target for target in targets if target.fact not in facts)


def log_likelihood(means: Floats, errors: Floats, targets: Targets, *, discrepancy: float = 1.0) -> Floats:
    """Log likelihood of worlds. Shape (worlds,).

    Parameters
    ----------
    means
        Statistics, emulated or simulated. Shape (worlds, statistics).
    errors
        Standard errors of the emulation, 0 for what was simulated. Shape (statistics,).
    discrepancy
        Multiplies every target's discrepancy.
    """
    total = np.zeros(means.shape[0])
    for study in dict.fromkeys(target.study for target in targets):
        together = [target for target in targets if target.study == study and target.kind == "value"]
        if together:
            total += _normal(means, errors, together, discrepancy)
    for target in targets:
        if target.kind != "value":
            total += np.log(np.maximum(agreement(means, errors, target, discrepancy=discrepancy), _TINY))
    return total


def agreement(means: Floats, errors: Floats, target: Target, *, discrepancy: float = 1.0) -> Floats:
    """Probability of a sign, interval or rank as it was found. Shape (worlds,)."""
    away, scale = _away(means, errors, target, discrepancy)
    if target.kind == "interval":
        found: Floats = ndtr((target.high - away) / scale) - ndtr((target.low - away) / scale)
        return found
    likely: Floats = np.exp(log_ndtr((1.0 if target.found else -1.0) * away / scale))
    return likely


def observed(means: Floats, targets: Targets, rng: np.random.Generator) -> tuple[Target, ...]:
    """What studies of a world would have published: the same targets with other findings.

    The world's statistics with observation error and discrepancy added; a test of the inference draws its truths
    through this. ``means`` has shape (statistics,).
    """
    seen: dict[int, Target] = {}
    for study in dict.fromkeys(target.study for target in targets):
        places = [index for index, each in enumerate(targets) if each.study == study and each.kind == "value"]
        if places:
            together = [targets[index] for index in places]
            noise = rng.multivariate_normal(np.zeros(len(places)), _covariance(together, 1.0))
            for index, target, off in zip(places, together, noise.tolist(), strict=True):
                seen[index] = replace(target, value=float(means[target.columns[0]]) + off)
    row, exact = means[np.newaxis], np.zeros(means.shape[0])
    for index, target in enumerate(targets):
        if target.kind in ("sign", "rank"):
            likely = agreement(row, exact, replace(target, found=True))[0]
            seen[index] = replace(target, found=bool(rng.random() < likely))
        elif target.kind == "interval":
            centre = float(means[target.columns[0]]) + target.discrepancy * rng.standard_normal()
            inside = target.low <= centre <= target.high
            # Whoever found it elsewhere would have published the interval's other side.
            ends = (target.low, target.high) if inside else _beside(centre, target)
            seen[index] = replace(target, low=ends[0], high=ends[1])
    return tuple(seen[index] for index in range(len(targets)))


def _beside(centre: float, target: Target) -> tuple[float, float]:
    return (-np.inf, target.low) if centre < target.low else (target.high, np.inf)


def _away(means: Floats, errors: Floats, target: Target, discrepancy: float) -> tuple[Floats, float]:
    """How far a world is beyond what was found (on the found side of it, for a sign or rank), and its scale."""
    columns = list(target.columns)
    variance = target.se**2 + (discrepancy * target.discrepancy) ** 2 + float((errors[columns] ** 2).mean())
    scale = float(np.sqrt(variance))
    if target.kind == "rank":
        return means[:, columns[0]] - means[:, columns[1:]].max(axis=1), scale
    if target.kind == "sign":
        return (target.side * (means[:, columns] - target.value)).min(axis=1), scale
    return means[:, columns[0]] - (target.value if target.kind == "value" else 0.0), scale


def _covariance(together: Targets, discrepancy: float) -> Floats:
    se = np.array([target.se for target in together])
    off = discrepancy * np.array([target.discrepancy for target in together])
    same = np.eye(len(together))
    of_error = np.where(same == 1.0, 1.0, together[0].error_correlation)
    of_model = np.where(same == 1.0, 1.0, together[0].discrepancy_correlation)
    covariance: Floats = of_error * np.outer(se, se) + of_model * np.outer(off, off)
    return covariance


def _normal(means: Floats, errors: Floats, together: Targets, discrepancy: float) -> Floats:
    columns = [target.columns[0] for target in together]
    covariance = _covariance(together, discrepancy) + np.diag(errors[columns] ** 2)
    away = means[:, columns] - np.array([target.value for target in together])
    lower = np.linalg.cholesky(covariance)
    standard = np.linalg.solve(lower, away.T)
    found: Floats = -0.5 * (standard**2).sum(axis=0) - float(np.log(np.diag(lower)).sum())
    return found
