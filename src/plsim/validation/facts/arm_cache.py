"""What schools of an experiment live through: its arms, run in a world and tested in the weeks that its facts ask for.

Arms that several experiments have in common (the same students, doing the same) are run once in a world.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.jit import interpreted
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import DOSE
from plsim.engine.parameters import World
from plsim.engine.reference import Typical
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year
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


@dataclass
class Life:
    """One arm after its tests: ``tests`` by year and week, both counted from 0; who was served by a program."""

    setting: Setting
    arm: Arm
    tests: dict[tuple[int, int], Snapshot]
    served: Floats


@dataclass(frozen=True)
class Place:
    """People and what they do: all that an arm needs but a world. Equal addresses have equal lives."""

    address: tuple[str, ...]
    scenario: Scenario
    setting: Setting
    plan: Plan

    def planned_in(self, world: World) -> Plan:
        """The plan in a world: worlds differ in doses that were never published."""
        dose = world.number(DOSE)
        if dose == 1.0 or not self.scenario.dose_unpublished:
            return self.plan
        return plan(self.scenario, self.setting.population, self.setting.years, dose=dose)


@dataclass
class Places:
    """Populations and settings, each made once in a process."""

    seed: int
    _people: dict[str, Population] = field(default_factory=dict)
    _settings: dict[tuple[str, ...], Setting] = field(default_factory=dict)

    def place(self, scenario: Scenario, *, ordinary: bool = False) -> Place:
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
        return Place((*address, acts), scenario, setting, plan(scenario, people, scenario.years))


def ordinary_schools(spec: PopulationSpec) -> PopulationSpec:
    """The same students in ordinary district schools, with the conditions of typical schools.

    What a study with other schools compares with, without luck of the draw: schools keep their addresses, so that the
    same students come with the same luck and the same teachers.
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


class Lives:
    """The lives of a world: every place is lived once, with all the tests that anybody asks of it."""

    def __init__(self, world: World, found: Typical, engine: Engine, tests: dict[tuple[str, ...], set[int]]) -> None:
        self.world = world
        self.typical = found
        self.engine = engine
        self._weeks = tests
        self._lived: dict[tuple[str, ...], Life] = {}

    def of(self, place: Place) -> Life:
        """The life of a place."""
        life = self._lived.get(place.address)
        if life is None:
            life = self._live(place, self._weeks[place.address])
            self._lived[place.address] = life
        return life

    def begun(self, place: Place) -> Life:
        """The life of a place before its first week."""
        planned = place.planned_in(self.world)
        arm = Arm(place.setting, planned, self.world, self.typical.reference)
        return Life(place.setting, arm, {}, np.zeros(0))

    def _live(self, place: Place, weeks: Iterable[int]) -> Life:
        life = self.begun(place)
        arm = life.arm
        wanted = set(weeks)
        last = place.setting.years - 1
        for year in range(place.setting.years):
            begin_year(arm, self.engine)
            if year == 0:
                served = arm.tables.planned[:, :, _TUTORING_SHARE].max(axis=1)
                of_school = served[place.setting.population.school][:, np.newaxis]
                life.served = (arm.by_student(arm.rows.u_served) < of_school).astype(np.float64)
            ends = year < last or WINDOWS[-1] in wanted
            self._year(life, year, sorted({*WINDOWS, *wanted} if ends else {0, *wanted}), ends=ends)
        return life

    def _year(self, life: Life, year: int, stops: list[int], *, ends: bool) -> None:
        """A year with its tests; the last one stops at the last test."""
        arm = life.arm
        life.tests[year, 0] = snapshot(arm)
        for first, then in pairwise(stops):
            self.engine.run(arm, first, then)
            life.tests[year, then] = snapshot(arm)
        if ends:
            end_year(arm, np.stack([life.tests[year, week].achievement for week in WINDOWS]))


def snapshot(arm: Arm) -> Snapshot:
    """What tests of every kind would show now."""
    rows = arm.rows
    aligned = interpreted("plsim.rules.pace").aligned_score(
        rows.taught_mastery, rows.units_taught, float(arm.week), arm.p.pace
    )
    return Snapshot(*(arm.by_student(each) for each in (rows.achievement, aligned, rows.coverage)))
