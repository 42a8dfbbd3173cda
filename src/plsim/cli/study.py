"""``plsim study``: a question that takes many runs, from its file to tables with intervals."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.out_folder import OutFolder
from plsim.cli.progress import phases, sweep_progress
from plsim.cli.reading_options import reading_options
from plsim.cli.run import announce, student_files
from plsim.core.errors import InputError, printable
from plsim.core.table import table_lines

if TYPE_CHECKING:
    import pandas as pd

    from plsim.population.options import ReadOptions
    from plsim.studies.loading import LoadedStudy
    from plsim.studies.plan import StudyPlan
    from plsim.studies.run import StudyResult

_SHARD = re.compile(r"(\d{1,9})/(\d{1,9})")
_PLACE = ("outcome", "subject", "year", "group", "arm", "unit", "estimator", "method")
_HIDDEN = (*_PLACE, "worlds", "runs")


@click.command("study", context_settings={"show_default": True})
@click.argument("study", metavar="STUDY")
@click.option("--plan", is_flag=True, help="Estimate runs, time and disk space, and stop.")
@click.option("--out", type=click.Path(path_type=Path), help="Result folder.  [default: results/study-NAME-seedSEED]")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes.  [default: one per processor]")
@click.option("--shard", metavar="i/N", help="Run only the i-th of N parts, for array jobs.")
@click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster to run on.")
@click.option("--population", type=click.Path(path_type=Path), help="Real students: a folder or roster file.")
@reading_options
@click.option("--seed", type=click.IntRange(min=0), help="Random seed.  [default: the study's]")
@click.option("--worlds", help="How many, prior[:N], shipped, or a file of worlds.  [default: the study's]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only the path of the results.")
def command(
    *,
    study: str,
    plan: bool,
    out: Path | None,
    workers: int | None,
    shard: str | None,
    dask: str | None,
    population: Path | None,
    reading: ReadOptions,
    seed: int | None,
    worlds: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run STUDY, a study file or the name of a shipped experiment.

    Repeating the command resumes an interrupted study. The result folder holds the runs, tidy tables (CSV and
    Parquet) and a summary; `plsim report FOLDER` writes a report.
    """
    from plsim.studies.loading import load_study

    part = shard_of(shard)
    loaded = load_study(study, seed=seed, worlds=worlds, population=student_files(population, reading))
    processes = workers or os.cpu_count() or 1
    announce("batch", quiet=quiet or as_json)
    if plan:
        _tell_plan(loaded, workers=processes, as_json=as_json, quiet=quiet)
        return
    folder = out or Path("results") / f"study-{loaded.study.name}-seed{loaded.study.seed}"
    from plsim.studies.run import StudyResult, run_study

    wanted = not (quiet or as_json)
    with OutFolder(folder), phases(wanted=wanted), sweep_progress(loaded.study.name, wanted=wanted) as progress:
        found = run_study(loaded, folder, workers=processes, shard=part, dask=dask, progress=progress)
    if isinstance(found, StudyResult):
        _tell(found, as_json=as_json, quiet=quiet)
    elif as_json:
        click.echo(json.dumps({"kind": "study", "complete": False, "done": found.done, "runs": found.total}))
    else:
        click.echo(f"{found.done:,} of {found.total:,} runs are done; other parts are still missing.")
        click.echo(f"Once they are complete, run the study again without --shard. Results are in {printable(folder)}")


def shard_of(given: str | None) -> tuple[int, int] | None:
    """The part of a sweep that ``--shard`` names: ``3/16`` is the third of sixteen."""
    if given is None:
        return None
    match = _SHARD.fullmatch(given.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise InputError("--shard", "", f"got '{given}'", allowed="i/N with i from 1 to N, such as 3/16")
    return int(match[1]), int(match[2])


def _tell_plan(loaded: LoadedStudy, *, workers: int, as_json: bool, quiet: bool) -> None:
    from plsim.studies.plan import plan_study

    with phases(wanted=not (quiet or as_json)):
        found: StudyPlan = plan_study(loaded, workers=workers)
    if as_json:
        click.echo(json.dumps(found.document(), indent=1))
        return
    if not quiet:
        click.echo(f"{loaded.study.name}: {loaded.study.question}")
    click.echo("\n".join(found.lines()))


def _tell(found: StudyResult, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(json.dumps(found.summary(), indent=1, ensure_ascii=False, allow_nan=False))
    elif quiet:
        click.echo(str(found.folder))
    else:
        click.echo(study_text(found))
        click.echo(f"\nResults are in {printable(found.folder)}")


def study_text(found: StudyResult) -> str:
    """A finished study as lines for a terminal: the question, the table that answers it, what it says."""
    study, table = found.loaded.study, found.analysis.headline
    sweep = found.sweep
    made = "" if sweep.made == sweep.total else f", {sweep.total - sweep.made:,} of them from earlier"
    lines = [
        f"{study.name}: {study.question}",
        f"{found.task.count:,} runs by {study.method.kind} in {sweep.seconds:.0f} s{made}; seed {study.seed}",
    ]
    if len(table):
        first = table.iloc[0]
        about = ", ".join(str(first[key]) for key in ("outcome", "subject", "group", "unit") if key in table.columns)
        if first.get("arm", "difference") != "difference":
            about += f", {first['arm']}"
        year = f", year {first['year']}" if "year" in table.columns else ""
        lines += ["", f"{found.analysis.headline_table}: {about}{year}", *_table(table)]
    return "\n".join([*lines, "", *found.analysis.statements])


def _table(table: pd.DataFrame) -> list[str]:
    shown = [str(name) for name in table.columns if name not in _HIDDEN and not _empty(table[name].tolist())]
    if {"low", "high"} <= set(shown):
        shown = [name for name in shown if name not in ("low", "high")]
        cells = [
            [_estimate(row) if name == "value" else _cell(row[name]) for name in shown] for _, row in table.iterrows()
        ]
        header = ["value (90% interval)" if name == "value" else name for name in shown]
    else:
        cells = [[_cell(row[name]) for name in shown] for _, row in table.iterrows()]
        header = shown
    return table_lines(header, cells)


def _empty(values: list[Any]) -> bool:
    return all(value == "" or (isinstance(value, float) and math.isnan(value)) for value in values)


def _estimate(row: Any) -> str:
    if not math.isfinite(row["low"]):
        return _cell(row["value"])
    return f"{_cell(row['value'])} ({_cell(row['low'])} to {_cell(row['high'])})"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3f}" if abs(value) < 100.0 else f"{value:,.1f}"
    return str(value)
