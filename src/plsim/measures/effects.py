"""Paired effects of one world: the scenario beside its counterfactual, for every outcome and group.

Pairing is exact: same students, same sick days, same test-day luck. Test error and transient growth are the same in both
arms and cancel, so effects are read from latent achievement at week 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from plsim.measures.groups import SUBJECT_LABELS, Floats, Partition, with_both

ARMS = ("difference", "scenario", "counterfactual")
CI_LEVEL = 0.90


class Row(NamedTuple):
    """What one number of a result is; the fields are those of the interface contract's ROW."""

    outcome: str
    subject: str
    year: int
    group: str
    estimator: str
    arm: str
    unit: str


class StudentOutcome(NamedTuple):
    """An outcome that every student has.

    ``scenario`` and ``counterfactual`` have shape (students, 3): mathematics, reading, both.
    """

    name: str
    unit: str
    scenario: Floats
    counterfactual: Floats


class GroupOutcome(NamedTuple):
    """An outcome of teachers or schools, already averaged. Labels are groups; arrays have shape (groups,)."""

    name: str
    unit: str
    labels: tuple[str, ...]
    scenario: Floats
    counterfactual: Floats


@dataclass(frozen=True)
class YearOutcomes:
    """All outcomes of one year in one world."""

    year: int
    partitions: tuple[Partition, ...]
    students: tuple[StudentOutcome, ...]
    groups: tuple[GroupOutcome, ...]


def percentile_points(effect_sd: Floats | float) -> Floats:
    """Percentile points that a student who would have been average gains from an effect in SD of scores."""
    points: Floats = 100.0 * (ndtr(effect_sd) - 0.5)
    return points


def effect_rows(years: tuple[YearOutcomes, ...]) -> tuple[list[Row], Floats]:
    """Rows and their values in one world; rows come in the same order in every world of a run."""
    rows: list[Row] = []
    values: list[float] = []

    def add(row: Row, value: float) -> None:
        rows.append(row)
        values.append(value)

    for at in years:
        for outcome in at.students:
            for partition in at.partitions:
                means = {
                    "difference": partition.means(outcome.scenario - outcome.counterfactual),
                    "scenario": partition.means(outcome.scenario),
                    "counterfactual": partition.means(outcome.counterfactual),
                }
                for index, label in enumerate(partition.labels):
                    for column, subject in enumerate(SUBJECT_LABELS):
                        if np.isnan(means["scenario"][index, column]):
                            continue
                        for arm in ARMS:
                            value = float(means[arm][index, column])
                            # A level in SD means nothing; the points are of the effect.
                            if outcome.unit == "SD" and arm != "difference":
                                continue
                            add(Row(outcome.name, subject, at.year, label, "paired", arm, outcome.unit), value)
                            if outcome.unit == "SD":
                                row = Row("percentile_points", subject, at.year, label, "paired", arm, "points")
                                add(row, float(percentile_points(value)))
        for group in at.groups:
            difference = group.scenario - group.counterfactual
            for index, label in enumerate(group.labels):
                if np.isnan(difference[index]):
                    continue
                for arm, column_values in zip(
                    ARMS, (difference, group.scenario, group.counterfactual), strict=True
                ):
                    row = Row(group.name, "both", at.year, label, "paired", arm, group.unit)
                    add(row, float(column_values[index]))
    return rows, np.array(values)


def both_subjects(values: Floats, *, total: bool = False) -> Floats:
    """Per-student values by subject with a third column for both."""
    return with_both(values, total=total)
