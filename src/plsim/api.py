"""The door for Python: what ``import plsim`` offers, with arguments checked as the command line checks them.

Whatever is wrong with an argument raises an :class:`~plsim.core.errors.InputError` that says what was given and what is
allowed. A name or a path of a scenario is accepted wherever a scenario is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.arguments import callable_or_none, described, given, listed, switch, whole
from plsim.core.calendar import MAX_YEARS
from plsim.core.errors import InputError, nearest
from plsim.scenario import Scenario
from plsim.scenario import load as load_scenario
from plsim.scenario.schema import MAX_SEED

if TYPE_CHECKING:
    import pandas as pd

    from plsim.engine.parameters import World
    from plsim.population.load import StudentFiles
    from plsim.population.model import Population
    from plsim.runs.compare import Comparison
    from plsim.runs.districts import District, DistrictEffects
    from plsim.runs.evaluate import Evaluator, Outcome
    from plsim.runs.result import Result
    from plsim.studies.loading import Loaded
    from plsim.studies.run import StudyResult

    People = Population | StudentFiles | pd.DataFrame | str | Path

MAX_WORKERS = 1024
ENGINES = ("batch", "mesa")

Progress = Callable[[int, int], None]


def load(
    source: str | Path, *, overrides: Sequence[str] = (), years: int | None = None, seed: int | None = None
) -> Scenario:
    """The scenario in a TOML file, or the shipped one of that name.

    Parameters
    ----------
    source
        Path of a file, or a name that ``plsim list scenarios`` shows.
    overrides
        Dotted keys with TOML values, as ``--set`` takes them: ``"practices.advising.intensity=0.8"``.
    years, seed
        Put over the file's, when given.

    Returns
    -------
    Scenario
        Frozen; ``to_toml()`` gives its text with every default filled in.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong.

    Examples
    --------
    >>> import plsim
    >>> plsim.load("one_school_demo").years
    2
    """
    if not isinstance(source, str | os.PathLike):
        raise InputError("load", "source", given(source), allowed="the path of a TOML file or a scenario's name")
    if isinstance(overrides, str):
        overrides = (overrides,)
    overrides = listed("overrides", overrides, str, "texts such as 'years=2'")
    return load_scenario(
        source if isinstance(source, str) else Path(source),
        overrides=tuple(overrides),
        years=_years(years),
        seed=_seed(seed),
    )


def change(scenario: Scenario | str | Path, changes: Mapping[str, object]) -> Scenario:
    """The scenario with the values of dotted keys replaced, checked again.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    changes
        Dotted scenario keys and their values.

    Returns
    -------
    Scenario
        A new one; the one given is left as it is.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong.

    Examples
    --------
    >>> import plsim
    >>> more = plsim.change("one_school_demo", {"practices.advising.intensity": 0.8})
    >>> more.practices["advising"].intensity
    0.8
    """
    from plsim.scenario.loading import changed

    if not isinstance(changes, Mapping):
        raise InputError("change", "changes", given(changes), allowed="a mapping of dotted keys to values")
    for key in changes:
        if not isinstance(key, str):
            raise InputError("change", "changes", f"a key is {described(key)}", allowed="dotted keys as text")
    return changed(_scenario(scenario), changes)


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

    of = _scenario(scenario)
    return run_scenario(
        of,
        seed=_seed(seed),
        worlds=_worlds(worlds),
        years=_years(years),
        population=_people(population, of, _seed(seed)),
        engine=_engine(engine),
        workers=_workers(workers),
        progress=_watched(progress, "plsim"),
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
    of = [_scenario(each) for each in some]
    people = _people(population, of[0], _seed(seed)) if of else None
    return compare_scenarios(
        of,
        seed=_seed(seed),
        years=_years(years),
        worlds=_worlds(worlds),
        population=people,
        own_populations=switch("own_populations", own_populations),
        why=switch("why", why),
        engine=_engine(engine),
        workers=_workers(workers),
        progress=_watched(progress, "plsim"),
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

    of = _scenario(scenario)
    if outcomes is not None:
        outcomes = listed("outcomes", outcomes, Outcome, "plsim.Outcome")
    return Evaluator(
        of,
        seed=_seed(seed),
        years=_years(years),
        population=_people(population, of, _seed(seed)),
        outcomes=outcomes,
        engine=_engine(engine),
    )


def study(
    source: Loaded | str | Path,
    folder: str | Path,
    *,
    seed: int | None = None,
    worlds: int | str | Path | None = None,
    population: People | None = None,
    engine: str | type | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study: a question that takes many runs. Called again after an interruption, it resumes.

    Parameters
    ----------
    source
        A study file, a folder that holds a ``study.toml``, the name of a shipped experiment, or the text of a study
        file (several lines of TOML).
    folder
        Where runs and tables are kept.
    seed
        Put over the file's, when given.
    worlds
        In place of the file's, as for :func:`run`.
    population
        Students and schools of every run, in place of the file's: a population, files, or a DataFrame of students.
    engine
        In place of the file's, as for :func:`run`.
    workers
        Processes; results do not depend on them.
    progress
        Called with the number of runs done and in all.

    Returns
    -------
    Study
        ``tables`` by name, ``statements`` (plain sentences).

    Raises
    ------
    StudyError
        When the file is wrong, or the folder holds runs of another study.
    RunError
        When runs failed; ``tables/failures.csv`` in the folder lists them.

    Notes
    -----
    Methods and their sources: Shapley values of a full factorial [1]_, Sobol indices [2]_, elementary effects [3]_,
    RBD-FAST [4]_, delta [5]_, PAWN [6]_, DGSM [7]_ and HDMR [8]_.

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317.
    .. [2] Saltelli et al. (2010). Variance based sensitivity analysis of model output. Computer Physics
       Communications 181, 259-270.
    .. [3] Morris (1991). Factorial sampling plans for preliminary computational experiments. Technometrics 33, 161-174.
    .. [4] Tarantola, Gatelli and Mara (2006). Random balance designs for the estimation of first order global
       sensitivity indices. Reliability Engineering & System Safety 91, 717-727.
    .. [5] Borgonovo (2007). A new uncertainty importance measure. Reliability Engineering & System Safety 92, 771-784.
    .. [6] Pianosi and Wagener (2015). A simple and efficient method for global sensitivity analysis based on cumulative
       distribution functions. Environmental Modelling & Software 67, 1-11.
    .. [7] Sobol and Kucherenko (2009). Derivative based global sensitivity measures and their link with global
       sensitivity indices. Mathematics and Computers in Simulation 79, 3009-3017.
    .. [8] Li et al. (2010). Global sensitivity analysis for systems with independent and/or correlated inputs. Journal
       of Physical Chemistry A 114, 6022-6032.

    Examples
    --------
    >>> import plsim
    >>> import tempfile
    >>> text = '''
    ... schema_version = 1
    ... name = "coaching"
    ... question = "How much does coaching help?"
    ... scenario = "one_school_demo"
    ... years = 1
    ... [population]
    ... students_per_school = 30
    ... [levers]
    ... support.coaching_hours = [0.0, 2.0]
    ... [method]
    ... kind = "grid"
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = plsim.study(text, folder)
    >>> len(found.tables["response"])
    2
    """
    from plsim.population.options import StudentFiles
    from plsim.studies.loading import Loaded, load_study, loads_study
    from plsim.studies.run import StudyResult, run_study

    chosen = str(worlds) if isinstance(worlds, Path) else worlds
    if not isinstance(folder, str | os.PathLike):
        raise InputError("study", "folder", given(folder), allowed="the path of a folder")
    if isinstance(source, Loaded):
        loaded = source
    elif isinstance(source, str) and "\n" in source:
        loaded = loads_study(source, seed=_seed(seed), worlds=chosen)
    elif isinstance(source, str | os.PathLike):
        loaded = load_study(source, seed=_seed(seed), worlds=chosen)
    else:
        raise InputError("study", "source", given(source), allowed="a study file, a study's name, or its text")
    if engine is not None:
        loaded = replace(loaded, study=loaded.study.model_copy(update={"engine": _engine(engine)}))
    if population is not None:
        people = _people(population, loaded.scenario, loaded.study.seed)
        loaded = replace(loaded, people=StudentFiles(path=people) if isinstance(people, Path) else people)
    found = run_study(loaded, Path(folder), workers=_workers(workers), progress=_watched(progress, loaded.study.name))
    assert isinstance(found, StudyResult)  # no shard was asked for
    return found


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

    planned = _scenario(scenario)
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
        chosen, seed=_seed(seed), years=_years(years), worlds=worlds_of(worlds, seed=0), workers=_workers(workers)
    )


def rule(topic: str) -> Any:
    """The rules of one topic as plain Python functions, for theories of your own that build on them.

    Parameters
    ----------
    topic
        A file of ``plsim/rules``: ``"motivation"``, ``"attention"``, ``"match"`` ...

    Returns
    -------
    module
        The rules as plain, interpreted functions of numbers.

    Raises
    ------
    InputError
        When there is no such topic.

    Examples
    --------
    >>> import plsim
    >>> callable(plsim.rule("motivation").next_engagement)
    True
    """
    from plsim.core.jit import interpreted

    folder = Path(__file__).parent / "rules"
    files = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py") if path.stem != "__init__")
    known = sorted(".".join(each.parts) for each in files)
    asked: Any = topic
    if not isinstance(asked, str) or asked not in known:
        raise InputError("rule", "topic", given(topic), allowed=", ".join(known), fix=nearest(str(topic), known))
    return interpreted(f"plsim.rules.{topic}")


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

    known = _seed(seed)
    return chosen(_worlds(worlds), 0 if known is None else known).worlds


def _watched(progress: Progress | None, label: str) -> Progress | None:
    """The caller's progress; in a notebook, where nobody passed one, a bar."""
    callable_or_none("progress", progress, "what is done and what there is in all")
    if progress is not None or "ipykernel" not in sys.modules:
        return progress
    from tqdm import tqdm

    bar = tqdm(desc=label, file=sys.stderr)

    def report(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return report


def _scenario(value: Scenario | str | Path) -> Scenario:
    if isinstance(value, Scenario):
        return value
    if isinstance(value, str | os.PathLike):
        return load(value)
    raise InputError("scenario", "", given(value), allowed="what plsim.load returns, or a scenario's name or path")


def _seed(value: Any) -> int | None:
    return whole("seed", value, 0, MAX_SEED, "")


def _years(value: Any) -> int | None:
    return whole("years", value, 1, MAX_YEARS, "")


def _workers(value: Any) -> int:
    found = whole("workers", value, 1, MAX_WORKERS, "")
    return 1 if found is None else found


def _worlds(value: Any) -> Any:
    if isinstance(value, str | os.PathLike):
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        else:
            return str(value)
    return whole("worlds", value, 0, 1_000_000, "; 0 is the central world only")


def _engine(value: Any) -> str:
    if isinstance(value, type):
        from plsim.engine.mesa.subclasses import name_of

        return name_of(value)
    if isinstance(value, str) and value.startswith("mesa:"):
        return value
    if not isinstance(value, str) or value not in ENGINES:
        fix = nearest(value, ENGINES) if isinstance(value, str) else ""
        raise InputError("engine", "", given(value), allowed=" or ".join(ENGINES), fix=fix)
    return value


def _people(value: Any, scenario: Scenario, seed: int | None) -> Any:
    """A population as the runs take it."""
    from plsim.population.load import StudentFiles
    from plsim.population.model import Population

    if value is None or isinstance(value, Population | StudentFiles):
        return value
    if isinstance(value, str | os.PathLike):
        return Path(value)
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        from plsim.population.load import from_frame
        from plsim.scenario import population_spec

        return from_frame(value, population_spec(scenario), seed=scenario.seed if seed is None else seed)
    raise InputError(
        "population",
        "",
        given(value),
        allowed="a folder or file, a DataFrame of students, or what plsim.population gives",
    )
