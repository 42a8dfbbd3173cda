"""Reading an NWEA MAP export: ``AssessmentResults.csv`` and ``StudentsBySchool.csv`` as NWEA writes them.

Only growth tests in mathematics and reading count, of one term: the latest fall, or the one that is named. Where a
student has several, the latest date wins (on one date, the higher score). A student's school and grade come from
``StudentsBySchool.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.calendar import FALL_WEEK, MATH, READING, SPRING_WEEK, SUBJECTS, WINTER_WEEK
from plsim.core.errors import PopulationError, nearest
from plsim.population.cells import NWEA_GRADES, as_dates, as_flag, as_grade, as_rit, not_empty
from plsim.population.files import TableFile
from plsim.population.problems import Problems
from plsim.population.reading import Sheet, read_sheet, without_repeats
from plsim.population.student_file import StudentFile, check_size

if TYPE_CHECKING:
    import pandas as pd

RESULTS_FILE = "AssessmentResults.csv"
STUDENTS_FILE = "StudentsBySchool.csv"
_RESULT_COLUMNS = (
    "TermName", "StudentID", "SchoolName", "MeasurementScale", "GrowthMeasureYN", "TestStartDate", "TestRITScore",
)  # fmt: skip
_STUDENT_COLUMNS = ("TermName", "SchoolName", "StudentID", "Grade")
# Exports since about 2020 write Subject and Course in place of Discipline and MeasurementScale.
_NEW_NAMES = {"Course": "MeasurementScale"}
_SCALES = {"Mathematics": MATH, "Math K-12": MATH, "Reading": READING}
_SEASON_WEEKS = {"fall": FALL_WEEK, "winter": WINTER_WEEK, "spring": SPRING_WEEK}
_TERM = re.compile(r"(fall|winter|spring|summer) [\d\- ]{4,12}", re.IGNORECASE)
_MOST_TERMS = 12


def is_nwea_export(files: Mapping[str, TableFile]) -> bool:
    """Whether a folder or zip holds (part of) an export."""
    return RESULTS_FILE.lower() in files or STUDENTS_FILE.lower() in files


def read_nwea_export(files: Mapping[str, TableFile], where: str, *, term: str | None = None) -> StudentFile:
    """The students of one term of an export.

    Parameters
    ----------
    files
        The files of a folder or zip by their names in small letters.
    where
        What messages call them all.
    term
        ``TermName`` as the export writes it (``"Fall 2013-2014"``); the latest fall when ``None``.
    """
    for name in (RESULTS_FILE, STUDENTS_FILE):
        if name.lower() not in files:
            raise PopulationError(f"{where}/{name}", "", "no such file", fix="An export holds both files")
    problems = Problems()
    students = read_sheet(files[STUDENTS_FILE.lower()], problems, required=_STUDENT_COLUMNS)
    both = "MeasurementScale" in _header_of(files[RESULTS_FILE.lower()])
    results = read_sheet(
        files[RESULTS_FILE.lower()], problems, required=_RESULT_COLUMNS, also={} if both else _NEW_NAMES
    )
    problems.stop_if_unreadable()
    try:
        chosen = _chosen_term(results, term)
    except PopulationError as error:
        problems.cannot_use(results.file, error)
        problems.stop_if_any()
        raise
    tests = _tests(results, chosen)
    enrolled = _enrolled(students, chosen, tests)

    tested = enrolled["StudentID"].isin(tests["StudentID"])
    students.fates.decide(students.rows(enrolled[~tested]), "students without a test")
    enrolled = enrolled[tested]
    listed = tests["StudentID"].isin(enrolled["StudentID"])
    results.fates.decide(results.rows(tests[~listed]), "tests of students not listed")
    tests = tests[listed]
    results.fates.rest("tests used")
    students.fates.rest("students used")
    school = not_empty(students, enrolled["SchoolName"])
    grade = as_grade(students, enrolled["Grade"], NWEA_GRADES)
    problems.stop_if_any()
    check_size(where, len(enrolled), f"Do both files hold {chosen}, with the same student ids?")

    rit = np.full((len(enrolled), len(SUBJECTS)), np.nan)
    place_of = {student: place for place, student in enumerate(enrolled["StudentID"])}
    rit[tests["StudentID"].map(place_of).to_numpy(dtype=np.int64), tests["subject"].to_numpy()] = tests[
        "rit"
    ].to_numpy()
    return StudentFile(
        source=f"NWEA export, {chosen}",
        student_id=enrolled["StudentID"].to_numpy(dtype=object),
        school=school,
        grade=grade,
        rit=rit,
        week=_week(chosen),
        row=students.rows(enrolled),
        fates=(students.fates, results.fates),
    )


def _header_of(file: TableFile) -> str:
    """The start of a file, to see which of two column names it uses."""
    try:
        with file.open() as stream:
            return stream.readline(1 << 16).decode("utf-8", errors="replace")
    except PopulationError:
        return ""  # told when it is read


def _chosen_term(results: Sheet, term: str | None) -> str:
    terms: list[str] = sorted(name for name in results.cells["TermName"].unique() if name)
    # Only what looks like a term is shown: in a file whose columns have slipped it could be anything.
    known = [name for name in terms if _TERM.fullmatch(name)]
    allowed = ", ".join(known[-_MOST_TERMS:])
    if term is not None:
        if term not in terms:
            fix = nearest(term, known)
            raise PopulationError(results.where, "TermName", f"no term {term!r}", allowed=allowed, fix=fix)
        if not _week(term):
            raise PopulationError(results.where, "TermName", f"term {term!r}", allowed="a fall, winter or spring term")
        return term
    falls = [name for name in known if _week(name) == FALL_WEEK]
    if not falls:
        raise PopulationError(results.where, "TermName", "no fall term", allowed=allowed, fix="Name the term to use")
    return max(falls, key=lambda name: (re.findall(r"\d{4}", name), name))


def _week(term: str) -> int:
    """The week of the year in which a term tests; 0 for a season that MAP does not have."""
    return _SEASON_WEEKS.get(term.partition(" ")[0].lower(), 0)


def _tests(results: Sheet, term: str) -> pd.DataFrame:
    """One test for each student and subject of a term: columns StudentID, SchoolName, subject, rit, date."""
    cells, fates = results.cells, results.fates
    growth = as_flag(results, cells["GrowthMeasureYN"]) == 1.0
    scale = cells["MeasurementScale"].isin(list(_SCALES)).to_numpy()
    of_term = (cells["TermName"] == term).to_numpy()
    fates.decide(results.rows(cells[~of_term]), "tests of other terms")
    fates.decide(results.rows(cells[of_term & ~scale]), "tests of other subjects")
    fates.decide(results.rows(cells[of_term & scale & ~growth]), "tests that do not measure growth")
    # Every growth test of the two subjects has to be sound, also in the terms that are not used.
    sound = cells[growth & scale]
    tests = sound.assign(rit=as_rit(results, sound["TestRITScore"]))
    tests = tests[tests["TermName"] == term]
    not_empty(results, tests["StudentID"])

    tests = without_repeats(results, tests, "identical tests")
    scored = tests["rit"].notna()
    fates.decide(results.rows(tests[~scored]), "tests without a score")
    tests = tests[scored]
    tests = tests.assign(
        date=as_dates(results, tests["TestStartDate"]), subject=tests["MeasurementScale"].map(_SCALES).astype(np.int64)
    )
    ordered = tests.sort_values(["date", "rit"], kind="stable")
    replaced = ordered.duplicated(["StudentID", "subject"], keep="last")
    fates.decide(results.rows(ordered[replaced]), "tests replaced by a later one")
    chosen: pd.DataFrame = ordered.loc[~replaced, ["StudentID", "SchoolName", "subject", "rit", "date"]]
    return chosen


def _enrolled(students: Sheet, term: str, tests: pd.DataFrame) -> pd.DataFrame:
    """One row for each student of a term; who is listed in two schools belongs where the latest test was taken."""
    cells = students.cells
    of_term = cells["TermName"] == term
    students.fates.decide(students.rows(cells[~of_term]), "lines of students in other terms")
    listed = cells[of_term]
    not_empty(students, listed["StudentID"])
    listed = without_repeats(students, listed, "identical students")
    last_school = tests.sort_values("date", kind="stable").groupby("StudentID")["SchoolName"].last()
    tested_here = listed["SchoolName"] == listed["StudentID"].map(last_school)
    ordered = listed.assign(tested_here=tested_here).sort_values(["tested_here", "SchoolName", "Grade"], kind="stable")
    further = ordered.duplicated("StudentID", keep="last")
    students.fates.decide(students.rows(ordered[further]), "further schools or grades of a student")
    return ordered[~further].sort_values("StudentID")
