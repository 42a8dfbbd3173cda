"""Sentences of an attribution: each claim only with the numbers that support it."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.attribution.sentences import amount, attribution_sentences, main_outcome
from plsim.attribution.tables import games
from plsim.core.arrays import Floats
from plsim.measures.vocabulary import MORE_IS_BETTER, OUTCOMES, better, outcome_unit
from plsim.runs.evaluate import Outcome

PRACTICES = ("learner_profiles", "data_driven_grouping", "technology")
ON = np.array([[mask >> bit & 1 for bit in range(3)] for mask in range(8)], dtype=float)


def said(values: Floats, outcomes: tuple[Outcome, ...] = (Outcome(),), *, world_label: str = "") -> str:
    """Five draws of students, all alike."""
    return " ".join(attribution_sentences(games(PRACTICES, outcomes, np.stack([values] * 5)), world_label=world_label))


def planted(worlds: int = 40, *, firsts: int | None = None) -> Floats:
    """Grouping works only with profiles, which also bring a little alone; in later worlds technology is ahead."""
    ahead = np.where(np.arange(worlds) < (worlds if firsts is None else firsts), 0.01, 0.2)[:, np.newaxis]
    values = 0.03 * ON[:, 0] + 0.05 * ON[:, 0] * ON[:, 1] + ahead * ON[:, 2]
    return np.asarray(values[..., np.newaxis])


def test_a_first_comes_with_its_share_of_worlds() -> None:
    text = said(planted())
    assert (
        "Learner profiles rank first in 100% of worlds (40 of 40; 94% to 100% allowing for their number) and in 5 of 5 "
        "draws of students"
    ) in text


def test_a_need_is_said_when_it_is_found() -> None:
    text = said(planted())
    assert (
        "Data-driven grouping works only with learner profiles: +0.050 SD where that is on, 0.000 SD where it is off"
        in text
    )
    assert "Technology needs" not in text
    assert "Technology works only with" not in text


def test_a_need_that_chance_could_have_made_is_not_said() -> None:
    # In 23 of 40 worlds grouping brings something with profiles only; in the others it brings the same without.
    only = (np.arange(40) < 23)[:, np.newaxis]
    values = 0.03 * ON[:, 0] + np.where(only, 0.05 * ON[:, 0] * ON[:, 1], 0.05 * (1.0 - ON[:, 0]) * ON[:, 1])
    game = games(PRACTICES, (Outcome(),), np.asarray(values[..., np.newaxis]))[0]
    assert game.needs[0].left < 0.5
    assert "only with" not in said(np.asarray(values[..., np.newaxis]))


def test_a_practice_that_is_a_loss_on_the_whole_is_not_said_to_work() -> None:
    values = np.ones((40, 1)) * (0.02 * ON[:, 0] * ON[:, 1] - 0.1 * (1.0 - ON[:, 0]) * ON[:, 1])
    text = said(values[..., np.newaxis])
    assert "a loss from data-driven grouping" in text
    assert "grouping works only with" not in text


def test_a_first_in_half_of_the_worlds_is_not_called_reliable() -> None:
    assert "No practice ranks first reliably: learner profiles do in 55% of worlds" in said(planted(firsts=22))


def test_a_lead_in_most_worlds_names_who_else_leads() -> None:
    text = said(planted(firsts=30))
    assert "Learner profiles rank first in 75% of worlds (30 of 40" in text
    assert "technology in 25%; of the two, learner profiles are ahead in 75%" in text


def test_a_null_world_yields_no_claim() -> None:
    text = said(np.zeros((40, 8, 1)))
    assert "No practice ranks first: none has an appreciable effect in 100% of worlds" in text
    assert "No finding" in text
    for claim in ("works only with", "needs", "suffice", "exceeds the sum of what each brings alone, by"):
        assert claim not in text


def test_too_few_worlds_are_said_to_be_too_few() -> None:
    text = said(planted(5))
    assert "rank first in 5 of 5 worlds; with fewer than 7 worlds nothing can be distinguished from chance" in text
    assert "No finding" in text


def test_whole_and_sum_are_compared() -> None:
    assert "The whole exceeds the sum of what each brings alone, by +0.050 SD, in 100% of worlds" in said(planted())
    additive = (ON @ [0.02, 0.03, 0.01])[np.newaxis, :, np.newaxis] * np.ones((20, 1, 1))
    assert "is not settled, or the difference is negligible" in said(additive)


def test_the_pairs_that_stand_out_are_named_with_their_worlds() -> None:
    values = 0.05 * ON[:, 0] * ON[:, 1] - 0.04 * ON[:, 1] * ON[:, 2] + 0.02 * ON.sum(axis=1)
    text = said(values[np.newaxis, :, np.newaxis] * np.ones((20, 1, 1)))
    assert "helps each other most is learner profiles with data-driven grouping (+0.050 SD, above zero in 20 of" in text
    assert "in each other's way most is data-driven grouping with technology (−0.040 SD, below zero in 20 of" in text


def test_the_smallest_combination_that_suffices_is_named() -> None:
    values = (ON @ [0.05, 0.03, 0.0])[np.newaxis, :, np.newaxis] * np.ones((20, 1, 1))
    assert "Two of them suffice: learner profiles and data-driven grouping bring at least as much as all 3" in said(
        values
    )


def test_where_somebody_else_is_first_is_said() -> None:
    values = np.concatenate([planted(), planted(firsts=0)], axis=2)
    text = said(values, (Outcome(), Outcome(group="quintile:1")))
    assert "First elsewhere: quintile 1: technology in 100%." in text


def test_worlds_are_called_what_they_are() -> None:
    assert "at the median of 40 worlds (prior range, not calibrated)" in said(
        planted(), world_label="prior range, not calibrated"
    )


def test_the_scope_is_always_said() -> None:
    for values in (planted(), np.zeros((40, 8, 1))):
        assert "not evidence of what the practices do in real schools" in said(values)


def test_the_main_outcome_is_the_effect_on_everybody_in_the_last_year() -> None:
    outcomes = (
        Outcome("strain"),
        Outcome(subject="math", year=2),
        Outcome(),
        Outcome(year=2),
        Outcome(group="quintile:1", year=2),
    )
    assert main_outcome(outcomes) == Outcome(year=2)
    assert main_outcome(outcomes[:1]) == Outcome("strain")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "+0.012 SD"), (-0.0123, "−0.012 SD"), (-0.0001, "0.000 SD"), (0.0, "0.000 SD")],
)  # fmt: skip
def test_amounts_have_a_sign_and_a_unit(value: float, text: str) -> None:
    assert amount(value, Outcome()) == text


def test_a_first_of_one_draw_of_students_is_not_reliable_and_nothing_is_found() -> None:
    one = " ".join(attribution_sentences(games(PRACTICES, (Outcome(),), planted())))
    assert "Nothing can be called found: with one draw of students" in one
    mixed = np.stack([planted(firsts=40 if draw < 3 else 0) for draw in range(5)])
    text = " ".join(attribution_sentences(games(PRACTICES, (Outcome(),), mixed)))
    assert "rank first in" not in text.replace("ranks first reliably", "")


@pytest.mark.parametrize(
    ("outcome", "up", "down"),
    [
        ("achievement", "a gain from", "a loss from"),
        ("strain", "a rise, which is worse, from", "a fall, which is better, from"),
        ("cost_per_student", "a rise, which is worse, from", "a fall, which is better, from"),
        ("regroupings_per_month", "a rise from", "a fall from"),
    ],
)
def test_words_know_which_way_is_better(outcome: str, up: str, down: str) -> None:
    values = (ON @ [3.0, -2.0, 0.0])[np.newaxis, :, np.newaxis] * np.ones((20, 1, 1))
    text = said(values, (Outcome(outcome, unit=outcome_unit(outcome, "SD")),))
    assert f"{up} learner profiles" in text
    assert f"{down} data-driven grouping" in text
    if outcome != "achievement":
        assert "gain" not in text
        assert "loss" not in text
    lowers_most = "Data-driven grouping ranks first" in text
    assert lowers_most == (better(outcome) < 0)


def test_every_outcome_that_costs_or_strains_is_better_when_less() -> None:
    known = {each.name: better(each.name) for each in OUTCOMES}
    assert {name for name, way in known.items() if way > 0} <= MORE_IS_BETTER
    assert all(known[each.name] == -1 for each in OUTCOMES if each.unit == "USD")
    assert known["strain"] == known["teacher_hours"] == better("achievement_gap") == -1
    assert known["regroupings_per_month"] == 0
