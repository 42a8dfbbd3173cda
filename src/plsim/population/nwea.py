"""Reading an NWEA MAP export: ``AssessmentResults.csv`` and ``StudentsBySchool.csv`` as NWEA writes them.

Only growth tests in mathematics and reading count, of one term: the latest fall, or the one that is named. Where a
student has several, the latest date wins (on one date, the higher score). A student's school and grade come from
``StudentsBySchool.csv``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.calendar import FALL_WEEK, MATH, READING, SPRING_WEEK, SUBJECTS, WINTER_WEEK
from plsim.core.errors import PopulationError, nearest
from plsim.population.reading import (
    StudentFile,
    as_flag,
    as_grade,
    as_rit,
    check_size,
    complain,
    not_empty,
    read_columns,
)

if TYPE_CHECKING:
    import pandas as pd

RESULTS_FILE = "AssessmentResults.csv"
STUDENTS_FILE = "StudentsBySchool.csv"
_RESULT_COLUMNS = (
    "TermName", "StudentID", "SchoolName", "MeasurementScale", "GrowthMeasureYN", "TestStartDate", "TestRITScore",
)  # fmt: skip
_STUDENT_COLUMNS = ("TermName", "SchoolName", "StudentID", "Grade")
_SCALES = {"Mathematics": MATH, "Reading": READING}
_SEASON_WEEKS = {"fall": FALL_WEEK, "winter": WINTER_WEEK, "spring": SPRING_WEEK}


def read_nwea_export(folder: Path, *, term: str | None = None) -> StudentFile:
    """The students of one term of an export.

    Parameters
    ----------
    term
        ``TermName`` as the export writes it (``"Fall 2013-2014"``); the latest fall when ``None``.
    """
    results = read_columns(folder / RESULTS_FILE, _RESULT_COLUMNS, lambda _: False)
    students = read_columns(folder / STUDENTS_FILE, _STUDENT_COLUMNS, lambda _: False)
    chosen = _chosen_term(results, term)
    rows: dict[str, int] = {}
    tests = _tests(results, chosen, rows)
    enrolled = _enrolled(students[students["TermName"] == chosen], tests, rows)

    tested = enrolled["StudentID"].isin(tests["StudentID"]).to_numpy()
    rows["students without a test"] = int((~tested).sum())
    listed = tests["StudentID"].isin(enrolled["StudentID"])
    rows["tests of students not listed"] = int((~listed).sum())
    enrolled = enrolled[tested]
    check_size(str(folder), len(enrolled))
    rit = np.full((len(enrolled), len(SUBJECTS)), np.nan)
    place = enrolled["StudentID"].reset_index(drop=True)
    place_of = dict(zip(place, place.index, strict=True))
    kept = tests[listed]
    rit[kept["StudentID"].map(place_of).to_numpy(), kept["subject"].to_numpy()] = kept["rit"].to_numpy()
    rows["tests used"] = len(kept)
    rows["students used"] = len(enrolled)
    return StudentFile(
        source=f"NWEA export, {chosen}",
        student_id=enrolled["StudentID"].to_numpy(dtype=object),
        school=not_empty(STUDENTS_FILE, enrolled["SchoolName"]),
        grade=as_grade(STUDENTS_FILE, enrolled["Grade"]),
        rit=rit,
        week=_week(chosen),
        rows={reason: count for reason, count in rows.items() if count},
    )


def _chosen_term(results: pd.DataFrame, term: str | None) -> str:
    terms: list[str] = sorted(name for name in results["TermName"].unique() if name)
    if term is not None:
        if term not in terms:
            raise PopulationError(
                RESULTS_FILE, "TermName", f"no term {term!r}", allowed=", ".join(terms), fix=nearest(term, terms)
            )
        return term
    falls = [name for name in terms if _week(name) == FALL_WEEK]
    if not falls:
        raise PopulationError(
            RESULTS_FILE, "TermName", "no fall term", allowed=", ".join(terms), fix="Name the term to use"
        )
    return max(falls, key=lambda name: (re.findall(r"\d{4}", name), name))


def _week(term: str) -> int:
    """The week of the year in which a term tests; 0 for a season that MAP does not have."""
    return _SEASON_WEEKS.get(term.partition(" ")[0].lower(), 0)


def _tests(results: pd.DataFrame, term: str, rows: dict[str, int]) -> pd.DataFrame:
    """One test for each student and subject of a term: columns StudentID, SchoolName, subject, rit, date."""
    if not _week(term):
        raise PopulationError(RESULTS_FILE, "TermName", f"term {term!r}", allowed="a fall, winter or spring term")
    growth = as_flag(RESULTS_FILE, results["GrowthMeasureYN"]) == 1.0
    scale = results["MeasurementScale"].isin(_SCALES).to_numpy()
    of_term = (results["TermName"] == term).to_numpy()
    rows["tests of other terms"] = int((~of_term).sum())
    rows["tests of other subjects"] = int((of_term & ~scale).sum())
    rows["tests that do not measure growth"] = int((of_term & scale & ~growth).sum())
    # Every growth test of the two subjects has to be sound, also in the terms that are not used.
    sound = results[growth & scale]
    tests = sound.assign(rit=as_rit(RESULTS_FILE, sound["TestRITScore"]))
    tests = tests[tests["TermName"] == term]
    not_empty(RESULTS_FILE, tests["StudentID"])

    same = tests.duplicated()
    rows["identical tests"] = int(same.sum())
    tests = tests[~same]
    scored = tests["rit"].notna()
    rows["tests without a score"] = int((~scored).sum())
    tests = tests[scored]
    tests = tests.assign(date=_dates(tests["TestStartDate"]), subject=tests["MeasurementScale"].map(_SCALES))
    latest = tests.sort_values(["date", "rit"], kind="stable").drop_duplicates(["StudentID", "subject"], keep="last")
    rows["tests replaced by a later one"] = len(tests) - len(latest)
    chosen: pd.DataFrame = latest[["StudentID", "SchoolName", "subject", "rit", "date"]]
    return chosen


def _dates(column: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Dates as NWEA writes them (9/16/2013), or as ISO does."""
    import pandas as pd

    dates = pd.to_datetime(column, format="%m/%d/%Y", errors="coerce")
    dates = dates.fillna(pd.to_datetime(column, format="%Y-%m-%d", errors="coerce"))
    complain(RESULTS_FILE, column, dates.isna().to_numpy(), "a date: 9/16/2013 or 2013-09-16")
    return dates


def _enrolled(students: pd.DataFrame, tests: pd.DataFrame, rows: dict[str, int]) -> pd.DataFrame:
    """One row for each student of a term; who is listed in two schools belongs where the latest test was taken."""
    not_empty(STUDENTS_FILE, students["StudentID"])
    same = students.duplicated()
    rows["identical students"] = int(same.sum())
    students = students[~same]
    last_school = tests.sort_values("date", kind="stable").groupby("StudentID")["SchoolName"].last()
    tested_here = students["SchoolName"] == students["StudentID"].map(last_school)
    ordered = students.assign(tested_here=tested_here).sort_values(
        ["tested_here", "SchoolName", "Grade"], kind="stable"
    )
    one = ordered.drop_duplicates("StudentID", keep="last")
    rows["further schools or grades of a student"] = len(students) - len(one)
    return one.sort_values("StudentID")
