"""Growth that the next summer undoes: what the norms show beyond what the model's structure explains.

Most of the variance of one year's growth is not a stable trait, and summer takes much of it back. A score is ``A + T
+ test error``; T is additive, exogenous and identical in all arms, and only tests read it. Per student, subject and
year::

    e_growth = b z + c q + s_g eps1               ramped over weeks 4 to 32
    e_summer = b' z + c' q + phi eps1 + s_s eps2  over the summer that follows

with z the arm-invariant standardized entry score and q its distance from average
(:func:`~plsim.engine.structure.bend`). The norms' growth is a straight line in status, while who is far from the class
learns less: c takes that bend off. The others solve the norm table's variance of growth, its covariance with fall
status, the variance of summer change, its covariance with growth, and the next grade's fall variance, less what the
structure already gives. The same split holds between schools. A negative remainder means that the world's structure
varies more than the norms allow: the world contradicts the norms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import FALL_WEEK, GROWTH_WEEKS, LAST_ELEMENTARY_GRADE, SUBJECTS
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.structure import Structure, bend
from plsim.evidence import norms, registry
from plsim.population.draws import normals, uniforms

# Subjects of an address hold the kind of draw beside the subject: growth in the first two, summer in the next two.
_SUMMER = 2
_GRADE_SLOTS = 16


@dataclass(frozen=True)
class Transient:
    """The numbers of T by subject and grade (RIT), within schools and between them; each (2, 13).

    ``between_*`` have no entry-score part in summer. ``rejected`` says where the structure left a negative remainder
    (held at 0).
    """

    b: Floats
    c: Floats
    s_g: Floats
    b_summer: Floats
    c_summer: Floats
    phi: Floats
    s_s: Floats
    between_b: Floats
    between_s: Floats
    between_phi: Floats
    between_s_s: Floats
    rejected: np.ndarray


def solve(structure: Structure) -> Transient:
    """T's numbers from the norms less the structure of a world."""
    n = norms()
    unit = structure.unit
    fall = n.sd_within_fall
    # The covariances that the norms show, within schools.
    var_g = n.growth_sd_within**2
    cov_zg = n.r_fall_growth_within * n.growth_sd_within
    var_u = n.summer_sd_within**2
    cov_gu = n.r_year_summer_within * n.growth_sd_within * n.summer_sd_within
    next_fall = np.concatenate([fall[:, 1:], fall[:, -1:]], axis=1)
    cov_zu = (next_fall**2 - fall**2 - var_g - var_u - 2 * fall * cov_zg - 2 * cov_gu) / (2 * fall)

    b = cov_zg - structure.within_z_growth * unit
    rest_g = var_g - structure.within_growth * unit**2 - b**2 - 2 * b * structure.within_z_growth * unit
    s_g = np.sqrt(np.maximum(rest_g, 0.0))
    z_summer = structure.within_z_summer * unit
    b_summer = cov_zu - z_summer
    shared = (
        structure.within_growth_summer * unit**2
        + b_summer * structure.within_z_growth * unit
        + b * z_summer
        + b * b_summer
    )
    phi = np.where(s_g > 0.0, (cov_gu - shared) / np.maximum(s_g, 1e-9), 0.0)
    rest_u = var_u - structure.within_summer * unit**2 - b_summer**2 - 2 * b_summer * z_summer - phi**2
    s_s = np.sqrt(np.maximum(rest_u, 0.0))

    z_between = structure.between_z_growth * unit
    between_b = n.r_fall_growth_between * n.growth_sd_between - z_between
    rest_b = n.growth_sd_between**2 - structure.between_growth * unit**2 - between_b**2 - 2 * between_b * z_between
    between_s = np.sqrt(np.maximum(rest_b, 0.0))
    between_phi = np.maximum(n.r_year_summer_within, -0.9) * n.summer_sd_between
    between_s_s = np.sqrt(np.maximum(n.summer_sd_between**2 - between_phi**2, 0.0))
    return Transient(
        b=b,
        c=-structure.curve_growth * unit,
        s_g=s_g,
        b_summer=b_summer,
        c_summer=-structure.curve_summer * unit,
        phi=phi,
        s_s=s_s,
        between_b=between_b,
        between_s=between_s,
        between_phi=between_phi,
        between_s_s=between_s_s,
        rejected=(rest_g < 0) | (rest_b < 0),
    )


def transient_scores(setting: Setting, numbers: Transient) -> Floats:
    """T at each year's windows, for every slot's holder of the year. Shape (years, windows, students, 2), RIT.

    0 in the first fall of whoever is new: an entering score already contains what came before.
    """
    out = np.zeros((setting.years, len(WINDOWS), setting.students, len(SUBJECTS)))
    ramp = np.clip((np.array(WINDOWS) - FALL_WEEK) / GROWTH_WEEKS, 0.0, 1.0)
    carried = np.zeros((setting.students, len(SUBJECTS)))
    for year, roster in enumerate(setting.timeline.years):
        carried[roster.entered == year] = 0.0
        for subject in range(len(SUBJECTS)):
            growth, summer = _year_draws(setting, numbers, year, subject)
            start = carried[:, subject]
            out[year, :, :, subject] = start + ramp[:, np.newaxis] * growth
            carried[:, subject] = start + growth + summer
    return out


def expected_growth(setting: Setting, numbers: Transient, year: int, subject: int) -> Floats:
    """What entry scores, the student's and the school's, lead to expect of T's growth (RIT). Shape (students,)."""
    people, roster = setting.population, setting.timeline.years[year]
    grade = roster.grade.astype(np.int64)
    z, school_z = roster.entry_z[:, subject], people.school_z[people.school, subject]
    of = subject, grade
    expected: Floats = (
        numbers.b[of] * z + numbers.c[of] * bend(z, school_z, subject, grade) + numbers.between_b[of] * school_z
    )
    return expected


def _year_draws(setting: Setting, numbers: Transient, year: int, subject: int) -> tuple[Floats, Floats]:
    """T's growth and the following summer's change of every student in one subject. Each (students,)."""
    people, roster = setting.population, setting.timeline.years[year]
    grade = roster.grade.astype(np.int64)

    def of_grade(values: Floats) -> Floats:
        chosen: Floats = values[subject, grade]
        return chosen

    own, eps2, of_class, several, school_growth, school_summer = setting.kept(
        ("transient", year, subject), lambda: _chance(setting, year, subject)
    )
    shared = np.where(several > 0.0, _class_share(numbers, subject)[grade], 0.0)
    eps1 = np.sqrt(1.0 - shared) * own + np.sqrt(shared) * of_class
    z = roster.entry_z[:, subject]
    bent = bend(z, people.school_z[people.school, subject], subject, grade)
    growth = (
        expected_growth(setting, numbers, year, subject)
        + of_grade(numbers.s_g) * eps1
        + of_grade(numbers.between_s) * school_growth
    )
    summer = (
        of_grade(numbers.b_summer) * z
        + of_grade(numbers.c_summer) * bent
        + of_grade(numbers.phi) * eps1
        + of_grade(numbers.s_s) * eps2
        + of_grade(numbers.between_phi) * school_growth
        + of_grade(numbers.between_s_s) * school_summer
    )
    return growth, summer


def _chance(setting: Setting, year: int, subject: int) -> Floats:
    """What is drawn for each student, the same in every world. Shape (6, students), standardized.

    The student's growth and summer, the class's growth and whether there are several (0 or 1), the school's growth and
    summer.
    """
    school, roster = setting.population.school, setting.timeline.years[year]
    own, eps2 = normals(setting.seed, roster.student_key, "transient", subject=subject, year=year)[:2]
    of_class, several = _class_draws(setting, year, subject)
    common = float(registry().value("transient.school_share"))
    of_schools = _school_draws(setting, year, subject)
    of_grades = _grade_draws(setting, year, subject, roster.grade.astype(np.int64))
    growth, summer = (
        np.sqrt(common) * of_school[school] + np.sqrt(1.0 - common) * of_grade
        for of_school, of_grade in zip(of_schools, of_grades, strict=True)
    )
    return np.stack([own, eps2, of_class, several, growth, summer])


def _class_share(numbers: Transient, subject: int) -> Floats:
    """Share of transient growth within schools that a class has in common in a year, by grade. Shape (13,)."""
    n = norms()
    spread = float(registry().value("transient.class_sd")) * n.sd_fall_observed[subject]
    most = float(registry().value("transient.class_share_max"))
    share: Floats = np.minimum(spread**2 / np.maximum(numbers.s_g[subject] ** 2, 1e-9), most)
    return share


def _class_draws(setting: Setting, year: int, subject: int) -> tuple[Floats, np.ndarray]:
    """What happens to each student's class in a year, standardized, and whether its grade has several classes.

    Classes as they are made up by chance at the usual size, whatever a policy does to sections, and so that a student
    more changes nobody else's: each student's own draw falls into one of as many equal parts as the grade has classes.
    It is how classes of one school and grade differ: their mean is taken off, because norms of schools hold it already.
    """
    people, roster = setting.population, setting.timeline.years[year]
    grade, school = roster.grade.astype(np.int64), people.school.astype(np.int64)
    elementary = grade <= LAST_ELEMENTARY_GRADE
    numbers = registry()
    size = np.where(
        elementary, numbers.value("context.class_size_elementary"), numbers.value("context.class_size_secondary")
    )
    cell = school * _GRADE_SLOTS + grade
    students = np.bincount(cell, minlength=setting.schools * _GRADE_SLOTS)
    classes = np.maximum(np.rint(students[cell] / size), 1.0)
    draws = uniforms(setting.seed, roster.student_key, "sectioning", year=year)
    place = np.floor(np.where(elementary, draws[0], draws[1 + subject]) * classes).astype(np.uint64)

    cells, first, of = np.unique(cell, return_index=True, return_inverse=True)
    count = classes[first].astype(np.int64)
    drawn = np.zeros((cells.shape[0], int(count.max(initial=1))))
    for each in range(drawn.shape[1]):
        there = np.flatnonzero(count > each)
        keys = people.school_key[school[first[there]]] + np.uint64(64) * grade[first[there]].astype(np.uint64)
        drawn[there, each] = normals(setting.seed, keys + np.uint64(each), "class_year", subject=subject, year=year)[0]
    several = count > 1
    drawn -= (drawn.sum(axis=1) / count)[:, np.newaxis]
    drawn *= np.sqrt(count / np.maximum(count - 1, 1))[:, np.newaxis]
    chosen: Floats = drawn[of, place.astype(np.int64)]
    return chosen, several[of]


def _school_draws(setting: Setting, year: int, subject: int) -> tuple[Floats, Floats]:
    """What all grades of a school have in common in a year. Each (schools,)."""
    draws = normals(setting.seed, setting.population.school_key, "school_year", subject=subject, year=year)
    return draws[0], draws[1]


def _grade_draws(setting: Setting, year: int, subject: int, grade: np.ndarray) -> tuple[Floats, Floats]:
    """What a school's grade has of its own in a year. Each (students,)."""
    people = setting.population
    cell = people.school.astype(np.int64) * _GRADE_SLOTS + grade
    cells, place = np.unique(cell, return_inverse=True)
    growth, summer = np.empty(cells.shape[0]), np.empty(cells.shape[0])
    for each in np.unique(cells % _GRADE_SLOTS):
        chosen = cells % _GRADE_SLOTS == each
        keys = people.school_key[cells[chosen] // _GRADE_SLOTS]
        draws = normals(setting.seed, keys, "school_year", subject=_SUMMER + subject + 4 * (int(each) + 1), year=year)
        growth[chosen], summer[chosen] = draws[0], draws[1]
    return growth[place], summer[place]


def test_errors(setting: Setting, year: int, week: int) -> Floats:
    """Error of the test taken at a week (RIT), whatever other tests were taken. Shape (students, 2)."""
    roster = setting.timeline.years[year]
    grade = roster.grade.astype(np.int64)
    columns = []
    for subject in range(len(SUBJECTS)):
        z = normals(setting.seed, roster.student_key + np.uint64(0), "test", subject=subject * 64 + week, year=year)[0]
        columns.append(z * norms().error_sd[subject, grade])
    return np.stack(columns, axis=1)
