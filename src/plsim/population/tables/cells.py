"""How cells of text become values. Wrong cells are noted as problems and become nan, -1, or no date."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plsim.core.arrays import Floats, Int16s, Labels
from plsim.population.model import LAST_GRADE, number
from plsim.population.tables.problems import shown, wrong_rows
from plsim.population.tables.reading import Sheet

if TYPE_CHECKING:
    import pandas as pd

_YES = frozenset({"1", "1.0", "true", "t", "yes", "y"})
_NO = frozenset({"0", "0.0", "false", "f", "no", "n"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)

_NO_GRADE, _OUTSIDE = -1, -2
_GRADES = dict.fromkeys(("K", "KG", "KF", "KH", "KK", "0", "00", "K5"), 0)
_GRADES |= {str(grade): grade for grade in range(1, LAST_GRADE + 1)}
_GRADES |= {f"0{grade}": grade for grade in range(1, 10)}
# Education's common words (CEDS) and PowerSchool's negative numbers for what comes before kindergarten.
_GRADES |= dict.fromkeys(
    ("IT", "PR", "PK", "PK3", "PK4", "P3", "P4", "K3", "K4", "TK", "PS", "UG", "AE", "EE", "OTHER", "-1", "-2", "-3"),
    _OUTSIDE,
)  # fmt: skip
NWEA_GRADES = _GRADES | {"13": 0}
"""NWEA writes 13 for kindergarten."""
ONEROSTER_GRADES = _GRADES | {"13": _OUTSIDE, "": _OUTSIDE}
"""In OneRoster 13 is a year after grade 12, and who has no grade is no pupil of one."""
_WHOLE = re.compile(r"(-?\d+)\.0+")
DAY_NONE = np.iinfo(np.int32).min
"""In place of a day where there is none."""
_EPOCH = dt.date(1970, 1, 1).toordinal()
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?: .*)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def as_number(text: str, *, decimal_comma: bool = False) -> float:
    """A cell as a number, nan where it is none."""
    plain = text.replace(",", ".") if decimal_comma else text
    return float(plain) if _NUMBER.fullmatch(plain) else np.nan


def as_rit(sheet: Sheet, column: pd.Series[str]) -> Floats:
    """Scores in RIT, nan where the cell is empty; text, nan, inf and values off the scale are wrong."""
    lowest, highest = number("tests.rit_minimum"), number("tests.rit_maximum")
    given = (column != "").to_numpy()
    numeric = {text: as_number(text, decimal_comma=sheet.decimal_comma) for text in column.unique()}
    scores: Floats = np.asarray(column.map(numeric), dtype=np.float64)
    with np.errstate(invalid="ignore"):
        wrong = given & ~((scores >= lowest) & (scores <= highest))
    complain(sheet, column, wrong, f"a RIT score from {lowest:g} to {highest:g}, or nothing")
    return np.where(wrong, np.nan, scores)


def as_error(sheet: Sheet, column: pd.Series[str]) -> Floats:
    """Standard errors of scores (RIT), infinite where the cell is empty; what is no positive number is wrong."""
    numeric = {text: as_number(text, decimal_comma=sheet.decimal_comma) for text in column.unique()}
    errors: Floats = np.asarray(column.map(numeric), dtype=np.float64)
    given = (column != "").to_numpy()
    with np.errstate(invalid="ignore"):
        wrong = given & ~((errors >= 0.0) & (errors < np.inf))
    complain(sheet, column, wrong, "a standard error in RIT, or nothing")
    return np.where(given & ~wrong, errors, np.inf)


def as_grade(sheet: Sheet, column: pd.Series[str], known: dict[str, int]) -> Int16s:
    """Grades K to 12 as 0 to 12, and -2 for grades outside the norms (see :func:`outside_norms`)."""
    grades = column.map({text: _grade(text, known) for text in column.unique()})
    kindergarten = "K (or 13, as NWEA writes it)" if known.get("13") == 0 else "K"
    wrong = (grades == _NO_GRADE).to_numpy()
    complain(sheet, column, wrong, f"{kindergarten}, 1 to {LAST_GRADE}; PK, TK, UG and the like are left out")
    return grades.to_numpy().astype(np.int16)


def _grade(text: str, known: dict[str, int]) -> int:
    plain = text.upper()
    whole = _WHOLE.fullmatch(plain)
    return known.get(whole[1] if whole else plain, _NO_GRADE)


def outside_norms(grades: Int16s) -> NDArray[np.bool_]:
    """Which grades are known but have no norms: before kindergarten, after grade 12, ungraded."""
    return np.asarray(grades == _OUTSIDE)


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


def as_days(sheet: Sheet, column: pd.Series[str], *, needed: bool = False) -> NDArray[np.int32]:
    """Dates as days since 1970, as NWEA writes them (9/16/2013) or as ISO does, with a time or without.

    ``DAY_NONE`` where the cell is empty, which is wrong only where a date is needed.
    """
    days = column.map({text: day_of(text) for text in column.unique()})
    wrong = days.isna().to_numpy() | ((column == "").to_numpy() & needed)
    complain(sheet, column, wrong, "a date: 2013-09-16 or 9/16/2013" + ("" if needed else ", or nothing"))
    found: NDArray[np.int32] = days.fillna(DAY_NONE).to_numpy().astype(np.int32)
    return found


def day_of(text: str) -> int | None:
    """A date as days since 1970, ``DAY_NONE`` for no text, nothing where it is no date."""
    if text == "":
        return DAY_NONE
    for pattern, order in ((_ISO, (0, 1, 2)), (_AMERICAN, (2, 0, 1)), (_PLAIN_DATE, (0, 1, 2))):
        parts = pattern.fullmatch(text)
        if parts is not None:
            year, month, day = (int(parts[at + 1]) for at in order)
            try:
                return dt.date(year + 2000 if year < 100 else year, month, day).toordinal() - _EPOCH
            except ValueError:
                return None
    return None


def date_of(day: int) -> dt.date:
    """A number of days since 1970 as a date."""
    return dt.date.fromordinal(day + _EPOCH)


def not_empty(sheet: Sheet, column: pd.Series[str]) -> Labels:
    """Labels of which none may be missing."""
    complain(sheet, column, (column == "").to_numpy(), "a value in every row")
    labels: Labels = column.to_numpy(dtype=object)
    return labels


def complain(
    sheet: Sheet, column: pd.Series[str], wrong: NDArray[np.bool_], allowed: str, *, got: str = "", fix: str = ""
) -> None:
    """Note the wrong cells of a column.

    Where ``got`` says what they are, the cells are not shown, and only the first of them is told: it is one fault.
    """
    rows, more = wrong_rows(wrong)
    if got:
        rows, more = rows[:1], int(wrong.sum()) - 1
    for row in rows:
        what = got or shown(column.iloc[row])
        sheet.complain(column, f"got {what}", [int(column.index[row])], allowed=allowed, fix=fix)
    if more:
        sheet.problems.more(sheet.file, str(column.name), allowed, more)
