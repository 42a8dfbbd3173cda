"""What a population is: plain arrays of students and schools before anybody changes anything, and the wish for one.

A :class:`PopulationSpec` says what to draw; :class:`Population` is what was drawn or read. Students are ordered by
school and schools by network, so that a network's students are one slice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from plsim.core.arrays import Bools, Floats, Int8s, Int16s, Int32s, Keys, Labels
from plsim.core.calendar import GRADES, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE
from plsim.core.errors import PopulationError

if TYPE_CHECKING:
    import pandas as pd

PRACTICES = 8
SLOT_BITS = 20
"""A drawn student's key is ``(school key << SLOT_BITS) | slot``."""

ELEMENTARY, MIDDLE, HIGH = 0, 1, 2
LAST_GRADE = len(GRADES) - 1
GRADES_OF_LEVEL = (
    tuple(range(LAST_ELEMENTARY_GRADE + 1)),
    tuple(range(LAST_ELEMENTARY_GRADE + 1, LAST_MIDDLE_GRADE + 1)),
    tuple(range(LAST_MIDDLE_GRADE + 1, LAST_GRADE + 1)),
)


def number(key: str) -> float:
    """The registry's value of one number about the world."""
    from plsim.evidence import registry

    return registry().value(key)


def _from_registry(key: str) -> Any:
    """A field whose default is a value of the registry."""
    return field(default_factory=functools.partial(number, key))


class ByGovernance(NamedTuple):
    """The mean of a condition in charter schools and in district schools (shares)."""

    charter: float
    district: float


def _by_governance(name: str) -> ByGovernance:
    return ByGovernance(number(f"schools.{name}_charter"), number(f"schools.{name}_district"))


def _level_shares() -> tuple[float, float, float]:
    elementary, middle = number("schools.elementary_share"), number("schools.middle_share")
    return (elementary, middle, 1.0 - elementary - middle)


@dataclass(frozen=True, kw_only=True)
class PopulationSpec:
    """What to draw: the schools and students of a scenario. Defaults are the registry's typical values.

    Attributes
    ----------
    schools, students_per_school
        Sizes. For populations from files, which bring their own, only ``charter_schools / schools`` is used.
    charter_schools
        How many are charter schools: the first ones.
    level_shares
        Shares of elementary (K-5), middle (6-8) and high schools (9-12).
    grades
        The only grades wanted, or ``None`` for all.
    lunch_share
        Share of students eligible for free or reduced-price lunch, over all schools.
    level_sd
        Mean achievement relative to the norms, in the norms' SDs of observed fall scores. It holds whatever the lunch
        share is: the lunch gap only says who inside a school is above its mean.
    attendance_rate, self_regulation, mobility_rate
        Population means (share of days; share; share a year).
    autonomy, accountability
        Mean conditions by governance; ``vision`` to ``flexible_space``: means over all schools (shares).
    condition_spread
        How unlike schools are in every condition (SD of its probit).
    years_in_operation_shares
        Shares of schools with 0, 1, 2, ... years of implementation before the first simulated year.
    engaged_share
        Share of schools in which initiation engaged staff and families.
    network_schools
        Schools in one network; 0 makes each school its own network.
    network_offset
        Networks to skip in the address space: two populations with different offsets hold different schools.
    """

    schools: int = 12
    students_per_school: int = 250
    charter_schools: int = 0
    level_shares: tuple[float, float, float] = field(default_factory=_level_shares)
    grades: tuple[int, ...] | None = None
    lunch_share: float = _from_registry("population.lunch_share")
    level_sd: float = 0.0
    english_learner_share: float = _from_registry("population.english_learner_share")
    special_education_share: float = _from_registry("population.special_education_share")
    attendance_rate: float = _from_registry("population.attendance_rate")
    self_regulation: float = _from_registry("population.self_regulation_mean")
    mobility_rate: float = _from_registry("population.mobility_rate")
    autonomy: ByGovernance = field(default_factory=lambda: _by_governance("autonomy"))
    accountability: ByGovernance = field(default_factory=lambda: _by_governance("accountability"))
    vision: float = _from_registry("schools.vision")
    trust: float = _from_registry("schools.trust")
    library: float = _from_registry("schools.library")
    library_quality: float = _from_registry("schools.library_quality")
    device_share: float = _from_registry("schools.device_share")
    flexible_space: float = _from_registry("schools.flexible_space")
    condition_spread: float = _from_registry("schools.condition_spread")
    years_in_operation_shares: tuple[float, ...] = (1.0,)
    engaged_share: float = _from_registry("schools.engaged_share")
    network_schools: int = 0
    network_offset: int = 0

    def __post_init__(self) -> None:
        def require(name: str, fine: Callable[[Any], bool], allowed: str) -> None:
            given = getattr(self, name)
            if not fine(given):
                raise PopulationError("population", name, f"got {given!r}", allowed=allowed)

        def is_share(given: float) -> bool:
            return 0.0 <= given <= 1.0

        def are_shares(given: tuple[float, ...]) -> bool:
            return len(given) > 0 and all(map(is_share, given)) and abs(sum(given) - 1.0) < 1e-6

        require("schools", lambda n: n >= 1, "1 or more")
        require("students_per_school", lambda n: 1 <= n < 1 << SLOT_BITS, f"1 to {(1 << SLOT_BITS) - 1}")
        require("charter_schools", lambda n: 0 <= n <= self.schools, f"0 to {self.schools}, the number of schools")
        require("level_shares", lambda s: len(s) == len(GRADES_OF_LEVEL) and are_shares(s), "3 shares that sum to 1")
        require("years_in_operation_shares", are_shares, "shares that sum to 1")
        require("network_schools", lambda n: n >= 0, "0 or more")
        require("network_offset", lambda n: n >= 0, "0 or more")
        grades_fine = self.grades is None or (
            len(self.grades) > 0 and all(0 <= grade <= LAST_GRADE for grade in self.grades)
        )
        require("grades", lambda _: grades_fine, f"grades from 0 (K) to {LAST_GRADE}, at least one")
        for name in _SHARES:
            require(name, is_share, "a share, 0 to 1")
        for name in ("autonomy", "accountability"):
            require(name, lambda pair: all(map(is_share, pair)), "two shares, 0 to 1")


_SHARES = (
    "lunch_share", "english_learner_share", "special_education_share", "attendance_rate", "self_regulation",
    "mobility_rate", "vision", "trust", "library", "library_quality", "device_share", "flexible_space", "engaged_share",
)  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Students and schools at week 0 of the first year. ``n`` students, ``S`` schools, two subjects (math, reading).

    Attributes
    ----------
    spec
        What was asked for; later entrants are drawn from it.
    student_key
        Address of each person, for chance. (n)
    given_id
        The file's student ids; ``None`` where students are drawn. (n)
    school
        Index of each student's school, ascending. (n)
    grade
        K = 0 to 12. (n)
    achievement
        Latent achievement at week 0 (RIT). (n, 2)
    entry_z
        Achievement minus the school's component, over the norms' SD within schools. (n, 2)
    lunch_eligible, english_learner, special_education
        Flags; no rule reads them. (n)
    learning_rate
        Ratio to typical, mean 1. (n)
    attendance_rate
        Share of days, 0.6 to 1. (n)
    self_regulation
        Capacity to learn in a self-directed way, 0.02 to 0.98. (n)
    engagement_level
        The student's own level, standardized. (n)
    home_access
        0 to 1. (n)
    subgroups
        Further columns of a roster. Each (n)
    given_section
        Index into ``section_labels``, by subject; -1 where the section is to be made up. (n, 2)
    section_labels, section_teachers
        Label and teacher's label of every given section; a teacher's label is empty where nobody is named.
    school_key, school_id
        Address and name. (S)
    charter, engaged
        Governance; whether initiation engaged staff and families (True) or was imposed. (S)
    network
        Ascending. (S)
    level
        0 elementary, 1 middle, 2 high, by the middle of the grade span. (S)
    first_grade, last_grade
        Grades the school teaches; who passes the last one leaves. (S)
    autonomy, accountability, vision, trust, library, library_quality, device_share, flexible_space
        Conditions at the start, 0 to 1. (S)
    lunch_share
        Expected share of lunch-eligible students. (S)
    school_z
        The school's achievement in norms' SDs between schools, after ``spec.level_sd``. (S, 2)
    school_effect
        The school's component of achievement relative to the norms (RIT, at its middle grade). (S, 2)
    practice_taste
        Standardized taste for each of the eight practices. (S, 8)
    years_in_operation
        Years of implementation before the first simulated year. (S)
    drawn
        How many values were drawn because the file did not give them, by what they are.
    rows
        How many rows or students of the file were used or dropped, by reason.
    source
        Where the students come from, in a few words.
    lunch_told
        How many students the file calls eligible for free or reduced-price lunch, and of how many it says either;
        ``None`` where students are drawn.
    remarks, warnings, doubts
        What a reader should know of how files were read; what may be wrong; what makes them probably the wrong files.
    """

    spec: PopulationSpec
    student_key: Keys
    given_id: Labels | None
    school: Int32s
    grade: Int16s
    achievement: Floats
    entry_z: Floats
    lunch_eligible: Bools
    english_learner: Bools
    special_education: Bools
    learning_rate: Floats
    attendance_rate: Floats
    self_regulation: Floats
    engagement_level: Floats
    home_access: Floats
    subgroups: dict[str, Labels]
    given_section: Int32s
    section_labels: tuple[str, ...]
    section_teachers: tuple[str, ...]
    school_key: Keys
    school_id: Labels
    charter: Bools
    network: Int32s
    level: Int8s
    first_grade: Int16s
    last_grade: Int16s
    autonomy: Floats
    accountability: Floats
    vision: Floats
    trust: Floats
    library: Floats
    library_quality: Floats
    device_share: Floats
    flexible_space: Floats
    lunch_share: Floats
    school_z: Floats
    school_effect: Floats
    practice_taste: Floats
    years_in_operation: Int16s
    engaged: Bools
    drawn: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    source: str = "norms"
    lunch_told: tuple[int, int] | None = None
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, spec: PopulationSpec | None = None, *, seed: int = 0, subgroups: Sequence[str] = ()
    ) -> Population:
        """The population of a table of students, by the rules and with the account of rows of a roster file.

        Parameters
        ----------
        frame
            One row for each student: ``student_id``, ``school`` and ``grade``, and what is known of ``math_rit``,
            ``reading_rit``, ``section_math``, ``section_reading``, ``teacher_math``, ``teacher_reading``,
            ``lunch_eligible``, ``english_learner``, ``special_education`` and ``governance``. What is missing is drawn.
        spec
            What the table does not tell; typical values by default.
        subgroups
            Further columns by whose labels results are shown.

        Raises
        ------
        PopulationError
            When something in the table is wrong; the message names rows as if the table stood in a CSV file.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"student_id": [1, 2], "school": "Oak", "grade": ["K", 5], "math_rit": [140, None]})
        >>> people = Population.from_frame(table, seed=1)
        >>> people.students, people.grade.tolist(), people.drawn["math scores"]
        (2, [0, 5], 1)
        """
        # By its name: reading stands on the floor above, and this class alone should not need it.
        load = import_module("plsim.population.load")
        people: Population = load.from_frame(frame, spec, seed=seed, subgroups=subgroups)
        return people

    @property
    def students(self) -> int:
        """How many students."""
        return len(self.student_key)

    @property
    def schools(self) -> int:
        """How many schools."""
        return len(self.school_key)

    @property
    def are_people(self) -> bool:
        """Whether these are records of real students, who have something to hide, and not drawn ones."""
        return self.given_id is not None

    @property
    def student_id(self) -> Labels:
        """Names for result tables: the file's student ids, or made-up ones; one for each student.

        Made up when asked for: as texts they would take a third of what a drawn student takes in memory.
        """
        if self.given_id is not None:
            return self.given_id
        width = len(str(self.spec.students_per_school - 1))
        slots = (1 << SLOT_BITS) - 1
        ids = [f"s{key >> SLOT_BITS}-{key & slots:0{width}d}" for key in self.student_key.tolist()]
        return np.array(ids, dtype=object)
