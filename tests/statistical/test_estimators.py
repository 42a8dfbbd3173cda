"""Estimators on synthetic truth: unbiased or biased as theory says, and intervals that cover.

Bounds are two-sided. Means lie within 3.29 standard errors (false alarm 0.001 each), shares within the binomial bounds
of the same chance. Seeds are fixed, so a false alarm would stay.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from plsim.measures.estimators import (
    Scores,
    matched_groups,
    school_effects,
    school_noise,
    study_other_schools,
    surpass_shares,
    within_school_rct,
)
from plsim.measures.regression import Estimate

REPLICATES = 150
REACH = 3.29
FALSE_ALARM = 0.001
EFFECT = 0.12
SCHOOL_NOISE = 0.10
TEST_ERROR = 0.3


class World(NamedTuple):
    """What is true: effect of the program, how schools' growth varies, how much the program's schools differ anyway."""

    effect: float = EFFECT
    school_noise: float = SCHOOL_NOISE
    better_anyway: float = 0.0
    start_gap: float = 0.0


def group(rng: np.random.Generator, schools: int, size: int, world: World, *, program: bool) -> Scores:
    """Students of some schools; both subjects independent given the school, so that each baseline speaks for itself."""
    n = schools * size
    school = np.repeat(np.arange(schools), size)
    level = world.start_gap if program else 0.0
    truth = level + rng.normal(0.0, 1.0, (n, 2))
    shock = rng.normal(0.0, world.school_noise, schools)[school, np.newaxis]
    fall = truth + rng.normal(0.0, TEST_ERROR, (n, 2))
    gain = shock + rng.normal(0.0, 0.35, (n, 2)) + program * (world.effect + world.better_anyway)
    spring = truth + gain + rng.normal(0.0, TEST_ERROR, (n, 2))
    grade = np.tile(np.arange(3, 3 + 2), n)[:n]
    return Scores(spring, fall, 15.0 * fall, school, grade, (rng.random(n) < 0.5).astype(float))


def study(rng: np.random.Generator, world: World) -> tuple[Estimate, Estimate, Estimate]:
    treated, pool = (group(rng, 16, 40, world, program=program) for program in (True, False))
    return study_other_schools(treated, pool, matched_groups(treated, pool))


@cache
def studies(world: World) -> tuple[tuple[Estimate, Estimate, Estimate], ...]:
    rng = np.random.default_rng(11)
    return tuple(study(rng, world) for _ in range(REPLICATES))


def lottery(rng: np.random.Generator) -> tuple[Estimate, Estimate, Estimate]:
    lives = group(rng, 12, 40, World(effect=0.0), program=False)
    cell = lives.school * 16 + lives.grade
    order = np.lexsort((rng.random(cell.size), cell))
    assigned = np.zeros(cell.size)
    assigned[order[::2]] = 1.0
    spring = lives.spring + EFFECT * assigned[:, np.newaxis]
    return within_school_rct(Scores(**{**vars(lives), "spring": spring}), assigned)


@cache
def lotteries() -> tuple[tuple[Estimate, Estimate, Estimate], ...]:
    rng = np.random.default_rng(12)
    return tuple(lottery(rng) for _ in range(REPLICATES))


def assert_mean(values: list[float], expected: float) -> None:
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(np.mean(values) - expected) <= REACH * error


def assert_share(hits: list[bool], chance: float) -> None:
    low, high = binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], len(hits), chance)
    assert low <= sum(hits) <= high


def covers(estimate: Estimate, truth: float) -> bool:
    low, high = estimate.interval()
    return low <= truth <= high


@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_study_with_other_schools_is_unbiased_when_schools_are_exchangeable(column: int) -> None:
    assert_mean([each[column].value for each in studies(World())], EFFECT)


@pytest.mark.parametrize("column", [0, 2])
def test_its_interval_covers_the_truth_as_often_as_it_says(column: int) -> None:
    assert_share([covers(each[column], EFFECT) for each in studies(World())], 0.90)


def test_it_sees_an_effect_where_there_is_none_as_seldom_as_it_says() -> None:
    assert_share([each[2].p_value < 0.1 for each in studies(World(effect=0.0))], 0.10)


def test_errors_that_forget_schools_cover_far_too_seldom() -> None:
    rng = np.random.default_rng(13)
    hits = []
    for _ in range(40):
        treated, pool = (group(rng, 16, 40, World(), program=program) for program in (True, False))
        alone = [Scores(**{**vars(each), "school": np.arange(each.school.size)}) for each in (treated, pool)]
        hits.append(covers(study_other_schools(alone[0], alone[1], matched_groups(*alone))[0], EFFECT))
    assert sum(hits) <= 32  # 90% would be 36; school shocks bring it to about 65%


def test_schools_that_would_have_grown_more_anyway_bias_it_by_just_that() -> None:
    biased = studies(World(better_anyway=0.08))
    assert_mean([each[2].value for each in biased], EFFECT + 0.08)


def test_matching_on_a_test_with_error_is_biased_where_schools_start_lower() -> None:
    # A program's student with the same score as a comparison student is in truth lower by the unreliable share of the
    # gap between the groups; the other subject's score is no help here, being independent.
    gap, unreliable = -0.6, TEST_ERROR**2 / (1.0 + TEST_ERROR**2)
    found = [each[0].value for each in studies(World(start_gap=gap))]
    assert_mean(found, EFFECT + unreliable * gap)
    assert np.mean(found) < EFFECT - 0.03


def test_a_lottery_is_unbiased() -> None:
    for column in range(3):
        assert_mean([each[column].value for each in lotteries()], EFFECT)


def test_a_lottery_s_interval_covers_the_truth_as_often_as_it_says() -> None:
    for column in range(3):
        assert_share([covers(each[column], EFFECT) for each in lotteries()], 0.90)


@cache
def single_schools() -> tuple[list[bool], list[bool]]:
    """False alarms of single schools' tests at 5%, with chance among students only, and with chance among schools."""
    rng = np.random.default_rng(14)
    naive, honest = [], []
    for _ in range(20):
        treated, pool = (group(rng, 16, 40, World(effect=0.0), program=program) for program in (True, False))
        found = school_effects(treated, pool, matched_groups(treated, pool)[0], 0)
        naive += (found.p_value < 0.05).tolist()
        honest += (found.p_value_school < 0.05).tolist()
    return naive, honest


def test_single_schools_look_significant_too_often_when_schools_chance_is_forgotten() -> None:
    naive, _ = single_schools()
    assert sum(naive) / len(naive) > 0.15


def test_single_schools_tests_hold_their_level_when_it_is_counted() -> None:
    _, honest = single_schools()
    assert_share(honest, 0.05)


def test_the_noise_between_schools_is_found() -> None:
    rng = np.random.default_rng(15)
    found = [school_noise(group(rng, 40, 40, World(), program=False), 0) for _ in range(60)]
    assert_mean(found, SCHOOL_NOISE**2)


def test_without_an_effect_half_of_the_students_end_above_their_matches() -> None:
    rng = np.random.default_rng(16)
    shares = []
    for _ in range(40):
        treated, pool = (group(rng, 16, 40, World(effect=0.0), program=program) for program in (True, False))
        quintile = np.zeros(treated.fall.shape, np.int64)
        shares.append(surpass_shares(treated, pool, matched_groups(treated, pool), quintile)[0][0, 0])
    assert_mean(shares, 0.5)
