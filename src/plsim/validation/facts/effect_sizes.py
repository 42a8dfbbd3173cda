"""Published effect sizes: which facts are one, what stands against it, and what kind of design found it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from plsim.core.arrays import Floats
from plsim.validation.facts.fact_files import DesignTable
from plsim.validation.facts.replication import Replication
from plsim.validation.facts.study_facts import Experiment, StudyFact

_DAYS_PER_SD = 720.0
IN_SD: dict[str, Callable[[Floats], Floats]] = {
    "effect": lambda x: x,
    "percentile_points": lambda x: np.asarray(ndtri(0.5 + x / 100.0)),
    "days_of_learning": lambda x: x / _DAYS_PER_SD,
}
"""Statistics that are effect sizes, and how their number becomes SD."""


def kinds_of(design: DesignTable) -> tuple[str, ...]:
    """What kind of finding a design makes: of design, of test, of school system."""
    return (f"design:{design.kind_of_study}", f"test:{design.test}", f"system:{design.system}")


FEATURES = ("average over trials", "aligned test", "other school system", "people or hours added", "software")


def features_of(design: DesignTable) -> Floats:
    """The few features of a design that the regression knows. Shape (features,)."""
    return np.array(
        [
            design.kind_of_study == "meta",
            design.test == "aligned",
            design.system == "elsewhere",
            design.means == "people",
            design.means == "software",
        ],
        np.float64,
    )


@dataclass(frozen=True)
class Effect:
    """A published effect size, and the statistic that stands against it.

    Attributes
    ----------
    published, se
        In SD.
    column
        Of the replication's statistics.
    in_sd
        Turns the statistic into SD.
    """

    fact: StudyFact
    experiment: Experiment
    published: float
    se: float
    column: int
    in_sd: Callable[[Floats], Floats]


def effects(replication: Replication) -> tuple[Effect, ...]:
    """Every published effect size on a replication, but for those that were only recalled or restate another."""
    of = {fact.key: each for each in replication.experiments for fact in each.facts}
    found = []
    for fact in replication.facts:
        convert = IN_SD.get(fact.table.statistic)
        middle, se = fact.observed, fact.se
        if fact.kind == "interval" and fact.fact.low is not None and fact.fact.high is not None:
            # A range of published means: its middle, and half its width as the error that 90% stand for.
            middle, se = (fact.fact.low + fact.fact.high) / 2.0, (fact.fact.high - fact.fact.low) / 2.0 / 1.645
        ours = fact.kind in {"value", "interval"} and fact.table.counts and fact.fact.may_decide
        if convert is None or middle is None or not ours:
            continue
        ends = convert(np.array([middle - se, middle, middle + se]))
        column = replication.indices(fact)[0]
        found.append(Effect(fact, of[fact.key], float(ends[1]), float(ends[2] - ends[0]) / 2.0, column, convert))
    return tuple(found)
