"""What every arm and every world of a run have in common: people, seats, random draws, norms.

All of it follows from population, years, class sizes and seed, so arms are paired by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plsim.core.arrays import Floats, Int8s, Ints, Keys
from plsim.core.calendar import FALL_WEEK, MATH, READING, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.jit import interpreted
from plsim.core.noise import STREAMS
from plsim.engine.state import Sections
from plsim.evidence import norms, registry
from plsim.population.draws import normals, uniforms
from plsim.population.model import Population
from plsim.population.timeline import Timeline, YearRoster, timeline
from plsim.rules.levers import PRACTICE_COUNT
from plsim.rules.week.section import Section


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
    subject: Int8s
    row: Ints
    sections: Sections
    first_section: Ints


def layout(roster: YearRoster, schools: int) -> Layout:
    """The rows of a year."""
    students = roster.section.shape[0]
    section_of = roster.section.astype(np.int64).ravel()
    order = np.argsort(section_of, kind="stable")
    student = order // len(SUBJECTS)
    subject = (order % len(SUBJECTS)).astype(np.int8)
    row = np.empty(students * len(SUBJECTS), np.int64)
    row[order] = np.arange(order.shape[0])
    count = roster.section_school.shape[0]
    sections = Sections(
        first_row=_firsts(section_of[order], count),
        seat=roster.section_seat.astype(np.int64),
        pool=roster.section_pool.astype(np.int64),
        subject=roster.section_subject.astype(np.float64),
        grade=roster.section_grade.astype(np.float64),
        parallel=_parallel(roster),
        class_mean=np.zeros(count),
        spread=np.zeros(count),
        doubt=np.zeros(count),
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


def _parallel(roster: YearRoster) -> Floats:
    """Sections of the same grade and subject that the teacher of each section has. Shape (sections,)."""
    alike = np.stack([roster.section_seat, roster.section_grade, roster.section_subject.astype(np.int64)])
    _, place, size = np.unique(alike, axis=1, return_inverse=True, return_counts=True)
    return size[place.ravel()].astype(np.float64)


def _firsts(sorted_index: Ints, count: int) -> Ints:
    """Where each of ``count`` groups begins in a sorted index, and the end. Shape (count + 1,)."""
    return np.searchsorted(sorted_index, np.arange(count + 1)).astype(np.int64)


FIRST_GRADES = 3
"""K to 2: the grades in which little of what is learned is lost."""


@dataclass(frozen=True)
class Growth:
    """Normal growth as the weekly rules read it; each (subjects, grades, weeks), RIT."""

    normal_rate: Floats
    seasonal: Floats
    level: Floats

    def gross(self, flatness: float) -> Floats:
        """What typical practice teaches before losses (``rules.learning.gross_rate``). Shape as the others."""
        first = self.normal_rate[:, :FIRST_GRADES].mean(axis=1, keepdims=True)
        return np.ascontiguousarray(interpreted("plsim.rules.learning").gross_rate(self.normal_rate, first, flatness))

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
    """People, seats and random draws of a run."""

    population: Population
    seed: int
    years: int
    class_size: Floats
    keep_given: bool = True
    by_level: float = 0.0

    @cached_property
    def timeline(self) -> Timeline:
        """The population over the years."""
        return timeline(
            self.population,
            self.years,
            self.class_size,
            seed=self.seed,
            keep_given=self.keep_given,
            by_level=self.by_level,
        )

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

    def entry_status(self, year: int) -> Floats:
        """Where each student stood on entering, in SD of the norm group's true scores, held within -2 and 2.

        The same in every arm, whatever a student has learned since. Shape (students, 2).
        """

        def status() -> Floats:
            roster = self.timeline.years[year]
            grade = (roster.grade - (year - roster.entered)).astype(np.int64)[:, np.newaxis]
            n, each = norms(), np.arange(len(SUBJECTS))
            spread = np.sqrt(n.sd_within_fall**2 + n.sd_between_fall**2)
            return np.clip((roster.achievement - n.week0_mean[each, grade]) / spread[each, grade], -2.0, 2.0)

        return self.kept(("entry status", year), status)

    def fixed_uniform(self, stream: str, keys: Keys, *, year: int = 0) -> Floats:
        """A uniform per student and subject; ``keys`` of one of the timeline's years. Shape (students, 2)."""
        return self.kept(
            ("uniform", stream, year, id(keys)),
            lambda: np.stack(
                [uniforms(self.seed, keys, stream, subject=subject, year=year)[0] for subject in (MATH, READING)],
                axis=1,
            ),
        )

    def prior_draw(self, keys: Keys, year: int) -> Floats:
        """Standardized error of what schools believe when a year starts. Shape (students, 2)."""
        return self.kept(
            ("prior", year, id(keys)),
            lambda: np.stack(
                [normals(self.seed, keys, "survey", subject=subject, year=year)[0] for subject in (MATH, READING)],
                axis=1,
            ),
        )

    def turnover_draw(self, year: int) -> Floats:
        """A uniform per seat: who leaves after a year. Shape (seats,)."""
        keys = self.timeline.seats.seat_key
        return self.kept(("turnover", year), lambda: uniforms(self.seed, keys, "turnover", year=year)[0])

    @cached_property
    def _draws(self) -> dict[Hashable, Floats]:
        return {}

    def kept(self, address: Hashable, draw: Callable[[], Floats]) -> Floats:
        """Numbers at an address, made once: arms and worlds of a run share them. Never written to."""
        if address in self._draws:
            return self._draws[address]
        drawn = draw()
        if drawn.size * len(self._draws) < _DRAWS_KEPT:
            drawn.flags.writeable = False
            self._draws[address] = drawn
        return drawn

    def teacher_draws(self, holder: Ints) -> tuple[Floats, Floats, Floats]:
        """Chance of each seat's ``holder``-th teacher.

        Standardized effectiveness, standardized start of proficiency, and a uniform for experience. Shapes (seats,),
        (seats, practices), (seats,).
        """
        keys = self.timeline.seats.seat_key
        draws = np.empty((4 * (1 + PRACTICE_COUNT // 4), keys.shape[0]))
        for number in np.unique(holder).tolist():
            chosen = holder == number
            draws[:, chosen] = self._holder_draws(number)[:, chosen]
        years = np.empty(keys.shape[0])
        for number in np.unique(holder).tolist():
            chosen = holder == number
            years[chosen] = self._holder_years(number)[chosen]
        return draws[0], draws[4:].T, years

    def skill_draw(self, holder: Ints, stream: int) -> Floats:
        """Standardized start of the skill in a practice beyond the eight, of each seat's teacher. Shape (seats,)."""
        keys = self.timeline.seats.seat_key
        drawn = np.empty(keys.shape[0])
        for number in np.unique(holder).tolist():
            chosen = holder == number
            drawn[chosen] = normals(self.seed, keys[chosen], "teacher", subject=stream, year=number)[0]
        return drawn

    def _holder_years(self, number: int) -> Floats:
        """The uniform for experience of the ``number``-th teacher of every seat. Shape (seats,)."""
        keys = self.timeline.seats.seat_key
        return self.kept(("years", number), lambda: uniforms(self.seed, keys, "teacher", subject=9, year=number)[0])

    def _holder_draws(self, number: int) -> Floats:
        """Standard normals of the ``number``-th teacher of every seat. Shape (4 (1 + practices / 4), seats)."""
        keys = self.timeline.seats.seat_key
        kinds = range(1 + PRACTICE_COUNT // 4)
        return self.kept(
            ("teacher", number),
            lambda: np.concatenate([normals(self.seed, keys, "teacher", subject=kind, year=number) for kind in kinds]),
        )

    def yearly_draw(self, holder: Ints, year: int) -> Floats:
        """Standardized yearly part of effectiveness of each seat's teacher. Shape (seats,)."""
        keys = self.timeline.seats.seat_key + holder.astype(np.uint64)
        drawn: Floats = normals(self.seed, keys, "teacher_year", year=year)[0]
        return drawn


WINDOWS = (0, FALL_WEEK, 20, 32, WEEKS_PER_YEAR)
WEEKLY_STREAM = STREAMS["weekly"]
_DRAWS_KEPT = 20_000_000
"""Numbers of chance that a setting keeps for the next arm; beyond, they are drawn again."""
