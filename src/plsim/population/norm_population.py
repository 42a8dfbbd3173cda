"""A population drawn from the norms."""

from __future__ import annotations

import numpy as np

from plsim.core.arrays import Floats, Int8s, Int16s, Keys
from plsim.core.errors import PopulationError
from plsim.evidence import norms
from plsim.population.model import GRADES_OF_LEVEL, LAST_GRADE, SLOT_BITS, Population, PopulationSpec
from plsim.population.people import draw_people
from plsim.population.schools import draw_conditions, draw_lunch_share, draw_school_z, even_shares


def from_norms(spec: PopulationSpec, *, seed: int) -> Population:
    """Schools and students with the norms' means, spreads and correlations, moved to the level the spec asks for.

    One more student or school changes nobody else: keys follow from a school's place and a student's slot in it.
    """
    count = spec.schools
    school_key = _school_keys(spec)
    charter = np.arange(count) < spec.charter_schools
    level = _levels(spec)
    school_z = draw_school_z(school_key, seed)
    lunch_share = draw_lunch_share(school_key, school_z, spec=spec, seed=seed)
    history = even_shares(count, seed=seed)[1:]
    conditions = draw_conditions(school_key, charter, history=history, spec=spec, seed=seed)

    slots = spec.students_per_school
    school = np.repeat(np.arange(count, dtype=np.int32), slots)
    slot = np.tile(np.arange(slots, dtype=np.uint64), count)
    student_key = (school_key[school] << np.uint64(SLOT_BITS)) | slot
    grade = _grades(level, spec)[:, np.arange(slots)].ravel()
    people = draw_people(
        student_key, grade, school_z=school_z[school], lunch_share=lunch_share[school], spec=spec, seed=seed
    )
    first_grade, last_grade = _spans(level, spec)
    return Population(
        spec=spec,
        student_key=student_key,
        given_id=None,
        school=school,
        grade=grade,
        achievement=people.achievement,
        entry_z=people.entry_z,
        lunch_eligible=people.lunch_eligible,
        **vars(people.traits),
        subgroups={},
        given_section=np.full((len(school), 2), -1, dtype=np.int32),
        section_labels=(),
        section_teachers=(),
        school_key=school_key,
        school_id=np.array([f"school {key}" for key in school_key], dtype=object),
        charter=charter,
        level=level,
        first_grade=first_grade,
        last_grade=last_grade,
        lunch_share=lunch_share,
        school_z=school_z,
        school_effect=school_effect(school_z, first_grade, last_grade, spec.level_sd),
        **vars(conditions),
    )


def school_effect(school_z: Floats, first_grade: Int16s, last_grade: Int16s, level_sd: float) -> Floats:
    """A school's component of achievement relative to the norms, at its middle grade (RIT). Shape (S, 2)."""
    middle = (first_grade + last_grade) // 2
    table = norms()
    effect: Floats = table.sd_between_fall.T[middle] * school_z + level_sd * table.sd_fall_observed.T[middle]
    return effect


def _school_keys(spec: PopulationSpec) -> Keys:
    # Key 0 is left free, so that no student's key is 0.
    first = spec.network_offset * max(spec.network_schools, 1) + 1
    if first + spec.schools > 1 << (64 - SLOT_BITS):
        raise PopulationError("population", "network_offset", f"got {spec.network_offset}", allowed="a smaller offset")
    return np.arange(first, first + spec.schools, dtype=np.uint64)


def _wanted(level: int, spec: PopulationSpec) -> tuple[int, ...]:
    return tuple(grade for grade in GRADES_OF_LEVEL[level] if spec.grades is None or grade in spec.grades)


def _levels(spec: PopulationSpec) -> Int8s:
    """Each school's level; a level none of whose grades are wanted gets no school."""
    shares = np.array([share if _wanted(level, spec) else 0.0 for level, share in enumerate(spec.level_shares)])
    if not shares.sum() > 0.0:
        problem = f"no school level with a share above 0 teaches any of {spec.grades}"
        raise PopulationError("population", "grades", problem, fix="Change level_shares")
    steps = np.cumsum(shares / shares.sum())[:-1]
    levels: Int8s = np.searchsorted(steps, even_shares(spec.schools, seed=0)[0], side="right").astype(np.int8)
    return levels


def _grades(level: Int8s, spec: PopulationSpec) -> Int16s:
    """The grade of every slot; grades take turns, so that a slot keeps its grade when the school grows. (S, slots)."""
    rows = np.zeros((len(GRADES_OF_LEVEL), spec.students_per_school), dtype=np.int16)
    for index in range(len(GRADES_OF_LEVEL)):
        wanted = _wanted(index, spec)
        if wanted:
            rows[index] = np.resize(np.array(wanted, dtype=np.int16), spec.students_per_school)
    return rows[level]


def _spans(level: Int8s, spec: PopulationSpec) -> tuple[Int16s, Int16s]:
    spans = [_wanted(index, spec) or (0, LAST_GRADE) for index in range(len(GRADES_OF_LEVEL))]
    first = np.array([span[0] for span in spans], dtype=np.int16)
    last = np.array([span[-1] for span in spans], dtype=np.int16)
    return first[level], last[level]
