"""What statistics read: adjusted for the fall test, in the study's own SD, arms in common lived once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.core.calendar import FALL_WEEK
from plsim.core.errors import StudyError
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.evidence import norms
from plsim.scenario.loading import changed
from plsim.validation.facts.arm_cache import ArmCache, StudyArms, ordinary_schools
from plsim.validation.facts.prepared import Prepared
from plsim.validation.facts.registry import statistic, statistics
from plsim.validation.facts.replication import Experiment, Replication, experiments
from plsim.validation.facts.sampling import school_noise, student_noise
from plsim.validation.facts.study_facts import StudyFact
from plsim.validation.facts.view import View

EVERY = {each.name: each for each in experiments()}


def small(name: str, *, years: int = 1, **design: object) -> Experiment:
    one = EVERY[name]
    size = {
        "population.schools": 4,
        "population.students_per_school": 60,
        "population.charter_schools": 3 if one.scenario.population.charter_schools else 0,
        "years": years,
    }
    scenario, comparison = (changed(each, size) for each in (one.scenario, one.comparison))
    return replace(
        one, scenario=scenario, comparison=comparison, size=None, design=one.design.model_copy(update=design)
    )


def seen(one: Experiment, chosen: tuple[StudyFact, ...] | None = None, weeks: set[int] | None = None) -> View:
    prepared = Prepared(one, chosen or one.facts[:1], StudyArms(1), "full")
    engine = engine_named("batch")
    tests = {place.address: prepared.weeks | (weeks or set()) for place in prepared.places.values()}
    return View(prepared, ArmCache(CENTRAL, typical(CENTRAL, engine), engine, tests))


def test_what_showed_in_fall_is_taken_off_a_study_with_other_schools() -> None:
    view = seen(small("rand_2017"))
    program, other = view.life("program"), view.life("comparison")
    grade, each = program.arm.setting.population.grade.astype(np.int64)[:, np.newaxis], np.arange(2)
    n = norms()
    spring, fall = (
        (program.tests[0, week].achievement - other.tests[0, week].achievement) / n.sd_fall_observed[each, grade]
        for week in (32, FALL_WEEK)
    )
    slope = (n.r_fall_spring_observed * n.sd_spring_observed / n.sd_fall_observed)[each, grade]
    assert np.allclose(view.effects(1), spring - slope * fall)
    assert np.abs(fall).max() > 0.0


def test_ordinary_schools_hold_the_same_students_with_the_same_luck() -> None:
    view = seen(small("rand_2017"))
    program, other = (view.life(arm).arm.setting.population for arm in ("program", "comparison"))
    for name in ("student_key", "achievement", "lunch_eligible", "learning_rate", "self_regulation", "school_key"):
        assert np.array_equal(getattr(program, name), getattr(other, name)), name
    assert not other.charter.any()
    assert (other.years_in_operation == 0).all()
    assert other.autonomy.mean() < program.autonomy.mean()
    assert ordinary_schools(program.spec).device_share < program.spec.device_share


def test_a_narrow_sample_makes_effects_larger_in_its_own_sd() -> None:
    one = small("rand_2017", estimand="paired", sd="sample")
    prepared = Prepared(one, one.facts[:1], StudyArms(1), "full")
    people, grade = prepared.setting.population, prepared.grade(1)
    n, each = norms(), np.arange(2)
    true = n.sd_within_fall**2 + n.sd_between_fall**2
    count = np.bincount(grade, minlength=13)
    mean = np.stack(
        [np.bincount(grade, people.achievement[:, s], minlength=13) / np.maximum(count, 1) for s in each], 1
    )
    people.achievement[:] = mean[grade] + 0.5 * (people.achievement - mean[grade])  # half as wide
    narrow = prepared.sd(1)
    expected = np.sqrt(0.25 * true[each, grade[:, None]] + n.error_sd[each, grade[:, None]] ** 2)
    assert float((narrow / expected).mean()) == pytest.approx(1.0, abs=0.15)
    assert (narrow < n.sd_fall_observed[each, grade[:, None]]).mean() > 0.9


def test_a_less_reliable_aligned_test_shows_a_smaller_effect() -> None:
    exact, noisy = (
        seen(small("nickow_tutoring", test="aligned", reliability=each)).mean("math", "all", 1) for each in (1.0, 0.25)
    )
    assert noisy == pytest.approx(0.5 * exact)
    assert exact > 0.0


def test_arms_that_experiments_have_in_common_are_lived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lived = []
    plain = ArmCache._live

    def counting(self: ArmCache, *args: object) -> object:
        lived.append(1)
        return plain(self, *args)

    monkeypatch.setattr(ArmCache, "_live", counting)
    pair = [small("lou_1996"), replace(small("lou_1996"), name="again")]
    Replication(pair, size="full", seed=1)(CENTRAL)
    assert len(lived) == 2


def test_an_arm_is_tested_in_every_week_that_anybody_asks_for() -> None:
    early, late = small("lou_1996", weeks=8), replace(small("lou_1996", weeks=24), name="later")
    together = Replication([early, late], size="full", seed=1)(CENTRAL)
    alone = [Replication([each], size="full", seed=1)(CENTRAL)[0] for each in (early, late)]
    assert together.tolist() == alone


def test_groups_that_only_studies_report_are_there() -> None:
    view = seen(small("rand_2015"))
    bands = [view.mean("both", f"band:{band}", 1) for band in ("elementary", "middle", "high")]
    assert np.isfinite(bands).all()
    with pytest.raises(StudyError, match="nobody is in it"):
        view.mean("both", "grade:99", 1)


def test_an_unknown_outcome_is_refused_by_name() -> None:
    one = small("reiser_pacing")
    view = seen(one, one.facts, weeks={36})
    assert np.isfinite(view.outcome("pace_weeks", "both", 1, "all", "difference"))
    with pytest.raises(StudyError, match="no outcome 'pace_wekes'"):
        view.outcome("pace_wekes", "both", 1, "all", "difference")


def test_luck_of_a_school_is_more_than_that_of_its_students() -> None:
    view = seen(small("rand_2017"))
    assert 0.0 < view.student_error("math") < view.school_error("math") < 0.5
    assert view.school_error("both") < view.school_error("math")


def test_noise_is_that_of_the_norms() -> None:
    grade = np.array([5])
    n = norms()
    rest = n.sd_spring_observed[0, 5] ** 2 * (1 - n.r_fall_spring_observed[0, 5] ** 2) / n.sd_fall_observed[0, 5] ** 2
    assert student_noise(grade)[0] == pytest.approx(rest)
    assert school_noise(grade, 1.0)[0] > school_noise(grade, 6.0)[0]


def test_every_statistic_says_what_it_is() -> None:
    for each in statistics():
        assert each.meaning.endswith("."), each.name
        assert statistic(each.name) is each


class _Means:
    """A view that knows mean effects by group and year only."""

    def __init__(self, means: dict[tuple[str, int], float]) -> None:
        self._means = means

    def mean(self, subject: str, group: str, year: int) -> float:
        assert subject == "math"
        return self._means[group, year]


def asked(statistic_: str, year: int, *groups: str) -> object:
    from plsim.validation.facts.fact_files import FactTable

    return FactTable(
        id="TM-02", statistic=statistic_, subject="math", groups=groups, year=year, kind="sign", discrepancy=0.1
    )


def test_what_is_left_of_a_gain_follows_the_cohort() -> None:
    view = _Means({("grades:6-6", 1): 0.2, ("grades:7-7", 2): 0.08})
    fact = asked("share_left", 2, "grades:6-6", "grades:7-7")
    assert statistic("share_left").compute(view, fact) == pytest.approx((0.4,))
    assert statistic("later_minus_first").compute(view, fact) == pytest.approx((-0.12,))


def test_a_contrast_of_groups_is_the_first_less_the_second() -> None:
    view = _Means({("grades:6-9", 1): 0.3, ("grades:0-2", 1): 0.1})
    fact = asked("group_contrast", 1, "grades:6-9", "grades:0-2")
    assert statistic("group_contrast").compute(view, fact) == pytest.approx((0.2,))


def test_a_range_of_grades_and_the_halves_are_groups_of_everybody_who_counts() -> None:
    one = small("nickow_grades")
    prepared = Prepared(one, one.facts[:1], StudyArms(1), "full")
    grade, keep = prepared.grade(1), prepared.counted(1)
    chosen = prepared.weight(1, "grades:0-2")
    assert np.array_equal(chosen[:, 0] > 0.0, keep & (grade <= 2))
    halves = prepared.weight(1, "lower_half") + prepared.weight(1, "upper_half")
    assert np.array_equal(halves, np.repeat(keep[:, np.newaxis], 2, axis=1).astype(float))


def test_practices_that_make_one_strategy_go_back_together() -> None:
    one = EVERY["rand_2015_practices"]
    prepared = Prepared(one, one.facts[:1], StudyArms(1), "calibration")
    without = prepared.places["without:learner_profiles+data_driven_grouping"].scenario.practices
    usual = prepared.places["comparison"].scenario.practices
    assert without["learner_profiles"] == usual["learner_profiles"]
    assert without["data_driven_grouping"] == usual["data_driven_grouping"]
    assert without["flexible_environment"] == one.scenario.practices["flexible_environment"]
