"""``plsim check``: what is wrong with files, without running them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.interrupt import interruptible
from plsim.cli.reading_options import reading_options
from plsim.core.errors import InputError, printable

if TYPE_CHECKING:
    from plsim.population import Population
    from plsim.population.options import ReadOptions
    from plsim.population.student_file import StudentFile, TitleReading

_MOST_TITLES = 12
"""Titles of one kind that are listed without --explain."""


@dataclass(frozen=True)
class _CheckedFile:
    """A file: what is wrong with it, or what it says about students."""

    file: str
    problem: str | None = None
    lines: tuple[str, ...] = ()
    students: StudentFile | None = None
    population: Population | None = None


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@reading_options
@click.option("--explain", is_flag=True, help="For every row of a population: whether it is used, and what is drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(*, files: tuple[str, ...], reading: ReadOptions, explain: bool, as_json: bool) -> None:
    """Read each FILE and report every problem, in the order of the file.

    Scenarios, studies, published facts and demonstrations are files ending in .toml; scenarios also names of shipped
    ones; a folder with a study.toml is a study; any other folder or file is read as a population.
    Names, birth dates and ids of students are never shown. Files that can be read but do not fit each other, so that
    they are probably not those of one district and year, are told as doubtful; the exit status is then 2 as well.
    """
    found = interruptible(lambda: [_checked(file, reading) for file in files], message="plsim: interrupted.")
    if as_json:
        click.echo(json.dumps([_document(each, explain=explain) for each in found], ensure_ascii=False))
    for each in [] if as_json else found:
        _tell(each, explain=explain)
    if any(each.problem is not None or _doubts(each) for each in found):
        raise SystemExit(InputError.exit_status)


def _doubts(each: _CheckedFile) -> tuple[str, ...]:
    return () if each.students is None else each.students.doubts


def _checked(file: str, reading: ReadOptions) -> _CheckedFile:
    """A file, read."""
    try:
        if _is_experiment(file):
            from plsim.validation.facts.replication import experiment

            return _CheckedFile(file, None, experiment(Path(file)).words)
        if _is_demonstration(file):
            from plsim.explorer.teaching.demonstration_files import read_demonstration

            steps = len(read_demonstration(Path(file)).says.steps)
            return _CheckedFile(file, None, (f"{steps} {'step' if steps == 1 else 'steps'}",))
        if _is_study(file):
            return _read_study(file)
        if _is_population(file):
            return _read_population(file, reading)
        from plsim.scenario import load

        load(file)
    except InputError as error:
        return _CheckedFile(file, str(error))
    return _CheckedFile(file)


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


def _read_study(file: str) -> _CheckedFile:
    """A study with its scenario, and how many runs it is."""
    from plsim.studies.loading import load_study
    from plsim.studies.methods import runs

    loaded = load_study(file)
    count = runs(loaded.study, loaded.factors)
    factors = f"{len(loaded.factors)} {'factor' if len(loaded.factors) == 1 else 'factors'}"
    return _CheckedFile(file, None, (f"{count:,} runs by {loaded.study.method.kind} of {factors}",))


def _is_population(file: str) -> bool:
    # Unlike the methods of Path these are false, not an error, for a name too long.
    suffix = Path(file).suffix.lower()
    is_file = "\0" not in file and os.path.isfile(file)  # noqa: PTH113
    return suffix in {".csv", ".zip"} or (is_file and suffix != ".toml") or ("\0" not in file and os.path.isdir(file))  # noqa: PTH112


def _read_population(file: str, reading: ReadOptions) -> _CheckedFile:
    """A population of typical schools made from the files, as ``plsim run`` would make it."""
    from plsim.population import PopulationSpec, describe, read_students
    from plsim.population.file_population import population_from_file

    students = read_students(reading.at(Path(file)))
    population = population_from_file(students, PopulationSpec(), seed=0)
    lines = [line for line in describe(population) if line.removeprefix("Warning: ") not in students.doubts]
    return _CheckedFile(file, None, tuple(lines), students, population)


def _tell(each: _CheckedFile, *, explain: bool) -> None:
    """A file in words; what is wrong goes to stderr."""
    if each.problem is not None:
        click.echo(each.problem, err=True)
        return
    doubts = _doubts(each)
    click.echo(f"{printable(each.file)}: {'can be read, but is doubtful' if doubts else 'fine'}")
    for line in each.lines:
        click.echo(f"  {line}")
    if each.students is not None:
        for line in _titles(each.students.titles, every=explain):
            click.echo(f"  {line}")
    for doubt in doubts:
        click.echo(f"{printable(each.file)}: doubtful: {doubt}", err=True)
    if explain and each.students is not None:
        from plsim.population.explain import explanation

        for line in explanation(each.students):
            click.echo(f"  {line}")


def _titles(titles: tuple[TitleReading, ...], *, every: bool) -> Iterator[str]:
    """How titles of classes were read, subject by subject; those in doubt again with the reason."""
    kinds = (
        ("math", "Titles read as mathematics"), ("reading", "Titles read as reading"), ("both", "Titles read as both"),
        ("unread", "Titles that were not understood"), ("other", "Titles of other subjects"),
    )  # fmt: skip
    for subject, words in kinds:
        found = [each for each in titles if each.subject == subject and not (subject == "unread" and each.doubtful)]
        if found:
            yield f"{words}: {_some([f'{each.title} ({each.classes})' for each in found], every=every)}."
    reasons = sorted({each.doubtful for each in titles if each.doubtful})
    for reason in reasons:
        found = [each for each in titles if each.doubtful == reason]
        yield f"To be looked at, {reason}: {_some([f'{each.title} ({each.classes})' for each in found], every=every)}."
    if any(each.doubtful or each.subject == "unread" for each in titles):
        yield "In brackets: how many classes. To decide otherwise: --subjects FILE, with the columns title and subject."


def _some(names: list[str], *, every: bool) -> str:
    more = 0 if every else len(names) - _MOST_TITLES
    return ", ".join(names if every else names[:_MOST_TITLES]) + (f" and {more} more" if more > 0 else "")


def _document(each: _CheckedFile, *, explain: bool) -> dict[str, Any]:
    """A file for a program."""
    document: dict[str, Any] = {"file": each.file, "problem": each.problem}
    if each.students is not None and each.population is not None:
        document |= {"read": each.population.rows, "drawn": each.population.drawn}
        document |= {name: list(getattr(each.students, name)) for name in ("remarks", "warnings", "doubts")}
        document["titles"] = [title._asdict() for title in each.students.titles]
        if explain:
            from plsim.population.explain import row_dispositions

            document["rows"] = [each_row._asdict() for each_row in row_dispositions(each.students)]
    return document
