"""Survey items read off a run go the way that RAND's would."""

from __future__ import annotations

from functools import cache

import pytest

import plsim
from plsim.measures.vocabulary import OUTCOMES
from plsim.runs.result import Result
from plsim.scenario import load

SMALL = ("population.students_per_school=60", "population.schools=10")


@cache
def result(*overrides: str, name: str = "typical_practice") -> Result:
    return plsim.run(load(name, overrides=[*SMALL, *overrides]), worlds=0, years=1, other_designs=False)


def difference(outcome: str, *overrides: str) -> float:
    table = result(*overrides).effects
    chosen = (table["outcome"] == outcome) & (table["arm"] == "difference") & (table["group"] == "all")
    return float(table[chosen & (table["subject"] == "both")]["value"].iloc[0])


@pytest.mark.parametrize(
    ("outcome", "sign", "override"),
    [
        ("pace_weeks", -1, "practices.competency_progression={intensity=1.0, mastery_threshold=0.95}"),
        ("behind_pace", 1, "practices.competency_progression={intensity=1.0, mastery_threshold=0.95}"),
        ("wait_per_unit", 1, "practices.competency_progression={intensity=1.0, assessment_wait_weeks=8.0}"),
        ("habits_error", -1, "practices.learner_profiles={intensity=1.0, habits=1.0, data_interval_weeks=2.0}"),
        ("individual_hours", 1, "practices.flexible_environment.one_on_one_share=0.5"),
        ("individual_5_hours", 1, "practices.flexible_environment={intensity=1.0, one_on_one_share=0.8}"),
        ("obstacle_time", 1, "practices.learning_paths={intensity=1.0, path_share=0.9}"),
        ("obstacle_tools", 1, "practices.technology.tools=40.0"),
        ("obstacle_standards", 1, "practices.learning_paths={intensity=1.0, path_share=0.9}"),
        ("products_distinct", 1, "practices.technology.tools=40.0"),
        ("implementation", 1, "practices.advising.intensity=1.0"),
        ("implementation", 0, "support.coaching_hours=1.0"),
    ],
)
def test_an_item_moves_as_its_cause_says(outcome: str, sign: int, override: str) -> None:
    found = difference(outcome, override)
    assert found == 0.0 if sign == 0 else sign * found > 0.0


def test_typical_practice_differs_from_itself_in_nothing() -> None:
    table = result().effects
    assert (table.loc[table["arm"] == "difference", "value"] == 0.0).all()


def test_every_outcome_of_a_result_is_listed_with_its_unit() -> None:
    with_everything = plsim.run(load("personalized_school", overrides=SMALL), worlds=0, years=1).effects
    known = {outcome.name: outcome.unit for outcome in OUTCOMES}
    for name, unit in with_everything[["outcome", "unit"]].drop_duplicates().itertuples(index=False):
        assert unit in known[name].split(", ")
