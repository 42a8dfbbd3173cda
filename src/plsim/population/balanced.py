"""A population without chance of the draw: its schools and students stand for the norms exactly, not on average.

What typical practice gives is measured on a small population. Of eight schools of a level, mean achievement or
accountability would otherwise be off by a third of a standard deviation, and growth in every run with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from plsim.core.arrays import Floats
from plsim.evidence import norms
from plsim.population.achievement import entry_scores, on_scale, school_component
from plsim.population.draws import spread_share
from plsim.population.model import ByGovernance, Population, PopulationSpec, number

_CONDITIONS = (
    "autonomy", "accountability", "vision", "trust", "library", "library_quality", "device_share", "flexible_space",
)  # fmt: skip
_SHARES = ("attendance_rate", "self_regulation", "home_access")


def balanced(drawn: Population) -> Population:
    """The same schools and students, moved so that every level and every grade is as the norms and the spec say.

    Among the schools of a level, achievement and tastes get mean 0 (achievement also SD 1), and conditions the
    quantiles of their distribution, in the order drawn. Among the students of a grade, standing in school gets mean 0
    and SD 1, and traits get the mean asked for. All schools must have one governance.
    """
    spec = drawn.spec
    school_z, taste = drawn.school_z.copy(), drawn.practice_taste.copy()
    conditions = {name: getattr(drawn, name).copy() for name in _CONDITIONS}
    for level in np.unique(drawn.level):
        chosen = drawn.level == level
        taste[chosen] -= taste[chosen].mean(axis=0)
        school_z[chosen] = standardized(school_z[chosen])
        for name, values in conditions.items():
            asked = getattr(spec, name)
            mean = asked[0 if drawn.charter[chosen][0] else 1] if isinstance(asked, ByGovernance) else asked
            values[chosen] = spread_share(mean, spec.condition_spread, _even_normals(values[chosen]))
    standing = drawn.entry_z.copy()
    traits = {name: getattr(drawn, name).copy() for name in _trait_means(spec)}
    for grade in np.unique(drawn.grade):
        chosen = drawn.grade == grade
        standing[chosen] = standardized(standing[chosen])
        for name, mean in _trait_means(spec).items():
            traits[name][chosen] += mean - traits[name][chosen].mean()
    for name in _SHARES:
        traits[name] = np.clip(traits[name], 0.0, 1.0)
    component = school_component(school_z[drawn.school], drawn.grade, spec.level_sd)
    achievement = on_scale(component + norms().sd_within_fall.T[drawn.grade] * standing)
    entry_z = entry_scores(achievement, component, drawn.grade)
    return replace(
        drawn, school_z=school_z, practice_taste=taste, achievement=achievement, entry_z=entry_z, **conditions, **traits
    )


def standardized(values: Floats) -> Floats:
    """Mean 0 and SD 1 in each column."""
    centred = values - values.mean(axis=0)
    scaled: Floats = centred / np.sqrt((centred**2).mean(axis=0))
    return scaled


def _even_normals(values: Floats) -> Floats:
    """Standard normal quantiles in the order of ``values``, with SD exactly 1."""
    rank = np.empty(values.shape[0])
    rank[np.argsort(values, kind="stable")] = np.arange(values.shape[0])
    return standardized(ndtri((rank + 0.5) / values.shape[0]))


def _trait_means(spec: PopulationSpec) -> dict[str, float]:
    """What students' traits are on average, when nobody is lucky."""
    at_home = number("population.home_access_other")
    at_home += spec.lunch_share * (number("population.home_access_lunch") - at_home)
    return {
        "learning_rate": 1.0,
        "attendance_rate": spec.attendance_rate,
        "self_regulation": spec.self_regulation,
        "engagement_level": 0.0,
        "home_access": at_home,
    }
