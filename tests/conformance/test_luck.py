"""Randomness by address: what two runs share, and who is touched by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from plsim.engine.arm import Arm, Engine
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.mesa.model import MesaEngine
from plsim.engine.pair import Pair, WorldRun, arms, pair, population_of, run_world
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical
from plsim.engine.setting import Setting
from plsim.engine.transient import solve, transient_scores
from plsim.engine.transient import test_errors as errors_of_tests
from plsim.engine.year import run_year
from plsim.engine.year_start import begin_year
from plsim.population.model import Population
from plsim.rules.week.student import ATTENTION_FIELDS, QUALITY_FIELDS, TARGET_FIELDS, TIME_FIELDS, Experience
from plsim.runs.held_channels import run_held
from plsim.scenario import Scenario

PER_SCHOOL = (
    "school_key", "school_id", "charter", "network", "level", "first_grade", "last_grade", "autonomy", "accountability",
    "vision", "trust", "library", "library_quality", "device_share", "flexible_space", "lunch_share", "school_z",
    "school_effect", "practice_taste", "years_in_operation", "engaged",
)  # fmt: skip
PER_STUDENT = (
    "student_key", "school", "grade", "achievement", "entry_z", "lunch_eligible", "english_learner",
    "special_education", "learning_rate", "attendance_rate", "self_regulation", "engagement_level", "home_access",
    "given_section",
)  # fmt: skip


def lived(both: Pair, found: Typical, engine: Engine) -> WorldRun:
    run = arms(both, CENTRAL, found)
    for _ in range(both.setting.years):
        run_year(run.counterfactual, engine)
        run_year(run.scenario, engine)
    return run


def without_students(people: Population, gone: np.ndarray) -> Population:
    return replace(people, **{name: getattr(people, name)[~gone] for name in PER_STUDENT})


def without_school(people: Population, school: int) -> Population:
    kept = np.arange(people.schools) != school
    fewer = without_students(people, people.school == school)
    place = np.cumsum(kept) - 1
    _, network = np.unique(people.network[kept], return_inverse=True)
    schools = {name: getattr(people, name)[kept] for name in PER_SCHOOL}
    return replace(
        fewer, **{**schools, "network": network.astype(np.int32)}, school=place[fewer.school].astype(np.int32)
    )


@pytest.fixture(scope="module")
def nglc(few: Callable[..., Scenario]) -> Scenario:
    return few("nglc_2015", "context.turnover=2.0", years=2)


@pytest.fixture(scope="module")
def both(nglc: Scenario, pair_of: Callable[..., Pair]) -> Pair:
    return pair_of(nglc)


@pytest.fixture(scope="module")
def full(both: Pair, found: Typical, engine: Engine) -> WorldRun:
    return lived(both, found, engine)


def test_every_array_of_a_population_is_of_students_or_of_schools(both: Pair) -> None:
    people = both.setting.population
    sized = {field.name for field in fields(people) if isinstance(getattr(people, field.name), np.ndarray)}
    assert sized == {*PER_STUDENT, *PER_SCHOOL}


def test_a_null_policy_has_an_effect_of_exactly_zero_for_every_student(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    scenario = few("typical_practice", years=3)
    run = lived(pair_of(scenario), found, engine)
    for with_it, without in zip(run.scenario.record, run.counterfactual.record, strict=True):
        np.testing.assert_array_equal(with_it.achievement, without.achievement)
        np.testing.assert_array_equal(with_it.engagement, without.engagement)
        np.testing.assert_array_equal(with_it.strain, without.strain)


def test_the_policy_does_something(full: WorldRun) -> None:
    for with_it, without in zip(full.scenario.record, full.counterfactual.record, strict=True):
        assert (with_it.achievement[-1] != without.achievement[-1]).mean() > 0.99


def test_a_school_more_changes_nobody_outside_its_network(
    nglc: Scenario, both: Pair, full: WorldRun, found: Typical, engine: Engine
) -> None:
    people = both.setting.population
    gone = 0
    assert (people.network == people.network[gone]).sum() > 1
    fewer = without_school(people, gone)
    run = lived(pair(nglc, fewer, seed=both.setting.seed, years=2), found, engine)
    outside = people.network[people.school] != people.network[gone]
    same = outside[people.school != gone]
    assert same.any()
    for arm, now in ((full.scenario, run.scenario), (full.counterfactual, run.counterfactual)):
        for before, after in zip(arm.record, now.record, strict=True):
            np.testing.assert_array_equal(after.achievement[:, same], before.achievement[:, outside])


def test_a_school_more_changes_its_network_only_through_what_they_share(
    few: Callable[..., Scenario], found: Typical, engine: Engine
) -> None:
    # Each school its own network: then nobody at all is touched.
    scenario = few("nglc_2015", "support.network_schools=0", years=2)
    people = population_of(scenario, None, 7)
    run = lived(pair(scenario, people, seed=7, years=2), found, engine)
    fewer = lived(pair(scenario, without_school(people, 2), seed=7, years=2), found, engine)
    stays = people.school != 2
    for before, after in zip(run.scenario.record, fewer.scenario.record, strict=True):
        np.testing.assert_array_equal(after.achievement, before.achievement[:, stays])


def test_a_student_more_changes_only_schoolmates(
    nglc: Scenario, both: Pair, full: WorldRun, found: Typical, engine: Engine
) -> None:
    people = both.setting.population
    gone = np.zeros(people.students, bool)
    gone[5] = True
    run = lived(pair(nglc, without_students(people, gone), seed=both.setting.seed, years=2), found, engine)
    elsewhere = people.network[people.school] != people.network[people.school[5]]
    for before, after in zip(full.scenario.record, run.scenario.record, strict=True):
        np.testing.assert_array_equal(after.achievement[:, elsewhere[~gone]], before.achievement[:, elsewhere])


def test_a_student_more_leaves_the_luck_of_schoolmates_alone(nglc: Scenario, both: Pair, found: Typical) -> None:
    people = both.setting.population
    gone = np.zeros(people.students, bool)
    gone[5] = True
    fewer = pair(nglc, without_students(people, gone), seed=both.setting.seed, years=2).setting
    numbers = solve(found.structure)
    hidden, hidden_now = transient_scores(both.setting, numbers), transient_scores(fewer, numbers)
    np.testing.assert_array_equal(hidden_now, hidden[:, :, ~gone])
    for week in (4, 20, 32):
        np.testing.assert_array_equal(errors_of_tests(fewer, 1, week), errors_of_tests(both.setting, 1, week)[~gone])


def test_what_is_transient_is_the_same_in_all_arms_whatever_the_policy_does_to_sections(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical
) -> None:
    both = pair_of(few("typical_practice", "programs.class_size.students=12", years=3))
    assert both.setting is not both.base_setting
    numbers = solve(found.structure)
    np.testing.assert_array_equal(transient_scores(both.setting, numbers), transient_scores(both.base_setting, numbers))
    for year in range(3):
        np.testing.assert_array_equal(
            errors_of_tests(both.setting, year, 32), errors_of_tests(both.base_setting, year, 32)
        )


def test_tests_of_different_weeks_and_years_have_errors_of_their_own(both: Pair) -> None:
    errors = [errors_of_tests(both.setting, year, week)[:, 0] for year in (0, 1) for week in (4, 20, 32)]
    correlations = np.corrcoef(errors)[np.triu_indices(len(errors), 1)]
    # Those of 504 students; four standard errors.
    assert np.abs(correlations).max() < 4.0 / np.sqrt(errors[0].size)


def test_the_same_seed_gives_the_same_leavers_whatever_the_policy(both: Pair, few: Callable[..., Scenario]) -> None:
    other = pair(few("flexible_grouping", years=2), both.setting.population, seed=both.setting.seed, years=2)
    for here, there in zip(both.setting.timeline.years, other.setting.timeline.years, strict=True):
        np.testing.assert_array_equal(here.student_key, there.student_key)
        np.testing.assert_array_equal(here.section, there.section)


@pytest.mark.parametrize("threads", [2, 3])
def test_results_do_not_depend_on_threads(threads: int, both: Pair, full: WorldRun, found: Typical) -> None:
    run = lived(both, found, BatchEngine(threads))
    for before, after in zip(full.scenario.record, run.scenario.record, strict=True):
        np.testing.assert_array_equal(after.achievement, before.achievement)
        np.testing.assert_array_equal(after.proficiency, before.proficiency)


def test_results_do_not_depend_on_which_networks_run_together(
    nglc: Scenario, both: Pair, full: WorldRun, found: Typical, engine: Engine
) -> None:
    people = both.setting.population
    for network in np.unique(people.network):
        alone = people
        for school in np.flatnonzero(people.network != network)[::-1]:
            alone = without_school(alone, int(school))
        run = lived(pair(nglc, alone, seed=both.setting.seed, years=2), found, engine)
        inside = people.network[people.school] == network
        for before, after in zip(full.scenario.record, run.scenario.record, strict=True):
            np.testing.assert_array_equal(after.achievement, before.achievement[:, inside])


def test_stopping_every_week_changes_nothing(both: Pair, full: WorldRun, found: Typical, engine: Engine) -> None:
    run = run_held(both, CENTRAL, engine, (), found=found)
    for before, after in zip(full.scenario.record, run.scenario.record, strict=True):
        np.testing.assert_array_equal(after.achievement, before.achievement)
        np.testing.assert_array_equal(after.strain, before.strain)


# What holding part of what is lived through leaves


POLICIES = {
    "nglc_2015": ("nglc_2015", ()),
    "class size": ("typical_practice", ("programs.class_size.students=12",)),
    "tutoring": ("typical_practice", ("programs.tutoring.minutes=90.0", "programs.tutoring.displaced=1.0")),
    "self_paced": ("self_paced_without_support", ()),
    "leavers": ("flexible_grouping", ("context.turnover=5.0", "support.initiation='imposed'")),
}


@pytest.mark.parametrize("policy", POLICIES)
def test_with_everything_lived_through_held_no_policy_has_an_effect(
    policy: str, few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    name, overrides = POLICIES[policy]
    run = run_held(pair_of(few(name, *overrides, years=2)), CENTRAL, engine, Experience._fields, found=found)
    for with_it, without in zip(run.scenario.record, run.counterfactual.record, strict=True):
        np.testing.assert_array_equal(with_it.achievement, without.achievement)


def test_whatever_is_not_held_still_has_an_effect(both: Pair, found: Typical, engine: Engine) -> None:
    for kind in (TIME_FIELDS, TARGET_FIELDS, ATTENTION_FIELDS, QUALITY_FIELDS):
        others = tuple(name for name in Experience._fields if name not in kind)
        run = run_held(both, CENTRAL, engine, others, found=found)
        assert (run.scenario.record[0].achievement[-1] != run.counterfactual.record[0].achievement[-1]).any(), kind


def test_holding_works_in_both_engines(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    both = pair_of(few("nglc_2015", "population.schools=1", "population.charter_schools=0"))
    runs = [run_held(both, CENTRAL, each, TIME_FIELDS, found=found) for each in (engine, MesaEngine())]
    np.testing.assert_array_equal(*(run.scenario.record[0].achievement for run in runs))


# Freezing


def started(both: Pair, found: Typical) -> Arm:
    return arms(both, CENTRAL, found).scenario


@pytest.mark.parametrize(
    ("switch", "still", "moving"),
    [
        (
            "students",
            ("students.self_regulation", "students.engagement", "students.collaboration"),
            "seats.proficiency",
        ),
        ("teachers", ("seats.proficiency", "seats.strain", "seats.buy_in"), "schools.library"),
        ("schools", ("schools.library", "schools.vision", "schools.trust", "schools.adoption"), "seats.proficiency"),
    ],
)
def test_a_freeze_holds_what_it_says_and_nothing_else(
    switch: str,
    still: tuple[str, ...],
    moving: str,
    few: Callable[..., Scenario],
    pair_of: Callable[..., Pair],
    found: Typical,
    engine: Engine,
) -> None:
    arm = started(pair_of(few("nglc_2015", f"freeze.{switch}=true")), found)
    begin_year(arm, engine)

    def state(name: str) -> np.ndarray:
        part, _, field = name.partition(".")
        values: np.ndarray = getattr(getattr(arm, part), field)
        return values.copy()

    before = {name: state(name) for name in (*still, moving)}
    engine.run(arm, 0, 36)
    for name in still:
        np.testing.assert_array_equal(state(name), before[name], err_msg=name)
    assert (state(moving) != before[moving]).any()


def test_freezing_schools_stops_reversion(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    likely = World("all go back", {"school.revert_rate": 0.9})
    ends = {}
    for frozen in ("true", "false"):
        both = pair_of(few("nglc_2015", f"freeze.schools={frozen}"))
        arm = Arm(both.setting, both.plan, likely, found.reference)
        run_year(arm, engine)
        ends[frozen] = arm.schools.reverted.sum()
    assert ends["true"] == 0.0
    assert ends["false"] > 0.0


def test_freezing_novelty_means_that_nothing_is_new(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    arm = started(pair_of(few("nglc_2015", "freeze.novelty=true")), found)
    run_year(arm, engine)
    assert (arm.schools.novelty == 0.0).all()
    free = started(pair_of(few("nglc_2015")), found)
    run_year(free, engine)
    assert ((free.schools.novelty > 0.0) & (free.schools.novelty < 1.0)).all()


def test_freezing_staff_makes_the_same_teachers_leave_in_both_arms(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair], found: Typical, engine: Engine
) -> None:
    strained = ("context.turnover=3.0", "practices.advising.minutes=120.0", "practices.advising.intensity=1.0")
    same = lived(pair_of(few("nglc_2015", "freeze.staff=true", *strained, years=3)), found, engine)
    np.testing.assert_array_equal(same.scenario.holder, same.counterfactual.holder)
    free = lived(pair_of(few("nglc_2015", *strained, years=3)), found, engine)
    assert (free.scenario.holder != free.counterfactual.holder).any()


def test_freezing_sections_keeps_students_where_they_sit(
    few: Callable[..., Scenario], pair_of: Callable[..., Pair]
) -> None:
    small = "programs.class_size.students=12"
    free, frozen = (pair_of(few("typical_practice", small, *more)) for more in ((), ("freeze.sections=true",)))
    assert sections(free.setting) != sections(free.base_setting)
    assert sections(frozen.setting) == sections(frozen.base_setting)


def sections(setting: Setting) -> list[list[int]]:
    return [roster.section.ravel().tolist() for roster in setting.timeline.years]


def test_a_world_run_is_what_its_steps_are(both: Pair, full: WorldRun, engine: Engine) -> None:
    run = run_world(both, CENTRAL, engine)
    np.testing.assert_array_equal(run.scenario.record[-1].achievement, full.scenario.record[-1].achievement)
