"""Paired effects of one world: the scenario beside its counterfactual, for every outcome and group.

Pairing is exact: same students, same sick days, same test-day draws. Test error and transient growth are the same in
both arms and cancel, so effects are read from latent achievement at week 32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
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
    rows: list[Row] = []
    values: list[Floats] = []
    for at in years:
        for outcome in at.students:
            for partition in at.partitions if outcome.partitions is None else outcome.partitions:
                some, theirs = student_rows(outcome, partition, at.year)
                rows += some
                values.append(theirs)
        for group in at.groups:
            found = list(_group_rows(group, at.year))
            rows += [row for row, _ in found]
            values.append(np.array([value for _, value in found]))
    return rows, np.concatenate(values) if values else np.empty(0)


def student_rows(outcome: StudentOutcome, partition: Partition, year: int) -> tuple[tuple[Row, ...], Floats]:
    """One outcome for the groups of a partition, and its values; groups that are too small are left out."""
    difference = partition.means(outcome.scenario - outcome.counterfactual)
    shown = ~np.isnan(difference)
    # A level in SD means nothing; percentile points are of the effect.
    each: tuple[Floats, ...]
    if outcome.unit != "SD":
        each = (difference, partition.means(outcome.scenario), partition.means(outcome.counterfactual))
    elif outcome.name == "achievement":
        each = (difference, percentile_points(difference))
    else:
        each = (difference,)
    rows = _rows_shown(outcome.name, outcome.unit, year, partition.labels, shown.tobytes())
    values: Floats = np.stack([one[shown] for one in each], axis=1).ravel()
    return rows, values


@lru_cache(maxsize=8192)
def _rows_shown(name: str, unit: str, year: int, labels: tuple[str, ...], shown: bytes) -> tuple[Row, ...]:
    """The rows of an outcome in a partition, the same in all worlds; ``shown`` is 0 or 1 by group and subject."""
    if unit != "SD":
        kinds = tuple((name, arm, unit) for arm in ARMS)
    else:
        kinds = ((name, ARMS[0], unit),)
        if name == "achievement":
            kinds += (("percentile_points", ARMS[0], "points"),)
    cells = ((label, subject) for label in labels for subject in SUBJECT_LABELS)
    return tuple(
        Row(what, subject, year, label, "paired", arm, of)
        for (label, subject), there in zip(cells, shown, strict=True)
        if there
        for what, arm, of in kinds
    )


def _group_rows(group: GroupOutcome, year: int) -> Iterator[tuple[Row, float]]:
    """One outcome of teachers or schools."""
    difference = group.scenario - group.counterfactual
    for index, label in enumerate(group.labels):
        if np.isnan(difference[index]):
            continue
        for arm, values in zip(ARMS, (difference, group.scenario, group.counterfactual), strict=True):
            yield Row(group.name, "both", year, label, "paired", arm, group.unit), float(values[index])
