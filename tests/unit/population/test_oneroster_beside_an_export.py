"""A OneRoster beside an export of scores: whom it joins, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population import read_students
from plsim.population.nwea.reading import RESULTS_FILE, STUDENTS_FILE
from plsim.population.student_file import StudentFile

MATH = 0
TWO = (("s1", ""), ("s2", ""))


def _oneroster(folder: Path, users: tuple[tuple[str, str], ...] = TWO) -> None:
    """Students with these ids and identifiers, all in one mathematics class with a teacher."""
    folder.mkdir(exist_ok=True)
    ids = dict.fromkeys(name for name, _ in users)
    tables = {
        "orgs": ["sourcedId,name,type", "oak,Oak,school"],
        "users": [
            "sourcedId,role,grades,orgSourcedIds,identifier",
            *(f"{name},student,07,oak,{identifier}" for name, identifier in users),
            "t1,teacher,,oak,",
        ],
        "classes": ["sourcedId,title,classType,schoolSourcedId,subjects", "m1,,scheduled,oak,Mathematics"],
        "enrollments": [
            "classSourcedId,userSourcedId,role,primary",
            *(f"m1,{name},student," for name in ids),
            "m1,t1,teacher,true",
        ],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _export(folder: Path, ids: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    results = "TermName,StudentID,SchoolName,MeasurementScale,GrowthMeasureYN,TestStartDate,TestRITScore\n"
    students = "TermName,SchoolName,StudentID,Grade\n"
    for student in ids:
        results += f"Fall 2022-2023,{student},Oak School,Mathematics,TRUE,9/14/2022,220\n"
        students += f"Fall 2022-2023,Oak School,{student},7\n"
    (folder / RESULTS_FILE).write_text(results, encoding="utf-8")
    (folder / STUDENTS_FILE).write_text(students, encoding="utf-8")


def _of(file: StudentFile, student: str) -> tuple[str, str]:
    """Section and teacher in mathematics."""
    place = file.student_id.tolist().index(student)
    assert file.section is not None
    return str(file.section[place, MATH]), str(file.teacher[place, MATH])


@pytest.mark.parametrize("column", ["sourcedId", "identifier"])
@pytest.mark.parametrize("place", ["same", "folder", "zip"])
def test_sections_are_joined_by_student_id_wherever_the_oneroster_lies(tmp_path, column, place):
    ids = ["s1", "s2"] if column == "sourcedId" else ["901", "902"]
    _export(tmp_path, ids)
    _oneroster(tmp_path if place == "same" else tmp_path / "roster", (("s1", "901"), ("s2", "902")))
    if place == "zip":
        (tmp_path / "roster").rename(tmp_path / "export")
        shutil.make_archive(str(tmp_path / "roster"), "zip", tmp_path, "export")
        shutil.rmtree(tmp_path / "export")
    file = read_students(tmp_path)
    assert [_of(file, student) for student in ids] == [("m1", "t1")] * 2
    assert set(file.school) == {"Oak School"}
    assert np.isfinite(file.rit[:, MATH]).all()


def test_students_whom_the_oneroster_does_not_know_are_counted(tmp_path):
    _export(tmp_path, ["s1", "s9"])
    _oneroster(tmp_path)
    file = read_students(tmp_path)
    assert _of(file, "s9") == ("", "")
    assert file.rows["students without a OneRoster user"] == 1


def test_ids_that_never_meet_are_refused(tmp_path):
    _export(tmp_path, ["77"])
    _oneroster(tmp_path)
    with pytest.raises(PopulationError, match="none of the students of the export"):
        read_students(tmp_path)


def test_ids_that_lost_their_leading_zeros_are_joined_where_that_is_unique_and_told(tmp_path):
    _export(tmp_path, ["77", "88"])
    _oneroster(tmp_path, (("s1", "00077"), ("s2", "077"), ("s3", "0088")))
    file = read_students(tmp_path)
    assert [_of(file, student)[0] for student in ("77", "88")] == ["", "m1"]
    assert any("1 students were joined although one file lacks the leading zeros" in each for each in file.remarks)


def test_two_users_with_the_identifier_of_one_student_are_refused(tmp_path):
    _export(tmp_path, ["901"])
    _oneroster(tmp_path, (("s1", "901"), ("s2", "901")))
    with pytest.raises(PopulationError, match=r"users\.csv: row 3, identifier: two users"):
        read_students(tmp_path)


def test_two_onerosters_beside_an_export_are_refused(tmp_path):
    _export(tmp_path, ["s1"])
    _oneroster(tmp_path / "one")
    _oneroster(tmp_path / "two")
    with pytest.raises(PopulationError, match="more than one OneRoster: one, two"):
        read_students(tmp_path)


def test_what_is_wrong_with_both_is_told_together(tmp_path):
    _export(tmp_path, ["s1"])
    path = tmp_path / RESULTS_FILE
    path.write_text(path.read_text(encoding="utf-8").replace("220", "999"), encoding="utf-8")
    _oneroster(tmp_path / "roster", (*TWO, ("s1", "901")))
    with pytest.raises(PopulationError, match=r"(?s)TestRITScore: got '999'.*users\.csv: row 4"):
        read_students(tmp_path)
