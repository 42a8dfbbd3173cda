"""What every arm and every world of a run have in common: people, seats, luck, norms.

All of it follows from population, years, class sizes and seed, so arms are paired by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plsim.core.calendar import FALL_WEEK, MATH, READING, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.noise import STREAMS
from plsim.engine.state import Floats, Ints, Keys, Sections
from plsim.evidence import norms, registry
from plsim.population.draws import normals, uniforms
from plsim.population.model import Population
from plsim.population.timeline import Timeline, YearRoster, timeline
from plsim.rules.levers import PRACTICE_COUNT
from plsim.rules.week import Section


@dataclass(frozen=True)
class Layout:
    """Who sits where in one year: rows in order of section, then student.

    Attributes
    ----------
    roster
        The year's people and sections.
    student, subject
        Of each row. Shape (rows,).
    row
        Row of each student and subject. Shape (students, 2).
    sections
        Section arrays; the summaries are still empty.
    first_section
        Shape (schools + 1,).
    """

    roster: YearRoster
    student: Ints
    subject: Ints
    row: Ints
    sections: Sections
    first_section: Ints


def layout(roster: YearRoster, schools: int) -> Layout:
    """The rows of a year."""
    students = roster.section.shape[0]
    section_of = roster.section.astype(np.int64).ravel()
    order = np.argsort(section_of, kind="stable")
    student = order // len(SUBJECTS)
    subject = order % len(SUBJECTS)
    row = np.empty(students * len(SUBJECTS), np.int64)
    row[order] = np.arange(order.shape[0])
    count = roster.section_school.shape[0]
    sections = Sections(
        first_row=_firsts(section_of[order], count),
        seat=roster.section_seat.astype(np.int64),
        pool=roster.section_pool.astype(np.int64),
        subject=roster.section_subject.astype(np.float64),
        grade=roster.section_grade.astype(np.float64),
        class_mean=np.zeros(count),
        spread=np.zeros(count),
        habits_mean=np.zeros(count),
        values=np.zeros((count, len(Section._fields))),
    )
    return Layout(
        roster=roster,
        student=student,
        subject=subject,
        row=row.reshape(students, len(SUBJECTS)),
        sections=sections,
        first_section=_firsts(roster.section_school.astype(np.int64), schools),
    )


def _firsts(sorted_index: Ints, count: int) -> Ints:
    """Where each of ``count`` groups begins in a sorted index, and the end. Shape (count + 1,)."""
    return np.searchsorted(sorted_index, np.arange(count + 1)).astype(np.int64)


@dataclass(frozen=True)
class Growth:
    """Normal growth as the weekly rules read it; each (subjects, grades, weeks), RIT."""

    normal_rate: Floats
    seasonal: Floats
    level: Floats

    @cached_property
    def year(self) -> Floats:
        """Floored normal growth over the whole year. Shape (subjects, grades)."""
        total: Floats = self.normal_rate.sum(axis=2)
        return total


def growth() -> Growth:
    """Normal growth from the norms: what learning rests on, the drift that makes up the difference, the level."""
    rate = norms().weekly_rate
    normal = np.maximum(rate, registry().value("learning.rate_floor"))
    start = norms().week0_mean[:, :, np.newaxis]
    level = start + np.concatenate([np.zeros_like(start), np.cumsum(rate, axis=2)[:, :, :-1]], axis=2)
    return Growth(np.ascontiguousarray(normal), np.ascontiguousarray(rate - normal), np.ascontiguousarray(level))


@dataclass(frozen=True)
class Setting:
    """People, seats and luck of a run."""

    population: Population
    seed: int
    years: int
    class_size: Floats
    keep_given: bool = True

    @cached_property
    def timeline(self) -> Timeline:
        """The population over the years."""
        return timeline(self.population, self.years, self.class_size, seed=self.seed, keep_given=self.keep_given)

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """The rows of every year."""
        return tuple(layout(roster, self.schools) for roster in self.timeline.years)

    @property
    def schools(self) -> int:
        """Number of schools."""
        return int(self.population.charter.shape[0])

    @property
    def students(self) -> int:
        """Number of slots for students."""
        return int(self.population.school.shape[0])

    @cached_property
    def first_student(self) -> Ints:
        """Shape (schools + 1,)."""
        return _firsts(self.population.school.astype(np.int64), self.schools)

    @cached_property
    def first_seat(self) -> Ints:
        """Shape (schools + 1,)."""
        return _firsts(self.timeline.seats.seat_school.astype(np.int64), self.schools)

    @cached_property
    def first_school(self) -> Ints:
        """First school of each network. Shape (networks + 1,)."""
        starts = np.flatnonzero(np.diff(self.population.network, prepend=-1))
        return np.append(starts, self.schools).astype(np.int64)

    def fixed_uniform(self, stream: str, keys: Keys, *, year: int = 0) -> Floats:
        """A uniform per student and subject. Shape (students, 2)."""
        return np.stack(
            [uniforms(self.seed, keys, stream, subject=subject, year=year)[0] for subject in (MATH, READING)], axis=1
        )

    def prior_draw(self, keys: Keys, year: int) -> Floats:
        """Standardized error of what schools believe when a year starts. Shape (students, 2)."""
        return np.stack(
            [normals(self.seed, keys, "survey", subject=subject, year=year)[0] for subject in (MATH, READING)], axis=1
        )

    def teacher_draws(self, holder: Ints) -> tuple[Floats, Floats, Floats]:
        """Chance of each seat's ``holder``-th teacher.

        Standardized effectiveness, standardized start of proficiency, and a uniform for experience. Shapes (seats,),
        (seats, practices), (seats,).
        """
        keys = self.timeline.seats.seat_key
        kinds = range(1 + PRACTICE_COUNT // 4)
        by_holder = [holder_draws(self.seed, keys, holder, subject) for subject in kinds]
        effectiveness = by_holder[0][0]
        start = np.concatenate(by_holder[1:]).T
        years = uniforms(self.seed, keys, "teacher", subject=9, year=0)[0]
        return effectiveness, start, years

    def yearly_draw(self, holder: Ints, year: int) -> Floats:
        """Standardized yearly part of effectiveness of each seat's teacher. Shape (seats,)."""
        keys = self.timeline.seats.seat_key + holder.astype(np.uint64)
        drawn: Floats = normals(self.seed, keys, "teacher_year", year=year)[0]
        return drawn


def holder_draws(seed: int, keys: Keys, holder: Ints, subject: int) -> Floats:
    """Four standard normals per seat for its ``holder``-th teacher. Shape (4, seats)."""
    draws = np.empty((4, keys.shape[0]))
    for number in np.unique(holder):
        chosen = holder == number
        draws[:, chosen] = normals(seed, keys[chosen], "teacher", subject=subject, year=int(number))
    return draws


WINDOWS = (0, FALL_WEEK, 20, 32, WEEKS_PER_YEAR)
WEEKLY_STREAM = STREAMS["weekly"]
