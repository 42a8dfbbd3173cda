"""What test errors and the draw of schools add to what a study sees."""

from __future__ import annotations

import numpy as np

from plsim.core.arrays import Floats
from plsim.evidence import norms, registry
from plsim.measures.matching import MATCHES

MATCHED = 1.0 + 1.0 / MATCHES
"""Variance of a student less the mean of matched students, over that of one student."""
COLUMNS = {"math": [0], "reading": [1], "both": [0, 1]}


def student_noise(grade: np.ndarray) -> Floats:
    """Variance of a spring score given the fall score, over the norms' variance in fall, by subject (2,)."""
    n = norms()
    each = np.arange(2)[:, np.newaxis]
    ratio = n.sd_spring_observed[each, grade] ** 2 * (1.0 - n.r_fall_spring_observed[each, grade] ** 2)
    mean: Floats = (ratio / n.sd_fall_observed[each, grade] ** 2).mean(axis=1)
    return mean


def school_noise(grade: np.ndarray, grades_in_school: float) -> Floats:
    """Variance between schools of a year's growth that has nothing to do with practice (SD squared), by subject (2,).

    Part is common to a school, part each of its grades has for itself.
    """
    n = norms()
    each = np.arange(2)[:, np.newaxis]
    common = registry().value("transient.school_share")
    shared = common + (1.0 - common) / grades_in_school
    mean: Floats = ((n.growth_sd_between[each, grade] / n.sd_fall_observed[each, grade]) ** 2).mean(axis=1) * shared
    return mean


def fall_slope(first: np.ndarray) -> Floats:
    """How far a study that adjusts for the fall score takes an early difference off, by subject and student (n, 2).

    The test in fall comes after some weeks of school, so a program that works shows in the baseline already.
    """
    n = norms()
    each = np.arange(2)
    grade = first[:, np.newaxis]
    slope: Floats = (
        n.r_fall_spring_observed[each, grade] * n.sd_spring_observed[each, grade] / n.sd_fall_observed[each, grade]
    )
    return slope
