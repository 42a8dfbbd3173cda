"""OneRoster in time: which day decides, who is there on it, and what is left out and counted."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from plsim.core.errors import PopulationError
from plsim.population import read_students
from plsim.population.options import StudentFiles
from plsim.population.student_file import StudentFile

Tables = dict[str, list[dict[str, str]]]
MATH = 0


def district() -> Tables:
    """Last year's class and teacher, this year's, and twenty students who were in both."""
    tables: Tables = {
        "orgs": [{"sourcedId": "oak", "name": "Oak", "type": "school"}],
        "academicSessions": [session("Y24", "2023-08-14", "2024-05-24"), session("Y25", "2024-08-12", "2025-06-30")],
        "users": [user(f"t{n}", "teacher", "") for n in range(3)],
        "classes": [
            {"sourcedId": "m24", "schoolSourcedId": "oak", "title": "Math 3", "termSourcedIds": "Y24", "status": ""},
            {"sourcedId": "m25", "schoolSourcedId": "oak", "title": "Math 4", "termSourcedIds": "Y25", "status": ""},
        ],
        "enrollments": [],
    }  # fmt: skip
    for n in range(20):
        tables["users"].append(user(f"s{n}", "student", "04"))
        tables["enrollments"] += [
            row("m24", f"s{n}", begin="2023-08-14", end="2024-05-24"),
            row("m25", f"s{n}", begin="2024-08-12", end="2025-05-23"),
        ]
    tables["enrollments"] += [
        row("m24", "t0", "teacher", begin="2023-08-14", end="2024-05-24"),
        row("m25", "t1", "teacher", begin="2024-08-12", end="2025-05-23"),
    ]
    return tables


def row(
    class_: str, who: str, role: str = "student", begin: str = "", end: str = "", status: str = ""
) -> dict[str, str]:
    ids = {"classSourcedId": class_, "userSourcedId": who, "role": role}
    return {**ids, "beginDate": begin, "endDate": end, "status": status}


def user(name: str, role: str, grades: str) -> dict[str, str]:
    told = {"sourcedId": name, "role": role, "grades": grades, "orgSourcedIds": "oak"}
    return {**told, "status": "", "enabledUser": ""}


def session(name: str, start: str, end: str, kind: str = "schoolYear") -> dict[str, str]:
    return {"sourcedId": name, "type": kind, "startDate": start, "endDate": end, "schoolYear": end[:4]}


def read(folder: Path, tables: Tables, **options: object) -> StudentFile:
    place = folder / "oneroster"
    place.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return read_students(StudentFiles(place, **options))


def seats(file: StudentFile) -> set[tuple[str, str]]:
    """Class and teacher of mathematics, as far as anybody has them."""
    return set(zip(file.section[:, MATH], file.teacher[:, MATH], strict=True))


def test_last_years_class_and_teacher_do_not_beat_this_years(tmp_path):
    file = read(tmp_path, district())
    assert seats(file) == {("m25", "t1")}
    assert file.rows["enrollments in classes of terms that are over"] == 21
    assert "Who is enrolled: as of 2025-05-22, at the end of the latest school year in the file." in file.remarks


def test_a_day_that_is_asked_for_decides(tmp_path):
    file = read(tmp_path, district(), as_of=dt.date(2024, 1, 10))
    assert seats(file) == {("m24", "t0")}
    assert file.rows["enrollments that are still to come"] == 21


def test_without_sessions_the_enrollments_dates_decide(tmp_path):
    tables = district()
    del tables["academicSessions"]
    file = read(tmp_path, tables)
    assert seats(file) == {("m25", "t1")}
    assert file.rows["enrollments that have ended"] == 21


def test_american_dates_are_dates(tmp_path):
    tables = district()
    for each in tables["enrollments"]:
        for name in ("beginDate", "endDate"):
            year, month, day = each[name].split("-")
            each[name] = f"{int(month)}/{int(day)}/{year}"
    assert seats(read(tmp_path, tables)) == {("m25", "t1")}


def test_what_is_no_date_is_refused_with_its_row(tmp_path):
    tables = district()
    tables["enrollments"][3]["endDate"] = "2025-13-01"
    with pytest.raises(PopulationError, match=r"enrollments\.csv: row 5, endDate: .* Allowed: a date"):
        read(tmp_path, tables)


def test_a_class_has_the_teacher_who_is_there_now(tmp_path):
    tables = district()
    tables["enrollments"][-1]["endDate"] = "2024-08-30"
    tables["enrollments"].append(row("m25", "t2", "teacher", begin="2024-09-02", end="2025-05-23"))
    assert seats(read(tmp_path, tables)) == {("m25", "t2")}
    assert seats(read(tmp_path, tables, as_of=dt.date(2024, 8, 20))) == {("m25", "t1")}


def test_who_has_left_is_no_student_and_is_counted(tmp_path):
    tables = district()
    for each in tables["enrollments"]:
        if each["userSourcedId"] in {"s3", "s4"} and each["classSourcedId"] == "m25":
            each["endDate"] = "2024-10-01"
    file = read(tmp_path, tables)
    assert len(file.student_id) == 18
    assert file.rows["students whose enrollments do not hold on that day"] == 2


@pytest.mark.parametrize(
    "status", ["inactive", "Inactive", " INACTIVE ", "tobedeleted", "ToBeDeleted", "to be deleted", "Deleted"]
)
def test_what_is_not_active_is_left_out_however_it_is_spelt(tmp_path, status):
    tables = district()
    tables["users"][5]["status"] = status
    tables["enrollments"][1]["status"] = status
    file = read(tmp_path, tables)
    assert len(file.student_id) == 18
    assert file.rows["users that are not active"] == 1
    assert file.rows["enrollments that are not active"] == 1
    assert file.rows["enrollments of users who are not active"] == 2


@pytest.mark.parametrize("status", ["active", "Active", " ACTIVE ", ""])
def test_what_is_active_stays_however_it_is_spelt(tmp_path, status):
    tables = district()
    for each in (*tables["users"], *tables["enrollments"]):
        each["status"] = status
    assert len(read(tmp_path, tables).student_id) == 20


def test_a_status_that_nobody_knows_is_refused(tmp_path):
    tables = district()
    tables["users"][0]["status"] = "maybe"
    with pytest.raises(PopulationError, match=r"users\.csv: row 2, status: .* Allowed: active, inactive, tobedeleted"):
        read(tmp_path, tables)


def test_disabled_users_are_left_out_and_counted(tmp_path):
    tables = district()
    tables["users"][7]["enabledUser"] = "FALSE"
    file = read(tmp_path, tables)
    assert len(file.student_id) == 19
    assert file.rows["users that are disabled"] == 1


def test_a_class_of_the_first_semester_counts_for_who_has_no_other(tmp_path):
    tables = district()
    tables["academicSessions"] += [
        session("S1", "2024-08-12", "2025-01-10", "semester"),
        session("S2", "2025-01-13", "2025-05-23", "semester"),
    ]
    tables["classes"] += [
        {"sourcedId": name, "schoolSourcedId": "oak", "title": title, "termSourcedIds": term, "status": ""}
        for name, title, term in (("r1", "ELA 4", "S1"), ("x2", "Math 4", "S1"))
    ]
    tables["enrollments"] += [
        row("r1", "s1", end="2025-01-10"),
        row("x2", "s1", end="2025-01-10"),
        row("r1", "s2", end="2024-09-15"),
    ]
    file = read(tmp_path, tables)
    section = dict(zip(file.student_id, file.section.tolist(), strict=True))
    assert section["s1"] == ["m25", "r1"]
    assert section["s2"] == ["m25", ""]


def test_next_years_empty_session_is_not_the_latest_year(tmp_path):
    tables = district()
    tables["academicSessions"].append(session("Y26", "2025-08-11", "2026-05-22"))
    tables["enrollments"].append(row("m25", "s0", begin="2025-08-11", end="2026-05-22"))
    assert seats(read(tmp_path, tables)) == {("m25", "t1")}


@pytest.mark.parametrize("name", ["users", "enrollments", "classes"])
def test_a_delta_is_refused_with_the_way_forward(tmp_path, name):
    tables = district() | {"manifest": [{"propertyName": f"file.{name}", "value": "delta"}]}
    with pytest.raises(PopulationError, match=rf"manifest\.csv: says delta for {name}.* bulk \(full\) export"):
        read(tmp_path, tables)


def test_a_bulk_manifest_is_fine(tmp_path):
    tables = district() | {"manifest": [{"propertyName": "file.users", "value": "bulk"}]}
    assert len(read(tmp_path, tables).student_id) == 20


def test_references_that_differ_in_capitals_braces_or_blanks_join(tmp_path):
    tables = district()
    for each in tables["enrollments"]:
        each["userSourcedId"] = f" {{{each['userSourcedId'].upper()}}} "
        each["classSourcedId"] = each["classSourcedId"].upper()
    assert seats(read(tmp_path, tables)) == {("m25", "t1")}


def test_an_optional_file_that_cannot_be_read_costs_what_it_says_and_not_the_run(tmp_path):
    tables = district() | {"demographics": [{"id": "s1", "metadata.frl": "yes"}]}
    file = read(tmp_path, tables)
    assert len(file.student_id) == 20
    assert "lunch_eligible" not in file.flags
    assert any("demographics.csv cannot be read, and what it says is missing." in each for each in file.warnings)


def test_a_column_that_looks_like_lunch_eligibility_is_not_passed_over(tmp_path):
    tables = district() | {"demographics": [{"sourcedId": "s1", "metadata.FRLStatus": "F"}]}
    with pytest.raises(PopulationError, match=r"'metadata\.FRLStatus' looks like 'metadata\.lunch_eligible'"):
        read(tmp_path, tables)


def test_enrollments_of_which_nearly_none_can_be_used_are_an_error(tmp_path):
    tables = district()
    for each in tables["enrollments"]:
        each["classSourcedId"] = "elsewhere"
    with pytest.raises(
        PopulationError, match=r"enrollments\.csv: 42 of 42 rows cannot be used: 42 in classes that are not listed"
    ):
        read(tmp_path, tables)


def test_seats_of_which_most_find_no_partner_are_a_doubt(tmp_path):
    tables = district()
    for each in tables["enrollments"][:32]:
        each["classSourcedId"] = "elsewhere"
    file = read(tmp_path, tables, as_of=dt.date(2024, 9, 10))
    assert "16 of 20 enrollments of students are in classes, or of users, that are not listed" in file.doubts[0]
    assert read(tmp_path, district()).doubts == ()


def test_students_in_no_class_on_the_day_are_a_doubt(tmp_path):
    tables = district()
    tables["enrollments"] = [
        each for each in tables["enrollments"] if each["userSourcedId"] in {"s0", "s1", "t0", "t1"}
    ]
    file = read(tmp_path, tables)
    assert any("18 of 20 students are enrolled in no class on 2025-05-22" in doubt for doubt in file.doubts)


def test_ended_rows_and_their_order_change_nobody(tmp_path):
    plain = read(tmp_path, district())
    tables = district()
    tables["enrollments"] += [row("m24", f"s{n}", begin="2022-08-15", end="2023-05-26") for n in range(20)]
    tables["enrollments"].reverse()
    tables["users"].reverse()
    other = read(tmp_path, tables)
    places = {name: at for at, name in enumerate(other.student_id)}
    for at, name in enumerate(plain.student_id):
        assert plain.section[at].tolist() == other.section[places[name]].tolist()
        assert plain.teacher[at].tolist() == other.teacher[places[name]].tolist()
