"""Reading a result folder: its five tables and its manifest, checked for what the report needs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import InputError, shown
from plsim.core.files import read_document
from plsim.core.folders import not_as_written

if TYPE_CHECKING:
    import pandas as pd

_ARMS = ("scenario", "counterfactual")
_EFFECTS = ("outcome", "subject", "year", "group", "estimator", "arm", "value", "low", "high", "unit")
_SCHOOLS = ("school_id", "year", "charter", "students")
_TEACHERS = ("school_id", "year", "arm", "hours_demanded", "hours_supplied")
_WEEKLY = ("arm", "year", "week", "school_id", "subject", "achievement", "hours_demanded")
_WEEKLY_HOURS = ("whole", "group", "one_on_one", "supervised", "unsupervised", "peer", "home")
_WEEKLY_IF_THERE = ("strain",)
_MANIFEST = {
    "schema_version": (int, 1, 1),
    "scenario": (str, 0, 0),
    "seed": (int, 0, 2**63 - 1),
    "years": (int, 1, 8),
    "worlds": (int, 0, 100_000),
    "world_label": (str, 0, 0),
}
"""Type of what the page reads, and of a number the least and the most."""

_AGAIN = "`plsim run SCENARIO --out FOLDER` writes whole result folders."


@dataclass(frozen=True)
class ResultFolder:
    """What is in a result folder.

    Attributes
    ----------
    path
        Where it is.
    manifest
        The document of ``manifest.json``.
    people
        Who was simulated, in counts, as the manifest says.
    effects, weekly, teachers
        The tables.
    schools
        One row for each school and year; None where the schools are real and nobody asked for the table.
    """

    path: Path
    manifest: dict[str, Any]
    people: dict[str, Any]
    effects: pd.DataFrame
    weekly: pd.DataFrame
    teachers: pd.DataFrame
    schools: pd.DataFrame | None


def read_folder(path: Path) -> ResultFolder:
    """The files of a result folder.

    Raises
    ------
    InputError
        When the folder, a file, a column or an entry of the manifest is missing or unreadable, or when a file is not
        what was written.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - false, not an error, where entering is forbidden
        raise InputError(str(path), "", "no such folder", fix=_AGAIN)
    manifest = _manifest(path)
    files = manifest.get("files")
    changed = not_as_written(path, files)
    if changed:
        raise InputError(
            str(path), shown(changed[0]), "was changed, damaged or removed after it was written", fix=_AGAIN
        )
    scores = tuple(f"{subject}_week32_{arm}" for subject in ("math", "reading") for arm in _ARMS)
    hours = tuple(f"{mode}_hours" for mode in _WEEKLY_HOURS)
    left_out = isinstance(files, dict) and "schools.parquet" not in files
    return ResultFolder(
        path=path,
        manifest=manifest,
        people=_people(path, manifest),
        effects=_table(path, "effects", _EFFECTS),
        weekly=_table(path, "weekly", (*_WEEKLY, *hours), only=(*_WEEKLY, *hours, *_WEEKLY_IF_THERE)),
        teachers=_table(path, "teachers", _TEACHERS, only=_TEACHERS),
        schools=None if left_out else _table(path, "schools", (*_SCHOOLS, *scores)),
    )


def _manifest(path: Path) -> dict[str, Any]:
    """The manifest: written last, so a folder that has it is whole."""
    file = path / "manifest.json"
    if not os.path.lexists(file):
        if os.path.isfile(path / "comparison.json"):  # noqa: PTH113
            fix = "`plsim compare` wrote it: give the folder of one of its scenarios."
            raise InputError(str(path), "", "holds several results side by side, and a page is of one", fix=fix)
        raise InputError(str(path), "manifest.json", "missing, so this is no whole result folder", fix=_AGAIN)
    document = read_document(file, where=str(path), fix=_AGAIN)
    for key, (kind, low, high) in _MANIFEST.items():
        given = document.get(key)
        if key not in document:
            raise InputError(str(path), f"manifest.json, {key}", "missing", fix=_AGAIN)
        right = isinstance(given, kind) and not isinstance(given, bool)
        if not right or (isinstance(given, int) and not low <= given <= high):
            allowed = "a text" if kind is str else f"a whole number from {low} to {high:,}"
            raise InputError(
                str(path), f"manifest.json, {key}", f"{shown(given)} is not allowed", allowed=allowed, fix=_AGAIN
            )
    return document


def _people(path: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Who was simulated, checked for what the page counts."""
    people = manifest.get("people")
    counts = {"students", "schools", "charter_schools"}
    right = (
        isinstance(people, dict)
        and all(_is_count(people.get(name)) for name in counts)
        and isinstance(people.get("grades"), list)
        and isinstance(people.get("shares"), dict)
        and all(given is None or isinstance(given, int | float) for given in people["shares"].values())
        and isinstance(people.get("stayers_by_grade"), list)
        and all(isinstance(each, dict) and all(map(_is_count, each.values())) for each in people["stayers_by_grade"])
    )
    if not right:
        raise InputError(str(path), "manifest.json, people", "missing or not what it should be", fix=_AGAIN)
    assert isinstance(people, dict)
    return people


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 1 << 40


def _table(path: Path, name: str, needed: tuple[str, ...], *, only: tuple[str, ...] = ()) -> pd.DataFrame:
    """One table, with at least the columns that are needed; of ``only``, those that it has, and no others."""
    import pandas as pd
    import pyarrow.parquet as pq

    file = path / f"{name}.parquet"
    if not os.path.isfile(file):  # noqa: PTH113
        raise InputError(str(path), file.name, "missing", fix=_AGAIN)
    try:
        with file.open("rb") as stream:  # pyarrow opens no file whose name is not UTF-8
            present = set(pq.read_schema(stream).names)
            lacking = [column for column in needed if column not in present]
            if not lacking:
                return pd.read_parquet(stream, columns=[one for one in only if one in present] or None)
    # pyarrow's errors about damaged files are ValueError and OSError.
    except (OSError, ValueError) as error:
        raise InputError(str(path), file.name, f"cannot be read: {error}", fix=_AGAIN) from None
    raise InputError(str(path), f"{file.name}, column {lacking[0]}", "missing", fix=_AGAIN)
