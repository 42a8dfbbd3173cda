"""More of any paid support never lowers what a district pays, all else equal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plsim.engine.arm import Engine
from plsim.engine.pair import Pair, run_arms
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import Typical
from plsim.evidence import registry
from plsim.measures.costs import costs
from plsim.runs.spending import use
from plsim.scenario import Scenario

PAID = {
    "support.planning_hours": (0.0, 1.0, 8.0),
    "support.coaching_hours": (0.0, 0.5, 2.0),
    "support.library_access": (0.0, 0.5, 1.0),
    "practices.flexible_environment.adult_hours": (0.0, 2.0, 8.0),
    "practices.technology.tools": (3.0, 10.0, 30.0),
    "practices.technology.tech_share": (0.1, 0.4, 0.8),
    "programs.tutoring.minutes": (0.0, 60.0, 180.0),
    "programs.tutoring.share": (0.0, 0.2, 0.6),
    "programs.coaching.hours": (0.0, 1.0, 3.0),
    "programs.lesson_library.coverage": (0.0, 0.4, 1.0),
    "programs.software.minutes": (0.0, 30.0, 120.0),
}
"""What a district can pay for, and amounts of it, rising."""


@pytest.mark.parametrize("key", PAID)
def test_more_of_a_paid_support_never_lowers_the_budget(
    key: str,
    few: Callable[..., Scenario],
    pair_of: Callable[..., Pair],
    found: Typical,
    engine: Engine,
) -> None:
    paid = []
    for amount in PAID[key]:
        beside = ["practices.flexible_environment.intensity=1.0", "practices.technology.intensity=0.8"]
        if key.startswith("practices."):
            beside = [f"practices.{key.split('.')[1]}.intensity=0.8"]
        both = pair_of(few("typical_practice", *beside, f"{key}={amount}"))
        arm = run_arms(both, CENTRAL, found, engine).scenario
        spent = costs(use(arm, 0), registry().value)
        # Fewer teachers who leave are a consequence of support, not its price.
        paid.append(float((spent.budget - spent.turnover).sum()))
    assert paid[0] <= paid[1] <= paid[2]
    assert paid[0] < paid[2]
