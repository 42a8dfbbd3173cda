"""Verdicts of shipped scenarios do not hang on which worlds were drawn, nor on the seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plsim.engine.worlds import worlds
from plsim.report.tables import ReportedEstimate
from plsim.report.words import leaning
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario import load

SMALL = ["population.schools=2", "population.students_per_school=80", "population.charter_schools=1"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gentle_start", "self_paced_without_support", "typical_practice"])
def test_five_draws_of_worlds_and_seeds_never_contradict_each_other(name: str) -> None:
    verdicts = []
    for seed in range(5):
        ask = Evaluator(load(name, overrides=SMALL), seed=seed, years=1, outcomes=[Outcome()])
        effects = np.array([float(ask({}, world)[0]) for world in worlds(40, seed)])
        positive = float((effects > 0.0).mean())
        verdicts.append(leaning(ReportedEstimate(float(np.median(effects)), math.nan, math.nan, positive, "SD"), 40))
    assert not {"gain", "loss"} <= set(verdicts), verdicts
