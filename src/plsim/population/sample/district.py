"""One invented district, to be written in every format that plsim reads: the same students each time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Bools, Floats, Int16s, Labels
from plsim.core.calendar import LAST_ELEMENTARY_GRADE
from plsim.evidence import norms
from plsim.population.model import PopulationSpec
from plsim.population.norm_population import from_norms

_SEED = 20240901
_CLASS = 22


class SampleDistrict(NamedTuple):
    """Students whom nobody has ever met, as files can tell of them. Arrays (n), by subject (n, 2).

    Attributes
    ----------
    rit
        This fall's scores, whole points.
    error
        Standard errors of the scores (RIT).
    section, teacher
        Ids of classes and of their teachers.
    """

    student: Labels
    school: Labels
    grade: Int16s
    rit: Floats
    error: Floats
    lunch: Bools
    section: Labels
    teacher: Labels


def invented(*, schools: int = 4, students: int = 45, seed: int = _SEED) -> SampleDistrict:
    """A district of that many schools with that many students each, drawn from the norms.

    Elementary classes have one teacher for both subjects; later there are classes and teachers for each.
    """
    spec = PopulationSpec(schools=schools, students_per_school=students, level_shares=(0.34, 0.33, 0.33))
    people = from_norms(spec, seed=seed)
    table = norms()
    error = np.round(table.error_sd.T[people.grade], 1)
    fall = people.achievement + 4.0 * table.weekly_rate_start.T[people.grade]
    noise = np.random.default_rng(seed).normal(size=fall.shape)
    section = np.empty((people.students, 2), dtype=object)
    teacher = np.empty((people.students, 2), dtype=object)
    seen: dict[tuple[int, int], int] = {}
    for at, (school, grade) in enumerate(zip(people.school.tolist(), people.grade.tolist(), strict=True)):
        place = seen.get((school, grade), 0)
        seen[school, grade] = place + 1
        label = f"c{school}-{grade:02d}-{place // _CLASS}"
        if grade <= LAST_ELEMENTARY_GRADE:
            section[at], teacher[at] = label, f"t{school}-{grade:02d}-{place // _CLASS}"
        else:
            section[at] = [f"{label}-m", f"{label}-r"]
            teacher[at] = [f"t{school}-m", f"t{school}-r"]
    return SampleDistrict(
        student=np.array([f"x{at:05d}" for at in range(people.students)], dtype=object),
        school=np.array([f"Invented School {school + 1}" for school in people.school], dtype=object),
        grade=people.grade,
        rit=np.rint(np.clip(fall + noise * error, 110.0, 300.0)),
        error=error,
        lunch=people.lunch_eligible,
        section=section,
        teacher=teacher,
    )
