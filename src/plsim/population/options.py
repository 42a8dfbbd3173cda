"""How files of students are to be read, where they leave a choice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from plsim.core.errors import InputError

RETESTS = ("nwea", "latest")
"""Of several tests of a student in one term and subject: NWEA's own rule, or the latest."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What somebody decided about reading; the defaults are the documented rules.

    Attributes
    ----------
    term
        A term's name as an NWEA export writes it; the latest fall by default.
    as_of
        The day that decides who is enrolled; by default that of the tests, else the end of the latest school year.
    retests
        Which of several tests in one term counts: ``"nwea"`` (lowest standard error) or ``"latest"``.
    subjects
        A CSV file of titles of classes and the subjects they are to be read as.
    subgroups
        Columns of a roster by whose labels results are shown.
    """

    term: str | None = None
    as_of: dt.date | None = None
    retests: str = RETESTS[0]
    subjects: Path | None = None
    subgroups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.retests not in RETESTS:
            raise InputError("--retests", "", f"got {self.retests!r}", allowed=", ".join(RETESTS))

    def at(self, path: Path) -> StudentFiles:
        """The files at a path, to be read so."""
        return StudentFiles(path, **{each.name: getattr(self, each.name) for each in fields(ReadOptions)})


@dataclass(frozen=True)
class StudentFiles(ReadOptions):
    """Where students are read from, and how."""

    path: Path

    def document(self) -> dict[str, Any]:
        """What a manifest keeps, beside the path and the term: only what is not the default."""
        found: dict[str, Any] = {}
        if self.as_of is not None:
            found["as_of"] = self.as_of.isoformat()
        if self.retests != RETESTS[0]:
            found["retests"] = self.retests
        if self.subjects is not None:
            found["subjects"] = str(self.subjects)
        if self.subgroups:
            found["subgroups"] = list(self.subgroups)
        return found


def day(text: str | None) -> dt.date | None:
    """A day as it is given on the command line."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("--as-of", "", f"got {text[:40]!r}", allowed="a date such as 2024-10-01") from None


def files_of(path: str, how: dict[str, Any], *, term: str | None, where: str) -> StudentFiles:
    """The files that a manifest names, and how they were read; the inverse of :meth:`StudentFiles.document`."""
    texts = {"as_of": how.get("as_of"), "retests": how.get("retests", RETESTS[0]), "subjects": how.get("subjects")}
    subgroups = how.get("subgroups", [])
    lists = isinstance(subgroups, list) and all(isinstance(name, str) for name in subgroups)
    if not lists or not all(value is None or isinstance(value, str) for value in texts.values()):
        raise InputError(where, "population_options", "not what it should be", allowed="what `plsim run` wrote")
    return StudentFiles(
        Path(path),
        term=term,
        as_of=day(texts["as_of"]),
        retests=texts["retests"] or RETESTS[0],
        subjects=None if texts["subjects"] is None else Path(texts["subjects"]),
        subgroups=tuple(subgroups),
    )
