"""Reading the result folder of a study: its manifest, its summary and its tidy tables."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import InputError
from plsim.runs.evaluate import Outcome

if TYPE_CHECKING:
    import pandas as pd

KEY = Outcome._fields
"""The columns that say which outcome a row is about."""
_MANIFEST = ("name", "method", "runs", "seed", "years", "worlds", "worlds_are")
_SUMMARY = ("question", "statements", "outcomes")
_AGAIN = "`plsim study STUDY --out FOLDER` writes whole result folders, and goes on where a study was interrupted."


@dataclass(frozen=True)
class StudyFolder:
    """What is in the result folder of a study.

    Attributes
    ----------
    path
        Where it is.
    manifest, summary
        Documents of ``manifest.json`` and ``summary.json``.
    """

    path: Path
    manifest: dict[str, Any]
    summary: dict[str, Any]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the tables that are there."""
        return tuple(sorted(self._files))

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Where each table is: a trimmed folder may hold some of them only, or as text, or beside the summary."""
        places = (
            self.path.glob("*.csv"),
            (self.path / "tables").glob("*.csv"),
            (self.path / "tables").glob("*.parquet"),
        )
        return {file.stem: file for files in places for file in files}

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str, *, only: tuple[str, ...] = ()) -> pd.DataFrame | None:
        """A table, or some of its columns; None when the study has none of that name."""
        import pandas as pd

        if name not in self.names:
            return None
        key = f"{name} {' '.join(only)}"
        if key not in self._tables:
            file = self._files[name]
            try:
                if file.suffix == ".csv":
                    self._tables[key] = pd.read_csv(file, usecols=list(only) or None, keep_default_na=True)
                else:
                    with file.open("rb") as stream:
                        self._tables[key] = pd.read_parquet(stream, columns=list(only) or None)
            # pyarrow's errors about damaged files are ValueError and OSError.
            except (OSError, ValueError, RecursionError) as error:
                raise InputError(
                    str(self.path), str(file.relative_to(self.path)), f"cannot be read: {error}", fix=_AGAIN
                ) from None
        return self._tables[key]

    def rows(self, name: str, outcome: dict[str, Any]) -> pd.DataFrame | None:
        """The rows of a table about one outcome; None when there are none."""
        table = self.table(name)
        if table is None:
            return None
        wanted = Outcome._field_defaults | outcome
        for column in KEY:
            if column in table.columns:
                table = table[table[column] == wanted[column]]
            elif wanted[column] != Outcome._field_defaults[column]:
                # A folder of an earlier version has no column of the arm: all its rows are differences.
                return None
        return table if len(table) else None


def outcome_of(row: Any) -> dict[str, Any]:
    """The outcome that a row of a table is about, as :class:`~plsim.runs.evaluate.Outcome` has it."""
    known = {str(key): row[key] for key in KEY if key in row.index}
    return Outcome._field_defaults | known


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Rows as tuples with the names of the columns."""
    return list(table.itertuples(index=False))


def is_study(path: Path) -> bool:
    """Whether a folder is the result of a study."""
    try:
        document = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("kind") == "study"


def read_study(path: Path) -> StudyFolder:
    """The files of a study's result folder.

    Raises
    ------
    InputError
        When the study is not finished, or a file or entry is missing or unreadable.
    """
    manifest = _document(path, "manifest.json", _MANIFEST)
    if not os.path.isfile(path / "summary.json"):  # noqa: PTH113
        done = "" if manifest.get("complete") else ", and runs are missing"
        raise InputError(str(path), "summary.json", f"missing: the study has not been analysed{done}", fix=_AGAIN)
    return StudyFolder(path, manifest, _document(path, "summary.json", _SUMMARY))


def _document(path: Path, name: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        document = json.loads((path / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(str(path), name, f"cannot be read: {error}", fix=_AGAIN) from None
    missing = [key for key in needed if not isinstance(document, dict) or key not in document]
    if missing:
        raise InputError(str(path), f"{name}, {missing[0]}", "missing", fix=_AGAIN)
    return dict(document)
