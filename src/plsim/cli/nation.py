"""``plsim districts --national``: a scenario in a synthetic nation of US public school districts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.out_folder import OutFolder
from plsim.cli.progress import sweep_progress
from plsim.cli.run import announce
from plsim.cli.study import shard_of
from plsim.core.errors import printable
from plsim.core.table import table_lines

if TYPE_CHECKING:
    import pandas as pd

    from plsim.scenario import Scenario
    from plsim.sweeps.runner import SweepOutcome


def run_nation(
    scenario: Scenario,
    *,
    one_in: int,
    shard: str | None,
    dask: str | None,
    out: Path | None,
    workers: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run what is missing, in processes, as part of an array job or on a cluster; report when all is complete."""
    from plsim.runs.national import NationTask, totals
    from plsim.sweeps.runner import run_task

    task = NationTask(scenario, one_in)
    folder = out or Path("results") / f"nation-{scenario.name}-seed{scenario.seed}-1in{one_in}"
    announce("batch", quiet=quiet)
    with OutFolder(folder), sweep_progress(scenario.name, wanted=not (quiet or as_json)) as progress:
        done = run_task(task, folder, workers=workers, shard=shard_of(shard), dask=dask, progress=progress)
        if done.complete:
            table = totals(task, folder)
            document = _kept(scenario, one_in, done, table, folder)
    if not done.complete:
        click.echo(f"{done.done:,} of {done.total:,} runs are done; other shards are missing.")
        click.echo("When they are there, run the same line without --shard.")
    elif as_json:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    elif quiet:
        click.echo(str(folder))
    else:
        click.echo(_text(scenario, one_in, table))
        click.echo(f"\nResults are in {printable(folder)}")


def _kept(scenario: Scenario, one_in: int, done: SweepOutcome, table: pd.DataFrame, folder: Path) -> dict[str, Any]:
    from plsim.core.files import json_bytes, parquet_bytes, write_file
    from plsim.runs.national import district_sizes

    document: dict[str, Any] = {
        "schema_version": 1,
        "kind": "nation",
        "scenario": scenario.to_toml(),
        "seed": scenario.seed,
        "years": scenario.years,
        "one_in": one_in,
        "runs": done.done,
        "failed": done.failed,
        "districts_in_all": len(district_sizes()),
        "worlds_are": "central world only",
        "totals": table.to_dict(orient="records"),
    }
    write_file(folder / "totals.parquet", parquet_bytes(table))
    write_file(folder / "manifest.json", json_bytes(document))
    return document


def _text(scenario: Scenario, one_in: int, table: pd.DataFrame) -> str:
    rows = table[table["group"] == "all"]
    numbers = ("mean", "q05", "q50", "q95")
    cells = [
        [str(row["subject"]), f"year {row['year']}", *(f"{row[name]:+.3f}" for name in numbers)]
        for _, row in rows.iterrows()
    ]
    sample = "" if one_in == 1 else f", a sample of one part in {one_in}"
    size = f"{rows['districts'].max():,} districts, {int(rows['students'].max()):,} students in grades 1-10{sample}"
    heading = "Effect on achievement in SD: mean over students, and how districts differ"
    lines = table_lines(["", "", "mean", "low 5%", "middle", "high 5%"], cells)
    return "\n".join([f"{scenario.name}: {size}; seed {scenario.seed}, the central world only", "", heading, *lines])
