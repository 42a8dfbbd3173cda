"""What practices and programs cost, in dollars per student and year, from the registry's prices.

Two things are kept apart: what a district *pays* (its budget), and the hours it asks of teachers beyond those it pays
for, which no budget shows but which are taken from something else; their value at teachers' pay is a line of its own.
What is the same in both arms (buildings, transport, other subjects) is left out, so a level means little and the
difference between the arms is the cost of the scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats

Number = Callable[[str], float]
"""The value of a registry entry, in one world."""


class Use(NamedTuple):
    """What schools use in one year; each (schools,).

    Attributes
    ----------
    students
        Places for students.
    teachers
        Full-time teachers that the sections need.
    planning_hours
        Hours of planning time paid beyond the contract, all teachers together.
    unpaid_hours
        Hours asked of teachers beyond those that contract and paid planning time cover.
    adult_hours
        Hours of adults beside the class's teacher.
    tutor_hours
        Hours of tutors.
    coached
        Teachers with a full coach's dose, ``programs.coaching_hours`` a week; half a dose counts half.
    licences
        Products licensed, times students.
    devices
        Devices in use: students times the share of time on them, because classes can share.
    library
        Access to lessons that others wrote: students times the share of the library.
    leavers
        Teachers who leave at the end of the year.
    startup, startup_technology
        Students for whom a school is redesigned this year, and for whom technology is started; a share of a full start
        counts as that share.
    """

    students: Floats
    teachers: Floats
    planning_hours: Floats
    unpaid_hours: Floats
    adult_hours: Floats
    tutor_hours: Floats
    coached: Floats
    licences: Floats
    devices: Floats
    library: Floats
    leavers: Floats
    startup: Floats
    startup_technology: Floats


class Costs(NamedTuple):
    """What a district pays in one year, in dollars of about 2022; each (schools,)."""

    teachers: Floats
    planning: Floats
    adults: Floats
    tutoring: Floats
    coaching: Floats
    licences: Floats
    devices: Floats
    library: Floats
    turnover: Floats
    startup: Floats

    @property
    def budget(self) -> Floats:
        """All that the district pays. Shape (schools,)."""
        everything: Floats = np.sum(np.stack(self), axis=0)
        return everything


def teacher_pay(number: Number) -> float:
    """Dollars a year for one full-time teacher: salary and benefits."""
    return number("prices.teacher_salary") * (1.0 + number("prices.benefits_ratio"))


def teacher_hour(number: Number) -> float:
    """Dollars for one hour of a teacher: salary and benefits over the hours that they pay for."""
    return teacher_pay(number) / number("prices.paid_hours_per_year")


def costs(use: Use, number: Number) -> Costs:
    """What a district pays for a year's use."""
    start = number("prices.startup_share") * number("prices.per_pupil_spending")
    technology = number("prices.startup_technology_share")
    return Costs(
        teachers=use.teachers * teacher_pay(number),
        planning=use.planning_hours * teacher_hour(number),
        adults=use.adult_hours * number("prices.extra_adult_hour"),
        tutoring=use.tutor_hours * number("prices.tutor_hour"),
        coaching=use.coached * number("prices.coaching_per_teacher") * number("prices.inflation_2010_2022"),
        licences=use.licences * number("prices.licence_per_student"),
        devices=use.devices * number("prices.device") / number("prices.device_life_years"),
        library=use.library * number("prices.lesson_library_per_student"),
        turnover=use.leavers * number("prices.teacher_replacement"),
        startup=start * (technology * use.startup_technology + (1.0 - technology) * use.startup),
    )


def unpaid_value(use: Use, number: Number) -> Floats:
    """Dollars that the unpaid hours would cost at teachers' pay; nobody pays them. Shape (schools,)."""
    return use.unpaid_hours * teacher_hour(number)


def per_student(dollars: Floats, students: Floats, chosen: np.ndarray) -> float:
    """Dollars over students of the chosen schools; NaN when there are none."""
    count = float(students[chosen].sum())
    return float(dollars[chosen].sum()) / count if count > 0.0 else float("nan")
