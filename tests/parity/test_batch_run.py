"""Mesa's own ``batch_run`` over :class:`plsim.SchoolModel`: luck, changes, what is collected."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.engine.mesa.model import READINGS

SMALL = {"population.students_per_school": 12, "years": 1}


def batch(iterations: int = 1, processes: int = 1, **parameters: Any) -> pd.DataFrame:
    """What Mesa's ``batch_run`` gives for a small school."""
    found = mesa.batch_run(
        plsim.SchoolModel,
        {"scenario": "one_school_demo", **SMALL, **parameters},
        number_processes=processes,
        iterations=iterations,
        display_progress=False,
    )
    return pd.DataFrame(found)


def model(**arguments: Any) -> plsim.SchoolModel:
    return plsim.SchoolModel("one_school_demo", **SMALL, **arguments)


def test_iterations_differ_in_luck_and_come_again() -> None:
    found = batch(iterations=3)
    assert found["iteration"].tolist() == [0, 1, 2]
    assert found["achievement_math"].nunique() == 3
    assert found["week"].tolist() == [36] * 3
    pd.testing.assert_frame_equal(found, batch(iterations=3))


def test_the_first_iteration_is_the_model_itself() -> None:
    itself = model()
    itself.run_model()
    last = itself.datacollector.get_model_vars_dataframe().iloc[-1]
    assert batch().iloc[0]["achievement_math"] == last["achievement_math"]


def test_parameters_may_be_keys_of_the_scenario_and_seeds() -> None:
    found = batch(**{"practices.advising.intensity": [0.0, 1.0], "seed": [3, 4]})
    assert len(found) == 4
    assert found["self_regulation"].nunique() == 4


@pytest.mark.slow
def test_another_process_gives_the_same() -> None:
    pd.testing.assert_frame_equal(
        batch(iterations=2, processes=2).sort_values("iteration", ignore_index=True), batch(iterations=2)
    )


def test_rng_is_a_seed_or_a_generator_that_one_is_drawn_from() -> None:
    def start(**arguments: Any) -> np.ndarray:
        return model(**arguments).arm.rows.achievement

    assert np.array_equal(start(rng=5), start(seed=5))
    drawn = start(rng=np.random.default_rng(5))
    assert np.array_equal(drawn, start(rng=np.random.default_rng(5)))
    assert not np.array_equal(drawn, start(rng=5))


def test_every_week_is_collected() -> None:
    short = model()
    for _ in range(5):
        short.step()
    table = short.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == list(READINGS)
    assert table["week"].tolist() == [1, 2, 3, 4, 5]
    subject = short.arm.rows.subject
    assert table["achievement_math"].iloc[-1] == pytest.approx(short.arm.rows.achievement[subject == 0].mean())
    assert np.isfinite(table.to_numpy(dtype=float)).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])  # noqa: S301
def test_a_model_can_be_copied_in_the_middle_of_a_year(copied: Any) -> None:
    first = model()
    for _ in range(7):
        first.step()
    second = copied(first)
    first.step()
    second.step()
    left, right = (each.datacollector.get_model_vars_dataframe() for each in (first, second))
    pd.testing.assert_frame_equal(left, right)
    assert len(left) == 8
