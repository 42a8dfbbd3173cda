"""The one entry: a scenario beside its counterfactual, over worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from plsim.core.phases import phase
from plsim.engine.arm import Engine
from plsim.engine.engines import engine_named
from plsim.engine.pair import Pair, WorldRun, source_of
from plsim.engine.parameters import CENTRAL
from plsim.engine.worlds import USUAL, chosen, first_alike
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.runs.paired import PairedRuns
from plsim.runs.result import Result
from plsim.runs.robustness import Robustness
from plsim.runs.study_designs import DesignRows, Designs, designed, designs
from plsim.scenario.schema import Scenario

DEFAULT_WORLDS = USUAL
Progress = Callable[[int, int], None]


def world_effects_by_design(
    runs: PairedRuns, both: Pair, of: Designs | None, run_: WorldRun, engine: Engine
) -> DesignRows:
    """Every row of effects in one world, and those of other designs, if any, with their sampling errors."""
    rows, values = runs.outcomes(both, run_)
    exact = DesignRows(rows, values, np.zeros(len(rows)))
    if of is None:
        return exact
    more = designed(of, run_, engine)
    return DesignRows([*rows, *more.rows], *(np.concatenate(each) for each in zip(exact[1:], more[1:], strict=True)))


def run(
    scenario: Scenario,
    *,
    seed: int | None = None,
    worlds: int | str | Path | None = None,
    years: int | None = None,
    population: Population | StudentFiles | str | Path | None = None,
    engine: str = "batch",
    workers: int = 1,
    progress: Progress | None = None,
    other_designs: bool = True,
    first: Callable[[Result], object] | None = None,
) -> Result:
    """A scenario beside typical practice with the same students and the same random numbers.

    Parameters
    ----------
    scenario
        As :func:`plsim.load` reads it.
    seed
        Of all random draws; the scenario's own when None. 0 is a seed.
    worlds
        Worlds over which intervals are taken: how many, default 40; ``"prior"``, ``"shipped"`` or a file of worlds (see
        :func:`plsim.engine.worlds.chosen`). 0 runs the central world only, without intervals.
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
    first
        Called with the result in the central world as soon as it is there, when there are worlds to come.

    Returns
    -------
    Result
        Nothing is written until its ``save``.
    """
    begun = perf_counter()
    source = source_of(population)
    seed = scenario.seed if seed is None else seed
    years = scenario.years if years is None else years
    over = chosen(worlds, seed)
    runs = PairedRuns(seed=seed, years=years, population=population, engine=engine, keep=0)
    both = runs.pair(scenario)
    of = designs(both) if other_designs else None
    todo = (CENTRAL, *over.worlds)
    alike = [0, *(place + 1 for place in first_alike(over.worlds))]
    copies = Counter(alike)
    done = 0

    def one(place: int) -> tuple[DesignRows, WorldRun | None]:
        nonlocal done
        world = todo[place]
        engine_ = engine_named(engine, threads=workers if world is CENTRAL else 1)
        run_ = runs.run(both, world, engine=engine_, with_direct=of is not None)
        found = world_effects_by_design(runs, both, of, run_, engine_)
        done += copies[place]
        if progress is not None:
            progress(done, len(todo))
        return found, replace(run_, direct=None) if world is CENTRAL else None

    found, central = one(0)  # compiles before threads start, and has all of them to itself
    assert central is not None

    def result(others: Sequence[tuple[DesignRows, object]], sure: Robustness) -> Result:
        nobody = np.empty((0, len(found.rows)))
        return Result(
            scenario=scenario,
            seed=seed,
            years=years,
            worlds=len(others),
            world_label=over.label,
            worlds_from="" if worlds is None or isinstance(worlds, int) else str(worlds),
            engine=engine,
            rows=found.rows,
            central=found.values,
            central_error=found.errors,
            spread=np.array([each.values for each, _ in others]) if others else nobody,
            errors=np.array([each.errors for each, _ in others]) if others else nobody,
            worlds_run=todo[1 : 1 + len(others)],
            central_run=central,
            pair=both,
            designs=of,
            robustness=sure,
            population_source=str(source.path) if source is not None else "",
            population_term=(source.term or "") if source is not None else "",
            population_options=source.document() if source is not None else {},
            seconds=perf_counter() - begun,
        )

    if first is not None and len(todo) > 1:
        first(result((), Robustness()))
    sure = Robustness()
    # One thread more than workers: while one waits for the interpreter, which Python's part of a world holds, another
    # runs weeks, which do without.
    with ThreadPoolExecutor(workers + 1 if workers > 1 else 1) as pool:
        mapped = pool.map if workers > 1 and len(todo) > 2 else map
        asked = sorted(set(alike[1:]))
        made = dict(zip(asked, mapped(one, asked), strict=True))
        others = [made[place] for place in alike[1:]]
        if others:
            from plsim.runs.robustness import robustness

            on_one = engine_named(engine)
            with phase("Trying other students, durability and typical practice"):
                sure = robustness(
                    scenario, both, population=population, engine=on_one, found=central.typical, mapped=mapped
                )
    return result(others, sure)
