"""Reading one plain table of students: a row each, with sections, teachers and scores where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.arrays import Floats, Labels
from plsim.core.calendar import FALL_WEEK, SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.options import ReadOptions
from plsim.population.roster.personal import is_doubtful, is_personal, named_subgroups, says_who
from plsim.population.student_file import FEWEST_STUDENTS, StudentFile, check_size
from plsim.population.tables.cells import (
    NWEA_GRADES,
    as_flag,
    as_grade,
    as_rit,
    complain,
    not_empty,
    outside_norms,
)
from plsim.population.tables.header import Columns, shown_columns
from plsim.population.tables.ids import complain_of_spoiled_ids
from plsim.population.tables.problems import Problems
from plsim.population.tables.reading import Sheet, one_row_each, read_sheet, without_repeats
from plsim.population.tables.sources import TableFile

if TYPE_CHECKING:
    import pandas as pd

ROSTER_FILE = "roster.csv"
_FLAGS = ("lunch_eligible", "english_learner", "special_education")
_ALIKE = {
    "student_id": ("id", "sid", "student", "studentnumber", "studentno", "pupilid", "localid", "studentlocalid",
                   "permid", "permanentid", "stuid"),
    "school": ("schoolname", "schoolid", "schoolcode", "building", "campus", "site", "homeschool"),
    "grade": ("gradelevel", "gr", "gradelvl", "currentgrade", "studentgrade"),
    "math_rit": ("math", "mathematics", "mathscore", "mathritscore", "ritmath", "maprit", "mapmath", "mathmap",
                 "fallmath", "fallmathrit", "mathfall", "mathematicsrit", "nweamath", "mathsrit", "maths"),
    "reading_rit": ("reading", "readingscore", "readingritscore", "ritreading", "mapreading", "readingmap",
                    "fallreading", "fallreadingrit", "readingfall", "nweareading", "readrit", "ela", "elarit"),
    "lunch_eligible": ("lunch", "lunchstatus", "frl", "frlstatus", "frpl", "frm", "freelunch", "freereduced",
                       "freereducedlunch", "freeorreducedlunch", "freeandreducedlunch", "mealstatus", "sed",
                       "freereducedmeals", "economicallydisadvantaged", "econdis", "economicdisadvantage",
                       "lowincome", "nslp"),
    "english_learner": ("el", "ell", "els", "lep", "esl", "englishlanguagelearner", "englishlearners", "ellstatus",
                        "elstatus", "eld", "multilinguallearner", "mll"),
    "special_education": ("sped", "iep", "swd", "specialed", "iepstatus", "spedstatus", "disability", "disabled",
                          "studentwithdisability", "specialneeds", "exceptionality"),
    "governance": ("charter", "ischarter", "schooltype", "charterschool"),
    "section_math": ("mathsection", "mathclass", "mathsectionid", "section", "class", "classroom"),
    "section_reading": ("readingsection", "readingclass", "elasection", "elaclass", "englishsection"),
    "teacher_math": ("mathteacher", "teacher", "teachername", "teacherid", "mathteacherid"),
    "teacher_reading": ("readingteacher", "elateacher", "englishteacher", "readingteacherid"),
}  # fmt: skip
COLUMNS = Columns(
    required=("student_id", "school", "grade"),
    optional=(
        *_FLAGS, "governance", "section_math", "section_reading", "teacher_math", "teacher_reading", "math_rit",
        "reading_rit",
    ),
    alike={word: column for column, words in _ALIKE.items() for word in words},
    spelling=True,
)  # fmt: skip
_ETHNIC = re.compile(
    r"hispanic|latin[oaex]|caucasian|african|asian|american indian|alaska|hawaiian|islander|"
    r"(multi|bi)-?racial|more races",
    re.IGNORECASE,
)
"""A label like these says what its column holds, whatever the column is called."""
MOST_LABELS = 20
"""A column with more different labels becomes no subgroup: it could say who somebody is."""
FEW = "(fewer than 10)"


def read_roster(file: TableFile, options: ReadOptions = ReadOptions()) -> StudentFile:  # noqa: B008 (frozen)
    """The students of a roster. Scores are the fall's (week 4); columns that are named become subgroups."""
    problems = Problems()
    sheet = read_sheet(file, problems, with_subgroups(options), named=named(options), who=says_who)
    return students_of_sheet(sheet, options)


def named(options: ReadOptions) -> frozenset[str]:
    """The columns that are asked for as subgroups, without a second word."""
    return frozenset(name.partition(":")[0] for name in options.subgroups)


def with_subgroups(options: ReadOptions) -> Columns:
    """The columns of a roster, and those that are asked for."""
    wanted = named(options)
    return Columns(
        required=COLUMNS.required,
        optional=COLUMNS.optional,
        further=lambda name: name in wanted and not is_personal(name),
        alike=COLUMNS.alike,
        spelling=True,
    )


def students_of_sheet(sheet: Sheet, options: ReadOptions) -> StudentFile:
    """The students of a table with the columns of a roster."""
    problems, dispositions = sheet.problems, sheet.dispositions
    problems.stop_if_unreadable()
    header = (*sheet.places, *sheet.not_read)
    chosen = named_subgroups(sheet.where, options.subgroups, header, COLUMNS.known)
    complain_of_spoiled_ids(sheet, sheet.cells["student_id"])
    table = without_repeats(sheet, sheet.cells, "identical students")
    one_row_each(sheet, table, "student_id")
    grade = as_grade(sheet, table["grade"], NWEA_GRADES)
    outside = outside_norms(grade)
    dispositions.leave_out(sheet.rows(table[outside]), "students of grades without norms")
    table, grade = table[~outside], grade[~outside]
    charter = _governance(sheet, table)
    dispositions.use_rest("students")
    students = StudentFile(
        source=f"roster {sheet.where}",
        student_id=not_empty(sheet, table["student_id"]),
        school=not_empty(sheet, table["school"]),
        grade=grade,
        rit=np.stack([_or_nan(sheet, table, f"{subject}_rit") for subject in SUBJECTS], axis=1),
        week=FALL_WEEK,
        row=sheet.rows(table),
        flags={name: as_flag(sheet, table[name]) for name in _FLAGS if name in table},
        section=np.stack([_or_empty(table, f"section_{subject}") for subject in SUBJECTS], axis=1),
        teacher=np.stack([_or_empty(table, f"teacher_{subject}") for subject in SUBJECTS], axis=1),
        charter_schools=charter,
        subgroups={name: _subgroup(sheet.where, table[name]) for name in chosen},
        dispositions=(dispositions,),
        notes={"further teachers of a section": sum(_further_teachers(table, subject) for subject in SUBJECTS)},
        remarks=_remarks(sheet),
    )
    problems.stop_if_any()
    check_size(sheet.where, len(table), students.dispositions)
    return students


def _remarks(sheet: Sheet) -> tuple[str, ...]:
    """The columns that are not used, for whoever expects them to be."""
    further = [name for name in sheet.not_read if not is_personal(name)]
    shown = shown_columns(further)
    lines = []
    if shown:
        could = [name for name in shown if not is_doubtful(name)]
        hint = f" To show results by one: --subgroups {could[0]}." if could else ""
        lines.append(f"Columns that are not used: {_some(shown)}.{hint}")
    never = len(sheet.not_read) - len(further)
    if never:
        lines.append(f"Columns that by their names say who somebody is, and are never read: {never}.")
    return tuple(lines)


def _some(names: list[str], most: int = 12) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _subgroup(where: str, column: pd.Series[str]) -> Labels:
    """Labels of a further column; refused for ethnicity, and for so many that they could say who somebody is."""
    counts = column[column != ""].value_counts()
    if len(counts) > MOST_LABELS:
        problem = f"column '{column.name}' has {len(counts)} labels, which could say who somebody is"
        raise PopulationError(where, "--subgroups", problem, allowed=f"up to {MOST_LABELS}")
    # Black and White may be teams, but not beside nothing else: then they are refused too, to be sure.
    words = {str(label).lower() for label in counts.index}
    if any(_ETHNIC.search(word) for word in words) or {"black", "white"} <= words:
        problem = f"column '{column.name}' holds ethnic groups, by which no results are shown"
        raise PopulationError(where, "--subgroups", problem)
    few = (column != "") & (column.map(counts) < FEWEST_STUDENTS)
    labels: Labels = column.where(~few, FEW).to_numpy(dtype=object)
    return labels


def _further_teachers(table: pd.DataFrame, subject: str) -> int:
    """How many teachers are named for sections beside the one who counts."""
    columns = ["school", f"section_{subject}", f"teacher_{subject}"]
    if not set(columns) <= set(table.columns):
        return 0
    told = table.loc[(table[columns[1]] != "") & (table[columns[2]] != ""), columns].drop_duplicates()
    return len(told) - len(told[columns[:2]].drop_duplicates())


def _or_nan(sheet: Sheet, table: pd.DataFrame, name: str) -> Floats:
    return as_rit(sheet, table[name]) if name in table else np.full(len(table), np.nan)


def _or_empty(table: pd.DataFrame, name: str) -> Labels:
    return table[name].to_numpy(dtype=object) if name in table else np.full(len(table), "", dtype=object)


def _governance(sheet: Sheet, table: pd.DataFrame) -> dict[str, bool]:
    """Governance of the schools whose rows say it; a school's rows must agree."""
    if "governance" not in table:
        return {}
    told = table[table["governance"] != ""]
    kind = told["governance"].str.lower()
    known = kind.isin(["charter", "district"]).to_numpy()
    complain(sheet, told["governance"], ~known, "charter, district, or nothing")
    first = kind.groupby(told["school"]).transform("first")
    complain(sheet, told["governance"], known & (kind != first).to_numpy(), "the same in all rows of a school")
    return {str(school): value == "charter" for school, value in zip(told["school"], kind, strict=True)}
