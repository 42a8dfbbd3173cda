"""Designs on simulated schools: what they get wrong, and by how much.

Typical practice in ordinary district schools has no effect, so whatever a design sees there is luck or bias.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from plsim.engine.engines import engine_named
from plsim.engine.pair import arms, pair, population_of
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.engine.year import run_year
from plsim.runs.study_designs import designed, designs
from plsim.scenario import load

SEEDS = 40
REACH = 3.29  # false alarm 0.001 each
SMALL = ("population.students_per_school=100", "population.schools=12")


@cache
def estimates(*overrides: str) -> pd.DataFrame:
    """Estimate and error of both subjects by design and seed."""
    engine = engine_named("batch")
    found = typical(CENTRAL, engine)
    scenario = load("typical_practice", overrides=[*SMALL, *overrides])
    table = []
    for seed in range(SEEDS):
        both = pair(scenario, population_of(scenario, None, seed), seed=seed, years=1)
        run = arms(both, CENTRAL, found)
        for arm in (run.counterfactual, run.scenario):
            run_year(arm, engine)
        every = designed(designs(both), run, engine)
        table += [
            (row.estimator, seed, value, error)
            for row, value, error in zip(*every, strict=True)
            if row[:4] == ("achievement", "both", 1, "all") and row.unit == "SD"
        ]
    return pd.DataFrame(table, columns=["estimator", "seed", "value", "error"]).set_index("estimator")


@pytest.mark.parametrize(
    "estimator", ["within_school_rct", pytest.param("study_other_schools", marks=pytest.mark.slow)]
)
def test_a_design_sees_nothing_on_average_where_there_is_nothing(estimator: str) -> None:
    found = estimates().loc[estimator]
    assert abs(found["value"].mean()) <= REACH * found["value"].std() / np.sqrt(SEEDS)


@pytest.mark.parametrize(
    "estimator", ["within_school_rct", pytest.param("study_other_schools", marks=pytest.mark.slow)]
)
def test_its_standard_error_is_the_spread_of_its_estimates(estimator: str) -> None:
    found = estimates().loc[estimator]
    # The standard error of a standard deviation from 40 values is 11%.
    assert found["error"].mean() / found["value"].std() == pytest.approx(1.0, abs=REACH * 0.113)
