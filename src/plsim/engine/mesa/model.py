"""The Mesa engine: the rules and arrays of the batch engine, as agents that can be read, watched and changed.

This is the only module that imports Mesa. Subclass :class:`Student` (or :class:`Teacher`, :class:`School`), override a
method, and hand the class to :class:`SchoolModel`; see ``docs/engines.md``.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import mesa  # type: ignore[import-untyped]
import numpy as np

from plsim.core.arguments import given, switch, whole
from plsim.core.calendar import MATH, MAX_YEARS, READING, WEEKS_PER_YEAR
from plsim.core.errors import EngineError, InputError
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
from plsim.scenario import load
from plsim.scenario.loading import changed
from plsim.scenario.schema import MAX_SEED, Scenario

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


def _mean(part: str, name: str, subject: int | None = None) -> Callable[[ArmModel], float]:
    return partial(_read_mean, part, name, subject)


def _read_mean(part: str, name: str, subject: int | None, model: ArmModel) -> float:
    """Mean of an array of the model's arm, of one subject's rows where asked."""
    values = getattr(getattr(model.arm, part), name)
    if subject is not None:
        values = values[model.arm.rows.subject == subject]
    return float(values.mean())


READINGS: Mapping[str, Any] = {
    "year": "year",
    "week": "week",
    "achievement_math": _mean("rows", "achievement", MATH),
    "achievement_reading": _mean("rows", "achievement", READING),
    "on_task": _mean("rows", "on_task"),
    "match": _mean("rows", "match"),
    "engagement": _mean("students", "engagement"),
    "self_regulation": _mean("students", "self_regulation"),
    "strain": _mean("seats", "strain"),
    "proficiency": _mean("seats", "proficiency"),
    "buy_in": _mean("seats", "buy_in"),
    "library": _mean("schools", "library"),
    "trust": _mean("schools", "trust"),
}
"""What a :class:`SchoolModel` collects after every week: means over everybody; achievement in RIT."""


def _path(name: str, value: Any) -> str | Path:
    if not isinstance(value, str | os.PathLike):
        raise InputError(name, "", given(value), allowed=f"a {name}, or the path of one")
    return value if isinstance(value, str) else Path(value)


def _seed(seed: Any, rng: Any, own: int) -> int:
    """The seed that was asked for, in one way or the other."""
    if seed is not None and rng is not None:
        raise InputError("rng", "", given(rng), allowed="rng or seed, not both")
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    found = whole("seed", seed, 0, MAX_SEED)
    if found is None:
        found = whole("rng", rng, 0, MAX_SEED, ", or a numpy.random.Generator")
    return own + _iteration() if found is None else found


def _iteration() -> int:
    """The iteration of Mesa's ``batch_run`` that makes a model now, else 0: Mesa tells a model in no other way."""
    code = mesa.batchrunner._model_run_func.__code__
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code is code:
            return int(frame.f_locals["run"][1])
        frame = frame.f_back
    return 0


class SchoolModel(ArmModel):
    """One arm of a scenario as a Mesa model; a step is an instructional week.

    Week 36 ends the year; the next step begins the next one. ``running`` is False after the last week.

    Parameters
    ----------
    scenario
        As :func:`plsim.load` reads it, or its name or path.
    seed, years
        The scenario's own when None; 0 is a seed. The iterations of Mesa's ``batch_run`` are other seeds: the
        scenario's own, the next one, and so on.
    rng
        In place of a seed, as Mesa takes it: a whole number, or a generator that a seed is drawn from.
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
    changes
        Further arguments are dotted keys of the scenario and their values, so that ``batch_run`` can vary them:
        ``**{"practices.advising.intensity": 0.8}``.

    Attributes
    ----------
    datacollector
        Collects :data:`READINGS` after every week; put another in its place, or add to its reporters, before the first.

    Raises
    ------
    InputError
        When an argument is not what is allowed.

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
        scenario: Scenario | str | Path,
        *,
        seed: int | None = None,
        rng: int | np.random.Generator | None = None,
        student_class: type[Student] = Student,
        teacher_class: type[Teacher] = Teacher,
        school_class: type[School] = School,
        population: Population | str | Path | None = None,
        years: int | None = None,
        counterfactual: bool = False,
        world: World = CENTRAL,
        shuffle: bool = False,
        **changes: Any,
    ) -> None:
        if not isinstance(scenario, Scenario):
            scenario = load(_path("scenario", scenario))
        if changes:
            scenario = changed(scenario, changes)
        if population is not None and not isinstance(population, Population):
            population = _path("population", population)
        asked: Any = world
        if not isinstance(asked, World):
            raise InputError("world", "", given(asked), allowed="a plsim.World")
        classes: tuple[tuple[str, Any, type], ...] = (
            ("student_class", student_class, Student),
            ("teacher_class", teacher_class, Teacher),
            ("school_class", school_class, School),
        )
        for name, kind, base in classes:
            if not isinstance(kind, type) or not issubclass(kind, base):
                raise InputError(name, "", given(kind), allowed=f"{base.__name__} or a subclass of it")
        counterfactual, shuffle = switch("counterfactual", counterfactual), switch("shuffle", shuffle)
        seed = _seed(seed, rng, scenario.seed)
        years = whole("years", years, 1, MAX_YEARS) or scenario.years
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
        self.datacollector = mesa.DataCollector(model_reporters=dict(READINGS))
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
        self.datacollector.collect(self)

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
