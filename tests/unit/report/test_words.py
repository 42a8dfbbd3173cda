from __future__ import annotations

import math

import pytest

from plsim.measures import vocabulary
from plsim.measures.vocabulary import OUTCOMES, joined, outcome_label
from plsim.report.tables import ReportedEstimate
from plsim.report.words import (
    certainty,
    compared,
    gains,
    group_name,
    in_worlds,
    interval,
    leaning,
    level,
    number,
    signed,
    with_interval,
)


def estimate(
    value: float, low: float = math.nan, high: float = math.nan, positive: float = math.nan
) -> ReportedEstimate:
    return ReportedEstimate(value, low, high, positive, "points")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.56, 0, "1,235"), (-0.04, 1, "0.0"), (-0.06, 1, "−0.1"), (0.0, 2, "0.00"), (math.nan, 1, "–")],
)
def test_a_number_has_a_proper_minus_and_no_minus_before_zero(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(("value", "text"), [(0.26, "+0.3"), (0.04, "0.0"), (-0.26, "−0.3")])
def test_a_difference_has_a_sign_unless_it_rounds_to_zero(value: float, text: str) -> None:
    assert signed(value, 1) == text


def test_an_interval_is_only_shown_when_there_is_one() -> None:
    assert with_interval(estimate(0.5, -0.5, 1.5)) == "+0.5 (−0.5 to +1.5)"
    assert with_interval(estimate(0.5)) == "+0.5"
    assert interval(estimate(0.5)) == ""


def test_whole_things_are_counted_in_whole_numbers() -> None:
    counts = [ReportedEstimate(value, math.nan, math.nan, math.nan, "count") for value in (56.0, 0.45)]
    assert [level(count) for count in counts] == ["56", "0.45"]


def test_shares_are_shown_in_percent() -> None:
    assert with_interval(ReportedEstimate(0.038, 0.028, 0.045, 1.0, "share")) == "+3.8 (+2.8 to +4.5)"


@pytest.mark.parametrize(
    ("positive", "worlds", "said"),
    [
        (0.7, 40, "It is a gain in 28 of 40 worlds (70%)."),
        (0.925, 40, "It is a gain in 37 of 40 worlds (93%)."),
        (0.0, 40, "It is a gain in 0 of 40 worlds (0%)."),
        (1.0, 10, "too few worlds to say more"),
        (math.nan, 0, "nothing can be said"),
    ],
)
def test_certainty_says_in_how_many_worlds_and_no_more(positive: float, worlds: int, said: str) -> None:
    text = certainty(estimate(0.5, positive=positive), worlds)
    assert said in text
    assert "settled" not in text


def test_what_changes_nothing_is_neither_gain_nor_loss() -> None:
    assert "no difference in any of the 40 worlds" in certainty(estimate(0.0, 0.0, 0.0, positive=0.0), 40)


def test_a_share_of_worlds_is_written_in_one_way() -> None:
    assert in_worlds(estimate(0.5, positive=0.925), 40) == vocabulary.in_worlds(0.925, 40) == "37 of 40 worlds (93%)"


MOVED = "other students and teachers would move it by up to ±1.1."


@pytest.mark.parametrize(
    ("value", "positive", "seeds", "verdict", "behind"),
    [
        (2.0, 1.0, 10, "Ahead", f"A gain in 40 of 40 worlds (100%); {MOVED}"),
        (-2.0, 0.0, 10, "Behind", f"A gain in 0 of 40 worlds (0%); {MOVED}"),
        (1.0, 1.0, 10, "Not clear", f"A gain in 40 of 40 worlds (100%), but {MOVED}"),
        (2.0, 0.5, 10, "Not clear", f"A gain in 20 of 40 worlds (50%); {MOVED}"),
        (2.0, 1.0, 0, "Not clear yet", "of 40 worlds (100%); other students and teachers are still to be tried."),
    ],
)
def test_a_verdict_says_what_stands_behind_it(
    value: float, positive: float, seeds: int, verdict: str, behind: str
) -> None:
    one = ReportedEstimate(value, value - 0.1, value + 0.1, positive, "points", 0.5 if seeds else math.nan, seeds)
    assert leaning(one, 40) == verdict
    assert gains(one, 40).endswith(behind)


def test_certainty_says_when_chance_could_have_made_it() -> None:
    by_chance, real = (ReportedEstimate(value, 0.9, 1.1, 1.0, "points", 0.5, 10) for value in (1.0, 2.0))
    assert certainty(by_chance, 40).endswith("would move it by up to ±1.1, enough to have made this effect.")
    assert certainty(real, 40).endswith("would move it by up to ±1.1.")


def test_a_difference_that_rounds_to_zero_is_none() -> None:
    assert compared(-0.3, 1, "points", other="that") == "0.3 points lower than that"
    assert compared(0.04, 1, "points", other="that") == "about as high as that (less than 0.05 points apart)"


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("quintile:1", "Lowest fifth at the start"),
        ("grade:K", "Kindergarten *"),
        ("grade:10", "Grade 10"),
        ("home_language:Hmong", "Home language: Hmong"),
    ],
)
def test_groups_have_names_in_words(group: str, name: str) -> None:
    assert group_name(group) == name


def test_every_outcome_has_words_of_its_own() -> None:
    for column in ("name", "label", "meaning"):
        words = [getattr(outcome, column) for outcome in OUTCOMES]
        assert sorted(words) == sorted(set(words))
    assert [outcome.label for outcome in OUTCOMES if "_" in outcome.label] == []


def test_an_unknown_outcome_is_still_readable() -> None:
    assert outcome_label("hours_of_sleep") == "Hours of sleep"


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_joined_as_people_do(parts: list[str], text: str) -> None:
    assert joined(parts) == text
