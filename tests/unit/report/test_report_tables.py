from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from plsim.core.calendar import GROWTH_WEEKS
from plsim.evidence import norms
from plsim.report.folder import read_folder
from plsim.report.material import Material
from plsim.report.tables import (
    Effects,
    ReportedEstimate,
    growth_curves,
    hours_by_mode,
    school_effects,
    short_of_time,
    teacher_curves,
    weekly_growth,
)


def test_weekly_growth_of_one_grade_is_the_norms() -> None:
    growth = weekly_growth({"stayers_by_grade": [{"4": 3}]}, 1)
    assert growth["math"] == pytest.approx(norms().growth[0, 4] / GROWTH_WEEKS)
    assert growth["both"] == pytest.approx((growth["math"] + growth["reading"]) / 2.0)


def test_weekly_growth_leaves_out_newcomers_and_flagged_grades() -> None:
    assert weekly_growth({"stayers_by_grade": [{"4": 1, "12": 1}]}, 1)["math"] == pytest.approx(
        norms().growth[0, 4] / GROWTH_WEEKS
    )


def test_weekly_growth_of_flagged_grades_alone_is_theirs() -> None:
    assert weekly_growth({"stayers_by_grade": [{"K": 1}]}, 1)["math"] == pytest.approx(
        norms().growth[0, 0] / GROWTH_WEEKS
    )


def test_weeks_of_schooling_are_the_effect_over_weekly_growth(folder: Path) -> None:
    material = Material(read_folder(folder))
    weeks, rit = material.weeks(), material.effects.find("achievement", year=2, unit="RIT")
    assert weeks is not None
    assert rit is not None
    rate = (norms().growth[:, 4] + norms().growth[:, 5]).mean() / 2.0 / GROWTH_WEEKS
    assert weeks[:3] == pytest.approx([bound / rate for bound in rit[:3]])


def test_an_outcome_is_found_by_unit_and_none_when_not_there(folder: Path) -> None:
    effects = Effects(read_folder(folder).effects)
    rit, sd = (effects.find("achievement", year=2, unit=unit) for unit in ("RIT", "SD"))
    assert rit is not None
    assert sd is not None
    assert rit.value == pytest.approx(16.0 * sd.value)
    assert effects.find("cost_per_student", year=2) is None


def test_small_schools_are_counted_and_the_rest_sorted(folder: Path) -> None:
    found = school_effects(read_folder(folder).schools, 2)
    assert [school.school for school in found.shown] == ["North", "South & West"]
    assert (found.too_small, found.below_zero) == (1, 1)


def test_growth_counts_from_where_typical_practice_begins_each_year(folder: Path) -> None:
    read = read_folder(folder)
    curves = growth_curves(read.weekly, read.schools, "math")
    assert len(curves.week) == 2
    assert curves.week[1][0] == 37.0
    assert curves.counterfactual[1][0] == 0.0
    assert curves.lead()[1][-1] == pytest.approx(0.36)


def test_load_by_week_is_missing_when_it_was_not_recorded(folder: Path) -> None:
    read = read_folder(folder)
    hours = teacher_curves(read.weekly, read.teachers, "hours_demanded")
    assert hours is not None
    assert hours.plus(25.2).scenario[0][0] == pytest.approx(53.2)
    assert teacher_curves(read.weekly, read.teachers, "tiredness") is None


def test_teachers_short_of_time_are_those_asked_for_more_than_they_have(folder: Path) -> None:
    teachers = read_folder(folder).teachers
    assert short_of_time(teachers, 1, "scenario") == 0.25
    assert short_of_time(teachers, 1, "counterfactual") == 0.0


def test_hours_by_mode_add_both_subjects(folder: Path) -> None:
    read = read_folder(folder)
    hours = hours_by_mode(read.weekly, read.schools, 2)
    assert hours["counterfactual"]["whole"] == pytest.approx(4.0)
    assert hours["scenario"]["group"] - hours["counterfactual"]["group"] == pytest.approx(0.2)


def test_a_year_of_growth_weighs_students_alike() -> None:
    schools = pd.DataFrame({"school_id": ["a", "b"], "year": 1, "students": [30, 10]})
    rows = [
        (arm, 1, week, school, "math", 200.0 + week * rate)
        for arm in ("scenario", "counterfactual")
        for week in (1, 2)
        for school, rate in (("a", 1.0), ("b", 5.0))
    ]
    weekly = pd.DataFrame(rows, columns=["arm", "year", "week", "school_id", "subject", "achievement"])
    assert growth_curves(weekly, schools, "math").scenario[0] == pytest.approx((0.0, 2.0))


def test_an_effect_is_open_where_worlds_disagree_or_chance_could_have_made_it() -> None:
    clear = ReportedEstimate(0.5, 0.2, 0.9, 1.0, "SD", luck=0.05, seeds=10)
    assert not clear.is_open(40)
    assert clear._replace(luck=0.5).is_open(40)
    assert clear._replace(positive=0.6).is_open(40)
    assert clear._replace(luck=float("nan"), seeds=0).is_open(40)  # chance was not tried
    assert not clear.is_open(0)  # one set of assumptions: nothing is said of its direction
