"""Growth in open data: 1,721 children of 60 urban schools over up to six years (``mlmRev/egsingle``).

How far children's growth persistently differs, and how much of what sets children apart lies between schools, found by
one estimator in the data and in a simulated cohort that is followed from kindergarten to grade 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.engine.arm import Arm
from plsim.engine.engines import engine_named
from plsim.engine.parameters import World
from plsim.engine.reference import typical
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.transient import solve, test_errors, transient_scores
from plsim.engine.year import run_years
from plsim.population.norm_population import from_norms
from plsim.scenario.build import plan, population_spec
from plsim.scenario.loading import changed, load

if TYPE_CHECKING:
    import pandas as pd

YEARS = 6
FEWEST_TESTS = 3
"""A child with fewer tests says nothing about a slope and its error."""
# The urban schools of the data, as far as they are described: poor, and behind. How far behind is our judgement.
_COHORT = {
    "population.schools": 60,
    "population.students_per_school": 174,
    "population.level_shares": (1.0, 0.0, 0.0),
    "population.lunch_share": 0.8,
    "population.level_sd": -0.5,
    "years": YEARS,
}
_MATH = 0


class LongScores(NamedTuple):
    """Scores in the long form: child and school as numbers from 0, the occasion, the score. Each (tests,)."""

    child: Ints
    school: Ints
    occasion: Ints
    score: Floats


@dataclass(frozen=True)
class GrowthSpread:
    """What tests over years say.

    Attributes
    ----------
    persistent_cv
        SD of children's persistent growth rates over the mean rate, test error and passing growth taken off.
    school_share
        Share of the variance of status, at the occasion with most tests, that lies between schools.
    children, schools, tests
        How many there were.
    """

    persistent_cv: float
    school_share: float
    children: int
    schools: int
    tests: int


def growth_spread(tests: LongScores) -> GrowthSpread:
    """Spread of persistent growth, and schools' share of status.

    Time runs as the mean score does, so that the mean rate is 1 whatever the scale and the curve. A child's rate is a
    least-squares slope; the variance of slopes less their sampling variance is that of persistent rates. Shocks that
    last beyond one test make the estimate too large, in the data and in the simulation alike.
    """
    at = np.unique(tests.occasion, return_inverse=True)[1]
    mean = np.bincount(at, tests.score) / np.bincount(at)
    children, child, count = np.unique(tests.child, return_inverse=True, return_counts=True)
    time = mean[at]

    def of_child(values: Floats) -> Floats:
        return np.asarray(np.bincount(child, values, len(children)) / count)

    x = time - of_child(time)[child]
    y = tests.score - of_child(tests.score)[child]
    squares = np.bincount(child, x * x, len(children))
    enough = (count >= FEWEST_TESTS) & (squares > 0.0)
    slope = np.bincount(child, x * y, len(children)) / np.where(enough, squares, 1.0)
    left = np.bincount(child, (y - slope[child] * x) ** 2, len(children))
    error = left[enough].sum() / (count[enough] - 2).sum()
    # Slopes from more and longer records count more.
    weight = squares[enough]
    centre = float(np.average(slope[enough], weights=weight))
    spread = float(np.average((slope[enough] - centre) ** 2, weights=weight))
    persistent = spread - float(error) * float(enough.sum()) / float(weight.sum())
    most = int(np.argmax(np.bincount(at)))
    return GrowthSpread(
        persistent_cv=float(np.sqrt(max(persistent, 0.0))) / centre,
        school_share=school_share(tests.score[at == most], tests.school[at == most]),
        children=len(children),
        schools=len(np.unique(tests.school)),
        tests=len(tests.score),
    )


def school_share(score: Floats, school: Ints) -> float:
    """Share of variance between schools, from a one-way analysis of variance."""
    schools, place, count = np.unique(school, return_inverse=True, return_counts=True)
    mean = np.bincount(place, score) / count
    within = float(((score - mean[place]) ** 2).sum() / (len(score) - len(schools)))
    size = (len(score) - float((count**2).sum()) / len(score)) / (len(schools) - 1)
    between_square = float((count * (mean - score.mean()) ** 2).sum() / (len(schools) - 1))
    between = max((between_square - within) / size, 0.0)
    return between / (between + within)


def read_egsingle(table: pd.DataFrame) -> LongScores:
    """The data's tests: mathematics, one a year; the occasion is the year."""
    child, school = (np.unique(table[name], return_inverse=True)[1] for name in ("childid", "schoolid"))
    occasion = np.round(2.0 * table["year"].to_numpy(np.float64)).astype(np.int64)
    return LongScores(child, school, occasion, table["math"].to_numpy(np.float64))


def simulated_cohort(world: World, *, seed: int) -> LongScores:
    """Spring tests in mathematics of children whom typical practice teaches from kindergarten to grade 5."""
    scenario = changed(load("typical_practice"), _COHORT)
    people = from_norms(population_spec(scenario), seed=seed)
    planned = plan(scenario, people)
    setting = Setting(people, seed, YEARS, planned.class_size)
    engine = engine_named("batch")
    found = typical(world, engine)
    arm = run_years(Arm(setting, planned, world, found.reference), engine)
    passing = transient_scores(setting, solve(found.structure))
    spring = WINDOWS.index(32)
    stayed = (people.grade == 0) & (setting.timeline.years[-1].entered == 0)
    child = np.flatnonzero(stayed)
    parts = [
        arm.record[year].achievement[spring, child, _MATH]
        + passing[year, spring, child, _MATH]
        + test_errors(setting, year, 32)[child, _MATH]
        for year in range(YEARS)
    ]
    return LongScores(
        np.tile(child, YEARS),
        np.tile(people.school[child].astype(np.int64), YEARS),
        np.repeat(np.arange(YEARS), len(child)),
        np.concatenate(parts),
    )
