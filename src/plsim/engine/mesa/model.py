"""The Mesa engine: the rules and arrays of the batch engine, as agents that can be read, watched and changed.

This is the only module that imports Mesa. Subclass :class:`Student` (or :class:`Teacher`, :class:`School`), override a
method, and hand the class to :class:`SchoolModel`; see ``docs/engines.md``.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import mesa  # type: ignore[import-untyped]
import numpy as np

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.core.errors import EngineError
from plsim.core.jit import HAVE_NUMBA
from plsim.engine.arm import Arm, Engine
from plsim.engine.mesa.school import SchoolRules
from plsim.engine.mesa.student import StudentRules
from plsim.engine.mesa.teacher import TeacherRules
from plsim.engine.mesa.week_context import WeekContext
from plsim.engine.pair import arms, pair, population_of
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import YearRecord
from plsim.engine.reference import Typical, typical
from plsim.engine.setting import WINDOWS
from plsim.engine.year import run_year
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year
from plsim.population.model import Population
from plsim.rules.week.phases import PHASES
from plsim.scenario.schema import Scenario

STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "plan": (("schools", "set_levers"), ("teachers", "plan")),
    "profile": (("schools", "open_profiles"), ("students", "observe")),
    "group": (("schools", "group"),),
    "target": (("schools", "open_sections"),),
    "learn": (("students", "step"),),  # learning, pace and development: a student reads nobody else in them
    "pace": (),
    "develop students": (),
    "develop teachers": (("schools", "open_development"), ("teachers", "develop")),
    "develop schools": (("schools", "develop"),),
    "measure": (),  # not the engine's
}
"""Which agents do what in each phase of a week, in this order."""
_OF_STUDENTS = ("profile", "group", "target", "learn", "pace", "develop students")


class Student(StudentRules, mesa.Agent):  # type: ignore[misc]
    """A student: reads and writes its rows, and changes nothing else. Whoever leaves is followed by a new agent."""

    def __init__(self, model: ArmModel, index: int) -> None:
        super().__init__(model)
        self.index = index


class Teacher(TeacherRules, mesa.Agent):  # type: ignore[misc]
    """A teacher: the present holder of a seat. Whoever leaves is followed by a new agent."""

    def __init__(self, model: ArmModel, index: int) -> None:
        super().__init__(model)
        self.index = index


class School(SchoolRules, mesa.Agent):  # type: ignore[misc]
    """A school with its sections."""

    def __init__(self, model: ArmModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = str(model.arm.setting.population.school_id[index])


class ArmModel(mesa.Model):  # type: ignore[misc]
    """The agents of one arm; itself an engine for that arm.

    Attributes
    ----------
    arm
        State and turn of the years, the same as the batch engine's.
    students, teachers, schools
        Agent sets.
    running
        False when the last week is over.
    """

    running: bool

    def __init__(
        self,
        arm: Arm,
        *,
        student_class: type[Student] = Student,
        teacher_class: type[Teacher] = Teacher,
        school_class: type[School] = School,
        shuffle: bool = False,
    ) -> None:
        super().__init__(rng=arm.setting.seed)
        self.arm = arm
        self.shuffle = shuffle
        self._student_class = student_class
        self._teacher_class = teacher_class
        self.schools_in_order = [school_class(self, s) for s in range(arm.setting.schools)]
        self._pupils: list[Student] = []
        self._staff: list[Teacher] = []
        self._holder = arm.holder

    def start_year(self, arm: Arm) -> None:
        """Agents for who is new, places for all, and section summaries before the first week."""
        self.context = WeekContext(arm)
        for school in self.schools_in_order:
            school.take_place(self.context)
            school.summarise(habits=True)
        self._admit_students()
        self._hire_teachers()
        self.students = self.agents.select(agent_type=Student)
        self.teachers = self.agents.select(agent_type=Teacher)
        self.schools = self.agents.select(agent_type=School)

    def _admit_students(self) -> None:
        arm = self.arm
        if self._pupils:
            for j in np.flatnonzero(arm.layout.roster.entered == arm.year).tolist():
                self._pupils[j].remove()
                self._pupils[j] = self._student_class(self, j)
        else:
            self._pupils = [self._student_class(self, j) for j in range(arm.setting.students)]
        for student, school in zip(self._pupils, arm.setting.population.school.tolist(), strict=True):
            student.take_place(self.context, self.schools_in_order[school])

    def _hire_teachers(self) -> None:
        arm = self.arm
        if self._staff:
            for t in np.flatnonzero(arm.holder != self._holder).tolist():
                self._staff[t].remove()
                self._staff[t] = self._teacher_class(self, t)
        else:
            self._staff = [self._teacher_class(self, t) for t in range(arm.holder.shape[0])]
        self._holder = arm.holder
        taught: list[list[int]] = [[] for _ in self._staff]
        for k, t in enumerate(arm.sections.seat.tolist()):
            taught[t].append(k)
        for school in self.schools_in_order:
            for t in school.seats:
                self._staff[t].take_place(self.context, school, tuple(taught[t]))

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks ``first_week`` to ``last_week - 1`` of the arm's present year."""
        for week in range(first_week, last_week):
            self.live_week(week)
            arm.week = week + 1

    def live_week(self, week: int) -> None:
        """One week: the phases of ``rules.week.phases.PHASES``, in order; agents inside a phase have no order."""
        self.context.open_week(week)
        for phase in PHASES:
            self._live_phase(phase.name)

    def _live_phase(self, name: str) -> None:
        flags = self.context.flags
        if name in _OF_STUDENTS and not flags.with_students:
            return
        if (name == "develop teachers" and flags.freeze_teachers) or (
            name == "develop schools" and flags.freeze_schools
        ):
            return
        for agents, method in STEPS[name]:
            self._do(getattr(self, agents), method)

    def _do(self, agents: Any, method: str) -> None:
        if self.shuffle:
            agents.shuffle_do(method)
        else:
            agents.do(method)


class SchoolModel(ArmModel):
    """One arm of a scenario as a Mesa model; a step is an instructional week.

    Week 36 ends the year; the next step begins the next one. ``running`` is False after the last week.

    Parameters
    ----------
    scenario
        As :func:`plsim.load` reads it.
    seed, years
        The scenario's own when None; 0 is a seed.
    student_class, teacher_class, school_class
        Subclasses of :class:`Student`, :class:`Teacher` and :class:`School`.
    population
        A population, or a file or folder to read one from; drawn from norms when None.
    counterfactual
        Run typical practice in the same schools with the same random numbers, instead of the scenario.
    world
        Values of the uncertain parameters.
    shuffle
        Take the agents of a phase in random order; changes no bit.

    Notes
    -----
    Random numbers come from addresses (seed, stream, person, subject, year, week) by Philox4x32-10 (Salmon et al. 2011,
    SC '11), never from the model's generator, so the order of agents does not matter.

    Examples
    --------
    >>> import plsim
    >>> school = plsim.load("one_school_demo", overrides=("population.students_per_school=20",))
    >>> model = plsim.SchoolModel(school, seed=1)
    >>> model.step()
    >>> len(model.students)
    20
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        student_class: type[Student] = Student,
        teacher_class: type[Teacher] = Teacher,
        school_class: type[School] = School,
        population: Population | str | Path | None = None,
        years: int | None = None,
        counterfactual: bool = False,
        world: World = CENTRAL,
        shuffle: bool = False,
    ) -> None:
        seed = scenario.seed if seed is None else seed
        years = scenario.years if years is None else years
        both = pair(scenario, population_of(scenario, population, seed), seed=seed, years=years)
        run = arms(both, world, typical_of(world))
        super().__init__(
            run.counterfactual if counterfactual else run.scenario,
            student_class=student_class,
            teacher_class=teacher_class,
            school_class=school_class,
            shuffle=shuffle,
        )
        # Mesa 3.5 has another kind of object in ``model.scenario``.
        self.school_scenario = scenario
        self.years = years
        self._begin_year()

    @property
    def week(self) -> int:
        """Weeks of the present year that are over, 0 to 36."""
        return self.arm.week

    @property
    def year(self) -> int:
        """The present year, from 1."""
        return self.arm.year + 1

    @property
    def record(self) -> list[YearRecord]:
        """What each year that is over has left behind."""
        return self.arm.record

    def step(self) -> None:
        """One instructional week."""
        if not self.running:
            raise EngineError(f"The model has completed its {self.years} years; check model.running before a step.")
        if self.week == WEEKS_PER_YEAR:
            self._begin_year()
        self.run(self.arm, self.week, self.week + 1)
        if self.week in WINDOWS:
            self._seen.append(self.arm.by_student(self.arm.rows.achievement))
        if self.week == WEEKS_PER_YEAR:
            end_year(self.arm, np.stack(self._seen))
            self.running = self.year < self.years

    def _begin_year(self) -> None:
        if self.arm.turnover_from is not None:
            # Who leaves is decided by the counterfactual, which lives its year first.
            run_year(self.arm.turnover_from, MesaEngine())
        begin_year(self.arm, self)
        self._seen = [self.arm.by_student(self.arm.rows.achievement)]


class MesaEngine:
    """Runs the weeks of an arm with agents, in place of the batch engine: the same bits, readable and slower."""

    def __init__(
        self,
        *,
        shuffle: bool = False,
        student_class: type[Student] = Student,
        teacher_class: type[Teacher] = Teacher,
        school_class: type[School] = School,
    ) -> None:
        self._shuffle = shuffle
        self._classes: dict[str, Any] = {
            "student_class": student_class,
            "teacher_class": teacher_class,
            "school_class": school_class,
        }
        self._models: list[ArmModel] = []

    def __reduce__(self) -> tuple[Any, ...]:
        """Agents are made anew from the arm where a copy is opened."""
        return partial(MesaEngine, shuffle=self._shuffle, **self._classes), ()

    def start_year(self, arm: Arm) -> None:
        """Section summaries before the first week."""
        self._meet(arm)

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks ``first_week`` to ``last_week - 1`` of the arm's present year."""
        known = [model for model in self._models if model.arm is arm and model.context.year == arm.year]
        model = known[0] if known else self._meet(arm)
        model.run(arm, first_week, last_week)

    def _meet(self, arm: Arm) -> ArmModel:
        """The agents of an arm's present year; those of one other arm are kept, since two may take turns."""
        model = ArmModel(arm, shuffle=self._shuffle, **self._classes)
        model.start_year(arm)
        # Mesa 3.3 numbers agents in a table that keeps every model alive; nobody asks these agents for their numbers.
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
        others = [each for each in self._models if each.arm is not arm]
        self._models = [*others[-1:], model]
        return model


@cache
def _typical(name: str, values: tuple[tuple[str, float], ...]) -> Typical:
    engine: Engine
    if HAVE_NUMBA:
        from plsim.engine.batch.engine import BatchEngine

        engine = BatchEngine()
    else:
        engine = MesaEngine()
    return typical(World(name, dict(values)), engine)


def typical_of(world: World) -> Typical:
    """What typical practice gives in a world: numbers of the world, not of a run, so either engine may find them."""
    return _typical(world.name, tuple(sorted(world.values.items())))
