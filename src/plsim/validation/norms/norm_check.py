"""Does typical practice reproduce the norms? The table that says so, by grade and subject.

A large norm population lives two years of typical practice. The norms' own estimates have errors that were not
published; two things stand in for them: 5% of a standard deviation or 0.02 of a correlation, and how far an entry of
the table lies from the line through the grades beside it, which a table without errors would hardly do. Means may be
off by 2%, means of fifths by 10%. To each comes twice the Monte Carlo error of the simulated figure, from leaving out a
tenth of the schools in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import GRADES, HEADLINE_GRADES, LAST_ELEMENTARY_GRADE, SUBJECTS
from plsim.engine.arm import Arm, Engine
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import STUDENTS_PER_SCHOOL, typical
from plsim.engine.setting import Setting
from plsim.engine.transient import solve
from plsim.engine.year import run_years
from plsim.evidence import norms
from plsim.population.model import PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.scenario.build import plan
from plsim.scenario.schema import Scenario
from plsim.validation.norms.norm_moments import QUINTILES, Cell, SubjectYears, lives

YEARS = 2
SCHOOLS = 120
GROUPS = 10
"""Parts of the population left out in turn."""
MEAN_TOLERANCE = 0.02
SD_TOLERANCE = 0.05
CORRELATION_TOLERANCE = 0.02
QUINTILE_TOLERANCE = 0.10
QUINTILE_FLOOR_RIT = 0.2
"""A fifteenth of a test's error: a tenth of a conditional mean near 0 is less than anybody can measure."""
PERSISTENT_CV_MOST = 0.20
"""Of mathematics up to grade 5, where it was measured (PG-01)."""


@dataclass(frozen=True)
class NormFigure:
    """One number of the table.

    Attributes
    ----------
    statistic, subject, grade
        What and where; quintiles are statistics of their own. Grade is a label, ``K`` or a number.
    simulated, norm
        In the statistic's unit. For a bound, ``norm`` is the bound.
    tolerance
        How far they may be apart; for a bound, how far beyond it chance may carry the simulated number.
    error
        Monte Carlo standard error of the simulated number.
    """

    statistic: str
    subject: str
    grade: str
    unit: str
    simulated: float
    norm: float
    tolerance: float
    error: float
    bound: bool = False

    @property
    def inside(self) -> bool:
        """Whether the simulated number is where it should be."""
        if self.bound:
            return self.simulated <= self.norm + self.tolerance
        return abs(self.simulated - self.norm) <= self.tolerance


@dataclass(frozen=True)
class NormCheck:
    """All figures of one world, and for how many subjects and grades its structure contradicts the norms."""

    world: str
    schools: int
    students: int
    figures: tuple[NormFigure, ...]
    rejected: int

    def of(self, statistic: str) -> tuple[NormFigure, ...]:
        """The figures of one statistic."""
        return tuple(figure for figure in self.figures if figure.statistic == statistic)

    @property
    def statistics(self) -> tuple[str, ...]:
        """Names of all statistics, in order."""
        return tuple(dict.fromkeys(figure.statistic for figure in self.figures))

    @property
    def outside(self) -> tuple[NormFigure, ...]:
        """The figures that are not where they should be."""
        return tuple(figure for figure in self.figures if not figure.inside)


def norm_setting(*, schools: int = SCHOOLS, seed: int = 1) -> tuple[Setting, Scenario]:
    """A norm population of so many schools, a third of each level, under typical practice."""
    scenario = Scenario(schema_version=1, name="norms", purpose="Typical practice in the norm group.")
    spec = PopulationSpec(schools=schools, students_per_school=STUDENTS_PER_SCHOOL, level_shares=(1 / 3, 1 / 3, 1 / 3))
    people = from_norms(spec, seed=seed)
    return Setting(people, seed, YEARS, plan(scenario, people, YEARS).class_size), scenario


def norm_check(setting: Setting, scenario: Scenario, engine: Engine, world: World = CENTRAL) -> NormCheck:
    """Two years of typical practice in a world, beside the norms."""
    found = typical(world, engine)
    planned = plan(scenario, setting.population, setting.years)
    arm = run_years(Arm(setting, planned, world, found.reference), engine)
    numbers = solve(found.structure)
    figures: list[NormFigure] = []
    for subject in range(len(SUBJECTS)):
        life = lives(arm, numbers, subject)
        for grade in HEADLINE_GRADES:
            figures += _figures(life, subject, grade)
    return NormCheck(
        world.name,
        setting.schools,
        setting.students,
        tuple(sorted(figures, key=lambda figure: _ORDER.index(figure.statistic))),
        int(numbers.rejected[:, list(HEADLINE_GRADES)].sum()),
    )


def roughness(table: Floats, subject: int, grade: int) -> float:
    """How far an entry lies from the line through the grades beside it; the table's unit."""
    return abs(float(table[subject, grade] - 0.5 * (table[subject, grade - 1] + table[subject, grade + 1])))


def conditional_means(subject: int, grade: int) -> Floats:
    """The norms' mean growth by quintile of fall status (RIT), schools and students together. Shape (5,)."""
    n = norms()
    at = subject, grade
    shared = (
        n.r_fall_growth_within[at] * n.growth_sd_within[at] * n.sd_within_fall[at]
        + n.r_fall_growth_between[at] * n.growth_sd_between[at] * n.sd_between_fall[at]
    )
    status_sd = np.sqrt(n.sd_within_fall[at] ** 2 + n.sd_between_fall[at] ** 2)
    means: Floats = n.growth[at] + shared / status_sd * QUINTILE_MEANS
    return means


QUINTILE_MEANS = np.array([-1.39981, -0.53191, 0.0, 0.53191, 1.39981])
"""Means of the fifths of a standard normal distribution."""
_SDS = {
    "growth SD within schools": (Cell.growth_sd_within, "growth_sd_within"),
    "growth SD between schools": (Cell.growth_sd_between, "growth_sd_between"),
}
_CORRELATIONS = {
    "r fall, spring (observed)": (Cell.r_fall_spring, "r_fall_spring_observed"),
    "r fall, growth (within schools)": (Cell.r_fall_growth, "r_fall_growth_within"),
}
_SUMMER = "r growth, summer (within schools)"
_QUINTILES = tuple(f"growth of quintile {number}" for number in range(1, QUINTILES + 1))
_MEAN, _NEXT_FALL, _CV = "mean growth", "next fall's SD within schools", "persistent growth CV"
_ORDER = (_MEAN, *_SDS, *_CORRELATIONS, _SUMMER, _NEXT_FALL, *_QUINTILES, _CV)


def _figures(life: SubjectYears, subject: int, grade: int) -> list[NormFigure]:
    """Every figure of one subject and grade."""
    n, cell, here = norms(), life.cell(grade), (subject, grade)

    def figure(name: str, unit: str, value: Callable[[Cell], float], norm: float, tolerance: float) -> NormFigure:
        simulated, error = _with_error(cell, value)
        return NormFigure(name, SUBJECTS[subject], GRADES[grade], unit, simulated, norm, tolerance + 2.0 * error, error)

    mean = float(n.growth[here])
    found = [figure(_MEAN, "RIT", Cell.mean_growth, mean, MEAN_TOLERANCE * mean)]
    for name, (value, table) in _SDS.items():
        sds = getattr(n, table)
        off = max(SD_TOLERANCE * float(sds[here]), roughness(sds, *here))
        found.append(figure(name, "RIT", value, float(sds[here]), off))
    for name, (value, table) in _CORRELATIONS.items():
        correlations = getattr(n, table)
        off = max(CORRELATION_TOLERANCE, roughness(correlations, *here))
        found.append(figure(name, "", value, float(correlations[here]), off))
    if cell.stayers.sum() > 0:
        off = max(CORRELATION_TOLERANCE, roughness(n.r_year_summer_within, *here))
        found.append(figure(_SUMMER, "", Cell.r_growth_summer, float(n.r_year_summer_within[here]), off))
        next_sd = float(n.sd_within_fall[subject, grade + 1])
        found.append(figure(_NEXT_FALL, "RIT", Cell.next_fall_sd_within, next_sd, SD_TOLERANCE * next_sd))
    for name, expected, simulated, error in zip(
        _QUINTILES, conditional_means(*here), *_quintiles_with_errors(cell), strict=True
    ):
        allowed = max(QUINTILE_TOLERANCE * abs(float(expected)), QUINTILE_FLOOR_RIT) + 2.0 * float(error)
        found.append(
            NormFigure(
                name, SUBJECTS[subject], GRADES[grade], "RIT", float(simulated), float(expected), allowed, float(error)
            )
        )
    if SUBJECTS[subject] == "math" and grade <= LAST_ELEMENTARY_GRADE:
        cv, error = _with_error(cell, lambda part: part.persistent_growth_sd() / mean)
        where = _CV, SUBJECTS[subject], GRADES[grade]
        found.append(NormFigure(*where, "ratio", cv, PERSISTENT_CV_MOST, 2.0 * error, error, bound=True))
    return found


def _with_error(cell: Cell, value: Callable[[Cell], float]) -> tuple[float, float]:
    """A figure and its Monte Carlo standard error, leaving out a tenth of the schools in turn."""
    left_out = np.array([float(value(cell.without(group, GROUPS))) for group in range(GROUPS)])
    return float(value(cell)), float(np.sqrt((GROUPS - 1) / GROUPS * ((left_out - left_out.mean()) ** 2).sum()))


def _quintiles_with_errors(cell: Cell) -> tuple[Floats, Floats]:
    """Mean growth by quintile and its Monte Carlo standard errors; each (5,)."""
    left_out = np.stack([cell.without(group, GROUPS).growth_by_quintile() for group in range(GROUPS)])
    spread = ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    return cell.growth_by_quintile(), np.sqrt((GROUPS - 1) / GROUPS * spread)
