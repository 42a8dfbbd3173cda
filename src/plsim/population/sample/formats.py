"""An invented district in every format that plsim reads; each reads back to the same students.

Files have the columns of the real ones as far as plsim reads them, and the columns of names and birth dates that it
passes over, filled with inventions.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plsim.core.calendar import GRADES, LAST_ELEMENTARY_GRADE
from plsim.population.nwea.reading import COMBINED_FILE, RESULTS_FILE, STUDENTS_FILE
from plsim.population.roster.reading import ROSTER_FILE
from plsim.population.sample.district import SampleDistrict, invented

if TYPE_CHECKING:
    import pandas as pd

Row = Sequence[object]
Tables = dict[str, tuple[Row, list[Row]]]
"""By file name: the header and the rows."""

TERM, TEST_DAY = "Fall 2024-2025", "9/17/2024"
_FIRST_DAY, _LAST_DAY = "2024-08-12", "2025-05-23"
_COURSES = ("Mathematics", "Reading")
_SUBJECTS = ("Mathematics", "Language Arts")
_TEST = (
    "Subject", "Course", "GrowthMeasureYN", "TestType", "TestName", "TestStartDate", "TestStartTime",
    "TestDurationMinutes", "TestRITScore", "TestStandardError", "TestPercentile",
)  # fmt: skip
_PERSON = ("StudentLastName", "StudentFirstName", "StudentMI", "StudentID", "StudentDateOfBirth", "StudentGender")
_STATUS = ("active", "")


def write_format(kind: str, folder: Path, *, schools: int = 4, students: int = 45) -> tuple[Path, ...]:
    """Write the invented district into a folder, in one format; the files that were written."""
    tables = FORMATS[kind](invented(schools=schools, students=students))
    folder.mkdir(parents=True, exist_ok=True)
    for name, (header, rows) in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerows(rows)
    return tuple(folder / name for name in tables)


def nwea(district: SampleDistrict) -> Tables:
    """NWEA's Comprehensive Data File: students and results in two files."""
    results: list[Row] = [(TERM, student, school, *test) for student, school, _, test in _tests(district)]
    listed: list[Row] = [
        (TERM, "Invented District", school, *_person(at, student), _grade(grade, kindergarten="13"))
        for at, student, school, grade in _students(district)
    ]
    return {
        RESULTS_FILE: (("TermName", "StudentID", "SchoolName", *_TEST), results),
        STUDENTS_FILE: (("TermName", "DistrictName", "SchoolName", *_PERSON, "Grade"), listed),
    }


def combined(district: SampleDistrict) -> Tables:
    """NWEA's Combined Data File: one file, a row for each test."""
    place = {student: at for at, student in enumerate(district.student)}
    rows: list[Row] = [
        (TERM, "Invented District", school, *_person(place[student], student), _grade(grade), *test)
        for student, school, grade, test in _tests(district)
    ]
    return {COMBINED_FILE: (("TermName", "DistrictName", "SchoolName", *_PERSON, "Grade", *_TEST), rows)}


def oneroster_1_1(district: SampleDistrict) -> Tables:
    """OneRoster 1.1 CSV."""
    return _oneroster(district, new=False)


def oneroster_1_2(district: SampleDistrict) -> Tables:
    """OneRoster 1.2 CSV: roles stand in a file of their own."""
    return _oneroster(district, new=True)


def roster(district: SampleDistrict) -> Tables:
    """One plain table."""
    table = frame(district)
    return {ROSTER_FILE: (tuple(table.columns), [tuple(row) for row in table.itertuples(index=False)])}


def frame(district: SampleDistrict) -> pd.DataFrame:
    """The same table in memory."""
    import pandas as pd

    return pd.DataFrame(
        {
            "student_id": district.student,
            "school": district.school,
            "grade": [_grade(grade) for grade in district.grade],
            "section_math": district.section[:, 0],
            "section_reading": district.section[:, 1],
            "teacher_math": district.teacher[:, 0],
            "teacher_reading": district.teacher[:, 1],
            "math_rit": district.rit[:, 0].astype(int),
            "reading_rit": district.rit[:, 1].astype(int),
            "lunch_eligible": ["yes" if each else "no" for each in district.lunch],
        }
    )


def _students(district: SampleDistrict) -> Iterator[tuple[int, str, str, int]]:
    yield from zip(
        range(len(district.student)), district.student, district.school, district.grade.tolist(), strict=True
    )


def _person(at: int, student: str) -> Row:
    return (f"Lastname{at}", f"Firstname{at}", "", student, "1/1/2012", "")


def _grade(grade: int, kindergarten: str = "K") -> str:
    return kindergarten if grade == 0 else GRADES[grade]


def _tests(district: SampleDistrict) -> Iterator[tuple[str, str, int, Row]]:
    for at, student, school, grade in _students(district):
        for index, course in enumerate(_COURSES):
            name = f"Growth: {course} {'K-2' if grade < 2 else '2-5' if grade < 6 else '6+'}"
            score, error = int(district.rit[at, index]), f"{district.error[at, index]:.1f}"
            yield student, school, grade, (
                _SUBJECTS[index], course, "TRUE", "Survey With Goals", name, TEST_DAY, "09:00:00", 50, score, error, 50,
            )  # fmt: skip


def _oneroster(district: SampleDistrict, *, new: bool) -> Tables:
    schools = {name: f"o{at}" for at, name in enumerate(dict.fromkeys(district.school))}
    users: list[Row] = []
    roles: list[Row] = []
    lunch: list[Row] = []
    classes: dict[str, Row] = {}
    enrollments: list[Row] = []
    teachers: dict[str, str] = {}

    def enroll(name: str, org: str, user: str, role: str) -> None:
        number, primary = f"e{len(enrollments)}", "true" if role == "teacher" else "false"
        enrollments.append((number, *_STATUS, name, org, user, role, primary, _FIRST_DAY, _LAST_DAY))

    def add(user: str, role: str, org: str, grade: str) -> None:
        person = (f"Given{len(users)}", f"Family{len(users)}")
        if new:
            users.append((user, *_STATUS, "true", user, *person, "", grade, org))
            roles.append((f"r{len(roles)}", *_STATUS, user, "primary", role, _FIRST_DAY, _LAST_DAY, org))
        else:
            users.append((user, *_STATUS, "true", org, role, user, *person, "", grade))

    for at, student, school, grade in _students(district):
        org = schools[school]
        add(student, "student", org, "KG" if grade == 0 else f"{grade:02d}")
        lunch.append((student, *_STATUS, "2012-01-01", "true" if district.lunch[at] else "false"))
        for index in (0,) if grade <= LAST_ELEMENTARY_GRADE else (0, 1):
            name, teacher = district.section[at, index], district.teacher[at, index]
            if name not in classes:
                kind = "homeroom" if grade <= LAST_ELEMENTARY_GRADE else "scheduled"
                title = f"Room {grade}" if kind == "homeroom" else f"{('Math', 'ELA')[index]} {grade}"
                course = "" if kind == "homeroom" else ("math", "ela")[index]
                classes[name] = (name, *_STATUS, title, "", course, "", kind, "", org, "y2025", "", "", "")
                if teacher not in teachers:
                    teachers[teacher] = org
                    add(teacher, "teacher", org, "")
                enroll(name, org, teacher, "teacher")
            enroll(name, org, student, "student")
    tables: Tables = {
        "manifest": (("propertyName", "value"), _manifest(new=new)),
        "orgs": (
            ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
            [("d", *_STATUS, "Invented District", "district", "", "")]
            + [(org, *_STATUS, name, "school", "", "d") for name, org in schools.items()],
        ),
        "academicSessions": (
            ("sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId",
             "schoolYear"),
            [("y2025", *_STATUS, "2024-2025", "schoolYear", _FIRST_DAY, _LAST_DAY, "", "2025")],
        ),
        "users": (
            ("sourcedId", "status", "dateLastModified", "enabledUser", "username", "givenName", "familyName",
             "identifier", "grades", "primaryOrgSourcedId")
            if new
            else ("sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username",
                  "givenName", "familyName", "identifier", "grades"),
            users,
        ),
        "courses": (
            ("sourcedId", "status", "dateLastModified", "title", "courseCode", "subjects", "subjectCodes"),
            [("math", *_STATUS, "Mathematics", "", "Mathematics", "02"), ("ela", *_STATUS, "ELA", "", "", "01001")],
        ),
        "classes": (
            ("sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
             "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods"),
            list(classes.values()),
        ),
        "enrollments": (
            ("sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
             "primary", "beginDate", "endDate"),
            enrollments,
        ),
        "demographics": (("sourcedId", "status", "dateLastModified", "birthDate", "metadata.lunch_eligible"), lunch),
    }  # fmt: skip
    if new:
        header = (
            "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
            "orgSourcedId",
        )  # fmt: skip
        tables["roles"] = (header, roles)
    return {f"{name}.csv": table for name, table in tables.items()}


def _manifest(*, new: bool) -> list[Row]:
    files = ("academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "users")
    version = "1.2" if new else "1.1"
    return [("manifest.version", "1.0"), ("oneroster.version", version), *((f"file.{name}", "bulk") for name in files)]


def both(*parts: Callable[[SampleDistrict], Tables]) -> Callable[[SampleDistrict], Tables]:
    """Several formats in one folder."""

    def tables(district: SampleDistrict) -> Tables:
        return {name: table for part in parts for name, table in part(district).items()}

    return tables


FORMATS: dict[str, Callable[[SampleDistrict], Tables]] = {
    "nwea": nwea,
    "combined": combined,
    "oneroster-1.1": oneroster_1_1,
    "oneroster-1.2": oneroster_1_2,
    "roster": roster,
    "nwea+oneroster": both(nwea, oneroster_1_1),
    "combined+oneroster": both(combined, oneroster_1_2),
}
"""What ``plsim sample`` writes, by name."""


def names(kinds: Iterable[str] = FORMATS) -> str:
    """The formats for a message."""
    return ", ".join(kinds)
