"""Reading OneRoster 1.1 and 1.2 CSV files: who is in which class, and who teaches it.

``orgs.csv``, ``users.csv``, ``classes.csv`` and ``enrollments.csv`` are needed; ``courses.csv`` (subjects of classes
that have none), ``roles.csv`` (roles in version 1.2) and ``demographics.csv`` (lunch eligibility, when a column of it
says so) are used where they are there. No name of a person, birth date or ethnicity is read. Which class becomes a
student's section is decided in :mod:`plsim.population.oneroster_sections`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.calendar import MATH, READING, SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.cells import not_empty
from plsim.population.fates import Fates
from plsim.population.files import TableFile
from plsim.population.problems import Problems
from plsim.population.reading import Sheet, one_row_each, read_sheet, without_repeats

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")
ID = "sourcedId"
_DELETED = "tobedeleted"

LUNCH_COLUMNS = (
    "lunch_eligible", "lunchEligible", "metadata.lunch_eligible", "metadata.lunchEligible",
    "metadata.freeReducedLunch", "metadata.frl",
)  # fmt: skip
"""Columns of ``demographics.csv`` that are read as lunch eligibility; OneRoster itself has none."""

_CODES = {"02": MATH, "52": MATH, "01": READING, "51": READING}
"""First two digits of the subject codes (SCED) that count."""
_WORDS = {
    MATH: frozenset({
        "math", "maths", "mathematics", "algebra", "geometry", "calculus", "precalculus", "trigonometry", "statistics",
        "arithmetic", "numeracy",
    }),
    READING: frozenset({"reading", "english", "ela", "literacy", "literature"}),
}  # fmt: skip
_PHRASES = {READING: ("language arts",)}
_NOT_READING = ("english learner", "english language learner", "english language development", "second language")


@dataclass(frozen=True)
class OneRoster:
    """The rows of a OneRoster that count: not marked for deletion, not repeated.

    Attributes
    ----------
    users
        By ``sourcedId``: identifier, role, grades, orgSourcedIds, and the row in the file.
    classes
        By ``sourcedId``: schoolSourcedId, homeroom, serves_math, serves_reading, and whether anything but the kind of
        class decided that; the row in the file.
    enrollments
        classSourcedId, userSourcedId, role, primary, beginDate.
    schools
        Name of each org that is a school, by ``sourcedId``.
    lunch
        ``sourcedId`` and the cell, when a column says it; the index is the row.
    """

    where: str
    problems: Problems
    users: pd.DataFrame
    classes: pd.DataFrame
    enrollments: pd.DataFrame
    schools: dict[str, str]
    lunch: pd.DataFrame | None
    sheets: dict[str, Sheet]

    @property
    def fates(self) -> tuple[Fates, ...]:
        """What became of every row, file by file."""
        return tuple(sheet.fates for sheet in self.sheets.values())


def is_oneroster(files: Mapping[str, TableFile]) -> bool:
    """Whether a folder or zip holds (part of) a OneRoster."""
    return "enrollments.csv" in files or {"users.csv", "classes.csv"} <= files.keys()


def read_oneroster(files: Mapping[str, TableFile], where: str) -> OneRoster:
    """What of a OneRoster counts; ``files`` are those of a folder or zip by their names in small letters."""
    for name in NEEDED:
        if name not in files:
            fix = f"A OneRoster holds {', '.join(NEEDED)}"
            raise PopulationError(f"{where}/{name}", "", "no such file", fix=fix)
    problems = Problems()
    sheets: dict[str, Sheet] = {}

    def sheet(name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        if f"{name}.csv" in files:
            sheets[name] = read_sheet(files[f"{name}.csv"], problems, required=required, optional=("status", *optional))

    sheet("orgs", (ID, "name", "type"))
    sheet("users", (ID,), ("identifier", "role", "grades", "orgSourcedIds", "primaryOrgSourcedId"))
    sheet("roles", ("userSourcedId", "role"), ("orgSourcedId",))
    sheet("classes", (ID, "schoolSourcedId"), ("title", "classType", "courseSourcedId", "subjects", "subjectCodes"))
    sheet("courses", (ID,), ("title", "subjects", "subjectCodes"))
    sheet("enrollments", ("classSourcedId", "userSourcedId", "role"), ("primary", "beginDate"))
    sheet("demographics", (ID,), LUNCH_COLUMNS)
    problems.stop_if_unreadable()

    rows = {name: _current(found, name) for name, found in sheets.items()}
    for name in rows.keys() & {"orgs", "users", "classes", "courses", "demographics"}:
        _keyed(sheets[name], rows[name])
    for column in ("classSourcedId", "userSourcedId"):
        not_empty(sheets["enrollments"], rows["enrollments"][column])
    problems.stop_if_any()
    return OneRoster(
        where=where,
        problems=problems,
        users=_filled(
            _by_id(_with_roles(rows["users"], rows.get("roles"))), ("identifier", "role", "grades", "orgSourcedIds")
        ),
        classes=_with_subjects(rows["classes"], rows.get("courses")),
        enrollments=_filled(rows["enrollments"], ("primary", "beginDate")),
        schools=_school_names(sheets["orgs"], rows["orgs"]),
        lunch=_lunch(rows.get("demographics")),
        sheets=_with_fates(sheets),
    )


def _with_fates(sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    """The sheets; what becomes of the rows of those that only serve others is decided here."""
    for name in sheets.keys() & {"roles", "courses", "demographics"}:
        without = name == "demographics" and not any(column in sheets[name].cells for column in LUNCH_COLUMNS)
        sheets[name].fates.rest("demographics without lunch eligibility" if without else f"{name} used")
    return sheets


def _current(sheet: Sheet, kind: str) -> pd.DataFrame:
    """The rows that are not marked for deletion and do not repeat an earlier one."""
    cells = sheet.cells
    if "status" in cells:
        deleted = cells["status"].str.lower() == _DELETED
        sheet.fates.decide(sheet.rows(cells[deleted]), f"{kind} marked for deletion")
        cells = cells[~deleted].drop(columns="status")
    return without_repeats(sheet, cells, f"identical {kind}")


def _keyed(sheet: Sheet, table: pd.DataFrame) -> None:
    not_empty(sheet, table[ID])
    one_row_each(sheet, table[table[ID] != ""], ID)


def _by_id(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its rows' places in the file as a column, and the ids as the index."""
    return table.assign(row=table.index).set_index(ID, drop=False)


def _by_key(table: pd.DataFrame, column: str) -> dict[str, str]:
    """The cells of a column by id; none when the file lacks the column."""
    return dict(zip(table[ID], table[column], strict=True)) if column in table else {}


def looked_up(keys: pd.Series[str], table: Mapping[str, str]) -> pd.Series[str]:
    """What the table holds for each key, empty where it holds nothing."""
    return keys.map(lambda key: table.get(key, "")).astype(object)


def _filled(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The table with columns that the file lacks as empty ones."""
    return table.assign(**{name: "" for name in columns if name not in table})


def _with_roles(users: pd.DataFrame, roles: pd.DataFrame | None) -> pd.DataFrame:
    """Users of version 1.2: their role and schools come from ``roles.csv``."""
    if roles is None:
        return users
    role: dict[str, str] = {}
    orgs: dict[str, str] = {}
    places = roles["orgSourcedId"] if "orgSourcedId" in roles else [""] * len(roles)
    for user, kind, org in zip(roles["userSourcedId"], roles["role"].str.lower(), places, strict=True):
        role[user] = "student" if kind == "student" else role.get(user, kind)
        orgs[user] = f"{orgs[user]},{org}" if user in orgs else org
    listed = _filled(users, ("primaryOrgSourcedId", "orgSourcedIds"))
    own = listed["primaryOrgSourcedId"] + "," + listed["orgSourcedIds"] + "," + looked_up(users[ID], orgs)
    return users.assign(role=looked_up(users[ID], role), orgSourcedIds=own)


def _school_names(orgs: Sheet, rows: pd.DataFrame) -> dict[str, str]:
    """Names of the schools; of two schools of one name, both carry their id as well."""
    is_school = rows["type"].str.lower() == "school"
    orgs.fates.decide(orgs.rows(rows[~is_school]), "orgs that are not schools")
    orgs.fates.rest("schools used")
    schools = rows[is_school]
    twice = schools["name"].duplicated(keep=False) | (schools["name"] == "")
    names = schools["name"].where(~twice, schools["name"] + " (" + schools[ID] + ")")
    return dict(zip(schools[ID], names, strict=True))


def _with_subjects(classes: pd.DataFrame, courses: pd.DataFrame | None) -> pd.DataFrame:
    """Classes by their id, and which of the two subjects each serves."""
    names = ("title", "subjects", "subjectCodes")
    table = _filled(_by_id(classes), (*names, "classType", "courseSourcedId"))
    of_course = {
        name: looked_up(table["courseSourcedId"], {} if courses is None else _by_key(courses, name)) for name in names
    }
    serves = np.zeros((len(table), len(SUBJECTS)), dtype=bool)
    decided = np.zeros(len(table), dtype=bool)
    for name in ("subjectCodes", "subjects", "title"):
        for source in (table, of_course):
            for row, text in enumerate(source[name]):
                subjects = subjects_in(text)
                # A list of subjects decides, even for other subjects; a title only where it names one of the two.
                if text and not decided[row] and (subjects or name != "title"):
                    serves[row, list(subjects)] = True
                    decided[row] = True
    return table.assign(
        homeroom=(table["classType"].str.lower() == "homeroom").to_numpy(),
        decided=decided,
        **{f"serves_{name}": serves[:, index] for index, name in enumerate(SUBJECTS)},
    )


@cache
def subjects_in(text: str) -> tuple[int, ...]:
    """Which of the two subjects a list of subject codes, a list of subjects or a title names."""
    codes = re.findall(r"\b\d{2,6}\b", text)
    if codes and not re.search(r"[A-Za-z]", text):
        return tuple(sorted({_CODES[code[:2]] for code in codes if code[:2] in _CODES}))
    lower = " ".join(re.findall(r"[a-z]+", text.lower()))
    words = set(lower.split())
    found = {subject for subject, known in _WORDS.items() if words & known}
    found |= {subject for subject, phrases in _PHRASES.items() if any(phrase in lower for phrase in phrases)}
    if any(phrase in lower for phrase in _NOT_READING):
        found.discard(READING)
    return tuple(sorted(found))


def _lunch(demographics: pd.DataFrame | None) -> pd.DataFrame | None:
    """Lunch eligibility by user, when ``demographics.csv`` has a column for it."""
    if demographics is None:
        return None
    column = next((name for name in LUNCH_COLUMNS if name in demographics), None)
    return None if column is None else demographics[[ID, column]]
