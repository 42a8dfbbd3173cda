"""What files say about students, before anything is estimated or drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from plsim.core.arrays import Floats, Int16s, Labels
from plsim.core.errors import PopulationError
from plsim.population.fates import Fates, Rows, total

MAX_STUDENTS = 1_000_000


@dataclass(frozen=True)
class StudentFile:
    """Students as files give them, in any order. Arrays (n), by subject (n, 2).

    Attributes
    ----------
    rit
        Observed scores, nan where missing.
    week
        The week of the year in which they were tested.
    row
        Each student's row (0-based below the header) in the file whose fates come first.
    flags
        ``lunch_eligible``, ``english_learner``, ``special_education``: 1, 0 or nan (missing).
    section, teacher
        Labels, empty where missing. (n, 2)
    charter_schools
        Governance of the schools for which the file says it.
    subgroups
        Further columns.
    fates
        What became of every row of every file.
    notes
        Further counts, by what they are.
    """

    source: str
    student_id: Labels
    school: Labels
    grade: Int16s
    rit: Floats
    week: int
    row: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    flags: dict[str, Floats] = field(default_factory=dict)
    section: Labels | None = None
    teacher: Labels | None = None
    charter_schools: dict[str, bool] = field(default_factory=dict)
    subgroups: dict[str, Labels] = field(default_factory=dict)
    fates: tuple[Fates, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows were used or left out, by reason."""
        return total(self.fates) | {what: count for what, count in self.notes.items() if count}


def check_size(where: str, students: int, fix: str = "") -> None:
    """Refuse files without students, and with more than can be run."""
    if students == 0:
        raise PopulationError(where, "", "no student is left to simulate", fix=fix)
    if students > MAX_STUDENTS:
        raise PopulationError(where, "", f"{students} students", allowed=f"up to {MAX_STUDENTS}")


def no_labels(students: int) -> Labels:
    """Labels by subject that are all missing. (n, 2)."""
    return np.full((students, 2), "", dtype=object)
