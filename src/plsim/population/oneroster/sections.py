"""Which class becomes a student's section, and who is its teacher; and the students of a OneRoster alone.

A class serves a subject by a person's decision, by its subject codes, its subjects, or its title, each the class's own
before its course's. A homeroom, or another class of all subjects, of which nothing says the subject serves both
subjects of students up to grade 5.

- A student in several classes of a subject sits in the first by: a class of the subject before one of all subjects; the
  subject proper before laboratories, support and electives; a class whose term is not over; the student's own school
  before another; scheduled before homeroom; the earlier begin; the larger class; the smaller id. The own school is that
  of most of the student's classes.
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
from plsim.population.oneroster.activity import Day, on_day
from plsim.population.oneroster.reading import ID, OneRoster, looked_up
from plsim.population.options import ReadOptions
from plsim.population.student_file import StudentFile, check_size, no_labels
from plsim.population.tables.cells import ONEROSTER_GRADES, as_flag, as_grade, date_of, outside_norms
from plsim.population.tables.dispositions import Rows
from plsim.population.tables.ids import Partners, complain_of_spoiled_ids, partners, told_of

if TYPE_CHECKING:
    import pandas as pd

_ID_COLUMNS = (ID, "identifier", "userMasterIdentifier")
_MOST_ALONE = 0.5
"""From this share on without a partner, the files are probably not those of one district and year."""


def with_oneroster(students: StudentFile, roster: OneRoster, options: ReadOptions) -> StudentFile:
    """The students with sections, teachers and flags of a OneRoster, joined by student id.

    Ids are looked for among ``sourcedId``, ``identifier`` and ``userMasterIdentifier``; the column that knows more
    students is used. Ids that are not written alike are joined where that is unique, and told.
    """
    sheet, users = roster.sheets["users"], roster.users
    ids = students.student_id.astype(str)
    columns = [name for name in _ID_COLUMNS if name in users]
    found = {name: partners(ids, users[name]) for name in columns}
    column = max(columns, key=lambda name: (len(found[name].of), -found[name].by_key - found[name].by_zeros))
    if column != ID:
        complain_of_spoiled_ids(sheet, users[column].set_axis(_rows(users)))
        roster.problems.stop_if_any()
    if not found[column].of:
        fix = f"Students are joined by {', '.join(columns)}"
        raise PopulationError(sheet.where, "", "holds none of the students of the export", fix=fix)
    meant = set(found[column].of.values())
    twice = users[column].duplicated(keep=False) & users[column].isin(list(meant))
    if twice.any():
        row = sheet.dispositions.row(int(_rows(users[twice])[-1]))
        problem = "two users with the identifier of one student"
        raise PopulationError(sheet.where, f"row {row}, {column}", problem, allowed="one user each")
    user_of = dict(zip(users[column], users[ID], strict=True))
    user = np.array([user_of.get(found[column].of.get(each, ""), "") for each in ids], dtype=object)
    roster, day = on_day(roster, options, students.day)
    return _joined(students, roster, user, day, found[column])


def students_of(roster: OneRoster, options: ReadOptions) -> StudentFile:
    """The students of a OneRoster alone: those from kindergarten to grade 12 who have a school and are enrolled."""
    sheet = roster.sheets["users"]
    every = roster.enrollments
    ever = set(every.loc[every["role"].str.lower() == "student", "userSourcedId"])
    roster, day = on_day(roster, options, None)
    rows = roster.enrollments
    now = set(rows.loc[rows["role"].str.lower() == "student", "userSourcedId"])
    is_student = (roster.users["role"].str.lower() == "student") | roster.users[ID].isin(list(ever))
    students = roster.users[is_student]
    left = students[ID].isin(list(ever - now))
    sheet.dispositions.leave_out(_rows(students[left]), "students whose enrollments do not hold on that day")
    students = students[~left]
    told = students["grades"] != ""
    sheet.dispositions.leave_out(_rows(students[~told]), "students without a grade")
    students = students[told]
    grade = as_grade(sheet, students["grades"].set_axis(_rows(students)), ONEROSTER_GRADES)
    outside = outside_norms(grade)
    sheet.dispositions.leave_out(_rows(students[outside]), "students of grades without norms")
    students, grade = students[~outside], grade[~outside]
    school = _own_schools(students, roster)
    nowhere = (school == "").to_numpy()
    sheet.dispositions.leave_out(_rows(students[nowhere]), "students without a school")
    lost = f"{roster.where}: {int(nowhere.sum()):,} of {len(students):,} students have neither a class nor a school."
    doubts = (lost,) if nowhere.sum() > _MOST_ALONE * len(students) else ()
    students, school, grade = students[~nowhere], school[~nowhere], grade[~nowhere]
    roster.problems.stop_if_any()
    check_size(roster.where, len(students), (sheet.dispositions,), _how_to_choose(day))
    alone = StudentFile(
        source="OneRoster",
        student_id=students[ID].to_numpy(dtype=object),
        school=school.map(roster.schools).to_numpy(dtype=object),
        grade=grade,
        rit=np.full((len(students), len(SUBJECTS)), np.nan),
        week=FALL_WEEK,
        row=_rows(students),
        doubts=doubts,
    )
    joined = _joined(alone, roster, alone.student_id, day, Partners({}, 0, 0))
    # The students' own file comes first.
    dispositions = sorted(joined.dispositions, key=lambda each: each is not sheet.dispositions)
    return replace(joined, source="OneRoster", dispositions=tuple(dispositions))


def _how_to_choose(day: Day) -> str:
    return f"Who is enrolled was asked for {date_of(day.day)}: --as-of names another day" if day.day is not None else ""


def _joined(students: StudentFile, roster: OneRoster, user: Labels, day: Day, found: Partners) -> StudentFile:
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
    for name, told in roster.flags.items():
        if name not in flags:
            flags[name] = np.array([told.get(each, np.nan) for each in user])
    _decide_rest(roster, user, used, teacher)
    notes = {
        "students without a OneRoster user": int((user == "").sum()),
        "sections without a teacher used": len(used) - len(teacher),
        "teachers in two schools used": _in_two_schools(section, students.school, teacher),
    }
    remarks = (*students.remarks, *roster.remarks, day.remark, *told_of(found))
    return replace(
        students,
        source=f"{students.source}, with sections from OneRoster",
        section=section,
        teacher=teachers,
        flags=flags,
        dispositions=(*students.dispositions, *roster.dispositions),
        notes=students.notes | notes,
        remarks=remarks,
        warnings=(*students.warnings, *roster.warnings, *([day.warning] if day.warning else [])),
        doubts=(*students.doubts, *_doubts(roster, user, section, day)),
        titles=roster.titles,
    )


def _doubts(roster: OneRoster, user: Labels, section: Labels, day: Day) -> list[str]:
    """What says that most seats found no partner."""
    found = []
    missing, everybody = int((user == "").sum()), len(user)
    if missing > _MOST_ALONE * everybody:
        found.append(f"{roster.where}: {missing:,} of {everybody:,} students of the export are not in the OneRoster.")
    rows = roster.enrollments
    own = rows[(rows["role"].str.lower() == "student")]
    lost = ~own["classSourcedId"].isin(roster.classes.index) | ~own["userSourcedId"].isin(roster.users.index)
    if lost.sum() > _MOST_ALONE * max(len(own), 1):
        found.append(
            f"{roster.where}: {int(lost.sum()):,} of {len(own):,} enrollments of students are in classes, or of users, "
            "that are not listed."
        )
    here = user != ""
    seated = (section != "").any(axis=1) & here
    enrolled = np.isin(user[here].astype(str), own["userSourcedId"].to_numpy(dtype=str))
    if here.any() and not found and (~enrolled).sum() > _MOST_ALONE * here.sum():
        when = f" on {date_of(day.day)}" if day.day is not None else ""
        count = f"{int((~enrolled).sum()):,} of {int(here.sum()):,} students"
        found.append(f"{roster.where}: {count} are enrolled in no class{when}. --as-of names another day.")
    elif here.any() and not found and seated.sum() < (1.0 - _MOST_ALONE) * here.sum():
        count = f"{int((here & ~seated).sum()):,} of {int(here.sum()):,} students"
        found.append(
            f"{roster.where}: {count} sit in no class that teaches mathematics or reading, as far as codes, subjects "
            "and titles say. --subjects FILE says what titles teach."
        )
    return found


def _in_two_schools(section: Labels, school: Labels, teacher: dict[str, str]) -> int:
    """How many teachers teach in several schools."""
    school_of = {str(label): name for label, name in zip(section.ravel(), np.repeat(school, 2), strict=True)}
    schools_of: dict[str, set[str]] = {}
    for label, name in teacher.items():
        schools_of.setdefault(name, set()).add(school_of[label])
    return sum(len(found) > 1 for found in schools_of.values())


def _student_seats(roster: OneRoster, user: Labels, grade: Int16s) -> pd.DataFrame:
    """One row for each student and subject that has a class: userSourcedId, classSourcedId, subject."""
    import pandas as pd

    sheet, rows = roster.sheets["enrollments"], roster.enrollments
    role = rows["role"].str.lower()
    sheet.dispositions.leave_out(sheet.rows(rows[~role.isin(["student", "teacher"])]), "enrollments of other roles")
    lost = ~rows["classSourcedId"].isin(roster.classes.index)
    sheet.dispositions.leave_out(sheet.rows(rows[lost]), "enrollments in classes that are not listed")
    own = rows[(role == "student") & ~lost]
    nobody = ~own["userSourcedId"].isin(list(user[user != ""]))
    sheet.dispositions.leave_out(sheet.rows(own[nobody]), "enrollments of students not in the population")
    own = own[~nobody]
    classes = roster.classes.loc[own["classSourcedId"]]
    grade_of = dict(zip(user, grade, strict=True))
    young = own["userSourcedId"].map(grade_of).to_numpy(dtype=np.int64) <= LAST_ELEMENTARY_GRADE
    unsaid = classes["unsaid"].to_numpy(dtype=bool)
    own_school = looked_up(own["userSourcedId"], _most_classes(roster))
    own = own.assign(
        unsaid=unsaid,
        elective=classes["elective"].to_numpy(dtype=bool),
        elsewhere=classes["schoolSourcedId"].to_numpy() != own_school.to_numpy(),
        homeroom=classes["homeroom"].to_numpy(dtype=bool),
        smaller=-own.groupby("classSourcedId")["userSourcedId"].transform("size"),
        row=own.index,
    )
    found = []
    order = ["unsaid", "elective", "over", "elsewhere", "homeroom", "begin", "smaller", "classSourcedId"]
    for subject, name in enumerate(SUBJECTS):
        serving = own[classes[f"serves_{name}"].to_numpy(dtype=bool) | (unsaid & young)]
        first = serving.sort_values(order, kind="stable").drop_duplicates("userSourcedId")
        found.append(first.assign(subject=subject))
        sheet.dispositions.leave_out(sheet.rows(serving), "further classes of a student in a subject")
    seats: pd.DataFrame = pd.concat(found)
    sheet.dispositions.use(seats["row"].to_numpy(dtype=np.int64), "enrollments")
    undecided = own[sheet.dispositions.code[sheet.rows(own)] < 0]
    sheet.dispositions.leave_out(sheet.rows(undecided), "enrollments in other subjects")
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
    spelt = {_plain(org): org for org in roster.schools}

    def listed(orgs: str) -> str:
        return next((spelt[_plain(org)] for org in orgs.split(",") if _plain(org) in spelt), "")

    found = looked_up(students[ID], most)
    return found.where(found != "", students["orgSourcedIds"].map(listed))


def _plain(name: str) -> str:
    return "".join(name.strip("{} ").split()).casefold()


def _teachers(roster: OneRoster, used: Labels) -> dict[str, str]:
    """The teacher of each class that is used and has one."""
    sheet, rows = roster.sheets["enrollments"], roster.enrollments
    teaching = rows[(rows["role"].str.lower() == "teacher") & rows["classSourcedId"].isin(roster.classes.index)]
    here = teaching["classSourcedId"].isin(list(used))
    sheet.dispositions.leave_out(sheet.rows(teaching[~here]), "teachers of other classes")
    teaching = teaching[here]
    not_primary = as_flag(sheet, teaching["primary"].set_axis(sheet.rows(teaching))) != 1.0
    roster.problems.stop_if_any()
    ordered = teaching.assign(not_primary=not_primary).sort_values(
        ["classSourcedId", "over", "not_primary", "userSourcedId"], kind="stable"
    )
    further = ordered.duplicated("classSourcedId")
    sheet.dispositions.leave_out(sheet.rows(ordered[further]), "further teachers of a class")
    first = ordered[~further]
    sheet.dispositions.use(sheet.rows(first), "enrollments")
    return dict(zip(first["classSourcedId"], first["userSourcedId"], strict=True))


def _rows(table: pd.DataFrame) -> Rows:
    """The rows of the file (0-based) that users or classes stand in."""
    rows: Rows = table["row"].to_numpy(dtype=np.int64)
    return rows


def _decide_rest(roster: OneRoster, user: Labels, used: Labels, teacher: dict[str, str]) -> None:
    """What became of users and classes."""
    users, classes = roster.sheets["users"], roster.sheets["classes"]
    here = roster.users[ID].isin([*user, *teacher.values()])
    users.dispositions.use(_rows(roster.users[here]), "users")
    users.dispositions.leave_out_rest("users not needed")
    serves = roster.classes["serves_math"] | roster.classes["serves_reading"] | roster.classes["unsaid"]
    sat_in = roster.classes.index.isin(list(used))
    classes.dispositions.use(_rows(roster.classes[sat_in]), "classes")
    classes.dispositions.leave_out(_rows(roster.classes[~sat_in & ~serves]), "classes in other subjects")
    classes.dispositions.leave_out_rest("classes in which nobody sits for a subject")
