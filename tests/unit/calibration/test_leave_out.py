"""Every study predicted without it: nothing of it is read, yardsticks are what they say, scores are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from plsim.calibration.bank import EVERYTHING, replication, targets
from plsim.calibration.leave_out import AIM, LeaveOut, leave_out, rank_correlation, yardsticks
from plsim.calibration.leave_out_text import leave_out_lines, verdict
from plsim.calibration.likelihood import Target
from plsim.core.arrays import Floats
from plsim.validation.facts.effect_sizes import FEATURES, Effect, effects, features_of

WORLDS = 120


@pytest.fixture(scope="module")
def asked() -> tuple[tuple[Effect, ...], tuple[Target, ...], int]:
    of = replication(EVERYTHING, 1)
    return effects(of), targets(of), len(of.statistics)


def simulated(wanted: tuple[Effect, ...], width: int, error: float) -> Floats:
    """Statistics of worlds of a model that predicts every effect but for an error, and says nothing of the rest."""
    rng = np.random.default_rng(5)
    values = 0.01 * rng.standard_normal((WORLDS, width))
    off = error * rng.standard_normal(len(wanted))
    for each, miss in zip(wanted, off, strict=True):
        centre = each.published + miss + 0.02 * rng.standard_normal(WORLDS)
        if each.fact.table.statistic == "effect":
            values[:, each.column] = centre
        elif each.fact.table.statistic == "days_of_learning":
            values[:, each.column] = 720.0 * centre
        else:
            values[:, each.column] = 100.0 * centre * 0.39
    return values


Found = Callable[[float], LeaveOut]


@pytest.fixture(scope="module")
def found(asked: tuple[tuple[Effect, ...], tuple[Target, ...], int]) -> Found:
    """Every study foretold without it by a model with that error; each is worked out once."""
    wanted, facts, width = asked
    return cache(
        lambda error: leave_out(simulated(wanted, width, error), np.zeros(WORLDS), facts, wanted, seed=1, draws=32)
    )


def test_recalled_and_restated_numbers_are_no_effect_sizes_to_foretell(
    asked: tuple[tuple[Effect, ...], tuple[Target, ...], int],
) -> None:
    keys = {each.fact.key for each in asked[0]}
    assert {"ME-18", "AD-04", "PL-12", "AD-06", "ME-03"} <= keys
    assert not {"R17-03", "R15-01", "R14-02", "MAP-3m"} & keys


def test_published_numbers_in_other_units_become_sd(
    asked: tuple[tuple[Effect, ...], tuple[Target, ...], int],
) -> None:
    by_key = {each.fact.key: each for each in asked[0]}
    assert by_key["PL-12"].published == pytest.approx(40.0 / 720.0, abs=0.002)
    assert by_key["AD-06"].published == pytest.approx(0.088, abs=0.002)
    assert by_key["ME-03"].published == pytest.approx(0.245)


@pytest.mark.slow
def test_a_model_that_knows_beats_one_number_and_one_that_errs_does_not(found: Found) -> None:
    good, bad = found(0.03).scores[0], found(0.5).scores[0]
    assert good.ratio < AIM
    assert good.model.rank > 0.9
    assert bad.ratio > 1.2


def test_intervals_widen_where_the_model_errs(found: Found) -> None:
    good, bad = found(0.03), found(0.5)
    width = [np.median([each.model.high[1] - each.model.low[1] for each in one.predictions]) for one in (good, bad)]
    assert width[1] > 1.5 * width[0]


def test_nothing_of_a_study_is_read_when_it_is_foretold(
    asked: tuple[tuple[Effect, ...], tuple[Target, ...], int],
) -> None:
    wanted, facts, width = asked
    values = simulated(wanted, width, 0.1)
    family = next(each.family for each in facts if each.fact == "ME-18")
    altered = [replace(each, value=9.0) if each.family == family else each for each in facts]
    one, other = (leave_out(values, np.zeros(WORLDS), of, wanted, seed=1, draws=16) for of in (facts, altered))
    for a, b in zip(one.predictions, other.predictions, strict=True):
        if a.effect.fact.family == family:
            assert a.model == b.model
    assert any(a.model.median != b.model.median for a, b in zip(one.predictions, other.predictions, strict=True))


def test_what_findings_of_a_kind_exceed_the_model_by_corrects_the_forecast(
    asked: tuple[tuple[Effect, ...], tuple[Target, ...], int],
) -> None:
    wanted, facts, width = asked
    values = simulated(wanted, width, 0.03)
    programs = [each.column for each in wanted if each.experiment.design.kind_of_study == "program"]
    values[:, programs] -= 0.15 * np.array([_per_sd(each) for each in wanted if each.column in programs])
    said = leave_out(values, np.zeros(WORLDS), facts, wanted, seed=1, draws=16)

    scores = {each.name: each for each in said.scores}
    trials, averages = scores["trials of one program"], scores["averages over trials"]
    assert trials.model.bias == pytest.approx(-0.15, abs=0.03)
    assert abs(trials.corrected.bias) < 0.06
    assert trials.corrected.rmse < 0.7 * trials.model.rmse
    assert abs(averages.corrected.bias) < 0.04  # what one kind is short of is not laid on the others
    assert said.shift["design:program"] > 0.05 > said.shift["design:meta"]


def test_nothing_of_a_study_corrects_its_own_forecast(
    asked: tuple[tuple[Effect, ...], tuple[Target, ...], int],
) -> None:
    wanted, facts, width = asked
    values = simulated(wanted, width, 0.1)
    family = next(each.fact.family for each in wanted if not each.fact.calibrates)
    altered = [replace(each, published=4.0) if each.fact.family == family else each for each in wanted]
    one, other = (leave_out(values, np.zeros(WORLDS), facts, of, seed=1, draws=16) for of in (wanted, altered))
    for a, b in zip(one.predictions, other.predictions, strict=True):
        assert (a.corrected == b.corrected) is (a.effect.fact.family == family)


def _per_sd(effect: Effect) -> float:
    return {"effect": 1.0, "days_of_learning": 720.0}.get(effect.fact.table.statistic, 39.0)


def test_yardsticks_know_other_studies_only(asked: tuple[tuple[Effect, ...], tuple[Target, ...], int]) -> None:
    wanted = asked[0]
    constant, regression = yardsticks(wanted)
    family = wanted[0].fact.family
    others = [each.published for each in wanted if each.fact.family != family]
    assert constant[0] == pytest.approx(np.mean(others))
    altered = [replace(each, published=7.0) if each.fact.family == family else each for each in wanted]
    again = yardsticks(altered)
    assert (again[0][0], again[1][0]) == (constant[0], regression[0])
    assert np.std(regression) > 0.05
    assert features_of(wanted[0].experiment.design).shape == (len(FEATURES),)


def test_a_rank_correlation_is_spearmans() -> None:
    assert rank_correlation(np.array([1.0, 2.0, 3.0, 9.0]), np.array([0.1, 0.3, 0.2, 0.9])) == pytest.approx(0.8)
    assert np.isnan(rank_correlation(np.zeros(5), np.arange(5.0)))


def test_the_verdict_says_when_the_model_is_no_better_than_one_number(found: Found) -> None:
    bad, good = found(0.5).document(), found(0.03).document()
    assert "no less than one number would" in verdict(bad)
    assert "the model alone meets one, " in verdict(bad)  # its errors cancel, so there is no bias
    assert "the model alone meets all" in verdict(good) or "the model alone meets two" in verdict(good)
    assert "(less than one number would)" in verdict(good)
    assert any("trials of one program" in line for line in leave_out_lines(good))
