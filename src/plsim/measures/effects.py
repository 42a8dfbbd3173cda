"""Paired effects of one world: the scenario beside its counterfactual, for every outcome and group.

Pairing is exact: same students, same sick days, same test-day draws. Test error and transient growth are the same in
both arms and cancel, so effects are read from latent achievement at week 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from plsim.core.arrays import Floats
from plsim.measures.groups import SUBJECT_LABELS, Partition

ARMS = ("difference", "scenario", "counterfactual")
CI_LEVEL = 0.90
_AT_ONCE = 2
"""Outcomes of which groups are averaged together: enough to be fast, few enough to stay in the processor's cache."""


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

    ``scenario`` and ``counterfactual`` have shape (students, 2): mathematics, reading; or (students, 1) where both are
    the same. Both together are their mean, or with ``total`` their sum. ``partitions`` are the groups that it is shown
    for, where they are not the year's.
    """

    name: str
    unit: str
    scenario: Floats
    counterfactual: Floats
    total: bool = False
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
        for _, alike in groupby(at.students, key=lambda each: id(each.partitions)):
            outcomes = tuple(alike)
            own = outcomes[0].partitions
            some, theirs = student_rows(outcomes, at.partitions if own is None else own, at.year)
            rows += some
            values.append(theirs)
        for group in at.groups:
            difference = group.scenario - group.counterfactual
            arms = np.stack([difference, group.scenario, group.counterfactual], axis=-1)[:, np.newaxis]
            there, theirs = _shown(group.name, group.unit, at.year, group.labels, ("both",), arms)
            rows += there
            values.append(theirs)
    return rows, np.concatenate(values) if values else np.empty(0)


def student_rows(
    outcomes: tuple[StudentOutcome, ...], partitions: tuple[Partition, ...], year: int
) -> tuple[list[Row], Floats]:
    """Outcomes for the groups of some partitions, and their values; groups that are too small are left out."""
    if not partitions:
        return [], np.empty(0)
    rows: list[Row] = []
    values: list[Floats] = []
    labels = tuple(label for partition in partitions for label in partition.labels)
    width = min(len(outcomes), _AT_ONCE)
    arms = np.empty((len(partitions[0].codes), len(SUBJECT_LABELS), width, len(ARMS)))
    for first in range(0, len(outcomes), width):
        some = outcomes[first : first + width]
        for place, each in enumerate(some):
            for arm, levels in enumerate((each.scenario, each.counterfactual), start=1):
                arms[:, :2, place, arm] = levels
                np.add(arms[:, 0, place, arm], arms[:, 1, place, arm], out=arms[:, 2, place, arm])
                if not each.total:
                    arms[:, 2, place, arm] /= 2.0
        np.subtract(arms[..., 1], arms[..., 2], out=arms[..., 0])
        means = np.concatenate([partition.means(arms) for partition in partitions])
        for place, each in enumerate(some):
            there, theirs = _shown(each.name, each.unit, year, labels, SUBJECT_LABELS, means[:, :, place])
            rows += there
            values.append(theirs)
    return rows, np.concatenate(values)


def _shown(
    name: str, unit: str, year: int, labels: tuple[str, ...], subjects: tuple[str, ...], arms: Floats
) -> tuple[tuple[Row, ...], Floats]:
    """Rows of an outcome and their values where there is a difference; ``arms`` is (groups, subjects, ``ARMS``)."""
    difference = arms[:, :, 0]
    shown = ~np.isnan(difference)
    # A level in SD means nothing; percentile points are of the effect.
    if unit == "SD":
        arms = arms[:, :, :1]
        if name == "achievement":
            arms = np.stack([difference, percentile_points(difference)], axis=-1)
    rows = _rows_shown(name, unit, year, labels, subjects, shown.tobytes())
    values: Floats = arms[shown].ravel()
    return rows, values


@lru_cache(maxsize=8192)
def _rows_shown(
    name: str, unit: str, year: int, labels: tuple[str, ...], subjects: tuple[str, ...], shown: bytes
) -> tuple[Row, ...]:
    """The rows of an outcome in some groups, the same in all worlds; ``shown`` is 0 or 1 by group and subject."""
    if unit != "SD":
        kinds = tuple((name, arm, unit) for arm in ARMS)
    else:
        kinds = ((name, ARMS[0], unit),)
        if name == "achievement":
            kinds += (("percentile_points", ARMS[0], "points"),)
    cells = ((label, subject) for label in labels for subject in subjects)
    return tuple(
        Row(what, subject, year, label, "paired", arm, of)
        for (label, subject), there in zip(cells, shown, strict=True)
        if there
        for what, arm, of in kinds
    )
