"""How cells of text become values. Wrong cells are noted as problems and become nan (or grade -1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plsim.core.arrays import Floats, Int16s, Labels
from plsim.population.model import LAST_GRADE, number
from plsim.population.problems import shown, wrong_rows
from plsim.population.reading import Sheet

if TYPE_CHECKING:
    import pandas as pd

_YES = frozenset({"1", "true", "t", "yes", "y"})
_NO = frozenset({"0", "false", "f", "no", "n"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)

_GRADES = {"K": 0, "KG": 0, "0": 0, "00": 0} | {str(grade): grade for grade in range(1, LAST_GRADE + 1)}
_GRADES |= {f"0{grade}": grade for grade in range(1, 10)}
NWEA_GRADES = _GRADES | {"13": 0}
"""NWEA writes 13 for kindergarten."""
ONEROSTER_GRADES = _GRADES
"""In OneRoster 13 is a year after grade 12."""


def as_rit(sheet: Sheet, column: pd.Series[str]) -> Floats:
    """Scores in RIT, nan where the cell is empty; text, nan, inf and values off the scale are wrong."""
    lowest, highest = number("tests.rit_minimum"), number("tests.rit_maximum")
    given = (column != "").to_numpy()
    numeric = {text: float(text) if _NUMBER.fullmatch(text) else np.nan for text in column.unique()}
    scores: Floats = np.asarray(column.map(numeric), dtype=np.float64)
    with np.errstate(invalid="ignore"):
        wrong = given & ~((scores >= lowest) & (scores <= highest))
    complain(sheet, column, wrong, f"a RIT score from {lowest:g} to {highest:g}, or nothing")
    return np.where(wrong, np.nan, scores)


def as_grade(sheet: Sheet, column: pd.Series[str], known: dict[str, int]) -> Int16s:
    """Grades K to 12 as 0 to 12."""
    grades = column.str.upper().map(known)
    kindergarten = "K (or 13, as NWEA writes it)" if "13" in known else "K"
    complain(sheet, column, grades.isna().to_numpy(), f"{kindergarten}, 1 to {LAST_GRADE}; others have no norms")
    return grades.fillna(-1).to_numpy().astype(np.int16)


def as_flag(sheet: Sheet, column: pd.Series[str], words: dict[str, bool] | None = None) -> Floats:
    """Yes as 1, no as 0, an empty cell as nan; ``words`` are further ways to say it (then ``f`` says nothing)."""
    meaning = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
    allowed = "yes, no, true, false, 1, 0, or nothing"
    if words is not None:
        meaning = {word: value for word, value in meaning.items() if word != "f"}
        meaning |= {word: float(value) for word, value in words.items()}
        allowed = f"{', '.join(words)}, {allowed}"
    values: Floats = np.asarray(column.str.lower().map(meaning), dtype=np.float64)
    complain(sheet, column, (column != "").to_numpy() & np.isnan(values), allowed)
    return values


def as_dates(sheet: Sheet, column: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Dates as NWEA writes them (9/16/2013), or as ISO does."""
    import pandas as pd

    dates = pd.to_datetime(column, format="%m/%d/%Y", errors="coerce")
    dates = dates.fillna(pd.to_datetime(column, format="%Y-%m-%d", errors="coerce"))
    complain(sheet, column, dates.isna().to_numpy(), "a date: 9/16/2013 or 2013-09-16")
    return dates


def not_empty(sheet: Sheet, column: pd.Series[str]) -> Labels:
    """Labels of which none may be missing."""
    complain(sheet, column, (column == "").to_numpy(), "a value in every row")
    labels: Labels = column.to_numpy(dtype=object)
    return labels


def complain(sheet: Sheet, column: pd.Series[str], wrong: NDArray[np.bool_], allowed: str) -> None:
    """Note the wrong cells of a column."""
    rows, more = wrong_rows(wrong)
    for row in rows:
        sheet.complain(column, f"got {shown(column.iloc[row])}", [int(column.index[row])], allowed=allowed)
    if more:
        sheet.problems.more(sheet.file, str(column.name), allowed, more)
