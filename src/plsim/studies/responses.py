"""Tables of a crossed design: the outcome at every point over worlds, and what it changes to go from value to value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.runs.evaluate import Outcome
from plsim.studies.factors import Factor

Rows = list[dict[str, Any]]


def response_rows(factors: Sequence[Factor], units: Floats, outcome: Outcome, values: Floats) -> Rows:
    """The outcome at every point: median and 90% of worlds, share of worlds above 0. ``values``: (worlds, points)."""
    rows = []
    for point, each in zip(units, values.T, strict=True):
        row = place(outcome)
        row |= {factor.name: factor.value(u) for factor, u in zip(factors, point.tolist(), strict=True)}
        rows.append(row | over_worlds(each))
    return rows


def contrast_rows(factors: Sequence[Factor], units: Floats, outcome: Outcome, values: Floats) -> Rows:
    """What it changes to go from a factor's first value to each other one, within every world, others averaged.

    Pairs: how much more the step from first to last of one brings when the other is at its last value instead of its
    first. ``values`` has shape (worlds, points) of a full grid.
    """
    rows = []
    levels = [np.unique(units[:, column]) for column in range(len(factors))]
    for column, factor in enumerate(factors):
        mean = [values[:, units[:, column] == level].mean(axis=1) for level in levels[column]]
        for at, level in enumerate(levels[column][1:].tolist(), start=1):
            row = place(outcome) | {"factor": factor.name, "factor2": ""}
            row |= {"from_value": str(_shown(factor, levels[column][0])), "to_value": str(_shown(factor, level))}
            rows.append(row | over_worlds(mean[at] - mean[0]))
    for one, other in combinations(range(len(factors)), 2):
        cells = {
            (i, j): values[:, (units[:, one] == levels[one][i]) & (units[:, other] == levels[other][j])].mean(axis=1)
            for i in (0, -1)
            for j in (0, -1)
        }
        change = cells[-1, -1] - cells[-1, 0] - cells[0, -1] + cells[0, 0]
        row = place(outcome) | {"factor": factors[one].name, "factor2": factors[other].name}
        first = f"{_shown(factors[one], levels[one][0])}; {_shown(factors[other], levels[other][0])}"
        last = f"{_shown(factors[one], levels[one][-1])}; {_shown(factors[other], levels[other][-1])}"
        rows.append(row | {"from_value": first, "to_value": last} | over_worlds(change))
    return rows


def place(outcome: Outcome) -> dict[str, Any]:
    """The columns that say which outcome a row is about: its whole key, the arm too."""
    return outcome._asdict()


def over_worlds(values: Floats) -> dict[str, Any]:
    """Median, 90% of worlds and the share above 0; with one world there is no spread."""
    count = values.shape[0]
    low, high = np.quantile(values, [0.05, 0.95]).tolist() if count > 1 else (np.nan, np.nan)
    return {
        "value": float(np.median(values)),
        "low": low,
        "high": high,
        "positive": float((values > 0.0).mean()),
        "worlds": count,
    }


def _shown(factor: Factor, u: float) -> float | str:
    value = factor.value(float(u))
    return f"{value:g}" if isinstance(value, float) else value
