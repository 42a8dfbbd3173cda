"""From what a file says to a population: scores become latent achievement, and what is missing is drawn and counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from plsim.core.arrays import Bools, Floats, Int8s, Int16s, Int32s, Keys, Labels
from plsim.core.calendar import LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, MATH, READING, SUBJECTS
from plsim.evidence import norms
from plsim.population.achievement import entry_scores, spread
from plsim.population.draws import label_key, uniforms
from plsim.population.model import ELEMENTARY, HIGH, MIDDLE, Population, PopulationSpec
from plsim.population.norm_population import school_effect
from plsim.population.people import draw_traits, lunch_uniform
from plsim.population.schools import draw_conditions, draw_lunch_share
from plsim.population.scores import component_of, latent_from_scores, school_z_from, with_drawn_scores
from plsim.population.student_file import StudentFile

# Subjects of the addresses that decide a school's governance and history, in the stream "school".
_GOVERNANCE = 4
_HISTORY = 5
_TRAITS = ("learning_rate", "attendance_rate", "self_regulation", "engagement_level", "home_access")


def population_from_file(students: StudentFile, spec: PopulationSpec, *, seed: int) -> Population:
    """The population of a file. The order of its rows does not matter."""
    order = np.lexsort((students.student_id.astype(str), students.school.astype(str)))
    school_id, place = np.unique(students.school[order].astype(str), return_inverse=True)
    school = place.astype(np.int32)
    grade = students.grade[order]
    student_key = _keys("student", students.student_id[order])
    school_key = _keys("school", school_id)
    first_grade, last_grade = _grade_spans(school, grade, len(school_id))

    known = latent_from_scores(students.rit[order], school, grade, week=students.week)
    school_z = school_z_from(known, school, grade, school_key, seed=seed)
    component = component_of(school_z, school, grade)
    achievement = with_drawn_scores(known, component, grade, student_key, seed=seed)
    entry_z = entry_scores(achievement, component, grade)

    flags = {name: values[order] for name, values in students.flags.items()}
    told_lunch = flags.get("lunch_eligible", np.full(len(order), np.nan))
    lunch_share = _lunch_shares(told_lunch, school, school_z, school_key, spec=spec, seed=seed)
    lunch = _lunch(told_lunch, lunch_share[school], achievement - component, grade, student_key, seed=seed)
    traits = vars(draw_traits(student_key, grade, entry_z, lunch, spec=spec, seed=seed)).copy()
    for name in ("english_learner", "special_education"):
        if name in flags:
            traits[name] = np.where(np.isnan(flags[name]), traits[name], flags[name] == 1.0)

    charter, drawn_governance = _charter(school_id, school_key, students.charter_schools, spec=spec, seed=seed)
    history = uniforms(seed, school_key, "school", subject=_HISTORY)[:2]
    given_section, section_labels, section_teachers = _sections(students, order)
    drawn = _drawn_of_students(known, flags)
    drawn |= {
        "sections": int((given_section < 0).sum()),
        "governance": drawn_governance,
        "school conditions": len(school_id),
    }
    return Population(
        # Later entrants follow the level that the file shows, which school_z holds, not the one the scenario supposed.
        spec=replace(spec, level_sd=0.0),
        student_key=student_key,
        given_id=students.student_id[order],
        school=school,
        grade=grade,
        achievement=achievement,
        entry_z=entry_z,
        lunch_eligible=lunch,
        **traits,
        subgroups={name: values[order] for name, values in students.subgroups.items()},
        given_section=given_section,
        section_labels=section_labels,
        section_teachers=section_teachers,
        school_key=school_key,
        school_id=school_id.astype(object),
        charter=charter,
        level=_levels(first_grade, last_grade),
        first_grade=first_grade,
        last_grade=last_grade,
        lunch_share=lunch_share,
        school_z=school_z,
        school_effect=school_effect(school_z, first_grade, last_grade, 0.0),
        **vars(draw_conditions(school_key, charter, history=history, spec=spec, seed=seed)),
        drawn={name: count for name, count in drawn.items() if count},
        rows=students.rows,
        source=students.source,
        lunch_told=(int((told_lunch == 1.0).sum()), int((~np.isnan(told_lunch)).sum())),
        remarks=(*students.remarks, *_ways_of_reading(students)),
        warnings=students.warnings,
        doubts=students.doubts,
    )


def _ways_of_reading(students: StudentFile) -> tuple[str, ...]:
    """Which files were read in an unusual way."""
    return tuple(f"{each.where}: {each.remark}." for each in students.dispositions if each.remark)


def _drawn_of_students(known: Floats, flags: dict[str, Floats]) -> dict[str, int]:
    """How many values of students the file does not give, by what they are."""
    drawn = {f"{subject} scores": int(np.isnan(known[:, index]).sum()) for index, subject in enumerate(SUBJECTS)}
    for name in ("lunch_eligible", "english_learner", "special_education"):
        drawn[name] = int(np.isnan(flags[name]).sum()) if name in flags else len(known)
    return drawn | {name: len(known) for name in _TRAITS}


def _keys(kind: str, labels: Labels) -> Keys:
    return np.array([label_key(kind, label) for label in labels], dtype=np.uint64)


def _grade_spans(school: Int32s, grade: Int16s, schools: int) -> tuple[Int16s, Int16s]:
    """Lowest and highest grade in each school's rows."""
    first = np.full(schools, np.iinfo(np.int16).max, dtype=np.int16)
    last = np.full(schools, -1, dtype=np.int16)
    np.minimum.at(first, school, grade)
    np.maximum.at(last, school, grade)
    return first, last


def _levels(first_grade: Int16s, last_grade: Int16s) -> Int8s:
    middle = (first_grade + last_grade) / 2.0
    level = np.select([middle <= LAST_ELEMENTARY_GRADE, middle <= LAST_MIDDLE_GRADE], [ELEMENTARY, MIDDLE], HIGH)
    return level.astype(np.int8)


def _lunch_shares(
    told: Floats, school: Int32s, school_z: Floats, school_key: Keys, *, spec: PopulationSpec, seed: int
) -> Floats:
    """Each school's lunch share: the file's where it says, else drawn around the scenario's.

    The scenario's share belongs to schools at the scenario's level; schools ahead of that have less.
    """
    says = ~np.isnan(told)
    count = np.bincount(school[says], minlength=len(school_key))
    eligible = np.bincount(school[says], told[says], len(school_key))
    table = norms()
    supposed_z = spec.level_sd * (table.sd_fall_observed / table.sd_between_fall).mean(axis=1)
    drawn = draw_lunch_share(school_key, school_z - supposed_z, spec=spec, seed=seed)
    return np.where(count > 0, eligible / np.maximum(count, 1), drawn)


def _lunch(told: Floats, share: Floats, deviation: Floats, grade: Int16s, keys: Keys, *, seed: int) -> Bools:
    """Who is lunch-eligible: as told, else drawn given how far the student stands from the school's expectation.

    The odds are the school's, times the ratio of the likelihoods of the deviation (both subjects) with and without
    eligibility, so that flags and scores show the gap that the norm populations have.
    """
    sizes = spread()
    sd, gap, corr = sizes.residual_sd.T[grade], sizes.lunch_gap.T[grade], sizes.residual_corr[grade]
    step = gap / sd
    from_middle = (deviation - gap * (0.5 - share)[:, None]) / sd
    straight = from_middle[:, MATH] * step[:, MATH] + from_middle[:, READING] * step[:, READING]
    crossed = from_middle[:, MATH] * step[:, READING] + from_middle[:, READING] * step[:, MATH]
    log_ratio = (straight - corr * crossed) / (1.0 - corr**2)
    drawn = lunch_uniform(keys, seed) < expit(logit(share) + log_ratio)
    flags: Bools = np.where(np.isnan(told), drawn, told == 1.0)
    return flags


def _charter(
    school_id: Labels, school_key: Keys, told: dict[str, bool], *, spec: PopulationSpec, seed: int
) -> tuple[Bools, int]:
    """Governance as the file tells, else by the scenario's share; and for how many schools it was drawn."""
    u = uniforms(seed, school_key, "school", subject=_GOVERNANCE)[0]
    drawn = u < spec.charter_schools / spec.schools
    charter = np.array([told.get(str(name), bool(chance)) for name, chance in zip(school_id, drawn, strict=True)])
    return charter, sum(str(name) not in told for name in school_id)


def _sections(students: StudentFile, order: NDArray[np.intp]) -> tuple[Int32s, tuple[str, ...], tuple[str, ...]]:
    """Index of each student's given section by subject, and the labels of sections and of their teachers."""
    index = np.full((len(order), len(SUBJECTS)), -1, dtype=np.int32)
    if students.section is None or students.teacher is None:
        return index, (), ()
    school = students.school[order].astype(str)
    labels: list[str] = []
    teachers: list[str] = []
    for subject, subject_name in enumerate(SUBJECTS):
        section = students.section[order, subject].astype(str)
        rows = np.flatnonzero(section != "")
        if not rows.size:
            continue
        names = np.array([f"{at}/{subject_name}/{name}" for at, name in zip(school[rows], section[rows], strict=True)])
        distinct, of_row = np.unique(names, return_inverse=True)
        index[rows, subject] = len(labels) + of_row
        labels += distinct.tolist()
        # Of several teachers whom a section's rows name, the first in the alphabet.
        named = students.teacher[order][rows, subject].astype(str)
        by_section = np.lexsort((named, named == "", of_row))
        first = np.unique(of_row[by_section], return_index=True)[1]
        teachers += named[by_section][first].tolist()
    return index, tuple(labels), tuple(teachers)
