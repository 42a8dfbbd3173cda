"""Survey items and logs with RAND's meaning, from what people in the model do and have.

An item is what somebody would report: a number (weeks ahead of the guide), or whether something passes a stated
threshold (an obstacle). Thresholds are registry entries of the group ``surveys``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.measures.least_squares import line

OBSTACLES = ("time", "tools", "parents", "slow_pace", "standards")


class Thresholds(NamedTuple):
    """When something is named as an obstacle; see the registry, group ``surveys``."""

    short_of_time: float
    too_many_tools: float
    distrust: float
    slow_students: float
    standards_pull: float


class Slope(NamedTuple):
    """How schools' effects go with an index of implementation: rise per SD of the index, its error, p, R squared."""

    value: float
    error: float
    p_value: float
    r_squared: float
    schools: int


def pace_weeks(position: Floats, guide: Floats, weekly: Floats) -> Floats:
    """Weeks ahead of the pacing guide (behind below 0), at most a school year either way.

    ``position`` is the level of the unit being worked on, ``guide`` the guide's level at that time (RIT), ``weekly``
    what the guide advances in a week (RIT); any equal shapes.
    """
    weeks: Floats = np.clip((position - guide) / weekly, -float(WEEKS_PER_YEAR), float(WEEKS_PER_YEAR))
    return weeks


def behind(pace: Floats, unit_weeks: float) -> Floats:
    """1 for students more than one unit behind the guide, else 0."""
    return np.where(pace < -unit_weeks, 1.0, 0.0)


def obstacles(
    *,
    missing_hours: Floats,
    tool_overload: Floats,
    trust: Floats,
    behind_share: Floats,
    standards: Floats,
    thresholds: Thresholds,
) -> dict[str, Floats]:
    """1 where an obstacle is named, else 0. Time by teacher (seats,), the others by school (schools,).

    Parameters
    ----------
    missing_hours
        Hours that are missing over hours there are.
    tool_overload
        Tools beyond those that can be learned, over that number.
    trust
        Trust of families.
    behind_share
        Share of students more than one unit behind the guide.
    standards
        Weight of grade-level standards times share of time on own paths.
    """
    named = (
        missing_hours > thresholds.short_of_time,
        tool_overload > thresholds.too_many_tools,
        trust < thresholds.distrust,
        behind_share > thresholds.slow_students,
        standards > thresholds.standards_pull,
    )
    return {name: np.where(each, 1.0, 0.0) for name, each in zip(OBSTACLES, named, strict=True)}


def implementation_index(done: Floats, z: Floats, reliability: float) -> Floats:
    """An index of implementation as a survey would find it, standardized over schools. Shape (schools,).

    ``done`` is what schools really do (any scale), ``z`` standard normal errors of the survey; ``reliability`` is the
    share of the index's variance that is real.
    """
    true = _standardized(done)
    seen: Floats = _standardized(np.sqrt(reliability) * true + np.sqrt(1.0 - reliability) * z)
    return seen


def implementation_slope(effect: Floats, index: Floats) -> Slope | None:
    """Regression of schools' effects on an index, with robust errors (HC3: few schools); None with fewer than four."""
    seen = np.isfinite(effect) & np.isfinite(index)
    if seen.sum() < 4 or float(np.ptp(index[seen])) == 0.0:
        return None
    return Slope(*line(index[seen], effect[seen]), int(seen.sum()))


def _standardized(values: Floats) -> Floats:
    spread = float(values.std())
    if spread == 0.0:
        return np.zeros_like(values)
    z: Floats = (values - values.mean()) / spread
    return z
