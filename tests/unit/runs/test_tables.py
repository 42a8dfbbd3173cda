"""Tables of rows hold what effects are made of, each in its own column."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.core.calendar import SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.setting import WINDOWS
from plsim.report.words import FLAGGED_GRADES
from plsim.runs.result import Result

SMALL = ("population.schools=3", "population.students_per_school=60", "context.mobility=0.0")


@cache
def result() -> Result:
    return plsim.run(plsim.load("personalized_school", overrides=SMALL), worlds=0, years=1)


def effect(subject: str) -> float:
    table = result().effects
    keys = {"outcome": "achievement", "unit": "RIT", "arm": "difference", "estimator": "paired", "group": "all"}
    for key, value in {**keys, "subject": subject}.items():
        table = table[table[key] == value]
    return float(table["value"].iloc[0])


@pytest.mark.parametrize("subject", ["math", "reading"])
def test_each_subject_s_rows_of_students_average_to_its_effect(subject: str) -> None:
    students = result().students
    # Headlines leave out the grades that are read with care.
    mine = students[(students["subject"] == subject) & ~students["grade"].isin(FLAGGED_GRADES)]
    gaps = mine["achievement_week32_scenario"] - mine["achievement_week32_counterfactual"]
    assert gaps.mean() == pytest.approx(effect(subject), abs=1e-9)
    assert abs(effect("math") - effect("reading")) > 1e-3  # else a swap would not be seen


def test_scores_and_all_that_is_kept_by_subject_are_those_of_the_row_s_subject() -> None:
    record = result().central_run.scenario.record[0]
    students = result().students
    for place, subject in enumerate(SUBJECTS):
        mine = students[students["subject"] == subject].reset_index(drop=True)
        for name, values in record.units.items():
            if f"{name}_scenario" in mine:
                np.testing.assert_array_equal(mine[f"{name}_scenario"], values[:, place], err_msg=name)
        for when, week in (("start", 0), ("week32", SPRING_WEEK), ("end", WEEKS_PER_YEAR)):
            expected = record.achievement[WINDOWS.index(week), :, place]
            np.testing.assert_array_equal(mine[f"achievement_{when}_scenario"], expected, err_msg=when)
        # A test is the achievement of that week, and an error: far nearer to its own subject than to the other one.
        own = mine["fall_test_scenario"] - mine["achievement_start_scenario"]
        other = students[students["subject"] != subject].reset_index(drop=True)["achievement_start_scenario"]
        assert own.std() < 0.6 * (mine["fall_test_scenario"] - other).std()


def test_rows_of_schools_are_means_of_their_students_rows() -> None:
    students, schools = result().students, result().schools
    for subject in SUBJECTS:
        for arm in ("scenario", "counterfactual"):
            mine = students[students["subject"] == subject].groupby("school_id")[f"achievement_week32_{arm}"].mean()
            table = schools.set_index("school_id")[f"{subject}_week32_{arm}"]
            pd.testing.assert_series_equal(table.sort_index(), mine.sort_index(), check_names=False, rtol=1e-12)


@cache
def two_years() -> Result:
    small = ("population.schools=2", "population.students_per_school=40")
    return plsim.run(plsim.load("personalized_school", overrides=small), worlds=0, years=2, other_designs=False)


def test_years_and_weeks_are_counted_from_one_and_every_arm_has_all_of_them() -> None:
    of = two_years()
    assert sorted(of.students["year"].unique()) == sorted(of.schools["year"].unique()) == [1, 2]
    assert sorted(of.teachers["year"].unique()) == [1, 2]
    weeks = of.weekly.groupby(["arm", "year", "school_id", "subject"])["week"].apply(list)
    assert len(weeks) == 2 * 2 * 2 * 2
    assert all(each == list(range(1, 37)) for each in weeks)


@pytest.mark.parametrize("arm", ["scenario", "counterfactual"])
def test_the_week_of_the_spring_test_is_the_one_that_schools_are_told_by(arm: str) -> None:
    weekly, schools = two_years().weekly, two_years().schools
    for subject in SUBJECTS:
        rows = weekly[(weekly["arm"] == arm) & (weekly["week"] == 32) & (weekly["subject"] == subject)]
        found = rows.set_index(["school_id", "year"])["achievement"].sort_index()
        told = schools.set_index(["school_id", "year"])[f"{subject}_week32_{arm}"].sort_index()
        pd.testing.assert_series_equal(found, told, check_names=False, rtol=1e-12)


@pytest.mark.parametrize("condition", ["library", "trust", "vision"])
def test_conditions_of_the_last_week_are_those_of_the_year(condition: str) -> None:
    weekly, schools = two_years().weekly, two_years().schools
    rows = weekly[(weekly["arm"] == "scenario") & (weekly["week"] == 36) & (weekly["subject"] == "math")]
    found = rows.set_index(["school_id", "year"])[condition].sort_index()
    told = schools.set_index(["school_id", "year"])[f"{condition}_scenario"].sort_index()
    pd.testing.assert_series_equal(found, told, check_names=False, rtol=1e-12)
    assert found.between(0.0, 1.0).all()


def test_hours_of_a_week_add_up_to_its_lessons_and_teachers_carry_what_their_rows_say() -> None:
    weekly, teachers = two_years().weekly, two_years().teachers
    modes = [f"{name}_hours" for name in ("whole", "group", "one_on_one", "supervised", "unsupervised", "peer")]
    typical = weekly[weekly["arm"] == "counterfactual"]
    assert typical[modes].sum(axis=1).groupby(typical["subject"]).nunique().le(3).all()
    assert typical[modes].sum(axis=1).between(2.0, 10.0).all()
    # A seat's row is its mean over the weeks of the year; so is the mean of seats, where all of them taught.
    by_week = weekly[weekly["subject"] == "math"].groupby(["arm", "year", "school_id"])
    for name in ("hours_demanded", "fidelity"):
        of_seats = teachers.groupby(["arm", "year", "school_id"])[name].mean()
        pd.testing.assert_series_equal(by_week[name].mean(), of_seats, check_names=False, rtol=0.02)


def test_weeks_are_recorded_with_the_reference_that_the_run_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = plsim.run(plsim.load("personalized_school", overrides=SMALL), worlds=0, years=1, other_designs=False)

    def another(*_: object) -> None:
        raise AssertionError("a second reference")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # nothing is kept there that could hide a second one
    monkeypatch.setattr("plsim.engine.reference._gain", another)
    weeks = found.weekly
    last = weeks[(weeks["arm"] == "scenario") & (weeks["week"] == WEEKS_PER_YEAR) & (weeks["subject"] == "math")]
    ended = found.students[found.students["subject"] == "math"].groupby("school_id")["achievement_end_scenario"].mean()
    np.testing.assert_allclose(last.set_index("school_id")["achievement"], ended[last["school_id"]], rtol=1e-12)
