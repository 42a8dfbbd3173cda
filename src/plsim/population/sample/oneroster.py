"""The invented district's OneRoster: the same students as in its NWEA export, with classes and teachers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from plsim.core.calendar import GRADES, LAST_ELEMENTARY_GRADE
from plsim.population.model import Population

Row = tuple[object, ...]
Table = tuple[Sequence[str], list[Row]]

_STATUS = ("", "")
_FIRST_DAY, _LAST_DAY = "2022-08-15", "2023-05-31"
_HEADERS: dict[str, Sequence[str]] = {
    "manifest": ("propertyName", "value"),
    "orgs": ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
    "users": (
        "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds",
        "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades",
        "password",
    ),
    "courses": (
        "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
        "orgSourcedId", "subjects", "subjectCodes",
    ),
    "classes": (
        "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "enrollments": (
        "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
        "primary", "beginDate", "endDate",
    ),
    "demographics": (
        "sourcedId", "status", "dateLastModified", "birthDate", "sex", "hispanicOrLatinoEthnicity",
        "metadata.lunch_eligible",
    ),
}  # fmt: skip


def oneroster_tables(population: Population) -> dict[str, Table]:
    """The tables of an invented OneRoster 1.1, by file name without ``.csv``."""
    rows: dict[str, list[Row]] = {name: [] for name in _HEADERS}
    rows["manifest"] = [("oneroster.version", "1.1"), ("source.systemName", "Invented")]
    rows["orgs"] = [("district", *_STATUS, "Invented District", "district", "", "")]
    rows["courses"] = [
        ("course-math", *_STATUS, "", "Mathematics", "", "", "district", "Mathematics", ""),
        ("course-ela", *_STATUS, "", "English Language Arts", "", "", "district", "", "01001"),
        ("course-science", *_STATUS, "", "Science", "", "", "district", "Science", "03"),
    ]
    for school in range(population.schools):
        rows["orgs"].append(
            (f"org{school}", *_STATUS, f"Invented School {school + 1}", "school", f"{school + 1:03d}", "district")
        )
    _add_people(population, rows)
    return {name: (_HEADERS[name], rows[name]) for name in _HEADERS}


def _add_people(population: Population, rows: dict[str, list[Row]]) -> None:
    teachers: set[str] = set()
    classes: dict[str, None] = {}
    seen: dict[tuple[int, int], int] = {}

    def enroll(name: str, school: int, user: str, role: str, primary: str = "") -> None:
        number = len(rows["enrollments"])
        rows["enrollments"].append(
            (f"e{number}", *_STATUS, name, f"org{school}", user, role, primary, _FIRST_DAY, _LAST_DAY)
        )

    def teach(name: str, school: int, teacher: str, primary: str = "true") -> None:
        if teacher not in teachers:
            teachers.add(teacher)
            given, family = f"Teachfirst{len(teachers)}", f"Teachlast{len(teachers)}"
            rows["users"].append(
                (teacher, *_STATUS, "true", f"org{school}", "teacher", teacher, "", given, family, "", "",
                 f"{given}.{family}@invented.example", "", "", "", "", "")
            )  # fmt: skip
        enroll(name, school, teacher, "teacher", primary)

    def hold(name: str, school: int, course: str, kind: str, title: str) -> None:
        if name not in classes:
            classes[name] = None
            rows["classes"].append(
                (name, *_STATUS, title, "", course, "", kind, "", f"org{school}", "year", "", "", "")
            )
            number = len(classes)
            if number % 11 == 3:
                return  # nobody is named
            subject = "math" if course == "course-math" else "ela" if course == "course-ela" else name
            # One mathematics teacher serves the last two schools.
            shared = course == "course-math" and school >= population.schools - 2
            teach(name, school, "t-shared" if shared else f"t-{school}-{subject}")
            if number % 7 == 2:
                teach(name, school, f"t-{school}-co", "false")

    for index, grade in enumerate(population.grade):
        school, user = int(population.school[index]), f"u{index:05d}"
        group = (school, int(grade))
        seen[group] = seen.get(group, 0) + 1
        label = f"{school}-{GRADES[grade]}{'AB'[seen[group] % 2]}"
        rows["users"].append(
            (user, *_STATUS, "true", f"org{school}", "student", user, "", f"Firstname{index}", f"Lastname{index}", "",
             f"X{index:05d}", f"Firstname{index}@invented.example", "", "", "", "KG" if grade == 0 else f"{grade:02d}",
             "")
        )  # fmt: skip
        rows["demographics"].append(
            (
                user,
                *_STATUS,
                "2010-01-01",
                "",
                "",
                "" if index % 10 == 9 else str(population.lunch_eligible[index]).lower(),
            )
        )
        if index % 40 == 17:
            continue  # in no class
        if grade <= LAST_ELEMENTARY_GRADE:
            hold(f"home-{label}", school, "", "homeroom", f"Room {label}")
            enroll(f"home-{label}", school, user, "student")
        else:
            hold(f"math-{label}", school, "course-math", "scheduled", "Math")
            hold(f"ela-{label}", school, "course-ela", "scheduled", "ELA")
            hold(f"science-{label}", school, "course-science", "scheduled", "Science")
            for kind in ("math", "ela", "science"):
                enroll(f"{kind}-{label}", school, user, "student")
        if index % 12 == 5:
            hold(f"support-{school}", school, "", "scheduled", "Reading Support")
            enroll(f"support-{school}", school, user, "student")


def write_zip(path: Path, tables: dict[str, Table]) -> None:
    """Write tables as CSV files into a zip that has the same bytes every time."""
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, (header, rows) in tables.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2022, 9, 1, 0, 0, 0)), _text(header, rows))


def _text(header: Sequence[str], rows: Iterable[Row]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
