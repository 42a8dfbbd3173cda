"""Populations that many tests look at, and ways to write small files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plsim.population import Population, PopulationSpec, from_norms
from plsim.population.nwea.reading import RESULTS_FILE, STUDENTS_FILE

DATA = Path(__file__).resolve().parents[2] / "data"

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return DATA


@pytest.fixture(scope="session")
def big() -> Population:
    """Enough schools that a standard error of a between-school SD is 2%."""
    return from_norms(PopulationSpec(schools=1500, students_per_school=120), seed=11)


@pytest.fixture(scope="session")
def small() -> Population:
    return from_norms(PopulationSpec(schools=9, students_per_school=130), seed=5)


@pytest.fixture
def edited_export(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the sample export after ``edit(results, students)`` changed its rows."""

    def copy(edit: Callable[[Rows, Rows], None] = lambda results, students: None, **how: str) -> Path:
        tables = []
        for name in (RESULTS_FILE, STUDENTS_FILE):
            with (DATA / "nwea_export" / name).open(encoding="utf-8", newline="") as stream:
                tables.append(list(csv.DictReader(stream)))
        edit(*tables)
        for name, rows in zip((RESULTS_FILE, STUDENTS_FILE), tables, strict=True):
            with (tmp_path / name).open("w", encoding=how.get("encoding", "utf-8"), newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]), lineterminator=how.get("lineterminator", "\n"))
                writer.writeheader()
                writer.writerows(rows)
        return tmp_path

    return copy


@pytest.fixture
def roster_of(tmp_path: Path) -> Callable[..., Path]:
    """A roster with the given header and lines."""

    def write(header: str, *lines: str) -> Path:
        path = tmp_path / "roster.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def same_students() -> Callable[[Population, Population], None]:
    """Whether the students that two populations share have every drawn value in common."""
    names = (
        "achievement", "entry_z", "lunch_eligible", "english_learner", "special_education", "learning_rate",
        "attendance_rate", "self_regulation", "engagement_level", "home_access",
    )  # fmt: skip

    def compare(one: Population, other: Population) -> None:
        keys, at_one, at_other = np.intersect1d(one.student_key, other.student_key, return_indices=True)
        assert len(keys) > 0
        for name in names:
            np.testing.assert_array_equal(getattr(one, name)[at_one], getattr(other, name)[at_other], err_msg=name)

    return compare
