from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.evidence import norms, registry
from plsim.population import PopulationSpec, from_norms

FIRST_ENTERING_GRADE_IN_FULL = 1  # kindergarten's lowest few percent are squeezed into the scale


def _within_and_between(values, school):
    """SD within schools, and SD of the schools' components, from one value per student."""
    _, of_row, counts = np.unique(school, return_inverse=True, return_counts=True)
    means = np.bincount(of_row, values) / counts
    within = ((values - means[of_row]) ** 2).sum() / (len(values) - len(counts))
    return np.sqrt(within), np.sqrt(means.var(ddof=1) - within * np.mean(1.0 / counts))


def test_week_0_means_are_the_norms_fall_means_cast_back_four_weeks(big):
    table = norms()
    for grade in range(13):
        rows = big.grade == grade
        fall = big.achievement[rows] + 4.0 * table.weekly_rate_start[:, grade]
        error = np.sqrt(table.sd_between_fall[:, grade] ** 2 / len(np.unique(big.school[rows])) * 1.1)
        assert np.all(np.abs(fall.mean(axis=0) - table.fall_mean[:, grade]) < 3.5 * error), grade


@pytest.mark.parametrize("subject", [0, 1])
def test_spread_within_schools_is_the_norms(big, subject):
    for grade in range(FIRST_ENTERING_GRADE_IN_FULL, 13):
        rows = big.grade == grade
        within, _ = _within_and_between(big.achievement[rows, subject], big.school[rows])
        expected = norms().sd_within_fall[subject, grade]
        assert within == pytest.approx(expected, rel=3.5 / np.sqrt(2 * rows.sum())), grade


@pytest.mark.parametrize("subject", [0, 1])
def test_spread_between_schools_is_the_norms(big, subject):
    for grade in range(FIRST_ENTERING_GRADE_IN_FULL, 13):
        rows = big.grade == grade
        _, between = _within_and_between(big.achievement[rows, subject], big.school[rows])
        schools = len(np.unique(big.school[rows]))
        # The school means also hold their students' sampling error, which adds to the standard error.
        assert between == pytest.approx(norms().sd_between_fall[subject, grade], rel=4.0 / np.sqrt(2 * schools)), grade


def test_kindergarten_keeps_nearly_all_of_the_norms_spread(big):
    rows = big.grade == 0
    total = big.achievement[rows].std(axis=0)
    expected = np.hypot(norms().sd_within_fall[:, 0], norms().sd_between_fall[:, 0])
    np.testing.assert_allclose(total, expected, rtol=0.04)


def test_observed_subjects_correlate_as_the_registry_says(big):
    table = norms()
    error = np.random.default_rng(0).normal(size=big.achievement.shape) * table.error_sd.T[big.grade]
    z = (big.achievement + error - table.week0_mean.T[big.grade]) / table.sd_fall_observed.T[big.grade]
    found = np.corrcoef(z.T)[0, 1]
    assert found == pytest.approx(registry().value("population.corr_math_reading"), abs=0.01)


@pytest.mark.parametrize("subject", [0, 1])
def test_lunch_gap_within_schools_is_the_registrys(big, subject):
    rows = big.grade >= FIRST_ENTERING_GRADE_IN_FULL
    school, grade = big.school[rows].astype(int), big.grade[rows].astype(int)
    cell = school * 13 + grade
    count = np.maximum(np.bincount(cell), 1)

    def inside(values):
        return values - (np.bincount(cell, values) / count)[cell]

    eligible = inside(big.lunch_eligible[rows].astype(float))
    standing = inside(big.achievement[rows, subject] / norms().sd_fall_observed[subject, grade])
    gap = (eligible * standing).sum() / (eligible**2).sum()
    error = 1.0 / np.sqrt((eligible**2).sum())
    assert gap == pytest.approx(registry().value("population.lunch_gap_within_school"), abs=3.5 * error)


def test_schools_with_more_lunch_eligible_students_achieve_less(big):
    found = np.corrcoef(big.lunch_share, big.school_z.sum(axis=1))[0, 1]
    assert found == pytest.approx(registry().value("population.corr_school_lunch_achievement"), abs=0.06)


def test_level_moves_the_mean_by_that_many_norm_sds(small):
    lower = from_norms(replace(small.spec, level_sd=-0.35), seed=5)
    rows = small.grade >= FIRST_ENTERING_GRADE_IN_FULL
    moved = (lower.achievement - small.achievement)[rows] / norms().sd_fall_observed.T[small.grade[rows]]
    np.testing.assert_allclose(np.median(moved, axis=0), -0.35, atol=1e-9)


def test_level_holds_whatever_the_lunch_share():
    few, many = (from_norms(PopulationSpec(schools=400, lunch_share=share), seed=2) for share in (0.1, 0.9))
    rows = few.grade >= FIRST_ENTERING_GRADE_IN_FULL
    assert abs((few.achievement - many.achievement)[rows].mean()) < 0.15


@pytest.mark.parametrize("share", [0.0, 0.2, 0.8, 1.0])
def test_lunch_share_of_the_population_is_what_was_asked(share):
    population = from_norms(PopulationSpec(schools=1000, students_per_school=60, lunch_share=share), seed=4)
    assert population.lunch_eligible.mean() == pytest.approx(share, abs=0.02)


def test_everybody_lies_inside_the_scale():
    for level in (-1.5, 1.5):
        population = from_norms(PopulationSpec(schools=400, level_sd=level), seed=3)
        assert population.achievement.min() > 100.0
        assert population.achievement.max() < 320.0


def test_entry_scores_are_standardized_within_schools(big):
    np.testing.assert_allclose(big.entry_z.std(axis=0), 1.0, atol=0.01)


def test_one_more_student_per_school_changes_nobody_else(small, same_students):
    same_students(small, from_norms(replace(small.spec, students_per_school=131), seed=5))


def test_one_more_school_changes_nobody_else(small, same_students):
    same_students(small, from_norms(replace(small.spec, schools=10), seed=5))


@pytest.mark.parametrize(
    "name",
    [
        "charter", "level", "autonomy", "accountability", "vision", "trust", "library", "library_quality",
        "device_share", "flexible_space", "lunch_share", "school_z", "practice_taste",
        "years_in_operation", "engaged", "network",
    ],
)  # fmt: skip
def test_one_more_school_changes_no_other_school(name):
    spec = PopulationSpec(schools=30, charter_schools=11, years_in_operation_shares=(0.5, 0.3, 0.2), network_schools=4)
    fewer, more = (from_norms(replace(spec, schools=count), seed=8) for count in (30, 31))
    np.testing.assert_array_equal(getattr(fewer, name), getattr(more, name)[:30])


def test_another_offset_holds_other_schools(small):
    other = from_norms(replace(small.spec, network_offset=9), seed=5)
    assert not np.intersect1d(small.student_key, other.student_key).size


def test_another_seed_gives_other_students(small):
    assert not np.array_equal(small.achievement, from_norms(small.spec, seed=6).achievement)


def test_seed_zero_is_a_seed(small):
    zero, again = from_norms(small.spec, seed=0), from_norms(small.spec, seed=0)
    np.testing.assert_array_equal(zero.achievement, again.achievement)


def test_keys_are_unique(big):
    assert len(np.unique(big.student_key)) == big.students


def test_schools_and_networks_are_in_order():
    population = from_norms(PopulationSpec(schools=10, network_schools=3), seed=1)
    assert np.all(np.diff(population.school) >= 0)
    assert population.network.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_without_networks_every_school_is_its_own():
    assert from_norms(PopulationSpec(schools=3), seed=1).network.tolist() == [0, 1, 2]


def test_asked_shares_of_levels_and_histories_are_nearly_exact():
    spec = PopulationSpec(schools=40, level_shares=(0.5, 0.25, 0.25), years_in_operation_shares=(0.6, 0.4))
    population = from_norms(spec, seed=1)
    assert np.abs(np.bincount(population.level, minlength=3) - [20, 10, 10]).max() <= 2
    assert abs((population.years_in_operation == 1).sum() - 16) <= 2


def test_wanted_grades_are_the_only_grades():
    population = from_norms(PopulationSpec(grades=(4, 5, 7)), seed=1)
    assert set(population.grade) == {4, 5, 7}


def test_charter_and_district_schools_differ_in_autonomy_as_asked():
    spec = PopulationSpec(schools=2000, students_per_school=1, charter_schools=1000)
    population = from_norms(spec, seed=1)
    assert population.autonomy[population.charter].mean() == pytest.approx(spec.autonomy.charter, abs=0.015)
    assert population.autonomy[~population.charter].mean() == pytest.approx(spec.autonomy.district, abs=0.015)


def test_without_spread_every_school_has_the_mean_condition():
    population = from_norms(PopulationSpec(vision=0.35, trust=1.0, library=0.0, condition_spread=0.0), seed=1)
    np.testing.assert_allclose(population.vision, 0.35)
    assert set(population.trust) == {1.0}
    assert set(population.library) == {0.0}


def test_practice_tastes_are_standardized_and_share_one_factor():
    taste = from_norms(PopulationSpec(schools=4000, students_per_school=1), seed=1).practice_taste
    loading = registry().value("schools.practice_factor_loading")
    corr = np.corrcoef(taste.T)
    np.testing.assert_allclose(taste.std(axis=0), 1.0, atol=0.04)
    assert corr[1, 6] == pytest.approx(loading**2, abs=0.05)  # paths and technology
    assert corr[5, 6] == pytest.approx(-(loading**2), abs=0.05)  # advising and technology


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"schools": 0}, "schools"),
        ({"lunch_share": 1.2}, "lunch_share"),
        ({"level_shares": (0.5, 0.5, 0.5)}, "level_shares"),
        ({"grades": (13,)}, "grades"),
        ({"charter_schools": 13}, "charter_schools"),
        ({"years_in_operation_shares": ()}, "years_in_operation_shares"),
    ],
)
def test_an_impossible_wish_is_refused_by_name(wrong, named):
    with pytest.raises(PopulationError, match=named):
        PopulationSpec(**wrong)


def test_grades_that_no_wanted_level_teaches_are_refused():
    with pytest.raises(PopulationError, match="level_shares"):
        from_norms(PopulationSpec(grades=(10,), level_shares=(0.5, 0.5, 0.0)), seed=1)
