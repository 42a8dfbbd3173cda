"""``plsim run``: one scenario beside its counterfactual."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plsim.cli.interrupt import interruptible
from plsim.cli.out_folder import RESULTS, OutFolder, named_folder
from plsim.cli.progress import phases, progress_bar
from plsim.cli.reading_options import first_asked, reading_options
from plsim.cli.worlds import WORLDS_HELP, EngineChoice, WorldsChoice
from plsim.core.errors import InputError, printable, shown
from plsim.core.phases import phase

if TYPE_CHECKING:
    from plsim.population.options import ReadOptions, StudentFiles
    from plsim.runs.result import Result
    from plsim.scenario import Scenario

_TABLES = ("students", "schools")
ON_REQUEST = (
    "--tables students,schools writes them: a row for each, with ids and scores, from which persons can be found"
)


@dataclass(frozen=True)
class Asked:
    """What is to be run, from options or from a manifest; a digest of the people only from the latter."""

    scenario: Scenario
    seed: int
    years: int
    worlds: int | str | None = None
    population: StudentFiles | None = None
    engine: str = "batch"
    other_designs: bool = True
    population_digest: str = ""


@click.command("run", context_settings={"show_default": True})
@click.argument("scenario", metavar="SCENARIO", required=False)
@click.option("--from", "manifest", type=click.Path(path_type=Path), help="Reproduce a result from its manifest.json.")
@click.option("--out", type=click.Path(path_type=Path), help="Result folder.  [default: results/NAME-seedSEED...]")
@click.option("--force", is_flag=True, help="Overwrite the result of another run in that folder.")
@click.option("--seed", type=int, help="Random seed.  [default: the scenario's]")
@click.option("--years", type=int, help="Years to simulate, 1 to 8.  [default: the scenario's]")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value of the scenario; repeatable."
)
@click.option("--population", type=click.Path(path_type=Path), help="Students of a district: a folder or roster file.")
@reading_options
@click.option("--worlds", type=WorldsChoice(), metavar="N|prior|FILE", help=WORLDS_HELP)
@click.option(
    "--engine",
    type=EngineChoice(),
    metavar="batch|mesa|mesa:FILE.py:CLASS",
    help="Or agents of your own.  [default: batch]",
)
@click.option("--workers", type=click.IntRange(1, 1024), help="Parallel threads.  [default: one per processor]")
@click.option("--tables", metavar="NAMES", help="Of real students also: students, schools (a row for each).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only the path of the results.")
@click.option("--no-report", is_flag=True, help="Do not write report.html.")
@click.option("--quick", is_flag=True, help="Skip the report and the estimates of other study designs.")
def command(
    *,
    scenario: str | None,
    manifest: Path | None,
    out: Path | None,
    force: bool,
    seed: int | None,
    years: int | None,
    overrides: tuple[str, ...],
    population: Path | None,
    reading: ReadOptions,
    worlds: int | str | None,
    engine: str | None,
    workers: int | None,
    tables: str | None,
    as_json: bool,
    quiet: bool,
    no_report: bool,
    quick: bool,
) -> None:
    """Run SCENARIO (a file or a shipped scenario's name) and typical practice on the same students and random numbers.

    Prints effects with 90% intervals and writes a result folder. `plsim list scenarios` shows shipped scenarios. With
    --from MANIFEST in place of SCENARIO an earlier result is reproduced bit for bit.
    """
    people = student_files(population, reading)
    asked = _recorded(manifest) if manifest is not None else _asked(scenario, overrides, seed=seed, years=years)
    if manifest is not None:
        _alone(scenario, overrides, seed, years, people, worlds, engine)
    else:
        asked = replace(asked, worlds=worlds, population=people, engine=engine or "batch", other_designs=not quick)
    no_report = no_report or quick
    _named_tables(tables)  # refused before the work
    folder = out or _default_folder(asked)
    if manifest is not None and folder.resolve() in (manifest.resolve(), manifest.resolve().parent):
        raise InputError("--out", "", f"'{folder}' holds the result to be reproduced", fix="Give another folder")
    before = _stamp(folder)

    def interrupted() -> str:
        kept = (
            f"the result in {folder} is complete, but its report was not written"
            if _stamp(folder) not in {0, before}
            else ""
        )
        return f"plsim: interrupted; {kept or 'no result was written'}."

    with OutFolder(folder) as out_folder:
        if not force:
            _refuse_another(folder, asked)
        announce(asked.engine, quiet=quiet)
        result, untold = interruptible(
            lambda: _kept(
                asked,
                folder,
                manifest,
                workers=workers,
                watched=not (quiet or as_json),
                with_report=not no_report,
                force=force,
                tables=_named_tables(tables),
            ),
            message=interrupted,
            tidy=out_folder.tidy,
        )
    if as_json:
        click.echo((folder / "summary.json").read_text(encoding="utf-8"), nl=False)
    elif quiet:
        click.echo(str(folder))
    else:
        from plsim.cli.effects import effects_text

        click.echo(effects_text(result))
        if untold:
            click.echo(f"\nNo report: {untold}")
        elif not no_report:
            click.echo(f"\nReport: {printable(folder / 'report.html')}")
        if result.not_written:
            click.echo(f"\nNot written, for the students are real: {', '.join(result.not_written)}. {ON_REQUEST}.")
        click.echo(f"\nResults are in {printable(folder)}")


def _kept(
    asked: Asked,
    folder: Path,
    manifest: Path | None,
    *,
    workers: int | None,
    watched: bool,
    with_report: bool,
    force: bool,
    tables: tuple[str, ...],
) -> tuple[Result, str]:
    """The result of a run, written into the folder, with its page; or why there is none.

    What was saved is saved: a page that cannot be written is no reason to end as if the input had been wrong.
    """
    from plsim.runs.run import run

    with phases(wanted=watched), progress_bar(asked.scenario.name, wanted=watched) as progress:
        result = run(
            asked.scenario,
            seed=asked.seed,
            worlds=asked.worlds,
            years=asked.years,
            population=asked.population,
            engine=asked.engine,
            workers=workers or os.cpu_count() or 1,
            progress=progress,
            other_designs=asked.other_designs,
            first=_tell_central if watched and sys.stderr.isatty() else None,
        )
    if manifest is not None:
        _check_people(result, asked)
    with phases(wanted=watched), phase("Writing tables"):
        result.write_into(folder, force=force, tables=tables)
    if not with_report:
        return result, ""
    if not _can_be_told(result):
        from plsim.report.material import TOO_FEW

        return result, f"{TOO_FEW}."
    from plsim.report.page import write_report

    try:
        with phases(wanted=watched), phase("Writing the report"):
            write_report(folder)
    except InputError as error:
        return result, str(error)
    return result, ""


def _named_tables(given: str | None) -> tuple[str, ...]:
    """What ``--tables`` names."""
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    unknown = [name for name in names if name not in _TABLES]
    if unknown:
        raise InputError("--tables", "", f"{shown(unknown[0])} is no table", allowed=", ".join(_TABLES))
    return names


def _tell_central(result: Result) -> None:
    """The central world's effects at once, on stderr: worlds take a while."""
    of = ("achievement", result.years, "all", "paired", "difference", "SD")
    rows = (row for row in result.effect_rows if (row.outcome, *row[2:6], row.unit) == of)
    told = ", ".join(f"{row.subject} {row.value:+.3f}" for row in rows)
    click.echo(f"Central world, year {result.years}: {told} SD. Intervals over worlds follow.", err=True)


def _can_be_told(result: Result) -> bool:
    """Whether there is an effect on all students; groups that are too small have none."""
    return any(row.outcome == "percentile_points" and row.group == "all" for row in result.effect_rows)


def _stamp(folder: Path) -> int:
    """When the manifest in a folder was written; 0 without one."""
    manifest = folder / "manifest.json"
    try:
        return manifest.stat().st_mtime_ns
    except (OSError, ValueError):  # not there, or a name that cannot be one
        return 0


def _asked(scenario: str | None, overrides: tuple[str, ...], *, seed: int | None, years: int | None) -> Asked:
    """What a scenario and its overrides say."""
    from plsim.scenario import load

    if scenario is None:
        raise InputError(
            "run", "SCENARIO", "missing", fix="Give a file or a name from `plsim list scenarios`, or --from"
        )
    loaded = load(scenario, overrides=overrides, years=years, seed=seed)
    return Asked(loaded, loaded.seed, loaded.years)


def _recorded(manifest: Path) -> Asked:
    """What a manifest says was run; says on stderr what has changed since."""
    from plsim.runs.manifest import read_manifest

    again = read_manifest(manifest)
    for changed in again.changed:
        click.echo(f"Changed since {manifest} was written: {changed}. Results may differ.", err=True)
    known = {each.name: getattr(again, each.name) for each in fields(Asked)}
    return Asked(**known)


def _settings(asked: Asked) -> dict[str, object]:
    """What is asked, under the names that it has in a manifest."""
    from plsim.runs.manifest import files_digest

    files = asked.population
    return {
        "scenario_digest": asked.scenario.digest(),
        "seed": asked.seed,
        "years": asked.years,
        **_worlds_asked(asked.worlds),
        "population_files": files_digest(None if files is None else files.path),
        "population_term": "" if files is None else files.term or "",
        "population_options": {} if files is None else files.document(),
        "other_designs": asked.other_designs,
    }


def _worlds_asked(worlds: int | str | None) -> dict[str, object]:
    """How many worlds, or which: how many a name or a file means is known when they have been read."""
    from plsim.runs.run import DEFAULT_WORLDS

    if isinstance(worlds, str):
        return {"worlds_from": worlds}
    return {"worlds": DEFAULT_WORLDS if worlds is None else worlds, "worlds_from": ""}


def _default_folder(asked: Asked) -> Path:
    """``results/NAME-seedSEED`` for a shipped scenario as it is; for anything else with a digest of the settings."""
    from plsim.scenario import load, shipped_scenarios

    name = f"{asked.scenario.name}-seed{asked.seed}"
    settings = _settings(asked)
    if asked.scenario.name in shipped_scenarios():
        plain = _settings(Asked(shipped := load(asked.scenario.name, seed=asked.seed), asked.seed, shipped.years))
        if settings == plain:
            return RESULTS / name
    return named_folder(name, settings)


def _refuse_another(folder: Path, asked: Asked) -> None:
    """Refuse before the work what would be refused after it."""
    from plsim.runs.manifest import code_digests, refuse_another

    if os.path.lexists(folder / "manifest.json") or os.path.lexists(folder / "comparison.json"):
        refuse_another(folder, {**_settings(asked), **code_digests()})


def _alone(*others: object) -> None:
    """With a manifest nothing else may be asked for."""
    if any(other is not None and other != () for other in others):
        fix = "Give --from without SCENARIO, --set, --seed, --years, --worlds, --engine and options of students"
        raise InputError("--from", "", "the manifest already determines the run", fix=fix)


def _check_people(result: Result, asked: Asked) -> None:
    """Refuse a result of other people than the manifest's: the files have changed, or were never there."""
    from plsim.runs.manifest import population_digest

    if population_digest(result.pair.base_setting.population) != asked.population_digest:
        where = str(asked.population.path) if asked.population is not None else "drawn from norms"
        raise InputError("--from", "population", f"the students are not those of the manifest ({where})")


def student_files(path: Path | None, reading: ReadOptions) -> StudentFiles | None:
    """What ``--population`` and the options of reading ask for."""
    asked = first_asked(reading)
    if path is None and asked:
        raise InputError(asked, "", "given without --population", fix="Name the files of students")
    if path is None:
        return None
    if not is_there(path):
        raise InputError("--population", "", f"no file or folder '{str(path)[:200]}'")
    return reading.at(path)


def people_settings(files: Sequence[StudentFiles]) -> dict[str, object]:
    """What decides the students of several runs, and the code that answers, for telling one result from another."""
    from plsim.runs.manifest import code_digests, files_digest

    return {"files": [[files_digest(each.path), each.document()] for each in files], **code_digests()}


def is_there(path: Path) -> bool:
    """Whether there is something at a path; unlike ``Path.exists`` false for a folder that may not be entered."""
    return "\0" not in str(path) and os.path.exists(path)  # noqa: PTH110


def announce(engine: str, *, quiet: bool) -> None:
    """Say why the first run is slow."""
    if quiet or engine != "batch":
        return
    from plsim.core import jit

    if jit.HAVE_NUMBA and not jit.is_cached():
        click.echo("First run on this machine: compiling the rules takes about a minute.", err=True)
