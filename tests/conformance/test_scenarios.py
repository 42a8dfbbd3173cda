"""Every shipped scenario says what it is for, is told apart from what it extends, and runs."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from plsim.engine.engines import engine_named
from plsim.engine.pair import arms, pair
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import Typical, typical
from plsim.engine.year import run_year
from plsim.population.norm_population import from_norms
from plsim.scenario import Scenario, load, population_spec, shipped_scenarios
from plsim.scenario.shipped import first_line

SCENARIOS = tuple(shipped_scenarios())

WANTED = {
    "big_bang", "coached_teachers", "competency_based", "cross_grade_pools", "district_scale_up", "early_adopters",
    "engaged", "gentle_start", "imposed", "nglc_2015", "overlay_on_old_schedule", "phased_rollout", "redesigned_school",
    "relationships_first", "self_paced_without_support", "shared_library_network", "small_classes", "software_homework",
    "technology_first", "tutoring_program", "typical_practice",
}  # fmt: skip


def small(scenario: Scenario) -> Scenario:
    """The scenario in six little schools, so that all of them run in seconds."""
    asked = scenario.population
    changes = {"schools": 6, "students_per_school": 80, "charter_schools": min(asked.charter_schools, 3)}
    return scenario.with_changes(population=asked.model_copy(update=changes))


@pytest.fixture(scope="module")
def found() -> Typical:
    return typical(CENTRAL, engine_named("batch"))


def test_every_scenario_of_the_plan_is_shipped() -> None:
    assert set(SCENARIOS) >= WANTED


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_first_line_says_what_the_scenario_is_for(name: str) -> None:
    text = shipped_scenarios()[name].read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert 40 <= len(first_line(shipped_scenarios()[name])) <= 118


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_bears_the_name_of_its_file_and_a_purpose(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert len(scenario.purpose) > 30


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_extends_another_says_something_of_its_own(name: str) -> None:
    values = tomllib.loads(shipped_scenarios()[name].read_text(encoding="utf-8"))
    if "extends" in values:
        assert set(values) - {"extends", "name", "purpose", "schema_version"}


@pytest.mark.parametrize(
    ("name", "other", "table"),
    [
        ("big_bang", "phased_rollout", "support"),
        ("overlay_on_old_schedule", "redesigned_school", "support"),
        ("engaged", "imposed", "support"),
        ("personalized_school", "shared_library_network", "support"),
        ("flexible_grouping", "cross_grade_pools", "practices"),
        ("technology_first", "relationships_first", "practices"),
    ],
)
def test_scenarios_made_to_be_compared_differ_in_one_table_only(name: str, other: str, table: str) -> None:
    a, b = (load(each).model_dump(exclude={"name", "purpose"}) for each in (name, other))
    different = {key for key in a if a[key] != b[key]}
    assert different == {table}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs_and_changes_something_unless_it_is_the_yardstick(name: str, found: Typical) -> None:
    scenario = small(load(name))
    both = pair(scenario, from_norms(population_spec(scenario), seed=scenario.seed), seed=scenario.seed, years=1)
    engine = engine_named("batch")
    run = arms(both, CENTRAL, found)
    for arm in (run.counterfactual, run.scenario):
        run_year(arm, engine)
    effect = run.scenario.record[0].achievement - run.counterfactual.record[0].achievement
    assert np.isfinite(effect).all()
    assert bool(np.any(effect != 0.0)) == (name != "typical_practice")
