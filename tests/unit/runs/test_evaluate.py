"""The evaluator of variations gives what a run gives."""

from __future__ import annotations

import pytest

import plsim
from plsim.core.errors import InputError, ScenarioError
from plsim.engine.parameters import CENTRAL, World, prior_worlds
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.runs.paired import KEPT, Few
from plsim.scenario.loading import load
from plsim.scenario.schema import Support, typical_again, typical_practices

SMALL = ("population.schools=4", "population.students_per_school=60", "population.charter_schools=2")
OUTCOMES = (
    Outcome(subject="math"),
    Outcome(subject="reading", year=2, group="quintile:1"),
    Outcome("teacher_hours", unit="hours/week"),
    Outcome("cost_per_student", arm="scenario", unit="USD"),
)


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator(load("nglc_2015", overrides=SMALL), outcomes=OUTCOMES)


def of_run(overrides: tuple[str, ...]) -> list[float]:
    rows = plsim.run(load("nglc_2015", overrides=[*SMALL, *overrides]), worlds=0, other_designs=False).effects
    found = []
    for at in OUTCOMES:
        chosen = rows[
            (rows.outcome == at.outcome)
            & (rows.subject == at.subject)
            & (rows.year == at.year)
            & (rows.group == at.group)
            & (rows.arm == at.arm)
            & (rows.unit == at.unit)
            & (rows.estimator == "paired")
        ]
        found.append(chosen.value.item())
    return found


def test_an_evaluation_has_the_bits_of_a_run(evaluator: Evaluator) -> None:
    assert evaluator().tolist() == of_run(())


def test_a_variation_has_the_bits_of_a_run_with_the_same_changes(evaluator: Evaluator) -> None:
    changes = {"practices.technology.intensity": 0.9, "programs.class_size": {"students": 14}}
    overrides = ("practices.technology.intensity=0.9", "programs.class_size.students=14")
    assert evaluator(changes).tolist() == of_run(overrides)


def test_what_was_evaluated_before_changes_nothing(evaluator: Evaluator) -> None:
    world = prior_worlds(1, 5)[0]
    first = evaluator({}, world).tolist()
    evaluator({"context.class_size": 18.0, "freeze.teachers": True})
    assert evaluator({}, world).tolist() == first


def test_staff_held_over_three_years_is_that_of_a_run() -> None:
    overrides = (*SMALL, "years=3", "freeze.staff=true")
    scenario = load("nglc_2015", overrides=overrides)
    asked = Outcome(subject="math", year=3)
    rows = plsim.run(scenario, worlds=0, other_designs=False).effects
    rows = rows[(rows.outcome == "achievement") & (rows.subject == "math") & (rows.year == 3) & (rows.group == "all")]
    rows = rows[(rows.arm == "difference") & (rows.unit == "SD") & (rows.estimator == "paired")]
    assert Evaluator(scenario, outcomes=[asked])()[0] == rows.value.item()


def test_few_populations_and_plans_are_kept() -> None:
    evaluator = Evaluator(load("nglc_2015", overrides=SMALL), years=1)
    first = evaluator({"population.students_per_school": 20}).tolist()
    for students in range(21, 21 + KEPT):
        evaluator({"population.students_per_school": students})
    assert all(len(each._values) <= KEPT for each in vars(evaluator._runs).values() if isinstance(each, Few))
    assert evaluator({"population.students_per_school": 20}).tolist() == first


def test_a_practice_that_is_off_is_what_typical_schools_do() -> None:
    scenario = load("redesigned_school", overrides=SMALL)
    typical = Evaluator(scenario, years=1)
    assert typical(typical_again("technology")).tolist() != typical().tolist()
    everything = {key: value for name in plsim_practices() for key, value in typical_again(name).items()}
    same = typical.vary(everything)
    assert same.practices == typical_practices()
    assert same.support != Support()


def plsim_practices() -> tuple[str, ...]:
    from plsim.practices.levers import PRACTICES

    return PRACTICES


def test_an_unpublished_dose_differs_between_worlds() -> None:
    evaluator = Evaluator(load("nglc_2015", overrides=SMALL), years=1)
    assert evaluator({}, World("half", {"nuisance.dose": 0.5})).tolist() != evaluator({}, CENTRAL).tolist()
    published = {"dose_unpublished": False}
    half = evaluator(published, World("half", {"nuisance.dose": 0.5})).tolist()
    assert half == evaluator(published, CENTRAL).tolist()


def test_an_outcome_that_no_run_has_is_refused(evaluator: Evaluator) -> None:
    with pytest.raises(InputError, match="quintile:5"):
        Evaluator(evaluator.scenario, outcomes=[Outcome(group="quintile:55")])()


def test_a_year_beyond_the_run_is_refused(evaluator: Evaluator) -> None:
    with pytest.raises(InputError, match="1 to 2"):
        Evaluator(evaluator.scenario, outcomes=[Outcome(year=3)])


def test_a_change_with_an_unknown_key_names_it(evaluator: Evaluator) -> None:
    with pytest.raises(ScenarioError, match="technology"):
        evaluator({"practices.tecnology.intensity": 0.2})


def test_percentile_points_may_be_asked_for_beside_hours() -> None:
    asked = (Outcome("percentile_points", unit="points"), Outcome("teacher_hours", unit="hours/week"))
    scenario = load("nglc_2015", overrides=SMALL)
    alone = Evaluator(scenario, years=1, outcomes=asked[:1])
    assert Evaluator(scenario, years=1, outcomes=asked)()[0] == alone()[0]
