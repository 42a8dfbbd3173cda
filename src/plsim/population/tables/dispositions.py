"""What became of every row of a file: used, or left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plsim.population.tables.problems import FIRST_DATA_ROW

USED = " used"
"""Reasons that end like this say that a row was used."""
EMPTY = "rows that are empty in every column that is read"

Rows = NDArray[np.int64]


@dataclass
class Dispositions:
    """What became of each row of one file.

    Attributes
    ----------
    where
        The file.
    reasons
        Why rows were used or left out, in the order of the decisions.
    code
        Index of each row's reason, -1 while nothing is decided. (rows of the file)
    remark
        How the file was read, where that is not the usual way.
    """

    where: str
    code: NDArray[np.int16]
    reasons: list[str] = field(default_factory=list)
    remark: str = ""

    def use(self, rows: Rows, what: str) -> None:
        """Count the rows (0-based, below the header) as used."""
        self._decide(rows, what + USED)

    def leave_out(self, rows: Rows, why: str) -> None:
        """Count the rows (0-based, below the header) as left out for that reason."""
        assert not why.endswith(USED), why
        self._decide(rows, why)

    def use_rest(self, what: str) -> None:
        """Count all rows of which nothing is decided as used."""
        self.use(np.flatnonzero(self.code < 0), what)

    def leave_out_rest(self, why: str) -> None:
        """Count all rows of which nothing is decided as left out."""
        self.leave_out(np.flatnonzero(self.code < 0), why)

    def _decide(self, rows: Rows, reason: str) -> None:
        if not len(rows):
            return
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.code[rows] = self.reasons.index(reason)

    def add_remark(self, remark: str) -> None:
        """One more thing that is unusual about how the file was read."""
        self.remark = f"{self.remark}; {remark}" if self.remark else remark

    def counts(self) -> dict[str, int]:
        """How many rows have each reason."""
        decided = np.bincount(self.code[self.code >= 0], minlength=len(self.reasons))
        return {reason: int(count) for reason, count in zip(self.reasons, decided, strict=True) if count}

    def row(self, index: int) -> int:
        """The row as a spreadsheet counts it."""
        return index + FIRST_DATA_ROW


def total(dispositions: Iterable[Dispositions]) -> dict[str, int]:
    """Counts by reason over all files."""
    counts: dict[str, int] = {}
    for each in dispositions:
        for reason, count in each.counts().items():
            counts[reason] = counts.get(reason, 0) + count
    return counts


def left_out(dispositions: Iterable[Dispositions]) -> str:
    """What was left out and why, most rows first, for a message."""
    counts = {reason: count for reason, count in total(dispositions).items() if not reason.endswith(USED)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {reason}" for reason, count in ordered)
