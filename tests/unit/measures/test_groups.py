"""Groups that are shown, and those that are too small for it."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.measures.groups import SMALLEST_GROUP, by_governance, by_grade, by_labels, by_quintile, fifths, numbered


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


@pytest.mark.parametrize("kind", ["quintile", "governance", "grade", "label"])
def test_who_does_not_count_is_in_no_group_and_moves_no_border(kind: str) -> None:
    rng = np.random.default_rng(1)
    scores, counted = rng.normal(size=(300, 2)), rng.random(300) < 0.6
    scores[~counted] += 5.0  # would lift every border of fifths
    school, grade = rng.random(300) < 0.5, rng.integers(1, 9, 300)

    def codes(of: np.ndarray, who: np.ndarray) -> np.ndarray:
        made = {
            "quintile": lambda: by_quintile(scores[of], who),
            "governance": lambda: by_governance(school[of], who),
            "grade": lambda: by_grade(grade[of], who),
            "label": lambda: by_labels("bus", grade[of].astype(str).astype(object), who),
        }
        return np.asarray(made[kind]().codes)

    everybody = codes(np.arange(300), counted)
    assert (everybody[~counted] == -1).all()
    np.testing.assert_array_equal(everybody[counted], codes(np.flatnonzero(counted), np.ones(counted.sum(), bool)))


def test_fifths_are_as_large_as_they_can_be_and_the_lowest_comes_first() -> None:
    scores = np.random.default_rng(2).normal(size=(100, 2))
    fifths = by_quintile(scores, np.ones(100, bool)).codes
    for column, values in enumerate((scores[:, 0], scores[:, 1], scores.mean(axis=1))):
        np.testing.assert_array_equal(fifths[np.argsort(values), column], np.repeat(np.arange(5), 20))


@pytest.mark.parametrize("beyond", [(), (1,), (2, 3)])
def test_means_are_serial_sums_in_the_order_of_students_over_their_number(beyond: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    counted = rng.random(2000) < 0.7
    values = rng.normal(size=(2000, 3, *beyond)) * 10.0 ** rng.integers(-6, 6, (2000, 3, *beyond))
    for part in (by_quintile(rng.normal(size=(2000, 2)), counted), by_grade(rng.integers(1, 9, 2000), counted)):
        means = part.means(values)
        for group in range(len(part.labels)):
            for subject in range(3):
                total = np.zeros(beyond)
                inside = part.codes[:, subject] == group
                for each in values[inside, subject]:
                    total = total + each
                wanted = total / inside.sum() if inside.any() else np.full(beyond, np.nan)
                np.testing.assert_array_equal(means[group, subject], wanted)


@pytest.mark.parametrize("size", [0, 1, 500])
def test_numbers_without_gaps_are_those_that_a_sort_finds(size: int) -> None:
    codes = np.random.default_rng(4).integers(-40, 300, size)
    _, place, count = np.unique(codes, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(numbered(codes)[0], place)
    np.testing.assert_array_equal(numbered(codes)[1], count)


def test_fifths_of_nobody_are_nobody() -> None:
    assert fifths(np.empty((0, 2))).shape == (0, 2)
