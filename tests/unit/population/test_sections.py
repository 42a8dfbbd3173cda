from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.evidence import registry
from plsim.population import PopulationSpec, from_norms, timeline

SIZE = 9.0


@pytest.fixture(scope="module")
def line(small):
    return timeline(small, 3, np.full(small.schools, SIZE), seed=5)


@pytest.fixture(scope="module")
def year(line):
    return line.years[0]


def test_no_section_passes_the_class_size(year):
    for subject in (0, 1):
        assert np.bincount(year.section[:, subject]).max() <= SIZE


def test_sections_of_a_grade_are_of_nearly_equal_size(small, year):
    sizes = np.bincount(year.section[:, 0], minlength=len(year.section_school))
    for school in range(small.schools):
        for grade in range(13):
            of_grade = (year.section_school == school) & (year.section_grade == grade) & (year.section_subject == 0)
            if of_grade.any():
                assert np.ptp(sizes[of_grade]) <= 1


def test_there_are_no_more_sections_than_needed(small, year):
    for school, grade in {(int(s), int(g)) for s, g in zip(small.school, small.grade, strict=True)}:
        students = ((small.school == school) & (small.grade == grade)).sum()
        sections = ((year.section_school == school) & (year.section_grade == grade)).sum()
        assert sections == 2 * np.ceil(students / SIZE)


def test_sections_hold_students_of_their_school_grade_and_subject(small, year):
    for subject in (0, 1):
        section = year.section[:, subject]
        np.testing.assert_array_equal(year.section_school[section], small.school)
        np.testing.assert_array_equal(year.section_grade[section], year.grade)
        assert np.all(year.section_subject[section] == subject)


def test_sections_are_ordered_by_school_subject_pool_and_grade(year):
    order = np.lexsort((year.section_grade, year.section_pool, year.section_subject, year.section_school))
    np.testing.assert_array_equal(order, np.arange(len(order)))


def test_a_pool_is_one_school_and_subject_in_two_neighbouring_grades(year):
    parts = (year.section_school, year.section_subject, year.section_grade // 2)
    pools = {pool: set() for pool in year.section_pool.tolist()}
    for pool, *what in zip(year.section_pool.tolist(), *(part.tolist() for part in parts), strict=True):
        pools[pool].add(tuple(what))
    assert all(len(found) == 1 for found in pools.values())
    assert len(set.union(*pools.values())) == len(pools)


def test_elementary_classes_keep_students_and_teacher_in_both_subjects(small, year):
    rows = year.grade <= 5
    math, reading = year.section[rows].T
    assert len({(int(m), int(r)) for m, r in zip(math, reading, strict=True)}) == len(np.unique(math))
    np.testing.assert_array_equal(year.section_seat[math], year.section_seat[reading])


def test_departmental_subjects_mix_students_anew(small):
    population = from_norms(PopulationSpec(schools=1, students_per_school=300, level_shares=(0.0, 1.0, 0.0)), seed=1)
    year = timeline(population, 1, np.array([SIZE]), seed=1).years[0]
    pairs = len({(int(m), int(r)) for m, r in year.section})
    assert pairs > 2 * len(np.unique(year.section[:, 0]))


def test_departmental_teachers_hold_one_subject_and_at_most_the_usual_load(year):
    later = year.section_grade > 5
    seats, loads = np.unique(year.section_seat[later], return_counts=True)
    assert loads.max() <= registry().value("population.sections_per_teacher")
    for seat in seats:
        assert len(np.unique(year.section_subject[later][year.section_seat[later] == seat])) == 1


def test_a_seat_belongs_to_its_sections_school(line):
    for year in line.years:
        np.testing.assert_array_equal(line.seats.seat_school[year.section_seat], year.section_school)


def test_seats_are_ordered_by_school_with_keys_of_their_own(line):
    assert np.all(np.diff(line.seats.seat_school) >= 0)
    assert len(np.unique(line.seats.seat_key)) == len(line.seats.seat_key)


def test_students_meet_other_classmates_in_the_next_year(small):
    before, after = timeline(small, 2, np.full(small.schools, 8.0), seed=5).years
    elementary = (before.grade < 5) & (before.student_key == after.student_key)
    pairs = {(int(b), int(a)) for b, a in zip(before.section[elementary, 0], after.section[elementary, 0], strict=True)}
    assert len(pairs) > 2 * len(np.unique(before.section[elementary, 0]))


def test_one_more_school_changes_no_section_or_seat_of_another(small, line):
    more = from_norms(replace(small.spec, schools=10), seed=5)
    other = timeline(more, 3, np.full(10, SIZE), seed=5)
    np.testing.assert_array_equal(other.seats.seat_key[: len(line.seats.seat_key)], line.seats.seat_key)
    for one, two in zip(line.years, other.years, strict=True):
        np.testing.assert_array_equal(one.section, two.section[: small.students])


def test_smaller_classes_keep_the_seats_there_were(small, line):
    smaller = timeline(small, 3, np.full(small.schools, 6.0), seed=5)
    assert set(line.seats.seat_key.tolist()) < set(smaller.seats.seat_key.tolist())


def test_seats_do_not_depend_on_the_seed(small, line):
    other = timeline(small, 3, np.full(small.schools, SIZE), seed=6)
    np.testing.assert_array_equal(line.seats.seat_key, other.seats.seat_key)


def test_every_school_has_its_own_class_size(small):
    sizes = np.where(np.arange(small.schools) % 2, 10.0, 25.0)
    year = timeline(small, 1, sizes, seed=5).years[0]
    held = np.bincount(year.section[:, 0], minlength=len(year.section_school))
    assert np.all(held <= sizes[year.section_school])
    assert held.max() > 10
