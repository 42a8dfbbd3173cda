"""The levers: what a scenario can turn, one column each, in a fixed order.

A practice, the support for it, an added program and the context turn levers; the rules read them. A lever table holds
one value per school, instructional week and lever. Values are plans: what a school really does is state of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

PRACTICES = (
    "learner_profiles",
    "learning_paths",
    "competency_progression",
    "flexible_environment",
    "data_driven_grouping",
    "advising",
    "technology",
    "belonging",
)
"""The eight practices; the order is that of ``Population.practice_taste``."""

OWNERS = (*PRACTICES, "support", "programs", "context")
"""Who may own a lever."""

NO_DEADLINE_WEEKS = 1000.0
"""Value of ``deadline_weeks`` when a unit has no deadline: longer than any run, so no rule needs a special case."""


class Lever(NamedTuple):
    """One thing that a scenario can turn.

    ``ramps`` says how a phased rollout moves it: True, a dose that rises from typical to planned; False, a kind or
    quality that changes on the first day of its practice's stage.
    """

    name: str
    practice: str
    unit: str
    meaning: str
    ramps: bool = True


LEVERS = (
    Lever("data_rate", "learner_profiles", "1/week", "How often achievement data arrive; 1/12 is three times a year."),
    Lever("assessment_reliability", "learner_profiles", "share", "Reliability of the data seen.", ramps=False),
    Lever("habits_breadth", "learner_profiles", "share", "How far profiles hold habits beside achievement."),
    Lever("own_data", "learner_profiles", "share", "How far students read and use their own data."),
    Lever("path_share", "learning_paths", "share", "Share of contact time that a student works on an own path."),
    Lever("choice_options", "learning_paths", "count", "Options offered for one objective; 1 is no choice."),
    Lever("relevance", "learning_paths", "share", "How far tasks connect to the world outside school."),
    Lever("own_pace_share", "competency_progression", "share", "Share of students whose pace follows their mastery."),
    Lever("mastery_threshold", "competency_progression", "share", "Mastery at which a unit is done.", ramps=False),
    Lever("assessment_wait_weeks", "competency_progression", "weeks", "Wait for a test; 0 on demand.", ramps=False),
    Lever("deadline_weeks", "competency_progression", "weeks", "Weeks a unit may last; 1000 is any.", ramps=False),
    Lever("rotation_share", "flexible_environment", "share", "Share of contact time in small-group rotation."),
    Lever("groups", "flexible_environment", "count", "Groups that a section rotates through."),
    Lever("regroup_rate", "flexible_environment", "1/week", "How often groups are made anew."),
    Lever("cross_grade", "flexible_environment", "share", "How far groups form across the grades of a pool."),
    Lever("one_on_one_share", "flexible_environment", "share", "Share of contact time the teacher gives one-on-one."),
    Lever("adult_hours", "flexible_environment", "hours/week", "Hours of further adults per section and week."),
    Lever("flexible_space", "flexible_environment", "share", "Share of teaching space that can be rearranged."),
    Lever("grouping_on_data", "data_driven_grouping", "share", "How far groups follow profiles, not stale or no data."),
    Lever("advising_minutes", "advising", "minutes/week", "Goal-setting talk per student and week."),
    Lever("srl_instruction", "advising", "share", "How far self-regulation is taught; 1 is a full program."),
    Lever("goal_voice", "advising", "share", "How far students set their own goals in goal talks."),
    Lever("tech_share", "technology", "share", "Share of contact time with learning software."),
    Lever("content_quality_math", "technology", "share", "Quality of the digital mathematics content.", ramps=False),
    Lever("content_quality_reading", "technology", "share", "Quality of the digital reading content.", ramps=False),
    Lever("tools", "technology", "count", "Digital tools a teacher uses for learning."),
    Lever("belonging", "belonging", "share", "Strength of social-emotional and relationship work."),
    Lever("peer_share", "belonging", "share", "Share of contact time in work with peers."),
    Lever("college_career_minutes", "belonging", "minutes/week", "College and career work per student and week."),
    Lever("coaching_hours", "support", "hours/week", "Coaching per teacher and week."),
    Lever("instruction_coaching_hours", "support", "hours/week", "Coaching of general instruction per teacher, week."),
    Lever("coaching_quality", "support", "share", "Quality of it; less where coaches serve many teachers."),
    Lever("planning_hours", "support", "hours/week", "Planning per teacher and week beyond the contract's."),
    Lever("library_access", "support", "share", "Share of lessons open to the school in a shared library."),
    Lever("library_support", "support", "share", "Support to find and use shared lessons."),
    Lever("vision", "support", "share", "Shared vision that the school works toward."),
    Lever("community_engagement", "support", "share", "How far families take part and are told why."),
    Lever("leadership", "support", "share", "Strength of the school's leadership for this."),
    Lever("old_duties", "support", "flag", "1: practices lie over old duties and schedules; 0: those are released."),
    Lever("tutoring_minutes", "programs", "minutes/week", "Tutoring per served student, week and subject."),
    Lever("tutoring_ratio", "programs", "students", "Students per tutor."),
    Lever("tutoring_quality", "programs", "share", "Quality of the tutors; 1 is an expert teacher."),
    Lever("tutoring_share", "programs", "share", "Share of students served by tutoring."),
    Lever("tutoring_displaced", "programs", "share", "Share of tutoring that is taken from class time."),
    Lever("tutoring_standing", "programs", "flag", "1: programs serve who stands lowest; 0: by lot and for good."),
    Lever("tutoring_first_grade", "programs", "grade", "First grade that tutoring serves; 0 is kindergarten."),
    Lever("tutoring_last_grade", "programs", "grade", "Last grade that tutoring serves."),
    Lever("software_minutes", "programs", "minutes/week", "Added software per student, week and subject."),
    Lever("software_in_class", "programs", "flag", "1: software in class time; 0: at home in place of homework."),
    Lever("software_extra_minutes", "programs", "minutes/week", "Supervised software beyond class."),
    Lever("software_extra_share", "programs", "share", "Share of students whom that serves."),
    Lever("library_bought", "programs", "share", "Share of the needed lesson levels in a bought library."),
    Lever("lesson_quality", "programs", "share", "How good shared lessons are: 0 as a teacher's own, 1 the best."),
    Lever("contact_hours_math", "context", "hours/week", "Mathematics lessons per week."),
    Lever("contact_hours_reading", "context", "hours/week", "Reading and English lessons per week."),
    Lever("homework_minutes", "context", "minutes/week", "Homework set per week and subject."),
    Lever("curriculum_fragmentation", "context", "share", "How far materials fail to build on each other."),
    Lever("base_tools", "context", "count", "Digital tools a teacher has to use anyway."),
    Lever("intensity_profiles", "learner_profiles", "share", "Intensity of learner profiles."),
    Lever("intensity_paths", "learning_paths", "share", "Intensity of learning paths."),
    Lever("intensity_competency", "competency_progression", "share", "Intensity of competency-based progression."),
    Lever("intensity_environment", "flexible_environment", "share", "Intensity of the flexible environment."),
    Lever("intensity_grouping", "data_driven_grouping", "share", "Intensity of data-driven grouping."),
    Lever("intensity_advising", "advising", "share", "Intensity of advising."),
    Lever("intensity_technology", "technology", "share", "Intensity of technology."),
    Lever("intensity_belonging", "belonging", "share", "Intensity of relationship work."),
)
"""The levers that the rules name, in the order of ``rules.levers.Levers``: the first columns of a table."""

WITHOUT_LEVER = (
    Lever("practices.*.subjects", "context", "both, math, reading", "Subjects in which a practice is changed."),
    Lever("programs.*.subjects", "programs", "both, math, reading", "Subjects that tutoring, or software, serves."),
    Lever("programs.hours", "programs", "hours/week", "Lessons beyond the usual ones, by subject."),
    Lever("programs.class_size", "programs", "students", "Students per section that sectioning aims at."),
    Lever("programs.sections", "programs", "share", "How far whole sections are formed by entry scores."),
)
"""What a scenario can turn that has no column of its own: who sits with whom, and where other levers hold."""

LEVER_INDEX = {lever.name: index for index, lever in enumerate(LEVERS)}
FIRST_INTENSITY = LEVER_INDEX["intensity_profiles"]
"""Column of the first of the eight intensities, which are in the order of ``PRACTICES``."""
INTENSITIES = slice(FIRST_INTENSITY, FIRST_INTENSITY + len(PRACTICES))
"""Columns of the eight intensities."""

_own: list[Lever] = []
_own_defaults: list[float] = []


def all_levers() -> tuple[Lever, ...]:
    """Every column of a lever table: :data:`LEVERS`, then those of practices that have levers of their own."""
    return (*LEVERS, *_own)


def add_levers(levers: Sequence[Lever], defaults: Sequence[float]) -> int:
    """Take up a practice's own levers, with their values where nothing turns them; the column of the first."""
    names = [lever.name for lever in levers]
    twice = sorted({name for name in names if name in LEVER_INDEX or names.count(name) > 1})
    if twice:
        raise ValueError(f"lever {twice[0]!r} is there already")
    first = len(LEVERS) + len(_own)
    _own.extend(levers)
    _own_defaults.extend(defaults)
    LEVER_INDEX.update({name: first + place for place, name in enumerate(names)})
    return first


@dataclass(frozen=True)
class LeverTable:
    """Values of all levers.

    Attributes
    ----------
    values
        Shape (schools, weeks, levers), C-contiguous float64; columns and units as in :func:`all_levers`.
    """

    values: FloatArray

    @classmethod
    def empty(cls, schools: int, weeks: int) -> LeverTable:
        """A table in which nothing is turned, for so many schools and weeks."""
        values = np.zeros((schools, weeks, len(LEVERS) + len(_own)), dtype=np.float64)
        values[:, :, len(LEVERS) :] = _own_defaults
        return cls(values)

    @property
    def schools(self) -> int:
        """Number of schools."""
        return int(self.values.shape[0])

    @property
    def weeks(self) -> int:
        """Number of weeks; 1 stands for "the same every week" while a table is being built."""
        return int(self.values.shape[1])

    def __getitem__(self, name: str) -> FloatArray:
        """View of one lever, which may be written to. Shape (schools, weeks)."""
        return self.values[:, :, LEVER_INDEX[name]]

    def put(self, name: str, value: FloatArray | float) -> None:
        """Set one lever in all weeks, to one number or to one number per school."""
        self[name][...] = value[:, np.newaxis] if isinstance(value, np.ndarray) else value

    def give_sessions(
        self,
        practice: str,
        minutes: FloatArray | float,
        *,
        group_size: float = 4.0,
        quality: float = 1.0,
        grades: tuple[int, int] = (0, 12),
        standing: tuple[float, float] = (0.0, 1.0),
        given: Literal["lessons", "unpaid", "paid"] = "unpaid",
    ) -> None:
        """Set the sessions of a practice that has them, in all weeks.

        Parameters
        ----------
        practice
            The practice's name.
        minutes
            Minutes per served student, week and subject; one number per school or one for all.
        group_size
            Students per session.
        quality
            Quality of a session by a teacher with full skill in the practice; 1 is an expert tutor's.
        grades
            First and last grade served; 0 is kindergarten.
        standing
            Who is served, as shares of a school's grade by what it believes of its students in a year's first week:
            ``(0, 0.25)`` is the lowest quarter, ``(0.25, 0.75)`` the middle half.
        given
            Whose time it is: lesson time, in which the class works on its own; or the teacher's outside lessons.
        """
        self.put(f"{practice}_minutes", minutes)
        for name, value in (
            ("group_size", group_size),
            ("quality", quality),
            ("first_grade", grades[0]),
            ("last_grade", grades[1]),
            ("standing_from", standing[0]),
            ("standing_to", standing[1]),
            ("in_lessons", given == "lessons"),
            ("paid", given == "paid"),
        ):
            self.put(f"{practice}_{name}", float(value))

    def repeated(self, weeks: int) -> LeverTable:
        """The table of one week, repeated for so many weeks."""
        return LeverTable(np.repeat(self.values, weeks, axis=1))
