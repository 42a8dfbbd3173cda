"""Which class becomes a student's section, and who is its teacher; and the students of a OneRoster alone.

A class serves a subject by its subject codes, else its subjects, else its title, each the class's own before its
course's. A homeroom of which none of these says anything serves both subjects of students up to grade 5.

- A student in several classes of a subject sits in the first by: any class before a homeroom that nothing says the
  subject of; the student's own school before another; scheduled before homeroom; the earlier begin; the larger class;
  the smaller id. The own school is that of most of the student's classes.
- A class of several teachers has the one marked as primary, else the one with the smallest id.
- A class without a teacher has somebody of its own, whom no other class has.
- A teacher in two schools is two teachers, with a load in each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.arrays import Int16s, Labels
from plsim.core.calendar import FALL_WEEK, LAST_ELEMENTARY_GRADE, SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.cells import ONEROSTER_GRADES, as_flag, as_grade
from plsim.population.fates import Rows
from plsim.population.oneroster import ID, OneRoster, looked_up
from plsim.population.student_file import StudentFile, check_size, no_labels

if TYPE_CHECKING:
    import pandas as pd

_OUTSIDE = frozenset({"", "IT", "PR", "PK", "TK", "13", "PS", "UG", "OTHER"})
"""Grades that OneRoster knows and the norms do not."""
_LUNCH_WORDS = {"free": True, "reduced": True, "paid": False}


def with_oneroster(students: StudentFile, roster: OneRoster) -> StudentFile:
    """The students with sections, teachers and lunch eligibility of a OneRoster, joined by student id.

    Ids are looked for among ``sourcedId`` and among ``identifier``; the column that knows more students is used.
    """
    sheet, users = roster.sheets["users"], roster.users
    ids = students.student_id.astype(str)
    known = {column: users[users[column] != ""] for column in (ID, "identifier")}
    column = max(known, key=lambda name: int(np.isin(ids, known[name][name].to_numpy(dtype=str)).sum()))
    table = known[column]
    if not np.isin(ids, table[column].to_numpy(dtype=str)).any():
        stripped = {user.lstrip("0") for name in known for user in known[name][name]}
        zeros = any(student.lstrip("0") in stripped for student in ids)
        fix = "Leading zeros of ids differ" if zeros else "Students are joined by sourcedId or identifier"
        raise PopulationError(sheet.where, "", "holds none of the students of the export", fix=fix)
    twice = table[column].duplicated(keep=False)
    shared = set(table.loc[twice, column]) & set(ids)
    if shared:
        row = sheet.fates.row(int(_rows(table[twice & table[column].isin(shared)])[-1]))
        problem = "two users with the identifier of one student"
        raise PopulationError(sheet.where, f"row {row}, {column}", problem, allowed="one user each")
    user_of = dict(zip(table[column], table[ID], strict=True))
    user = np.array([user_of.get(student, "") for student in ids], dtype=object)
    return _joined(students, roster, user)


def students_of(roster: OneRoster) -> StudentFile:
    """The students of a OneRoster alone: those from kindergarten to grade 12 who have a school."""
    sheet = roster.sheets["users"]
    rows = roster.enrollments
    enrolled = rows.loc[rows["role"].str.lower() == "student", "userSourcedId"]
    is_student = (roster.users["role"].str.lower() == "student") | roster.users[ID].isin(enrolled)
    students = roster.users[is_student]
    outside = students["grades"].str.upper().isin(list(_OUTSIDE))
    sheet.fates.decide(_rows(students[outside]), "students of grades without norms")
    students = students[~outside]
    school = _own_schools(students, roster)
    sheet.fates.decide(_rows(students[school == ""]), "students without a school")
    students, school = students[school != ""], school[school != ""]
    grade = as_grade(sheet, students["grades"].set_axis(_rows(students)), ONEROSTER_GRADES)
    roster.problems.stop_if_any()
    check_size(roster.where, len(students))
    alone = StudentFile(
        source="OneRoster",
        student_id=students[ID].to_numpy(dtype=object),
        school=school.map(roster.schools).to_numpy(dtype=object),
        grade=grade,
        rit=np.full((len(students), len(SUBJECTS)), np.nan),
        week=FALL_WEEK,
        row=_rows(students),
    )
    joined = _joined(alone, roster, alone.student_id)
    # The students' own file comes first.
    fates = sorted(joined.fates, key=lambda fate: fate is not sheet.fates)
    return replace(joined, source="OneRoster", fates=tuple(fates))


def _joined(students: StudentFile, roster: OneRoster, user: Labels) -> StudentFile:
    """The students with their sections; ``user`` is each one's ``sourcedId``, empty for who is not there."""
    seats = _student_seats(roster, user, students.grade)
    used = seats["classSourcedId"].unique()
    teacher = _teachers(roster, used)
    place = {name: index for index, name in enumerate(user) if name}
    section, teachers = no_labels(len(user)), no_labels(len(user))
    at = seats["userSourcedId"].map(place).to_numpy(dtype=np.int64)
    subject = seats["subject"].to_numpy(dtype=np.int64)
    section[at, subject] = seats["classSourcedId"].to_numpy()
    teachers[at, subject] = looked_up(seats["classSourcedId"], teacher).to_numpy()
    flags = dict(students.flags)
    if roster.lunch is not None and "lunch_eligible" not in flags:
        flags["lunch_eligible"] = _lunch(roster, user)
    _decide_rest(roster, user, used, teacher)
    school_of = {str(label): name for label, name in zip(section.ravel(), np.repeat(students.school, 2), strict=True)}
    schools_of: dict[str, set[str]] = {}
    for label, name in teacher.items():
        schools_of.setdefault(name, set()).add(school_of[label])
    notes = {
        "students without a OneRoster user": int((user == "").sum()),
        "sections without a teacher used": len(used) - len(teacher),
        "teachers in two schools used": sum(len(found) > 1 for found in schools_of.values()),
    }
    return replace(
        students,
        source=f"{students.source}, with sections from OneRoster",
        section=section,
        teacher=teachers,
        flags=flags,
        fates=(*students.fates, *roster.fates),
        notes=students.notes | notes,
    )


def _student_seats(roster: OneRoster, user: Labels, grade: Int16s) -> pd.DataFrame:
    """One row for each student and subject that has a class: userSourcedId, classSourcedId, subject."""
    import pandas as pd

    sheet, rows = roster.sheets["enrollments"], roster.enrollments
    role = rows["role"].str.lower()
    sheet.fates.decide(sheet.rows(rows[~role.isin(["student", "teacher"])]), "enrollments of other roles")
    lost = ~rows["classSourcedId"].isin(roster.classes.index)
    sheet.fates.decide(sheet.rows(rows[lost]), "enrollments in classes that are not listed")
    own = rows[(role == "student") & ~lost]
    nobody = ~own["userSourcedId"].isin(list(user[user != ""]))
    sheet.fates.decide(sheet.rows(own[nobody]), "enrollments of students not in the population")
    own = own[~nobody]
    classes = roster.classes.loc[own["classSourcedId"]]
    grade_of = dict(zip(user, grade, strict=True))
    young = own["userSourcedId"].map(grade_of).to_numpy(dtype=np.int64) <= LAST_ELEMENTARY_GRADE
    homeroom = classes["homeroom"].to_numpy(dtype=bool)
    unsaid = homeroom & ~classes["decided"].to_numpy(dtype=bool)
    own_school = looked_up(own["userSourcedId"], _most_classes(roster))
    own = own.assign(
        unsaid=unsaid,
        elsewhere=classes["schoolSourcedId"].to_numpy() != own_school.to_numpy(),
        homeroom=homeroom,
        smaller=-own.groupby("classSourcedId")["userSourcedId"].transform("size"),
        row=own.index,
    )
    found = []
    order = ["unsaid", "elsewhere", "homeroom", "beginDate", "smaller", "classSourcedId"]
    for subject, name in enumerate(SUBJECTS):
        serving = own[classes[f"serves_{name}"].to_numpy(dtype=bool) | (unsaid & young)]
        first = serving.sort_values(order, kind="stable").drop_duplicates("userSourcedId")
        found.append(first.assign(subject=subject))
        sheet.fates.decide(sheet.rows(serving), "further classes of a student in a subject")
    seats: pd.DataFrame = pd.concat(found)
    sheet.fates.decide(seats["row"].to_numpy(dtype=np.int64), "enrollments used")
    undecided = own[sheet.fates.code[sheet.rows(own)] < 0]
    sheet.fates.decide(sheet.rows(undecided), "enrollments in other subjects")
    return seats


def _most_classes(roster: OneRoster) -> dict[str, str]:
    """The school in which each user has most classes; of equals the smallest id."""
    rows = roster.enrollments[roster.enrollments["role"].str.lower() == "student"]
    school_of = dict(zip(roster.classes[ID], roster.classes["schoolSourcedId"], strict=True))
    school = looked_up(rows["classSourcedId"], school_of)
    rows = rows.assign(school=school)[school.isin(list(roster.schools)).to_numpy()]
    counts = rows.groupby(["userSourcedId", "school"], sort=True).size().reset_index(name="count")
    most = counts.sort_values("count", ascending=False, kind="stable").drop_duplicates("userSourcedId")
    return dict(zip(most["userSourcedId"], most["school"], strict=True))


def _own_schools(students: pd.DataFrame, roster: OneRoster) -> pd.Series[str]:
    """The school of most of a student's classes, else the first school that ``users.csv`` names; empty for none."""
    most = _most_classes(roster)

    def listed(orgs: str) -> str:
        return next((org.strip() for org in orgs.split(",") if org.strip() in roster.schools), "")

    found = looked_up(students[ID], most)
    return found.where(found != "", students["orgSourcedIds"].map(listed))


def _teachers(roster: OneRoster, used: Labels) -> dict[str, str]:
    """The teacher of each class that is used and has one."""
    sheet, rows = roster.sheets["enrollments"], roster.enrollments
    teaching = rows[(rows["role"].str.lower() == "teacher") & rows["classSourcedId"].isin(roster.classes.index)]
    here = teaching["classSourcedId"].isin(list(used))
    sheet.fates.decide(sheet.rows(teaching[~here]), "teachers of other classes")
    teaching = teaching[here]
    column = teaching["primary"].set_axis(sheet.rows(teaching))
    not_primary = as_flag(sheet, column) != 1.0
    roster.problems.stop_if_any()
    ordered = teaching.assign(not_primary=not_primary, row=teaching.index).sort_values(
        ["classSourcedId", "not_primary", "userSourcedId"], kind="stable"
    )
    further = ordered.duplicated("classSourcedId")
    sheet.fates.decide(sheet.rows(ordered[further]), "further teachers of a class")
    first = ordered[~further]
    sheet.fates.decide(sheet.rows(first), "enrollments used")
    return dict(zip(first["classSourcedId"], first["userSourcedId"], strict=True))


def _lunch(roster: OneRoster, user: Labels) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Lunch eligibility of each student, nan where nothing says it."""
    assert roster.lunch is not None
    sheet = roster.sheets["demographics"]
    values = as_flag(sheet, roster.lunch[roster.lunch.columns[1]], _LUNCH_WORDS)
    roster.problems.stop_if_any()
    told = dict(zip(roster.lunch[ID], values, strict=True))
    return np.array([told.get(name, np.nan) for name in user])


def _rows(table: pd.DataFrame) -> Rows:
    """The rows of the file (0-based) that users or classes stand in."""
    rows: Rows = table["row"].to_numpy(dtype=np.int64)
    return rows


def _decide_rest(roster: OneRoster, user: Labels, used: Labels, teacher: dict[str, str]) -> None:
    """What became of users and classes."""
    users, classes = roster.sheets["users"], roster.sheets["classes"]
    here = roster.users[ID].isin([*user, *teacher.values()])
    users.fates.decide(_rows(roster.users[here]), "users used")
    users.fates.rest("users not needed")
    serves = roster.classes["serves_math"] | roster.classes["serves_reading"] | ~roster.classes["decided"]
    sat_in = roster.classes.index.isin(list(used))
    classes.fates.decide(_rows(roster.classes[sat_in]), "classes used")
    classes.fates.decide(_rows(roster.classes[~sat_in & ~serves]), "classes in other subjects")
    classes.fates.rest("classes in which nobody sits for a subject")
