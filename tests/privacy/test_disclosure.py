"""Nothing about a few real students can be worked out from all groups that are shown, by subtraction or otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsim.measures.disclosure import FEWEST_TOGETHER, protected, shown_of
from plsim.measures.groups import SMALLEST_GROUP, Partition, by_flag, by_labels, by_quintile, everyone


def labelled(name: str, labels: Sequence[object]) -> Partition:
    return by_labels(name, np.array(labels, dtype=object), np.ones(len(labels), bool))


def shown_groups(parts: Sequence[Partition], column: int) -> list[list[np.ndarray]]:
    """Who is in each group that is shown, by partition. Found from the means themselves, not from what says so."""
    found = []
    for part in parts:
        means = part.means(np.ones((len(part.codes), 3)))[:, column]
        found.append([part.codes[:, column] == group for group in np.flatnonzero(~np.isnan(means))])
    return found


def unions(groups: list[np.ndarray]) -> list[np.ndarray]:
    return [np.logical_or.reduce(chosen) for size in range(1, len(groups) + 1) for chosen in combinations(groups, size)]


def fewest_apart(groups: list[list[np.ndarray]]) -> int:
    """Students in the smallest difference of a shown group and a union of others in one partition."""
    fewest = 10**9
    for one, mine in enumerate(groups):
        for other, theirs in enumerate(groups):
            for group in mine:
                fewest = min(fewest, int(group.sum()))
                for union in unions(theirs) if one != other else ():
                    apart = int((group ^ union).sum())
                    fewest = min(fewest, apart) if apart else fewest
    return fewest


def space(groups: list[list[np.ndarray]]) -> np.ndarray:
    """The projection onto what can be worked out: from singular values, unlike the code's."""
    vectors = [group.astype(float) for each in groups for group in each]
    if not vectors:
        return np.zeros((1, 1))
    u, s, _ = np.linalg.svd(np.array(vectors).T, full_matrices=False)
    u = u[:, s > 1e-9 * s[0]]
    return u @ u.T


def smallest_secret(projection: np.ndarray) -> int:
    """1 or 2 when something about so few students can be worked out; else 3."""
    if projection.diagonal().max() > 1.0 - 1e-6:
        return 1
    pairs = combinations(range(len(projection)), 2)
    if any(np.linalg.eigvalsh(projection[np.ix_(pair, pair)])[-1] > 1.0 - 1e-6 for pair in pairs):
        return 2
    return 3


COLUMNS = st.lists(st.tuples(st.integers(2, 5), st.integers(0, 3), st.integers(0, 2**31)), min_size=1, max_size=4)


@settings(max_examples=60)
@given(students=st.integers(10, 60), columns=COLUMNS, copies=st.integers(0, 2), seed=st.integers(0, 2**31))
def test_no_difference_of_shown_groups_is_of_a_few(students: int, columns, copies: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [everyone(np.arange(students) >= rng.integers(0, 4))]
    parts.append(by_quintile(rng.standard_normal((students, 2)), np.ones(students, bool)))
    values: list[np.ndarray] = []
    for kinds, rare, of in columns:
        own = np.random.default_rng(of)
        values.append(own.integers(0, kinds, students))
        values[-1][:rare] = kinds
    for _ in range(copies):  # another column that differs in few students
        copy = values[0].copy()
        copy[rng.integers(0, students, 3)] += 1
        values.append(copy)
    parts += [labelled(f"column{place}", each.tolist()) for place, each in enumerate(values)]
    parts = list(protected(parts))
    for column in range(3):
        assert fewest_apart(shown_groups(parts, column)) >= SMALLEST_GROUP
    for subject in (0, 1):
        both = [*shown_groups(parts, subject), *shown_groups(parts, 2)]
        assert smallest_secret(space(both)) >= FEWEST_TOGETHER


def test_two_columns_that_differ_in_one_student_are_not_both_shown() -> None:
    colour = ["red"] * 30 + ["blue"] * 30
    shade = ["dark"] * 31 + ["light"] * 29
    parts = protected([everyone(np.ones(60, bool)), labelled("colour", colour), labelled("shade", shade)])
    scores = np.repeat(np.random.default_rng(1).normal(200.0, 15.0, (60, 1)), 3, axis=1)
    means = {label: mean for part in parts for label, mean in zip(part.labels, part.means(scores)[:, 0], strict=True)}
    assert not np.isnan([means["colour:red"], means["colour:blue"]]).any()
    assert np.isnan([means["shade:dark"], means["shade:light"]]).all()


def test_without_the_rule_the_student_is_found() -> None:
    colour = ["red"] * 30 + ["blue"] * 30
    shade = ["dark"] * 31 + ["light"] * 29
    parts = [labelled("colour", colour), labelled("shade", shade)]
    assert fewest_apart(shown_groups(parts, 0)) == 1
    assert smallest_secret(space(shown_groups(parts, 0))) == 1


def test_three_columns_that_tell_together_what_no_two_tell() -> None:
    # C holds A, B and one more student; A and B are groups of two columns, so no union of one column comes near to C.
    student = np.arange(100)
    parts = [
        everyone(np.ones(100, bool)),
        labelled("a", (student < 20).tolist()),
        labelled("b", ((student >= 20) & (student < 40)).tolist()),
        labelled("c", (student <= 40).tolist()),
    ]
    assert fewest_apart(shown_groups(parts, 0)) >= SMALLEST_GROUP
    free, safe = shown_groups(parts, 0), shown_groups(protected(parts), 0)
    assert smallest_secret(space(free)) < FEWEST_TOGETHER
    assert smallest_secret(space(safe)) >= FEWEST_TOGETHER


@pytest.mark.parametrize("sizes", [(30, 20, 10), (25, 25), (50,), (17, 17, 17)])
def test_large_groups_are_all_shown(sizes: tuple[int, ...]) -> None:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    parts = protected([everyone(np.ones(len(codes), bool)), labelled("club", codes.tolist())])
    assert [len(each) for each in shown_groups(parts, 0)] == [1, len(sizes)]


def test_the_rest_of_a_partition_is_not_found_by_subtraction() -> None:
    codes = np.repeat(np.arange(3), (40, 15, 5))
    parts = protected([everyone(np.ones(60, bool)), labelled("club", codes.tolist())])
    assert [len(each) for each in shown_groups(parts, 0)] == [1, 1]


def test_a_school_of_three_is_not_found_by_leaving_it_out() -> None:
    school = np.repeat(np.arange(3), (3, 40, 37))
    parts = protected([everyone(np.ones(80, bool)), by_flag("lunch", np.arange(80) % 2 == 0, np.ones(80, bool))])
    assert shown_of(school, 3, parts).tolist() == [False, True, False]


def test_nobody_is_shown_where_there_are_too_few() -> None:
    parts = protected([everyone(np.ones(9, bool))])
    assert np.isnan(parts[0].means(np.ones((9, 3)))).all()
