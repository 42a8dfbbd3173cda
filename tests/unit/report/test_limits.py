"""What limits the certainty of a result is counted from its scenario and the registry."""

from __future__ import annotations

import pytest

from plsim.evidence import registry
from plsim.report.limits import Limits, limits, limits_sentence, studied
from plsim.scenario import load


def test_typical_practice_moves_nothing() -> None:
    assert limits(load("typical_practice"))[:2] == (0, 0)


@pytest.mark.parametrize(
    ("override", "beyond"),
    [
        ("practices.learning_paths.intensity=0.5", 1),  # grade D: no study stands behind any value
        ("practices.competency_progression.mastery_threshold=0.85", 0),  # published, 0.7 to 0.9
        ("practices.competency_progression.mastery_threshold=0.95", 1),
    ],
)
def test_a_setting_lies_beyond_any_study_unless_one_covers_its_value(override: str, beyond: int) -> None:
    assert limits(load("typical_practice", overrides=[override]))[:2] == (1, beyond)


def test_only_a_published_range_is_called_studied() -> None:
    known = registry()
    assert studied(known["programs.software_minutes"]) == (15.0, 90.0)
    assert studied(known["support.planning_hours"]) is None
    assert studied(known["programs.software_minutes"], known["support.planning_hours"]) is None
    assert studied() is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Limits(14, 13, "D"), "13 of 14 settings that differ from typical practice lie beyond any study"),
        (Limits(3, 3, "D"), "all 3 settings"),
        (Limits(1, 0, "C"), "grade C, measured in a laboratory"),
        (Limits(0, 0, "D"), "the weakest of the numbers it rests on are grade D, our judgement"),
    ],
)
def test_limits_are_told_in_a_sentence(found: Limits, said: str) -> None:
    assert said in limits_sentence(found)
