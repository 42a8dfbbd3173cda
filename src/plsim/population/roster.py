"""Reading one plain ``roster.csv``: a row for each student, with sections, teachers and scores where they are known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.calendar import FALL_WEEK, SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.reading import (
    FIRST_DATA_ROW,
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

ROSTER_FILE = "roster.csv"
_REQUIRED = ("student_id", "school", "grade")
_FLAGS = ("lunch_eligible", "english_learner", "special_education")
_KNOWN = (
    *_REQUIRED, *_FLAGS, "governance",
    "section_math", "section_reading", "teacher_math", "teacher_reading", "math_rit", "reading_rit",
)  # fmt: skip
# Columns that say who somebody is, or that results must not hold: never read.
_PERSONAL_PARTS = ("name", "birth", "ethnic", "email", "phone")
_PERSONAL_WORDS = frozenset({"dob", "race", "address"})


def read_roster(path: Path) -> StudentFile:
    """The students of a roster. Scores are the fall's (week 4); further columns become subgroups."""
    where = path.name
    table = read_columns(path, _REQUIRED, lambda name: name in _KNOWN or not _is_personal(name))
    table = table.loc[:, [name for name in table.columns if name]]
    same = table.duplicated()
    table = table[~same]
    _no_conflicts(where, table)
    check_size(where, len(table))
    charter = _governance(where, table)
    return StudentFile(
        source=f"roster {where}",
        student_id=not_empty(where, table["student_id"]),
        school=not_empty(where, table["school"]),
        grade=as_grade(where, table["grade"]),
        rit=np.stack([_or_nan(where, table, f"{subject}_rit") for subject in SUBJECTS], axis=1),
        week=FALL_WEEK,
        flags={name: as_flag(where, table[name]) for name in _FLAGS if name in table},
        section=np.stack([_or_empty(table, f"section_{subject}") for subject in SUBJECTS], axis=1),
        teacher=np.stack([_or_empty(table, f"teacher_{subject}") for subject in SUBJECTS], axis=1),
        charter_schools=charter,
        subgroups={name: table[name].to_numpy(dtype=object) for name in table.columns if name not in _KNOWN},
        rows={"students used": len(table)} | ({"identical students": int(same.sum())} if same.any() else {}),
    )


def _is_personal(name: str) -> bool:
    lower = name.lower()
    return any(part in lower for part in _PERSONAL_PARTS) or not _PERSONAL_WORDS.isdisjoint(re.split(r"[^a-z]+", lower))


def _no_conflicts(where: str, table: pd.DataFrame) -> None:
    again = table["student_id"].duplicated()
    if again.any():
        row = int(table.index[again][0]) + FIRST_DATA_ROW
        student = table["student_id"][again].iloc[0]
        raise PopulationError(
            where,
            f"row {row}, student_id",
            f"student {student!r} is there before, with other values",
            allowed="one row each",
        )


def _or_nan(where: str, table: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return as_rit(where, table[name]) if name in table else np.full(len(table), np.nan)


def _or_empty(table: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return table[name].to_numpy(dtype=object) if name in table else np.full(len(table), "", dtype=object)


def _governance(where: str, table: pd.DataFrame) -> dict[str, bool]:
    """Governance of the schools whose rows say it; a school's rows must agree."""
    if "governance" not in table:
        return {}
    told = table[table["governance"] != ""]
    kind = told["governance"].str.lower()
    complain(where, told["governance"], ~kind.isin(["charter", "district"]).to_numpy(), "charter, district, or nothing")
    first = kind.groupby(told["school"]).transform("first")
    complain(where, told["governance"], (kind != first).to_numpy(), "the same in all rows of a school")
    return {str(school): value == "charter" for school, value in zip(told["school"], kind, strict=True)}
