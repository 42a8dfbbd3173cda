"""What schools are like before anybody changes anything, drawn by address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Bools, Floats, Int16s, Int32s, Keys
from plsim.core.calendar import MATH, READING
from plsim.population.achievement import standardized_sum
from plsim.population.draws import normals, spread_share, uniforms
from plsim.population.model import PRACTICES, ByGovernance, PopulationSpec, number

# Fractional parts of multiples of these numbers fill the unit cube evenly for any number of schools (the generalized
# golden ratio in three dimensions), so that forty schools hold the asked mix and one more changes nobody's.
_EVEN = np.array([0.8191725133961645, 0.6710436067037893, 0.5497004779019703])

# Sign of each practice on the technology-versus-relational factor, in the order of the practices: profiles, paths,
# competency, environment, grouping on data, advising, technology, belonging.
FACTOR_SIGNS = np.array([1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


@dataclass(frozen=True)
class Conditions:
    """What does not depend on who the students are; meanings as in ``Population``. Each (S) unless said otherwise."""

    network: Int32s
    autonomy: Floats
    accountability: Floats
    vision: Floats
    trust: Floats
    library: Floats
    library_quality: Floats
    device_share: Floats
    flexible_space: Floats
    practice_taste: Floats
    years_in_operation: Int16s
    engaged: Bools


def draw_conditions(keys: Keys, charter: Bools, *, history: Floats, spec: PopulationSpec, seed: int) -> Conditions:
    """Conditions, tastes and history of schools, in the order of their networks.

    ``history`` (2, S) holds numbers in [0, 1) that decide years in operation and the kind of initiation.
    """
    z = np.concatenate([normals(seed, keys, "school", subject=subject) for subject in (1, 2)])
    steps = np.cumsum(spec.years_in_operation_shares)[:-1]
    return Conditions(
        network=networks(len(keys), spec),
        autonomy=spread_share(_by_governance(spec.autonomy, charter), spec.condition_spread, z[0]),
        accountability=spread_share(_by_governance(spec.accountability, charter), spec.condition_spread, z[1]),
        vision=spread_share(spec.vision, spec.condition_spread, z[2]),
        trust=spread_share(spec.trust, spec.condition_spread, z[3]),
        library=spread_share(spec.library, spec.condition_spread, z[4]),
        library_quality=spread_share(spec.library_quality, spec.condition_spread, z[5]),
        device_share=spread_share(spec.device_share, spec.condition_spread, z[6]),
        flexible_space=spread_share(spec.flexible_space, spec.condition_spread, z[7]),
        practice_taste=draw_tastes(keys, seed),
        years_in_operation=np.searchsorted(steps, history[0], side="right").astype(np.int16),
        engaged=history[1] < spec.engaged_share,
    )


def even_shares(count: int, *, seed: int) -> Floats:
    """Three evenly spread numbers in [0, 1) per school: for level, years in operation, initiation. Shape (3, count).

    The second and third start at a point that depends on the seed, so that virtual studies do not all pair the same
    levels with the same histories.
    """
    start = np.full(len(_EVEN), 0.5)
    start[1:] = uniforms(seed, np.zeros(1, dtype=np.uint64), "school", subject=3)[:2, 0]
    shares: Floats = np.mod(start[:, None] + _EVEN[:, None] * np.arange(count, dtype=np.float64), 1.0)
    return shares


def networks(count: int, spec: PopulationSpec) -> Int32s:
    """Index of each school's network, ascending."""
    return (np.arange(count) // max(spec.network_schools, 1)).astype(np.int32)


def draw_tastes(keys: Keys, seed: int) -> Floats:
    """A school's own taste for each practice: standardized, correlated through one factor. Shape (S, 8)."""
    own = np.concatenate([normals(seed, keys, "practice", subject=subject) for subject in (0, 1)])[:PRACTICES].T
    factor = normals(seed, keys, "practice", subject=2)[0]
    loading = number("schools.practice_factor_loading")
    tastes: Floats = loading * FACTOR_SIGNS * factor[:, None] + np.sqrt(1.0 - loading**2) * own
    return tastes


def draw_school_z(keys: Keys, seed: int) -> Floats:
    """A school's achievement in norms' SDs between schools, both subjects correlated. Shape (S, 2)."""
    first, second, _, _ = normals(seed, keys, "school")
    corr = number("population.corr_school_math_reading")
    z = np.empty((len(keys), 2))
    z[:, MATH] = first
    z[:, READING] = corr * first + np.sqrt(1.0 - corr**2) * second
    return z


def draw_lunch_share(keys: Keys, school_z: Floats, *, spec: PopulationSpec, seed: int) -> Floats:
    """Expected lunch-eligible share of each school: higher where achievement is lower. (S)."""
    own = normals(seed, keys, "school")[2]
    corr = number("population.corr_school_lunch_achievement")
    standing = standardized_sum(school_z, number("population.corr_school_math_reading"))
    z: Floats = corr * standing + np.sqrt(1.0 - corr**2) * own
    return spread_share(spec.lunch_share, number("population.lunch_share_spread"), z)


def _by_governance(means: ByGovernance, charter: Bools) -> Floats:
    return np.where(charter, means.charter, means.district)
