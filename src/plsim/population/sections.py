"""Who sits with whom, in one year: sections, pools and the seats of their teachers.

Where no file says it, the students of a school and grade are put in the order of a draw of their own and cut into
sections of nearly equal size. Elementary classes keep the same students and teacher in both subjects; later grades are
departmental, with an order per subject and teachers who hold several sections of one subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from plsim.core.arrays import Floats, Int8s, Int16s, Int32s, Keys
from plsim.core.calendar import LAST_ELEMENTARY_GRADE, SUBJECTS
from plsim.population.draws import uniforms
from plsim.population.model import number

Int64s = NDArray[np.int64]

# A seat's code is (school, kind, number). Kind: an elementary grade, DEPARTMENT + subject, or GIVEN for a teacher whom
# a file names.
DEPARTMENT = 32
GIVEN = 64
KIND_SHIFT = 24
SCHOOL_SHIFT = 32
_KINDS_MASK = (1 << (SCHOOL_SHIFT - KIND_SHIFT)) - 1
_NUMBER_MASK = (1 << KIND_SHIFT) - 1

_BELOW_ONE = 1.0 - 2.0**-32
_GRADE_SLOTS = 16
"""More than the number of grades: (school, grade) as one number is ``school * _GRADE_SLOTS + grade``."""


class SectionTable(NamedTuple):
    """Sections of one year, ordered by school, subject, pool, grade and number. Arrays (K) but the first.

    Attributes
    ----------
    of_student
        Each student's section, by subject. (n, 2)
    school, subject, grade
        Where and what the section is.
    pool
        Pools join sections of one school and subject in two neighbouring grades; ascending.
    seat_code
        The teacher's seat: see :func:`seat_code`.
    """

    of_student: Int32s
    school: Int32s
    subject: Int8s
    grade: Int16s
    pool: Int32s
    seat_code: Int64s


@dataclass(frozen=True)
class GivenSections:
    """Sections that a file gives.

    Attributes
    ----------
    of_student
        Index of each student's section by subject, -1 where it is to be made up. (n, 2)
    seat_code
        The seat of each given section. (number of given sections)
    """

    of_student: Int32s
    seat_code: Int64s


class _Sections(NamedTuple):
    """Some sections, not yet in order: students' rows, their section, and the sections' attributes."""

    rows: Int64s
    of_row: Int64s
    school: Int32s
    grade: Int16s
    number: Int64s
    seat_code: Int64s


def seat_code(school: Int32s | Int64s, kind: Int64s | int, index: Int64s | int) -> Int64s:
    """A teacher's seat as one number: its school, its kind, and its number among the seats of that kind."""
    school_part = np.asarray(school, dtype=np.int64) << SCHOOL_SHIFT
    code: Int64s = school_part | (np.asarray(kind, dtype=np.int64) << KIND_SHIFT) | np.asarray(index, dtype=np.int64)
    return code


def split_code(code: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """School, kind and number of seats."""
    return code >> SCHOOL_SHIFT, (code >> KIND_SHIFT) & _KINDS_MASK, code & _NUMBER_MASK


def make_sections(
    student_key: Keys,
    school: Int32s,
    grade: Int16s,
    *,
    class_size: Floats,
    year: int,
    seed: int,
    given: GivenSections | None = None,
    standing: Floats | None = None,
    by_level: float = 0.0,
) -> SectionTable:
    """The sections of one year.

    Parameters
    ----------
    class_size
        The size that no made-up section passes, by school. Shape (S).
    standing
        Standardized entry scores, by which made-up sections are formed as far as ``by_level`` (0 to 1). (n, 2)
    """
    draws = uniforms(seed, student_key, "sectioning", year=year)
    elementary = grade <= LAST_ELEMENTARY_GRADE
    found: list[tuple[int, _Sections]] = []
    for subject in range(len(SUBJECTS)):
        made_up = np.arange(len(school))
        if given is not None:
            has_one = given.of_student[:, subject] >= 0
            found.append((subject, _given(np.flatnonzero(has_one), subject, school, grade, given)))
            made_up = np.flatnonzero(~has_one)
        order_draw = np.where(elementary, draws[0], draws[1 + subject])
        if standing is not None and by_level > 0.0:
            # An elementary class is one for both subjects.
            level = np.where(elementary, standing.mean(axis=1), standing[:, subject])
            order_draw = np.minimum((1.0 - by_level) * order_draw + by_level * ndtr(level), _BELOW_ONE)
        found.append((subject, _cut(made_up, subject, school, grade, order_draw, class_size)))
    return _in_order(found, len(school))


def _cut(
    rows: Int64s, subject: int, school: Int32s, grade: Int16s, order_draw: Floats, class_size: Floats
) -> _Sections:
    """Students of each school and grade, in the order of their draw, cut into sections of nearly equal size."""
    # One sort on group + draw; the draw has 32 bits, so the sum keeps it exactly for millions of schools.
    group = school[rows].astype(np.int64) * _GRADE_SLOTS + grade[rows]
    order = np.argsort(group + order_draw[rows], kind="stable")
    rows, group = rows[order], group[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    counts = np.diff(starts, append=len(rows))
    group_school = school[rows[starts]]
    cuts = np.maximum(np.ceil(counts / class_size[group_school]).astype(np.int64), 1)
    cuts = np.minimum(cuts, counts)
    group_of_row = np.repeat(np.arange(len(starts)), counts)
    rank = np.arange(len(rows)) - starts[group_of_row]
    first = np.cumsum(cuts) - cuts
    group_of_section = np.repeat(np.arange(len(starts)), cuts)
    section_school = group_school[group_of_section]
    section_grade = grade[rows[starts]][group_of_section]
    number_in_grade = np.arange(int(cuts.sum())) - first[group_of_section]
    return _Sections(
        rows=rows,
        of_row=first[group_of_row] + rank * cuts[group_of_row] // counts[group_of_row],
        school=section_school,
        grade=section_grade,
        number=number_in_grade,
        seat_code=_made_up_seats(section_school, section_grade, number_in_grade, subject),
    )


def _made_up_seats(school: Int32s, grade: Int16s, number_in_grade: Int64s, subject: int) -> Int64s:
    """Seats of sections that stand in order of school, grade and number.

    An elementary class has its own teacher; a school's departmental sections of a subject go to as few teachers as the
    usual load allows, in order and in nearly equal shares.
    """
    codes = seat_code(school, grade.astype(np.int64), number_in_grade)
    departmental = np.flatnonzero(grade > LAST_ELEMENTARY_GRADE)
    if departmental.size:
        schools, starts, counts = np.unique(school[departmental], return_index=True, return_counts=True)
        teachers = np.ceil(counts / number("population.sections_per_teacher")).astype(np.int64)
        of_section = np.repeat(np.arange(len(schools)), counts)
        rank = np.arange(len(departmental)) - starts[of_section]
        holder = rank * teachers[of_section] // counts[of_section]
        codes[departmental] = seat_code(school[departmental], DEPARTMENT + subject, holder)
    return codes


def _given(rows: Int64s, subject: int, school: Int32s, grade: Int16s, given: GivenSections) -> _Sections:
    """Sections from a file; a section's grade is the one most of its students are in (the lower of equals)."""
    sections, of_row = np.unique(given.of_student[rows, subject], return_inverse=True)
    in_grade = np.zeros((len(sections), _GRADE_SLOTS), dtype=np.int64)
    np.add.at(in_grade, (of_row, grade[rows]), 1)
    section_school = np.zeros(len(sections), dtype=np.int32)
    section_school[of_row] = school[rows]
    # Negative numbers put given sections before made-up ones of the same grade.
    return _Sections(
        rows=rows,
        of_row=of_row,
        school=section_school,
        grade=in_grade.argmax(axis=1).astype(np.int16),
        number=np.arange(len(sections)) - len(sections),
        seat_code=given.seat_code[sections],
    )


def _in_order(found: list[tuple[int, _Sections]], students: int) -> SectionTable:
    """All sections of a year as one table in its order, and every student's place in it."""
    sizes = [len(part.school) for _, part in found]
    offsets = np.cumsum([0, *sizes[:-1]])
    school = np.concatenate([part.school for _, part in found])
    grade = np.concatenate([part.grade for _, part in found])
    subject = np.repeat(np.array([index for index, _ in found], dtype=np.int8), sizes)
    numbers = np.concatenate([part.number for _, part in found])
    order = np.lexsort((numbers, grade, subject, school))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    of_student = np.full((students, len(SUBJECTS)), -1, dtype=np.int32)
    for offset, (index, part) in zip(offsets, found, strict=True):
        of_student[part.rows, index] = place[offset + part.of_row]
    school, grade, subject = school[order], grade[order], subject[order]
    pool_code = (school.astype(np.int64) * len(SUBJECTS) + subject) * _GRADE_SLOTS + grade // 2
    return SectionTable(
        of_student=of_student,
        school=school,
        subject=subject,
        grade=grade,
        pool=np.cumsum(np.diff(pool_code, prepend=pool_code[:1]) > 0).astype(np.int32),
        seat_code=np.concatenate([part.seat_code for _, part in found])[order],
    )
