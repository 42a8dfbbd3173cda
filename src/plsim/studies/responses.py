"""Tables of a crossed design: the outcome at every point over worlds, and what it changes to go from value to value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.measures.findings import spread
from plsim.runs.evaluate import Outcome
from plsim.studies.factors import Factor

Rows = list[dict[str, Any]]


def response_rows(factors: Sequence[Factor], units: Floats, outcome: Outcome, values: Floats) -> Rows:
    """The outcome at every point, over worlds and draws. ``values`` has shape (seeds, worlds, points)."""
    rows = []
    for point, each in zip(units, np.moveaxis(values, -1, 0), strict=True):
        row = place(outcome)
        row |= {factor.name: factor.value(u) for factor, u in zip(factors, point.tolist(), strict=True)}
        rows.append(row | spread(each))
    return rows


def contrast_rows(factors: Sequence[Factor], units: Floats, outcome: Outcome, values: Floats) -> Rows:
    """What it changes to go from a factor's first value to each other one, within every world, others averaged.

    Pairs: how much more the step from first to last of one brings when the other is at its last value instead of its
    first. ``values`` has shape (seeds, worlds, points) of a full grid.
    """
    rows = []
    levels = [np.unique(units[:, column]) for column in range(len(factors))]
    for column, factor in enumerate(factors):
        mean = [values[..., units[:, column] == level].mean(axis=-1) for level in levels[column]]
        for at, level in enumerate(levels[column][1:].tolist(), start=1):
            row = place(outcome) | {"factor": factor.name, "factor2": ""}
            row |= {"from_value": str(_shown(factor, levels[column][0])), "to_value": str(_shown(factor, level))}
            rows.append(row | spread(mean[at] - mean[0]))
    for one, other in combinations(range(len(factors)), 2):
        cells = {
            (i, j): values[..., (units[:, one] == levels[one][i]) & (units[:, other] == levels[other][j])].mean(axis=-1)
            for i in (0, -1)
            for j in (0, -1)
        }
        change = cells[-1, -1] - cells[-1, 0] - cells[0, -1] + cells[0, 0]
        row = place(outcome) | {"factor": factors[one].name, "factor2": factors[other].name}
        first = f"{_shown(factors[one], levels[one][0])}; {_shown(factors[other], levels[other][0])}"
        last = f"{_shown(factors[one], levels[one][-1])}; {_shown(factors[other], levels[other][-1])}"
        rows.append(row | {"from_value": first, "to_value": last} | spread(change))
    return rows


def place(outcome: Outcome) -> dict[str, Any]:
    """The columns that say which outcome a row is about: its whole key, the arm too."""
    return outcome._asdict()


def _shown(factor: Factor, u: float) -> float | str:
    value = factor.value(float(u))
    return f"{value:g}" if isinstance(value, float) else value
