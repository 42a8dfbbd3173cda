"""What became of every row of a file: used, or left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plsim.population.problems import FIRST_DATA_ROW

USED = " used"
"""Reasons that end like this say that a row was used."""
EMPTY = "rows with nothing in the columns that are used"

Rows = NDArray[np.int64]


@dataclass
class Fates:
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

    def decide(self, rows: Rows, reason: str) -> None:
        """Give the rows (0-based, below the header) that reason."""
        if not len(rows):
            return
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.code[rows] = self.reasons.index(reason)

    def rest(self, reason: str) -> None:
        """Give all rows of which nothing is decided that reason."""
        self.decide(np.flatnonzero(self.code < 0), reason)

    def counts(self) -> dict[str, int]:
        """How many rows have each reason."""
        decided = np.bincount(self.code[self.code >= 0], minlength=len(self.reasons))
        return {reason: int(count) for reason, count in zip(self.reasons, decided, strict=True) if count}

    def row(self, index: int) -> int:
        """The row as a spreadsheet counts it."""
        return index + FIRST_DATA_ROW


def total(fates: tuple[Fates, ...]) -> dict[str, int]:
    """Counts by reason over all files."""
    counts: dict[str, int] = {}
    for each in fates:
        for reason, count in each.counts().items():
            counts[reason] = counts.get(reason, 0) + count
    return counts
