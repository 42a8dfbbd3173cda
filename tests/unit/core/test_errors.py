"""Errors tell everything at once, and arrive whole in another process."""

from __future__ import annotations

import pickle

import pytest

from plsim.core.errors import InputError, PlsimError, ScenarioError, StudyError, together


@pytest.mark.parametrize("kind", [InputError, ScenarioError, StudyError])
def test_an_error_arrives_whole_in_another_process(kind: type[InputError]) -> None:
    error = kind("rural.toml:3", "seed", "got -1", allowed="0 or more", fix="Leave it out")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is kind
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_several_problems_are_one_error_with_a_line_each() -> None:
    first, second = ScenarioError("a.toml:1", "seed", "missing"), ScenarioError("a.toml:2", "years", "missing")
    assert together([first]) is first
    both = together([first, second])
    assert isinstance(both, ScenarioError)
    assert str(both).splitlines() == [str(first), str(second)]
    assert both.problems == (first, second)
    assert both.where == "a.toml:1"
    assert isinstance(pickle.loads(pickle.dumps(both)).problems[1], PlsimError)  # noqa: S301
