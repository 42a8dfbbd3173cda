"""What the school knows of a student: estimates that move toward truth when data come, and fade when they age.

Sources: error of one MAP test (P001, P002); data help only those with time to read them (ME-08, claim 0.21); habits are
far harder to see than achievement (claim 0.20).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import clamp


class ProfileParams(NamedTuple):
    """Numbers about profiles; registry group ``profile``."""

    test_error_math: float
    test_error_reading: float
    fading: float
    habits_reliability: float
    habits_error: float
    one_on_one_information: float
    prior_error: float


@compiled
def aged_estimate(estimate: float, class_mean: float, normal_gain: float, p: ProfileParams) -> float:
    """An estimate one week on: the school assumes normal growth, and forgets what set this student apart.

    Its error grows with age, because it drifts toward the class mean at rate ``fading``.
    """
    return estimate + normal_gain + p.fading * (class_mean - estimate)


@compiled
def updated_estimate(estimate: float, truth: float, error: float, weight: float) -> float:
    """An estimate after data: moved by ``weight`` (0 to 1) toward what was observed, truth plus error (RIT)."""
    return estimate + weight * (truth + error - estimate)


@compiled
def data_weight(reliability: float, delivered: float, own_data: float) -> float:
    """How far new data move an estimate: their reliability, times the time and skill to read them.

    Students who read their own data make up for part of what teachers have no time for; with neither the weight is 0.
    """
    reading = delivered + 0.25 * own_data * delivered
    return clamp(reliability * reading, 0.0, 0.95)


@compiled
def updated_habits(habits: float, truth: float, z: float, weight: float, p: ProfileParams) -> float:
    """The estimate of self-regulation after data of breadth and delivery ``weight``; held within 0 and 1."""
    seen = truth + p.habits_error * z
    return clamp(habits + weight * p.habits_reliability * (seen - habits), 0.0, 1.0)
