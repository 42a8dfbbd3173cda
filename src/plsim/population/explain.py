"""Row by row: what of the files was used, what was left out and why, and what was drawn for each student.

Rows are given by file and number. No cell is shown, so no name, birth date or id can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from plsim.core.calendar import SUBJECTS
from plsim.population.fates import USED
from plsim.population.student_file import StudentFile

FLAGS = ("lunch_eligible", "english_learner", "special_education")


class RowFate(NamedTuple):
    """What became of one row.

    Attributes
    ----------
    row
        As a spreadsheet counts it; the header is row 1.
    used
        Whether anything of it went into the population.
    reason
        As what it was used, or why it was left out.
    drawn
        What was drawn for the student of the row.
    """

    file: str
    row: int
    used: bool
    reason: str
    drawn: tuple[str, ...]


def row_fates(students: StudentFile) -> Iterator[RowFate]:
    """What became of every row of every file, in the order of the files."""
    labels, missing = _missing(students)
    for number, fates in enumerate(students.fates):
        student = np.full(len(fates.code), -1, dtype=np.int64)
        if number == 0:
            student[students.row] = np.arange(len(students.row))
        for index, code in enumerate(fates.code):
            reason = fates.reasons[code]
            whose = student[index]
            drawn = tuple(labels[at] for at in np.flatnonzero(missing[whose])) if whose >= 0 else ()
            yield RowFate(fates.where, fates.row(index), reason.endswith(USED), reason.removesuffix(USED), drawn)


def explanation(students: StudentFile) -> Iterator[str]:
    """The same as lines for a reader."""
    remarks = {fates.where: fates.remark for fates in students.fates}
    counts = {fates.where: len(fates.code) for fates in students.fates}
    file = ""
    yield "Drawn for every student: learning rate, attendance, self-regulation, engagement, access at home."
    for fate in row_fates(students):
        if fate.file != file:
            file = fate.file
            remark = f"; {remarks[file]}" if remarks[file] else ""
            yield f"{file}: {counts[file]:,} rows below the header{remark}"
        said = "used" if fate.used else f"left out: {fate.reason}"
        drawn = f"; drawn: {', '.join(fate.drawn)}" if fate.drawn else ""
        yield f"  row {fate.row}: {said}{drawn}"


def _missing(students: StudentFile) -> tuple[list[str], np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """What can be missing, and for which students it is. Shape (n, labels)."""
    count = len(students.student_id)
    labels: list[str] = []
    columns = []
    for index, subject in enumerate(SUBJECTS):
        labels.append(f"{subject} score")
        columns.append(np.isnan(students.rit[:, index]))
    for name in FLAGS:
        labels.append(name.replace("_", " "))
        columns.append(np.isnan(students.flags[name]) if name in students.flags else np.ones(count, dtype=bool))
    for index, subject in enumerate(SUBJECTS):
        labels.append(f"{subject} section")
        none = students.section is None
        columns.append(np.ones(count, dtype=bool) if none else students.section[:, index] == "")  # type: ignore[index]
    return labels, np.stack(columns, axis=1).astype(bool)
