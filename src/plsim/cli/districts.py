"""``plsim districts``: one scenario in many districts, one after the other."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.effects import estimate
from plsim.cli.interrupt import interruptible
from plsim.cli.out_folder import OutFolder, named_folder
from plsim.cli.progress import progress_bar
from plsim.cli.reading_options import reading_options
from plsim.cli.run import announce, is_there, people_settings
from plsim.core.errors import InputError, printable
from plsim.core.table import table_lines

if TYPE_CHECKING:
    import pandas as pd

    from plsim.engine.parameters import World
    from plsim.population.options import ReadOptions
    from plsim.runs.districts import Totals
    from plsim.scenario import Scenario

_COUNT = 20


@click.command("districts", context_settings={"show_default": True})
@click.argument("scenario", metavar="SCENARIO")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[DISTRICT...]")
@click.option(
    "--count",
    type=click.IntRange(1, 1_000_000),
    help=f"Number of districts to draw, when no files are given.  [default: {_COUNT}]",
)
@click.option("--national", is_flag=True, help="US public school districts, drawn from their published sizes.")
@click.option(
    "--one-in", type=click.IntRange(1, 100_000), help="With --national: simulate one part in N.  [default: 1]"
)
@click.option("--shard", help="With --national: part i of N, such as 3/16, for array jobs.")
@click.option("--dask", help="With --national: address of a Dask scheduler to run on.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Result folder.  [default: results/districts-NAME-seedSEED-...]"
)
@click.option("--force", is_flag=True, help="Overwrite another result in that folder.")
@click.option("--seed", type=int, help="Random seed.  [default: the scenario's]")
@click.option("--years", type=int, help="Years to simulate, 1 to 8.  [default: the scenario's]")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value of the scenario; repeatable."
)
@reading_options
@click.option("--worlds", type=click.IntRange(0, 1000), default=0, help="Sets of assumptions; 0: central only.")
@click.option("--every-outcome", is_flag=True, help="Report every outcome, not only achievement.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Parallel threads.  [default: one per processor]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only the path of the results.")
def command(
    *,
    scenario: str,
    files: tuple[Path, ...],
    count: int | None,
    national: bool,
    one_in: int | None,
    shard: str | None,
    dask: str | None,
    out: Path | None,
    force: bool,
    seed: int | None,
    years: int | None,
    overrides: tuple[str, ...],
    reading: ReadOptions,
    worlds: int,
    every_outcome: bool,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO in every DISTRICT (folders or files of students), or in districts drawn like the scenario's.

    Districts are processed one at a time, so memory does not grow with their number. Writes a table of effects by
    district, in parts, and totals over districts. After an interruption the parts already written are kept.
    """
    from plsim.runs.manifest import refuse_other_settings
    from plsim.scenario import load

    if national:
        if files or count is not None or worlds or every_outcome:
            allowed = "SCENARIO, --one-in, --shard, --dask, --set, --seed, --years, --out and --workers"
            raise InputError("--national", "", "given with what it does not take", allowed=allowed)
        from plsim.cli.nation import run_nation

        run_nation(
            load(scenario, overrides=overrides, years=years, seed=seed),
            one_in=one_in or 1,
            shard=shard,
            dask=dask,
            out=out,
            workers=workers or os.cpu_count() or 1,
            as_json=as_json,
            quiet=quiet,
        )
        return
    if one_in is not None or shard is not None or dask is not None:
        raise InputError("districts", "", "--one-in, --shard and --dask need --national")
    if files and count is not None:
        raise InputError(
            "--count", "", "cannot be combined with files", fix="Give either files or a number of districts"
        )
    for path in files:
        if not is_there(path):
            raise InputError("districts", "", f"no file or folder '{path}'")
    loaded = load(scenario, overrides=overrides, years=years, seed=seed)
    settings: dict[str, object] = {
        "scenario": loaded.digest(),
        "count": count,
        "worlds": worlds,
        "every_outcome": every_outcome,
        **people_settings([reading.at(path) for path in files]),
    }
    folder = out or named_folder(f"districts-{loaded.name}-seed{loaded.seed}", settings)

    def finished() -> Totals:
        from plsim.engine.worlds import label
        from plsim.engine.worlds import worlds as worlds_of
        from plsim.runs.district_folder import DistrictFolder
        from plsim.runs.districts import drawn, from_files, stream

        number = len(files) or count or _COUNT
        districts = from_files(loaded, [reading.at(path) for path in files]) if files else drawn(loaded, number)
        others: tuple[World, ...] = worlds_of(worlds, loaded.seed)
        kept = DistrictFolder(folder)
        with progress_bar(loaded.name, wanted=not quiet) as progress:
            for found in stream(
                districts, worlds=others, every_outcome=every_outcome, workers=workers or os.cpu_count() or 1
            ):
                kept.add(found)
                if progress is not None:
                    progress(kept.totals.districts, number)
        kept.finish(loaded, worlds=worlds, label=label(), files=[str(path) for path in files], settings=settings)
        return kept.totals

    with OutFolder(folder) as out_folder:
        if not force:
            refuse_other_settings(folder, "manifest.json", settings)
        announce("batch", quiet=quiet)
        totals = interruptible(
            finished, message="plsim: interrupted; the parts already written have been kept.", tidy=out_folder.tidy
        )
    if as_json:
        click.echo(json.dumps(_document(totals, loaded), ensure_ascii=False, allow_nan=False))
    elif quiet:
        click.echo(str(folder))
    else:
        click.echo(totals_text(totals, loaded, worlds))
        click.echo(f"\nResults are in {printable(folder)}")


def totals_text(totals: Totals, scenario: Scenario, worlds: int) -> str:
    """The totals as lines for a terminal."""
    table = totals.table()
    rows = table[(table["arm"] == "difference") & (table["group"] == "all") & (table["unit"] == "SD")]
    rows = rows[rows["outcome"] == "achievement"]
    told: list[Any] = list(rows.itertuples())
    cells = [
        [
            str(row.subject),
            f"year {row.year}",
            estimate([row]),
            *(f"{value:+.3f}" for value in (row.q05, row.q50, row.q95)),
            f"{row.below_zero:,} of {row.districts:,}",
        ]
        for row in told
    ]
    where = f"{worlds} worlds" if worlds else "the central world only"
    size = f"{totals.districts:,} districts, {totals.schools:,} schools, {totals.students:,} students"
    heading = "Effect on achievement in SD: mean over students, and distribution over districts (central world)"
    lines = table_lines(["", "", "mean", "5th percentile", "median", "95th percentile", "below zero"], cells)
    return "\n".join([f"{scenario.name}: {size}; seed {scenario.seed}, {where}", "", heading, *lines])


def _document(totals: Totals, scenario: Scenario) -> dict[str, object]:
    table: pd.DataFrame = totals.table()
    records = table.astype(object).where(table.notna(), None).to_dict(orient="records")
    return {
        "schema_version": 1,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "districts": totals.districts,
        "students": totals.students,
        "schools": totals.schools,
        "totals": records,
    }
