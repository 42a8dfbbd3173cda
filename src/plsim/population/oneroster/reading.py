"""Reading OneRoster 1.1 and 1.2 CSV files: who is in which class, who teaches it, and when.

``orgs.csv``, ``users.csv``, ``classes.csv`` and ``enrollments.csv`` are needed; ``courses.csv`` (subjects of classes
that have none), ``roles.csv`` (roles in version 1.2), ``academicSessions.csv`` (school years and terms),
``demographics.csv`` (lunch eligibility and other flags, when a column of it says so) and ``manifest.csv`` are used
where they are there. No name of a person, birth date or ethnicity is held. Who is enrolled on which day is decided in
:mod:`plsim.population.oneroster.activity`, which class becomes a student's section in
:mod:`plsim.population.oneroster.sections`. Follows 1EdTech's CSV tables of OneRoster 1.1.1 and CSV binding 1.2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plsim.core.arrays import Floats
from plsim.core.errors import PopulationError
from plsim.population.oneroster.classes import read_decisions, with_subjects
from plsim.population.options import ReadOptions
from plsim.population.student_file import TitleReading
from plsim.population.tables.cells import DAY_NONE, as_days, as_flag, complain, not_empty
from plsim.population.tables.dispositions import Dispositions
from plsim.population.tables.header import Columns
from plsim.population.tables.ids import complain_of_spoiled_ids, partners, translated
from plsim.population.tables.problems import Problems
from plsim.population.tables.reading import Sheet, one_row_each, read_sheet, without_repeats
from plsim.population.tables.sources import TableFile

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")
ID = "sourcedId"
_NEARLY_ALL = 0.9
"""From this share of enrollments that cannot be used on, the file is not one of enrollments in these classes."""
_SPARED = ("demographics", "academicSessions", "courses")
"""Files that cost only what they would have told when they cannot be read."""

_ACTIVE = frozenset({"", "active", "a", "yes", "y", "true", "1", "enabled", "current", "enrolled"})
_GONE = frozenset({
    "tobedeleted", "deleted", "delete", "inactive", "i", "no", "n", "false", "0", "disabled", "withdrawn", "dropped",
    "ended", "archived",
})  # fmt: skip

LUNCH_COLUMNS = (
    "lunch_eligible", "lunchEligible", "metadata.lunch_eligible", "metadata.lunchEligible",
    "metadata.freeReducedLunch", "metadata.frl",
)  # fmt: skip
"""Columns of ``demographics.csv`` that are read as lunch eligibility; OneRoster itself has none."""
_FLAG_COLUMNS = {
    "lunch_eligible": LUNCH_COLUMNS,
    "english_learner": ("metadata.english_learner", "metadata.englishLearner", "metadata.ell", "metadata.lep"),
    "special_education": ("metadata.special_education", "metadata.specialEducation", "metadata.iep", "metadata.sped"),
}
_LUNCH_LIKE = (
    "lunch", "lunchstatus", "frl", "frlstatus", "frpl", "freelunch", "freereduced", "freereducedlunch", "mealstatus",
    "freereducedmeals", "economicallydisadvantaged", "economicdisadvantage", "lowincome",
)  # fmt: skip
_LUNCH_WORDS = {"free": True, "reduced": True, "paid": False, "full": False}

_COLUMNS = {
    "orgs": Columns((ID, "name", "type"), ("status",)),
    "users": Columns(
        (ID,),
        ("status", "identifier", "userMasterIdentifier", "role", "grades", "orgSourcedIds", "primaryOrgSourcedId",
         "enabledUser"),
    ),
    "roles": Columns(("userSourcedId", "role"), ("status", "orgSourcedId", "beginDate", "endDate")),
    "classes": Columns(
        (ID, "schoolSourcedId"),
        ("status", "title", "classType", "courseSourcedId", "subjects", "subjectCodes", "termSourcedIds"),
    ),
    "courses": Columns((ID,), ("status", "title", "subjects", "subjectCodes", "courseCode")),
    "enrollments": Columns(
        ("classSourcedId", "userSourcedId", "role"), ("status", "primary", "beginDate", "endDate"), spelling=True,
        official=frozenset({"sourcedId", "schoolSourcedId", "dateLastModified"}),
    ),
    "academicSessions": Columns((ID, "startDate", "endDate"), ("status", "type", "schoolYear", "parentSourcedId")),
    "demographics": Columns(
        (ID,),
        ("status", *(column for columns in _FLAG_COLUMNS.values() for column in columns)),
        alike={f"{prefix}{word}": "metadata.lunch_eligible" for word in _LUNCH_LIKE for prefix in ("", "metadata")},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class OneRoster:
    """The rows of a OneRoster that count: active, not repeated, with ids that are written alike in all files.

    Attributes
    ----------
    users
        By ``sourcedId``: identifier, role, grades, orgSourcedIds, and the row in the file.
    classes
        By ``sourcedId``: schoolSourcedId, termSourcedIds, homeroom, serves_math, serves_reading, elective, and whether
        anything but the kind of class decided that; the row in the file.
    enrollments
        classSourcedId, userSourcedId, role, primary, begin, end (days since 1970, or none).
    sessions
        Academic sessions: type, schoolYear, start, end, by ``sourcedId``.
    schools
        Name of each org that is a school, by ``sourcedId``.
    flags
        What ``demographics.csv`` says, by user: 1, 0 or nan.
    gone
        Ids of users and classes that are listed and not active.
    """

    where: str
    problems: Problems
    users: pd.DataFrame
    classes: pd.DataFrame
    enrollments: pd.DataFrame
    sessions: pd.DataFrame
    schools: dict[str, str]
    flags: dict[str, dict[str, float]]
    gone: dict[str, set[str]]
    sheets: dict[str, Sheet]
    titles: tuple[TitleReading, ...] = ()
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def dispositions(self) -> tuple[Dispositions, ...]:
        """What became of every row, file by file."""
        return tuple(sheet.dispositions for sheet in self.sheets.values())


def is_oneroster(files: Mapping[str, TableFile]) -> bool:
    """Whether a folder or zip holds (part of) a OneRoster."""
    return "enrollments.csv" in files or {"users.csv", "classes.csv"} <= files.keys()


def read_oneroster(files: Mapping[str, TableFile], where: str, options: ReadOptions) -> OneRoster:
    """What of a OneRoster counts; ``files`` are those of a folder or zip by their names in small letters."""
    for name in NEEDED:
        if name not in files:
            fix = f"A OneRoster holds {', '.join(NEEDED)}"
            raise PopulationError(f"{where}/{name}", "", "no such file", fix=fix)
    _refuse_delta(files)
    decisions = read_decisions(options.subjects)
    problems = Problems()
    sheets, warnings = _sheets(files, problems)
    problems.stop_if_unreadable()
    rows, gone = {}, {}
    for name, sheet in sheets.items():
        rows[name], gone[name] = _current(sheet, name)
    for name in rows.keys() & {"orgs", "users", "classes", "courses", "demographics", "academicSessions"}:
        not_empty(sheets[name], rows[name][ID])
        one_row_each(sheets[name], rows[name][rows[name][ID] != ""], ID)
        complain_of_spoiled_ids(sheets[name], rows[name][ID])
    for column in ("classSourcedId", "userSourcedId"):
        not_empty(sheets["enrollments"], rows["enrollments"][column])
        complain_of_spoiled_ids(sheets["enrollments"], rows["enrollments"][column])
    problems.stop_if_any()

    _join(rows, gone)
    users = _by_id(_with_roles(rows["users"], rows.get("roles")))
    classes, titles = with_subjects(_by_id(rows["classes"]), rows.get("courses"), decisions)
    enrollments = _filled(rows["enrollments"], ("primary",))
    enrollments = enrollments.assign(
        begin=_days(sheets["enrollments"], enrollments, "beginDate"),
        end=_days(sheets["enrollments"], enrollments, "endDate"),
    )
    roster = OneRoster(
        where=where,
        problems=problems,
        users=_filled(users, ("identifier", "role", "grades", "orgSourcedIds")),
        classes=classes,
        enrollments=enrollments,
        sessions=_sessions(sheets.get("academicSessions"), rows.get("academicSessions")),
        schools=_school_names(sheets["orgs"], rows["orgs"]),
        flags=_flags(sheets.get("demographics"), rows.get("demographics")),
        gone=gone,
        sheets=sheets,
        titles=titles,
        remarks=_not_read(files),
        warnings=warnings,
    )
    problems.stop_if_any()
    _refuse_unusable(roster)
    _decide_others(sheets)
    return roster


def _refuse_unusable(roster: OneRoster) -> None:
    """Refuse enrollments of which nearly all refer to nobody, to no class, or have no role that is known."""
    rows = roster.enrollments
    if not len(rows):
        return
    lost = {
        "of users who are not listed": ~rows["userSourcedId"].isin([*roster.users.index, *roster.gone["users"]]),
        "in classes that are not listed": ~rows["classSourcedId"].isin(
            [*roster.classes.index, *roster.gone["classes"]]
        ),
        "neither of students nor of teachers": ~rows["role"].str.lower().isin(["student", "teacher"]),
    }
    unusable = np.logical_or.reduce([each.to_numpy() for each in lost.values()])
    if unusable.sum() >= _NEARLY_ALL * len(rows):
        why = ", ".join(f"{int(each.sum()):,} {what}" for what, each in lost.items() if each.any())
        problem = f"{int(unusable.sum()):,} of {len(rows):,} rows cannot be used: {why}"
        fix = "Are all files of one export?"
        raise PopulationError(roster.sheets["enrollments"].where, "", problem, fix=fix)


def _refuse_delta(files: Mapping[str, TableFile]) -> None:
    """Refuse what a manifest calls the changes since the last export: a few students, and not the district."""
    if "manifest.csv" not in files:
        return
    sheet = read_sheet(files["manifest.csv"], Problems(), Columns(("propertyName", "value")))
    if "value" not in sheet.cells:
        return
    kinds = dict(zip(sheet.cells["propertyName"].str.lower(), sheet.cells["value"].str.lower(), strict=True))
    delta = [name for name in _COLUMNS if kinds.get(f"file.{name.lower()}") == "delta"]
    if delta:
        problem = f"says delta for {', '.join(delta)}: only what has changed since the last export, not the district"
        fix = "Ask the student information system for a bulk (full) export"
        raise PopulationError(files["manifest.csv"].name, "", problem, allowed="bulk", fix=fix)


def _sheets(files: Mapping[str, TableFile], problems: Problems) -> tuple[dict[str, Sheet], tuple[str, ...]]:
    """The tables that are there; an optional one that cannot be read is told and passed over."""
    sheets: dict[str, Sheet] = {}
    warnings: list[str] = []
    for name, columns in _COLUMNS.items():
        file = files.get(f"{name.lower()}.csv")
        if file is None:
            continue
        if name not in _SPARED:
            sheets[name] = read_sheet(file, problems, columns, who=_says_who if name == "users" else None)
            continue
        own = Problems()
        sheet = read_sheet(file, own, columns)
        try:
            own.stop_if_any()
        except PopulationError as error:
            # A column that only looks right is no damage: it would be drawn in silence.
            if "looks like" in str(error):
                raise
            warnings.append(f"{file.name} cannot be read, and what it says is missing. {str(error).splitlines()[0]}")
            continue
        sheet.problems, sheet.file = problems, problems.file(file.name)
        sheets[name] = sheet
    return sheets, tuple(warnings)


def _says_who(name: str) -> bool:
    return name in ("givenName", "familyName")


def _not_read(files: Mapping[str, TableFile]) -> tuple[str, ...]:
    """The CSV files that are no part of what is read."""
    known = {f"{name.lower()}.csv" for name in _COLUMNS} | {"manifest.csv"}
    official = (
        "categories", "classresources", "courseresources", "lineitems", "resources", "results", "scorescales",
        "userprofiles", "userresources", "lineitemlearningobjectiveids", "lineitemscorescales",
        "resultlearningobjectiveids", "resultscorescales",
    )  # fmt: skip
    others = [f"{name}.csv" for name in official if f"{name}.csv" in files and f"{name}.csv" not in known]
    return (f"Files of the OneRoster that are not used: {', '.join(others)}.",) if others else ()


def _current(sheet: Sheet, kind: str) -> tuple[pd.DataFrame, set[str]]:
    """The rows that are active and do not repeat an earlier one; and the ids of those that are not active."""
    cells = sheet.cells
    gone: set[str] = set()
    if "status" in cells:
        status = cells["status"].str.lower().str.replace(r"[\s_-]", "", regex=True)
        complain(
            sheet,
            cells["status"],
            ~status.isin([*_ACTIVE, *_GONE]).to_numpy(),
            "active, inactive, tobedeleted, or nothing",
        )
        out = status.isin(list(_GONE))
        sheet.dispositions.leave_out(sheet.rows(cells[out]), f"{kind} that are not active")
        gone |= set(cells.loc[out, ID]) if ID in cells else set()
        cells = cells[~out].drop(columns="status")
    if "enabledUser" in cells:
        disabled = as_flag(sheet, cells["enabledUser"]) == 0.0
        sheet.dispositions.leave_out(sheet.rows(cells[disabled]), f"{kind} that are disabled")
        gone |= set(cells.loc[disabled, ID])
        cells = cells[~disabled].drop(columns="enabledUser")
    return without_repeats(sheet, cells, f"identical {kind}"), gone


def _join(rows: dict[str, pd.DataFrame], gone: dict[str, set[str]]) -> None:
    """Write the ids that refer to another file as that file writes them: capitals, braces and blanks may differ."""
    links = (
        ("enrollments", "userSourcedId", "users"), ("enrollments", "classSourcedId", "classes"),
        ("classes", "schoolSourcedId", "orgs"), ("classes", "courseSourcedId", "courses"),
        ("roles", "userSourcedId", "users"), ("demographics", ID, "users"),
    )  # fmt: skip
    for name, column, other in links:
        if name in rows and other in rows and column in rows[name]:
            theirs = {*rows[other][ID], *gone[other]}
            found = partners(rows[name][column].unique(), theirs)
            rows[name] = rows[name].assign(**{column: translated(rows[name][column], found.of)})


def _decide_others(sheets: dict[str, Sheet]) -> None:
    """What becomes of the rows of files that only serve others."""
    for name in ("roles", "courses", "academicSessions", "demographics"):
        if name not in sheets:
            continue
        flags = [column for columns in _FLAG_COLUMNS.values() for column in columns]
        if name == "demographics" and not any(column in sheets[name].cells for column in flags):
            sheets[name].dispositions.leave_out_rest("demographics without lunch eligibility or another flag")
        else:
            sheets[name].dispositions.use_rest({"academicSessions": "academic sessions"}.get(name, name))


def _by_id(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its rows' places in the file as a column, and the ids as the index."""
    return table.assign(row=table.index).set_index(ID, drop=False)


def looked_up(keys: pd.Series[str], table: Mapping[str, str]) -> pd.Series[str]:
    """What the table holds for each key, empty where it holds nothing."""
    return keys.map(lambda key: table.get(key, "")).astype(object)


def _filled(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The table with columns that the file lacks as empty ones."""
    return table.assign(**{name: "" for name in columns if name not in table})


def _days(sheet: Sheet, table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """The days of a column, none where there is no such column."""
    if column not in table:
        return np.full(len(table), DAY_NONE, dtype=np.int64)
    return as_days(sheet, table[column]).astype(np.int64)


def _sessions(sheet: Sheet | None, rows: pd.DataFrame | None) -> pd.DataFrame:
    """Academic sessions by id; none where there is no file of them."""
    import pandas as pd

    if sheet is None or rows is None:
        return pd.DataFrame({"type": [], "schoolYear": [], "start": [], "end": []})
    table = _filled(rows, ("type", "schoolYear"))
    table = table.assign(start=_days(sheet, table, "startDate"), end=_days(sheet, table, "endDate"))
    return table.set_index(ID)[["type", "schoolYear", "start", "end"]]


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
    told = _filled(users, ("primaryOrgSourcedId", "orgSourcedIds"))
    own = told["primaryOrgSourcedId"] + "," + told["orgSourcedIds"] + "," + looked_up(users[ID], orgs)
    return users.assign(role=looked_up(users[ID], role), orgSourcedIds=own)


def _school_names(orgs: Sheet, rows: pd.DataFrame) -> dict[str, str]:
    """Names of the schools; of two schools of one name, both carry their id as well."""
    is_school = rows["type"].str.lower() == "school"
    orgs.dispositions.leave_out(orgs.rows(rows[~is_school]), "orgs that are not schools")
    orgs.dispositions.use_rest("schools")
    schools = rows[is_school]
    twice = schools["name"].duplicated(keep=False) | (schools["name"] == "")
    names = schools["name"].where(~twice, schools["name"] + " (" + schools[ID] + ")")
    return dict(zip(schools[ID], names, strict=True))


def _flags(sheet: Sheet | None, rows: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    """What demographics say of users, flag by flag; a flag without a column is not there."""
    found: dict[str, dict[str, float]] = {}
    if sheet is None or rows is None:
        return found
    for flag, columns in _FLAG_COLUMNS.items():
        column = next((name for name in columns if name in rows), None)
        if column is not None:
            values: Floats = as_flag(sheet, rows[column], _LUNCH_WORDS if flag == "lunch_eligible" else None)
            found[flag] = dict(zip(rows[ID], values.tolist(), strict=True))
    return found
