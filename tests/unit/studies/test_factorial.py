"""All on/off combinations through the model: order of runs, what off means, identity."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

import plsim
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.engine.parameters import CENTRAL, World, prior_worlds
from plsim.runs.evaluate import Outcome
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario, typical_practices
from plsim.studies.factorial import FactorialTask, Switch, practice_switches, run_here


@cache
def base() -> Scenario:
    tiny = {"population.schools": 1, "population.students_per_school": 60, "years": 1}
    return changed(plsim.load("redesigned_school"), tiny)


def task(**keys: object) -> FactorialTask:
    fields = {"worlds": prior_worlds(2, 3), "switches": practice_switches(("learning_paths", "technology")), **keys}
    return FactorialTask(base(), **fields)  # type: ignore[arg-type]


def test_runs_have_worlds_outside_and_combinations_inside() -> None:
    each = task()
    assert (each.count, each.combinations) == (8, 4)
    assert each.inputs(5)["world"] == "prior-1"
    assert each.inputs(5)["on"] == ["learning_paths"]
    assert each.changes(3) == {}


def test_a_practice_that_is_off_is_at_its_typical_level() -> None:
    changes = task().changes(0b01)
    off = changed(base(), changes)
    assert off.practices["technology"] == typical_practices()["technology"]
    assert off.practices["learning_paths"] == base().practices["learning_paths"]


def test_results_are_those_of_plsim_run() -> None:
    each = task(outcomes=(Outcome(subject="math"),))
    found = run_here(each)
    off = changed(base(), each.changes(0b10))
    result = plsim.run(off, worlds=0, other_designs=False)
    rows = result.effects.query(
        "outcome == 'achievement' and subject == 'math' and group == 'all' and arm == 'difference' and unit == 'SD'"
        " and estimator == 'paired'"
    )
    central = run_here(task(worlds=(CENTRAL,), outcomes=(Outcome(subject="math"),)))
    assert central[0, 0b10, 0] == rows["value"].item()
    assert found.shape == (2, 4, 1)


def test_a_pickled_task_runs_the_same() -> None:
    each = task()
    again = pickle.loads(pickle.dumps(each))  # noqa: S301 - our own bytes
    assert again.digest() == each.digest()
    one, other = each.prepare(), again.prepare()
    # In another order, as another worker would have them.
    assert [other(run).tolist() for run in (7, 0)] == [one(run).tolist() for run in (7, 0)]


@pytest.mark.parametrize(
    "change",
    [
        lambda: task(seed=1),
        lambda: task(worlds=prior_worlds(2, 4)),
        lambda: task(outcomes=(Outcome(subject="math"),)),
        lambda: task(switches=practice_switches(("learning_paths", "advising"))),
        lambda: task(switches=(Switch("a", {"support.structure": "overlay"}), Switch("b", {}))),
    ],
)
def test_whatever_is_run_changes_the_digest(change: Callable[[], FactorialTask]) -> None:
    assert change().digest() != task().digest()


def test_a_switch_may_be_anything_in_the_scenario() -> None:
    each = task(
        worlds=(CENTRAL,),
        switches=(Switch("support", {"support.coaching_hours": 0.0}, {"support.coaching_hours": 3.0}),),
        outcomes=(Outcome("proficiency"),),
    )
    found: Floats = run_here(each)
    assert found[0, 1, 0] > found[0, 0, 0]
    assert np.isfinite(found).all()


def test_an_unknown_practice_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match="tutorng: unknown practice"):
        practice_switches(("tutorng",))


def test_more_switches_than_can_be_run_are_refused() -> None:
    many = tuple(Switch(f"s{index}", {}) for index in range(11))
    with pytest.raises(InputError, match="Allowed: 1 to 10"):
        task(switches=many)


def test_worlds_are_told_by_name_and_values() -> None:
    assert task(worlds=(World("a", {"match.width_below": 20.0}),)).inputs(0)["values"] == {"match.width_below": 20.0}
