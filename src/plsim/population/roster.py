"""Reading one plain ``roster.csv``: a row for each student, with sections, teachers and scores where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.arrays import Labels
from plsim.core.calendar import FALL_WEEK, SUBJECTS
from plsim.population.cells import NWEA_GRADES, as_flag, as_grade, as_rit, complain, not_empty
from plsim.population.files import TableFile
from plsim.population.problems import Problems
from plsim.population.reading import Sheet, one_row_each, read_sheet, without_repeats
from plsim.population.student_file import StudentFile, check_size

if TYPE_CHECKING:
    import pandas as pd

ROSTER_FILE = "roster.csv"
_REQUIRED = ("student_id", "school", "grade")
_FLAGS = ("lunch_eligible", "english_learner", "special_education")
_OPTIONAL = (
    *_FLAGS, "governance", "section_math", "section_reading", "teacher_math", "teacher_reading", "math_rit",
    "reading_rit",
)  # fmt: skip
_KNOWN = (*_REQUIRED, *_OPTIONAL)
# Columns that say who somebody is, or that results must not hold: never read.
_PERSONAL_PARTS = (
    "name", "birth", "born", "ethnic", "race", "racial", "national", "tribe", "tribal", "mail", "phone", "hispanic",
    "latin", "african", "indian", "islander", "guardian", "parent", "initial",
)  # fmt: skip
_PERSONAL_WORDS = frozenset({
    "dob", "address", "street", "ssn", "asian", "black", "white", "native", "mother", "father", "teacher", "teachers",
    "counselor", "counsellor", "advisor", "adviser", "principal",
})  # fmt: skip
_ETHNIC = re.compile(
    r"hispanic|latin[oaex]|caucasian|african|asian|american indian|alaska|hawaiian|islander|"
    r"(multi|bi)-?racial|more races",
    re.IGNORECASE,
)
"""A label like these says what its column holds, whatever the column is called."""
MOST_LABELS = 20
"""A further column with more different labels is left out: it could say who somebody is."""
FEWEST_STUDENTS = 10
"""Labels that fewer students share are made one: they could say who somebody is."""
FEW = "(fewer than 10)"


def read_roster(file: TableFile) -> StudentFile:
    """The students of a roster. Scores are the fall's (week 4); further columns become subgroups."""
    problems = Problems()
    sheet = read_sheet(
        file, problems, required=_REQUIRED, optional=_OPTIONAL, further=lambda name: not is_personal(name)
    )
    problems.stop_if_unreadable()
    table = without_repeats(sheet, sheet.cells, "identical students")
    one_row_each(sheet, table, "student_id")
    subgroups = {name: _subgroup(table[name]) for name in table.columns if name not in _KNOWN}
    charter = _governance(sheet, table)
    sheet.fates.rest("students used")
    students = StudentFile(
        source=f"roster {sheet.where}",
        student_id=not_empty(sheet, table["student_id"]),
        school=not_empty(sheet, table["school"]),
        grade=as_grade(sheet, table["grade"], NWEA_GRADES),
        rit=np.stack([_or_nan(sheet, table, f"{subject}_rit") for subject in SUBJECTS], axis=1),
        week=FALL_WEEK,
        row=sheet.rows(table),
        flags={name: as_flag(sheet, table[name]) for name in _FLAGS if name in table},
        section=np.stack([_or_empty(table, f"section_{subject}") for subject in SUBJECTS], axis=1),
        teacher=np.stack([_or_empty(table, f"teacher_{subject}") for subject in SUBJECTS], axis=1),
        charter_schools=charter,
        subgroups={name: labels for name, labels in subgroups.items() if labels is not None},
        fates=(sheet.fates,),
        notes={
            "columns of more than 20 labels or of ethnicity": sum(labels is None for labels in subgroups.values()),
            "further teachers of a section": sum(_further_teachers(table, subject) for subject in SUBJECTS),
        },
    )
    problems.stop_if_any()
    check_size(sheet.where, len(table))
    return students


def is_personal(name: str) -> bool:
    """Whether a column, by its name, says who somebody is or what results must not hold."""
    lower = name.lower()
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return any(part in lower for part in _PERSONAL_PARTS) or not _PERSONAL_WORDS.isdisjoint(words)


def _subgroup(column: pd.Series[str]) -> Labels | None:
    """Labels of a further column; ``None`` for ethnicity, and for so many that they could say who somebody is."""
    counts = column.value_counts()
    # Black and White may be teams, but not beside nothing else: then they are passed over too, to be sure.
    ethnic = any(_ETHNIC.search(label) for label in counts.index) or {"black", "white"} <= set(counts.index.str.lower())
    if len(counts) > MOST_LABELS or ethnic:
        return None
    labels: Labels = column.where((column == "") | (column.map(counts) >= FEWEST_STUDENTS), FEW).to_numpy(dtype=object)
    return labels


def _further_teachers(table: pd.DataFrame, subject: str) -> int:
    """How many teachers are named for sections beside the one who counts."""
    columns = ["school", f"section_{subject}", f"teacher_{subject}"]
    if not set(columns) <= set(table.columns):
        return 0
    named = table.loc[(table[columns[1]] != "") & (table[columns[2]] != ""), columns].drop_duplicates()
    return len(named) - len(named[columns[:2]].drop_duplicates())


def _or_nan(sheet: Sheet, table: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return as_rit(sheet, table[name]) if name in table else np.full(len(table), np.nan)


def _or_empty(table: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
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
