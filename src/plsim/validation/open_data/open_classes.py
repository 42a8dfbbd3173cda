"""A second witness for classes: Tennessee's STAR experiment, grade 1 (``mlmRev/star``).

Students enter the simulation with their real classes, schools and scores of kindergarten (each as the place in the
norms that its rank stands for), and live a year of typical practice in classes of the size they really had. Then the
same questions are put to both: how much do classes differ in what a year adds, and what did small classes add? How well
each student's score can be predicted is asked in ``open_forecast``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import FALL_WEEK, SPRING_WEEK
from plsim.engine.arm import Arm
from plsim.engine.engines import engine_named
from plsim.engine.parameters import World
from plsim.engine.reference import typical
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.transient import expected_growth, solve, test_errors, transient_scores
from plsim.engine.year import run_years
from plsim.evidence import norms
from plsim.population.file_population import population_from_file
from plsim.population.student_file import StudentFile
from plsim.scenario.build import plan, population_spec
from plsim.scenario.loading import load

if TYPE_CHECKING:
    import pandas as pd

GRADE = 1
_SPRING = WINDOWS.index(SPRING_WEEK)


@dataclass(frozen=True)
class Classes:
    """First-graders; each array (students,), by subject (students, 2) in the order mathematics, reading.

    ``before`` and ``after``: scores at the end of kindergarten and of grade 1 on the data's scales, nan where missing.
    """

    student: Ints
    school: Ints
    teacher: Ints
    small: Floats
    lunch: Floats
    before: Floats
    after: Floats

    @property
    def known(self) -> np.ndarray:
        """Who has all four scores and a known lunch status. Shape (students,)."""
        return np.isfinite(self.before).all(axis=1) & np.isfinite(self.after).all(axis=1) & np.isfinite(self.lunch)


@dataclass(frozen=True)
class ClassFigures:
    """What a year's scores say about classes, in SD of the scores at its end; each by subject (2,).

    ``spread`` between classes of one school and kind in what they add; ``small`` the effect of small classes, with its
    standard error clustered by class.
    """

    spread: Floats
    small: Floats
    small_error: Floats


def read_star(table: pd.DataFrame) -> Classes:
    """First-graders of the data with their scores of kindergarten, where they were there."""
    kind = table["gr"].astype(str)
    now = table[(kind == str(GRADE)) & table["tch"].notna()].set_index("id")
    before = table[kind == "K"].set_index("id")[["math", "read"]].reindex(now.index)
    free = now["ses"].astype(object)
    lunch = np.where(free.isna(), np.nan, (free == "F").to_numpy(np.float64))
    return Classes(
        student=now.index.to_numpy(np.int64),
        school=now["sch"].astype(str).to_numpy().astype(np.int64),
        teacher=now["tch"].astype(str).to_numpy().astype(np.int64),
        small=(now["cltype"].astype(str) == "small").to_numpy().astype(np.float64),
        lunch=lunch,
        before=before.to_numpy(np.float64),
        after=now[["math", "read"]].to_numpy(np.float64),
    )


def standardized(values: Floats, of: np.ndarray | None = None) -> Floats:
    """Values less mean, over SD, column by column; of ``of``'s rows, when given."""
    told = values if of is None else values[of]
    z: Floats = (values - np.nanmean(told, axis=0)) / np.nanstd(told, axis=0)
    return z


def places(values: Floats) -> Floats:
    """Places in a normal distribution that ranks stand for, column by column; nan stays nan.

    Scores of another test say who is ahead of whom. Their distances are that test's own: many children of kindergarten
    share its few lowest scores, and a few lie four deviations above the mean.
    """
    known = np.isfinite(values)
    rank = rankdata(values, axis=0, nan_policy="omit")
    z: Floats = ndtri((rank - 0.5) / known.sum(axis=0))
    return z


def class_figures(of: Classes, after: Floats) -> ClassFigures:
    """Classes' figures for scores at the end of the year, the data's or simulated ones."""
    keep = of.known
    z, before = standardized(after[keep]), standardized(of.before[keep])
    school, teacher, small = of.school[keep], of.teacher[keep], of.small[keep]
    found = [_class_figures(z[:, subject], before, school, teacher, small) for subject in range(2)]
    spread, effect, error = (np.array([each[column] for each in found]) for column in range(3))
    return ClassFigures(spread, effect, error)


def _class_figures(z: Floats, before: Floats, school: Ints, teacher: Ints, small: Floats) -> tuple[float, float, float]:
    schools, at_school = np.unique(school, return_inverse=True)
    classes, at_class, size = np.unique(teacher, return_inverse=True, return_counts=True)
    dummies = np.zeros((len(z), len(schools)))
    dummies[np.arange(len(z)), at_school] = 1.0
    design = np.column_stack([small, before, dummies])
    slopes = np.linalg.lstsq(design, z, rcond=None)[0]
    left = z - design @ slopes
    mean = np.bincount(at_class, left) / size
    within = float(((left - mean[at_class]) ** 2).sum() / (len(z) - len(classes) - 2))
    # Schools and the kind of class have taken their part of the freedom of class means.
    square = float((size * mean**2).sum() / (len(classes) - len(schools) - 1))
    typical_size = (len(z) - float((size**2).sum()) / len(z)) / (len(classes) - 1)
    spread = float(np.sqrt(max((square - within) / typical_size, 0.0)))
    inverse = np.linalg.pinv(design.T @ design)
    scores = np.zeros((len(classes), design.shape[1]))
    np.add.at(scores, at_class, design * left[:, np.newaxis])
    variance = inverse @ (scores.T @ scores) @ inverse
    return spread, float(slopes[0]), float(np.sqrt(variance[0, 0]))


@dataclass(frozen=True)
class SimulatedYear:
    """A simulated year of the data's students, in their order; each (students, 2), as places in the norms (SD).

    ``score`` is a test's, with its error and what the next summer takes back; ``expected`` leaves out both, but not the
    luck of the students' traits and teachers.
    """

    score: Floats
    expected: Floats


def simulated_year(of: Classes, world: World, *, seed: int) -> SimulatedYear:
    """A year of typical practice with these students, in these classes."""
    n, each = norms(), np.arange(2)
    rit = n.fall_mean[each, GRADE] + n.sd_fall_observed[each, GRADE] * places(of.before)
    teacher = np.char.add("t", of.teacher.astype(str)).astype(object)
    pairs = np.stack([teacher, teacher], axis=1)
    file = StudentFile(
        source="mlmRev/star",
        student_id=of.student.astype(str).astype(object),
        school=np.char.add("s", of.school.astype(str)).astype(object),
        grade=np.full(len(of.student), GRADE, dtype=np.int16),
        rit=np.clip(rit, 105.0, 315.0),
        week=FALL_WEEK,
        row=np.arange(len(of.student)),
        flags={"lunch_eligible": of.lunch},
        section=pairs,
        teacher=pairs,
    )
    scenario = load("typical_practice")
    people = population_from_file(file, population_spec(scenario), seed=seed)
    planned = plan(scenario, people, 1)
    setting = Setting(people, seed, 1, planned.class_size)
    engine = engine_named("batch")
    found = typical(world, engine)
    arm = run_years(Arm(setting, planned, world, found.reference), engine)
    numbers = solve(found.structure)
    latent = arm.record[0].achievement[_SPRING]
    passing = transient_scores(setting, numbers)[0, _SPRING] + test_errors(setting, 0, SPRING_WEEK)
    foreseen = np.stack([expected_growth(setting, numbers, 0, subject) for subject in range(2)], axis=1)

    def place(rit: Floats) -> Floats:
        z: Floats = (rit - n.spring_mean[each, GRADE]) / n.sd_spring_observed[each, GRADE]
        return z

    back = np.argsort(people.student_id.astype(str))[np.argsort(np.argsort(of.student.astype(str)))]
    return SimulatedYear(place(latent + passing)[back], place(latent + foreseen)[back])
