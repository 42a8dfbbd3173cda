"""Two arms of a run: the policy and its counterfactual, with the same people, the same seed and the same world."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.arm import Arm, Engine
from plsim.engine.parameters import World
from plsim.engine.reference import Typical, typical
from plsim.engine.setting import Setting
from plsim.engine.year import run_years
from plsim.population.load import StudentFiles, load_population
from plsim.population.model import Population
from plsim.population.norm_population import from_norms
from plsim.scenario.build import Plan, counterfactual, plan, population_spec
from plsim.scenario.schema import Scenario

DOSE = "nuisance.dose"
"""Registry key of how much of a scenario's planned contrast from typical practice there really was."""


@dataclass(frozen=True)
class Pair:
    """What the two arms of a run are made from.

    ``setting`` differs from ``base_setting`` only when the policy changes sections and those are not frozen.
    """

    scenario: Scenario
    setting: Setting
    base_setting: Setting
    plan: Plan
    base_plan: Plan

    @property
    def direct_differs(self) -> bool:
        """Whether the direct effect differs from the whole: other classes, or others have left by the second year."""
        return self.setting is not self.base_setting or (self.setting.years > 1 and not self.plan.freeze.staff)

    def planned_in(self, world: World) -> Plan:
        """The plan in a world."""
        return dosed(self.scenario, self.plan, self.setting, world)


@dataclass(frozen=True)
class WorldRun:
    """Both arms in one world.

    ``direct`` is the scenario with classes and staff of the counterfactual, after its first year; None where that was
    not asked for, or not lived as the scenario's was.
    """

    world: World
    typical: Typical
    scenario: Arm
    counterfactual: Arm
    direct: Arm | None = None


def dosed(scenario: Scenario, planned: Plan, setting: Setting, world: World) -> Plan:
    """A scenario's plan in a world: worlds differ in doses that were never published."""
    dose = world.number(DOSE)
    if dose == 1.0 or not scenario.dose_unpublished:
        return planned
    return plan(scenario, setting.population, setting.years, dose=dose)


def population_of(
    scenario: Scenario, population: Population | StudentFiles | str | Path | None, seed: int
) -> Population:
    """The population of a run: as given, from files, or drawn from the norms as the scenario says."""
    if isinstance(population, Population):
        return population
    spec = population_spec(scenario)
    if population is None:
        return from_norms(spec, seed=seed)
    return load_population(population, spec, seed=seed)


def source_of(population: Population | StudentFiles | str | Path | None) -> StudentFiles | None:
    """The files that a population is read from, if it is."""
    if isinstance(population, StudentFiles):
        return population
    return None if population is None or isinstance(population, Population) else StudentFiles(Path(population))


def pair(scenario: Scenario, people: Population, *, seed: int, years: int, like: Pair | None = None) -> Pair:
    """Both arms' plans and settings for a population.

    ``like`` is a pair of the same people, seed and years, whose settings are used again where class sizes agree.
    """
    base = counterfactual(scenario)
    planned, base_planned = plan(scenario, people, years), plan(base, people, years)
    known = [] if like is None else [like.base_setting, like.setting]

    def made(class_size: Floats, by_level: float, *, keep_given: bool) -> Setting:
        for setting in known:
            alike = setting.keep_given == keep_given and setting.by_level == by_level
            if alike and np.array_equal(setting.class_size, class_size):
                return setting
        return Setting(people, seed, years, class_size, keep_given, by_level)

    base_setting = made(base_planned.class_size, base_planned.sections_by_level, keep_given=True)
    same = planned.sections_by_level == base_planned.sections_by_level
    if planned.freeze.sections or (same and np.array_equal(planned.class_size, base_planned.class_size)):
        setting = base_setting
    else:
        setting = made(planned.class_size, planned.sections_by_level, keep_given=False)
    return Pair(scenario, setting, base_setting, planned, base_planned)


def arms(both: Pair, world: World, found: Typical) -> WorldRun:
    """Both arms of a world before their first year; ``found`` is the world's reference."""
    base = typical_arm(both, world, found)
    return WorldRun(world, found, policy_arm(both, world, found, base), base)


def typical_arm(both: Pair, world: World, found: Typical) -> Arm:
    """The counterfactual of a world before its first year."""
    return Arm(both.base_setting, both.base_plan, world, found.reference)


def policy_arm(both: Pair, world: World, found: Typical, base: Arm) -> Arm:
    """The scenario of a world before its first year; ``base`` is its counterfactual."""
    planned = both.planned_in(world)
    arm = Arm(both.setting, planned, world, found.reference)
    if planned.freeze.staff:
        arm.turnover_from = base
    return arm


def direct_arm(both: Pair, planned: Plan, world: World, found: Typical, base: Arm) -> Arm:
    """The scenario with the counterfactual's classes and teachers: nobody leaves or stays because of it.

    Before its first year; ``planned`` is the scenario's plan in the world.
    """
    held = replace(planned, freeze=planned.freeze.model_copy(update={"staff": True, "sections": True}))
    arm = Arm(both.base_setting, held, world, found.reference)
    arm.turnover_from = base
    return arm


def run_world(both: Pair, world: World, engine: Engine) -> WorldRun:
    """Both arms in one world."""
    return run_arms(both, world, typical(world, engine), engine)


def run_arms(both: Pair, world: World, found: Typical, engine: Engine) -> WorldRun:
    """Both arms in a world whose reference is known."""
    run_ = arms(both, world, found)
    run_years(run_.counterfactual, engine)
    run_years(run_.scenario, engine)
    return run_
