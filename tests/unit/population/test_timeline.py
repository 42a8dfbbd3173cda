from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population import PopulationSpec, from_norms, timeline

FIXED = ("learning_rate", "attendance_rate", "home_access", "entry_z", "achievement", "lunch_eligible")


def _years(population, years=4, size=22.0, seed=5):
    return timeline(population, years, np.full(population.schools, size), seed=seed).years


def test_the_first_year_holds_the_population_itself(small):
    first = _years(small)[0]
    for name in ("student_key", "grade", *FIXED):
        np.testing.assert_array_equal(getattr(first, name), getattr(small, name))
    assert not first.entered.any()


def test_who_stays_moves_up_one_grade(small):
    before, after = _years(small)[:2]
    stayed = before.student_key == after.student_key
    assert stayed.any()
    np.testing.assert_array_equal(after.grade[stayed], before.grade[stayed] + 1)


def test_who_stays_keeps_every_trait(small):
    before, after = _years(small)[1:3]
    stayed = before.student_key == after.student_key
    for name in FIXED:
        np.testing.assert_array_equal(getattr(before, name)[stayed], getattr(after, name)[stayed])


def test_a_new_holder_has_entered_that_year(small):
    before, after = _years(small)[1:3]
    changed = before.student_key != after.student_key
    np.testing.assert_array_equal(after.entered == 2, changed)


def test_nobody_stays_beyond_the_schools_last_grade(small):
    for year in _years(small):
        assert np.all(year.grade <= small.last_grade[small.school])
        assert np.all(year.grade >= small.first_grade[small.school])


def test_graduates_are_followed_by_the_schools_first_grade(small):
    before, after = _years(small)[:2]
    graduates = before.grade == small.last_grade[small.school]
    np.testing.assert_array_equal(after.grade[graduates], small.first_grade[small.school][graduates])
    assert np.all(after.entered[graduates] == 1)


def test_movers_are_followed_by_the_grade_they_would_have_reached(small):
    before, after = _years(small)[:2]
    movers = (before.student_key != after.student_key) & (before.grade < small.last_grade[small.school])
    assert movers.any()
    np.testing.assert_array_equal(after.grade[movers], before.grade[movers] + 1)


def test_movers_are_as_many_as_the_rate_says(big):
    before, after = _years(big, years=2)
    may_move = before.grade < big.last_grade[big.school]
    moved = (before.student_key != after.student_key)[may_move].mean()
    rate = big.spec.mobility_rate
    assert moved == pytest.approx(rate, abs=3.5 * np.sqrt(rate * (1 - rate) / may_move.sum()))


def test_who_stayed_once_still_may_leave(big):
    first, second, third = _years(big, years=3)
    stayed = (first.student_key == second.student_key) & (second.grade < big.last_grade[big.school])
    moved = (second.student_key != third.student_key)[stayed].mean()
    assert moved == pytest.approx(big.spec.mobility_rate, abs=0.005)


def test_no_person_is_ever_in_two_places(small):
    holders = [set(year.student_key.tolist()) for year in _years(small, years=8)]
    assert all(len(keys) == small.students for keys in holders)
    for year, keys in enumerate(holders[2:], start=2):
        assert not (keys - holders[year - 1]) & holders[year - 2], "somebody came back"


def test_entrants_are_like_first_grade_holders_of_the_same_grade(big):
    later = _years(big, years=2)[1]
    for grade in (0, 6, 9):
        fresh, original = (later.entered == 1) & (later.grade == grade), big.grade == grade
        difference = later.achievement[fresh].mean(axis=0) - big.achievement[original].mean(axis=0)
        assert np.all(np.abs(difference) < 1.0), grade


def test_class_size_changes_no_person(small):
    for one, other in zip(_years(small, size=22.0), _years(small, size=15.0), strict=True):
        np.testing.assert_array_equal(one.student_key, other.student_key)


def test_one_more_school_changes_no_holder_of_another(small):
    more = from_norms(replace(small.spec, schools=10), seed=5)
    for one, other in zip(_years(small), _years(more), strict=True):
        for name in ("student_key", "grade", *FIXED):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name)[: small.students])


def test_one_more_student_per_school_changes_no_other_holder(small):
    more = from_norms(replace(small.spec, students_per_school=131), seed=5)
    shared = np.arange(more.students) % 131 < 130
    for one, other in zip(_years(small), _years(more), strict=True):
        np.testing.assert_array_equal(one.student_key, other.student_key[shared])


@pytest.mark.parametrize("years", [0, 9])
def test_a_horizon_out_of_range_is_refused(small, years):
    with pytest.raises(PopulationError, match="1 to 8"):
        _years(small, years=years)


@pytest.mark.slow
def test_the_published_sample_is_built_in_less_than_60_ms():
    spec = PopulationSpec(schools=40, students_per_school=265, charter_schools=31)
    best = min(_seconds(spec) for _ in range(5))
    assert best < 0.060


def _seconds(spec):
    start = time.perf_counter()
    _years(from_norms(spec, seed=1), years=2)
    return time.perf_counter() - start
