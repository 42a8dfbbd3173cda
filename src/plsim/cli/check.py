"""``plsim check``: what is wrong with files, without running them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.interrupt import interruptible
from plsim.core.errors import InputError

if TYPE_CHECKING:
    from plsim.population.student_file import StudentFile


@dataclass(frozen=True)
class _Checked:
    """A file: what is wrong with it, or what it says about students."""

    file: str
    problem: str | None = None
    lines: tuple[str, ...] = ()
    students: StudentFile | None = None
    read: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, int] = field(default_factory=dict)


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--term", help="Term of an NWEA export, as it writes it.  [default: the latest fall]")
@click.option("--explain", is_flag=True, help="Say of every row of a population whether it is used, and what is drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(*, files: tuple[str, ...], term: str | None, explain: bool, as_json: bool) -> None:
    """Read each FILE and say everything that is wrong with it, in its own order, or that nothing is.

    Scenarios, studies, published facts and demonstrations are files ending in .toml; scenarios also names of shipped
    ones; a folder with a study.toml is a study; any other folder or file is read as a population.
    Names, birth dates and ids of students are never shown.
    """
    found = interruptible(lambda: [_checked(file, term) for file in files], message="plsim: interrupted.")
    if as_json:
        click.echo(json.dumps([_document(each, explain=explain) for each in found], ensure_ascii=False))
    for each in [] if as_json else found:
        _tell(each, explain=explain)
    if any(each.problem is not None for each in found):
        raise SystemExit(InputError.exit_status)


def _checked(file: str, term: str | None) -> _Checked:
    """A file, read."""
    try:
        if _is_experiment(file):
            from plsim.validation.facts.replication import experiment

            return _Checked(file, None, experiment(Path(file)).words)
        if _is_demonstration(file):
            from plsim.explorer.teaching.demonstration_files import read_demonstration

            steps = len(read_demonstration(Path(file)).says.steps)
            return _Checked(file, None, (f"{steps} {'step' if steps == 1 else 'steps'}",))
        if _is_study(file):
            return _read_study(file)
        if _is_population(file):
            return _read_population(file, term)
        from plsim.scenario import load

        load(file)
    except InputError as error:
        return _Checked(file, str(error))
    return _Checked(file)


def _is_experiment(file: str) -> bool:
    """Whether a file is a published study to be run again: it has ``[[fact]]`` entries."""
    from plsim.validation.facts.fact_files import is_fact_file

    return file.endswith(".toml") and "\0" not in file and os.path.isfile(file) and is_fact_file(Path(file))  # noqa: PTH113


def _is_demonstration(file: str) -> bool:
    """Whether a file says that it is a demonstration to teach with."""
    from plsim.explorer.teaching.demonstration_files import is_demonstration

    return file.endswith(".toml") and "\0" not in file and is_demonstration(Path(file))


def _is_study(file: str) -> bool:
    from plsim.scenario.shipped import shipped_scenarios
    from plsim.studies.loading import is_study

    return file not in shipped_scenarios() and is_study(file)


def _read_study(file: str) -> _Checked:
    """A study with its scenario, and how many runs it is."""
    from plsim.studies.loading import load_study
    from plsim.studies.methods import runs

    loaded = load_study(file)
    count = runs(loaded.study, loaded.factors)
    factors = f"{len(loaded.factors)} {'factor' if len(loaded.factors) == 1 else 'factors'}"
    return _Checked(file, None, (f"{count:,} runs by {loaded.study.method.kind} of {factors}",))


def _is_population(file: str) -> bool:
    # Unlike the methods of Path these are false, not an error, for a name too long.
    suffix = Path(file).suffix.lower()
    is_file = "\0" not in file and os.path.isfile(file)  # noqa: PTH113
    return suffix in {".csv", ".zip"} or (is_file and suffix != ".toml") or ("\0" not in file and os.path.isdir(file))  # noqa: PTH112


def _read_population(file: str, term: str | None) -> _Checked:
    """A population of typical schools made from the files, as ``plsim run`` would make it."""
    from plsim.population import PopulationSpec, describe, read_students
    from plsim.population.file_population import population_from_file

    students = read_students(Path(file), term=term)
    population = population_from_file(students, PopulationSpec(), seed=0)
    return _Checked(file, None, describe(population), students, population.rows, population.drawn)


def _tell(each: _Checked, *, explain: bool) -> None:
    """A file in words; what is wrong goes to stderr."""
    if each.problem is not None:
        click.echo(each.problem, err=True)
        return
    click.echo(f"{each.file}: fine")
    for line in each.lines:
        click.echo(f"  {line}")
    if explain and each.students is not None:
        from plsim.population.explain import explanation

        for line in explanation(each.students):
            click.echo(f"  {line}")


def _document(each: _Checked, *, explain: bool) -> dict[str, Any]:
    """A file for a program."""
    document: dict[str, Any] = {"file": each.file, "problem": each.problem}
    if each.students is not None:
        document |= {"read": each.read, "drawn": each.drawn}
        if explain:
            from plsim.population.explain import row_fates

            document["rows"] = [fate._asdict() for fate in row_fates(each.students)]
    return document
