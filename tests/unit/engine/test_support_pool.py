"""A support pool that many schools share gives each the less."""

from __future__ import annotations

import numpy as np
import pytest

import plsim
from plsim.engine.engines import engine_named
from plsim.engine.pair import WorldRun, pair, population_of, run_world
from plsim.engine.parameters import CENTRAL


def _run(pool_hours: float) -> WorldRun:
    scenario = plsim.load(
        "typical_practice",
        overrides=[
            "years=1",
            "population.schools=6",
            "population.students_per_school=60",
            "support.network_schools=6",
            "support.coaching_hours=3",
            f"support.pool_coaching_hours={pool_hours}",
        ],
    )
    both = pair(scenario, population_of(scenario, None, 0), seed=0, years=1)
    return run_world(both, CENTRAL, engine_named("batch"))


def test_a_small_pool_teaches_teachers_less_than_an_unlimited_one() -> None:
    unlimited, small = _run(0.0), _run(4.0)
    learned = [run.scenario.record[0].proficiency.mean() for run in (unlimited, small)]
    assert learned[1] < learned[0]


def test_a_pool_that_suffices_is_as_good_as_an_unlimited_one() -> None:
    unlimited, ample = _run(0.0), _run(90_000.0)
    assert np.array_equal(unlimited.scenario.record[0].achievement, ample.scenario.record[0].achievement)


@pytest.mark.parametrize("pool_hours", [0.0, 4.0])
def test_typical_practice_asks_nothing_of_the_pool(pool_hours: float) -> None:
    first = _run(pool_hours).counterfactual.record[0].achievement
    assert np.array_equal(first, _run(0.0).counterfactual.record[0].achievement)
