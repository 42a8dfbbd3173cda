"""What practices and programs cost, in dollars per student and year, from the registry's prices.

A cost counts whoever pays: teachers' time is valued whether or not anybody pays for it, because it is taken from
something else. What is the same in both arms (buildings, transport, other subjects) is left out, so a level means
little and the difference between the arms is the cost of the scenario.
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
    teacher_hours
        Hours asked of the teachers of the simulated subjects, lessons included.
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
    teacher_hours: Floats
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
    """Dollars of about 2022 in one year; each (schools,)."""

    teachers: Floats
    adults: Floats
    tutoring: Floats
    coaching: Floats
    licences: Floats
    devices: Floats
    library: Floats
    turnover: Floats
    startup: Floats

    @property
    def total(self) -> Floats:
        """Everything. Shape (schools,)."""
        everything: Floats = np.sum(np.stack(self), axis=0)
        return everything


def teacher_hour(number: Number) -> float:
    """Dollars for one hour of a teacher: salary and benefits over the hours that they pay for."""
    salary = number("prices.teacher_salary") * (1.0 + number("prices.benefits_ratio"))
    return salary / number("prices.paid_hours_per_year")


def costs(use: Use, number: Number) -> Costs:
    """What a year's use costs."""
    start = number("prices.startup_share") * number("prices.per_pupil_spending")
    technology = number("prices.startup_technology_share")
    return Costs(
        teachers=use.teacher_hours * teacher_hour(number),
        adults=use.adult_hours * number("prices.extra_adult_hour"),
        tutoring=use.tutor_hours * number("prices.tutor_hour"),
        coaching=use.coached * number("prices.coaching_per_teacher") * number("prices.inflation_2010_2022"),
        licences=use.licences * number("prices.licence_per_student"),
        devices=use.devices * number("prices.device") / number("prices.device_life_years"),
        library=use.library * number("prices.lesson_library_per_student"),
        turnover=use.leavers * number("prices.teacher_replacement"),
        startup=start * (technology * use.startup_technology + (1.0 - technology) * use.startup),
    )


def per_student(dollars: Floats, students: Floats, chosen: np.ndarray) -> float:
    """Dollars over students of the chosen schools; NaN when there are none."""
    count = float(students[chosen].sum())
    return float(dollars[chosen].sum()) / count if count > 0.0 else float("nan")
