"""Reading one CSV file of a district as text, before anything is made of it.

Only the columns asked for are ever held: names, birth dates and other columns are passed over. Nothing is guessed: a
row with a cell too many, a quote that is not closed or a file that is not text is told with its row, never mended.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from plsim.core.errors import PopulationError
from plsim.population.tables.dispositions import EMPTY, Dispositions, Rows
from plsim.population.tables.header import Columns, check_header
from plsim.population.tables.problems import FIRST_DATA_ROW, MOST_ALIKE, Problems
from plsim.population.tables.sources import TableFile
from plsim.population.tables.text import TextFormat, text_of

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 10_000_000
MAX_COLUMNS = 2_000
_BATCH = 10_000
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


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
    not_read
        Names of the columns that are passed over.
    persons
        For each row of ``cells`` a number that is the same for the same names and birth dates: it tells that two rows
        are two persons, and nothing of who they are. Zeros where the file names nobody.
    decimal_comma
        Whether numbers may have a comma: where commas do not stand between cells.
    """

    where: str
    file: int
    cells: pd.DataFrame
    places: dict[str, int]
    problems: Problems
    dispositions: Dispositions
    not_read: tuple[str, ...] = ()
    persons: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
    decimal_comma: bool = False

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
                place=self.places.get(name, 0),
                allowed=allowed,
                fix=fix,
            )

    def rows(self, table: pd.DataFrame) -> Rows:
        """The rows of a part of ``cells``."""
        found: Rows = table.index.to_numpy(dtype=np.int64)
        return found

    def persons_of(self, table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The persons of a part of ``cells``."""
        if self.persons is None:
            return np.zeros(len(table), dtype=np.int64)
        found: np.ndarray[tuple[int], np.dtype[np.int64]] = self.persons[self.cells.index.get_indexer(table.index)]
        return found


def read_sheet(
    file: TableFile,
    problems: Problems,
    columns: Columns,
    *,
    named: frozenset[str] = frozenset(),
    who: Callable[[str], bool] | None = None,
) -> Sheet:
    """The wanted columns of a CSV file, whatever its encoding, line ends and delimiter.

    A file that cannot be used is noted and comes back empty: call ``problems.stop_if_unreadable`` before using any.

    Parameters
    ----------
    named
        Columns that somebody asked for as they stand.
    who
        Which columns together say who somebody is; only whether they agree is kept.
    """
    number = problems.file(file.name)
    try:
        return _read(file, number, problems, columns, named=named, who=who)
    except PopulationError as error:
        problems.cannot_use(number, error)
        return empty_sheet(file.name, number, problems)


def empty_sheet(where: str, number: int, problems: Problems) -> Sheet:
    """A sheet of no rows, for a file that cannot be used."""
    return _sheet(where, number, problems, {}, np.empty(0, dtype=np.int64), 0)


def _read(
    file: TableFile,
    number: int,
    problems: Problems,
    columns: Columns,
    *,
    named: frozenset[str],
    who: Callable[[str], bool] | None,
) -> Sheet:
    text = text_of(file)
    with file.open() as stream:
        records = _records(stream, text, number, problems)
        header = cleaned_header(next(records, []), columns.also)
        if len(header) > MAX_COLUMNS:
            raise PopulationError(file.name, "header", f"{len(header)} columns", allowed=f"up to {MAX_COLUMNS}")
        wanted = wanted_columns(header, columns)
        check_header(file.name, header, wanted, columns, named=named)
        held = _Held(wanted, [] if who is None else [at for at, name in enumerate(header) if who(name)])
        uneven = _Uneven(len(header))
        row = -1
        for row, record in enumerate(records):
            if len(record) != len(header):
                fitted = uneven.fitted(row, record)
                if fitted is None:
                    continue
                record = fitted  # noqa: PLW2901
            held.pending.append(record)
            held.pending_rows.append(row)
            if len(held.pending) == _BATCH:
                held.take()
                if row >= MAX_ROWS:
                    break
        if row >= MAX_ROWS:
            raise PopulationError(file.name, "", f"more than {MAX_ROWS} rows")
        filled = uneven.filled()
        held.pending += [record for _, record in filled]
        held.pending_rows += [place for place, _ in filled]
        held.take()
    uneven.tell(problems, number, text.delimiter)
    texts_of = {header[at]: column for at, column in zip(wanted, held.columns, strict=True)}
    sheet = _sheet(file.name, number, problems, texts_of, np.array(held.rows, dtype=np.int64), row + 1, held.persons)
    sheet.places.update({header[at]: at for at in wanted})
    sheet.decimal_comma = text.delimiter != ","
    sheet.not_read = tuple(name for at, name in enumerate(header) if name and at not in set(wanted))
    for remark in (text.remark, f"{len(filled):,} rows end early, read as if empty cells followed" if filled else ""):
        if remark:
            sheet.dispositions.add_remark(remark)
    return sheet


def cleaned_header(header: Sequence[str], also: Mapping[str, str]) -> list[str]:
    """The names of columns without blanks and invisible signs around them, by their usual names."""
    names = [cleaned(name) for name in header]
    return [also[name] if name in also and also[name] not in names else name for name in names]


def wanted_columns(header: Sequence[str], columns: Columns) -> list[int]:
    """The places of the columns that are read."""
    known = set(columns.known)
    return [at for at, name in enumerate(header) if name in known or (name != "" and columns.further(name))]


def cleaned(cell: str) -> str:
    """A cell without blanks around it, runs of blanks as one, letters composed, invisible signs gone."""
    if cell.isascii():
        return " ".join(cell.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", cell)).split())


class _Held:
    """The wanted cells read so far, column by column, and their rows; taken over in batches, which is faster."""

    def __init__(self, wanted: list[int], who: list[int]) -> None:
        self.columns: list[list[str]] = [[] for _ in wanted]
        self.rows: list[int] = []
        self.persons: list[int] = []
        self.pending: list[list[str]] = []
        self.pending_rows: list[int] = []
        self._wanted = wanted
        self._who = who
        self._texts = _Cleaned()

    def take(self) -> None:
        """Take over the pending records that hold anything."""
        texts = self._texts
        found = [[texts[record[at]] for record in self.pending] for at in self._wanted]
        filled = [any(cells) for cells in zip(*found, strict=True)]
        for column, cells in zip(self.columns, found, strict=True):
            column.extend(cells if all(filled) else itertools.compress(cells, filled))
        self.rows.extend(itertools.compress(self.pending_rows, filled))
        if self._who:
            kept = itertools.compress(self.pending, filled)
            self.persons.extend(_person([record[at] for at in self._who]) for record in kept)
        self.pending, self.pending_rows = [], []


class _Cleaned(dict[str, str]):
    """The cleaned text of every cell seen: one object for each distinct text."""

    def __missing__(self, cell: str) -> str:
        text = cleaned(cell)
        self[cell] = text = self.setdefault(text, text)
        return text


def _person(cells: Sequence[str]) -> int:
    """A number for what names somebody; Python salts it anew in every process, so nothing can be learnt from it."""
    known = "".join("\0".join(cells).casefold().split())
    return hash(known) if known.strip("\0") else 0


class _Uneven:
    """Rows that have more or fewer cells than the header.

    Some spreadsheets leave out the empty cells at the end of many rows: two or more rows of one length are filled up.
    A single short row is told, for it may be cut off; and so is every row with a cell too many.
    """

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._short: dict[int, list[tuple[int, list[str]]]] = {}
        self._wrong: list[tuple[int, int]] = []

    def fitted(self, row: int, record: list[str]) -> list[str] | None:
        """The record with as many cells as the header, or nothing when it is empty, short, or too long."""
        if not any(record):
            return None
        if len(record) > self._columns:
            if not any(cell.strip() for cell in record[self._columns :]):
                return record[: self._columns]
            self._wrong.append((row, len(record)))
            return None
        self._short.setdefault(len(record), []).append((row, record))
        return None

    def filled(self) -> list[tuple[int, list[str]]]:
        """The short rows that are filled up, in order; the others become problems."""
        found: list[tuple[int, list[str]]] = []
        for length, rows in self._short.items():
            if len(rows) > 1 and length > 1:
                found += [(row, record + [""] * (self._columns - length)) for row, record in rows]
            else:
                self._wrong += [(row, length) for row, _ in rows]
        return sorted(found)

    def tell(self, problems: Problems, number: int, delimiter: str) -> None:
        """Note the rows that do not fit."""
        for row, cells in sorted(self._wrong):
            long = cells > self._columns
            problems.add(
                number,
                f"{cells} cells, {'more' if long else 'fewer'} than the header has",
                row=row + FIRST_DATA_ROW,
                allowed=f"{self._columns}, as in the header",
                fix=f"Put cells that hold a {'comma' if delimiter == ',' else repr(delimiter)} in quotes"
                if long
                else "The row may be cut off, or broken in two by a line end inside a cell",
            )


def _sheet(
    where: str,
    number: int,
    problems: Problems,
    columns: Mapping[str, list[str]],
    kept: Rows,
    total: int,
    persons: Sequence[int] = (),
) -> Sheet:
    import pandas as pd

    order = np.argsort(kept, kind="stable")
    cells = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in columns.items()})
    cells.index = pd.Index(kept)
    numbers = np.array(persons, dtype=np.int64) if len(persons) else None
    if not np.array_equal(order, np.arange(len(kept))):
        cells = cells.iloc[order]
        numbers = None if numbers is None else numbers[order]
    dispositions = Dispositions(where, np.full(total, -1, dtype=np.int16))
    empty = np.ones(total, dtype=bool)
    empty[kept] = False
    dispositions.leave_out(np.flatnonzero(empty), EMPTY)
    return Sheet(where, number, cells, {}, problems, dispositions, persons=numbers)


def sheet_of(
    where: str, problems: Problems, columns: Columns, table: Mapping[str, list[str]], *, named: frozenset[str]
) -> Sheet:
    """The wanted columns of a table that is already in memory, by the same rules as those of a file."""
    number = problems.file(where)
    header = cleaned_header(list(table), columns.also)
    wanted = wanted_columns(header, columns)
    try:
        check_header(where, header, wanted, columns, named=named)
    except PopulationError as error:
        problems.cannot_use(number, error)
        return empty_sheet(where, number, problems)
    cells = list(table.values())
    total = len(cells[0]) if cells else 0
    held = _Held(list(range(len(wanted))), [])
    held.pending = [list(record) for record in zip(*(cells[at] for at in wanted), strict=True)]
    held.pending_rows = list(range(total))
    held.take()
    texts_of = {header[at]: column for at, column in zip(wanted, held.columns, strict=True)}
    sheet = _sheet(where, number, problems, texts_of, np.array(held.rows, dtype=np.int64), total)
    sheet.places.update({header[at]: at for at in wanted})
    sheet.not_read = tuple(name for at, name in enumerate(header) if name and at not in set(wanted))
    return sheet


def without_repeats(sheet: Sheet, table: pd.DataFrame, reason: str) -> pd.DataFrame:
    """The table without rows that repeat an earlier one in every column that is read, and name the same person."""
    same = table.assign(**{"": sheet.persons_of(table)}).duplicated()
    sheet.dispositions.leave_out(sheet.rows(table[same]), reason)
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


def _records(stream: BinaryIO, text: TextFormat, number: int, problems: Problems) -> Iterator[list[str]]:
    """The records of a CSV file, the header first; where one cannot be read, that is noted and the others are not."""
    row = 0
    try:
        with io.TextIOWrapper(stream, encoding=text.encoding, newline="") as lines:
            if text.has_separator_line:
                lines.readline()
            for record in csv.reader(lines, strict=True, delimiter=text.delimiter):
                row += 1
                yield record
    except csv.Error as error:
        cut = "unexpected end" in str(error)
        fix = "A quote is not closed, or the file is cut off" if cut else "Look at the quotes of this row"
        problems.add(number, f"not a row that can be read: {error}", row=row + 1, allowed="CSV", fix=fix)
