"""Added programs, so that trials can be run again: tutoring, classes, hours, lessons, coaching, software."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from plsim.core.calendar import GRADES, MAX_YEARS, WEEKS_PER_YEAR
from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Options, count_option, option

_LAST_WEEK = WEEKS_PER_YEAR - 1


class Program(Options):
    """Something added beside the practices in some weeks of every year."""

    first_week: int = Field(default=0, ge=0, le=_LAST_WEEK)
    """First week of the year with the program, counted from 0."""
    last_week: int = Field(default=_LAST_WEEK, ge=0, le=_LAST_WEEK)
    """Last week of the year with the program."""
    last_year: int | None = Field(default=None, ge=1, le=MAX_YEARS)
    """Last year with the program; left out, it goes on."""

    @model_validator(mode="after")
    def _in_order(self) -> Program:
        if self.first_week > self.last_week:
            raise ValueError(f"first_week {self.first_week} comes after last_week {self.last_week}")
        return self

    def running(self, weeks: int) -> FloatArray:
        """1 in the weeks with the program, 0 in the others. Shape (weeks,)."""
        year, week = np.divmod(np.arange(weeks), WEEKS_PER_YEAR)
        inside = (week >= self.first_week) & (week <= self.last_week)
        if self.last_year is not None:
            inside &= year < self.last_year
        return inside.astype(np.float64)


class SubjectProgram(Program):
    """A program that may serve one subject only."""

    subjects: Literal["both", "math", "reading"] = "both"
    """Subjects that the program serves."""


class Tutoring(SubjectProgram):
    """Tutoring for some students, by people beside the class teacher."""

    minutes: float = option("programs.tutoring_minutes", 0.0, 600.0)
    """Minutes per served student, week and subject."""
    ratio: float = option("programs.tutoring_ratio", 1.0, 12.0)
    """Students per tutor."""
    quality: float = option("programs.tutoring_quality", 0.0, 1.0)
    """Quality of the tutors; 1 is an expert teacher."""
    share: float = option("programs.tutoring_share", 0.0, 1.0)
    """Share of students served."""
    aim: Literal["lot", "standing"] = "lot"
    """Whom it serves: chosen by lot and for good, or every year those who seem to stand lowest in their grade."""
    first_grade: int = count_option("programs.tutoring_first_grade", 0, 12)
    """First grade served; 0 is kindergarten."""
    last_grade: int = count_option("programs.tutoring_last_grade", 0, 12)
    """Last grade served."""
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
        table.put("tutoring_standing", 1.0 if self.aim == "standing" else 0.0)
        table.put("tutoring_first_grade", float(self.first_grade))
        table.put("tutoring_last_grade", float(self.last_grade))


class Hours(Program):
    """Lessons beyond the usual ones: a second class, a longer day."""

    math: float = Field(default=0.0, ge=0.0, le=20.0)
    """Added hours of mathematics a week."""
    reading: float = Field(default=0.0, ge=0.0, le=20.0)
    """Added hours of reading a week."""

    def apply(self, table: LeverTable) -> None:
        """The added hours in their weeks."""
        table["contact_hours_math"][...] += self.running(table.weeks) * self.math
        table["contact_hours_reading"][...] += self.running(table.weeks) * self.reading


class ClassSize(Options):
    """Smaller (or larger) sections all year. It turns no lever: it changes who sits with whom."""

    students: float = option("programs.class_size_students", 1.0, 200.0)
    """Students per section that sectioning aims at."""


class SectionsByLevel(Options):
    """Whole sections by level all year. It turns no lever: it changes who sits with whom."""

    by_level: float = option("programs.sections_by_level", 0.0, 1.0)
    """How far sections are formed by entry scores instead of by chance."""


class LessonLibrary(Program):
    """Lessons at many levels, bought or given."""

    coverage: float = option("programs.lesson_library_coverage", 0.0, 1.0)
    """Share of the lesson levels needed that the library holds."""
    quality: float = option("programs.lesson_library_quality", 0.0, 1.0)
    """How good its lessons are: 0 as a typical teacher's own, 1 the best."""

    def apply(self, table: LeverTable) -> None:
        """The library in its weeks."""
        table["library_bought"][...] = self.running(table.weeks) * self.coverage
        table["lesson_quality"][...] = self.running(table.weeks) * self.quality


class Coaching(Program):
    """Coaching added to what support gives."""

    hours: float = option("programs.coaching_hours", 0.0, 20.0)
    """Hours per teacher and week."""
    instruction: float = option("programs.coaching_instruction", 0.0, 1.0)
    """Share of them on instruction in general; the rest is on the practices."""
    quality: float = option("programs.coaching_quality", 0.0, 1.0)
    """Quality of the coaching of instruction; less where coaches serve many teachers."""

    def apply(self, table: LeverTable) -> None:
        """Coaching hours on top of those of support, in its weeks."""
        running = self.running(table.weeks)
        table["coaching_hours"][...] += running * self.hours * (1.0 - self.instruction)
        table["instruction_coaching_hours"][...] += running * self.hours * self.instruction
        table["coaching_quality"][...] += running * (self.quality - table["coaching_quality"])


class Software(SubjectProgram):
    """Learning software: in class time, at home in place of homework, or in supervised hours beyond both."""

    minutes: float = option("programs.software_minutes", 0.0, 600.0)
    """Minutes per student, week and subject, in class or at home."""
    in_class: bool = True
    """In class time (true) or at home in place of homework (false)."""
    extra_minutes: float = Field(default=0.0, ge=0.0, le=900.0)
    """Supervised minutes beyond class time per served student, week and subject."""
    extra_share: float = option("programs.software_share", 0.0, 1.0)
    """Share of students whom the extra time serves, chosen as tutoring's are."""

    def apply(self, table: LeverTable) -> None:
        """Software in its weeks."""
        running = self.running(table.weeks)
        table["software_minutes"][...] = running * self.minutes
        table.put("software_in_class", 1.0 if self.in_class else 0.0)
        table["software_extra_minutes"][...] = running * self.extra_minutes
        table["software_extra_share"][...] = running * self.extra_share


class Programs(Options):
    """Added programs; one that is left out is not there."""

    tutoring: Tutoring | None = None
    hours: Hours | None = None
    class_size: ClassSize | None = None
    sections: SectionsByLevel | None = None
    lesson_library: LessonLibrary | None = None
    coaching: Coaching | None = None
    software: Software | None = None

    def apply(self, table: LeverTable) -> None:
        """Turn the levers of every program that is there."""
        # A tutor without students would divide by zero in a rule, so "no tutoring" still has a ratio.
        table.put("tutoring_ratio", 1.0)
        table.put("tutoring_last_grade", float(len(GRADES) - 1))
        for program in (self.tutoring, self.hours, self.lesson_library, self.coaching, self.software):
            if program is not None:
                program.apply(table)
