"""What agents of the Mesa model see of a year: the arm's arrays, and what one phase leaves for the next.

Agents read and write rows of the very arrays that the batch engine works on. ``memoryview`` gives and takes plain
Python floats, several times faster than numpy's scalars and with the same bits.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from plsim.core.jit import interpreted
from plsim.engine.arm import Arm
from plsim.engine.setting import WEEKLY_STREAM
from plsim.rules.levers import COACHING
from plsim.rules.week.params import Params

noise: Any = interpreted("plsim.core.noise")
schooling: Any = interpreted("plsim.rules.school")

# Philox makes some 150 temporary arrays; blocks that fit the processor's cache run twice as fast.
_BLOCK = 8192


@cache
def _slots(fields: tuple[str, ...]) -> type[Any]:
    return type("Slots", (), {"__slots__": fields})


def quick(values: Any) -> Any:
    """The values of a named tuple under the same names, which Python then finds more than twice as fast."""
    fields = values._fields
    made = _slots(fields)()
    for name, value in zip(fields, values, strict=True):
        setattr(made, name, value)
    return made


def views(arrays: Any) -> Any:
    """The arrays of a named tuple, each as a memoryview of the same memory under the same name."""
    return quick(arrays._make(memoryview(array) for array in arrays))


def own(part: str, name: str, meaning: str) -> property:
    """A reading of an agent's own entry in one of the context's arrays."""

    def read(agent: Any) -> float:
        return float(getattr(getattr(agent.context, part), name)[agent.index])

    return property(read, doc=f"{meaning}.")


class WeekContext:
    """One year of an arm, as agents see it.

    Attributes
    ----------
    rows, students, sections, seats, schools
        Views of the arm's arrays of the same names (:mod:`plsim.engine.state`).
    size, relational, schedule
        Students in each section; how relational each practice is, and whether it changes schedules (0 to 1).
    owner, intensity, sessions
        The practice that a lever's adoption belongs to; the column of each practice's intensity; practice and first
        column of each practice's sessions.
    applies
        1 for levers that the plan turns in a subject, by subject and lever.
    teacher_scale
        Ratio of a teacher's quality that moves a year by one SD of students, one entry a section.
    u_attend, z_profile, z_assess
        This week's draws, one entry a row.
    normal, gross, seasonal, guide
        This week's normal growth, gross learning, drift and level of the pacing guide (RIT), one entry a section.
    shared, coaching
        What the school's network covers together this week, and the share of asked coaching that it gets; one a school.
    delivered
        What teachers deliver this week (``rules.week.teacher.Delivered``), one entry a seat.
    profiles
        What the school can learn of a section's students this week (``rules.week.section.SectionProfile``).
    section_weeks
        The section's whole week (fields of ``rules.week.section.Section``).
    sessions_of_section
        Practice, levers and served rows of every section's sessions this week.
    served
        The section's week of rows that sessions serve, as ``section_weeks``.
    """

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        self.year = arm.year
        self.p = quick(Params(*(quick(numbers) for numbers in arm.p)))
        self.rows = views(arm.rows)
        self.students = views(arm.students)
        self.sections = views(arm.sections)
        self.seats = views(arm.seats)
        self.schools = views(arm.schools)
        self._subject = arm.sections.subject.astype(np.int64)
        self._grade = arm.sections.grade.astype(np.int64)
        self.section_of_row = np.repeat(np.arange(self._subject.shape[0]), np.diff(arm.sections.first_row))
        self.size: list[float] = np.diff(arm.sections.first_row).astype(np.float64).tolist()
        self.relational: list[float] = arm.tables.relational.tolist()
        self.schedule: list[float] = arm.tables.schedule.tolist()
        self.owner: list[int] = arm.tables.owner.tolist()
        self.intensity: list[int] = arm.tables.intensity.tolist()
        self.sessions: list[list[int]] = arm.tables.sessions.tolist()
        self.applies: list[list[float]] = arm.tables.applies.tolist()
        self.teacher_scale: list[float] = arm.tables.teacher_scale[self._subject, self._grade].tolist()
        self.delivered: list[Any] = [None] * arm.seats.strain.shape[0]
        self.profiles: list[Any] = [None] * self._subject.shape[0]
        self.section_weeks: list[Any] = [None] * self._subject.shape[0]
        self.sessions_of_section: list[Any] = [()] * self._subject.shape[0]
        self.served: dict[int, Any] = {}

    def __getstate__(self) -> tuple[Arm, int | None]:
        """The arm and the week: all else is made of them, and views of memory cannot be stored."""
        return self.arm, getattr(self, "week", None)

    def __setstate__(self, state: tuple[Arm, int | None]) -> None:
        arm, week = state
        self.__init__(arm)  # type: ignore[misc]
        if week is not None:
            self.open_week(week)

    def week_of(self, row: int, section: int) -> Any:
        """The week of a row: its section's, with what the row is taught beside the class."""
        return self.served[row] if row in self.served else self.section_weeks[section]

    def open_week(self, week: int) -> None:
        """Posts what is known before the week's first phase: draws, norms, and the means of networks."""
        self.week = week
        self.served = {}
        self.flags = self.arm.flags
        if self.flags.with_students:
            self._draw()
        tables = self.arm.tables
        place = (self._subject, self._grade, week)
        self.normal: list[float] = tables.normal_rate[place].tolist()
        self.gross: list[float] = tables.gross[place].tolist()
        self.seasonal: list[float] = tables.seasonal[place].tolist()
        self.guide: list[float] = tables.guide[place].tolist()
        self._meet_networks()

    def _draw(self) -> None:
        """Draws this week's random draws of every row, by address."""
        arm = self.arm
        key, subject = arm.rows.key, arm.rows.subject
        seed, stream, year = np.uint64(arm.setting.seed), np.uint64(WEEKLY_STREAM), np.uint64(arm.year)
        drawn = np.empty((3, key.shape[0]))
        for start in range(0, key.shape[0], _BLOCK):
            block = slice(start, start + _BLOCK)
            place = noise.place(stream, subject[block], year)
            drawn[:, block] = noise.weekly_draws(seed, key[block], place, np.uint64(self.week))
        self.u_attend: list[float]
        self.z_profile: list[float]
        self.z_assess: list[float]
        self.u_attend, self.z_profile, self.z_assess = drawn.tolist()

    def _meet_networks(self) -> None:
        """What the schools of every network cover together as the week begins, and how far its coaching reaches."""
        networks, schools = self.arm.networks, self.schools
        planned = self.arm.tables.planned[:, self.week]
        asked_hours = (planned[:, COACHING[0]] + planned[:, COACHING[1]]).tolist()
        self.shared: list[float] = []
        self.coaching: list[float] = []
        first_school = networks.first_school.tolist()
        for capacity, first, last in zip(
            networks.coaching_capacity.tolist(), first_school[:-1], first_school[1:], strict=True
        ):
            asked = 0.0
            for s in range(first, last):
                asked += asked_hours[s] * float(schools.first_seat[s + 1] - schools.first_seat[s])
            shared = schooling.together(schools.library[first:last], self.p.school)
            self.shared += [shared] * (last - first)
            self.coaching += [schooling.pool_share(capacity, asked)] * (last - first)

    def traced(self, row: int, experience: Any) -> Any:
        """Notes what a row lived through this week, after putting what is held at another arm's values in its place."""
        trace = self.arm.trace
        held = trace.held > 0.5
        lived = np.where(held, trace.base[:, row], experience)
        trace.experience[:, row] = lived
        return type(experience)(*lived.tolist())
