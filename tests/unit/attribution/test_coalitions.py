"""Exact sums over all on/off combinations: each measure against its definition, and against what must hold."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from plsim.attribution.coalitions import (
    add_one_in,
    average_differences,
    conditional,
    difference,
    leave_one_out,
    mask_of,
    members_of,
    moebius,
    shapley,
    sizes,
    subsets,
    synergy,
    variance_shares,
)
from plsim.core.arrays import Floats
from plsim.core.errors import InputError

RNG = np.random.default_rng(5)


@pytest.fixture
def values() -> Floats:
    """Five practices in three worlds, without any structure."""
    return RNG.normal(size=(32, 3))


def singles(values: Floats) -> Floats:
    count = int(values.shape[0]).bit_length() - 1
    return np.array([shapley(values, (one,)) for one in range(count)])


def test_shapley_values_add_up_to_the_joint_effect(values: Floats) -> None:
    assert singles(values).sum(axis=0) == pytest.approx(values[-1] - values[0], abs=1e-12)


def test_shapley_values_of_ten_practices_add_up_to_the_joint_effect() -> None:
    many = RNG.normal(size=1024)
    assert singles(many).sum() == pytest.approx(many[-1] - many[0], abs=1e-12)


def test_shapley_value_is_the_mean_over_all_orders_of_coming_in() -> None:
    values = RNG.normal(size=16)
    found = np.zeros(4)
    for order in permutations(range(4)):
        for place, one in enumerate(order):
            before = mask_of(order[:place])
            found[one] += values[before | 1 << one] - values[before]
    assert singles(values) == pytest.approx(found / 24.0, abs=1e-12)


def test_a_practice_that_changes_nothing_has_exactly_no_effect() -> None:
    values = np.repeat(RNG.normal(size=8), 2)  # bit 0 changes nothing
    assert shapley(values, (0,)) == 0.0
    assert shapley(values, (0, 1)) == 0.0
    assert average_differences(values)[1] == 0.0


def test_a_world_without_any_effect_leaves_no_rounding_behind() -> None:
    values = np.full((256, 1), 0.1 + 0.2)
    assert not singles(values).any()
    assert not average_differences(values)[1:].any()


def test_shapley_interaction_of_two_is_their_merger_minus_their_parts() -> None:
    # Grabisch & Roubens: the worth of the two as one, less that of each where the other is not there.
    values = RNG.normal(size=8)
    merged = np.array([values[0b000], values[0b011], values[0b100], values[0b111]])
    alone_0 = values[[0b000, 0b001, 0b100, 0b101]]
    alone_1 = values[[0b000, 0b010, 0b100, 0b110]]
    expected = shapley(merged, (0,)) - shapley(alone_0, (0,)) - shapley(alone_1, (0,))
    assert shapley(values, (0, 1)) == pytest.approx(expected, abs=1e-12)


def test_moebius_parts_of_the_subsets_add_up_to_the_outcome(values: Floats) -> None:
    parts = moebius(values)
    for mask in range(32):
        inside = [each for each in range(32) if each & ~mask == 0]
        assert parts[inside].sum(axis=0) == pytest.approx(values[mask], abs=1e-12)


def test_average_difference_of_one_is_mean_with_minus_mean_without(values: Floats) -> None:
    on = np.array([bool(mask >> 2 & 1) for mask in range(32)])
    expected = values[on].mean(axis=0) - values[~on].mean(axis=0)
    assert average_differences(values)[1 << 2] == pytest.approx(expected, abs=1e-12)


def test_average_difference_of_a_set_is_the_mean_of_its_difference_over_backgrounds(values: Floats) -> None:
    found = average_differences(values)
    for size in (1, 2, 3, 5):
        for members in subsets(5, size):
            assert found[mask_of(members)] == pytest.approx(difference(values, members).mean(axis=0), abs=1e-12)


def test_variance_shares_are_the_variance_of_the_parts_over_that_of_all() -> None:
    on = np.array([[mask >> bit & 1 for bit in range(3)] for mask in range(8)], dtype=float)
    values = 3.0 * on[:, 0] + 1.0 * on[:, 1] + 2.0 * (on[:, 0] - 0.5) * (on[:, 1] - 0.5)
    total = np.var(values)
    found = variance_shares(values)
    assert found[0b001] == pytest.approx(9.0 / 4.0 / total)
    assert found[0b010] == pytest.approx(1.0 / 4.0 / total)
    assert found[0b011] == pytest.approx(4.0 / 16.0 / total)
    assert found.sum() == pytest.approx(1.0)


def test_variance_shares_are_unknown_where_nothing_varies() -> None:
    assert np.isnan(variance_shares(np.full((4, 1), 2.0))[1:]).all()


def test_adding_one_and_leaving_one_out_look_at_the_two_ends() -> None:
    values = np.arange(8.0) ** 2
    assert add_one_in(values).tolist() == [1.0, 4.0, 16.0]
    assert leave_one_out(values).tolist() == [49.0 - 36.0, 49.0 - 25.0, 49.0 - 9.0]


def test_synergy_is_the_joint_effect_minus_the_sum_of_single_effects() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    assert synergy(values) == 9.0 - 1.0 - (1.0 + 3.0)


def test_conditional_effects_differ_by_the_average_difference_of_the_pair(values: Floats) -> None:
    without, with_it = conditional(values, 1, 3)
    assert with_it - without == pytest.approx(average_differences(values)[mask_of((1, 3))], abs=1e-12)


def test_conditional_effect_of_a_practice_that_works_only_with_another() -> None:
    values = np.array([0.0, 0.0, 0.0, 5.0])
    assert [float(each) for each in conditional(values, 0, 1)] == [0.0, 5.0]


def test_members_and_masks_are_two_ways_to_say_the_same() -> None:
    assert [mask_of(members_of(mask)) for mask in range(64)] == list(range(64))
    assert sizes(3).tolist() == [0, 1, 1, 2, 1, 2, 2, 3]


@pytest.mark.parametrize("rows", [1, 3, 100, 2048])
def test_a_table_that_does_not_hold_all_combinations_is_refused(rows: int) -> None:
    with pytest.raises(InputError, match="all on/off combinations"):
        shapley(np.zeros(rows), (0,))
