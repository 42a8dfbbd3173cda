"""A study with other schools, read without luck of its draw, is what virtual studies find on average."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL
from plsim.runs.paired import PairedRuns
from plsim.runs.run import world_effects_by_design
from plsim.runs.study_designs import designs
from plsim.scenario.loading import changed
from plsim.validation.facts.replication import Replication, experiments

SEEDS = 12


@pytest.mark.slow
def test_virtual_studies_with_matched_students_find_the_same_on_average() -> None:
    one = next(each for each in experiments() if each.name == "rand_2017")
    # Effects several times those of the study, so that what is compared is not lost in luck.
    raised = {f"practices.{name}.intensity": 0.9 for name in ("learner_profiles", "advising", "learning_paths")}
    size = {"population.schools": 24, "population.charter_schools": 18, "population.students_per_school": 120}
    one = replace(one, scenario=changed(one.scenario, {**raised, **size}), size=None)
    engine = engine_named("batch")
    differences = []
    for seed in range(SEEDS):
        replication = Replication([one], size="full", seed=seed)
        expected = replication(CENTRAL)[[replication.statistics.index(key) for key in ("R17-01", "R17-02")]]
        runs = PairedRuns(seed=seed, years=1, engine=engine)
        both = runs.pair(one.scenario)
        found = world_effects_by_design(runs, both, designs(both), runs.run(both), engine)
        estimates = {
            row.subject: value
            for row, value in zip(found.rows, found.values, strict=True)
            if (row.outcome, row.estimator, row.group, row.unit) == ("achievement", "study_other_schools", "all", "SD")
        }
        differences.append([estimates["math"] - expected[0], estimates["reading"] - expected[1]])
    mean = np.mean(differences, axis=0)
    error = np.std(differences, axis=0, ddof=1) / np.sqrt(SEEDS)
    assert (np.abs(mean) < 3.0 * error).all(), (mean, error)
    assert (error < 0.02).all()
