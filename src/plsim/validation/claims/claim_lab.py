"""Where claims are tried: runs of scenarios in one world, each kept while the world lasts.

A claim asks for scenarios by name and dotted changes; runs that claims have in common are made once. Both arms hold the
same students with the same random draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SPRING_WEEK
from plsim.core.errors import StudyError
from plsim.engine.engines import engine_named
from plsim.engine.parameters import World
from plsim.engine.reference import typical
from plsim.engine.setting import Setting
from plsim.evidence import norms
from plsim.measures.effects import Row, effect_rows
from plsim.practices.levers import FIRST_INTENSITY, LEVERS, PRACTICES
from plsim.runs.held_channels import CHANNELS
from plsim.runs.outcomes import still_there, year_outcomes
from plsim.runs.paired import PairedRuns
from plsim.runs.spending import YearLevers
from plsim.runs.survey_outcomes import done
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario
from plsim.validation.facts.arm_cache import TestedArm, TestingEngine

SCHOOLS, STUDENTS = 40, 80
"""Size of a run: schools of nearly two hundred enrolments each, as many as the study of 2017 had."""


@cache
def shipped(name: str) -> Scenario:
    """A shipped scenario, read once."""
    return load(name)


@dataclass(frozen=True)
class Tried:
    """A scenario beside typical practice in the same schools, after all its years."""

    program: TestedArm
    typical: TestedArm

    @property
    def setting(self) -> Setting:
        """People and seats."""
        return self.program.arm.setting

    @property
    def years(self) -> int:
        """Years lived."""
        return self.setting.years

    @cached_property
    def _rows(self) -> dict[Row, float]:
        rows, values = effect_rows(
            tuple(year_outcomes(self.setting, self.program.arm, self.typical.arm, year) for year in range(self.years))
        )
        return dict(zip(rows, values.tolist(), strict=True))

    @cached_property
    def _found(self) -> dict[tuple[str, str, int, str, str], float]:
        # Achievement comes in SD and in RIT; SD first, and the first stays.
        found: dict[tuple[str, str, int, str, str], float] = {}
        for row, value in self._rows.items():
            found.setdefault((row.outcome, row.subject, row.year, row.group, row.arm), value)
        return found

    def get(
        self,
        outcome: str,
        *,
        subject: str = "both",
        group: str = "all",
        year: int | None = None,
        arm: str = "difference",
    ) -> float:
        """An outcome as a run reports it, after the last year unless said."""
        key = (outcome, subject, self.years if year is None else year, group, arm)
        if key not in self._found:
            raise StudyError("claim", ", ".join(map(str, key)), "no such outcome in the run")
        return self._found[key]

    def effect(self, *, subject: str = "both", group: str = "all", year: int | None = None) -> float:
        """Effect on achievement (SD)."""
        return self.get("achievement", subject=subject, group=group, year=year)

    def student_effects(self, year: int | None = None) -> tuple[Floats, np.ndarray]:
        """Every student's effect, mean of both subjects (SD), and who counts. Each (students,)."""
        at = (self.years if year is None else year) - 1
        grade = self.setting.timeline.years[at].grade.astype(np.int64)[:, np.newaxis]
        sd = norms().sd_fall_observed[np.arange(2), grade]
        gap = (self.program.tests[at, SPRING_WEEK].achievement - self.typical.tests[at, SPRING_WEEK].achievement) / sd
        return gap.mean(axis=1), still_there(self.setting, at)

    def school_effects(self, year: int | None = None) -> Floats:
        """Every school's mean effect (SD). Shape (schools,)."""
        effects, keep = self.student_effects(year)
        school = self.setting.population.school[keep]
        count = np.bincount(school, minlength=self.setting.schools)
        means: Floats = np.bincount(school, effects[keep], minlength=self.setting.schools) / np.maximum(count, 1)
        return means

    def lever(self, name: str, *, typical: bool = False, year: int | None = None) -> Floats:
        """A lever as schools really turned it, mean over a year. Shape (schools,)."""
        life = self.typical if typical else self.program
        return YearLevers(life.arm, (self.years if year is None else year) - 1).mean(name)

    def implementation(self, *, typical: bool = False) -> Floats:
        """How much of full practice each school really does. Shape (schools,)."""
        return done(YearLevers((self.typical if typical else self.program).arm, self.years - 1))

    @property
    def intensities(self) -> Floats:
        """Intensities of the practices as really done. Shape (schools, practices)."""
        return self.done()

    def done(self, *, typical: bool = False) -> Floats:
        """The same, in the program or in typical practice."""
        return np.column_stack([self.lever(lever.name, typical=typical) for lever in LEVERS[FIRST_INTENSITY:]])

    def proficiency(self, practice: str, year: int) -> float:
        """Mean proficiency of teachers in a practice at the end of a year."""
        record = self.program.arm.record[year - 1]
        return float(record.proficiency[record.taught > 0.0, PRACTICES.index(practice)].mean())


class Runs:
    """Paired runs of scenarios that last different numbers of years; ``seed`` is that of all."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._of_years: dict[int, PairedRuns] = {}

    def lasting(self, years: int) -> PairedRuns:
        """Those that last so many years."""
        return self._of_years.setdefault(years, PairedRuns(seed=self._seed, years=years))


class Lab:
    """Runs for claims in one world; ``closed``, with all channels closed through which practices reach learning."""

    def __init__(self, world: World, runs: Runs, *, closed: bool = False) -> None:
        self.world = world
        self._runs = runs
        # Practices then reach learning through nothing: a control.
        self._held = tuple(CHANNELS) if closed else ()
        engine = engine_named("batch")
        self._typical = typical(world, engine)
        self._engine = TestingEngine(engine)
        self._tried: dict[str, Tried] = {}

    def try_(
        self,
        name: str,
        changes: Mapping[str, object] | None = None,
        *,
        years: int = 1,
        schools: int = SCHOOLS,
        students: int = STUDENTS,
    ) -> Tried:
        """A shipped scenario with changes, at a small size."""
        scenario = _small(shipped(name), changes or {}, years, schools, students)
        address = scenario.model_dump_json(exclude={"name", "purpose"})
        if address not in self._tried:
            runs = self._runs.lasting(years)
            both = runs.pair(scenario)
            run = runs.run(both, self.world, found=self._typical, engine=self._engine, held=self._held)
            self._tried[address] = Tried(self._engine.life(run.scenario), self._engine.life(run.counterfactual))
        return self._tried[address]

    def effects(self, name: str, each: Sequence[Mapping[str, object]], *, years: int = 1) -> list[float]:
        """Effects of a scenario's variations (SD)."""
        return [self.try_(name, changes, years=years).effect() for changes in each]

    def number(self, key: str) -> float:
        """A number of the world."""
        return self.world.number(key)


def _small(scenario: Scenario, changes: Mapping[str, object], years: int, schools: int, students: int) -> Scenario:
    charters = round(schools * scenario.population.charter_schools / scenario.population.schools)
    size = {
        "population.schools": schools,
        "population.students_per_school": students,
        "population.charter_schools": charters,
        "years": years,
    }
    return changed(scenario, {**size, **changes})
