"""What a file of students says, before anything is estimated or drawn; and how cells of text become values.

Only the columns asked for are ever held: names, birth dates and other columns of a district's file are not read into
memory. Every complaint names the file, the row (as a spreadsheet counts it) and the column.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.errors import PopulationError, nearest
from plsim.population.model import LAST_GRADE, Floats, Int16s, Labels, number

if TYPE_CHECKING:
    import pandas as pd

MAX_FILE_BYTES = 1 << 30
MAX_STUDENTS = 1_000_000
FIRST_DATA_ROW = 2
"""The header is row 1."""

_YES = frozenset({"1", "true", "t", "yes", "y"})
_NO = frozenset({"0", "false", "f", "no", "n"})


@dataclass(frozen=True)
class StudentFile:
    """Students as a file gives them, in any order. Arrays (n), by subject (n, 2).

    Attributes
    ----------
    rit
        Observed scores, nan where missing.
    week
        The week of the year in which they were tested.
    flags
        ``lunch_eligible``, ``english_learner``, ``special_education``: 1, 0 or nan (missing).
    section, teacher
        Labels, empty where missing. (n, 2)
    charter_schools
        Governance of the schools for which the file says it.
    subgroups
        Further columns.
    rows
        How many rows or students were used or dropped, by reason.
    """

    source: str
    student_id: Labels
    school: Labels
    grade: Int16s
    rit: Floats
    week: int
    flags: dict[str, Floats] = field(default_factory=dict)
    section: Labels | None = None
    teacher: Labels | None = None
    charter_schools: dict[str, bool] = field(default_factory=dict)
    subgroups: dict[str, Labels] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def read_columns(path: Path, required: Sequence[str], wanted: Callable[[str], bool]) -> pd.DataFrame:
    """The wanted columns of a CSV file as text, stripped; missing cells are ``""`` and rows keep their place.

    Byte-order marks, either kind of line end and old Windows text are fine.
    """
    import pandas as pd

    _check_file(path)
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as stream:
            header = [name.strip() for name in next(csv.reader(stream), [])]
        _check_header(path, header, required)
        positions = [place for place, name in enumerate(header) if name in required or wanted(name)]
        table = pd.read_csv(
            path, usecols=positions, dtype=str, keep_default_na=False, encoding=encoding, skip_blank_lines=False
        )
    except (pd.errors.ParserError, UnicodeDecodeError, csv.Error) as error:
        raise PopulationError(path.name, "", f"not a table that can be read: {error}", allowed="CSV") from error
    table.columns = pd.Index([header[place] for place in positions])
    table = table.fillna("")
    for name in table.columns:
        table[name] = table[name].str.strip()
    filled = (table != "").any(axis=1)
    return table[filled]


def as_rit(where: str, column: pd.Series[str]) -> Floats:
    """Scores in RIT, nan where the cell is empty; text, nan, inf and values off the scale are errors."""
    import pandas as pd

    lowest, highest = number("tests.rit_minimum"), number("tests.rit_maximum")
    given = column != ""
    scores = pd.to_numeric(column.where(given), errors="coerce").to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        wrong = given.to_numpy() & ~((scores >= lowest) & (scores <= highest))
    complain(where, column, wrong, f"a RIT score from {lowest:g} to {highest:g}, or nothing")
    return scores


def as_grade(where: str, column: pd.Series[str]) -> Int16s:
    """Grades K to 12 as 0 to 12; NWEA writes 13 for kindergarten."""
    known = {"K": 0, "KG": 0, "0": 0, "13": 0} | {str(grade): grade for grade in range(1, LAST_GRADE + 1)}
    known |= {f"0{grade}": grade for grade in range(10)}
    grades = column.str.upper().map(known)
    complain(where, column, grades.isna().to_numpy(), f"K (or 13, as NWEA writes it), 1 to {LAST_GRADE}")
    return grades.to_numpy().astype(np.int16)


def as_flag(where: str, column: pd.Series[str]) -> Floats:
    """Yes as 1, no as 0, an empty cell as nan."""
    lower = column.str.lower()
    values = np.full(len(column), np.nan)
    values[lower.isin(_YES).to_numpy()] = 1.0
    values[lower.isin(_NO).to_numpy()] = 0.0
    complain(where, column, (column != "").to_numpy() & np.isnan(values), "yes, no, true, false, 1, 0, or nothing")
    return values


def not_empty(where: str, column: pd.Series[str]) -> Labels:
    """Labels of which none may be missing."""
    complain(where, column, (column == "").to_numpy(), "a value in every row")
    labels: Labels = column.to_numpy(dtype=object)
    return labels


def complain(
    where: str, column: pd.Series[str], wrong: np.ndarray[tuple[int], np.dtype[np.bool_]], allowed: str
) -> None:
    """Raise for the first wrong cell of a column, if there is one."""
    if wrong.any():
        place = int(np.argmax(wrong))
        row = int(column.index[place]) + FIRST_DATA_ROW
        others = int(wrong.sum()) - 1
        more = f" (and {others} more like it)" if others else ""
        raise PopulationError(where, f"row {row}, {column.name}", f"got {column.iloc[place]!r}{more}", allowed=allowed)


def check_size(where: str, students: int) -> None:
    """Refuse a file without students, and one with more than can be run."""
    if students == 0:
        raise PopulationError(where, "", "no student is left to simulate")
    if students > MAX_STUDENTS:
        raise PopulationError(where, "", f"{students} students", allowed=f"up to {MAX_STUDENTS}")


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise PopulationError(str(path), "", "no such file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise PopulationError(path.name, "", f"{path.stat().st_size} bytes", allowed=f"up to {MAX_FILE_BYTES} bytes")


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, or the text of older Windows programs."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _check_header(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    for name in required:
        if name not in header:
            raise PopulationError(
                path.name, "header", f"no column {name!r}", allowed=", ".join(required), fix=nearest(name, header)
            )
        if header.count(name) > 1:
            raise PopulationError(path.name, "header", f"column {name!r} is there twice")
