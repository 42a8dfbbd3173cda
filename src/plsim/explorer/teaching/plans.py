"""What a plan gains and costs: a few outcomes over worlds, in the same schools with the same random draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.parameters import World
from plsim.engine.worlds import first_alike
from plsim.measures.vocabulary import OUTCOMES, outcome_label
from plsim.report.words import unit_of
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario.schema import Scenario

_UNITS = {outcome.name: outcome.unit.partition(",")[0] for outcome in OUTCOMES}
BUDGET = "budget_cost_per_student" if "budget_cost_per_student" in _UNITS else "cost_per_student"
HOURS = "unpaid_teacher_hours" if "unpaid_teacher_hours" in _UNITS else "teacher_hours"
SHOWN = ("percentile_points", BUDGET, HOURS)
"""Learning, what the district pays, hours that nobody pays a teacher for: differences from typical practice."""


def outcomes(year: int) -> tuple[Outcome, ...]:
    """What an evaluator is to read. Percentile points are made of achievement, so it is asked for too, last."""
    return (*(Outcome(name, year=year, unit=_UNITS[name]) for name in SHOWN), Outcome(year=year))


def values(ask: Evaluator, scenario: Scenario, tried: tuple[World, ...]) -> Floats:
    """The outcomes of a plan in each world. Shape (worlds, outcomes)."""
    alike = first_alike(tried)
    found = {place: ask.of(scenario, tried[place])[: len(SHOWN)] for place in sorted(set(alike))}
    return np.array([found[place] for place in alike])


def told(found: Floats) -> list[dict[str, Any]]:
    """The middle of the worlds, nine in ten of them, and in how many it goes up; an outcome each."""
    rows = []
    for name, each in zip(SHOWN, found.T, strict=True):
        unit = unit_of(_UNITS[name])
        low, middle, high = np.quantile(each, [0.05, 0.5, 0.95])
        rows.append({
            "name": name, "title": outcome_label(name), "unit": unit.difference, "digits": unit.digits,
            "value": float(middle) * unit.factor, "low": float(low) * unit.factor, "high": float(high) * unit.factor,
            "up": int((each > 0.0).sum()), "worlds": len(each),
        })  # fmt: skip
    return rows
