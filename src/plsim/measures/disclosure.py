"""Which groups of real students may be shown together, so that nothing can be learnt about a few of them.

A group of ten may be shown, and so may another that holds the same students but one; from both the one follows, to the
last digit. So groups are not judged one by one but together: all partitions of a year, in order of importance, each
group added only if what is then shown keeps two promises.

1. **No two shown groups, and no group and a union of groups of one partition, differ by fewer than ten students.** So
   nobody is found by subtraction: not across columns of a roster, not as the rest of a partition, not as one school.
2. **No combination at all of what is shown is about fewer than three students.** Means are sums over students with
   known weights, so whatever can be worked out from them is a vector in the space that the groups span. Let h be the
   largest diagonal entry (leverage) of the projection onto that space. A vector v in it with entries for the students
   S only has ``sum of h over S >= 1`` (v is its own projection), so S holds at least 1 / h students: h is kept to 1/3.

Students who are drawn have nothing to hide: the rule is for populations that were read from files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from plsim.core.arrays import Bools, Floats, Ints
from plsim.measures.groups import SMALLEST_GROUP, Partition

FEWEST_TOGETHER = 3
"""Nothing that can be worked out from all that is shown is about fewer students."""
_ROUNDING = 1e-9


def protected(parts: Sequence[Partition]) -> tuple[Partition, ...]:
    """The same partitions with the groups that may be shown together; earlier partitions come first.

    Within a partition larger groups come first. A group that is held back is held back in every outcome.
    """
    columns = parts[0].codes.shape[1] if parts else 0
    shown = [np.zeros((len(part.labels), columns), bool) for part in parts]
    # A number for both subjects is the mean of one for each: what it tells about a subject joins what that tells.
    # So each subject's groups are judged with those of both, and those of both with either.
    spaces = [_ShownGroups() for _ in range(max(columns - 1, 1))]
    for part, mask in zip(parts, shown, strict=True):
        alike = columns == 1 or bool((part.codes == part.codes[:, :1]).all())
        asked = [tuple(range(columns))] if alike else [(column,) for column in reversed(range(columns))]
        for together in asked:
            codes = part.codes[:, together[0]]
            judges = spaces if len(together) > 1 or together[0] == columns - 1 else [spaces[together[0]]]
            for judge in judges:
                judge.begin(codes, len(part.labels), of=-1 if alike else together[0])
            sizes = np.bincount(codes[codes >= 0], minlength=len(part.labels))
            for group in np.argsort(-sizes, kind="stable").tolist():
                if sizes[group] >= SMALLEST_GROUP and all(judge.allows(group) for judge in judges):
                    for judge in judges:
                        judge.add(group)
                    mask[group, list(together)] = True
    return tuple(replace(part, allowed=mask) for part, mask in zip(parts, shown, strict=True))


class _ShownGroups:
    """Groups that are shown so far, by partition."""

    def __init__(self) -> None:
        self._codes: list[Ints] = []
        self._of: list[int] = []
        self._groups: list[list[int]] = []
        self._sizes: list[Ints] = []
        self._crossed: list[list[Ints]] = []
        """Of the partition at hand with each before it: students in both groups. Shapes (groups + 1, groups + 1)."""
        self._axes: list[Floats] = []
        self._leverage: Floats | None = None
        self._next: tuple[Floats, Floats] | None = None

    def begin(self, codes: Ints, groups: int, *, of: int) -> None:
        """One more partition; ``of`` is its column, or -1 where it is the same in all."""
        if self._leverage is None:
            self._leverage = np.zeros(len(codes))
        self._crossed.append([_crossed(codes, other) for other in self._codes])
        self._codes.append(codes)
        self._of.append(of)
        self._groups.append([])
        self._sizes.append(np.bincount(codes + 1, minlength=groups + 1)[1:])

    def allows(self, group: int) -> bool:
        """Whether a group of the last partition may join what is shown."""
        mine = [*self._groups[-1], group]
        for place, table in enumerate(self._crossed[-1]):
            # Fifths by mathematics and fifths by both hold means of different things: no subtraction.
            if -1 < self._of[place] != self._of[-1] > -1:
                continue
            others = self._groups[place]
            sizes, theirs = self._sizes[-1], self._sizes[place]
            near = [_nearest_union(table[other + 1, :], mine, int(theirs[other]), sizes) for other in others]
            near.append(_nearest_union(table[:, group + 1], others, int(sizes[group]), theirs))
            if any(0 < apart < SMALLEST_GROUP for apart in near):
                return False
        return self._is_mixed(group)

    def _is_mixed(self, group: int) -> bool:
        """Whether nothing about fewer than three could be worked out with this group."""
        assert self._leverage is not None
        self._next = None
        axis = (self._codes[-1] == group).astype(float)
        size = float(axis.sum())
        for _ in range(2):  # twice is enough (Giraud, Langou and Rozloznik 2005)
            for other in self._axes:
                axis -= (other @ axis) * other
        length = float(axis @ axis)
        if length <= _ROUNDING * size:
            return True  # follows from what is shown already
        axis /= np.sqrt(length)
        leverage: Floats = self._leverage + axis**2
        self._next = (axis, leverage)
        return bool(leverage.max() <= 1.0 / FEWEST_TOGETHER + _ROUNDING)

    def add(self, group: int) -> None:
        """Show the group that was asked about last."""
        self._groups[-1].append(group)
        if self._next is not None:
            axis, self._leverage = self._next
            self._axes.append(axis)


def _crossed(codes: Ints, other: Ints) -> Ints:
    """How many students are in each group of both; the first row and column are of students in none."""
    width = int(codes.max(initial=-1)) + 2
    height = int(other.max(initial=-1)) + 2
    found: Ints = np.bincount((other + 1) * width + codes + 1, minlength=width * height).reshape(height, width)
    return found


def _nearest_union(inside: Ints, groups: Sequence[int], size: int, sizes: Ints) -> int:
    """In how many students a group and the union of others that is nearest to it differ; its size if none is near.

    ``inside`` counts the students of the group in each of the others, from place 1.
    """
    apart = size
    for group in groups:
        if group + 1 < len(inside):
            here = int(inside[group + 1])
            # In the union or not, whichever leaves fewer that differ.
            apart += min(0, int(sizes[group]) - 2 * here)
    return apart


def shown_of(codes: Ints, groups: int, parts: Sequence[Partition]) -> Bools:
    """Which groups may be shown beside partitions that are shown already. Shape (groups,)."""
    asked = Partition(np.repeat(codes[:, np.newaxis], parts[0].codes.shape[1], axis=1), tuple(map(str, range(groups))))
    allowed = protected([*parts, asked])[-1].allowed
    assert allowed is not None
    found: Bools = allowed[:, 0]
    return found
