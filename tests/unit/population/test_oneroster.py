"""OneRoster: every stated rule of which class becomes a section, on small invented districts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population import PopulationSpec, load_population, read_students, timeline
from plsim.population.oneroster.titles import taught_by_codes, taught_by_title
from plsim.population.student_file import StudentFile

Tables = dict[str, list[dict[str, str]]]

MATH, READING = 0, 1
CLASS = {"sourcedId": "", "title": "", "classType": "scheduled", "schoolSourcedId": "oak", "subjects": "", "status": ""}
ENROLLMENT = dict.fromkeys(("classSourcedId", "userSourcedId", "role", "primary", "beginDate", "status"), "")


def _class(name: str, subjects: str = "Mathematics", **more: str) -> dict[str, str]:
    return {**CLASS, "sourcedId": name, "subjects": subjects, **more}


def _in(name: str, user: str, role: str = "student", **more: str) -> dict[str, str]:
    return {**ENROLLMENT, "classSourcedId": name, "userSourcedId": user, "role": role, **more}


def _user(name: str, role: str = "student", grades: str = "07", **more: str) -> dict[str, str]:
    return {
        "sourcedId": name,
        "role": role,
        "grades": grades,
        "orgSourcedIds": "oak",
        "identifier": "",
        "status": "",
        **more,
    }


def _district() -> Tables:
    """Two schools, two students in one mathematics class with a teacher."""
    return {
        "orgs": [
            {"sourcedId": "oak", "name": "Oak", "type": "school"},
            {"sourcedId": "elm", "name": "Elm", "type": "school"},
            {"sourcedId": "all", "name": "District", "type": "district"},
        ],
        "users": [_user("s1"), _user("s2"), _user("t1", "teacher", ""), _user("t2", "teacher", "")],
        "classes": [_class("m1")],
        "enrollments": [_in("m1", "s1"), _in("m1", "s2"), _in("m1", "t1", "teacher", primary="true")],
    }


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Tables], StudentFile]:
    """What a OneRoster of these tables says."""

    def written(tables: Tables) -> StudentFile:
        write(tmp_path / "district", tables)
        return read_students(tmp_path / "district")

    return written


def write(folder: Path, tables: Tables) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            columns = list(dict.fromkeys(column for row in rows for column in row))
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


def _of(file: StudentFile, student: str, subject: int) -> tuple[str, str]:
    place = file.student_id.tolist().index(student)
    assert file.section is not None
    assert file.teacher is not None
    return file.section[place, subject], file.teacher[place, subject]


def test_a_class_is_a_section_and_its_teacher_the_teacher(read):
    file = read(_district())
    assert [_of(file, student, MATH) for student in ("s1", "s2")] == [("m1", "t1")] * 2
    assert _of(file, "s1", READING) == ("", "")


def test_schools_are_called_by_their_names(read):
    assert set(read(_district()).school) == {"Oak"}


def test_two_schools_of_one_name_stay_two(read):
    tables = _district()
    tables["orgs"][1]["name"] = "Oak"
    tables["users"][1]["orgSourcedIds"] = "elm"
    tables["enrollments"].pop(1)
    assert set(read(tables).school) == {"Oak (oak)", "Oak (elm)"}


# Co-teaching


def test_of_several_teachers_the_primary_one_counts(read):
    tables = _district()
    tables["enrollments"][2]["primary"] = "false"
    tables["enrollments"].append(_in("m1", "t2", "teacher", primary="true"))
    file = read(tables)
    assert _of(file, "s1", MATH) == ("m1", "t2")
    assert file.rows["further teachers of a class"] == 1


def test_of_several_primary_teachers_the_smallest_id_counts(read):
    tables = _district()
    tables["enrollments"].insert(0, _in("m1", "t2", "teacher", primary="true"))
    assert _of(read(tables), "s1", MATH) == ("m1", "t1")


def test_a_primary_mark_that_says_neither_yes_nor_no_is_refused(read):
    tables = _district()
    tables["enrollments"][2]["primary"] = "2"
    with pytest.raises(PopulationError, match=r"enrollments\.csv: row 4, primary"):
        read(tables)


# A student in two classes of a subject


def _two_classes(one: dict[str, str], other: dict[str, str], begin: tuple[str, str] = ("", "")) -> Tables:
    tables = _district()
    tables["classes"] = [one, other]
    tables["enrollments"] = [
        _in(one["sourcedId"], "s1", beginDate=begin[0]),
        _in(other["sourcedId"], "s1", beginDate=begin[1]),
    ]
    return tables


def test_of_two_classes_the_one_in_the_students_own_school_counts(read):
    tables = _two_classes(_class("a", schoolSourcedId="elm"), _class("b"))
    tables["classes"].append(_class("art", "Art"))
    tables["enrollments"].append(_in("art", "s1"))
    file = read(tables)
    assert _of(file, "s1", MATH)[0] == "b"
    assert file.rows["further classes of a student in a subject"] == 1


def test_of_two_classes_a_scheduled_one_counts_before_a_homeroom(read):
    assert _of(read(_two_classes(_class("a", classType="homeroom"), _class("b"))), "s1", MATH)[0] == "b"


def test_of_two_classes_the_earlier_one_counts(read):
    tables = _two_classes(_class("a"), _class("b"), ("2023-01-09", "2022-08-15"))
    assert _of(read(tables), "s1", MATH)[0] == "b"


def test_of_two_classes_the_larger_one_counts(read):
    tables = _two_classes(_class("a"), _class("b"))
    tables["enrollments"].append(_in("b", "s2"))
    assert _of(read(tables), "s1", MATH)[0] == "b"


def test_of_two_equal_classes_the_smaller_id_counts(read):
    assert _of(read(_two_classes(_class("b"), _class("a"))), "s1", MATH)[0] == "a"


# Teachers


def test_a_section_without_a_teacher_has_somebody_whom_no_other_has(read, tmp_path):
    tables = _district()
    tables["classes"].append(_class("m2"))
    tables["enrollments"] = [_in("m1", "s1"), _in("m2", "s2")]
    assert read(tables).rows["sections without a teacher used"] == 2
    population = load_population(tmp_path / "district", PopulationSpec(), seed=1)
    year = timeline(population, 1, np.array([22.0]), seed=1).years[0]
    assert year.section_seat[year.section[0, MATH]] != year.section_seat[year.section[1, MATH]]


def test_a_teacher_in_two_schools_is_two_teachers(read, tmp_path):
    tables = _district()
    tables["classes"].append(_class("m2", schoolSourcedId="elm"))
    tables["users"][1]["orgSourcedIds"] = "elm"
    tables["enrollments"] = [
        _in("m1", "s1"), _in("m2", "s2"), _in("m1", "t1", "teacher"), _in("m2", "t1", "teacher"),
    ]  # fmt: skip
    assert read(tables).rows["teachers in two schools used"] == 1
    population = load_population(tmp_path / "district", PopulationSpec(), seed=1)
    line = timeline(population, 1, np.full(2, 22.0), seed=1)
    year = line.years[0]
    seats = [year.section_seat[section] for section in year.section[:, MATH]]
    assert len(set(seats)) == 2
    assert sorted(line.seats.seat_school[seats]) == [0, 1]


def test_a_class_of_two_schools_students_is_a_section_in_each(read, tmp_path):
    tables = _district()
    tables["orgs"][2] = {"sourcedId": "fir", "name": "Fir", "type": "school"}
    tables["classes"] += [_class("art", "Art", schoolSourcedId="elm"), _class("pe", "PE", schoolSourcedId="elm")]
    tables["enrollments"] += [_in("art", "s2"), _in("pe", "s2")]
    read(tables)
    population = load_population(tmp_path / "district", PopulationSpec(), seed=1)
    assert population.schools == 2
    assert len(set(population.given_section[:, MATH].tolist())) == 2


# Subjects


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Mathematics", (MATH,)),
        ("Algebra I", (MATH,)),
        ("Pre-Calculus (H)", (MATH,)),
        ("English Language Arts", (READING,)),
        ("World Literature", (READING,)),
        ("Math7", (MATH,)),
        ("Mathematics,Reading,Science", (MATH, READING)),
        ("02001", (MATH,)),
        ("52", (MATH,)),
        ("01001,03002", (READING,)),
        ("03", ()),
        ("Science", ()),
        ("English as a Second Language", (READING,)),
        ("English Learner Support", (READING,)),
        ("", ()),
    ],
)
def test_subjects_are_known_by_code_list_or_title(text, subjects):
    assert (taught_by_codes(text) or taught_by_title(text)).subjects == subjects


def test_a_classs_own_subjects_come_before_its_courses(read):
    tables = _district()
    tables["classes"][0] |= {"courseSourcedId": "c1", "subjects": "Reading"}
    tables["courses"] = [{"sourcedId": "c1", "title": "Math", "subjects": "Mathematics"}]
    assert _of(read(tables), "s1", READING)[0] == "m1"


def test_a_class_without_subjects_has_those_of_its_course(read):
    tables = _district()
    tables["classes"][0] |= {"courseSourcedId": "c1", "subjects": ""}
    tables["courses"] = [{"sourcedId": "c1", "title": "", "subjects": "Mathematics"}]
    assert _of(read(tables), "s1", MATH)[0] == "m1"


def test_a_title_counts_where_nothing_else_says_the_subject(read):
    tables = _district()
    tables["classes"] = [_class("m1", "", title="Geometry"), _class("x", "Science", title="Math of Science")]
    tables["enrollments"].append(_in("x", "s1"))
    file = read(tables)
    assert _of(file, "s1", MATH)[0] == "m1"
    assert file.rows["enrollments in other subjects"] == 1


def test_a_homeroom_serves_both_subjects_up_to_grade_five(read):
    tables = _district()
    tables["classes"] = [_class("room", "", classType="homeroom", title="Room 4")]
    tables["users"][:2] = [_user("s1", grades="05"), _user("s2", grades="06")]
    tables["enrollments"] = [_in("room", "s1"), _in("room", "s2"), _in("room", "t1", "teacher")]
    file = read(tables)
    assert [_of(file, "s1", subject) for subject in (MATH, READING)] == [("room", "t1")] * 2
    assert [_of(file, "s2", subject) for subject in (MATH, READING)] == [("", "")] * 2


def test_a_class_of_the_subject_comes_before_a_homeroom(read):
    tables = _district()
    tables["classes"].append(_class("a-room", "", classType="homeroom"))
    tables["users"][0]["grades"] = "04"
    tables["enrollments"].append(_in("a-room", "s1"))
    file = read(tables)
    assert _of(file, "s1", MATH)[0] == "m1"
    assert _of(file, "s1", READING)[0] == "a-room"


def test_a_homeroom_of_the_subject_comes_before_one_that_says_nothing(read):
    tables = _two_classes(_class("a", "", classType="homeroom"), _class("b", classType="homeroom"))
    tables["users"][0]["grades"] = "04"
    assert _of(read(tables), "s1", MATH)[0] == "b"


# Who is there


@pytest.mark.parametrize("grade", ["PK", "TK", "13", "UG", "Other", ""])
def test_students_of_grades_without_norms_are_left_out_and_counted(read, grade):
    tables = _district()
    tables["users"][1]["grades"] = grade
    file = read(tables)
    assert file.student_id.tolist() == ["s1"]
    assert file.rows["students of grades without norms" if grade else "students without a grade"] == 1


@pytest.mark.parametrize(("given", "grade"), [("KG", 0), ("01", 1), ("1", 1), ("12", 12)])
def test_grades_are_read_as_oneroster_writes_them(read, given, grade):
    tables = _district()
    tables["users"][0]["grades"] = given
    file = read(tables)
    assert file.grade[file.student_id.tolist().index("s1")] == grade


def test_a_grade_that_oneroster_does_not_know_is_refused(read):
    tables = _district()
    tables["users"][1]["grades"] = "99"
    with pytest.raises(PopulationError, match=r"users\.csv: row 3, grades: got '99'"):
        read(tables)


def test_rows_marked_for_deletion_are_left_out_and_counted(read):
    tables = _district()
    tables["enrollments"][1]["status"] = "tobedeleted"
    file = read(tables)
    assert _of(file, "s2", MATH) == ("", "")
    assert file.rows["enrollments that are not active"] == 1


def test_every_row_has_one_disposition(read):
    tables = _district()
    tables["enrollments"] += [_in("m1", "s1"), _in("gone", "s1"), _in("m1", "ghost"), _in("m1", "t2", "proctor")]
    for dispositions in read(tables).dispositions:
        assert (dispositions.code >= 0).all(), dispositions.where
        assert sum(dispositions.counts().values()) == len(dispositions.code)


def test_two_users_of_one_id_are_refused(read):
    tables = _district()
    tables["users"].append(_user("s1", grades="09"))
    with pytest.raises(PopulationError, match=r"users\.csv: row 6, sourcedId: the same as in row 2"):
        read(tables)


@pytest.mark.parametrize("name", ["orgs", "users", "classes"])
def test_a_missing_file_is_named(read, name):
    tables = _district()
    del tables[name]
    with pytest.raises(PopulationError, match=rf"{name}\.csv: no such file|no population here"):
        read(tables)


def test_version_1_2_has_roles_in_a_file_of_their_own(read):
    tables = _district()
    for row in tables["users"]:
        del row["role"], row["orgSourcedIds"]
    tables["users"].append({"sourcedId": "s3", "grades": "07"})
    tables["roles"] = [
        {"userSourcedId": "s3", "role": "student", "orgSourcedId": "elm"},
        {"userSourcedId": "t1", "role": "teacher", "orgSourcedId": "oak"},
    ]
    file = read(tables)
    assert dict(zip(file.student_id, file.school, strict=True)) == {"s1": "Oak", "s2": "Oak", "s3": "Elm"}


# Demographics


def test_lunch_eligibility_is_read_where_a_column_says_it(read):
    tables = _district()
    tables["demographics"] = [
        {"sourcedId": "s1", "birthDate": "2010-02-03", "metadata.frl": "Reduced"},
        {"sourcedId": "s2", "birthDate": "2010-02-04", "metadata.frl": "paid"},
    ]
    assert read(tables).flags["lunch_eligible"].tolist() == [1.0, 0.0]


def test_a_lunch_letter_of_two_meanings_is_refused(read):
    tables = _district()
    tables["demographics"] = [{"sourcedId": "s1", "metadata.frl": "F"}]
    with pytest.raises(PopulationError, match=r"demographics\.csv: row 2, metadata\.frl: got 'F'"):
        read(tables)


def test_birth_dates_and_ethnicity_are_never_held(read, monkeypatch):
    tables = _district()
    tables["demographics"] = [{"sourcedId": "s1", "birthDate": "2010-02-03", "hispanicOrLatinoEthnicity": "true"}]
    file = read(tables)
    assert file.flags == {}
    assert "2010-02-03" not in repr(file)


# The sample


def test_the_sample_oneroster_gives_sections_to_nearly_all(data_folder):
    population = load_population(data_folder / "oneroster.zip", PopulationSpec(), seed=1)
    assert population.students == 180
    assert population.drawn["sections"] == 10
    assert population.drawn["lunch_eligible"] == 18


def test_a_oneroster_runs_through_the_years(data_folder):
    population = load_population(data_folder / "oneroster.zip", PopulationSpec(), seed=1)
    line = timeline(population, 3, np.full(population.schools, 22.0), seed=1)
    assert all((year.section >= 0).all() for year in line.years)
