"""The population of a path: whatever kind of file lies there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plsim.core.errors import PopulationError
from plsim.population.file_population import population_from_file
from plsim.population.files import TableFile, files_of_folder, files_of_zip, memory_file, plain_file
from plsim.population.model import Population, PopulationSpec
from plsim.population.nwea import RESULTS_FILE, STUDENTS_FILE, is_nwea_export, read_nwea_export
from plsim.population.oneroster import NEEDED, OneRoster, is_oneroster, read_oneroster
from plsim.population.oneroster_sections import students_of, with_oneroster
from plsim.population.problems import joined
from plsim.population.roster import ROSTER_FILE, read_roster
from plsim.population.student_file import StudentFile

if TYPE_CHECKING:
    import pandas as pd

_ALLOWED = (
    f"a folder or zip with {RESULTS_FILE} and {STUDENTS_FILE}, with a OneRoster ({', '.join(NEEDED)}), or with both; "
    f"or a {ROSTER_FILE}"
)
_PARTS = frozenset({RESULTS_FILE.lower(), STUDENTS_FILE.lower(), *NEEDED})


@dataclass(frozen=True)
class StudentFiles:
    """Where students are read from: a folder, zip or roster, and a term of an NWEA export, as it writes it."""

    path: Path
    term: str | None = None


def load_population(
    path: str | Path | StudentFiles, spec: PopulationSpec, *, seed: int, term: str | None = None
) -> Population:
    """The population of a folder, zip or roster; what the files do not tell is drawn from norms and the scenario.

    ``term`` is a term's name as an NWEA export writes it; the latest fall by default.
    """
    files = path if isinstance(path, StudentFiles) else StudentFiles(Path(path), term)
    return population_from_file(read_students(files.path, term=files.term), spec, seed=seed)


def from_nwea_export(folder: str | Path, spec: PopulationSpec, *, seed: int, term: str | None = None) -> Population:
    """The population of a folder or zip with an NWEA MAP export."""
    return load_population(folder, spec, seed=seed, term=term)


def from_roster(path: str | Path, spec: PopulationSpec, *, seed: int) -> Population:
    """The population of one plain roster, under any name."""
    return population_from_file(read_roster(plain_file(Path(path))), spec, seed=seed)


def from_frame(frame: pd.DataFrame, spec: PopulationSpec, *, seed: int) -> Population:
    """The population of a DataFrame of students, with the columns, rules and row accounting of a roster file."""
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    return population_from_file(read_roster(memory_file("DataFrame", content)), spec, seed=seed)


def read_students(path: str | Path, *, term: str | None = None) -> StudentFile:
    """What the files at a path say about students, before anything is estimated or drawn."""
    students = _read(Path(path), term)
    _check_term(students, term)
    return students


def _read(path: Path, term: str | None) -> StudentFile:
    # Unlike the methods of Path these are false, not an error, for a name that is too long or holds a null character.
    if "\0" in str(path) or not os.path.exists(path):  # noqa: PTH110
        name = str(path) if len(str(path)) <= 200 else str(path)[:200] + "..."
        raise PopulationError(name.replace("\0", "?"), "", "no such file or folder", allowed=_ALLOWED)
    if os.path.isdir(path):  # noqa: PTH112
        return _of_folder(path, term)
    if path.suffix.lower() == ".zip":
        return _of_files(files_of_zip(path), path.name, term)
    if path.name.lower() in _PARTS:
        raise PopulationError(str(path), "", "is a part of an export", fix="Give the folder that holds all its files")
    if path.suffix.lower() == ".csv":
        return read_roster(plain_file(path))
    raise PopulationError(str(path), "", "not a population", allowed=_ALLOWED, fix="Save tables as CSV")


def read_students_of(contents: Mapping[str, bytes], *, term: str | None = None) -> StudentFile:
    """What files say about students that were sent and lie nowhere: by name, as they would stand in one folder."""
    students = _sent(contents, term)
    _check_term(students, term)
    return students


def _check_term(students: StudentFile, term: str | None) -> None:
    """Refuse a term that was asked for but not used."""
    if term is not None and term not in students.source:
        fix = f"Leave it out: this is a {students.source}"
        raise PopulationError("--term", "", "only an NWEA export has terms", fix=fix)


def _sent(contents: Mapping[str, bytes], term: str | None) -> StudentFile:
    where = "the files given"
    if len(contents) == 1:
        ((name, content),) = contents.items()
        if Path(name).suffix.lower() == ".zip":
            return _of_files(files_of_zip(Path(name), content), name, term)
        if Path(name).suffix.lower() == ".csv" and name.lower() not in _PARTS:
            return read_roster(memory_file(name, content))
    files = {name.lower(): memory_file(name, content) for name, content in contents.items()}
    zips = ((name, content) for name, content in contents.items() if Path(name).suffix.lower() == ".zip")
    unpacked = ((name, files_of_zip(Path(name), content)) for name, content in zips)
    return _beside(files, where, ((name, inner) for name, inner in unpacked if is_oneroster(inner)), term)


def _of_folder(folder: Path, term: str | None) -> StudentFile:
    """What a folder says: its own files, and a OneRoster that lies beside an export in a zip or folder of its own."""
    files = files_of_folder(folder)
    found = (_inner(entry) for entry in sorted(folder.iterdir()))
    return _beside(files, str(folder), (each for each in found if each is not None), term)


def _beside(
    files: dict[str, TableFile], where: str, rosters: Iterable[tuple[str, dict[str, TableFile]]], term: str | None
) -> StudentFile:
    """What files say, and the OneRoster that lies beside them if they are an export; else ``rosters`` is not read."""
    if is_oneroster(files) or not is_nwea_export(files):
        return _of_files(files, where, term)
    beside = list(rosters)
    if len(beside) > 1:
        names = ", ".join(name for name, _ in beside)
        raise PopulationError(where, "", f"holds more than one OneRoster: {names}", allowed="one")
    if not beside:
        return read_nwea_export(files, where, term=term)
    name, inner = beside[0]
    return _both(files, where, inner, name, term=term)


def _inner(entry: Path) -> tuple[str, dict[str, TableFile]] | None:
    """The OneRoster in a zip or folder that lies beside an export, if it is one."""
    if entry.is_dir() and not entry.name.startswith((".", "__")):
        files = files_of_folder(entry)
    elif entry.suffix.lower() == ".zip" and entry.is_file():
        files = files_of_zip(entry)
    else:
        return None
    return (entry.name, files) if is_oneroster(files) else None


def _of_files(files: dict[str, TableFile], where: str, term: str | None) -> StudentFile:
    """What the files of one folder or zip say."""
    if is_nwea_export(files) and is_oneroster(files):
        return _both(files, where, files, where, term=term)
    if is_nwea_export(files):
        return read_nwea_export(files, where, term=term)
    if is_oneroster(files):
        return students_of(read_oneroster(files, where))
    if ROSTER_FILE in files:
        return read_roster(files[ROSTER_FILE])
    raise PopulationError(where, "", "no population here", allowed=_ALLOWED)


def _both(
    files: dict[str, TableFile], where: str, inner: dict[str, TableFile], inner_where: str, *, term: str | None
) -> StudentFile:
    """An export with the sections of a OneRoster; what is wrong with either is told together."""
    errors: list[PopulationError] = []
    students: StudentFile | None = None
    roster: OneRoster | None = None
    try:
        students = read_nwea_export(files, where, term=term)
    except PopulationError as error:
        errors.append(error)
    try:
        roster = read_oneroster(inner, inner_where)
    except PopulationError as error:
        errors.append(error)
    if students is None or roster is None:
        raise joined(errors)
    return with_oneroster(students, roster)
