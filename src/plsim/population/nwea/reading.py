"""Reading an NWEA MAP Growth export as NWEA writes it: the Comprehensive Data File, or the Combined Data File.

The Comprehensive Data File is ``AssessmentResults.csv`` beside ``StudentsBySchool.csv``; the Combined Data File is
``ComboStudentAssessment.csv`` alone. Only growth tests in mathematics and reading count, of one term: the latest fall,
or the one that is named. :mod:`plsim.population.nwea.scales` says what is mathematics and reading, and which of several
tests of a student counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.calendar import SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.nwea.scales import OTHER, SPANISH_READING, counting, minutes_of, subjects_of
from plsim.population.nwea.terms import chosen_term, known_terms, listed, week_of
from plsim.population.options import ReadOptions
from plsim.population.student_file import StudentFile, check_size
from plsim.population.tables.cells import (
    NWEA_GRADES,
    as_days,
    as_error,
    as_flag,
    as_grade,
    as_rit,
    not_empty,
    outside_norms,
)
from plsim.population.tables.header import Columns
from plsim.population.tables.ids import complain_of_spoiled_ids, ids_of_several, partners, told_of, translated
from plsim.population.tables.problems import Problems
from plsim.population.tables.reading import Sheet, read_sheet, without_repeats
from plsim.population.tables.sources import TableFile

if TYPE_CHECKING:
    import pandas as pd

RESULTS_FILE = "AssessmentResults.csv"
STUDENTS_FILE = "StudentsBySchool.csv"
COMBINED_FILE = "ComboStudentAssessment.csv"
_STUDENTS_FILES = (STUDENTS_FILE.lower(), "studentbyschool.csv")  # NWEA's help has the name in both ways
_NOT_READ = (
    "classassignments.csv", "programassignments.csv", "accommodationassignment.csv", "accommodationassignments.csv",
    "studenttestaccommodations.csv",
)  # fmt: skip
PARTS = frozenset({RESULTS_FILE.lower(), COMBINED_FILE.lower(), *_STUDENTS_FILES, *_NOT_READ})
"""Names of an export's files, in small letters."""

# Exports since about 2020 write Subject and Course in place of Discipline and MeasurementScale.
_NEW_NAMES = {"Course": "MeasurementScale", "Subject": "Discipline"}
_RESULT_COLUMNS = Columns(
    required=(
        "TermName", "StudentID", "SchoolName", "MeasurementScale", "GrowthMeasureYN", "TestStartDate", "TestRITScore",
    ),
    optional=("Discipline", "TestName", "TestStandardError", "TestStartTime"),
    also=_NEW_NAMES,
)  # fmt: skip
_COMBINED_COLUMNS = Columns(
    required=(*_RESULT_COLUMNS.required, "Grade"), optional=_RESULT_COLUMNS.optional, also=_NEW_NAMES
)
_STUDENT_COLUMNS = Columns(required=("TermName", "SchoolName", "StudentID", "Grade"))
_WHO = frozenset({"StudentLastName", "StudentFirstName", "StudentDateOfBirth"})
_MOST_ALONE = 0.5
"""From this share of tests without a listed student on, the two files do not belong together."""


def is_nwea_export(files: Mapping[str, TableFile]) -> bool:
    """Whether a folder or zip holds (part of) an export."""
    return RESULTS_FILE.lower() in files or is_combined(files) or any(name in files for name in _STUDENTS_FILES)


def is_combined(files: Mapping[str, TableFile]) -> bool:
    """Whether it holds a Combined Data File."""
    return COMBINED_FILE.lower() in files


def terms_of(files: Mapping[str, TableFile]) -> list[str]:
    """The terms that an export holds; none where it cannot be read, which is told when it is."""
    name = RESULTS_FILE.lower() if RESULTS_FILE.lower() in files else COMBINED_FILE.lower()
    if name not in files:
        return []
    sheet = read_sheet(files[name], Problems(), Columns(required=("TermName",)))
    return known_terms(sheet.cells["TermName"].unique()) if "TermName" in sheet.cells else []


def read_nwea_export(files: Mapping[str, TableFile], where: str, options: ReadOptions) -> StudentFile:
    """The students of one term of an export.

    Parameters
    ----------
    files
        The files of a folder or zip by their names in small letters.
    where
        What messages call them all.
    """
    students_file = next((files[name] for name in _STUDENTS_FILES if name in files), None)
    results_file = files.get(RESULTS_FILE.lower())
    problems = Problems()
    if results_file is None and students_file is None:
        combined = read_sheet(files[COMBINED_FILE.lower()], problems, _COMBINED_COLUMNS, who=_WHO.__contains__)
        return _students(combined, combined, where, options, _ignored(files))
    for name, found in ((RESULTS_FILE, results_file), (STUDENTS_FILE, students_file)):
        if found is None:
            fix = f"An export holds {RESULTS_FILE} and {STUDENTS_FILE}, or {COMBINED_FILE} alone"
            raise PopulationError(f"{where}/{name}", "", "no such file", fix=fix)
    assert students_file is not None
    assert results_file is not None
    students = read_sheet(students_file, problems, _STUDENT_COLUMNS, who=_WHO.__contains__)
    results = read_sheet(results_file, problems, _RESULT_COLUMNS)
    remarks = _ignored(files)
    if is_combined(files):
        remarks.append(f"{COMBINED_FILE} is not read: {RESULTS_FILE} and {STUDENTS_FILE} say the same.")
    return _students(students, results, where, options, remarks)


def _ignored(files: Mapping[str, TableFile]) -> list[str]:
    names = [files[name].name for name in _NOT_READ if name in files]
    return [f"Files of the export that are not used: {', '.join(names)}."] if names else []


def _students(students: Sheet, results: Sheet, where: str, options: ReadOptions, remarks: list[str]) -> StudentFile:
    """The students of one term; in a Combined Data File ``students`` and ``results`` are one sheet."""
    problems = results.problems
    problems.stop_if_unreadable()
    both = students is results
    for sheet in (results,) if both else (students, results):
        complain_of_spoiled_ids(sheet, sheet.cells["StudentID"])
    try:
        term = chosen_term(results.where, results.cells["TermName"].unique(), options.term)
    except PopulationError as error:
        problems.cannot_use(results.file, error)
        problems.stop_if_any()
        raise
    problems.stop_if_any()
    lines, several, warnings = _listed(students, term)
    tests = _tests(results, term, options)
    if not both:
        found = partners(tests["StudentID"].unique(), lines["StudentID"].unique())
        tests = tests.assign(StudentID=translated(tests["StudentID"], found.of))
        remarks += told_of(found)
    enrolled = _one_each(students, lines, tests, several, both=both)
    grade = as_grade(students, enrolled["Grade"], NWEA_GRADES)
    outside = outside_norms(grade)
    students.dispositions.leave_out(students.rows(enrolled[outside]), "students of grades without norms")
    enrolled, grade = enrolled[~outside], grade[~outside]
    tested = enrolled["StudentID"].isin(tests["StudentID"]).to_numpy()
    students.dispositions.leave_out(students.rows(enrolled[~tested]), "students without a test")
    enrolled, grade = enrolled[tested], grade[tested]
    known = tests["StudentID"].isin(enrolled["StudentID"])
    lost = "tests of students who are left out" if both else "tests of students not listed"
    results.dispositions.leave_out(results.rows(tests[~known]), lost)
    doubts = []
    if not both and (~known).sum() > _MOST_ALONE * len(tests):
        doubts.append(
            f"{where}: {(~known).sum():,} of {len(tests):,} tests of {term} belong to no student that is listed. Are "
            "both files of one export?"
        )
    tests = tests[known]
    results.dispositions.use_rest("tests")
    if not both:
        students.dispositions.use_rest("students")
    school = not_empty(students, enrolled["SchoolName"])
    problems.stop_if_any()
    dispositions = (results.dispositions,) if both else (students.dispositions, results.dispositions)
    check_size(where, len(enrolled), dispositions, f"Do the files hold {term}, with the same student ids?")

    others = [name for name in known_terms(results.cells["TermName"].unique()) if name != term]
    if others:
        remarks.append(f"Other terms in the file: {listed(others)}. --term names another than {term}.")
    rit = np.full((len(enrolled), len(SUBJECTS)), np.nan)
    place_of = {student: place for place, student in enumerate(enrolled["StudentID"])}
    at = tests["StudentID"].map(place_of).to_numpy(dtype=np.int64)
    rit[at, tests["subject"].to_numpy()] = tests["rit"].to_numpy()
    return StudentFile(
        source=f"NWEA {'Combined Data File' if both else 'export'}, {term}",
        student_id=enrolled["StudentID"].to_numpy(dtype=object),
        school=school,
        grade=grade,
        rit=rit,
        week=week_of(term),
        day=int(np.median(tests["day"].to_numpy())),
        row=students.rows(enrolled),
        dispositions=dispositions,
        remarks=tuple(remarks),
        warnings=tuple(warnings),
        doubts=tuple(doubts),
    )


def _tests(results: Sheet, term: str, options: ReadOptions) -> pd.DataFrame:
    """One test for each student and subject of a term: the columns of the file, and subject, rit, day."""
    cells, dispositions = results.cells, results.dispositions
    growth = as_flag(results, cells["GrowthMeasureYN"]) == 1.0
    subject = subjects_of(cells)
    of_term = (cells["TermName"] == term).to_numpy()
    counts = subject >= 0
    dispositions.leave_out(results.rows(cells[~of_term]), "tests of other terms")
    dispositions.leave_out(results.rows(cells[of_term & (subject == OTHER)]), "tests of other subjects")
    spanish = of_term & (subject == SPANISH_READING)
    dispositions.leave_out(results.rows(cells[spanish]), "tests of reading in Spanish, which has a scale of its own")
    dispositions.leave_out(results.rows(cells[of_term & counts & ~growth]), "tests that do not measure growth")
    # Every growth test of the two subjects has to be sound, also in the terms that are not used.
    sound = cells[growth & counts]
    rit = as_rit(results, sound["TestRITScore"])
    here = (sound["TermName"] == term).to_numpy()
    tests = sound[here].assign(rit=rit[here], subject=subject[growth & counts][here])
    not_empty(results, tests["StudentID"])

    tests = without_repeats(results, tests, "identical tests")
    scored = tests["rit"].notna()
    dispositions.leave_out(results.rows(tests[~scored]), "tests without a score")
    tests = tests[scored]
    told = "TestStandardError" in tests
    numbers = tests.assign(
        student=tests["StudentID"].map({name: at for at, name in enumerate(sorted(tests["StudentID"].unique()))}),
        error=as_error(results, tests["TestStandardError"]) if told else np.inf,
        day=as_days(results, tests["TestStartDate"], needed=True),
        time=minutes_of(tests["TestStartTime"]) if "TestStartTime" in tests else 0,
    )
    first = counting(numbers, latest=options.retests == "latest")
    dispositions.leave_out(results.rows(numbers[~first]), "further tests of a student in the term")
    if not told and not first.all() and options.retests != "latest":
        dispositions.add_remark("without standard errors, so that of several tests the earlier counts")
    chosen: pd.DataFrame = numbers[first]
    return chosen


def _listed(students: Sheet, term: str) -> tuple[pd.DataFrame, set[str], list[str]]:
    """The lines that say who is a student of a term; ids that several persons share; what to say of those."""
    cells = students.cells
    of_term = cells["TermName"] == term
    lines = cells[of_term]
    not_empty(students, lines["StudentID"])
    several, warnings = ids_of_several(students, lines, "StudentID", "Grade")
    if "TestRITScore" not in cells:
        students.dispositions.leave_out(students.rows(cells[~of_term]), "lines of students in other terms")
        lines = without_repeats(students, lines, "identical students")
    return lines, several, warnings


def _one_each(
    students: Sheet, lines: pd.DataFrame, tests: pd.DataFrame, several: set[str], *, both: bool
) -> pd.DataFrame:
    """One row for each student; who is listed in two schools belongs where the last test was taken."""
    shared = lines["StudentID"].isin(list(several))
    students.dispositions.leave_out(students.rows(lines[shared]), "rows of ids that several persons share")
    lines = lines[~shared]
    last = tests.sort_values(["day", "time"], kind="stable").drop_duplicates("StudentID", keep="last")
    school_of = dict(zip(last["StudentID"], last["SchoolName"], strict=True))
    tested_here = lines["SchoolName"] == lines["StudentID"].map(school_of)
    counts = lines.index.isin(tests.index) if both else False
    ordered = lines.assign(tested_here=tested_here, counts=counts).sort_values(
        ["tested_here", "counts", "SchoolName", "Grade"], kind="stable"
    )
    further = ordered.duplicated("StudentID", keep="last")
    if not both:
        students.dispositions.leave_out(students.rows(ordered[further]), "further schools or grades of a student")
    return ordered[~further].sort_values("StudentID")
