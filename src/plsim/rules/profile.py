"""What the school knows of a student: estimates that move toward truth when data come, and fade when they age.

An estimate is never made worse by data: how far they move it follows from how doubtful it is beside them, as in the
filter of Kalman (1960), *A new approach to linear filtering and prediction problems*.

Sources: error of one MAP test (P001, P002); data help only those with time to read them (ME-08, claim 0.21); habits are
far harder to see than achievement (claim 0.20).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_most, clamp


class ProfileParams(NamedTuple):
    """Numbers about profiles; registry group ``profile``."""

    test_error_math: float
    test_error_reading: float
    fading: float
    habits_reliability: float
    habits_error: float
    one_on_one_information: float
    own_reading: float
    prior_error: float


@compiled
def aged_estimate(estimate: float, class_mean: float, normal_gain: float, p: ProfileParams) -> float:
    """An estimate one week on: the school assumes normal growth, and forgets what set this student apart.

    Its error grows with age, because it drifts toward the class mean at rate ``fading``.
    """
    return estimate + normal_gain + p.fading * (class_mean - estimate)


@compiled
def heard(one_on_one_hours: float, p: ProfileParams) -> float:
    """How far a week's hours one-on-one with a student move the estimate to the truth."""
    return at_most(p.one_on_one_information * one_on_one_hours, 0.5)


@compiled
def updated_estimate(estimate: float, truth: float, error: float, weight: float) -> float:
    """An estimate after data: moved by ``weight`` (0 to 1) toward what was observed, truth plus error (RIT)."""
    return estimate + weight * (truth + error - estimate)


@compiled
def data_read(delivered: float, own_data: float, p: ProfileParams) -> float:
    """How far data are read, 0 to 1: the time and skill that teachers have for it (``delivered`` profiles).

    Students who read their own data make up for part of what teachers have no time for.
    """
    return at_most(delivered * (1.0 + p.own_reading * own_data), 1.0)


@compiled
def data_weight(reliability: float, read: float, doubt: float, test_error: float) -> float:
    """How far new data move an estimate: their reliability, times how far they are ``read``, times what is new.

    ``doubt`` and ``test_error`` are SDs (RIT) of the errors of the estimate and of the data.
    """
    variance = doubt * doubt
    return reliability * read * variance / (variance + test_error * test_error)


@compiled
def aged_doubt(doubt: float, spread: float, p: ProfileParams) -> float:
    """SD of the error of estimates (RIT) a week on: what set students apart fades; ``spread`` is their SD."""
    return doubt + p.fading * (spread - doubt)


@compiled
def doubt_left(doubt: float, weight: float, test_error: float) -> float:
    """SD of the error of estimates (RIT) after data of that error moved them by ``weight``."""
    rest = (1.0 - weight) * doubt
    error = weight * test_error
    return sqrt(rest * rest + error * error)


@compiled
def updated_habits(habits: float, truth: float, z: float, weight: float, p: ProfileParams) -> float:
    """The estimate of self-regulation after data of breadth and delivery ``weight``; held within 0 and 1."""
    seen = truth + p.habits_error * z
    return clamp(habits + weight * p.habits_reliability * (seen - habits), 0.0, 1.0)
