"""Files that were sent and lie nowhere say what the same files say on disk."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population.read import read_students, read_students_of
from plsim.population.student_file import StudentFile
from plsim.population.tables import sources

DATA = Path(__file__).resolve().parents[2] / "data"


def same(one: StudentFile, other: StudentFile) -> bool:
    return (
        one.student_id.tolist() == other.student_id.tolist()
        and one.school.tolist() == other.school.tolist()
        and np.array_equal(one.rit, other.rit, equal_nan=True)
        and (one.section is None) == (other.section is None)
        and (one.section is None or one.section.tolist() == other.section.tolist())
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_roster_that_was_sent_under_any_name_reads_as_on_disk() -> None:
    path = DATA / "roster.csv"

    assert same(read_students_of({"my students.csv": path.read_bytes()}), read_students(path))


def test_an_export_that_was_sent_in_parts_reads_as_its_folder() -> None:
    folder = DATA / "nwea_export"

    assert same(read_students_of(contents(folder)), read_students(folder))


def test_a_zip_that_was_sent_reads_as_on_disk() -> None:
    path = DATA / "oneroster.zip"

    assert same(read_students_of({path.name: path.read_bytes()}), read_students(path))


def test_an_export_and_a_zip_beside_it_are_joined_as_in_a_folder(tmp_path: Path) -> None:
    sent = contents(DATA / "nwea_export") | {"oneroster.zip": (DATA / "oneroster.zip").read_bytes()}
    for name, content in sent.items():
        (tmp_path / name).write_bytes(content)

    assert same(read_students_of(sent), read_students(tmp_path))


def test_one_part_of_an_export_is_refused() -> None:
    with pytest.raises(PopulationError, match=r"An export holds AssessmentResults\.csv and StudentsBySchool\.csv"):
        read_students_of({"AssessmentResults.csv": b"a,b\n1,2\n"})


def test_a_zip_that_unpacks_to_more_than_memory_should_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("roster.csv", "x" * 5000)
    monkeypatch.setattr(sources, "MAX_ZIP_BYTES", 4000)

    with pytest.raises(PopulationError, match="unpacked"):
        read_students_of({path.name: path.read_bytes()})
