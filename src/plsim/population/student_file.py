"""What files say about students, before anything is estimated or drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Int16s, Labels
from plsim.core.errors import PopulationError
from plsim.population.tables.dispositions import Dispositions, Rows, left_out, total

MAX_STUDENTS = 1_000_000
FEWEST_STUDENTS = 10
"""Labels that fewer students share are made one: they could say who somebody is."""


class TitleReading(NamedTuple):
    """How one title of classes was read.

    Attributes
    ----------
    title
        As it may be shown: words that are no common words of titles are left out.
    subject
        ``math``, ``reading``, ``both``, ``other`` (known, and neither of the two) or ``unread``.
    doubtful
        Why a person should look at it; empty where it is plain.
    classes
        How many classes have it.
    """

    title: str
    subject: str
    doubtful: str
    classes: int


@dataclass(frozen=True)
class StudentFile:
    """Students as files give them, in any order. Arrays (n), by subject (n, 2).

    Attributes
    ----------
    rit
        Observed scores, nan where missing.
    week
        The week of the year in which they were tested.
    day
        The day around which they were tested, in days since 1970, where files say it.
    row
        Each student's row (0-based below the header) in the file whose dispositions come first.
    flags
        ``lunch_eligible``, ``english_learner``, ``special_education``: 1, 0 or nan (missing).
    section, teacher
        Labels, empty where missing. (n, 2)
    charter_schools
        Governance of the schools for which the file says it.
    subgroups
        Further columns.
    dispositions
        What became of every row of every file.
    notes
        Further counts, by what they are.
    remarks
        What else a reader should know of how the files were read, a line each.
    warnings
        What may be wrong although the files can be read, a line each.
    doubts
        What is so much amiss that the district is probably not the one that was meant, a line each: ``plsim check``
        takes it for an error.
    titles
        How the titles of classes were read, where that decided anything.
    """

    source: str
    student_id: Labels
    school: Labels
    grade: Int16s
    rit: Floats
    week: int
    day: int | None = None
    row: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    flags: dict[str, Floats] = field(default_factory=dict)
    section: Labels | None = None
    teacher: Labels | None = None
    charter_schools: dict[str, bool] = field(default_factory=dict)
    subgroups: dict[str, Labels] = field(default_factory=dict)
    dispositions: tuple[Dispositions, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    titles: tuple[TitleReading, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        """How many rows were used or left out, by reason."""
        return total(self.dispositions) | {what: count for what, count in self.notes.items() if count}


def check_size(where: str, students: int, dispositions: Iterable[Dispositions], fix: str = "") -> None:
    """Refuse files without students, saying what took them, and files with more than can be run."""
    if students == 0:
        why = left_out(dispositions)
        problem = f"no student is left to simulate; left out: {why}" if why else "no student is left to simulate"
        raise PopulationError(where, "", problem, fix=fix)
    if students > MAX_STUDENTS:
        raise PopulationError(where, "", f"{students} students", allowed=f"up to {MAX_STUDENTS}")


def no_labels(students: int) -> Labels:
    """Labels by subject that are all missing. (n, 2)."""
    return np.full((students, 2), "", dtype=object)
