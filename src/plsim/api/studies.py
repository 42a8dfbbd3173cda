"""Studies: questions that take many runs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plsim.api.arguments import Progress
from plsim.core.arguments import given
from plsim.core.errors import InputError

if TYPE_CHECKING:
    from plsim.api.arguments import People
    from plsim.studies.loading import LoadedStudy
    from plsim.studies.run import StudyResult

from plsim.api.arguments import engine_from, people_from, progress_from, seed_from, workers_from


def study(
    source: LoadedStudy | str | Path,
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
    from plsim.studies.loading import LoadedStudy, load_study, loads_study
    from plsim.studies.run import StudyResult, run_study

    chosen = str(worlds) if isinstance(worlds, Path) else worlds
    if not isinstance(folder, str | os.PathLike):
        raise InputError("study", "folder", given(folder), allowed="the path of a folder")
    if isinstance(source, LoadedStudy):
        loaded = source
    elif isinstance(source, str) and "\n" in source:
        loaded = loads_study(source, seed=seed_from(seed), worlds=chosen)
    elif isinstance(source, str | os.PathLike):
        loaded = load_study(source, seed=seed_from(seed), worlds=chosen)
    else:
        raise InputError("study", "source", given(source), allowed="a study file, a study's name, or its text")
    if engine is not None:
        loaded = replace(loaded, study=loaded.study.model_copy(update={"engine": engine_from(engine)}))
    if population is not None:
        people = people_from(population, loaded.scenario, loaded.study.seed)
        loaded = replace(loaded, people=StudentFiles(path=people) if isinstance(people, Path) else people)
    found = run_study(
        loaded, Path(folder), workers=workers_from(workers), progress=progress_from(progress, loaded.study.name)
    )
    assert isinstance(found, StudyResult)  # no shard was asked for
    return found
