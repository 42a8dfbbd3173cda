"""From a file's scores through the engine and back: simulated fall tests look like the file's."""

from __future__ import annotations

import numpy as np
import pytest

import plsim
from plsim.evidence import norms
from plsim.population import PopulationSpec, from_norms
from plsim.population.file_population import population_from_file
from plsim.population.student_file import StudentFile

SUBJECTS = ("math", "reading")


@pytest.fixture(scope="module")
def seen_and_simulated():
    """Fall scores of a district below the norms, and what the engine's students score in the fall."""
    true = from_norms(PopulationSpec(schools=40, students_per_school=150, level_sd=-0.3), seed=5)
    table = norms()
    error = np.random.default_rng(2).normal(size=true.achievement.shape) * table.error_sd.T[true.grade]
    seen = true.achievement + 4.0 * table.weekly_rate_start.T[true.grade] + error
    file = StudentFile(
        source="test",
        student_id=true.student_id,
        school=np.array([f"school {index:03d}" for index in true.school], dtype=object),
        grade=true.grade,
        rit=seen,
        week=4,
    )
    people = population_from_file(file, PopulationSpec(), seed=1)
    scenario = plsim.load("typical_practice")
    students = plsim.run(scenario, population=people, years=1, worlds=0, other_designs=False).students
    simulated = [students.loc[students["subject"] == name, "fall_test_counterfactual"].to_numpy() for name in SUBJECTS]
    return seen, np.array(simulated).T, true.grade


def inside(scores, grade):
    """Spread of scores around the mean of their grade, by subject."""
    means = np.array([scores[grade == each].mean(axis=0) for each in range(13)])
    return (scores - means[grade]).std(axis=0)


def test_fall_tests_of_the_simulation_have_the_distribution_of_the_file(seen_and_simulated):
    seen, simulated, grade = seen_and_simulated
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        # About three standard errors of the difference of two such quantiles.
        np.testing.assert_allclose(np.quantile(simulated, share, axis=0), np.quantile(seen, share, axis=0), atol=1.5)
    # Scores copied as achievement would get the test's error a second time: some 3% more spread inside grades.
    np.testing.assert_allclose(inside(simulated, grade), inside(seen, grade), rtol=0.012)


def test_a_simulated_test_is_not_a_copy_of_the_score(seen_and_simulated):
    seen, simulated, grade = seen_and_simulated
    fifth = grade == 5
    again = np.corrcoef(seen[fifth, 0], simulated[fifth, 0])[0, 1]
    assert 0.8 < again < 0.99  # two tests of the same students, weeks apart
