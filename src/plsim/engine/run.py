"""The one entry: a scenario beside its counterfactual, over worlds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from plsim.core.errors import InputError
from plsim.engine.arm import Arm, Engine
from plsim.engine.designs import Designs, Found, designed, designs
from plsim.engine.outcomes import year_outcomes
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.engine.result import Result, Robustness
from plsim.engine.setting import Setting, growth
from plsim.engine.state import Floats
from plsim.engine.worlds import label
from plsim.engine.worlds import worlds as worlds_of
from plsim.measures.effects import Row, effect_rows
from plsim.population.load import StudentFiles, load_population
from plsim.population.model import Population
from plsim.population.norm_population import from_norms
from plsim.scenario.build import Plan, counterfactual, plan, population_spec
from plsim.scenario.schema import Scenario

DEFAULT_WORLDS = 40
DOSE = "nuisance.dose"
"""Registry key of how much of a scenario's planned contrast from typical practice there really was."""
ENGINES = ("batch", "mesa")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pair:
    """What the two arms of a run are made from.

    ``setting`` differs from ``base_setting`` only when the policy changes class sizes and sections are not frozen.
    """

    scenario: Scenario
    setting: Setting
    base_setting: Setting
    plan: Plan
    base_plan: Plan

    def planned_in(self, world: World) -> Plan:
        """The plan in a world: worlds differ in doses that were never published."""
        dose = world.number(DOSE)
        if dose == 1.0 or not self.scenario.dose_unpublished:
            return self.plan
        return plan(self.scenario, self.setting.population, self.setting.years, dose=dose)


@dataclass(frozen=True)
class WorldRun:
    """Both arms in one world."""

    world: World
    typical: Typical
    scenario: Arm
    counterfactual: Arm


def engine_named(name: str, *, threads: int = 1) -> Engine:
    """The engine of that name."""
    if name == "batch":
        from plsim.engine.compiled import BatchEngine

        return BatchEngine(threads)
    if name == "mesa":
        from plsim.engine.mesa_model import MesaEngine

        return MesaEngine()
    raise InputError("engine", "", f"got '{name}'", allowed=", ".join(ENGINES))


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

    def made(class_size: Floats, *, keep_given: bool) -> Setting:
        for setting in known:
            if setting.keep_given == keep_given and np.array_equal(setting.class_size, class_size):
                return setting
        return Setting(people, seed, years, class_size, keep_given)

    base_setting = made(base_planned.class_size, keep_given=True)
    if planned.freeze.sections or np.array_equal(planned.class_size, base_planned.class_size):
        setting = base_setting
    else:
        setting = made(planned.class_size, keep_given=False)
    return Pair(scenario, setting, base_setting, planned, base_planned)


def arms(both: Pair, world: World, found: Typical) -> WorldRun:
    """Both arms of a world before their first year; ``found`` is the world's reference."""
    base = typical_arm(both, world, found)
    return WorldRun(world, found, policy_arm(both, world, found, base), base)


def typical_arm(both: Pair, world: World, found: Typical) -> Arm:
    """The counterfactual of a world before its first year."""
    return Arm(both.base_setting, both.base_plan, both.base_plan.planned.values, world, found.reference, growth())


def policy_arm(both: Pair, world: World, found: Typical, base: Arm) -> Arm:
    """The scenario of a world before its first year; ``base`` is its counterfactual."""
    planned = both.planned_in(world)
    arm = Arm(both.setting, planned, planned.planned.values, world, found.reference, growth())
    if planned.freeze.staff:
        arm.turnover_from = base
    return arm


def run_world(both: Pair, world: World, engine: Engine) -> WorldRun:
    """Both arms in one world."""
    return run_arms(both, world, typical(world, engine), engine)


def run_arms(both: Pair, world: World, found: Typical, engine: Engine) -> WorldRun:
    """Both arms in a world whose reference is known."""
    run_ = arms(both, world, found)
    for _ in range(both.setting.years):
        run_.counterfactual.run_year(engine)
        run_.scenario.run_year(engine)
    return run_


def world_effects(both: Pair, run_: WorldRun) -> tuple[list[Row], Floats]:
    """Every row of effects in one world."""
    years = tuple(
        year_outcomes(both.base_setting, run_.scenario, run_.counterfactual, year)
        for year in range(both.base_setting.years)
    )
    return effect_rows(years)


def world_effects_by_design(both: Pair, of: Designs | None, run_: WorldRun, engine: Engine) -> Found:
    """Every row of effects in one world, and those of other designs, if any, with their sampling errors."""
    rows, values = world_effects(both, run_)
    exact = Found(rows, values, np.zeros(len(rows)))
    if of is None:
        return exact
    more = designed(of, run_, engine)
    return Found([*rows, *more.rows], *(np.concatenate(each) for each in zip(exact[1:], more[1:], strict=True)))


def run(
    scenario: Scenario,
    *,
    seed: int | None = None,
    worlds: int | None = None,
    years: int | None = None,
    population: Population | StudentFiles | str | Path | None = None,
    engine: str = "batch",
    workers: int = 1,
    progress: Progress | None = None,
    other_designs: bool = True,
) -> Result:
    """A scenario beside typical practice with the same students and the same luck.

    Parameters
    ----------
    scenario
        As :func:`plsim.load` reads it.
    seed
        The luck; the scenario's own when None. 0 is a seed.
    worlds
        Number of worlds over which intervals are taken, default 40; 0 runs the central world only, without intervals.
    years
        Years to simulate; the scenario's own when None.
    population
        A population, or a folder or file to read one from (:class:`StudentFiles` names a term too); drawn from norms
        when None.
    engine
        ``"batch"`` (compiled) or ``"mesa"`` (agents): the same bits.
    workers
        Threads. Results do not depend on them.
    progress
        Called with worlds done and worlds in all.
    other_designs
        Also estimate the effect as other designs would: direct, a study with other schools, a lottery.

    Returns
    -------
    Result
        Nothing is written until its ``save``.
    """
    begun = perf_counter()
    source = source_of(population)
    seed = scenario.seed if seed is None else seed
    years = scenario.years if years is None else years
    count = DEFAULT_WORLDS if worlds is None else worlds
    people = population_of(scenario, population, seed)
    both = pair(scenario, people, seed=seed, years=years)
    for setting in {id(both.setting): both.setting, id(both.base_setting): both.base_setting}.values():
        _ = setting.layouts  # made once here, not by every thread
    of = designs(both) if other_designs else None
    todo = (CENTRAL, *worlds_of(count, seed))
    done = 0

    def one(world: World) -> tuple[Found, WorldRun | None]:
        nonlocal done
        engine_ = engine_named(engine, threads=workers if len(todo) == 1 else 1)
        run_ = run_world(both, world, engine_)
        found = world_effects_by_design(both, of, run_, engine_)
        done += 1
        if progress is not None:
            progress(done, len(todo))
        return found, run_ if world is CENTRAL else None

    found, central = one(CENTRAL)  # compiles before threads start
    assert central is not None
    sure = Robustness()
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        mapped = pool.map if workers > 1 and len(todo) > 2 else map
        others = list(mapped(one, todo[1:]))
        if others:
            from plsim.engine.robustness import robustness

            on_one = engine_named(engine)
            sure = robustness(
                scenario, both, population=population, engine=on_one, found=central.typical, mapped=mapped
            )
    nobody = np.empty((0, len(found.rows)))
    spread = np.array([each.values for each, _ in others]) if others else nobody
    errors = np.array([each.errors for each, _ in others]) if others else nobody
    return Result(
        scenario=scenario,
        seed=seed,
        years=years,
        worlds=count,
        world_label=label(),
        engine=engine,
        rows=found.rows,
        central=found.values,
        central_error=found.errors,
        spread=spread,
        errors=errors,
        worlds_run=todo[1:],
        central_run=central,
        pair=both,
        designs=of,
        robustness=sure,
        population_source=str(source.path) if source is not None else "",
        population_term=(source.term or "") if source is not None else "",
        seconds=perf_counter() - begun,
    )
