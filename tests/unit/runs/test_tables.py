"""Tables of rows hold what effects are made of, each in its own column."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.core.calendar import SUBJECTS
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
