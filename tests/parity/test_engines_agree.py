"""Mesa and batch are equal to the last bit, in every shipped scenario and every corner of a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plsim.engine.arm import Arm
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.mesa.model import MesaEngine
from plsim.engine.parameters import World, prior_worlds
from plsim.engine.year_start import begin_year
from plsim.evidence import registry
from plsim.scenario import load, shipped_scenarios

FORMS = tuple(form.key for form in registry().forms())
EVERY_DAY = (
    "one_school_demo", "nglc_2015", "personalized_school", "redesigned_school", "district_scale_up",
    "software_homework", "tutoring_program", "small_classes", "self_paced_without_support",
)  # fmt: skip
"""Shipped scenarios that differ most in what schools do; the others are in the slow suite."""
ONE_SCHOOL = ("population.schools=1", "population.charter_schools=0")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in EVERY_DAY else pytest.mark.slow) for name in shipped_scenarios()]
)
def test_engines_agree_in_every_shipped_scenario(name, scenario_of, assert_engines_agree):
    life = assert_engines_agree(scenario_of(name))
    assert (life.arm.setting.layouts[1].roster.entered == 1).any(), "nobody came in the second year"


@pytest.mark.parametrize("keys", [*((key,) for key in FORMS), FORMS], ids="+".join)
def test_engines_agree_in_every_form_of_a_rule(keys, scenario_of, assert_engines_agree):
    world = World("second", dict.fromkeys(keys, 1.0))
    life = assert_engines_agree(scenario_of("flexible_grouping"), world=world)
    assert life.arm.rows.fresh.any() == (world.number("learning.form") > 0.0)


def test_second_year_has_promotion_and_turnover(scenario_of, assert_engines_agree):
    life = assert_engines_agree(scenario_of("nglc_2015", "context.turnover=3.0"))
    first, second = (at.roster for at in life.arm.setting.layouts)
    assert (second.grade[second.entered == 0] == first.grade[second.entered == 0] + 1).all()
    assert life.arm.left[0].any()


@pytest.mark.parametrize("seed", [0, 1, 20170711, 2**63 - 1])
def test_engines_agree_for_every_seed(seed, scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("flexible_grouping", "years=1"), seed=seed)


def test_engines_agree_in_the_counterfactual(scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("nglc_2015"), counterfactual=True)


COMPETENCY = "practices.competency_progression"


@pytest.mark.parametrize(
    "overrides",
    [
        ONE_SCHOOL,
        (*ONE_SCHOOL, "population.students_per_school=1"),
        ("population.schools=40", "population.students_per_school=6", "population.charter_schools=20"),
        ("support.network_schools=2", "support.library_access=1.0", "support.library_support=0.5"),
        ("population.years_in_operation_shares=[0.2, 0.3, 0.5]", "years=1"),
        ("support.rollout='phased'", "support.rollout_weeks=60", "support.structure='redesign'"),
        ("support.initiation='imposed'", "support.vision=0.9", "support.coaching_hours=2.0", "context.turnover=4.0"),
        ("practices.flexible_environment.cross_grade=1.0", "practices.flexible_environment.regroup_interval_weeks=0.2"),
        ("practices.flexible_environment.groups=20.0", "practices.flexible_environment.flexible_space=1.0"),
        (f"{COMPETENCY}.intensity=0.9", f"{COMPETENCY}.deadline_weeks=4.0"),
        (f"{COMPETENCY}.intensity=0.9", f"{COMPETENCY}.assessment_wait_weeks=3.0"),
        ("practices.belonging.intensity=1.0", "practices.belonging.peer_work=0.5"),
    ],
    ids=lambda overrides: overrides[0] + ("" if len(overrides) == 1 else "..."),
)
def test_engines_agree_whatever_schools_plan(overrides, scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("flexible_grouping", *overrides))


@pytest.mark.parametrize(
    "program",
    [
        ("programs.tutoring.minutes=90.0", "programs.tutoring.share=0.4", "programs.tutoring.displaced=0.5"),
        ("programs.class_size.students=9.0",),
        ("programs.lesson_library.coverage=0.8", "programs.lesson_library.first_week=6"),
        ("programs.coaching.hours=1.5", "programs.coaching.last_week=20"),
        ("programs.software.minutes=80.0", "programs.software.in_class=true"),
        ("programs.software.minutes=80.0", "programs.software.in_class=false"),
        (
            "programs.software.extra_minutes=90.0",
            "programs.software.extra_share=0.5",
            "programs.software.subjects='math'",
        ),
        ("programs.tutoring.aim='standing'", "programs.tutoring.first_grade=2", "programs.tutoring.last_grade=7"),
        ("programs.hours.math=2.5", "programs.hours.last_week=20"),
        ("programs.sections.by_level=0.8",),
        (
            "practices.flexible_environment={intensity=0.9, subjects='reading'}",
            "practices.learner_profiles={intensity=0.9, subjects='math'}",
            "practices.competency_progression={intensity=0.5, subjects='reading'}",
        ),
    ],
    ids=lambda program: program[0],
)
def test_engines_agree_with_every_program(program, scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("typical_practice", *program, "years=1"))


@pytest.mark.parametrize("frozen", ["students", "teachers", "schools", "novelty"])
def test_engines_agree_with_frozen_dynamics(frozen, scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("nglc_2015", f"freeze.{frozen}=true"))


def test_engines_agree_when_a_support_pool_runs_short(scenario_of, assert_engines_agree):
    pool = ("support.network_schools=2", "support.coaching_hours=2.0", "support.pool_coaching_hours=0.5")
    assert_engines_agree(scenario_of("flexible_grouping", *pool, "years=1"))


def test_engines_agree_on_traced_and_held_experience(scenario_of, assert_engines_agree):
    def traced(arm: Arm) -> None:
        rows = 2 * arm.setting.students
        arm.flags = arm.flags._replace(trace=True)
        lived, held, base = arm.trace
        held[[0, 11, 14, 20]] = 1.0
        arm.trace = arm.trace._replace(
            experience=np.zeros((lived.shape[0], rows)), held=held, base=np.full((base.shape[0], rows), 0.625)
        )

    life = assert_engines_agree(scenario_of("flexible_grouping", "years=1"), prepare=traced)
    assert (life.states[0]["trace"].experience[0] == 0.625).all()


@pytest.mark.parametrize("world", prior_worlds(3, 5), ids=lambda world: world.name)
def test_engines_agree_in_every_world(world, scenario_of, assert_engines_agree):
    assert_engines_agree(scenario_of("self_paced_without_support", "years=1"), world=world)


def test_engines_agree_on_a_population_from_a_file(scenario_of, assert_engines_agree):
    roster = Path(__file__).parents[1] / "data" / "roster.csv"
    assert_engines_agree(scenario_of("flexible_grouping"), population=roster)


def test_order_of_agents_inside_a_phase_changes_no_bit(scenario_of, assert_engines_agree):
    scenario = scenario_of("flexible_grouping", "support.network_schools=3", "support.library_access=1.0")
    assert_engines_agree(scenario, others=[MesaEngine(shuffle=True), MesaEngine()])


def test_number_of_threads_changes_no_bit(scenario_of, assert_engines_agree):
    scenario = scenario_of("nglc_2015", "population.schools=5")
    assert_engines_agree(scenario, others=[BatchEngine(2), BatchEngine(9)])


def test_one_engine_can_take_over_from_the_other_in_mid_year(scenario_of, arm_of):
    scenario = scenario_of("flexible_grouping", "years=1")
    ends = []
    for first, then in ((BatchEngine(), BatchEngine()), (BatchEngine(), MesaEngine()), (MesaEngine(), BatchEngine())):
        arm = arm_of(scenario)
        begin_year(arm, first)
        first.run(arm, 0, 13)
        then.run(arm, 13, 36)
        ends.append(arm.rows.achievement)
    np.testing.assert_array_equal(ends[0], ends[1])
    np.testing.assert_array_equal(ends[0], ends[2])


def test_two_arms_may_take_turns_in_one_engine(scenario_of, arm_of):
    scenario = scenario_of("flexible_grouping", "years=1")
    ends = []
    for engine, weeks in ((BatchEngine(), 36), (MesaEngine(), 1)):
        arms = [arm_of(scenario), arm_of(scenario, counterfactual=True)]
        for arm in arms:
            begin_year(arm, engine)
        for first in range(0, 36, weeks):
            for arm in arms:
                engine.run(arm, first, first + weeks)
        ends.append([arm.rows.achievement for arm in arms])
    np.testing.assert_array_equal(ends[0], ends[1])
    assert (ends[0][0] != ends[0][1]).any()


SHARE = st.floats(0.0, 1.0)
PLAN = {
    "practices.learner_profiles.intensity": SHARE,
    "practices.learner_profiles.assessment_reliability": SHARE,
    "practices.learning_paths.intensity": SHARE,
    "practices.learning_paths.options": st.floats(1.0, 10.0),
    "practices.competency_progression.intensity": SHARE,
    "practices.competency_progression.mastery_threshold": st.floats(0.3, 0.99),
    "practices.flexible_environment.intensity": SHARE,
    "practices.flexible_environment.one_on_one_share": SHARE,
    "practices.flexible_environment.cross_grade": SHARE,
    "practices.data_driven_grouping.intensity": SHARE,
    "practices.advising.intensity": SHARE,
    "practices.technology.intensity": SHARE,
    "practices.belonging.intensity": SHARE,
    "context.curriculum_fragmentation": SHARE,
    "support.library_access": SHARE,
    "support.community_engagement": SHARE,
    "support.network_schools": st.integers(0, 3),
}

PLANS = st.fixed_dictionaries({key: st.none() | value for key, value in PLAN.items()})


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS, seed=st.integers(0, 2**63 - 1))
def test_engines_agree_on_any_plan(
    plan: dict[str, float | None], seed: int, scenario_of: Callable[..., Any], assert_engines_agree: Callable[..., Any]
):
    overrides = [f"{key}={value!r}" for key, value in plan.items() if value is not None]
    scenario = scenario_of("typical_practice", *overrides, "years=1", "population.students_per_school=25")
    assert_engines_agree(scenario, seed=seed)


@pytest.mark.slow
def test_engines_agree_at_full_size(assert_engines_agree):
    assert_engines_agree(load("nglc_2015", years=3), others=[MesaEngine(shuffle=True)])
