"""Published results: what the model is calibrated on, and what it is validated against.

A fact is a statement with a number (or a direction) from a study. Its role says what it may be used for, its
confidence whether its text was seen. A fact recalled from memory is shown, and never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plsim.core.errors import EvidenceError, nearest
from plsim.evidence.registry import DATA_FOLDER
from plsim.evidence.tables import number_or_none, read_table

FACTS_FILE = DATA_FOLDER / "facts.csv"

ROLES = {
    "calibration": "worlds are kept or rejected by it",
    "validation": "never used to choose a world or a mechanism",
    "development": "was kept aside until a change of mechanism looked at it; worlds are chosen by it since",
}
CONFIDENCES = {
    "verbatim": "read in the primary text",
    "secondary": "read in an account of it",
    "computed": "computed from open data",
    "memory": "recalled, not seen: never a limit",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One published result.

    Attributes
    ----------
    id
        Short name, like ``"R17-01"``.
    role
        See :data:`ROLES`.
    quantity
        What was measured, like ``"effect size"``.
    value, low, high, se
        The number, its range or the range over studies, and its standard error, in ``unit``; ``None`` when not given.
    treatment_years
        Years of treatment, as text (``"1; 2"``, ``"50 days"``).
    n_schools, n_students
        Size of the sample, as text (``"62 (21)"``); may be empty.
    confidence
        See :data:`CONFIDENCES`.
    """

    id: str
    role: str
    study: str
    year: int
    statement: str
    quantity: str
    subject: str
    grades: str
    treatment_years: str
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    unit: str
    n_schools: str
    n_students: str
    population: str
    source: str
    section: str
    url: str
    confidence: str

    @property
    def may_decide(self) -> bool:
        """Whether it may be a target or a limit: not when it was only recalled."""
        return self.confidence != "memory"


_COLUMNS = tuple(Fact.__slots__)
_NUMBERS = ("value", "low", "high", "se")
_NEVER_EMPTY = ("id", "study", "statement", "source")


@cache
def facts() -> tuple[Fact, ...]:
    """The shipped facts, in the order of their file, read once."""
    return load_facts(FACTS_FILE)


def fact(fact_id: str) -> Fact:
    """One shipped fact by its id."""
    by_id = {one.id: one for one in facts()}
    if fact_id not in by_id:
        raise EvidenceError("facts", fact_id, "unknown fact", fix=nearest(fact_id, by_id))
    return by_id[fact_id]


def load_facts(path: Path) -> tuple[Fact, ...]:
    """Facts from a table in the shipped one's format, checked."""
    found: dict[str, Fact] = {}
    for line, row in read_table(path, _COLUMNS):
        one = _fact(path.name, line, row)
        if one.id in found:
            raise EvidenceError(path.name, f"line {line}", f"fact {one.id} is given twice")
        found[one.id] = one
    return tuple(found.values())


def _fact(where: str, line: int, row: dict[str, str]) -> Fact:
    for column in _NEVER_EMPTY:
        if not row[column].strip():
            raise EvidenceError(where, f"line {line}, {column}", "empty")
    for column, allowed in (("role", ROLES), ("confidence", CONFIDENCES)):
        if row[column] not in allowed:
            raise EvidenceError(where, f"line {line}, {column}", f"got {row[column]!r}", allowed=", ".join(allowed))
    if not row["year"].isdigit():
        raise EvidenceError(where, f"line {line}, year", f"got {row['year']!r}", allowed="a year")
    numbers = {column: number_or_none(where, line, column, row[column]) for column in _NUMBERS}
    low, high = numbers["low"], numbers["high"]
    if low is not None and high is not None and low > high:
        raise EvidenceError(where, f"line {line}", f"low {low:g} is above high {high:g}")
    cells: dict[str, Any] = {**row, **numbers, "year": int(row["year"])}
    return Fact(**cells)
