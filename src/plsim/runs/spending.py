"""What the schools of an arm used in a year, from its plan and its record, for the accounting of costs."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from plsim.core.arrays import Floats, Int32s, Ints
from plsim.core.calendar import LAST_ELEMENTARY_GRADE, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import Arm
from plsim.measures.costs import Use
from plsim.practices.levers import LEVER_INDEX
from plsim.rules.sessions import SESSION_COLUMNS


class YearLevers:
    """The levers of one year as they really were: typical practice, moved toward the plan as far as it was adopted.

    Adoption is that of the end of the year; it moves slowly, and at once only when a school goes back.
    """

    def __init__(self, arm: Arm, year: int) -> None:
        self._typical = arm.plan.typical.values
        self._planned = arm.planned
        self._weeks = slice(year * WEEKS_PER_YEAR, (year + 1) * WEEKS_PER_YEAR)
        self._adoption = arm.record[year].adoption
        self._owner = arm.plan.own.owner
        self.year = year

    def weekly(self, name: str) -> Floats:
        """One lever, week by week. Shape (schools, weeks)."""
        return self.column(LEVER_INDEX[name])

    def column(self, column: int) -> Floats:
        """The lever in a column of the table, week by week. Shape (schools, weeks)."""
        base, aim = self._typical[:, self._weeks, column], self._planned[:, self._weeks, column]
        owner = self._owner[column]
        if owner < 0:
            return aim
        moved: Floats = base + self._adoption[:, owner, np.newaxis] * (aim - base)
        return moved

    def mean(self, name: str) -> Floats:
        """One lever's mean over the year. Shape (schools,)."""
        values: Floats = self.weekly(name).mean(axis=1)
        return values

    @cached_property
    def added_technology(self) -> Floats:
        """Rise of technology's planned intensity in this year, over what there was left to rise. Shape (schools,)."""
        column = LEVER_INDEX["intensity_technology"]
        typical, planned = self._typical[:, 0, column], self._planned[:, :, column]
        room = np.maximum(1.0 - typical, 1e-9)
        last = self._weeks.stop - 1
        before = typical if self.year == 0 else planned[:, self._weeks.start - 1]
        rise: Floats = np.clip((planned[:, last] - before) / room, 0.0, 1.0)
        return rise


def teachers_of(arm: Arm, year: int) -> Floats:
    """Teachers who taught in a year. Shape (schools,)."""
    return _by_school(
        arm.setting.timeline.seats.seat_school.astype(np.int64), arm.record[year].taught, arm.setting.schools
    )


def use(arm: Arm, year: int) -> Use:
    """What the schools of an arm used in a year; each (schools,)."""
    people, number = arm.setting.population, arm.world.number
    levers, record = YearLevers(arm, year), arm.record[year]
    roster = arm.setting.timeline.years[year]
    schools = arm.setting.schools
    seat_school = arm.setting.timeline.seats.seat_school.astype(np.int64)
    students = np.bincount(people.school, minlength=schools).astype(np.float64)
    sections = np.bincount(roster.section_school, minlength=schools).astype(np.float64)

    elementary = roster.section_grade <= LAST_ELEMENTARY_GRADE
    # A class has a teacher to itself, whatever is taught; a departmental section is its part of a teacher's load.
    of_a_teacher = np.where(elementary, 1.0 / len(SUBJECTS), 1.0 / number("population.sections_per_teacher"))
    teachers = _by_school(seat_school, record.taught, schools)
    planning = levers.mean("planning_hours")
    paid = number("prices.paid_hours_per_year") / WEEKS_PER_YEAR + planning[seat_school]
    # Per teacher: hours that one has to spare pay for no other's.
    unpaid = np.maximum(number("measures.instruction_hours") + record.demand - paid, 0.0)

    served = students[:, np.newaxis] * len(SUBJECTS) * levers.weekly("tutoring_share")
    tutored = (levers.weekly("tutoring_minutes") / 60.0 * served / levers.weekly("tutoring_ratio")).sum(axis=1)
    begins = (people.years_in_operation == 0).astype(np.float64)
    redesigned = begins if year == 0 and not arm.plan.old_duties else np.zeros(schools)
    return Use(
        students=students,
        teachers=_by_school(roster.section_school, of_a_teacher, schools),
        planning_hours=WEEKS_PER_YEAR * planning * teachers + _paid_sessions(arm, levers),
        unpaid_hours=WEEKS_PER_YEAR * _by_school(seat_school, unpaid * record.taught, schools),
        adult_hours=WEEKS_PER_YEAR * levers.mean("adult_hours") * sections,
        tutor_hours=tutored,
        coached=teachers * levers.mean("coaching_hours") / number("programs.coaching_hours"),
        licences=students * _products(levers),
        devices=students * _device_share(levers, people.device_share),
        library=students * np.minimum(levers.mean("library_access") + levers.mean("library_bought"), 1.0),
        leavers=_by_school(seat_school, arm.left[year] * record.taught, schools),
        startup=students * redesigned,
        startup_technology=students * begins * levers.added_technology,
    )


def _by_school(school: Ints | Int32s, values: Floats, schools: int) -> Floats:
    """Sums of what belongs to schools."""
    return np.asarray(np.bincount(school, values, minlength=schools), dtype=np.float64)


def _paid_sessions(arm: Arm, levers: YearLevers) -> Floats:
    """Hours of the year for which teachers are paid to give sessions of practices beyond the eight, by school."""
    hours = np.zeros(arm.setting.schools)
    grade = arm.setting.timeline.years[levers.year].grade
    for _, column in arm.plan.own.sessions.tolist():
        minutes, size, _, first, last, low, high, in_lessons, paid = (
            levers.column(column + k) for k in range(SESSION_COLUMNS)
        )
        for each in np.unique(grade).tolist():
            students = np.bincount(arm.setting.population.school[grade == each], minlength=arm.setting.schools)
            reached = ((first <= each) & (each <= last)) * (high - low) * len(SUBJECTS)
            given = minutes / 60.0 * students[:, np.newaxis] * reached / size
            hours += (given * (1.0 - in_lessons) * paid).sum(axis=1)
    return hours


def _products(levers: YearLevers) -> Floats:
    """Products in use; an added software program is one more."""
    program = (levers.mean("software_minutes") > 0.0).astype(np.float64)
    products: Floats = levers.mean("base_tools") + levers.mean("tools") + program
    return products


def _device_share(levers: YearLevers, device_share: Floats) -> Floats:
    """Devices per student: the share of lessons on them, or one to take home where software takes homework's place."""
    hours = 0.5 * (levers.mean("contact_hours_math") + levers.mean("contact_hours_reading"))
    program = levers.mean("software_minutes") / 60.0
    in_class = levers.mean("software_in_class")
    lessons = np.minimum(levers.mean("tech_share"), device_share) + in_class * program / hours
    at_home = ((1.0 - in_class) * program > 0.0).astype(np.float64)
    # A device that the school has for every student is not bought again for homework.
    share: Floats = np.minimum(np.maximum(lessons, at_home * (1.0 - device_share)), 1.0)
    return share
