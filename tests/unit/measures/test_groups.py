"""Groups that are shown, and those that are too small for it."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.measures.groups import SMALLEST_GROUP, by_labels


def shown(sizes: list[int]) -> list[bool]:
    labels = np.repeat(np.array([f"{index}" for index in range(len(sizes))], dtype=object), sizes)
    means = by_labels("bus", labels, np.ones(sum(sizes), bool)).means(np.ones((sum(sizes), 3)))
    return [bool(each) for each in np.isfinite(means[:, 0])]


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ([10, 40], [True, True]),
        # One small group alone would follow from everybody's mean and that of the others: the next goes with it.
        ([9, 40, 30], [False, True, False]),
        # Two small ones that are ten together hide each other.
        ([5, 5, 40], [False, False, True]),
        ([4, 5, 40, 12], [False, False, True, False]),
        ([9], [False]),
        ([9, 10], [False, False]),
    ],
)
def test_a_small_group_is_not_shown_and_cannot_be_found_by_subtraction(sizes: list[int], wanted: list[bool]) -> None:
    assert shown(sizes) == wanted
    hidden = sum(size for size, seen in zip(sizes, wanted, strict=True) if not seen)
    assert hidden == 0 or hidden >= SMALLEST_GROUP or not any(wanted)
