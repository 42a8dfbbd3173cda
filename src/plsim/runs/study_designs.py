"""The effect of a run as other designs see it: direct, intention-to-treat, a study with other schools, a lottery.

The study draws schools of its own: as many, at the same levels, of students who start alike and are as often
lunch-eligible, but ordinary district schools with their own conditions, practices and random draws. It matches
students and reads their tests. What it gets wrong about the paired truth is bias of the design and chance among these
schools.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import FALL_WEEK, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, SPRING_WEEK
from plsim.engine.arm import Arm, Engine
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.transient import solve, test_errors, transient_scores
from plsim.engine.year import run_years
from plsim.evidence import norms
from plsim.measures.effects import Row, percentile_points
from plsim.measures.estimators import (
    FEWEST_SCHOOLS,
    Scores,
    matched_groups,
    school_and_grade,
    school_effects,
    study_other_schools,
    surpass_shares,
    within_school_rct,
)
from plsim.measures.groups import QUINTILES, SUBJECT_LABELS, Partition, fifths, numbered
from plsim.measures.matching import Matches
from plsim.measures.regression import Estimate
from plsim.measures.surveys import implementation_slope
from plsim.population.draws import uniforms
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.runs.direct import direct_effects, intention_to_treat
from plsim.runs.outcomes import followed, partitions
from plsim.runs.survey_outcomes import index
from plsim.scenario.build import Plan, counterfactual, plan

if TYPE_CHECKING:
    from plsim.engine.pair import Pair, WorldRun

COMPARISON_SCHOOLS = 40
"""Schools that a study compares with, or as many as the program has if those are more."""
_ELSEWHERE = 1 << 40
"""Where the comparison schools' addresses begin: no scenario's population reaches there."""
_LOTTERY = 8
"""Subject of the lottery's address in the stream "survey"."""
FALL, SPRING = WINDOWS.index(FALL_WEEK), WINDOWS.index(SPRING_WEEK)


class DesignRows(NamedTuple):
    """What the designs found in one world: rows, their values and their sampling errors (0 where there is none)."""

    rows: list[Row]
    values: Floats
    errors: Floats


class Tested(NamedTuple):
    """The students of a setting whom a run follows in a year, the same in every world.

    ``students`` are their places; ``fall_mean`` and ``fall_sd`` are the norms' for the first fall, ``spring_sd`` what
    the spring of the year is measured in, each (counted, 2).
    """

    students: Ints
    fall_mean: Floats
    fall_sd: Floats
    spring_sd: Floats
    school: Ints
    grade: Ints
    lunch: Floats


def tested(setting: Setting, year: int) -> Tested:
    """Whom a study tests at the end of a year."""
    people, years = setting.population, setting.timeline.years
    students = np.flatnonzero(followed(setting) & (years[year].entered == 0))
    first, now = (years[at].grade.astype(np.int64)[students, np.newaxis] for at in (0, year))
    each = np.arange(2)
    return Tested(
        students=students,
        fall_mean=norms().week0_mean[each, first],
        fall_sd=norms().sd_fall_observed[each, first],
        spring_sd=norms().sd_fall_observed[each, now],
        school=people.school[students].astype(np.int64),
        grade=now[:, 0],
        lunch=people.lunch_eligible[students].astype(np.float64),
    )


class StudyStudents(NamedTuple):
    """The students of a study with other schools, at the end of one year."""

    treated: Scores
    pool: Scores
    matches: tuple[Matches, Matches]


def comparison_spec(people: Population) -> PopulationSpec:
    """Ordinary district schools whose students start like these people and are as often lunch-eligible."""
    each = np.arange(2)
    grade = people.grade.astype(np.int64)[:, np.newaxis]
    level = (people.achievement - norms().week0_mean[each, grade]) / norms().sd_fall_observed[each, grade]
    # By where students are, not by what schools are called: a school may have all grades.
    band = np.searchsorted([LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE], people.grade)
    of_level = np.bincount(band, minlength=3) / people.students
    asked = people.spec
    return PopulationSpec(
        schools=max(people.schools, COMPARISON_SCHOOLS),
        students_per_school=max(round(people.students / people.schools), 1),
        level_shares=(float(of_level[0]), float(of_level[1]), float(of_level[2])),
        grades=tuple(np.unique(people.grade).tolist()),
        lunch_share=float(people.lunch_eligible.mean()),
        level_sd=float(level.mean()),
        english_learner_share=asked.english_learner_share,
        special_education_share=asked.special_education_share,
        attendance_rate=asked.attendance_rate,
        self_regulation=asked.self_regulation,
        mobility_rate=asked.mobility_rate,
        autonomy=asked.autonomy,
        accountability=asked.accountability,
        network_offset=_ELSEWHERE,
    )


@dataclass(frozen=True)
class Designs:
    """What the designs of a run need that is the same in every world.

    ``pool`` and ``pool_plan`` are None where there are too few schools for a study with others.
    """

    both: Pair
    pool: Setting | None
    pool_plan: Plan | None

    @cached_property
    def everyone(self) -> tuple[Partition, ...]:
        """Who counts, by year."""
        setting = self.both.base_setting
        return tuple(partitions(setting, year)[0] for year in range(setting.years))

    @cached_property
    def tested(self) -> tuple[Tested, ...]:
        """Whom studies test of the program's students, by year."""
        setting = self.both.base_setting
        return tuple(tested(setting, year) for year in range(setting.years))

    @cached_property
    def pool_tested(self) -> tuple[Tested, ...]:
        """The same of the comparison students."""
        assert self.pool is not None
        return tuple(tested(self.pool, year) for year in range(self.pool.years))

    @cached_property
    def errors(self) -> Floats:
        """Test errors of the program's students. Shape (years, windows, students, 2)."""
        return _test_errors(self.both.base_setting)

    @cached_property
    def pool_errors(self) -> Floats:
        """The same of the comparison students."""
        assert self.pool is not None
        return _test_errors(self.pool)

    @cached_property
    def assigned(self) -> Floats:
        """1 for who wins a lottery for half of each school's grade. Shape (students,)."""
        setting = self.both.base_setting
        people = setting.population
        u = uniforms(setting.seed, people.student_key, "survey", subject=_LOTTERY)[0]
        order = np.lexsort((u, people.grade, people.school))
        cell = people.school[order].astype(np.int64) * 16 + people.grade[order]
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        count = np.diff(first, append=len(cell))
        rank = np.arange(len(cell)) - np.repeat(first, count)
        won = np.empty(len(cell))
        won[order] = np.where(2 * rank < np.repeat(count, count), 1.0, 0.0)
        return won


def designs(both: Pair) -> Designs:
    """The designs of a run."""
    people, setting = both.base_setting.population, both.base_setting
    if people.schools < FEWEST_SCHOOLS:
        return Designs(both, None, None)
    others = from_norms(comparison_spec(people), seed=setting.seed)
    pool_plan = plan(counterfactual(both.scenario), others, setting.years)
    return Designs(both, Setting(others, setting.seed, setting.years, pool_plan.class_size), pool_plan)


def designed(of: Designs, run: WorldRun, engine: Engine) -> DesignRows:
    """Every design's estimates in one world; rows come in the same order in every world of a run."""
    found: list[tuple[Row, float, float]] = []
    for row, value in (*direct_effects(of.both, run, engine, of.everyone), *intention_to_treat(of.both, run)):
        found.append((row, value, 0.0))
    numbers = solve(run.typical.structure)
    setting = of.both.base_setting
    passing = transient_scores(setting, numbers) + of.errors
    years = range(setting.years)
    lives = [
        [scores(of.tested[year], arm, passing, year) for year in years] for arm in (run.scenario, run.counterfactual)
    ]
    for year in years:
        found += _lottery_rows(of, lives[0][year], lives[1][year], year)
    if of.pool is not None:
        for year, pool in enumerate(pool_scores(of, run, engine)):
            study = StudyStudents(lives[0][year], pool, matched_groups(lives[0][year], pool))
            found += _study_rows(study, year)
            found += _dose_rows(study, index(setting, run.scenario, year), year)
    return DesignRows([row for row, _, _ in found], *(np.array([each[column] for each in found]) for column in (1, 2)))


def studies(of: Designs, run: WorldRun, engine: Engine) -> Iterator[StudyStudents]:
    """The study with other schools at the end of every year; nothing where there are too few schools."""
    if of.pool is None:
        return
    passing = transient_scores(of.both.base_setting, solve(run.typical.structure)) + of.errors
    for year, pool in enumerate(pool_scores(of, run, engine)):
        treated = scores(of.tested[year], run.scenario, passing, year)
        yield StudyStudents(treated, pool, matched_groups(treated, pool))


def pool_scores(of: Designs, run: WorldRun, engine: Engine) -> Iterator[Scores]:
    """Tests of the comparison schools' students at the end of every year."""
    assert of.pool is not None
    assert of.pool_plan is not None
    other = run_years(Arm(of.pool, of.pool_plan, run.world, run.typical.reference), engine)
    passing = transient_scores(of.pool, solve(run.typical.structure)) + of.pool_errors
    for year in range(of.pool.years):
        yield scores(of.pool_tested[year], other, passing, year)


def scores(of: Tested, arm: Arm, passing: Floats, year: int) -> Scores:
    """Tests of the students whom a run follows, standardized by the norms' SD of their grade.

    The baseline is the first fall, the outcome the spring of ``year``. ``passing`` is what tests add to achievement:
    transient growth and error, shape (years, windows, students, 2).
    """
    fall = arm.record[0].achievement[FALL, of.students] + passing[0, FALL, of.students]
    spring = arm.record[year].achievement[SPRING, of.students] + passing[year, SPRING, of.students]
    return Scores(
        spring=spring / of.spring_sd,
        fall=(fall - of.fall_mean) / of.fall_sd,
        fall_rit=fall,
        school=of.school,
        grade=of.grade,
        lunch=of.lunch,
    )


def _lottery_rows(
    of: Designs, scenario: Scores, counterfactual: Scores, year: int
) -> Iterator[tuple[Row, float, float]]:
    """Half of each school's grade lives the scenario, half the counterfactual; no effect passes between them."""
    inside = of.assigned[of.tested[year].students]
    if _can_be_drawn(inside, scenario):
        won = inside[:, np.newaxis] > 0.5
        mixed = {
            name: np.where(won, getattr(scenario, name), getattr(counterfactual, name)) for name in ("spring", "fall")
        }
        yield from _effect_rows("within_school_rct", within_school_rct(replace(scenario, **mixed), inside), year)


def _can_be_drawn(assigned: Floats, of: Scores) -> bool:
    """Whether there are enough students on both sides for a regression."""
    cells = len(numbered(school_and_grade(of))[1])
    return bool(min(assigned.sum(), (1.0 - assigned).sum()) >= cells + FEWEST_SCHOOLS)


def _study_rows(study: StudyStudents, year: int) -> Iterator[tuple[Row, float, float]]:
    estimates = study_other_schools(*study)
    yield from _effect_rows("study_other_schools", estimates, year)
    chance, error = surpass_shares(*study, _quintiles(study.treated))
    for subject, label in enumerate(SUBJECT_LABELS[:2]):
        for quintile in range(QUINTILES):
            group = f"quintile:{quintile + 1}"
            row = Row("surpass_comparison", label, year + 1, group, "study_other_schools", "scenario", "share")
            yield row, float(chance[subject, quintile]), float(np.nan_to_num(error[subject, quintile]))


def _dose_rows(study: StudyStudents, implementation: Floats, year: int) -> Iterator[tuple[Row, float, float]]:
    """Rise of schools' effects per SD of the implementation index, as a study would report it."""
    for subject, label in enumerate(SUBJECT_LABELS[:2]):
        found = school_effects(study.treated, study.pool, study.matches[subject], subject)
        slope = implementation_slope(found.value, implementation[found.school])
        row = Row("implementation_slope", label, year + 1, "all", "study_other_schools", "difference", "SD")
        yield row, *((slope.value, slope.error) if slope is not None else (float("nan"), 0.0))


def _quintiles(treated: Scores) -> Ints:
    """Fifths by the fall test, as a study sees it and as students were matched. Shape (counted, 2).

    By what they truly know, regression to the mean would lift the highest fifth above its matches and lower the lowest.
    """
    return fifths(treated.fall)


def _effect_rows(estimator: str, estimates: tuple[Estimate, ...], year: int) -> Iterator[tuple[Row, float, float]]:
    """An effect by subject in SD, and what it is in percentile points."""
    for label, each in zip(SUBJECT_LABELS, estimates, strict=True):
        yield Row("achievement", label, year + 1, "all", estimator, "difference", "SD"), each.value, each.error
        points = Row("percentile_points", label, year + 1, "all", estimator, "difference", "points")
        # Near zero the points rise by 100 times the normal density for each SD; that carries the error over.
        slope = float(
            percentile_points(each.value + 0.5 * each.error) - percentile_points(each.value - 0.5 * each.error)
        )
        yield points, float(percentile_points(each.value)), slope


def _test_errors(setting: Setting) -> Floats:
    """Errors of the tests that designs read, 0 at the others. Shape (years, windows, students, 2)."""
    errors = np.zeros((setting.years, len(WINDOWS), setting.students, 2))
    errors[0, FALL] = test_errors(setting, 0, FALL_WEEK)
    for year in range(setting.years):
        errors[year, SPRING] = test_errors(setting, year, SPRING_WEEK)
    return errors
