"""Row by row: what of the files was used, what was left out and why, and what was drawn for each student.

Rows are given by file and number. No cell is shown, so no name, birth date or id can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from plsim.core.calendar import SUBJECTS
from plsim.population.student_file import StudentFile
from plsim.population.tables.dispositions import USED

FLAGS = ("lunch_eligible", "english_learner", "special_education")


class RowDisposition(NamedTuple):
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


def row_dispositions(students: StudentFile) -> Iterator[RowDisposition]:
    """What became of every row of every file, in the order of the files."""
    labels, missing = _missing(students)
    for number, dispositions in enumerate(students.dispositions):
        student = np.full(len(dispositions.code), -1, dtype=np.int64)
        if number == 0:
            student[students.row] = np.arange(len(students.row))
        for index, code in enumerate(dispositions.code):
            reason = dispositions.reasons[code]
            whose = student[index]
            drawn = tuple(labels[at] for at in np.flatnonzero(missing[whose])) if whose >= 0 else ()
            yield RowDisposition(
                dispositions.where, dispositions.row(index), reason.endswith(USED), reason.removesuffix(USED), drawn
            )


def explanation(students: StudentFile) -> Iterator[str]:
    """The same as lines for a reader."""
    remarks = {dispositions.where: dispositions.remark for dispositions in students.dispositions}
    counts = {dispositions.where: len(dispositions.code) for dispositions in students.dispositions}
    file = ""
    yield "Drawn for every student: learning rate, attendance, self-regulation, engagement, access at home."
    for disposition in row_dispositions(students):
        if disposition.file != file:
            file = disposition.file
            remark = f"; {remarks[file]}" if remarks[file] else ""
            yield f"{file}: {counts[file]:,} rows below the header{remark}"
        said = "used" if disposition.used else f"left out: {disposition.reason}"
        drawn = f"; drawn: {', '.join(disposition.drawn)}" if disposition.drawn else ""
        yield f"  row {disposition.row}: {said}{drawn}"


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
