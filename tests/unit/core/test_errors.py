"""Errors tell everything at once, and arrive whole in another process."""

from __future__ import annotations

import pickle

import pytest

from plsim.core.errors import MOST_TOLD, InputError, PlsimError, ScenarioError, StudyError, printable, shown, together


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


def test_at_most_twenty_problems_are_told_and_the_rest_counted() -> None:
    many = together([ScenarioError(f"a.toml:{line}", "x", "unknown key") for line in range(1, 501)])
    lines = str(many).splitlines()
    assert (len(lines), lines[-1]) == (MOST_TOLD + 1, "... and 480 more.")
    assert len(many.problems) == 500


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\n", "\r", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028", "\udc80"]
)
def test_what_a_terminal_obeys_is_shown_and_not_obeyed(character: str) -> None:
    message = str(InputError(f"a{character}b.toml", f"key{character}", f"got '{character}'"))
    assert character not in message
    assert message.isprintable()
    assert character not in shown(f"x{character}")


@pytest.mark.parametrize("text", ["Grüße, ﺵﻯﺥ and 学校", "a\u00a0b", "क्\u200dष"])
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_what_is_given_is_repeated_in_few_characters() -> None:
    assert len(shown("x" * 10_000)) < 80
    assert len(shown({"a": ["y" * 500] * 500})) < 80
    assert shown(10**6000) == "'int'"
