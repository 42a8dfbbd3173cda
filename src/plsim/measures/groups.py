"""For whom: the groups of students and schools that results are shown for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Bools, Floats, Ints
from plsim.core.calendar import GRADES, HEADLINE_GRADES, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE

SUBJECT_LABELS = ("math", "reading", "both")
QUINTILES = 5
LEVEL_GROUPS = ("level:elementary", "level:middle", "level:high")
SMALLEST_GROUP = 10
"""Groups of fewer students are not shown: privacy, and noise. Nor may they be found by subtraction."""


@dataclass(frozen=True)
class Partition:
    """Students sorted into groups.

    Attributes
    ----------
    codes
        Group of each student by subject (math, reading, both); -1 is in no group. Shape (students, 3).
    labels
        Label of each group, as in result rows (``"quintile:1"``).
    allowed
        Groups that may be shown beside all others that are (:mod:`plsim.measures.disclosure`), shape (groups, 3); None
        where each partition is judged alone.
    """

    codes: Ints
    labels: tuple[str, ...]
    allowed: Bools | None = None

    def means(self, values: Floats) -> Floats:
        """Group means, NaN where a group is not shown.

        ``values`` has shape (students, 3) or more axes beyond these two, the result (groups, 3) and these axes. Sums
        are serial, in the order of students: the same bits on any machine.
        """
        out = np.full((len(self.labels), *values.shape[1:]), np.nan)
        for columns, order, ends, shown in self._sorted:
            rows = values.take(order, axis=0)
            for group in np.flatnonzero(shown).tolist():
                first, last = ends[group], ends[group + 1]
                # numpy adds rows one after the other; only along the last axis it adds in pairs.
                out[group, columns] = np.add.reduce(rows[first:last], axis=0)[columns] / (last - first)
        return out

    @cached_property
    def _sorted(self) -> tuple[tuple[slice, Ints, list[int], Bools], ...]:
        """For subjects that share their groups: students by group, where each group ends, and which are shown."""
        alike = bool((self.codes == self.codes[:, :1]).all())
        found = []
        for first in range(1 if alike else self.codes.shape[1]):
            codes = self.codes[:, first]
            order = np.argsort(codes, kind="stable")
            count = np.bincount(codes + 1, minlength=len(self.labels) + 1)
            shown = _shown(count[1:]) if self.allowed is None else self.allowed[:, first]
            columns = slice(None) if alike else slice(first, first + 1)
            found.append((columns, order, np.cumsum(count).tolist(), shown))
        return tuple(found)


def _shown(count: Ints) -> Bools:
    """Groups that are large enough; the smallest of these is not shown if the rest are too few together, too.

    The mean of who is left out follows from everybody's and the others'. ``count`` is of students, shape (groups,).
    """
    shown: Bools = count >= SMALLEST_GROUP
    if 0 < count[~shown].sum() < SMALLEST_GROUP and shown.any():
        shown[np.argmin(np.where(shown, count, count.max() + 1))] = False
    return shown


def everyone(counted: Bools) -> Partition:
    """All students that count."""
    return Partition(_for_all(np.where(counted, 0, -1)), ("all",))


def by_flag(name: str, flag: Bools, counted: Bools) -> Partition:
    """Two groups, ``name:no`` and ``name:yes``."""
    return Partition(_for_all(np.where(counted, flag.astype(np.int64), -1)), (f"{name}:no", f"{name}:yes"))


def by_governance(charter: Bools, counted: Bools) -> Partition:
    """District and charter schools; ``charter`` is of each student's school."""
    codes = np.where(counted, charter.astype(np.int64), -1)
    return Partition(_for_all(codes), ("governance:district", "governance:charter"))


def by_level(first_grade: Ints, counted: Bools) -> Partition:
    """Elementary, middle and high school students, by the grade in which a run finds them."""
    level = np.searchsorted((LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE), first_grade, side="left")
    return Partition(_for_all(np.where(counted, level, -1)), LEVEL_GROUPS)


def by_grade(grade: Ints, seen: Bools) -> Partition:
    """Every grade; outside the headline grades the label says so in the report, not here."""
    return Partition(_for_all(np.where(seen, grade, -1)), tuple(f"grade:{label}" for label in GRADES))


def by_labels(name: str, labels: npt.NDArray[np.object_], counted: Bools) -> Partition:
    """A column of a roster."""
    known, codes = np.unique(labels.astype(str), return_inverse=True)
    return Partition(_for_all(np.where(counted, codes, -1)), tuple(f"{name}:{label}" for label in known))


def by_quintile(baseline: Floats, counted: Bools) -> Partition:
    """Quintiles of the baseline score within this population; 1 is the lowest.

    ``baseline`` is standardized within grade; shape (students, 2). The third column uses the mean of both subjects.
    """
    codes = np.full((len(baseline), len(SUBJECT_LABELS)), -1, np.int64)
    codes[counted] = fifths(np.column_stack([baseline, baseline.mean(axis=1)])[counted])
    return Partition(codes, tuple(f"quintile:{number}" for number in range(1, QUINTILES + 1)))


def fifths(scores: Floats) -> Ints:
    """Fifth of each student by each column of scores, 0 is the lowest. Shape as ``scores``."""
    if not len(scores):
        return np.empty(scores.shape, np.int64)
    cuts = np.quantile(scores, np.arange(1, QUINTILES) / QUINTILES, axis=0)
    return np.column_stack(
        [np.searchsorted(of, column, side="right") for of, column in zip(cuts.T, scores.T, strict=True)]
    )


def headline(grade: Ints) -> Bools:
    """Whether a grade counts in headlines."""
    return np.isin(grade, HEADLINE_GRADES)


def with_both(values: Floats) -> Floats:
    """Adds the column for both subjects, their mean. (students, 2) to (students, 3)."""
    return np.column_stack([values, values.mean(axis=1)])


def _for_all(codes: Ints) -> Ints:
    return np.repeat(codes[:, np.newaxis], len(SUBJECT_LABELS), axis=1)


def numbered(codes: Ints) -> tuple[Ints, Ints]:
    """Whole numbers counted from 0 without gaps, in their order, and how often each is there.

    What ``np.unique`` finds with a sort; for numbers that lie close together.
    """
    from_0 = codes - codes.min(initial=0)
    count = np.bincount(from_0)
    there = count > 0
    return (np.cumsum(there) - 1)[from_0], count[there]


def cells(partitions: tuple[Partition, ...]) -> Iterator[tuple[Partition, int, str]]:
    """Every group of every partition."""
    for partition in partitions:
        for index, label in enumerate(partition.labels):
            yield partition, index, label
