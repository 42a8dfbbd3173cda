"""Does the model predict? Every study predicted from worlds that did not see it, beside two yardsticks.

The first yardstick is one number: the mean effect of the other studies. The second is a regression of effects on a few
features of a design, fitted to the other studies. A model that errs as much as either tells nobody anything about a
study that has not been made. Trials of one program or sample are left out together.

Two forecasts are made: what the model says, and that corrected by how far published findings of the study's kind lie
from the model's on average, learned from the other studies alone (:mod:`plsim.calibration.shift`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr
from scipy.stats import rankdata

from plsim.calibration.discrepancy import DRAWS, Agreement, Discrepancies, agreements, discrepancies
from plsim.calibration.likelihood import Target
from plsim.calibration.shift import Shift, learned_shift
from plsim.core.arrays import Floats
from plsim.validation.facts.effect_sizes import Effect, features_of, kinds_of

AIM = 0.65
"""What the model's error should be at most, over that of the constant."""
LEVELS = (0.5, 0.9)
"""Shares that intervals are made to hold."""


@dataclass(frozen=True)
class Forecast:
    """What a study is expected to publish (SD).

    Attributes
    ----------
    low, high
        Ends of the central intervals, by :data:`LEVELS`.
    """

    median: float
    low: tuple[float, ...]
    high: tuple[float, ...]

    def holds(self, published: float, level: int) -> bool:
        """Whether a published effect lies in the interval."""
        return self.low[level] <= published <= self.high[level]

    def document(self, name: str, prefix: str = "") -> dict[str, float]:
        """As plain values, the median under ``name``."""
        ends = {"low": self.low, "high": self.high}
        bands = {
            f"{prefix}{end}_{100 * level:.0f}": values[place]
            for place, level in enumerate(LEVELS)
            for end, values in ends.items()
        }
        return {name: self.median, **bands}


@dataclass(frozen=True)
class Prediction:
    """One effect, predicted without its study.

    Attributes
    ----------
    model
        Of the model alone.
    corrected
        With what other published findings of this kind exceed the model by.
    constant, regression
        What the yardsticks say, from the other studies.
    prior
        Median over worlds that saw no fact.
    """

    effect: Effect
    model: Forecast
    corrected: Forecast
    constant: float
    regression: float
    prior: float


@dataclass(frozen=True)
class Hit:
    """How well one way to predict did: RMSE (SD), shares inside the intervals, bias, rank correlation."""

    rmse: float
    held: tuple[float, ...]
    bias: float
    rank: float

    def document(self, prefix: str = "") -> dict[str, float | None]:
        """As plain values."""
        held = {f"{prefix}held_{100 * level:.0f}": share for level, share in zip(LEVELS, self.held, strict=True)}
        rank = None if np.isnan(self.rank) else self.rank
        return {**held, f"{prefix}bias": self.bias, f"{prefix}rank_correlation": rank}


@dataclass(frozen=True)
class Score:
    """How well some effects were predicted; of the yardsticks the RMSE (SD)."""

    name: str
    effects: int
    studies: int
    model: Hit
    corrected: Hit
    constant: float
    regression: float

    @property
    def ratio(self) -> float:
        """Error of the model over that of the constant."""
        return self.model.rmse / self.constant if self.constant > 0.0 else float("nan")


@dataclass(frozen=True)
class LeaveOut:
    """All predictions, and what the facts say of the discrepancy by kind of finding.

    Attributes
    ----------
    discrepancy
        Its standard deviation by kind (SD).
    shift
        Its mean: what the level and each kind add to what the model says (SD).
    """

    predictions: tuple[Prediction, ...]
    effective_size: float
    discrepancy: dict[str, float]
    shift: dict[str, float]

    @property
    def scores(self) -> tuple[Score, ...]:
        """Over all effects, by kind of study, and by whether the fact may choose worlds."""
        groups = {"all effect sizes": list(self.predictions)}
        for kind, words in KINDS.items():
            groups[words] = [each for each in self.predictions if each.effect.experiment.design.kind_of_study == kind]
        groups["facts that choose worlds"] = [each for each in self.predictions if each.effect.fact.calibrates]
        groups["validation facts"] = [each for each in self.predictions if not each.effect.fact.calibrates]
        return tuple(score(name, chosen) for name, chosen in groups.items() if chosen)

    def document(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "aim": AIM,
            "effective_size": self.effective_size,
            "discrepancy": self.discrepancy,
            "shift": self.shift,
            "scores": [
                {
                    "of": each.name,
                    "effects": each.effects,
                    "studies": each.studies,
                    "rmse_model": each.model.rmse,
                    "rmse_corrected": each.corrected.rmse,
                    "rmse_constant": each.constant,
                    "rmse_regression": each.regression,
                    **each.model.document(),
                    **each.corrected.document("corrected_"),
                }
                for each in self.scores
            ],
            "effects": [
                {
                    "fact": each.effect.fact.key,
                    "study": each.effect.fact.family,
                    "role": each.effect.fact.role,
                    "kind_of_study": each.effect.experiment.design.kind_of_study,
                    "published": each.effect.published,
                    "se": each.effect.se,
                    **each.model.document("predicted"),
                    **each.corrected.document("corrected", "corrected_"),
                    "constant": each.constant,
                    "regression": each.regression,
                    "prior": each.prior,
                }
                for each in self.predictions
            ],
        }


def target_of(effect: Effect) -> Target:
    """An effect as a finding whose discrepancy is learned by kind."""
    kinds = kinds_of(effect.experiment.design)
    return Target(effect.fact.key, effect.fact.family, "value", (effect.column,), kinds=kinds)


KINDS = {"schools": "whole schools beside others", "program": "trials of one program", "meta": "averages over trials"}


def score(name: str, of: Sequence[Prediction]) -> Score:
    """RMSE of the model and of both yardsticks, coverage, bias, rank correlation."""
    published = np.array([each.effect.published for each in of])
    return Score(
        name=name,
        effects=len(of),
        studies=len({each.effect.fact.family for each in of}),
        model=_hit([each.model for each in of], published),
        corrected=_hit([each.corrected for each in of], published),
        constant=_rmse(np.array([each.constant for each in of]) - published),
        regression=_rmse(np.array([each.regression for each in of]) - published),
    )


def _hit(of: Sequence[Forecast], published: Floats) -> Hit:
    median = np.array([each.median for each in of])
    held = [
        float(np.mean([each.holds(value, level) for each, value in zip(of, published, strict=True)]))
        for level in range(len(LEVELS))
    ]
    errors = median - published
    return Hit(_rmse(errors), tuple(held), float(errors.mean()), rank_correlation(median, published))


def _rmse(errors: Floats) -> float:
    return float(np.sqrt((errors**2).mean()))


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's; not a number for fewer than three, or where all are alike."""
    if len(a) < 3 or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return float("nan")
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def leave_out(
    values: Floats,
    log_before: Floats,
    targets: Sequence[Target],
    wanted: Sequence[Effect],
    *,
    seed: int,
    draws: int = DRAWS,
) -> LeaveOut:
    """Predict every effect from worlds weighted by the facts of other studies.

    Parameters
    ----------
    values
        Statistics that were simulated at the studies' own sizes. Shape (worlds, statistics).
    log_before
        Logarithm of prior over proposal: what each world weighs before any fact. Shape (worlds,).
    targets
        Facts that may choose worlds.
    wanted
        What is predicted.
    """
    exact = np.zeros(values.shape[1])
    alone = [target_of(each) for each in wanted]
    of = discrepancies([*targets, *alone], seed=seed, count=draws)
    told = agreements(values, exact, targets, of)
    constant, regression = yardsticks(wanted)
    simulated = np.array([each.in_sd(values[:, each.column]) for each in wanted])
    scales = np.array([of.of(each) for each in alone])
    prior = np.exp(log_before - logsumexp(log_before))

    @cache
    def shift_without(family: str) -> Shift:
        return _shift(told, log_before, wanted, simulated, scales, family)

    found = []
    for place, each in enumerate(wanted):
        joint = _weights(told, log_before, each.fact.family)
        centre, doubt = shift_without(each.fact.family).of(alone[place].kinds)
        scale = np.hypot(scales[place], each.se)
        found.append(
            Prediction(
                each,
                _forecast(_Mixture(simulated[place], scale, joint)),
                _forecast(_Mixture(simulated[place] + centre, np.hypot(scale, doubt), joint)),
                float(constant[place]),
                float(regression[place]),
                _weighted_median(simulated[place], prior),
            )
        )
    everything = _weights(told, log_before)
    worlds = everything.sum(axis=1)
    return LeaveOut(
        tuple(found),
        float(1.0 / (worlds**2).sum()),
        by_kind(of, everything.sum(axis=0)),
        shift_without("").by_kind,
    )


def _shift(
    told: Agreement, log_before: Floats, wanted: Sequence[Effect], simulated: Floats, scales: Floats, family: str
) -> Shift:
    """What published findings exceed the model by, learned from all families but one.

    Each of the others is itself predicted without its own family, and without the one that is left out. ``simulated``
    (effects, worlds) and ``scales`` (effects, draws) are what worlds and draws of the discrepancy say of each effect.
    """
    others = [place for place, each in enumerate(wanted) if each.fact.family != family]
    expected, scale = np.empty(len(others)), np.empty(len(others))
    for row, place in enumerate(others):
        joint = _weights(told, log_before, family, wanted[place].fact.family)
        expected[row] = joint.sum(axis=1) @ simulated[place]
        scale[row] = joint.sum(axis=0) @ scales[place]
    return learned_shift(
        np.array([wanted[place].published for place in others]) - expected,
        np.array([wanted[place].se for place in others]),
        scale,
        [wanted[place].fact.family for place in others],
        [kinds_of(wanted[place].experiment.design) for place in others],
    )


def by_kind(of: Discrepancies, weights: Floats) -> dict[str, float]:
    """Expected discrepancy of every kind that findings of the level have (SD), given weights of the draws."""
    level = of.draws[:, 0]
    found = {"level": float(weights @ np.exp(level))}
    for column, kind in enumerate(of.kinds[1:], start=1):
        found[kind] = float(weights @ np.exp(level + of.draws[:, column]))
    return found


def _weights(told: Agreement, log_before: Floats, *families: str) -> Floats:
    """Joint weights of worlds and draws without some families. Shape (worlds, draws), adding up to 1."""
    logs = told.without(*families) + log_before[:, np.newaxis]
    found: Floats = np.exp(logs - logsumexp(logs))
    return found


class _Mixture:
    """What a study would publish: normals about every world's number, as wide as discrepancy and sampling error."""

    def __init__(self, centres: Floats, scales: Floats, weights: Floats) -> None:
        self._centres, self._scales, self._weights = centres, scales, weights

    def below(self, x: float) -> float:
        """Chance that it lies below."""
        return float((self._weights * ndtr((x - self._centres[:, np.newaxis]) / self._scales)).sum())

    def quantile(self, share: float) -> float:
        """By bisection: the chance is monotone."""
        reach = 8.0 * float(self._scales.max())
        low, high = float(self._centres.min()) - reach, float(self._centres.max()) + reach
        for _ in range(40):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.below(middle) < share else (low, middle)
        return (low + high) / 2.0


def _forecast(mixture: _Mixture) -> Forecast:
    tails = [(1.0 - level) / 2.0 for level in LEVELS]
    low = tuple(mixture.quantile(tail) for tail in tails)
    high = tuple(mixture.quantile(1.0 - tail) for tail in tails)
    return Forecast(mixture.quantile(0.5), low, high)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    return float(values[order[np.searchsorted(np.cumsum(weights[order]), 0.5).clip(0, len(order) - 1)]])


def yardsticks(wanted: Sequence[Effect]) -> tuple[Floats, Floats]:
    """What a constant and a regression on features of designs say of each effect.

    Both know the other studies only. Each of shape (effects,).
    """
    published = np.array([each.published for each in wanted])
    families = np.array([each.fact.family for each in wanted])
    design = np.column_stack([np.ones(len(wanted)), [features_of(each.experiment.design) for each in wanted]])
    constant, regression = np.empty(len(wanted)), np.empty(len(wanted))
    for place, family in enumerate(families):
        others = families != family
        if not others.any():
            constant[place] = regression[place] = 0.0
            continue
        constant[place] = published[others].mean()
        # The least-squares solution of least length: a feature that no other study has says nothing.
        regression[place] = design[place] @ np.linalg.lstsq(design[others], published[others], rcond=None)[0]
    return constant, regression
