"""Students of a path: whatever kind of file lies there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from plsim.core.errors import PopulationError
from plsim.population.nwea.reading import (
    COMBINED_FILE,
    PARTS,
    RESULTS_FILE,
    STUDENTS_FILE,
    is_nwea_export,
    read_nwea_export,
    terms_of,
)
from plsim.population.nwea.terms import listed
from plsim.population.oneroster.reading import NEEDED, OneRoster, is_oneroster, read_oneroster
from plsim.population.oneroster.sections import students_of, with_oneroster
from plsim.population.options import ReadOptions, StudentFiles
from plsim.population.roster.reading import ROSTER_FILE, read_roster
from plsim.population.student_file import StudentFile
from plsim.population.tables.problems import joined
from plsim.population.tables.sources import (
    FileGroup,
    TableFile,
    entries_of,
    files_of_folder,
    files_together,
    memory_file,
    places_of_zip,
    plain_file,
)

_ALLOWED = (
    f"a folder or zip with {RESULTS_FILE} and {STUDENTS_FILE} or with {COMBINED_FILE}, with a OneRoster "
    f"({', '.join(NEEDED)}), or with both; or a {ROSTER_FILE}"
)
_PARTS = PARTS | {*NEEDED, "academicsessions.csv", "manifest.csv", "demographics.csv"}
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers"})


def read_students(path: str | Path | StudentFiles, *, term: str | None = None) -> StudentFile:
    """What the files at a path say about students, before anything is estimated or drawn."""
    files = path if isinstance(path, StudentFiles) else StudentFiles(Path(path), term=term)
    students = _read(files.path, files)
    _check_options(students, files)
    return students


def read_students_of(contents: Mapping[str, bytes], options: ReadOptions = ReadOptions()) -> StudentFile:  # noqa: B008
    """What files say about students that were sent and lie nowhere: by name, as they would stand in one folder."""
    students = _sent(contents, options)
    _check_options(students, options)
    return students


def _check_options(students: StudentFile, options: ReadOptions) -> None:
    """Refuse an option that was asked for and could not be used: it may be meant for other files."""
    nwea, oneroster = "NWEA" in students.source, "OneRoster" in students.source
    roster = not nwea and not oneroster
    asked = (
        ("--term", options.term, nwea, "only an NWEA export has terms"),
        ("--retests", options.retests != "nwea", nwea, "only an NWEA export has several tests of a student"),
        ("--as-of", options.as_of, oneroster, "only a OneRoster says when somebody is enrolled"),
        ("--subjects", options.subjects, oneroster, "only a OneRoster has titles of classes"),
        ("--subgroups", options.subgroups, roster, "only a roster has further columns"),
    )
    for name, given, serves, problem in asked:
        if given and not serves:
            raise PopulationError(name, "", problem, fix=f"Leave it out: this is a {students.source}")


def _read(path: Path, options: ReadOptions) -> StudentFile:
    # Unlike the methods of Path these are false, not an error, for a name that is too long or holds a null character.
    if "\0" in str(path) or not os.path.exists(path):  # noqa: PTH110
        name = str(path) if len(str(path)) <= 200 else str(path)[:200] + "..."
        raise PopulationError(name.replace("\0", "?"), "", "no such file or folder", allowed=_ALLOWED)
    if os.path.isdir(path):  # noqa: PTH112
        return _of_places(FileGroup(str(path), files_of_folder(path)), lambda: _inner(path), str(path), options)
    name = path.name.lower().strip()
    if name.endswith(".zip"):
        return _of_zip(places_of_zip(path), path.name, options)
    if name == COMBINED_FILE.lower():
        return read_nwea_export({name: plain_file(path)}, path.name, options)
    if name in _PARTS:
        raise PopulationError(str(path), "", "is a part of an export", fix="Give the folder that holds all its files")
    if name.endswith(".csv"):
        return read_roster(plain_file(path), options)
    raise _not_a_table(str(path), Path(name).suffix)


def _not_a_table(where: str, suffix: str) -> PopulationError:
    if suffix in _WORKBOOKS:
        fix = "Save it in the spreadsheet as 'CSV UTF-8 (comma delimited)', after its id columns are formatted as text"
        return PopulationError(where, "", "is a workbook of a spreadsheet, which is not read", allowed="CSV", fix=fix)
    return PopulationError(where, "", "not a population", allowed=_ALLOWED, fix="Save tables as CSV UTF-8")


def _sent(contents: Mapping[str, bytes], options: ReadOptions) -> StudentFile:
    where = "the files given"
    if len(contents) == 1:
        ((name, content),) = contents.items()
        lower = name.lower().strip()
        if lower.endswith(".zip"):
            return _of_zip(places_of_zip(Path(name), content), name, options)
        if Path(lower).suffix in _WORKBOOKS:
            raise _not_a_table(name, Path(lower).suffix)
        if lower.endswith(".csv") and lower not in _PARTS:
            return read_roster(memory_file(name, content), options)
    files = {name.lower(): memory_file(name, content) for name, content in contents.items()}
    zips = [(name, content) for name, content in contents.items() if name.lower().endswith(".zip")]

    def inner() -> list[FileGroup]:
        return [place for name, content in zips for place in _as_one(places_of_zip(Path(name), content), name)]

    return _of_places(FileGroup(where, files), inner, where, options)


def _of_zip(places: list[FileGroup], where: str, options: ReadOptions) -> StudentFile:
    """What a zip says, whatever folder inside it the files lie in."""
    if not _exports(places):
        return _of_places(FileGroup(where, files_together(where, places)), list, where, options)
    return _of_places(FileGroup(where, {}), lambda: places, where, options)


def _exports(places: Sequence[FileGroup]) -> bool:
    """Whether several places hold an export each."""
    return sum(is_nwea_export(place.files) for place in places) > 1


def _inner(folder: Path) -> list[FileGroup]:
    """The folders and zips that lie in a folder."""
    found: list[FileGroup] = []
    for entry in entries_of(folder):
        if entry.is_dir() and not entry.name.startswith((".", "__")):
            found.append(FileGroup(entry.name, files_of_folder(entry)))
        elif entry.suffix.lower() == ".zip" and entry.is_file():
            found += _as_one(places_of_zip(entry), entry.name)
    return found


def _as_one(places: list[FileGroup], name: str) -> list[FileGroup]:
    """A zip's places as one, unless several of them hold an export."""
    return places if _exports(places) else [FileGroup(name, files_together(name, places))]


def _of_places(own: FileGroup, inner: Callable[[], list[FileGroup]], where: str, options: ReadOptions) -> StudentFile:
    """What files say, and the exports and the OneRoster that lie beside or below them, if those are needed."""
    if ROSTER_FILE in own.files and not is_nwea_export(own.files) and not is_oneroster(own.files):
        return read_roster(own.files[ROSTER_FILE], options)
    export = own if is_nwea_export(own.files) else None
    roster = own if is_oneroster(own.files) else None
    below = [] if export is not None and roster is not None else inner()
    if export is None:
        export = _export_of([place for place in below if is_nwea_export(place.files)], where, options)
    if roster is None:
        beside = [place for place in below if is_oneroster(place.files)]
        if len(beside) > 1:
            names = ", ".join(place.name for place in beside)
            raise PopulationError(where, "", f"holds more than one OneRoster: {names}", allowed="one")
        roster = beside[0] if beside else None
    if export is not None and roster is not None:
        return _both(export, roster, options)
    if export is not None:
        return read_nwea_export(export.files, export.name, options)
    if roster is not None:
        return students_of(read_oneroster(roster.files, roster.name, options), options)
    raise _nothing(own.files, below, where)


def _export_of(places: list[FileGroup], where: str, options: ReadOptions) -> FileGroup | None:
    """The one export of several that holds the term asked for."""
    if len(places) < 2:
        return places[0] if places else None
    terms = {place.name: terms_of(place.files) for place in places}
    told = "; ".join(f"{name}: {listed(found) or 'no term'}" for name, found in terms.items())
    if options.term is None:
        example = next((found[-1] for found in terms.values() if found), "Fall 2023-2024")
        problem = f"holds {len(places)} exports ({told})"
        raise PopulationError(where, "", problem, fix=f"Name the term to use, such as --term '{example}'")
    wanted = options.term.strip().casefold()
    having = [place for place in places if wanted in map(str.casefold, terms[place.name])]
    if len(having) != 1:
        problem = f"{len(having)} of its exports hold the term {options.term!r}"
        raise PopulationError(where, "", problem, allowed=told, fix="Give the folder of one export")
    return having[0]


def _nothing(files: Mapping[str, TableFile], inner: Sequence[FileGroup], where: str) -> PopulationError:
    """Why there is no population, as far as it can be told."""
    workbooks = [file.name for name, file in files.items() if Path(name).suffix in _WORKBOOKS]
    below = [place.name for place in inner if ROSTER_FILE in place.files]
    if workbooks:
        return _not_a_table(f"{where}/{workbooks[0]}", Path(workbooks[0].lower()).suffix)
    fix = f"Give {below[0]} itself" if below else ""
    return PopulationError(where, "", "no population here", allowed=_ALLOWED, fix=fix)


def _both(export: FileGroup, roster: FileGroup, options: ReadOptions) -> StudentFile:
    """An export with the sections of a OneRoster; what is wrong with either is told together."""
    errors: list[PopulationError] = []
    students: StudentFile | None = None
    read: OneRoster | None = None
    try:
        students = read_nwea_export(export.files, export.name, options)
    except PopulationError as error:
        errors.append(error)
    try:
        read = read_oneroster(roster.files, roster.name, options)
    except PopulationError as error:
        errors.append(error)
    if students is None or read is None:
        raise joined(errors)
    return with_oneroster(students, read, options)
