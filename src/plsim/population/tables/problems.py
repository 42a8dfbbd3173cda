"""What is wrong with files of students: everything at once, in the order of the files.

A message shows a wrong cell only when that cannot tell who somebody is. Where columns have slipped, a cell that should
be a score may hold a name or a birth date; then the message gives the row and column and says what kind of thing is
there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plsim.core.errors import PopulationError

FIRST_DATA_ROW = 2
"""The header is row 1, as a spreadsheet counts."""
MOST_ALIKE = 10
"""Problems of one kind in one column that are told one by one; the last of them says how many more there are."""

_WORDS = frozenset({
    "absent", "false", "inf", "infinity", "-inf", "+inf", "-infinity", "kg", "missing", "n/a", "na", "nan", "no",
    "none", "null", "pass", "pk", "pre-k", "tk", "true", "ug", "x", "yes",
})  # fmt: skip
_PLAIN_NUMBER = re.compile(r"[+-]?\d{0,6}(\.\d{0,6})?(e[+-]?\d{1,4})?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}.*")


class PopulationFileError(PopulationError):
    """Several things are wrong with files of students; one message tells all of them, a line each.

    Attributes
    ----------
    problems
        Each as an error of its own, in the order of the files.
    """

    def __init__(self, problems: Sequence[PopulationError]) -> None:
        first = problems[0]
        super().__init__(first.where, first.key, first.problem, allowed=first.allowed, fix=first.fix)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(problem) for problem in problems),)


def joined(errors: Sequence[PopulationError]) -> PopulationError:
    """One error that tells all of one or more."""
    flat: list[PopulationError] = []
    for error in errors:
        flat += error.problems if isinstance(error, PopulationFileError) else [error]
    return flat[0] if len(flat) == 1 else PopulationFileError(flat)


@dataclass
class _Kind:
    """Problems of one kind in one column: the first few, and how many more there are."""

    allowed: str
    fix: str
    shown: list[tuple[tuple[int, int, int], str, str, str]] = field(default_factory=list)
    """Place in the order of all; file; key; problem."""
    count: int = 0


@dataclass
class Problems:
    """What has been found wrong so far."""

    files: list[str] = field(default_factory=list)
    kinds: dict[tuple[int, str, str], _Kind] = field(default_factory=dict)
    unreadable: list[tuple[tuple[int, int, int], PopulationError]] = field(default_factory=list)
    """Files of which nothing can be used, with their places in the order of all."""

    def file(self, where: str) -> int:
        """The place of a file among those read; files are told in the order in which they were first read."""
        self.files.append(where)
        return len(self.files) - 1

    def add(
        self,
        file: int,
        problem: str,
        *,
        row: int = 0,
        column: str = "",
        place: int = 0,
        allowed: str = "",
        fix: str = "",
    ) -> None:
        """One problem.

        Parameters
        ----------
        row
            As a spreadsheet counts; 0 is the file as a whole, 1 the header.
        place
            Where in the row the column stands.
        """
        rows = {0: "", 1: "header"}.get(row, f"row {row}")
        key = ", ".join(part for part in (rows, column) if part)
        kind = self.kinds.setdefault((file, column, allowed or problem), _Kind(allowed, fix))
        kind.count += 1
        if len(kind.shown) < MOST_ALIKE:
            kind.shown.append(((file, row, place), self.files[file], key, problem))

    def more(self, file: int, column: str, allowed: str, count: int) -> None:
        """So many more problems like those told last."""
        self.kinds[file, column, allowed].count += count

    def cannot_use(self, file: int, error: PopulationError) -> None:
        """A file of which nothing can be used."""
        self.unreadable.append(((file, 0, 0), error))

    def stop_if_unreadable(self) -> None:
        """Raise everything found so far when a file cannot be used at all: to be called when all have been read."""
        if self.unreadable:
            self.stop_if_any()

    def stop_if_any(self) -> None:
        """Raise the one problem, or all of several; do nothing when there is none."""
        told = list(self.unreadable)
        for kind in self.kinds.values():
            for number, (order, where, key, problem) in enumerate(kind.shown, start=1):
                others = kind.count - number
                last = number == len(kind.shown) and others > 0
                text = f"{problem} (and {others} more like it)" if last else problem
                told.append((order, PopulationError(where, key, text, allowed=kind.allowed, fix=kind.fix)))
        if told:
            raise joined([error for _, error in sorted(told, key=lambda item: item[0])])


def wrong_rows(wrong: NDArray[np.bool_]) -> tuple[NDArray[np.intp], int]:
    """The first few wrong rows, and how many more there are."""
    rows = np.flatnonzero(wrong)
    return rows[:MOST_ALIKE], max(len(rows) - MOST_ALIKE, 0)


def shown(value: str) -> str:
    """A cell as a message may show it: numbers and a few common words, never what may be a name or a birth date."""
    if value == "":
        return "an empty cell"
    if len(value) <= 2 or value.lower() in _WORDS or _PLAIN_NUMBER.fullmatch(value):
        return repr(value)
    if _DATE.fullmatch(value):
        return "a date (not shown)"
    kind = "text" if any(map(str.isalpha, value)) else "a value"
    return f"{kind} of {len(value)} characters (not shown: it could be somebody's name)"
