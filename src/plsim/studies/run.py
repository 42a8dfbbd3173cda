"""Running a study: plan, runs, analysis, and the result folder of a study.

The folder that ``plsim study`` writes (``results/study-NAME-seedSEED`` unless ``--out`` says otherwise)::

    FOLDER/
      study.toml      the study file as it was given, byte for byte; its own scenario, if any, beside it
      manifest.json   what suffices to make the results again: schema_version, kind = "study", name, plsim (version),
                      study_digest, task_digest, evidence_digest, source_digest, scenario (canonical TOML text),
                      seed, years, worlds, worlds_are (label of the worlds), method, runs, failed, complete
      runs/           parts of the store (see plsim.sweeps.store): one row a run, resumable
      tables/         tidy tables, each as NAME.csv and NAME.parquet (runs only as Parquet)
      summary.json    written last: its presence says that the study is complete and analysed

Tables (columns in this order; KEY = ``outcome, subject, year, group, arm, unit, estimator``
identifies an outcome everywhere)::

    runs.parquet      run, point, world, luck (the seed), two columns per factor (its value, by the factor's name and of
                      its own type; its coordinate in [0, 1], by "u:" and its name), one column per outcome (named
                      OUTCOME.SUBJECT.YEAR.GROUP, e.g. "achievement.both.1.all")
    factors           factor, kind (range | values | cases | on_off | parameter | world), role (lever | uncertainty |
                      context), group (of factors; "" is none), low, high, values (";"-joined texts), unit, meaning
    outcomes          KEY, column, runs, mean, sd, low (5%), middle (50%),
                      high (95%), positive (share of runs above 0)
    sensitivity       KEY, method, factor, factor2, index, value, low, high, runs, chance
                      factor2 is "" except for pairs; index is e.g. S1, ST, S2, mu_star, mu, sigma, delta, pawn_median,
                      dgsm, shift_mean, main, interaction; chance is what no factor without influence passes in 95%
                      of samples (NaN where such a factor has exactly 0)
    convergence       KEY, method, factor, index, value, low, high, runs
                      the main index of every factor from nested first parts of the runs, and from all
    regions           KEY, factor, region, from_share, to_share, mean, value, excess, distance
                      (regional: where a factor lies in each region of the outcome, the lowest first)
    response          KEY, one column per factor, value (median over worlds), low, high
                      (90% of worlds), positive (share of worlds above 0), worlds                  (grid and factorial)
    contrasts         KEY, factor, factor2, from_value, to_value, value, low, high,
                      positive, worlds: what a step from a factor's first value changes within worlds, and pairs
    attribution ...   tables of plsim.attribution.tables, under the names that it gives them               (factorial)
    sensitivity, surrogate ...   tables of plsim.studies.surrogate                                          (surrogate)
    worlds            world, one column per parameter: a file for ``worlds = "FILE"``
    variance          KEY, part (levers | worlds | luck | ...), share of the variance between runs    (crossed designs)
    failures          run, error, inputs (JSON)

``summary.json``: schema_version, kind, name, question, method, scenario, seed, years, runs, failed, worlds, worlds_are,
seconds, outcomes (list), headline_table (name of the table that answers), headline (its first rows), statements (list
of plain sentences: what was found, and what the sample is too small for), tables (list of names).

Two seams to other modules, called by name when the method asks for them::

    plsim.attribution.tables.attribution_tables(practices, worlds, outcomes, values, *, seed)
        -> tuple[dict[str, pandas.DataFrame], list[str]]              tables by name, statements
        practices: names, tuple[str, ...]; worlds: names, tuple[str, ...]; outcomes: tuple[Outcome, ...]
        values: shape (worlds, 2**practices, outcomes); in combination c, practice i is on when bit i of c is 1,
        so combination 0 has all off (typical) and the last has all on
    plsim.studies.surrogate.surrogate_tables(names, units, outcomes, values, *, seed)
        -> tuple[dict[str, pandas.DataFrame], list[str]]
        names: of factors; units: coordinates of the runs in [0, 1], shape (runs, factors) (a factor of n values holds
        the middle of its slice, (k + 0.5) / n); values: shape (runs, outcomes), all finite
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import InputError, RunError
from plsim.core.files import json_bytes, parquet_bytes, write_file
from plsim.core.jit import source_digest
from plsim.core.phases import phase
from plsim.engine.worlds import model_digest, worlds_digest
from plsim.evidence import evidence_digest
from plsim.measures.spread import interval_plot
from plsim.scenario.outside import outside_practices
from plsim.studies.analysis import Analysis, analysed, factor_table
from plsim.studies.design import StudyTask, people_digest, task_of
from plsim.studies.factors import LUCK, WORLD
from plsim.studies.loading import STUDY_FILE, LoadedStudy
from plsim.sweeps.runner import SweepOutcome, failures, results, run_task

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
_MOST_NUMBERS = 50_000_000
"""A table of runs with more numbers than that is left to the store, which holds it in parts."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, repr=False)
class StudyResult:
    """A finished study.

    Attributes
    ----------
    analysis
        Tables and statements.
    sweep
        What the runner has done.
    """

    loaded: LoadedStudy
    task: StudyTask
    folder: Path
    analysis: Analysis
    sweep: SweepOutcome

    @property
    def headline(self) -> pd.DataFrame:
        """The table that answers the question."""
        return self.analysis.headline

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables of the study, by name."""
        return self.analysis.tables

    @property
    def statements(self) -> tuple[str, ...]:
        """Plain sentences: what was found, and what the sample is too small for."""
        return self.analysis.statements

    def __repr__(self) -> str:
        study = self.loaded.study
        lines = [
            f"{study.name}: {study.question}",
            f"{self.task.count:,} runs by {study.method.kind}, seed {study.seed}",
        ]
        return "\n".join([*lines, self.headline.head(20).to_string(index=False)])

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        table = self.headline.head(20).to_html(index=False, float_format="{:+.3f}".format, border=0)
        return f"<p>{escape(self.loaded.study.question)}</p>{table}"

    def plot(self, *, ax: Any = None) -> Any:
        """The table that answers the question, each row with its 90% interval.

        Parameters
        ----------
        ax
            Axes of matplotlib to draw into; new ones when None.

        Returns
        -------
        matplotlib.axes.Axes
        """
        table = self.headline.copy()
        names = [factor.name for factor in self.loaded.factors]
        keys = [name for name in ("practice", "factor", "factor2", "to_value", *names) if name in table.columns]
        table["row"] = [" ".join(str(part) for part in row if part != "") for row in table[keys].to_numpy().tolist()]
        return interval_plot(table, "row", self.task.outcomes[0].label, ax=ax)

    @property
    def runs(self) -> pd.DataFrame:
        """Every run as a row of one long table: point, world, seed, factors with their coordinates, outcomes."""
        import pandas as pd

        with (self.folder / "tables" / "runs.parquet").open("rb") as stream:
            return pd.read_parquet(stream)

    def summary(self) -> dict[str, Any]:
        """The document of ``summary.json``."""
        study = self.loaded.study
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": "study",
            "name": study.name,
            "question": study.question,
            "method": study.method.kind,
            "scenario": self.loaded.scenario.name,
            "seed": study.seed,
            "seeds": list(study.seeds),
            "years": self.loaded.years,
            "runs": self.task.count,
            "failed": self.sweep.failed,
            "worlds": len(self.task.design.worlds),
            "worlds_are": self.task.worlds_are,
            "seconds": round(self.sweep.seconds, 2),
            "outcomes": [outcome._asdict() for outcome in self.task.outcomes],
            "headline_table": self.analysis.headline_table,
            "headline": _plain(self.analysis.headline),
            "statements": list(self.analysis.statements),
            "tables": sorted(self.analysis.tables),
        }


def run_study(
    loaded: LoadedStudy,
    folder: Path,
    *,
    workers: int = 1,
    shard: tuple[int, int] | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> StudyResult | SweepOutcome:
    """Make the runs that the folder does not have yet; when all are there, analyse them and write everything.

    Parameters
    ----------
    loaded
        The study.
    folder
        Result folder; running the same study into it again resumes where it ended.
    workers, shard, dask, progress
        As for :func:`plsim.sweeps.runner.run_task`.

    Returns
    -------
    StudyResult or SweepOutcome
        The latter when runs of other shards are still missing.

    Raises
    ------
    StudyError
        When the folder holds runs of another study.
    InputError
        When the first run does not have an outcome that the study asks for.
    RunError
        When runs failed: they are listed with their inputs in ``tables/failures.csv``, and nothing is analysed.
    """
    task = task_of(loaded)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / STUDY_FILE).exists():
        with phase("Making the first run"):
            _try(task)
    try:
        sweep = run_task(task, folder, workers=workers, shard=shard, dask=dask, progress=progress)
        write_file(folder / STUDY_FILE, loaded.text.encode())
        _keep_scenario(loaded, folder)
        write_file(folder / "manifest.json", json_bytes(_manifest(loaded, task, sweep)))
    except OSError as error:
        raise _unwritten(folder, error) from None
    if sweep.failed or (sweep.complete and failures(task, folder)):  # other shards' runs may have failed
        raise _failed(task, folder)
    if not sweep.complete:
        return sweep
    with phase(f"Analysing {task.count:,} runs"):
        values = _values(task, folder)
        analysis = analysed(loaded, task.design, task.outcomes, values, label=task.worlds_are)
    found = StudyResult(loaded, task, folder, analysis, sweep)
    with phase("Writing tables"):
        _save(found, values)
    return found


def _try(task: StudyTask) -> None:
    """Make the first run, so that an outcome which no run has is said before a long sweep, not by each of its runs."""
    try:
        task.prepare()(0)
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - the runner makes this run again and records what is wrong with it
        return


def _values(task: StudyTask, folder: Path) -> Floats:
    """Results in order of run. Shape (runs, outcomes)."""
    table = results(task, folder)
    if table.num_rows != task.count:
        missing = task.count - table.num_rows
        raise RunError(f"{folder}: {missing} of {task.count} runs are missing. Run the study again.")
    return np.column_stack([table.column(name).to_numpy() for name in task.columns])


def _save(found: StudyResult, values: Floats) -> None:
    folder = found.folder / "tables"
    folder.mkdir(exist_ok=True)
    tables = {"factors": factor_table(found.loaded), **found.analysis.tables}
    if found.task.design.worlds:
        tables["worlds"] = world_table(found.task)
    try:
        (found.folder / "summary.json").unlink(missing_ok=True)
        (folder / "failures.csv").unlink(missing_ok=True)
        for name, table in tables.items():
            write_file(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
            write_file(folder / f"{name}.parquet", parquet_bytes(table))
        if values.size + found.task.count * len(found.loaded.factors) <= _MOST_NUMBERS:
            write_file(folder / "runs.parquet", parquet_bytes(runs_table(found.task, values)))
        write_file(found.folder / "summary.json", json_bytes(found.summary()))
    except OSError as error:
        raise _unwritten(found.folder, error) from None


def _keep_scenario(loaded: LoadedStudy, folder: Path) -> None:
    """Put a scenario that lies beside the study beside its copy too, so that the copy can be run as it stands."""
    given = Path(loaded.study.scenario)
    if given.suffix == ".toml" and not given.is_absolute() and ".." not in given.parts:
        (folder / given).parent.mkdir(parents=True, exist_ok=True)
        write_file(folder / given, loaded.scenario.to_toml().encode())


def _unwritten(folder: Path, error: OSError) -> RunError:
    return RunError(f"{folder}: could not be written: {error.strerror or error}. Finished runs are kept.")


def world_table(task: StudyTask) -> pd.DataFrame:
    """One row a world: its name and the value of every parameter that worlds differ in."""
    import pandas as pd

    worlds = task.design.worlds
    keys = list(dict.fromkeys(key for world in worlds for key in world.values))
    return pd.DataFrame([{"world": each.name} | {key: each.number(key) for key in keys} for each in worlds])


def _typed(values: list[Any]) -> Any:
    """A column with the type of its values: switches and texts as they are, numbers as numbers."""
    kinds = {type(value) for value in values}
    mixed = len(kinds) > 1 and not kinds <= {int, float}
    return np.array(values, dtype=object if mixed or kinds & {str} else None)


def runs_table(task: StudyTask, values: Floats) -> pd.DataFrame:
    """One row a run: point, world, the value of every factor, every outcome. ``values`` in order of run."""
    import pandas as pd

    design = task.design
    names = np.array(["central", *(world.name for world in design.worlds)], dtype=object)
    columns: dict[str, Any] = {"run": np.arange(design.runs), "point": design.order, "world": names[design.world + 1]}
    columns[LUCK] = np.array(design.seeds)[design.draw]
    for column, factor in enumerate(task.factors):
        if factor.name in (WORLD, LUCK):
            continue
        columns[factor.name] = _typed([factor.given(u) for u in design.units[:, column].tolist()])[design.order]
        columns[f"u:{factor.name}"] = design.units[design.order, column]
    for column, name in enumerate(task.columns):
        columns[name] = values[:, column]
    return pd.DataFrame(columns)


def _failed(task: StudyTask, folder: Path) -> RunError:
    """Failed runs, listed in a table, as an error."""
    import pandas as pd

    found = failures(task, folder)
    rows = [{"run": each.run, "error": each.error, "inputs": json.dumps(each.inputs)} for each in found]
    (folder / "tables").mkdir(exist_ok=True)
    path = folder / "tables" / "failures.csv"
    write_file(path, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n").encode())
    first = found[0]
    return RunError(
        f"{len(found)} of {task.count} runs failed, so nothing was analysed: an index without them would be wrong. "
        f"Run {first.run}: {first.error} All of them, with their inputs: {path}. "
        "The others are kept; run the study again to try the failed ones."
    )


def _manifest(loaded: LoadedStudy, task: StudyTask, sweep: SweepOutcome) -> dict[str, Any]:
    study = loaded.study
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "study",
        "name": study.name,
        "plsim": version("plsim"),
        "salib": version("salib"),
        "study_digest": study.digest(),
        "task_digest": task.digest(),
        "evidence_digest": evidence_digest(),
        "source_digest": source_digest(),
        "model_digest": model_digest(),
        "worlds_digest": worlds_digest(),
        "scenario": loaded.scenario.to_toml(),
        "scenario_digest": loaded.scenario.digest(),
        "practices_from": {name: list(source) for name, source in outside_practices().items()},
        "seed": study.seed,
        "seeds": list(task.design.seeds),
        "years": loaded.years,
        "worlds": len(task.design.worlds),
        "worlds_are": task.worlds_are,
        "worlds_from": str(study.uncertainties.worlds or ""),
        "population": str(study.population.get("path", "")),
        "population_digest": people_digest(loaded.people),
        "method": study.method.kind,
        "runs": task.count,
        "failed": sweep.failed,
        "complete": sweep.complete,
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: what is missing is null."""
    rows = table.to_dict(orient="records")
    return [
        {str(key): None if isinstance(value, float) and not np.isfinite(value) else value for key, value in row.items()}
        for row in rows
    ]
