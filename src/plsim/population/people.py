"""Who a student is: lunch eligibility, entering achievement and the fixed traits, drawn from the norms by address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from plsim.core.arrays import Bools, Floats, Int16s, Keys
from plsim.core.calendar import MATH, READING
from plsim.population.achievement import entry_scores, on_scale, school_component, spread, standardized_sum
from plsim.population.draws import normals, spread_share, uniforms
from plsim.population.model import PopulationSpec, number

SELF_REGULATION_BOUNDS = (0.02, 0.98)


@dataclass(frozen=True)
class Traits:
    """What a student brings besides achievement; meanings and ranges as in ``Population``. Each (n)."""

    english_learner: Bools
    special_education: Bools
    learning_rate: Floats
    attendance_rate: Floats
    self_regulation: Floats
    engagement_level: Floats
    home_access: Floats


@dataclass(frozen=True)
class People:
    """Students drawn from the norms. ``achievement`` and ``entry_z`` (n, 2), ``lunch_eligible`` (n)."""

    achievement: Floats
    entry_z: Floats
    lunch_eligible: Bools
    traits: Traits


def draw_people(
    keys: Keys, grade: Int16s, *, school_z: Floats, lunch_share: Floats, spec: PopulationSpec, seed: int
) -> People:
    """Students of given schools and grades, drawn from the norms.

    ``school_z`` (n, 2) and ``lunch_share`` (n) belong to each student's school.
    """
    lunch = lunch_uniform(keys, seed) < lunch_share
    sizes = spread()
    z = residual_normals(keys, grade, seed)
    deviation = sizes.residual_sd.T[grade] * z + sizes.lunch_gap.T[grade] * (lunch - lunch_share)[:, None]
    component = school_component(school_z, grade, spec.level_sd)
    achievement = on_scale(component + deviation)
    entry_z = entry_scores(achievement, component, grade)
    return People(achievement, entry_z, lunch, draw_traits(keys, grade, entry_z, lunch, spec=spec, seed=seed))


def lunch_uniform(keys: Keys, seed: int) -> Floats:
    """The uniform that decides a student's lunch eligibility. (n)."""
    uniform: Floats = uniforms(seed, keys, "demographics")[0]
    return uniform


def residual_normals(keys: Keys, grade: Int16s, seed: int) -> Floats:
    """Standard normals of both subjects, correlated as the residuals within a school are. Shape (n, 2)."""
    first, second, _, _ = normals(seed, keys, "achievement")
    corr = spread().residual_corr[grade]
    z = np.empty((len(keys), 2))
    z[:, MATH] = first
    z[:, READING] = corr * first + np.sqrt(1.0 - corr**2) * second
    return z


def draw_traits(keys: Keys, grade: Int16s, entry_z: Floats, lunch: Bools, *, spec: PopulationSpec, seed: int) -> Traits:
    """The fixed traits of students whose achievement and lunch eligibility are known.

    Traits differ by lunch status around the population's mean, so that schools of poorer children have lower means.
    """
    standing = standardized_sum(entry_z, spread().within_corr[grade])
    poorer: Floats = lunch.astype(np.float64) - spec.lunch_share
    _, z_english, z_special, _ = normals(seed, keys, "demographics")
    z_rate, z_absence, z_self, z_engaged = normals(seed, keys, "traits")
    z_home = normals(seed, keys, "traits", subject=1)[0]

    z_self = _linked(z_self, standing, poorer, "self_regulation")
    z_absence = _linked(z_absence, standing, poorer, "absence")
    with_self = number("population.engagement_self_regulation")
    home_mean = np.where(lunch, number("population.home_access_lunch"), number("population.home_access_other"))
    return Traits(
        english_learner=_flag(z_english, standing, "english_learner", spec.english_learner_share),
        special_education=_flag(z_special, standing, "special_education", spec.special_education_share),
        learning_rate=_lognormal(z_rate, _log_sd(number("population.learning_rate_cv"))),
        attendance_rate=_attendance(z_absence, spec.attendance_rate),
        self_regulation=np.clip(
            spec.self_regulation + number("population.self_regulation_sd") * z_self, *SELF_REGULATION_BOUNDS
        ),
        engagement_level=with_self * z_self + np.sqrt(1.0 - with_self**2) * z_engaged,
        home_access=spread_share(home_mean, number("population.home_access_spread"), z_home),
    )


def _linked(z: Floats, standing: Floats, poorer: Floats, trait: str) -> Floats:
    """A trait's standardized value: tied to achievement, shifted by lunch status, the rest its own draw."""
    link, shift = number(f"population.{trait}_link"), number(f"population.{trait}_lunch_shift")
    value: Floats = link * standing + shift * poorer + np.sqrt(1.0 - link**2) * z
    return value


def _flag(z: Floats, standing: Floats, name: str, share: float) -> Bools:
    """Who carries a flag: the tendency is tied to achievement, and the given share lies above the threshold."""
    link = number(f"population.{name}_link")
    flags: Bools = link * standing + np.sqrt(1.0 - link**2) * z > ndtri(1.0 - share)
    return flags


def _log_sd(cv: float) -> float:
    return float(np.sqrt(np.log1p(cv**2)))


def _lognormal(z: Floats, log_sd: float) -> Floats:
    """Positive values of mean 1."""
    values: Floats = np.exp(log_sd * z - log_sd**2 / 2.0)
    return values


def _attendance(z_absence: Floats, mean: float) -> Floats:
    """Attendance with the given mean: lognormal absence, cut off where students no longer count as enrolled."""
    log_sd, most = number("population.absence_spread"), 1.0 - number("population.attendance_lowest")
    before_cut = _mean_before_cut(1.0 - mean, most, log_sd)
    absence: Floats = np.minimum(before_cut * _lognormal(z_absence, log_sd), most)
    return 1.0 - absence


def _mean_before_cut(mean: float, most: float, log_sd: float) -> float:
    """The mean of a lognormal value whose mean is ``mean`` after values above ``most`` are set to ``most``."""
    if mean <= 0.0:
        return 0.0
    before = mean
    for _ in range(60):  # each step closes most of the gap that is left
        distance = np.log(most / before) / log_sd
        below = before * ndtr(distance - log_sd / 2.0)
        above = most * (1.0 - ndtr(distance + log_sd / 2.0))
        before *= mean / float(below + above)
    return before
