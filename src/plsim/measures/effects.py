"""Paired effects of one world: the scenario beside its counterfactual, for every outcome and group.

Pairing is exact: same students, same sick days, same test-day draws. Test error and transient growth are the same in
both arms and cancel, so effects are read from latent achievement at week 32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from plsim.core.arrays import Floats
from plsim.measures.groups import SUBJECT_LABELS, Partition

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

    ``scenario`` and ``counterfactual`` have shape (students, 3): mathematics, reading, both. ``partitions`` are the
    groups that it is shown for, where they are not the year's.
    """

    name: str
    unit: str
    scenario: Floats
    counterfactual: Floats
    partitions: tuple[Partition, ...] | None = None


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
    found: list[tuple[Row, float]] = []
    for at in years:
        for outcome in at.students:
            for partition in at.partitions if outcome.partitions is None else outcome.partitions:
                found += student_rows(outcome, partition, at.year)
        for group in at.groups:
            found += _group_rows(group, at.year)
    return [row for row, _ in found], np.array([value for _, value in found])


def student_rows(outcome: StudentOutcome, partition: Partition, year: int) -> Iterator[tuple[Row, float]]:
    """One outcome for the groups of a partition; groups that are too small are left out."""
    means = {"difference": partition.means(outcome.scenario - outcome.counterfactual)}
    # A level in SD means nothing; percentile points are of the effect.
    in_sd = outcome.unit == "SD"
    if not in_sd:
        means["scenario"] = partition.means(outcome.scenario)
        means["counterfactual"] = partition.means(outcome.counterfactual)
    for index, label in enumerate(partition.labels):
        for column, subject in enumerate(SUBJECT_LABELS):
            if np.isnan(means["difference"][index, column]):
                continue
            for arm in ARMS[:1] if in_sd else ARMS:
                value = float(means[arm][index, column])
                yield Row(outcome.name, subject, year, label, "paired", arm, outcome.unit), value
                if in_sd and outcome.name == "achievement":
                    points = float(percentile_points(value))
                    yield Row("percentile_points", subject, year, label, "paired", arm, "points"), points


def _group_rows(group: GroupOutcome, year: int) -> Iterator[tuple[Row, float]]:
    """One outcome of teachers or schools."""
    difference = group.scenario - group.counterfactual
    for index, label in enumerate(group.labels):
        if np.isnan(difference[index]):
            continue
        for arm, values in zip(ARMS, (difference, group.scenario, group.counterfactual), strict=True):
            yield Row(group.name, "both", year, label, "paired", arm, group.unit), float(values[index])
