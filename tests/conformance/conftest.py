"""One engine, one reference and one small population for all conformance tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from plsim.engine.arm import Arm
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.pair import Pair, pair, population_of
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.practices.levers import LeverTable
from plsim.scenario import Scenario, load
from plsim.scenario.build import Plan

SEED = 7
# Three schools a network, and all levels: six schools of 84.
FEW = (
    "population.schools=6", "population.charter_schools=2", "population.students_per_school=84",
    "population.level_shares=[0.34, 0.33, 0.33]", "support.network_schools=3",
)  # fmt: skip


@pytest.fixture(scope="session")
def engine() -> BatchEngine:
    return BatchEngine()


@pytest.fixture(scope="session")
def found(engine: BatchEngine) -> Typical:
    """The central world's reference."""
    return typical(CENTRAL, engine)


@pytest.fixture(scope="session")
def few() -> Callable[..., Scenario]:
    """A shipped scenario in a few small schools."""

    def make(name: str = "typical_practice", *overrides: str, years: int = 1) -> Scenario:
        return load(name, overrides=(*FEW, *overrides), years=years)

    return make


@pytest.fixture(scope="session")
def pair_of() -> Callable[..., Pair]:
    def make(scenario: Scenario, *, seed: int = SEED) -> Pair:
        return pair(scenario, population_of(scenario, None, seed), seed=seed, years=scenario.years)

    return make


@pytest.fixture(scope="session")
def usual(few: Callable[..., Scenario], pair_of: Callable[..., Pair]) -> Pair:
    """A year of typical practice in both arms."""
    return pair_of(few())


@pytest.fixture(scope="session")
def with_levers() -> Callable[..., Pair]:
    """A pair in which some levers are turned for all schools and weeks: ``beside`` in both arms, ``moved`` in one."""

    def turned(plan: Plan, levers: Mapping[str, float]) -> Plan:
        table = LeverTable(plan.planned.values.copy())
        for name, value in levers.items():
            table.put(name, value)
        return replace(plan, planned=table)

    def make(both: Pair, moved: Mapping[str, float], beside: Mapping[str, float] | None = None) -> Pair:
        beside = beside or {}
        return replace(both, plan=turned(both.plan, {**beside, **moved}), base_plan=turned(both.base_plan, beside))

    return make


@pytest.fixture(scope="session")
def arm_of(found: Typical) -> Callable[..., Arm]:
    """An arm, not yet begun, that notes what its students live through."""

    def make(both: Pair, *, counterfactual: bool = False, world: World = CENTRAL, reference: Typical = found) -> Arm:
        setting, plan = (both.base_setting, both.base_plan)
        if not counterfactual:
            setting, plan = both.setting, both.planned_in(world)
        arm = Arm(setting, plan, world, reference.reference)
        arm.flags = arm.flags._replace(trace=True)
        blocks = (np.zeros((arm.trace.held.shape[0], 2 * setting.students)) for _ in range(2))
        arm.trace = arm.trace._replace(experience=next(blocks), base=next(blocks))
        return arm

    return make
