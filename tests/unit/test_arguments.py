"""Every argument of every public callable refuses what it cannot use in one message, whatever that is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import plsim
from plsim.core.errors import InputError, PlsimError

SCHOOL = "one_school_demo"
TEXT = """
schema_version = 1
name = "coaching"
question = "How much does coaching help?"
scenario = "one_school_demo"
years = 1
[levers]
support.coaching_hours = [0.0, 2.0]
[method]
kind = "grid"
"""
WRONG = (
    "nonsense", "", b"bytes", 1.5, -1, 10**400, None, float("nan"), float("inf"), True, [], [1], [None], ["a"], (1, 2),
    {}, {1: 2}, object(), int, np.zeros(2),
)  # fmt: skip

CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "load": (plsim.load, {"source": SCHOOL, "overrides": (), "years": None, "seed": None}),
    "change": (plsim.change, {"scenario": SCHOOL, "changes": {}}),
    "run": (
        plsim.run,
        {
            "scenario": SCHOOL, "seed": 1, "worlds": 0, "years": 1, "population": None, "engine": "batch", "workers": 1,
            "progress": None, "other_designs": False,
        },
    ),
    "compare": (
        plsim.compare,
        {
            "scenarios": [SCHOOL, "nglc_2015"], "seed": 1, "years": 1, "worlds": 0, "population": None,
            "own_populations": False, "why": False, "engine": "batch", "workers": 1, "progress": None,
        },
    ),
    "evaluate": (
        plsim.evaluate,
        {"scenario": SCHOOL, "seed": 1, "years": 1, "population": None, "outcomes": None, "engine": "batch"},
    ),
    "study": (
        plsim.study,
        {
            "source": TEXT, "folder": "somewhere", "seed": 1, "worlds": 1, "population": None, "engine": None,
            "workers": 1, "progress": None,
        },
    ),
    "districts": (
        lambda **arguments: list(plsim.districts(**arguments)),
        {"scenario": SCHOOL, "of": 1, "seed": 1, "years": 1, "worlds": 0, "workers": 1},
    ),
    "rule": (plsim.rule, {"topic": "match"}),
    "worlds": (plsim.worlds, {"worlds": 1, "seed": 0}),
    "World": (plsim.World, {"name": "central", "values": {}}),
    "SchoolModel": (
        plsim.SchoolModel,
        {
            "scenario": SCHOOL, "seed": None, "rng": None, "student_class": plsim.Student,
            "teacher_class": plsim.Teacher, "school_class": plsim.School, "population": None, "years": 1,
            "counterfactual": False, "world": plsim.World(), "shuffle": False,
        },
    ),
}  # fmt: skip
CASES = [(name, argument) for name, (_, arguments) in CALLS.items() for argument in arguments]


class Accepted(Exception):  # noqa: N818 - nothing is wrong
    """The arguments were taken, and the work would begin."""


@pytest.fixture(autouse=True)
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs: this is about what comes before."""

    def begin(*_: Any, **__: Any) -> None:
        raise Accepted

    for place in (
        "plsim.runs.run.run",
        "plsim.runs.compare.compare",
        "plsim.studies.run.run_study",
        "plsim.runs.districts.stream",
        "plsim.engine.mesa.model.pair",
    ):
        monkeypatch.setattr(place, begin)


@pytest.mark.parametrize("name", CALLS)
def test_every_argument_is_tried(name: str) -> None:
    call, arguments = CALLS[name]
    real = plsim.districts if name == "districts" else call
    named = {
        each.name
        for each in inspect.signature(real).parameters.values()
        if each.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert named == set(arguments)


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_wrong_argument_is_refused_in_one_message(name: str, argument: str) -> None:
    call, arguments = CALLS[name]
    messages = []
    for wrong in WRONG:
        try:
            call(**{**arguments, argument: wrong})
        except Accepted:
            continue
        except PlsimError as error:
            messages.append(str(error))
    assert len(messages) >= 5, "hardly anything is refused"
    assert all(message.strip() and len(message) < 3000 for message in messages)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plsim.load(SCHOOL, overrides=3), "overrides: got 3"),
        (lambda: plsim.load(SCHOOL, overrides=[3]), r"overrides: holds 3 \(int\)"),
        (lambda: plsim.compare(5), "scenarios: got 5"),
        (lambda: plsim.run(SCHOOL, progress="yes"), "progress: got 'yes'"),
        (lambda: plsim.run(SCHOOL, other_designs="no"), "other_designs: got 'no'.*True or False"),
        (lambda: plsim.evaluate(SCHOOL, outcomes=["achievement"]), "outcomes: holds 'achievement'"),
        (lambda: plsim.evaluate(SCHOOL, outcomes=[plsim.Outcome(year=1.5)]), "year: got 1.5"),
        (lambda: plsim.evaluate(SCHOOL, outcomes=[plsim.Outcome(subject=3)]), "outcome: subject: got 3"),
        (
            lambda: plsim.World("x", {"learning.durabilty": 0.5}),
            "Did you mean 'learning.durability'",
        ),
        (lambda: plsim.World("x", {"learning.durability": "much"}), "learning.durability: got 'much'"),
        (lambda: plsim.SchoolModel(3), "scenario: got 3"),
        (lambda: plsim.SchoolModel(SCHOOL, student_class=plsim.Teacher), "Student or a subclass"),
        (lambda: plsim.SchoolModel(SCHOOL, seed=1, rng=1), "not both"),
        (lambda: plsim.SchoolModel(SCHOOL, **{"practices.advisng.intensity": 1.0}), "Did you mean 'advising'"),
        (lambda: plsim.study(TEXT, 7), "folder: got 7"),
    ],
)
def test_the_message_says_what_was_given(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_a_path_may_be_any_path() -> None:
    with pytest.raises(InputError, match="neither a file nor"):
        plsim.load(Path("nowhere.toml"))
