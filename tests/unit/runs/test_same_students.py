"""Effects by year are of one set of students in every year; the repeated cross-section is an outcome of its own."""

from __future__ import annotations

from functools import cache

import numpy as np

import plsim
from plsim.engine.pair import Pair, pair, population_of
from plsim.measures.groups import SMALLEST_GROUP
from plsim.runs.outcomes import followed, partitions, still_there
from plsim.scenario import load

FEW = ("population.schools=6", "population.students_per_school=120", "population.level_shares=[0.5, 0.5, 0.0]")


@cache
def both(years: int) -> Pair:
    scenario = load("gentle_start", overrides=(f"years={years}", *FEW))
    return pair(scenario, population_of(scenario, None, 2), seed=2, years=years)


def test_every_group_but_grades_holds_the_same_students_in_every_year() -> None:
    setting = both(3).base_setting
    by_year = [partitions(setting, year) for year in range(3)]
    for parts in zip(*by_year, strict=True):
        if not parts[0].labels[0].startswith("grade:"):
            for part in parts[1:]:
                np.testing.assert_array_equal(part.codes, parts[0].codes)


def test_they_are_there_from_the_first_week_to_the_last() -> None:
    setting = both(3).base_setting
    same = followed(setting)
    assert same.any()
    for roster in setting.timeline.years:
        assert (roster.entered[same] == 0).all()
        assert ((roster.grade[same] >= 1) & (roster.grade[same] <= 10)).all()


def test_the_cross_section_holds_others_in_earlier_years_and_is_a_separate_outcome() -> None:
    setting = both(3).base_setting
    assert np.count_nonzero(still_there(setting, 0) & ~followed(setting)) >= SMALLEST_GROUP
    rows = plsim.run(both(3).scenario, years=3, worlds=0, seed=2).effects
    paired = rows[(rows["estimator"] == "paired") & (rows["group"] == "all") & (rows["subject"] == "both")]
    first = paired[paired["year"] == 1].set_index(["outcome", "unit", "arm"])["value"]
    same = first["achievement", "SD", "difference"]
    whoever = first["achievement_cross_section", "SD", "difference"]
    assert same != whoever
    one_year = plsim.run(both(1).scenario, years=1, worlds=0, seed=2).effects
    assert "achievement_cross_section" not in set(one_year["outcome"])


def test_where_nobody_stays_so_long_all_who_started_are_shown() -> None:
    scenario = load("gentle_start", overrides=("years=4", *FEW, "population.level_shares=[0.0, 1.0, 0.0]"))
    setting = pair(scenario, population_of(scenario, None, 2), seed=2, years=4).base_setting
    assert followed(setting).all()
    assert (partitions(setting, 0)[0].codes[:, 0] == 0).all()
