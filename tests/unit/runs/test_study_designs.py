"""Other designs on the same pair of arms: exact where they must agree with the paired effect."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of, run_world
from plsim.engine.parameters import World
from plsim.runs.direct import intention_to_treat
from plsim.runs.result import Result
from plsim.runs.study_designs import comparison_spec, designs
from plsim.scenario import load

SMALL = ("population.students_per_school=60", "population.schools=10")
STRAIN = ("practices.learning_paths.intensity=1.0", "context.turnover=3.0")


@cache
def result(*overrides: str, name: str = "personalized_school", years: int = 2, worlds: int = 0) -> Result:
    return plsim.run(load(name, overrides=[*SMALL, *overrides]), worlds=worlds, years=years)


def rows(of: Result, estimator: str, *, group: str = "all", unit: str = "SD") -> pd.DataFrame:
    table = of.effects
    chosen = (table["outcome"] == "achievement") & (table["unit"] == unit) & (table["arm"] == "difference")
    table = table[chosen & (table["estimator"] == estimator) & (table["group"] == group)]
    return table.set_index(["year", "subject"]).sort_index()


def test_the_direct_effect_is_the_paired_one_of_a_run_with_staff_and_sections_frozen() -> None:
    frozen = result(*STRAIN, "freeze.staff=true", "freeze.sections=true")
    free = result(*STRAIN)
    assert rows(free, "direct")["value"].equals(rows(frozen, "paired")["value"])
    assert not rows(free, "direct")["value"].equals(rows(free, "paired")["value"])


def test_in_one_year_without_other_classes_direct_and_paired_are_the_same() -> None:
    one = result(years=1)
    assert rows(one, "direct")["value"].equals(rows(one, "paired")["value"])


def test_smaller_classes_have_no_direct_effect_because_they_work_through_classes() -> None:
    small = result("programs.class_size.students=8.0", name="typical_practice", years=1)
    assert (rows(small, "paired")["value"] > 0.03).all()
    assert (rows(small, "direct")["value"] == 0.0).all()


def test_who_started_and_who_stayed_are_the_same_when_nobody_moves() -> None:
    still = result("context.mobility=0.0")
    treated = rows(still, "paired", group="intention_to_treat")["value"]
    pd.testing.assert_series_equal(treated, rows(still, "paired")["value"], rtol=1e-12)


def test_movers_take_along_what_lasts() -> None:
    class_size = "programs.class_size.students=8.0"  # an effect at once, for everybody
    moving = result("context.mobility=3.0", class_size, name="typical_practice")
    arms, setting = moving.central_run, moving.pair.base_setting
    gaps = [arms.scenario.record[y].achievement - arms.counterfactual.record[y].achievement for y in (0, 1)]
    roster, people = setting.timeline.years[1], setting.population
    counts = (people.grade + 1 <= people.last_grade[people.school]) & (people.grade >= 1) & (people.grade < 10)
    stays = roster.entered == 0
    lasts = arms.scenario.p.learning.durability * gaps[0][-1]  # at the end of year 1, after its summer
    expected = np.where(stays[:, np.newaxis], gaps[1][3], lasts)[counts].mean(axis=0)
    found = rows(moving, "paired", group="intention_to_treat", unit="RIT")["value"].loc[2]
    assert [found["math"], found["reading"]] == pytest.approx(expected.tolist())
    assert (counts & ~stays).sum() > 50


def test_with_two_stores_movers_forget_week_by_week() -> None:
    overrides = (*SMALL, "context.mobility=3.0", "programs.class_size.students=8.0")
    scenario = load("typical_practice", overrides=overrides, years=2)
    both = pair(scenario, population_of(scenario, None, 1), seed=1, years=2)
    run = run_world(both, World("two stores", {"learning.form": 1.0}), engine_named("batch"))
    p, (first, second) = run.scenario.p.learning, zip(run.scenario.record, run.counterfactual.record, strict=True)
    gap, spring = (each[0].achievement - each[1].achievement for each in (first, second))
    fresh = first[0].units["fresh"] - first[1].units["fresh"]
    # Sixteen weeks of summer and 32 of school elsewhere.
    left = gap[-1] - (1.0 - p.durability) * fresh * (1.0 - (1.0 - p.fading) ** 48)
    roster, people = both.base_setting.timeline.years[1], both.base_setting.population
    counts = (people.grade + 1 <= people.last_grade[people.school]) & (people.grade >= 1) & (people.grade < 10)
    stays = roster.entered == 0
    expected = np.where(stays[:, np.newaxis], spring[3], left)[counts].mean(axis=0)
    found = {row.subject: value for row, value in intention_to_treat(both, run) if row.unit == "RIT" and row.year == 2}
    assert [found["math"], found["reading"]] == pytest.approx(expected.tolist())
    assert (counts & ~stays).sum() > 50


def test_typical_practice_has_no_effect_by_any_exact_design() -> None:
    nothing = result(name="typical_practice")
    for estimator, group in (("paired", "all"), ("direct", "all"), ("paired", "intention_to_treat")):
        assert (rows(nothing, estimator, group=group)["value"] == 0.0).all()


def test_designs_that_draw_samples_have_intervals_without_worlds_and_exact_ones_have_none() -> None:
    one = result(years=1)
    for estimator in ("study_other_schools", "within_school_rct"):
        table = rows(one, estimator)
        assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    assert rows(one, "direct")["low"].isna().all()


def test_worlds_and_sampling_widen_the_interval_together() -> None:
    many, one = result(years=1, worlds=3), result(years=1)
    width = [(table["high"] - table["low"]) for table in (rows(each, "study_other_schools") for each in (many, one))]
    assert (width[0] > 0.95 * width[1]).all()
    assert many.effects["value"].notna().all()


def test_a_study_needs_schools() -> None:
    few = result("population.schools=7", years=1)
    assert rows(few, "study_other_schools").empty
    assert not rows(few, "direct").empty


def test_without_other_designs_only_paired_rows_are_made() -> None:
    bare = plsim.run(load("typical_practice", overrides=SMALL), worlds=0, years=1, other_designs=False)
    assert set(bare.effects["estimator"]) == {"paired"}


@pytest.mark.parametrize("name", ["nglc_2015", "small_classes", "software_homework"])
def test_comparison_schools_are_others_with_students_who_start_alike(name: str) -> None:
    scenario = load(name)
    people = population_of(scenario, None, 0)
    of = designs(pair(scenario, people, seed=0, years=1))
    assert of.pool is not None
    others = of.pool.population
    assert not np.isin(others.school_key, people.school_key).any()
    assert not np.isin(others.student_key, people.student_key).any()
    assert not others.charter.any()
    assert set(others.grade) == set(people.grade)
    # 3.3 standard errors of the mean of 40 schools.
    assert others.lunch_eligible.mean() == pytest.approx(people.lunch_eligible.mean(), abs=0.12)
    assert comparison_spec(others).level_sd == pytest.approx(comparison_spec(people).level_sd, abs=0.25)


def test_a_lottery_draws_half_of_every_grade_of_a_school() -> None:
    scenario = load("typical_practice")
    of = designs(pair(scenario, population_of(scenario, None, 0), seed=0, years=1))
    people = of.both.base_setting.population
    cell = people.school.astype(np.int64) * 16 + people.grade
    size, won = np.bincount(cell), np.bincount(cell, of.assigned)
    assert np.all(np.abs(won[size > 0] - size[size > 0] / 2) <= 0.5)


def test_every_school_gets_an_estimate_and_the_doubt_about_schools_never_lowers_its_p_value() -> None:
    table = result().schools
    assert len(table) == 20
    for label in ("math", "reading"):
        naive, honest = table[f"{label}_p_study"], table[f"{label}_p_study_schools"]
        assert naive.between(0, 1).all()
        assert (honest >= 0.7 * naive).all()
        assert table[f"{label}_effect_study"].notna().all()


def test_fifths_of_a_study_regress_to_the_mean_as_their_matches_do() -> None:
    overrides = ("population.schools=180", "population.students_per_school=90")
    table = plsim.run(load("typical_practice", overrides=overrides), worlds=0, years=1).effects
    shares = table[table["outcome"] == "surpass_comparison"].pivot_table(index="group", values="value")["value"]
    # By what students truly know, the highest fifth would lie some 0.055 above the lowest without any effect.
    assert abs(shares["quintile:5"] - shares["quintile:1"]) < 0.03
