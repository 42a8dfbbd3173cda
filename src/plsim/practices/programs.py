"""Added programs, so that trials can be run again: tutoring, class size, lesson library, coaching, software."""

from __future__ import annotations

import numpy as np
from pydantic import Field, model_validator

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Options, option

_LAST_WEEK = WEEKS_PER_YEAR - 1


class Program(Options):
    """Something added beside the practices in some weeks of every year."""

    first_week: int = Field(default=0, ge=0, le=_LAST_WEEK)
    """First week of the year with the program, counted from 0."""
    last_week: int = Field(default=_LAST_WEEK, ge=0, le=_LAST_WEEK)
    """Last week of the year with the program."""

    @model_validator(mode="after")
    def _in_order(self) -> Program:
        if self.first_week > self.last_week:
            raise ValueError(f"first_week {self.first_week} comes after last_week {self.last_week}")
        return self

    def running(self, weeks: int) -> FloatArray:
        """1 in the weeks with the program, 0 in the others. Shape (weeks,)."""
        week = np.arange(weeks) % WEEKS_PER_YEAR
        return ((week >= self.first_week) & (week <= self.last_week)).astype(np.float64)


class Tutoring(Program):
    """Tutoring for some students, by people beside the class teacher."""

    minutes: float = option("programs.tutoring_minutes", 0.0, 600.0)
    """Minutes per served student, week and subject."""
    ratio: float = option("programs.tutoring_ratio", 1.0, 12.0)
    """Students per tutor."""
    quality: float = option("programs.tutoring_quality", 0.0, 1.0)
    """Quality of the tutors; 1 is an expert teacher."""
    share: float = option("programs.tutoring_share", 0.0, 1.0)
    """Share of students served, chosen by lot and for good."""
    displaced: float = option("programs.tutoring_displaced", 0.0, 1.0)
    """Share of the tutoring that is taken from class time."""

    def apply(self, table: LeverTable) -> None:
        """Tutoring in its weeks; ratio and quality matter only then."""
        running = self.running(table.weeks)
        table["tutoring_minutes"][...] = running * self.minutes
        table["tutoring_share"][...] = running * self.share
        table.put("tutoring_ratio", self.ratio)
        table.put("tutoring_quality", self.quality)
        table.put("tutoring_displaced", self.displaced)


class ClassSize(Options):
    """Smaller (or larger) sections all year. It turns no lever: it changes who sits with whom."""

    students: float = option("programs.class_size_students", 1.0, 200.0)
    """Students per section that sectioning aims at."""


class LessonLibrary(Program):
    """Lessons at many levels, bought or given."""

    coverage: float = option("programs.lesson_library_coverage", 0.0, 1.0)
    """Share of the lesson levels needed that the library holds."""

    def apply(self, table: LeverTable) -> None:
        """The library in its weeks."""
        table["library_bought"][...] = self.running(table.weeks) * self.coverage


class Coaching(Program):
    """Coaching added to what support gives."""

    hours: float = option("programs.coaching_hours", 0.0, 20.0)
    """Hours per teacher and week."""

    def apply(self, table: LeverTable) -> None:
        """Coaching hours on top of those of support, in its weeks."""
        table["coaching_hours"][...] += self.running(table.weeks) * self.hours


class Software(Program):
    """A dose of learning software in class time, or at home in place of homework."""

    minutes: float = option("programs.software_minutes", 0.0, 600.0)
    """Minutes per student, week and subject."""
    in_class: bool = True
    """In class time (true) or at home in place of homework (false)."""

    def apply(self, table: LeverTable) -> None:
        """Software in its weeks."""
        table["software_minutes"][...] = self.running(table.weeks) * self.minutes
        table.put("software_in_class", 1.0 if self.in_class else 0.0)


class Programs(Options):
    """Added programs; one that is left out is not there."""

    tutoring: Tutoring | None = None
    class_size: ClassSize | None = None
    lesson_library: LessonLibrary | None = None
    coaching: Coaching | None = None
    software: Software | None = None

    def apply(self, table: LeverTable) -> None:
        """Turn the levers of every program that is there."""
        # A tutor without students would divide by zero in a rule, so "no tutoring" still has a ratio.
        table.put("tutoring_ratio", 1.0)
        for program in (self.tutoring, self.lesson_library, self.coaching, self.software):
            if program is not None:
                program.apply(table)
