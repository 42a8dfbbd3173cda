"""From scenario to plan: counterfactual, taste, rollout."""

from __future__ import annotations

import time

import numpy as np
import pytest

from plsim.population import Population, from_norms
from plsim.practices import LEVER_INDEX, LEVERS
from plsim.scenario import Scenario, counterfactual, load, plan, population_spec, shipped_scenarios

SCENARIO = Scenario.model_validate(
    {
        "name": "several",
        "years": 2,
        "population": {"schools": 6, "students_per_school": 30, "charter_schools": 2},
        "practices": {"technology": {"intensity": 0.9, "content_quality_math": 0.9}, "belonging": {"spread": 0.3}},
        "support": {"vision": 0.9, "coaching_hours": 1.0, "network_schools": 3},
        "programs": {"tutoring": {}, "coaching": {}, "class_size": {"students": 15.0}},
    }
)


@pytest.fixture(scope="module")
def population() -> Population:
    return from_norms(population_spec(SCENARIO), seed=1)


def phased(weeks: int) -> Scenario:
    support = SCENARIO.support.model_copy(update={"rollout": "phased", "rollout_weeks": weeks})
    return SCENARIO.with_changes(support=support)


def test_the_counterfactual_plans_the_bits_of_typical_practice(population: Population) -> None:
    made = plan(counterfactual(SCENARIO), population)
    assert made.planned.values.tobytes() == made.typical.values.tobytes()


def test_scenario_and_counterfactual_share_the_bits_of_typical_practice(population: Population) -> None:
    ours, theirs = plan(SCENARIO, population), plan(counterfactual(SCENARIO), population)
    assert ours.typical.values.tobytes() == theirs.typical.values.tobytes()


def test_the_counterfactual_draws_the_same_schools_and_students() -> None:
    assert population_spec(counterfactual(SCENARIO)) == population_spec(SCENARIO)


def test_the_counterfactual_of_a_counterfactual_is_itself() -> None:
    once = counterfactual(SCENARIO)
    assert counterfactual(once) == once


def test_typical_practice_is_its_own_counterfactual() -> None:
    typical = load("typical_practice")
    assert counterfactual(typical) == typical


def test_a_school_that_likes_technology_has_more_of_it_in_both_arms(population: Population) -> None:
    made = plan(SCENARIO, population)
    most, least = np.argmax(population.practice_taste[:, 6]), np.argmin(population.practice_taste[:, 6])
    assert made.typical["tech_share"][most, 0] > made.typical["tech_share"][least, 0]
    assert made.planned["tech_share"][most, 0] >= made.planned["tech_share"][least, 0]


def test_what_a_scenario_leaves_out_stays_typical(population: Population) -> None:
    made = plan(SCENARIO, population)
    for name in ("data_rate", "path_share", "groups", "advising_minutes", "homework_minutes"):
        assert (made.planned[name] == made.typical[name]).all()


def test_a_big_bang_is_there_in_the_first_week(population: Population) -> None:
    made = plan(SCENARIO, population)
    assert (made.planned["tech_share"][:, 0] == made.planned["tech_share"][:, -1]).all()


def test_after_the_rollout_a_lever_has_exactly_the_value_of_its_practice(population: Population) -> None:
    # Far from typical, where typical + (full - typical) would miss full in the last bit.
    scenario = SCENARIO.with_changes(
        practices={"learning_paths": {"intensity": 0.7, "spread": 0.2, "path_share": 0.77}}
    )
    own = np.clip(0.7 + 0.2 * population.practice_taste[:, 1], 0.0, 1.0)
    assert plan(scenario, population).planned["path_share"][:, 40].tolist() == (own * 0.77).tolist()


def test_a_phased_rollout_ends_at_the_bits_of_a_big_bang(population: Population) -> None:
    at_once, slowly = plan(SCENARIO, population), plan(phased(36), population)
    assert slowly.planned.values[:, 35:].tobytes() == at_once.planned.values[:, 35:].tobytes()


def test_a_phased_rollout_starts_one_practice_after_the_other(population: Population) -> None:
    made = plan(phased(72), population)
    stages = 72 // 8
    technology = made.planned["tech_share"][:, 6 * stages - 1]
    assert (technology == made.typical["tech_share"][:, 0]).all()


def test_quality_changes_when_its_practice_starts_not_bit_by_bit(population: Population) -> None:
    made = plan(phased(72), population)
    assert set(made.planned["content_quality_math"].ravel()) == {0.6, 0.9}


def test_years_of_operation_count_for_a_phased_rollout() -> None:
    scenario = phased(36)
    table = scenario.population.model_copy(update={"years_in_operation_shares": (0.0, 1.0)})
    scenario = scenario.with_changes(population=table)
    made = plan(scenario, from_norms(population_spec(scenario), seed=1))
    assert (made.planned["tech_share"][:, 0] == made.planned["tech_share"][:, -1]).all()


def test_the_plan_lasts_the_years_that_are_asked_for(population: Population) -> None:
    assert plan(SCENARIO, population, years=3).planned.values.shape == (6, 108, len(LEVERS))


def test_the_class_size_program_sets_the_size_in_its_own_arm_only(population: Population) -> None:
    assert (plan(SCENARIO, population).class_size == 15.0).all()
    assert (plan(counterfactual(SCENARIO), population).class_size > 19.0).all()


@pytest.mark.parametrize(("initiation", "engaged"), [("engaged", True), ("imposed", False)])
def test_a_scenario_can_say_who_began_it(population: Population, initiation: str, engaged: bool) -> None:
    scenario = SCENARIO.with_changes(support={"initiation": initiation})
    assert (plan(scenario, population).engaged == engaged).all()


def test_intensities_stay_between_zero_and_one_whatever_the_taste(population: Population) -> None:
    scenario = SCENARIO.with_changes(practices={"technology": {"intensity": 0.9, "spread": 1.0}})
    column = plan(scenario, population).planned.values[:, :, LEVER_INDEX["intensity_technology"]]
    assert column.min() >= 0.0
    assert column.max() <= 1.0


def test_planning_forty_schools_for_two_years_takes_milliseconds() -> None:
    scenario = load("nglc_2015")
    small = scenario.population.model_copy(update={"students_per_school": 5})
    population = from_norms(population_spec(scenario.with_changes(population=small)), seed=0)
    plan(scenario, population)
    times = []
    for _ in range(5):
        start = time.process_time()
        plan(scenario, population)
        times.append(time.process_time() - start)
    assert min(times) < 0.02  # about 0.002 s on an idle machine


@pytest.mark.parametrize("name", ["nglc_2015"])
def test_nglc_schools_differ_from_typical_ones_only_where_rand_saw_it(name: str) -> None:
    scenario = load(name)
    typical = counterfactual(scenario)
    same = ("learner_profiles", "learning_paths", "advising", "belonging")
    assert all(scenario.practices[practice] == typical.practices[practice] for practice in same)


def test_nglc_is_as_large_as_published() -> None:
    table = load("nglc_2015").population
    assert (table.schools, table.charter_schools, table.schools * table.students_per_school) == (40, 31, 10600)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_make_a_population_spec(name: str) -> None:
    assert population_spec(load(name)).schools >= 1
