"""What a study would have estimated: the same schools, seen through designs that researchers can use.

``study_other_schools``
    Students of the program against matched students of other schools, adjusted for baseline, errors clustered by
    school. Unbiased only if the program's schools would otherwise have grown like the others.
``within_school_rct``
    A lottery among the students of the same schools, within school and grade, adjusted for baseline.

Both read test scores, with test error and with the growth that the next summer undoes. Scores come standardized; which
SD that is goes with every estimate: ``"norm"``, observed fall scores of the norms by grade; ``"sample"``, the
comparison students' own spring scores by grade.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import GRADES
from plsim.measures.groups import QUINTILES, numbered
from plsim.measures.least_squares import coefficients
from plsim.measures.matching import Matches, matches
from plsim.measures.regression import Block, Estimate, both_subjects, clustered_mean, relative, varying

SUBJECTS = 2
FEWEST_SCHOOLS = 8
"""Schools on each side below which no study with other schools is made up: clustered errors need more."""


@dataclass(frozen=True)
class Scores:
    """Test scores of some students, with what a study knows of them.

    Attributes
    ----------
    spring, fall
        Outcome and baseline. Shape (students, 2).
    fall_rit
        The baseline in RIT, for matching. Shape (students, 2).
    school, grade
        School (a cluster) and grade at the outcome. Shape (students,).
    lunch
        Lunch-eligible, 0 or 1. Shape (students,).
    """

    spring: Floats
    fall: Floats
    fall_rit: Floats
    school: Ints
    grade: Ints
    lunch: Floats

    def chosen(self, keep: np.ndarray) -> Scores:
        """The same of some students."""
        inside = np.flatnonzero(keep)
        return Scores(*(values[inside] for values in vars(self).values()))


class SchoolEstimates(NamedTuple):
    """Each school's effect (SD) against its students' matches; every array (schools,).

    ``p_value`` takes chance to be among students only, as reports of single schools do. ``p_value_school`` adds how
    much whole schools differ from one another by chance, seen in the comparison schools.
    """

    school: Ints
    value: Floats
    error: Floats
    p_value: Floats
    p_value_school: Floats


def in_sample_sd(treated: Scores, pool: Scores) -> tuple[Scores, Scores]:
    """The same students with outcomes in the SD of the comparison students' own spring scores, by grade.

    For facts whose study took its SD from its own sample. Grades that the pool lacks, or has one student of, are NaN.
    """
    rows = int(max(treated.grade.max(), pool.grade.max())) + 1
    sd = np.full((rows, SUBJECTS), np.nan)
    for grade in np.unique(pool.grade):
        scores = pool.spring[pool.grade == grade]
        if len(scores) > 1:
            sd[grade] = scores.std(axis=0, ddof=1)
    return replace(treated, spring=treated.spring / sd[treated.grade]), replace(
        pool, spring=pool.spring / sd[pool.grade]
    )


def matched_groups(treated: Scores, pool: Scores) -> tuple[Matches, Matches]:
    """Matches of each subject."""
    cells = [2 * each.grade + (each.lunch > 0.5) for each in (treated, pool)]
    math, reading = (
        matches(treated.fall_rit[:, subject], cells[0], pool.fall_rit[:, subject], cells[1])
        for subject in range(SUBJECTS)
    )
    return math, reading


def study_other_schools(
    treated: Scores, pool: Scores, found: tuple[Matches, Matches], *, sd_basis: str = "norm"
) -> tuple[Estimate, Estimate, Estimate]:
    """Effects in mathematics, reading and both against matched students of other schools.

    One weighted regression of both subjects on being in the program and, by subject, grade, both baseline scores and
    lunch status; comparison students count as often as they serve. Errors are clustered by school over both subjects.
    Everything is NaN where either side has fewer than ``FEWEST_SCHOOLS`` schools with matches.
    """
    if any(_too_few(treated, pool, match) for match in found):
        nothing = Estimate(float("nan"), float("nan"), 1.0, float("nan"), 0, 0, 0, sd_basis)
        return nothing, nothing, nothing
    blocks = []
    for subject, match in enumerate(found):
        inside, serving = match.matched, match.weight > 0.0
        a, b = treated.chosen(inside), pool.chosen(serving)
        blocks.append(
            Block(
                outcome=np.concatenate([a.spring[:, subject], b.spring[:, subject]]),
                program=np.concatenate([np.ones(len(a.school)), np.zeros(len(b.school))]),
                covariates=np.vstack([_covariates(a), _covariates(b)]),
                weight=np.concatenate([np.ones(len(a.school)), match.weight[serving]]),
                # Schools of the pool must not share a number with those of the program.
                cluster=np.concatenate([a.school, -1 - b.school]),
                cell=np.concatenate([a.grade, b.grade]),
            )
        )
    return both_subjects(blocks, sd_basis=sd_basis, clustered=True)


def within_school_rct(
    scores: Scores, assigned: Floats, *, sd_basis: str = "norm"
) -> tuple[Estimate, Estimate, Estimate]:
    """Effects in mathematics, reading and both of a lottery among students within schools and grades.

    ``assigned`` is 1 for who won, with ``scores`` those of the life that the lottery gave. Shape (students,).
    Everything is taken relative to the mean of school and grade; errors are clustered by student, as students are what
    was drawn.
    """
    cell = school_and_grade(scores)
    blocks = [
        Block(
            outcome=scores.spring[:, subject],
            program=assigned,
            covariates=_covariates(scores),
            weight=np.ones(len(cell)),
            cluster=np.arange(len(cell)),
            cell=cell,
        )
        for subject in range(SUBJECTS)
    ]
    return both_subjects(blocks, sd_basis=sd_basis, clustered=False)


def surpass_shares(
    treated: Scores, pool: Scores, found: tuple[Matches, Matches], quintile: Ints
) -> tuple[Floats, Floats]:
    """Chance that a student of the program ends above a matched student, by subject and baseline quintile.

    ``quintile`` 0-4, shape (students, 2). Returns the chance and its standard error, clustered by school; each
    (2, quintiles), NaN where nobody is. A tie counts one half.
    """
    chance, error = np.full((SUBJECTS, QUINTILES), np.nan), np.full((SUBJECTS, QUINTILES), np.nan)
    for subject, match in enumerate(found):
        there = match.comparison >= 0
        other = pool.spring[np.maximum(match.comparison, 0), subject]
        own = treated.spring[:, subject, np.newaxis]
        won = np.where(own > other, 1.0, np.where(own == other, 0.5, 0.0)) * there
        share = won.sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        for each in range(QUINTILES):
            chosen = match.matched & (quintile[:, subject] == each)
            if chosen.any():
                chance[subject, each], error[subject, each] = clustered_mean(share[chosen], treated.school[chosen])
    return chance, error


def school_effects(treated: Scores, pool: Scores, found: Matches, subject: int) -> SchoolEstimates:
    """Each school's mean gap to its students' matches, adjusted for what is left of differences at baseline."""
    inside = found.matched
    if not inside.any():
        return SchoolEstimates(np.empty(0, np.int64), *(np.empty(0) for _ in range(4)))
    gap = treated.spring[inside, subject] - found.mean_of(pool.spring[:, subject])[inside]
    before = treated.fall[inside] - np.column_stack([found.mean_of(column) for column in pool.fall.T])[inside]
    school = treated.school[inside]
    schools, (place, count) = np.unique(school), numbered(school)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.bincount(place, values) / count, dtype=np.float64)

    # Slopes from within schools; what they leave of a school's gap is its effect.
    centred = np.column_stack([column - mean(column)[place] for column in before.T])
    adjusted = gap - before @ coefficients(centred, gap - mean(gap)[place])
    value = mean(adjusted)
    freedom = np.maximum(count - 1.0, 1.0)
    error = np.sqrt(mean((adjusted - value[place]) ** 2) / freedom)
    p_students = 2.0 * stdtr(freedom, -np.abs(value) / np.maximum(error, 1e-12))
    # Schools on the other side vary too, and how much they vary is only estimated.
    others = len(numbered(pool.school[found.weight > 0.0])[1])
    noise = school_noise(pool, subject) * (1.0 + 1.0 / others)
    p_school = 2.0 * stdtr(max(others - 1, 1), -np.abs(value) / np.sqrt(np.maximum(error**2 + noise, 1e-24)))
    return SchoolEstimates(schools, value, error, p_students, p_school)


def school_noise(pool: Scores, subject: int) -> float:
    """Variance between comparison schools of growth that their students do not explain (SD squared), never below 0."""
    alike, grade = np.ones(len(pool.school)), numbered(pool.grade)[0]
    covariates = varying(relative(_covariates(pool), grade, alike))
    outcome = relative(pool.spring[:, subject], grade, alike)
    residual = outcome - covariates @ coefficients(covariates, outcome)
    place, count = numbered(pool.school)
    mean = np.bincount(place, residual) / count
    within = float(((residual - mean[place]) ** 2).sum() / max(len(residual) - len(count), 1))
    between = float(np.var(mean, ddof=1)) - within * float((1.0 / count).mean())
    return max(between, 0.0)


def _too_few(treated: Scores, pool: Scores, match: Matches) -> bool:
    """Whether matches come from too few schools on either side for errors clustered by school."""
    sides = (treated.school[match.matched], pool.school[match.weight > 0.0])
    return min(len(numbered(school)[1]) for school in sides) < FEWEST_SCHOOLS


def school_and_grade(of: Scores) -> Ints:
    """One number for each school and grade."""
    return of.school * len(GRADES) + of.grade


def _covariates(of: Scores) -> Floats:
    """Baseline in both subjects and lunch status."""
    return np.column_stack([of.fall, of.lunch])
