"""From observed scores to latent achievement at week 0.

An observed score is latent achievement plus test error. Each score is moved toward the mean of its school and grade,
so far that the spread of what remains is the spread of true scores: simulated tests then have the distribution of the
file's. Copying scores would count the error twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plsim.core.arrays import Floats, Int16s, Int32s, Keys
from plsim.core.calendar import MATH, READING
from plsim.evidence import norms
from plsim.population.achievement import entry_scores, growth_until, on_scale, school_component, spread
from plsim.population.draws import normals
from plsim.population.model import LAST_GRADE, number
from plsim.population.schools import draw_school_z

_GRADE_SLOTS = LAST_GRADE + 1
# The norms' spread weighs as much as this many students of the file in the estimate of a grade's spread.
_NORMS_WEIGHT = 30.0


def latent_from_scores(rit: Floats, school: Int32s, grade: Int16s, *, week: int) -> Floats:
    """Latent achievement at week 0 (RIT), nan where the score is missing. Shape (n, 2).

    ``rit`` (n, 2) was observed in ``week``. Within a school and grade the latent variance is the observed minus the
    error's, with the observed pooled over schools.
    """
    table = norms()
    latent = np.full_like(rit, np.nan)
    for subject in (MATH, READING):
        rows = np.flatnonzero(~np.isnan(rit[:, subject]))
        score, at_grade = rit[rows, subject], grade[rows]
        cell = school[rows].astype(np.int64) * _GRADE_SLOTS + at_grade
        error_variance = table.error_sd[subject] ** 2
        norm_variance = table.sd_within_fall[subject] ** 2 + error_variance
        mean = _means(cell, score)[cell]
        variance = _pooled_variance(score - mean, at_grade, cell, norm_variance)
        keep = np.sqrt(np.maximum(variance - error_variance, 0.0) / variance)
        latent[rows, subject] = mean + keep[at_grade] * (score - mean) - growth_until(week)[subject, at_grade]
    return on_scale(latent)


def _means(cell: NDArray[np.int64], values: Floats) -> Floats:
    """Mean of the values in each cell."""
    means: Floats = np.bincount(cell, values) / np.maximum(np.bincount(cell), 1)
    return means


def _pooled_variance(deviation: Floats, grade: Int16s, cell: NDArray[np.int64], norm_variance: Floats) -> Floats:
    """Observed variance within schools of each grade, steadied by the norms where few students tell. (13)."""
    squares = np.bincount(grade, deviation**2, minlength=_GRADE_SLOTS)
    students = np.bincount(grade, minlength=_GRADE_SLOTS)
    schools = np.bincount(np.unique(cell) % _GRADE_SLOTS, minlength=_GRADE_SLOTS)
    variance: Floats = (squares + _NORMS_WEIGHT * norm_variance) / (students - schools + _NORMS_WEIGHT)
    return variance


def school_z_from(achievement: Floats, school: Int32s, grade: Int16s, school_key: Keys, *, seed: int) -> Floats:
    """Each school's achievement in norms' SDs between schools, from the students that have scores. Shape (S, 2).

    The mean of few students is moved toward the norms by its reliability. A subject that nobody took follows the other
    one; a school without scores is drawn.
    """
    table = norms()
    count = len(school_key)
    drawn = draw_school_z(school_key, seed)
    z = np.full((count, 2), np.nan)
    for subject in (MATH, READING):
        rows = np.flatnonzero(~np.isnan(achievement[:, subject]))
        at_grade, at_school = grade[rows], school[rows]
        between = table.sd_between_fall[subject][at_grade]
        ahead = (achievement[rows, subject] - table.week0_mean[subject][at_grade]) / between
        noise = (table.sd_within_fall[subject][at_grade] / between) ** 2
        students = np.bincount(at_school, minlength=count)
        some = students > 0
        mean_noise = np.bincount(at_school, noise, count)[some] / students[some]
        z[some, subject] = np.bincount(at_school, ahead, count)[some] / (students[some] + mean_noise)
    corr = number("population.corr_school_math_reading")
    for subject, other in ((MATH, READING), (READING, MATH)):
        follows = np.isnan(z[:, subject]) & ~np.isnan(z[:, other])
        z[follows, subject] = corr * z[follows, other]
    return np.where(np.isnan(z), drawn, z)


def with_drawn_scores(achievement: Floats, component: Floats, grade: Int16s, keys: Keys, *, seed: int) -> Floats:
    """The same achievement with the missing subjects drawn, given the other subject where it is known. Shape (n, 2)."""
    own = normals(seed, keys, "achievement")[:2].T
    corr = spread().within_corr[grade]
    sd_within = norms().sd_within_fall.T[grade]
    z = entry_scores(achievement, component, grade)
    filled = achievement.copy()
    for subject, other in ((MATH, READING), (READING, MATH)):
        given_other = ~np.isnan(z[:, other])
        expected = np.where(given_other, corr * z[:, other], 0.0)
        rest = np.where(given_other, np.sqrt(1.0 - corr**2), 1.0)
        missing = np.isnan(z[:, subject])
        z[missing, subject] = (expected + rest * own[:, subject])[missing]
        drawn = on_scale(component[:, subject] + sd_within[:, subject] * z[:, subject])
        filled[missing, subject] = drawn[missing]
    return filled


def component_of(school_z: Floats, school: Int32s, grade: Int16s) -> Floats:
    """What the norms and the school make one expect of each student at week 0 (RIT). Shape (n, 2)."""
    return school_component(school_z[school], grade, 0.0)
