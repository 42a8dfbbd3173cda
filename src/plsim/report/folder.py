"""Reading a result folder: its five tables and its manifest, checked for what the report needs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_ARMS = ("scenario", "counterfactual")
_EFFECTS = ("outcome", "subject", "year", "group", "estimator", "arm", "value", "low", "high", "unit")
_SCHOOLS = ("school_id", "year", "charter", "students")
_STUDENTS = ("year", "subject", "grade", "entered_year", "lunch_eligible", "english_learner", "special_education")
_TEACHERS = ("school_id", "year", "arm", "hours_demanded", "hours_supplied")
_WEEKLY = ("arm", "year", "week", "school_id", "subject", "achievement", "hours_demanded")
_WEEKLY_HOURS = ("whole", "group", "one_on_one", "supervised", "unsupervised", "peer", "home")
_WEEKLY_IF_THERE = ("strain",)
_MANIFEST = ("scenario", "seed", "years", "worlds", "world_label")

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
    effects, weekly, students, teachers, schools
        The tables; of ``students`` only the columns that the report counts, and one row per student and year.
    """

    path: Path
    manifest: dict[str, Any]
    effects: pd.DataFrame
    weekly: pd.DataFrame
    students: pd.DataFrame
    teachers: pd.DataFrame
    schools: pd.DataFrame


def read_folder(path: Path) -> ResultFolder:
    """The files of a result folder.

    Raises
    ------
    InputError
        When the folder, a file, a column or an entry of the manifest is missing or unreadable.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - false, not an error, where entering is forbidden
        raise InputError(str(path), "", "no such folder", fix=_AGAIN)
    manifest = _manifest(path)
    scores = tuple(f"{subject}_week32_{arm}" for subject in ("math", "reading") for arm in _ARMS)
    hours = tuple(f"{mode}_hours" for mode in _WEEKLY_HOURS)
    students = _table(path, "students", _STUDENTS, only=_STUDENTS)
    return ResultFolder(
        path=path,
        manifest=manifest,
        effects=_table(path, "effects", _EFFECTS),
        weekly=_table(path, "weekly", (*_WEEKLY, *hours), only=(*_WEEKLY, *hours, *_WEEKLY_IF_THERE)),
        students=students[students["subject"] == students["subject"].iloc[0]] if len(students) else students,
        teachers=_table(path, "teachers", _TEACHERS, only=_TEACHERS),
        schools=_table(path, "schools", (*_SCHOOLS, *scores)),
    )


def _manifest(path: Path) -> dict[str, Any]:
    """The manifest: written last, so a folder that has it is whole."""
    file = path / "manifest.json"
    if not os.path.isfile(file):  # noqa: PTH113
        if os.path.isfile(path / "comparison.json"):  # noqa: PTH113
            fix = "`plsim compare` wrote it: give the folder of one of its scenarios."
            raise InputError(str(path), "", "holds several results side by side, and a page is of one", fix=fix)
        raise InputError(str(path), "manifest.json", "missing, so this is no whole result folder", fix=_AGAIN)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(str(path), "manifest.json", f"cannot be read: {error}", fix=_AGAIN) from None
    missing = [key for key in _MANIFEST if not isinstance(document, dict) or key not in document]
    if missing:
        raise InputError(str(path), f"manifest.json, {missing[0]}", "missing", fix=_AGAIN)
    return dict(document)


def _table(path: Path, name: str, needed: tuple[str, ...], *, only: tuple[str, ...] = ()) -> pd.DataFrame:
    """One table, with at least the columns that are needed; of ``only``, those that it has, and no others."""
    import pandas as pd
    import pyarrow.parquet as pq

    file = path / f"{name}.parquet"
    if not os.path.isfile(file):  # noqa: PTH113
        raise InputError(str(path), file.name, "missing", fix=_AGAIN)
    try:
        present = set(pq.read_schema(file).names)
        lacking = [column for column in needed if column not in present]
        if not lacking:
            return pd.read_parquet(file, columns=[one for one in only if one in present] or None)
    # pyarrow's errors about damaged files are ValueError and OSError.
    except (OSError, ValueError) as error:
        raise InputError(str(path), file.name, f"cannot be read: {error}", fix=_AGAIN) from None
    raise InputError(str(path), f"{file.name}, column {lacking[0]}", "missing", fix=_AGAIN)
