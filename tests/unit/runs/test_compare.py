"""Comparisons hold everything alike but the scenarios."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from plsim.core.errors import InputError
from plsim.runs.compare import Comparison, compare
from plsim.runs.result import Result
from plsim.scenario import Scenario, load

SMALL = ("population.schools=4", "population.students_per_school=60")


def scenario(name: str, *overrides: str) -> Scenario:
    return load(name, overrides=[*SMALL, *overrides])


@cache
def comparison(worlds: int = 0) -> Comparison:
    asked = [scenario("overlay_on_old_schedule"), scenario("redesigned_school"), load("technology_first")]
    return compare(asked, years=1, worlds=worlds, why=False)


def test_all_scenarios_meet_the_same_people_in_the_same_worlds() -> None:
    first, second, third = (each.pair.base_setting.population for each in comparison(2).results)
    for other in (second, third):
        assert np.array_equal(first.student_key, other.student_key)
        assert np.array_equal(first.achievement, other.achievement)
    base = comparison(2).results[0].central_run.counterfactual.record[0].achievement
    assert all(
        np.array_equal(base, each.central_run.counterfactual.record[0].achievement) for each in comparison(2).results
    )


def test_a_difference_is_taken_world_by_world() -> None:
    found = comparison(3)
    first, second = found.results[:2]
    row = next(row for row in second.rows if row[:4] == ("achievement", "math", 1, "all") and row.unit == "SD")
    spread = second.spread[:, second.rows.index(row)] - first.spread[:, first.rows.index(row)]
    table = found.differences.set_index(["scenario", *row._fields])
    at = table.loc[(second.scenario.name, *row)]
    assert at["value"] == pytest.approx(np.median(spread))
    assert at["low"] == pytest.approx(np.quantile(spread, 0.05))
    assert at["positive"] == (spread > 0).mean()


def test_what_a_difference_hangs_on_is_said_and_whether_evidence_narrows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[np.ndarray] = []

    def hangs(_: Result, effects: np.ndarray) -> tuple[tuple[str, float], ...]:
        seen.append(effects)
        return (("learning.durability", 0.4),)

    monkeypatch.setattr("plsim.runs.sureness.hangs_on", hangs)
    monkeypatch.setattr("plsim.runs.sureness.unidentified", lambda: ("learning.durability",))
    found = Comparison(comparison(3).results)
    assert len(found.sureness) == 5  # two differences, an assumption and the rest; that 3 worlds are few
    about = "redesigned_school - overlay_on_old_schedule, both subjects, year 1"
    start = f"{about}: 40% of what is uncertain goes with one assumption"
    assert found.sureness[0].startswith(f"{start}, which the evidence does not narrow")
    assert found.summary()["sureness"] == list(found.sureness)
    table = found.differences.set_index(["scenario", "outcome", "subject", "unit", "group", "estimator"])
    value = table.loc[("redesigned_school", "achievement", "both", "SD", "all", "paired"), "value"]
    assert float(value) == pytest.approx(np.median(seen[0]))
    assert comparison(0).sureness == ()


def test_differences_are_only_of_effects() -> None:
    table = comparison().differences
    assert set(table["arm"]) == {"difference"}
    assert set(table["scenario"]) == {"redesigned_school", "technology_first"}
    assert set(table["against"]) == {"overlay_on_old_schedule"}


def test_the_years_are_those_that_all_have_and_the_seed_the_first_one_s() -> None:
    found = compare([scenario("coached_teachers"), scenario("tutoring_program", "seed=3")], worlds=0, why=False)
    assert (found.base.years, found.base.seed, found.results[1].seed) == (1, 0, 0)


def test_each_may_keep_its_own_schools_and_the_notes_say_so() -> None:
    other = scenario("technology_first", "population.schools=5")
    found = compare([scenario("coached_teachers"), other], worlds=0, years=1, why=False, own_populations=True)
    assert [each.pair.base_setting.schools for each in found.results] == [4, 5]
    assert any("schools of its own" in note for note in found.notes)


def test_other_contexts_are_said() -> None:
    more_homework = scenario("coached_teachers", "name='b'", "context.homework_minutes=90.0")
    found = compare([scenario("coached_teachers"), more_homework], worlds=0, years=1, why=False)
    assert any("contexts differ" in note for note in found.notes)


def test_notes_say_nothing_of_one_scenario_s_effect_alone() -> None:
    found = comparison(3)
    assert found.base.sureness
    assert not set(found.notes) & set(found.base.sureness)
    assert any("For exploring assumptions, not for prediction" in note for note in found.notes)


def test_networks_are_each_scenario_s_own_with_the_same_students() -> None:
    alone, together = scenario("personalized_school"), scenario("shared_library_network")
    found = compare([alone, together], worlds=0, years=1, why=False)
    people = [each.pair.base_setting.population for each in found.results]
    assert [len(np.unique(each.network)) for each in people] == [4, 1]
    assert np.array_equal(people[0].student_key, people[1].student_key)


@pytest.mark.parametrize("names", [(), ("coached_teachers",), ("coached_teachers", "coached_teachers")])
def test_fewer_than_two_different_scenarios_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="two or more"):
        compare([scenario(name) for name in names])
