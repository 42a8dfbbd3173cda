"""Worlds that ship more than once, because they are heavy, are run once, and count as often as they ship."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import plsim
from plsim.core.arrays import Floats
from plsim.engine.parameters import World
from plsim.engine.worlds import first_alike
from plsim.runs.evaluate import Evaluator
from plsim.runs.paired import PairedRuns
from plsim.studies.design import task_of
from plsim.studies.loading import loads_study

WORLDS = "world,match.floor,learning.durability\na,0.3,0.5\nb,0.4,0.5\nc,0.3,0.5\nd,0.4,0.6\n"
STUDY = """
schema_version = 1
name = "copies"
question = "Do copies count?"
scenario = "one_school_demo"
years = 1
population.students_per_school = 60
luck.seeds = 2
levers."practices.advising" = "on_off"
method = { kind = "grid", points = 2 }
"""


@pytest.fixture
def four(tmp_path: Path) -> Path:
    """Worlds of which the third is the first again."""
    path = tmp_path / "four.csv"
    path.write_text(WORLDS, encoding="utf-8")
    return path


def test_worlds_are_alike_by_their_values_in_any_order() -> None:
    one, two = {"match.floor": 0.3, "learning.durability": 0.5}, {"learning.durability": 0.5, "match.floor": 0.3}
    assert first_alike([World("a", one), World("b"), World("c", two), World("d")]) == [0, 1, 0, 1]


def test_a_run_lives_a_copy_once_and_counts_it_twice(four: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []
    run = PairedRuns.run

    def noted(self: PairedRuns, both: object, world: World, **more: object) -> object:
        lived.append(world.name)
        return run(self, both, world, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PairedRuns, "run", noted)
    told: list[tuple[int, int]] = []
    scenario = plsim.load("one_school_demo", overrides=["population.students_per_school=60", "years=1"])
    found = plsim.run(
        scenario, worlds=str(four), other_designs=False, progress=lambda done, of: told.append((done, of))
    )
    assert lived[:4] == ["central", "a", "b", "d"]
    assert told == [(1, 5), (3, 5), (4, 5), (5, 5)]
    assert (found.worlds, [world.name for world in found.worlds_run]) == (4, ["a", "b", "c", "d"])
    np.testing.assert_array_equal(found.spread[2], found.spread[0])
    assert (found.spread[1] != found.spread[0]).any()
    assert (found.spread[3] != found.spread[1]).any()


def test_a_study_gives_every_point_the_result_of_its_own_world(four: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(loads_study(STUDY + f'uncertainties.worlds = "{four}"\n', where="copies.toml"))
    design = task.design
    assert design.again.sum() == 4
    assert design.fresh.sum() == 6
    make = task.prepare()
    found = design.by_point(np.array([make(run) for run in range(design.runs)]))
    expected = np.empty_like(found)
    for run in reversed(range(design.runs)):  # a copy never comes after what it copies
        expected[design.draw[run], design.world[run], design.order[run]] = task.prepare()(run)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(found[:, 2], found[:, 0])
    assert (found[0, :, 1] != found[1, :, 1]).all()


def test_a_study_lives_a_copy_once(four: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []
    evaluate = Evaluator.__call__

    def noted(self: Evaluator, changes: Mapping[str, object], world: World) -> Floats:
        lived.append(world.name)
        return evaluate(self, changes, world)

    monkeypatch.setattr(Evaluator, "__call__", noted)
    task = task_of(loads_study(STUDY + f'uncertainties.worlds = "{four}"\n', where="copies.toml"))
    make = task.prepare()
    for run in range(task.count):
        make(run)
    assert make(0) != make(task.count // 2), "other students"
    assert lived[:12] == ["a", "a", "b", "b", "d", "d"] * 2
