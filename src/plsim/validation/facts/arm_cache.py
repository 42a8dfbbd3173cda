"""What schools of an experiment live through: its arms, run in a world and tested in the weeks that its facts ask for.

Arms that several experiments have in common (the same students, doing the same) are run once in a world.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.jit import interpreted
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import dosed
from plsim.engine.parameters import World
from plsim.engine.reference import Typical
from plsim.engine.setting import Setting
from plsim.engine.year import run_year
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.rules.levers import Levers
from plsim.scenario.build import Plan, class_size, plan, population_spec
from plsim.scenario.schema import Scenario

_TUTORING_SHARE = Levers._fields.index("tutoring_share")


@dataclass(frozen=True)
class Snapshot:
    """What tests of every kind would show of all students in one week; each (students, 2), without test error.

    ``achievement`` in RIT; ``aligned`` mastery of the units that were taught; ``on_grade`` units of the grade.
    """

    achievement: Floats
    aligned: Floats
    on_grade: Floats


@dataclass(frozen=True)
class TestedArm:
    """One arm and its tests by year and week, both counted from 0; who was served by a program."""

    arm: Arm
    tests: dict[tuple[int, int], Snapshot]
    served: Floats


class TestingEngine:
    """An engine that tests all students in the weeks at which a run stops, and in some more.

    Parameters
    ----------
    inner
        Who runs the weeks.
    weeks
        Further weeks of tests.
    """

    def __init__(self, inner: Engine, weeks: Iterable[int] = ()) -> None:
        self._inner, self._weeks = inner, set(weeks)
        self._lives: dict[int, TestedArm] = {}

    def life(self, arm: Arm) -> TestedArm:
        """What the tests of an arm have shown."""
        return self._lives[id(arm)]

    def start_year(self, arm: Arm) -> None:
        """Section summaries before the first week."""
        self._inner.start_year(arm)
        if arm.year == 0:
            served = arm.tables.planned[:, :, _TUTORING_SHARE].max(axis=1)
            of_school = served[arm.setting.population.school][:, np.newaxis]
            self._lives[id(arm)] = TestedArm(
                arm, {}, (arm.by_student(arm.rows.u_served) < of_school).astype(np.float64)
            )

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks of the arm, with their tests. Years before the first have none."""
        if not arm.flags.with_students:
            self._inner.run(arm, first_week, last_week)
            return
        between = {week for week in self._weeks if first_week < week < last_week}
        for first, last in pairwise(sorted({first_week, last_week} | between)):
            self._inner.run(arm, first, last)
            self.life(arm).tests[arm.year, last] = snapshot(arm)


@dataclass(frozen=True)
class StudyArm:
    """People and what they do: all that an arm needs but a world. Equal addresses have equal lives."""

    address: tuple[str, ...]
    scenario: Scenario
    setting: Setting
    plan: Plan

    def planned_in(self, world: World) -> Plan:
        """The plan in a world."""
        return dosed(self.scenario, self.plan, self.setting, world)


@dataclass
class StudyArms:
    """Populations and settings, each made once in a process."""

    seed: int
    _people: dict[str, Population] = field(default_factory=dict)
    _settings: dict[tuple[str, ...], Setting] = field(default_factory=dict)

    def place(self, scenario: Scenario, *, ordinary: bool = False) -> StudyArm:
        """Where a scenario is lived; ``ordinary`` puts its students into ordinary district schools."""
        spec = population_spec(scenario)
        if ordinary:
            spec = ordinary_schools(spec)
        of_people = repr(spec)
        if of_people not in self._people:
            self._people[of_people] = from_norms(spec, seed=self.seed)
        people = self._people[of_people]
        sizes = class_size(scenario, people)
        address = (of_people, str(scenario.years), sizes.tobytes().hex())
        if address not in self._settings:
            self._settings[address] = Setting(people, self.seed, scenario.years, sizes)
        setting = self._settings[address]
        acts = scenario.model_dump_json(exclude={"name", "purpose", "seed", "population"})
        return StudyArm((*address, acts), scenario, setting, plan(scenario, people, scenario.years))


def ordinary_schools(spec: PopulationSpec) -> PopulationSpec:
    """The same students in ordinary district schools, with the conditions of typical schools.

    What a study with other schools compares with, without chance differences: schools keep their addresses, so that the
    same students come with the same random draws and the same teachers.
    """
    usual = PopulationSpec()
    return replace(
        spec,
        charter_schools=0,
        vision=usual.vision,
        trust=usual.trust,
        library=usual.library,
        library_quality=usual.library_quality,
        device_share=usual.device_share,
        flexible_space=usual.flexible_space,
        years_in_operation_shares=(1.0,),
        engaged_share=usual.engaged_share,
    )


class ArmCache:
    """The lives of a world: every place is lived once, with all the tests that anybody asks of it."""

    def __init__(self, world: World, found: Typical, engine: Engine, tests: dict[tuple[str, ...], set[int]]) -> None:
        self.world = world
        self.typical = found
        self.engine = engine
        self._weeks = tests
        self._lived: dict[tuple[str, ...], TestedArm] = {}

    def of(self, place: StudyArm) -> TestedArm:
        """The life of a place."""
        if place.address not in self._lived:
            self._lived[place.address] = self._live(place, self._weeks[place.address])
        return self._lived[place.address]

    def _live(self, place: StudyArm, weeks: Collection[int]) -> TestedArm:
        """A life up to its last test."""
        arm = Arm(place.setting, place.planned_in(self.world), self.world, self.typical.reference)
        engine = TestingEngine(self.engine, weeks)
        for _ in range(place.setting.years - 1):
            run_year(arm, engine)
        run_year(arm, engine, until=max(weeks))
        return engine.life(arm)


def snapshot(arm: Arm) -> Snapshot:
    """What tests of every kind would show now."""
    rows = arm.rows
    aligned = interpreted("plsim.rules.pace").aligned_score(
        rows.taught_mastery, rows.units_taught, float(arm.week), arm.p.pace
    )
    return Snapshot(*(arm.by_student(each) for each in (rows.achievement, aligned, rows.coverage)))
