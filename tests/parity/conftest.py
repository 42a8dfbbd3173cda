"""Small populations and one comparison for all parity tests: an arm lived by each engine, and every array compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plsim.engine.arm import Arm, Engine
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.batch.scratch import Scratch
from plsim.engine.mesa.model import MesaEngine
from plsim.engine.pair import pair, population_of
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import Reference
from plsim.engine.year import run_year
from plsim.scenario import Scenario, load

FEW = ("population.schools=3", "population.charter_schools=1", "population.students_per_school=60")
REFERENCE = Reference.flat(np.full((2, 13), 0.55))


PARTS = ("rows", "students", "sections", "seats", "schools", "trace")


def _copied(arrays: Any) -> Any:
    return type(arrays)(*(each.copy() for each in arrays))


@dataclass
class Life:
    """An arm after its years, with the state as each year left it."""

    arm: Arm
    states: list[dict[str, Any]]


@pytest.fixture
def few() -> tuple[str, ...]:
    return FEW


@pytest.fixture
def scenario_of() -> Callable[..., Scenario]:
    """A shipped scenario, scaled down, for two years unless the overrides say otherwise."""

    def make(name: str, *overrides: str) -> Scenario:
        return load(name, overrides=("years=2", *FEW, *overrides))

    return make


@pytest.fixture
def arm_of() -> Callable[..., Arm]:
    def make(
        scenario: Scenario,
        *,
        seed: int | None = None,
        world: World = CENTRAL,
        counterfactual: bool = False,
        population: Path | None = None,
    ) -> Arm:
        seed = scenario.seed if seed is None else seed
        both = pair(scenario, population_of(scenario, population, seed), seed=seed, years=scenario.years)
        setting, plan = (both.base_setting, both.base_plan) if counterfactual else (both.setting, both.plan)
        return Arm(setting, plan, world, REFERENCE)

    return make


@pytest.fixture
def live() -> Callable[[Arm, Engine], Life]:
    def run(arm: Arm, engine: Engine) -> Life:
        states = []
        for _ in range(arm.setting.years):
            run_year(arm, engine)
            states.append({part: _copied(getattr(arm, part)) for part in PARTS})
        return Life(arm, states)

    return run


@pytest.fixture
def assert_same_bits() -> Callable[[Life, Life], None]:
    """Every array of the state after every year, and of the years' records, is equal to the last bit."""

    def same(left: Any, right: Any, where: str) -> None:
        np.testing.assert_array_equal(left, right, err_msg=where, strict=True)

    def check(left: Life, right: Life) -> None:
        assert len(left.states) == len(right.states) > 0
        for year, (a, b) in enumerate(zip(left.states, right.states, strict=True)):
            for part in a:
                for name, x, y in zip(a[part]._fields, a[part], b[part], strict=True):
                    same(x, y, f"year {year}, {part}.{name}")
        for year, (a, b) in enumerate(zip(left.arm.record, right.arm.record, strict=True)):
            for field in fields(a):
                x, y = getattr(a, field.name), getattr(b, field.name)
                for key in x if isinstance(x, dict) else ():
                    same(x[key], y[key], f"year {year}, record.{field.name}[{key}]")
                if not isinstance(x, dict):
                    same(x, y, f"year {year}, record.{field.name}")
        for name, x in vars(left.arm.lasting).items():
            same(x, getattr(right.arm.lasting, name), f"lasting.{name}")

    return check


class InSoiledRoom(BatchEngine):
    """The batch engine in room where nothing useful lies, so that whatever is read before it is written shows."""

    def __init__(self) -> None:
        super().__init__()
        usual = self._room

        def soiled(*where: Any) -> Scratch:
            found: Scratch = usual(*where)
            for block in found:
                block.fill(np.nan if block.dtype.kind == "f" else 1)
            return found

        self._room = soiled


@pytest.fixture
def assert_engines_agree(
    arm_of: Callable[..., Arm], live: Callable[[Arm, Engine], Life], assert_same_bits: Callable[[Life, Life], None]
) -> Callable[..., Life]:
    """The arm, lived by the batch engine and by each of the others (left out: Mesa's); returns the batch engine's."""

    def check(
        scenario: Scenario,
        *,
        others: Sequence[Engine] | None = None,
        prepare: Callable[[Arm], None] = lambda arm: None,
        **arm: Any,
    ) -> Life:
        def life(engine: Engine) -> Life:
            made = arm_of(scenario, **arm)
            prepare(made)
            return live(made, engine)

        batch = life(InSoiledRoom())
        for engine in [MesaEngine()] if others is None else others:
            assert_same_bits(batch, life(engine))
        return batch

    return check
