"""Does the model predict? Every study predicted from worlds that did not see it, beside two yardsticks.

The first yardstick is one number: the mean effect of the other studies. The second is a regression of effects on a few
features of a design, fitted to the other studies. A model that errs as much as either tells nobody anything about a
study that has not been made. Trials of one program or sample are left out together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr
from scipy.stats import rankdata

from plsim.calibration.discrepancy import DRAWS, Agreement, Discrepancies, agreements, discrepancies
from plsim.calibration.likelihood import Target
from plsim.core.arrays import Floats
from plsim.core.table import table_lines
from plsim.validation.facts.effect_sizes import Effect, features_of, kinds_of

AIM = 0.65
"""What the model's error should be at most, over that of the constant."""
LEVELS = (0.5, 0.9)
"""Shares that intervals are made to hold."""


@dataclass(frozen=True)
class Prediction:
    """One effect, predicted without its study.

    Attributes
    ----------
    low, high
        Ends of the central intervals, by :data:`LEVELS`.
    constant, regression
        What the yardsticks say, from the other studies.
    prior
        Median over worlds that saw no fact.
    """

    effect: Effect
    median: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    constant: float
    regression: float
    prior: float

    @property
    def error(self) -> float:
        """Of the model: predicted less published."""
        return self.median - self.effect.published

    def inside(self, level: int) -> bool:
        """Whether the published effect lies in the interval."""
        return self.low[level] <= self.effect.published <= self.high[level]


@dataclass(frozen=True)
class Score:
    """How well some effects were predicted."""

    name: str
    effects: int
    studies: int
    model: float
    constant: float
    regression: float
    held: tuple[float, ...]
    bias: float
    rank: float

    @property
    def ratio(self) -> float:
        """Error of the model over that of the constant."""
        return self.model / self.constant if self.constant > 0.0 else float("nan")


@dataclass(frozen=True)
class LeaveOut:
    """All predictions, and what the facts say of the discrepancy by kind of finding."""

    predictions: tuple[Prediction, ...]
    effective_size: float
    discrepancy: dict[str, float]

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
            "scores": [
                {
                    "of": each.name,
                    "effects": each.effects,
                    "studies": each.studies,
                    "rmse_model": each.model,
                    "rmse_constant": each.constant,
                    "rmse_regression": each.regression,
                    "held_50": each.held[0],
                    "held_90": each.held[1],
                    "bias": each.bias,
                    "rank_correlation": None if np.isnan(each.rank) else each.rank,
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
                    "predicted": each.median,
                    "low_50": each.low[0],
                    "high_50": each.high[0],
                    "low_90": each.low[1],
                    "high_90": each.high[1],
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
    errors = {
        which: np.array([getattr(each, which) for each in of]) - published
        for which in ("median", "constant", "regression")
    }
    rmse = {which: float(np.sqrt((each**2).mean())) for which, each in errors.items()}
    predicted = np.array([each.median for each in of])
    return Score(
        name=name,
        effects=len(of),
        studies=len({each.effect.fact.family for each in of}),
        model=rmse["median"],
        constant=rmse["constant"],
        regression=rmse["regression"],
        held=tuple(float(np.mean([each.inside(level) for each in of])) for level in range(len(LEVELS))),
        bias=float(errors["median"].mean()),
        rank=rank_correlation(predicted, published),
    )


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
    simulated = [each.in_sd(values[:, each.column]) for each in wanted]
    prior = np.exp(log_before - logsumexp(log_before))
    found = []
    for place, each in enumerate(wanted):
        joint = _weights(told, each.fact.family, log_before)
        scale = np.hypot(of.of(alone[place]), each.se)
        mixture = _Mixture(simulated[place], scale, joint)
        tails = [(1.0 - level) / 2.0 for level in LEVELS]
        found.append(
            Prediction(
                each,
                mixture.quantile(0.5),
                tuple(mixture.quantile(tail) for tail in tails),
                tuple(mixture.quantile(1.0 - tail) for tail in tails),
                float(constant[place]),
                float(regression[place]),
                _weighted_median(simulated[place], prior),
            )
        )
    everything = _weights(told, "", log_before)
    worlds = everything.sum(axis=1)
    return LeaveOut(tuple(found), float(1.0 / (worlds**2).sum()), by_kind(of, everything.sum(axis=0)))


def by_kind(of: Discrepancies, weights: Floats) -> dict[str, float]:
    """Expected discrepancy of every kind that findings of the level have (SD), given weights of the draws."""
    level = of.draws[:, 0]
    found = {"level": float(weights @ np.exp(level))}
    for column, kind in enumerate(of.kinds[1:], start=1):
        found[kind] = float(weights @ np.exp(level + of.draws[:, column]))
    return found


def _weights(told: Agreement, family: str, log_before: Floats) -> Floats:
    """Joint weights of worlds and draws without a family. Shape (worlds, draws), adding up to 1."""
    logs = told.without(family) + log_before[:, np.newaxis]
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


def leave_out_lines(document: dict[str, Any]) -> list[str]:
    """The scores of a leave-one-study-out as lines for a terminal, with what they mean."""
    rows = [
        [
            each["of"],
            f"{each['effects']} / {each['studies']}",
            f"{each['rmse_model']:.3f}",
            f"{each['rmse_constant']:.3f}",
            f"{each['rmse_regression']:.3f}",
            f"{each['held_50']:.0%}",
            f"{each['held_90']:.0%}",
            f"{each['bias']:+.3f}",
            "" if each["rank_correlation"] is None else f"{each['rank_correlation']:+.2f}",
        ]
        for each in document["scores"]
    ]
    header = ["", "effects / studies", "model", "constant", "regression", "in 50%", "in 90%", "bias", "rank r"]
    return [
        "Every study predicted from worlds that did not see it: root mean square error (SD) beside two yardsticks.",
        *table_lines(header, rows),
        verdict(document),
    ]


def verdict(document: dict[str, Any]) -> str:
    """What the scores over all effects say, in a sentence."""
    whole = document["scores"][0]
    ratio = whole["rmse_model"] / whole["rmse_constant"]
    against = whole["rmse_model"] / whole["rmse_regression"]
    aims = (ratio <= AIM, 0.85 <= whole["held_90"] <= 0.97, abs(whole["bias"]) <= 0.03)
    beside = "less than" if ratio < 1.0 else "no less than"
    return (
        f"The model errs {ratio:.2f} times as much as the mean effect of the other studies ({beside} one number would) "
        f"and {against:.2f} times as much as a regression on five features of a design. Aims: at most {AIM} of the "
        f"constant ({_met(aims[0])}), 90% intervals that hold 85 to 97% ({_met(aims[1])}), a bias within 0.03 "
        f"({_met(aims[2])})."
    )


def _met(fine: bool) -> str:  # noqa: FBT001
    return "met" if fine else "not met"


def effect_lines(document: dict[str, Any]) -> list[str]:
    """Every effect: published, predicted with its 90% interval, and both yardsticks; as lines for a terminal."""
    rows = [
        [
            each["fact"],
            each["study"],
            each["kind_of_study"],
            f"{each['published']:.2f}",
            f"{each['predicted']:.2f}",
            f"{each['low_90']:.2f} to {each['high_90']:.2f}",
            f"{each['constant']:.2f}",
            f"{each['regression']:.2f}",
        ]
        for each in document["effects"]
    ]
    width = max(len(row[1]) for row in rows)
    rows = [[row[0], row[1].ljust(width), *row[2:]] for row in rows]
    header = ["fact", "study".ljust(width), "kind", "published", "predicted", "90%", "constant", "regression"]
    return table_lines(header, rows)
