from __future__ import annotations

import numpy as np
import pytest

from plsim.evidence import norms, registry
from plsim.population import PopulationSpec, from_norms
from plsim.population.file_population import population_from_file
from plsim.population.student_file import StudentFile


def _observed(population, seed=0):
    table = norms()
    error = np.random.default_rng(seed).normal(size=population.achievement.shape) * table.error_sd.T[population.grade]
    return population.achievement + 4.0 * table.weekly_rate_start.T[population.grade] + error


def _file(population, rit, **more):
    school = np.array([f"school {index:04d}" for index in population.school], dtype=object)
    rows = {"student_id": population.student_id, "school": school, "grade": population.grade, "rit": rit, "week": 4}
    return StudentFile(source="test", **(rows | more))


@pytest.fixture(scope="module")
def true():
    """Middle schools 0.4 SD ahead of the norms, in large enough number to tell."""
    spec = PopulationSpec(schools=60, students_per_school=300, level_shares=(0.0, 1.0, 0.0), level_sd=0.4)
    return from_norms(spec, seed=21)


@pytest.fixture(scope="module")
def estimated(true):
    return population_from_file(_file(true, _observed(true)), true.spec, seed=1)


def test_simulated_fall_tests_have_the_files_distribution(true, estimated):
    given, again = _observed(true), _observed(estimated, seed=1)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        np.testing.assert_allclose(np.quantile(again, share, axis=0), np.quantile(given, share, axis=0), atol=0.6)


def test_latent_spread_is_the_observed_less_the_errors(true, estimated):
    for grade in (6, 7, 8):
        rows = true.grade == grade
        expected = _observed(true)[rows].var(axis=0) - norms().error_sd[:, grade] ** 2
        np.testing.assert_allclose(estimated.achievement[rows].var(axis=0), expected, rtol=0.01)


def test_a_score_is_moved_toward_its_school_and_grade(true, estimated):
    cell = true.school == 3
    cell &= true.grade == 7
    fall = _observed(true)[cell] - 4.0 * norms().weekly_rate_start[:, 7]
    moved = estimated.achievement[estimated.school == 3][estimated.grade[estimated.school == 3] == 7]
    ratio = moved.std(axis=0) / fall.std(axis=0)
    assert np.all((ratio > 0.95) & (ratio < 1.0))
    np.testing.assert_allclose(moved.mean(axis=0), fall.mean(axis=0), atol=1e-9)


def test_schools_are_ahead_by_what_their_students_show(true, estimated):
    table = norms()
    ahead = true.school_z + 0.4 * (table.sd_fall_observed / table.sd_between_fall)[:, 7]
    np.testing.assert_allclose(estimated.school_z, ahead, atol=0.6)


def test_a_school_of_few_students_is_taken_to_be_more_like_the_norms(true):
    first = np.flatnonzero((true.school == 0) & (true.grade == 6))[:1]
    rit = np.full((1, 2), norms().fall_mean[:, 6].max() + 30.0)
    file = StudentFile("test", true.student_id[first], np.array(["lone"], dtype=object), true.grade[first], rit, 4)
    lone = population_from_file(file, PopulationSpec(), seed=1)
    shown = 30.0 / norms().sd_between_fall[:, 6]
    assert np.all(lone.school_z > 0.0)
    assert np.all(lone.school_z < 0.5 * shown)


def test_a_missing_subject_is_drawn_given_the_other_one(true):
    rit = _observed(true)
    missing = np.arange(true.students) % 2 == 0
    rit[missing, 1] = np.nan
    filled = population_from_file(_file(true, rit), PopulationSpec(), seed=1)
    deviation = filled.entry_z[missing]
    table, grade = norms(), 7
    total = registry().value("population.corr_math_reading") * table.sd_fall_observed[:, grade].prod()
    between = registry().value("population.corr_school_math_reading") * table.sd_between_fall[:, grade].prod()
    expected = (total - between) / table.sd_within_fall[:, grade].prod()
    assert np.corrcoef(deviation.T)[0, 1] == pytest.approx(expected, abs=0.03)
    assert filled.drawn["reading scores"] == missing.sum()


def test_a_drawn_subject_has_the_spread_of_the_norms(true):
    rit = _observed(true)
    rit[:, 0] = np.nan
    filled = population_from_file(_file(true, rit), PopulationSpec(), seed=1)
    assert filled.entry_z[:, 0].std() == pytest.approx(1.0, abs=0.03)


def test_a_student_without_scores_is_drawn_from_the_school(true):
    rit = _observed(true)
    rit[::10] = np.nan
    filled = population_from_file(_file(true, rit), PopulationSpec(), seed=1)
    assert filled.entry_z[::10].mean() == pytest.approx(0.0, abs=0.1)
    assert np.corrcoef(filled.entry_z[::10].T)[0, 1] > 0.5


def test_spring_scores_are_cast_back_over_the_year(true):
    spring = population_from_file(_file(true, _observed(true), week=32), PopulationSpec(), seed=1)
    fall = population_from_file(_file(true, _observed(true)), PopulationSpec(), seed=1)
    grown = norms().weekly_rate[:, :, 4:32].sum(axis=-1)[:, true.grade].T
    inside = fall.achievement.max(axis=1) < 280.0  # beyond, the scale's tail squeezes
    np.testing.assert_allclose((fall.achievement - spring.achievement)[inside], grown[inside], atol=1e-9)


def test_drawn_lunch_flags_show_the_gap(true):
    found = population_from_file(_file(true, _observed(true)), PopulationSpec(), seed=1)
    gaps = [
        found.achievement[(found.school == school) & found.lunch_eligible, 0].mean()
        - found.achievement[(found.school == school) & ~found.lunch_eligible, 0].mean()
        for school in range(found.schools)
        if 20 < found.lunch_eligible[found.school == school].sum() < 280
    ]
    expected = registry().value("population.lunch_gap_within_school") * norms().sd_fall_observed[0, 7]
    assert np.mean(gaps) == pytest.approx(expected, abs=1.0)


def test_told_lunch_flags_are_kept(true):
    told = np.where(np.arange(true.students) % 3 == 0, 1.0, 0.0)
    found = population_from_file(_file(true, _observed(true), flags={"lunch_eligible": told}), PopulationSpec(), seed=1)
    np.testing.assert_array_equal(found.lunch_eligible, told == 1.0)


def test_one_student_less_changes_no_trait_of_another(true):
    keep = np.ones(true.students, dtype=bool)
    keep[17] = False
    all_of_them, fewer = (
        population_from_file(
            StudentFile("t", true.student_id[rows], np.full(rows.sum(), "s", object), true.grade[rows], rit[rows], 4),
            PopulationSpec(),
            seed=1,
        )
        for rows, rit in ((np.ones_like(keep), _observed(true)), (keep, _observed(true)))
    )
    at = np.searchsorted(all_of_them.student_id.astype(str), fewer.student_id.astype(str))
    np.testing.assert_array_equal(all_of_them.student_key[at], fewer.student_key)
    np.testing.assert_array_equal(all_of_them.learning_rate[at], fewer.learning_rate)
