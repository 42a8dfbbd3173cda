"""A surrogate from some hundred runs of the model says what all combinations in many worlds say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

import plsim
from plsim.attribution.tables import games
from plsim.engine.parameters import World
from plsim.evidence import registry
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario.loading import changed
from plsim.scenario.schema import typical_again
from plsim.studies.surrogate import surrogate_tables

PRACTICES = ("learning_paths", "flexible_environment", "competency_progression")
PARAMETERS = ("quality.software_best", "attention.structure_max", "quality.group_expert")


def points(count: int, factors: int, seed: int) -> np.ndarray:
    return np.asarray(qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(count))


def world(name: str, point: np.ndarray) -> World:
    pairs = zip(PARAMETERS, point, strict=True)
    return World(name, {key: float(registry()[key].quantile(float(u))) for key, u in pairs})


@pytest.mark.slow
def test_shapley_values_from_150_runs_are_those_of_all_combinations():
    tiny = {"population.schools": 1, "population.students_per_school": 80, "years": 1}
    base = changed(plsim.load("redesigned_school"), tiny)
    outcomes = (Outcome(),)
    worlds = tuple(world(f"w{index}", point) for index, point in enumerate(points(48, 3, seed=2)))
    evaluator = Evaluator(base, outcomes=outcomes)
    changes = [{key: value for bit, name in enumerate(PRACTICES) if not mask >> bit & 1
                for key, value in typical_again(name).items()} for mask in range(8)]  # fmt: skip
    values = np.array([[evaluator(each, where) for each in changes] for where in worlds])
    exact = games(PRACTICES, outcomes, values)[0]

    units = points(150, 6, seed=1)
    units[:, :3] = np.where(units[:, :3] < 0.5, 0.25, 0.75)
    masks = (units[:, :3] > 0.5) @ np.array([1, 2, 4])
    values = np.array(
        [evaluator(changes[mask], world(f"p{row}", units[row, 3:]))[0] for row, mask in enumerate(masks.tolist())]
    )
    tables, lines = surrogate_tables((*PRACTICES, *PARAMETERS), units, outcomes, values[:, np.newaxis])
    assert tables["surrogate"]["verdict"].tolist() == ["good"], lines
    found = tables["surrogate_shapley"].set_index("practice")["value"]
    truth = dict(zip(PRACTICES, np.median(exact.singles["shapley"][:, 0], axis=1), strict=True))
    # The median of 48 worlds is itself uncertain by about 1.25 standard deviations over the root of 48.
    spread = exact.singles["shapley"][:, 0].std(axis=1).max() * 1.25 / np.sqrt(48.0)
    for practice, value in truth.items():
        assert found[practice] == pytest.approx(value, abs=3.0 * spread + 0.001)
