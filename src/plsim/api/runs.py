"""Runs of one scenario, of several beside each other, of many variations, of many districts; and their worlds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.api.arguments import Progress
from plsim.core.arguments import given, listed, switch, whole
from plsim.core.errors import InputError
from plsim.scenario import Scenario

if TYPE_CHECKING:
    from plsim.api.arguments import People
    from plsim.engine.parameters import World
    from plsim.runs.compare import Comparison
    from plsim.runs.districts import District, DistrictEffects
    from plsim.runs.evaluate import Evaluator, Outcome
    from plsim.runs.result import Result

from plsim.api.arguments import (
    engine_from,
    people_from,
    progress_from,
    scenario_from,
    seed_from,
    workers_from,
    worlds_from,
    years_from,
)


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    worlds: int | str | Path | None = None,
    years: int | None = None,
    population: People | None = None,
    engine: str | type = "batch",
    workers: int = 1,
    progress: Progress | None = None,
    other_designs: bool = True,
) -> Result:
    """A scenario beside its counterfactual: typical practice with the same students and the same random draws.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    seed
        Of all random draws; the scenario's own when None. 0 is a seed.
    worlds
        Sets of assumptions to take intervals over: how many, default 40; ``"prior"``, ``"shipped"`` or a file of
        worlds. 0 runs the central one only, without intervals.
    years
        Years to simulate, 1 to 8; the scenario's own when None.
    population
        Students and schools: a population, a folder or file of a district, or a DataFrame of students; drawn from the
        norms when None.
    engine
        ``"batch"`` (compiled) or ``"mesa"`` (agents): the same results to the last bit. A subclass of Student, Teacher
        or School (or ``"mesa:MODULE:CLASS"``) runs the agents with it, in both arms and in the reference.
    workers
        Threads; results do not depend on them.
    progress
        Called with the number of worlds done and in all.
    other_designs
        Also estimate the effect as other study designs would.

    Returns
    -------
    Result
        ``effects`` is a DataFrame of outcomes, each with its unit; ``save`` writes a folder.

    Raises
    ------
    InputError
        When an argument is not what is allowed.
    PopulationError
        When the files of a population are wrong.

    Notes
    -----
    Both arms share their random numbers, drawn by address with Philox4x32-10 [1]_, so their difference holds no
    sampling error. An effect in SD is a mean difference divided by the norms' standard deviation of observed fall
    scores in the student's grade: Cohen's d [2]_ with a fixed denominator. Percentile points are Cohen's U3 less one
    half, times 100.

    References
    ----------
    .. [1] Salmon, Moraes, Dror and Shaw (2011). Parallel random numbers: as easy as 1, 2, 3. SC '11.
    .. [2] Cohen (1988). Statistical power analysis for the behavioral sciences, 2nd ed., chapter 2.

    Examples
    --------
    >>> import plsim
    >>> result = plsim.run("one_school_demo", worlds=0, years=1, other_designs=False)
    >>> sorted(result.effects["subject"].unique())
    ['both', 'math', 'reading']
    """
    from plsim.runs.run import run as run_scenario

    of = scenario_from(scenario)
    return run_scenario(
        of,
        seed=seed_from(seed),
        worlds=worlds_from(worlds),
        years=years_from(years),
        population=people_from(population, of, seed_from(seed)),
        engine=engine_from(engine),
        workers=workers_from(workers),
        progress=progress_from(progress, "plsim"),
        other_designs=switch("other_designs", other_designs),
    )


def compare(
    scenarios: Sequence[Scenario | str | Path],
    *,
    seed: int | None = None,
    years: int | None = None,
    worlds: int | str | Path | None = None,
    population: People | None = None,
    own_populations: bool = False,
    why: bool = True,
    engine: str | type = "batch",
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Scenarios on the same schools, with the same random draws and in the same worlds.

    Parameters
    ----------
    scenarios
        Two or more, or their names; the first is what the others are compared with.
    seed, years
        The first scenario's seed and the fewest years of any scenario, when None.
    worlds, population, engine, workers, progress
        As for :func:`run`; without a population all get the first scenario's students and schools.
    own_populations
        Give each scenario its own students and schools.
    why
        Also decompose each effect in the central world into time, match, attention and quality.

    Returns
    -------
    Comparison
        ``differences`` is a DataFrame: effect of each scenario minus that of the first, world by world.

    Raises
    ------
    InputError
        When fewer than two different scenarios are given, or an argument is not what is allowed.

    Notes
    -----
    The parts of an effect in ``why`` are Shapley values [1]_ of its four channels, so they add up to the effect.

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317.

    Examples
    --------
    >>> import plsim
    >>> school = plsim.load("one_school_demo", years=1)
    >>> more = plsim.change(school, {"practices.advising.intensity": 1.0}).with_changes(name="more_advising")
    >>> found = plsim.compare([school, more], worlds=0, why=False)
    >>> set(found.differences["scenario"])
    {'more_advising'}
    """
    from plsim.runs.compare import compare as compare_scenarios

    some = listed("scenarios", scenarios, (Scenario, str, os.PathLike), "two or more scenarios, or their names")
    of = [scenario_from(each) for each in some]
    people = people_from(population, of[0], seed_from(seed)) if of else None
    return compare_scenarios(
        of,
        seed=seed_from(seed),
        years=years_from(years),
        worlds=worlds_from(worlds),
        population=people,
        own_populations=switch("own_populations", own_populations),
        why=switch("why", why),
        engine=engine_from(engine),
        workers=workers_from(workers),
        progress=progress_from(progress, "plsim"),
    )


def evaluate(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    years: int | None = None,
    population: People | None = None,
    outcomes: Sequence[Outcome] | None = None,
    engine: str | type = "batch",
) -> Evaluator:
    """What evaluates many variations of one scenario quickly, keeping what they share.

    Parameters
    ----------
    scenario
        What is varied.
    seed, years, population, engine
        As for :func:`run`.
    outcomes
        What is read from every variation; the effect on achievement after each year when None.

    Returns
    -------
    Evaluator
        Called with changes and a world it gives the outcomes, shape (outcomes,), in the order of its ``outcomes``.

    Raises
    ------
    InputError
        When an argument is not what is allowed, or no run of the scenario has such an outcome.

    Examples
    --------
    >>> import plsim
    >>> of = plsim.evaluate("one_school_demo", years=1)
    >>> of({"practices.advising.intensity": 1.0}).shape == (len(of.outcomes),)
    True
    """
    from plsim.runs.evaluate import Evaluator, Outcome

    of = scenario_from(scenario)
    if outcomes is not None:
        outcomes = listed("outcomes", outcomes, Outcome, "plsim.Outcome")
    return Evaluator(
        of,
        seed=seed_from(seed),
        years=years_from(years),
        population=people_from(population, of, seed_from(seed)),
        outcomes=outcomes,
        engine=engine_from(engine),
    )


def districts(
    scenario: Scenario | str | Path,
    of: Any,
    *,
    seed: int | None = None,
    years: int | None = None,
    worlds: int = 0,
    workers: int = 1,
) -> Iterator[DistrictEffects]:
    """The effects of a scenario in many districts, one at a time: memory does not grow with their number.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    of
        How many districts to draw from the norms (a whole number), or the folders and files to read them from.
    seed, years, workers
        As for :func:`run`.
    worlds
        How many worlds beside the central one.

    Yields
    ------
    DistrictEffects
        Name, size and effects of one district; ``table()`` gives a DataFrame.

    Raises
    ------
    InputError
        When an argument is not what is allowed.
    PopulationError
        When the files of a district are wrong.

    Examples
    --------
    >>> import plsim
    >>> small = plsim.change("one_school_demo", {"population.students_per_school": 60})
    >>> [each.name for each in plsim.districts(small, 2, years=1)]
    ['district 1', 'district 2']
    """
    from plsim.runs.districts import MOST_DRAWN, District, drawn, from_files, stream

    planned = scenario_from(scenario)
    chosen: Iterable[District]
    if isinstance(of, str | os.PathLike):
        of = [of]
    if isinstance(of, Iterable):
        some = list(of)
        if all(isinstance(each, str | os.PathLike) for each in some):
            chosen = from_files(planned, [Path(each) for each in some])
        elif all(isinstance(each, District) for each in some):
            chosen = some
        else:
            raise InputError("districts", "of", "got things of several kinds", allowed="folders and files")
    else:
        count = whole("districts", of, 1, MOST_DRAWN, ", or folders and files")
        if count is None:
            raise InputError("districts", "of", given(of), allowed="a number of districts, or folders and files")
        chosen = drawn(planned, count)
    return stream(
        chosen,
        seed=seed_from(seed),
        years=years_from(years),
        worlds=worlds_of(worlds, seed=0),
        workers=workers_from(workers),
    )


def worlds_of(worlds: int | str | Path | None = None, *, seed: int = 0) -> tuple[World, ...]:
    """The worlds that results are taken over: the calibrated ones that ship, else draws from the prior ranges.

    Parameters
    ----------
    worlds
        How many, default 40; ``"prior"``, ``"shipped"``, either with a number (``"prior:100"``), or a file of worlds.
    seed
        Chooses prior worlds where no calibrated ones ship.

    Returns
    -------
    tuple of World
        Each with its ``name`` and ``values``, by registry key.

    Raises
    ------
    InputError
        When ``worlds`` or ``seed`` is not a whole number in its range.

    Examples
    --------
    >>> import plsim
    >>> len(plsim.worlds(3))
    3
    """
    from plsim.engine.worlds import chosen

    known = seed_from(seed)
    return chosen(worlds_from(worlds), 0 if known is None else known).worlds
