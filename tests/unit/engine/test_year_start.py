"""Where students stand at the start of a year."""

from __future__ import annotations

import numpy as np
import pytest

import plsim
from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of, typical_arm
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.engine.year_start import _standing, begin_year


@pytest.mark.parametrize("step", [0.0, 1.0, 25.0])
def test_who_stands_where_is_what_a_stable_sort_in_each_class_says(step: float) -> None:
    """Estimates in steps of ``step`` RIT, so that some students are alike; they keep their order."""
    scenario = plsim.load("one_school_demo")
    both = pair(scenario, population_of(scenario, None, 0), seed=0, years=1)
    engine = engine_named("batch")
    arm = typical_arm(both, CENTRAL, typical(CENTRAL, engine))
    begin_year(arm, engine)
    estimate = np.round(arm.rows.estimate / step) * step if step else arm.rows.estimate
    grade = arm.layout.roster.grade.astype(int)[arm.layout.student]
    expected = np.empty(estimate.shape[0])
    for cell in {*zip(grade, arm.layout.subject, strict=True)}:
        inside = np.flatnonzero((grade == cell[0]) & (arm.layout.subject == cell[1]))
        expected[inside[np.argsort(estimate[inside], kind="stable")]] = (np.arange(len(inside)) + 0.5) / len(inside)

    assert _standing(arm, estimate).tolist() == expected.tolist()
