"""Reading one CSV file of a district as text, before anything is made of it.

Only the columns asked for are ever held: names, birth dates and other columns are passed over. Nothing is guessed: a
row with a cell too many, a quote that is not closed or a file that is not text is told with its row, never mended.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from plsim.core.errors import PopulationError, nearest
from plsim.population.fates import EMPTY, Fates, Rows
from plsim.population.files import TableFile
from plsim.population.problems import FIRST_DATA_ROW, MOST_ALIKE, Problems, joined

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 10_000_000
MAX_COLUMNS = 2_000
_BLOCK = 1 << 20
_BATCH = 10_000
_MARKS = {
    b"PK\x03\x04": ("is an Excel workbook or a zip", "Save it as CSV"),
    b"\xd0\xcf\x11\xe0": ("is an old Excel workbook", "Save it as CSV"),
    b"\x1f\x8b": ("is packed with gzip", "Unpack it"),
    b"%PDF": ("is a PDF", "Ask for the CSV"),
    codecs.BOM_UTF32_LE: ("is UTF-32 text", "Save it as 'CSV UTF-8'"),  # first: it begins like UTF-16
    codecs.BOM_UTF16_LE: ("is UTF-16 text", "Save it as 'CSV UTF-8'"),
    codecs.BOM_UTF16_BE: ("is UTF-16 text", "Save it as 'CSV UTF-8'"),
}
_UNDEFINED = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
"""Bytes that stand for nothing in cp1252."""
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class Sheet:
    """The wanted columns of one file as text, what is wrong in it, and what became of its rows.

    Attributes
    ----------
    file
        Its place among the files read.
    cells
        Stripped text, ``""`` where missing; the index is the row, 0-based below the header. Empty rows are not there.
    places
        Where in a row each column stands.
    """

    where: str
    file: int
    cells: pd.DataFrame
    places: dict[str, int]
    problems: Problems
    fates: Fates

    def complain(
        self, column: pd.Series[str], problem: str, rows: Sequence[int], *, allowed: str, fix: str = ""
    ) -> None:
        """The same thing is wrong in some rows (of the index) of a column."""
        name = str(column.name)
        for row in rows:
            self.problems.add(
                self.file,
                problem,
                row=row + FIRST_DATA_ROW,
                column=name,
                place=self.places[name],
                allowed=allowed,
                fix=fix,
            )

    def rows(self, table: pd.DataFrame) -> Rows:
        """The rows of a part of ``cells``."""
        found: Rows = table.index.to_numpy(dtype=np.int64)
        return found


def read_sheet(
    file: TableFile,
    problems: Problems,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    also: Mapping[str, str] | None = None,
    further: Callable[[str], bool] = lambda _: False,
) -> Sheet:
    """The wanted columns of a CSV file. Byte-order marks, all kinds of line ends and old Windows text are fine.

    A file that cannot be used is noted and comes back empty: call ``problems.stop_if_unreadable`` before using any.

    Parameters
    ----------
    required, optional
        Columns; without the required ones a file cannot be used.
    also
        Other names of columns: what the file may call it, and what it is here.
    further
        Which columns beyond these are wanted.
    """
    number = problems.file(file.name)

    def is_wanted(name: str) -> bool:
        return name in required or name in optional or (name != "" and further(name))

    try:
        return _read(file, number, problems, required=required, also=also or {}, is_wanted=is_wanted)
    except PopulationError as error:
        problems.cannot_use(number, error)
        return _sheet(file.name, number, problems, {}, [], 0)


def _read(
    file: TableFile,
    number: int,
    problems: Problems,
    *,
    required: Sequence[str],
    also: Mapping[str, str],
    is_wanted: Callable[[str], bool],
) -> Sheet:
    encoding = _encoding(file)
    with file.open() as stream:
        records = _records(stream, encoding, number, problems)
        header = [also.get(name.strip(), name.strip()) for name in next(records, [])]
        if len(header) > MAX_COLUMNS:
            raise PopulationError(file.name, "header", f"{len(header)} columns", allowed=f"up to {MAX_COLUMNS}")
        wanted = [at for at, name in enumerate(header) if is_wanted(name)]
        _check_header(file.name, header, wanted, required)
        held = _Held(wanted)
        total = 0
        for row, record in enumerate(records):
            total = row + 1
            if len(record) != len(header):
                if not any(record):
                    continue
                if len(record) < len(header) or any(record[len(header) :]):
                    _uneven(problems, number, row, len(record), len(header))
                    continue
            held.pending.append(record)
            held.pending_rows.append(row)
            if len(held.pending) == _BATCH:
                held.take()
                if total > MAX_ROWS:
                    break
        held.take()
    if total > MAX_ROWS:
        raise PopulationError(file.name, "", f"more than {MAX_ROWS} rows")
    texts_of = {header[at]: column for at, column in zip(wanted, held.columns, strict=True)}
    sheet = _sheet(file.name, number, problems, texts_of, held.rows, total)
    sheet.places.update({header[at]: at for at in wanted})
    if encoding == "cp1252":
        sheet.fates.remark = "not UTF-8, so read as old Windows text (cp1252)"
    return sheet


class _Held:
    """The wanted cells read so far, column by column, and their rows; taken over in batches, which is faster."""

    def __init__(self, wanted: list[int]) -> None:
        self.columns: list[list[str]] = [[] for _ in wanted]
        self.rows: list[int] = []
        self.pending: list[list[str]] = []
        self.pending_rows: list[int] = []
        self._wanted = wanted
        self._texts = _Stripped()

    def take(self) -> None:
        """Take over the pending records that hold anything."""
        texts = self._texts
        found = [[texts[record[at]] for record in self.pending] for at in self._wanted]
        filled = [any(cells) for cells in zip(*found, strict=True)]
        for column, cells in zip(self.columns, found, strict=True):
            column.extend(cells if all(filled) else itertools.compress(cells, filled))
        self.rows.extend(itertools.compress(self.pending_rows, filled))
        self.pending, self.pending_rows = [], []


class _Stripped(dict[str, str]):
    """The stripped text of every cell seen: one object for each distinct text."""

    def __missing__(self, cell: str) -> str:
        text = cell.strip()
        self[cell] = text = self.setdefault(text, text)
        return text


def _sheet(
    where: str, number: int, problems: Problems, columns: Mapping[str, list[str]], kept: list[int], total: int
) -> Sheet:
    import pandas as pd

    rows = np.array(kept, dtype=np.int64)
    cells = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in columns.items()})
    cells.index = pd.Index(rows)
    fates = Fates(where, np.full(total, -1, dtype=np.int16))
    empty = np.ones(total, dtype=bool)
    empty[rows] = False
    fates.decide(np.flatnonzero(empty), EMPTY)
    return Sheet(where, number, cells, {}, problems, fates)


def without_repeats(sheet: Sheet, table: pd.DataFrame, reason: str) -> pd.DataFrame:
    """The table without rows that repeat an earlier one in every column that is read."""
    same = table.duplicated()
    sheet.fates.decide(sheet.rows(table[same]), reason)
    return table[~same]


def one_row_each(sheet: Sheet, table: pd.DataFrame, name: str) -> None:
    """Complain about rows whose key an earlier row has, with other values."""
    again = table[name].duplicated()
    if again.any():
        first = dict(zip(table[name][::-1], table.index[::-1], strict=True))
        rows = table.index[again.to_numpy()]
        for row in rows[:MOST_ALIKE]:
            earlier = first[table.at[row, name]] + FIRST_DATA_ROW
            problem = f"the same as in row {earlier}, with other values elsewhere"
            sheet.complain(table[name], problem, [int(row)], allowed="one row each")
        sheet.problems.more(sheet.file, name, "one row each", max(len(rows) - MOST_ALIKE, 0))


def _records(stream: BinaryIO, encoding: str, number: int, problems: Problems) -> Iterator[list[str]]:
    """The records of a CSV file, the header first; where one cannot be read, that is noted and the others are not."""
    row = 0
    try:
        with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
            for record in csv.reader(text, strict=True):
                row += 1
                yield record
    except csv.Error as error:
        cut = "unexpected end" in str(error)
        fix = "A quote is not closed, or the file is cut off" if cut else "Look at the quotes of this row"
        problems.add(number, f"not a row that can be read: {error}", row=row + 1, allowed="CSV", fix=fix)


def _encoding(file: TableFile) -> str:
    """UTF-8 with or without a mark, or the text of older Windows programs; anything else is refused."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8-sig"
    with file.open() as stream:
        block = stream.read(_BLOCK)
        for mark, (problem, fix) in _MARKS.items():
            if block.startswith(mark):
                raise PopulationError(file.name, "", problem, allowed="CSV", fix=fix)
        while block:
            if b"\0" in block:
                raise PopulationError(file.name, "", "is not text", allowed="CSV, as UTF-8")
            if encoding != "cp1252":
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    encoding = "cp1252"
            block = stream.read(_BLOCK)
    if encoding == "cp1252":
        _refuse_other_bytes(file)
    elif decoder.getstate()[0]:
        raise PopulationError(file.name, "", "ends inside a letter", allowed="CSV", fix="The file may be cut off")
    return encoding


def _refuse_other_bytes(file: TableFile) -> None:
    """Refuse bytes that no text of older Windows programs holds either."""
    with file.open() as stream:
        for row, line in enumerate(stream, start=1):
            if any(byte in line for byte in _UNDEFINED):
                place = "header" if row == 1 else f"row {row}"
                raise PopulationError(file.name, place, "is not text", allowed="CSV, as UTF-8")


def _check_header(where: str, header: list[str], wanted: list[int], required: Sequence[str]) -> None:
    """Refuse a file that lacks columns or has one twice; all of that is told."""
    found: list[PopulationError] = []
    missing = [name for name in required if name not in header]
    only = header[0] if len(header) == 1 else ""
    delimiter = next((words for mark, words in _OTHER_DELIMITERS.items() if mark in only), "")
    if not any(header):
        found.append(PopulationError(where, "header", "it is empty", allowed="CSV with a header"))
    elif missing and delimiter:
        problem = f"cells seem to be divided by {delimiter}"
        found.append(PopulationError(where, "header", problem, allowed="commas", fix="Save it as CSV"))
    else:
        for name in missing:
            near = nearest(name, [column for column in header if column])
            found.append(PopulationError(where, "header", f"no column '{name}'", allowed=", ".join(required), fix=near))
    times = Counter(header)
    twice = [name for name in dict.fromkeys(header[at] for at in wanted) if times[name] > 1]
    found += [PopulationError(where, "header", f"column '{name}' is there twice", allowed="one each") for name in twice]
    if found:
        raise joined(found)


def _uneven(problems: Problems, number: int, row: int, cells: int, columns: int) -> None:
    problems.add(
        number,
        f"{cells} cells",
        row=row + FIRST_DATA_ROW,
        allowed=f"{columns}, as in the header",
        fix="Quote cells with commas",
    )
