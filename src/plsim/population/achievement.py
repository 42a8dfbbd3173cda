"""Entering achievement: how schools, schoolmates and subjects differ in the norms, and its place on the scale.

A student's latent achievement at week 0 is the norms' mean (cast back from week 4), plus the population's level, plus
the school's component, plus a part within the school. The part within the school holds the lunch gap and a residual;
the residual is made smaller by the gap's own variance, so that the norms' spread holds in a population of typical mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from plsim.core.arrays import Floats, Int16s
from plsim.core.calendar import MATH, READING
from plsim.evidence import norms
from plsim.population.draws import spread_share
from plsim.population.model import number


@dataclass(frozen=True)
class Spread:
    """How achievement varies within schools, by grade. Arrays (2, 13) unless said otherwise, RIT.

    Attributes
    ----------
    residual_sd
        SD within a school among students of one lunch status.
    lunch_gap
        Lunch-eligible minus other schoolmates (negative).
    residual_corr
        Correlation of the two subjects' residuals. (13)
    within_corr
        Correlation of the two subjects within a school, both parts together. (13)
    """

    residual_sd: Floats
    lunch_gap: Floats
    residual_corr: Floats
    within_corr: Floats


@cache
def spread() -> Spread:
    """The norms' spread within schools, taken apart.

    The correlation of subjects that was measured is of observed scores over all schools; the residuals' correlation is
    what remains when the schools' and the lunch gap's covariance are taken off.
    """
    table = norms()
    observed, within, between = table.sd_fall_observed, table.sd_within_fall, table.sd_between_fall
    mix_variance = _typical_mix_variance()
    gap = number("population.lunch_gap_within_school") * observed
    residual_sd = np.sqrt(within**2 - gap**2 * mix_variance)
    total = number("population.corr_math_reading") * observed[MATH] * observed[READING]
    among_schools = number("population.corr_school_math_reading") * between[MATH] * between[READING]
    of_gap = gap[MATH] * gap[READING] * mix_variance
    return Spread(
        residual_sd=residual_sd,
        lunch_gap=gap,
        residual_corr=(total - among_schools - of_gap) / (residual_sd[MATH] * residual_sd[READING]),
        within_corr=(total - among_schools) / (within[MATH] * within[READING]),
    )


def _typical_mix_variance() -> float:
    """Variance of lunch eligibility within schools, in a typical population: the mean of share * (1 - share)."""
    points, weights = np.polynomial.hermite_e.hermegauss(32)
    share = spread_share(number("population.lunch_share"), number("population.lunch_share_spread"), points)
    return float((weights * share * (1.0 - share)).sum() / weights.sum())


def school_component(school_z: Floats, grade: Int16s, level_sd: float) -> Floats:
    """What the norms and the school make one expect at week 0 (RIT). Shape (n, 2).

    ``school_z`` has shape (n, 2): each student's school, in norms' SDs between schools.
    """
    table = norms()
    level = table.week0_mean + level_sd * table.sd_fall_observed
    component: Floats = level.T[grade] + table.sd_between_fall.T[grade] * school_z
    return component


def on_scale(achievement: Floats) -> Floats:
    """The same achievement with its extreme tails squeezed, so that everybody lies inside the scale.

    Between the tails nothing moves; inside a tail it flattens smoothly, from slope 1, towards the margin. That moves
    the lowest few percent of kindergarten and hardly anybody else.
    """
    floor = number("tests.rit_minimum") + number("population.rit_floor_margin")
    ceiling = number("tests.rit_maximum") - number("population.rit_ceiling_margin")
    room = number("population.rit_tail_room")
    low, high = floor + room, ceiling - room
    if achievement.size and low <= achievement.min() and achievement.max() <= high:
        return achievement
    below = np.maximum(low - achievement, 0.0)
    above = np.maximum(achievement - high, 0.0)
    inside = np.clip(achievement, low, high)
    squeezed: Floats = inside + room * (np.expm1(-below / room) - np.expm1(-above / room))
    return squeezed


def entry_scores(achievement: Floats, component: Floats, grade: Int16s) -> Floats:
    """Standardized entry scores: distance to the school's component over the norms' SD within schools. (n, 2)."""
    z: Floats = (achievement - component) / norms().sd_within_fall.T[grade]
    return z


def standardized_sum(z: Floats, corr: float | Floats) -> Floats:
    """The sum of two standardized subjects with the given correlation, standardized. ``z`` (n, 2), result (n)."""
    total: Floats = (z[:, MATH] + z[:, READING]) / np.sqrt(2.0 + 2.0 * np.asarray(corr))
    return total


def growth_until(week: int) -> Floats:
    """Mean growth of the norm group from week 0 to ``week`` (RIT). Shape (2, 13)."""
    grown: Floats = norms().weekly_rate[:, :, :week].sum(axis=-1)
    return grown
