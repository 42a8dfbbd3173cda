"""Factors whose values have no order: indices are the exact ones, and renumbering the values moves nothing."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from scipy.stats import binom

from plsim.core.arrays import Floats
from plsim.studies.factors import Factor
from plsim.studies.indices import FALSE_ALARMS
from plsim.studies.schema import Delta, Method, Pawn, RbdFast, Regional
from plsim.studies.sensitivity import indices, points_of

METHODS: tuple[Method, ...] = (
    Pawn(kind="pawn", samples=600, resamples=20),
    Delta(kind="delta", samples=600, resamples=20),
    Regional(kind="regional", samples=600, resamples=20),
    RbdFast(kind="rbd_fast", samples=600, resamples=20),
)
DOSE = Factor("dose", "lever", "range", 0.0, 1.0)
IDLE = Factor("idle", "lever", "range", 0.0, 1.0)
COUNT = 15
WORLD = Factor("world", "uncertainty", "world", labels=tuple(f"w{at}" for at in range(COUNT)), options=({},) * COUNT)
EFFECTS = np.random.default_rng(7).permutation(np.linspace(0.0, 3.0, COUNT))
"""In an order that is none: neighbours in number are no neighbours in effect."""


def place(units: Floats) -> np.ndarray:
    return np.minimum((units[:, 0] * COUNT).astype(int), COUNT - 1)


def outcome(units: Floats) -> Floats:
    return np.asarray(EFFECTS[place(units)] + units[:, 1])


def exact_pawn() -> float:
    """Median over worlds of the distance between that world's outcomes, even over an interval, and all outcomes."""
    at = np.linspace(-0.5, 4.5, 20_001)
    each = np.clip(at - EFFECTS[:, np.newaxis], 0.0, 1.0)
    return float(np.median(np.abs(each - each.mean(axis=0)).max(axis=1)))


def exact_delta() -> float:
    at = np.linspace(-0.5, 4.5, 20_001)
    each = ((at >= EFFECTS[:, np.newaxis]) & (at < EFFECTS[:, np.newaxis] + 1.0)).astype(float)
    return float(0.5 * np.abs(each - each.mean(axis=0)).sum(axis=1).mean() * (at[1] - at[0]))


def index_of(method: Method, name: str, *, seed: int, factors: tuple[Factor, ...] = (WORLD, DOSE, IDLE)) -> float:
    units = points_of(method, factors, seed=seed)
    rows = indices(method, factors, units, outcome(units), seed=seed, permutations=39)
    return next(row.value for row in rows if row.factor == "world" and row.index == name)


@pytest.mark.parametrize(
    ("method", "index", "exact", "within"),
    [
        (METHODS[0], "pawn_median", exact_pawn(), 0.03),
        (METHODS[1], "delta", exact_delta(), 0.08),  # a kernel smooths the edges of an interval
        (METHODS[3], "S1", float(EFFECTS.var() / (EFFECTS.var() + 1.0 / 12.0)), 0.01),
    ],
)
def test_the_index_of_a_world_is_the_exact_one(method: Method, index: str, exact: float, within: float) -> None:
    found = np.mean([index_of(method, index, seed=seed) for seed in range(4)])
    assert found == pytest.approx(exact, abs=within)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_renumbering_the_values_moves_no_index_of_any_factor(method: Method) -> None:
    units = points_of(method, (WORLD, DOSE, IDLE), seed=3)
    values = outcome(units)
    other = np.random.default_rng(1).permutation(COUNT)
    moved = units.copy()
    moved[:, 0] = (other[place(units)] + 0.5) / COUNT
    before, after = (
        [row[3:] for row in map(astuple, indices(method, (WORLD, DOSE, IDLE), each, values, seed=3))]
        for each in (units, moved)
    )
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_what_has_exactly_no_effect_is_named_no_oftener_than_stated_at_any_analysis_seed(method: Method) -> None:
    """Of a range and a list that nothing hangs on, one is named in at most 5% of samples, at every analysis seed."""
    listed = Factor("list", "lever", "values", labels=tuple("abcdef"), options=({},) * 6)
    factors = (DOSE, IDLE, listed)
    small = type(method).model_validate(method.model_dump() | {"samples": 128})
    analyses, samples = 20, 3
    named = np.zeros(analyses, dtype=int)
    for analysis in range(analyses):
        for sample in range(samples):
            units = points_of(small, factors, seed=1000 * analysis + sample)
            noise = np.random.default_rng([analysis, sample]).normal(0.0, 0.2, units.shape[0])
            rows = indices(small, factors, units, units[:, 0] + noise, seed=analysis, resamples=2)
            above = {row.factor for row in rows if row.index == rows[0].index and row.value > row.chance}
            assert "dose" in above
            named[analysis] += len(above) > 1
    assert named.max() <= binom.ppf(0.9999, samples, FALSE_ALARMS)
    assert named.sum() <= binom.ppf(0.999, analyses * samples, FALSE_ALARMS)
