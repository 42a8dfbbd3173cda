"""Students from a pandas DataFrame: the same columns, rules and account of rows as in a roster file."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from plsim.core.errors import PopulationError
from plsim.population.options import ReadOptions
from plsim.population.roster.reading import named, students_of_sheet, with_subgroups
from plsim.population.student_file import StudentFile
from plsim.population.tables.problems import Problems
from plsim.population.tables.reading import sheet_of

if TYPE_CHECKING:
    import pandas as pd

WHERE = "DataFrame"
_EXACT = 2.0**53
"""Up to here a float holds every whole number; longer ids have lost digits, and are told as what they have become."""


def read_frame(frame: pd.DataFrame, options: ReadOptions = ReadOptions()) -> StudentFile:  # noqa: B008 (frozen)
    """What a table of students in memory says; rows are counted from 2, as if it were written to a CSV file."""
    if frame.columns.nlevels != 1:
        raise PopulationError(WHERE, "columns", "have several levels", allowed="one name each")
    names = [str(name) for name in frame.columns]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise PopulationError(WHERE, "columns", f"column '{twice}' is there twice", allowed="one each")
    columns = with_subgroups(options)
    # Only what is read becomes text: names and birth dates stay where they are.
    read = [at for at, name in enumerate(names) if name.strip() in columns.known or columns.further(name.strip())]
    blank = [""] * len(frame)
    table = {name: _texts(frame.iloc[:, at]) if at in read else blank for at, name in enumerate(names)}
    sheet = sheet_of(WHERE, Problems(), columns, table, named=named(options))
    return students_of_sheet(sheet, options)


def _texts(column: pd.Series[Any]) -> list[str]:
    """The cells of a column as a CSV file would hold them; missing values are empty."""
    missing = column.isna().tolist()
    return ["" if gone else _text(value) for value, gone in zip(column.tolist(), missing, strict=True)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        # A column of whole numbers with a gap in it is one of floats: its ids are still whole numbers.
        number = float(value)
        if number.is_integer() and abs(number) < _EXACT:
            return str(int(number))
        return f"{number:E}" if number.is_integer() else repr(number)
    return str(value)
