"""What schools use, in a real pair of arms: more of something costs more, and the same costs the same."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from plsim.engine.engines import engine_named
from plsim.engine.pair import WorldRun, arms, pair
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import Typical, typical
from plsim.engine.year import run_year
from plsim.evidence import registry
from plsim.measures.costs import Costs, costs
from plsim.population.norm_population import from_norms
from plsim.runs.spending import use
from plsim.scenario import load, population_spec


@cache
def found() -> Typical:
    return typical(CENTRAL, engine_named("batch"))


def pair_of(*overrides: str, years: int = 1) -> WorldRun:
    """Two little elementary schools in the central world."""
    scenario = load(
        "typical_practice",
        overrides=[
            "population.schools=2",
            "population.students_per_school=90",
            "population.level_shares=[1,0,0]",
            *overrides,
        ],
    )
    both = pair(scenario, from_norms(population_spec(scenario), seed=0), seed=0, years=years)
    engine = engine_named("batch")
    run = arms(both, CENTRAL, found())
    for _ in range(years):
        run_year(run.counterfactual, engine)
        run_year(run.scenario, engine)
    return run


def difference(run: WorldRun, year: int = 0) -> Costs:
    """Dollars per student, scenario minus counterfactual."""
    spent = [costs(use(arm, year), registry().value) for arm in (run.scenario, run.counterfactual)]
    return Costs(*((a - b).sum() / 180.0 for a, b in zip(*spent, strict=True)))


def test_the_same_costs_exactly_the_same() -> None:
    assert all(each == 0.0 for each in difference(pair_of()))


@pytest.mark.parametrize(
    ("kind", "override"),
    [
        ("planning", "support.planning_hours=2.0"),
        ("teachers", "programs.class_size.students=12.0"),
        ("adults", "practices.flexible_environment.adult_hours=5.0"),
        ("coaching", "programs.coaching.hours=1.0"),
        ("licences", "practices.technology.tools=20.0"),
        ("devices", "practices.technology.tech_share=0.4"),
        ("library", "programs.lesson_library.coverage=0.5"),
        ("startup", "support.structure='redesign'"),
    ],
)
def test_more_of_it_costs_more(kind: str, override: str) -> None:
    assert getattr(difference(pair_of(override)), kind) > 0.0


def test_tutoring_costs_hours_of_tutors_over_students_per_tutor() -> None:
    run = pair_of("programs.tutoring={minutes=90.0, ratio=2.0, share=0.2, first_week=4, last_week=31}")
    # 28 weeks of 1.5 hours in two subjects for a fifth of the students, two at a time, at 30 dollars.
    assert difference(run).tutoring == pytest.approx(28 * 1.5 * 2 * 0.2 / 2 * 30)


def test_a_school_with_classes_half_as_large_pays_twice_the_teachers() -> None:
    run = pair_of("context.class_size=15.0", "programs.class_size.students=7.5")
    teachers = [use(arm, 0).teachers.sum() for arm in (run.scenario, run.counterfactual)]
    classes = [arm.setting.timeline.years[0].section_school.shape[0] / 2 for arm in (run.scenario, run.counterfactual)]
    assert classes[0] == 2 * classes[1]
    assert teachers == pytest.approx(classes)


def test_practices_ask_for_unpaid_hours_and_leave_teachers_pay_alone() -> None:
    run = pair_of("practices.learning_paths.intensity=0.9")
    here, typical = (use(arm, 0) for arm in (run.scenario, run.counterfactual))
    more = 36 * sum(
        sign * (arm.record[0].demand * arm.record[0].taught).sum()
        for sign, arm in ((1, run.scenario), (-1, run.counterfactual))
    )
    assert more > 0.0
    assert (here.unpaid_hours - typical.unpaid_hours).sum() == pytest.approx(more)
    assert difference(run).teachers == difference(run).planning == 0.0


def test_an_hour_of_paid_planning_takes_the_place_of_an_unpaid_one_until_none_is_left() -> None:
    some, all_ = pair_of("support.planning_hours=2.0"), pair_of("support.planning_hours=20.0")
    unpaid = {
        name: use(arm, 0).unpaid_hours.sum()
        for name, arm in (("none", some.counterfactual), ("some", some.scenario), ("all", all_.scenario))
    }
    paid = use(some.scenario, 0).planning_hours.sum()
    assert unpaid["none"] - unpaid["some"] == pytest.approx(paid)
    assert unpaid["all"] == 0.0


def test_a_start_is_paid_once() -> None:
    run = pair_of("support.structure='redesign'", "practices.technology.intensity=0.8", years=2)
    assert difference(run, 0).startup > 500.0
    assert difference(run, 1).startup == 0.0


def test_who_started_before_year_one_has_paid_for_it() -> None:
    run = pair_of("support.structure='redesign'", "population.years_in_operation_shares=[0.0, 1.0]")
    assert difference(run).startup == 0.0


def test_a_school_that_went_back_no_longer_pays_for_practices() -> None:
    run = pair_of("practices.flexible_environment.adult_hours=5.0")
    run.scenario.record[0].adoption[:] = 0.0
    assert np.all(use(run.scenario, 0).adult_hours == use(run.counterfactual, 0).adult_hours)
