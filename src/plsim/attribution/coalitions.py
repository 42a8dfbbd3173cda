"""What a set of practices is worth, and how that worth is made up: exact sums over all on/off combinations.

Everything here is a function of one table: the outcome of each of the 2^k combinations of k practices. A combination is
a number whose bit ``i`` says whether practice ``i`` is on, so 0 is none and 2^k - 1 is all. Combinations are the first
axis; further axes (worlds, outcomes) are carried along.

What is called *difference of a set* is the change in outcome that only the set's being together explains: for one
practice ``v(with) - v(without)``, for two ``v(both) - v(one) - v(other) + v(neither)``, and so on. It depends on what
else is on (the *background*); the measures below weigh the backgrounds in different ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Floats
from plsim.core.errors import InputError

Masks = npt.NDArray[np.int64]

MOST = 10
"""More practices than that are more runs than anybody has: 1,024 combinations in every world."""


def players(values: Floats) -> int:
    """How many practices a table of combinations is about."""
    count = int(values.shape[0]).bit_length() - 1
    if values.shape[0] != 1 << count or not 1 <= count <= MOST:
        raise InputError(
            "attribution",
            "",
            f"a table of {values.shape[0]} combinations",
            allowed=f"all on/off combinations of 1 to {MOST} practices: 2, 4, 8, ... {1 << MOST:,}",
        )
    return count


def sizes(count: int) -> Masks:
    """How many practices are on in each combination. Shape (2^count,)."""
    masks = np.arange(1 << count, dtype=np.int64)
    return sum(((masks >> bit) & 1 for bit in range(count)), np.zeros_like(masks))


def mask_of(members: Sequence[int]) -> int:
    """The combination in which just these practices are on."""
    return sum(1 << member for member in members)


def members_of(mask: int) -> tuple[int, ...]:
    """The practices that are on in a combination."""
    return tuple(bit for bit in range(mask.bit_length()) if mask >> bit & 1)


def subsets(count: int, size: int) -> tuple[tuple[int, ...], ...]:
    """All sets of so many practices, in order."""
    return tuple(combinations(range(count), size))


def moebius(values: Floats) -> Floats:
    """Every set's difference on an otherwise empty background; same shape as ``values``.

    What each set adds beyond all of its parts (Harsanyi's dividends): the outcome of a combination is the sum over its
    subsets.
    """
    return _butterfly(values, lambda off, on: (off, on - off))


def average_differences(values: Floats) -> Floats:
    """Every set's difference, averaged over all backgrounds alike; same shape as ``values``.

    The Walsh transform in units of the outcome: at a single practice the classical main effect, mean with minus mean
    without; at a pair the change in one's effect when the other is on. At 0 the mean of all combinations.
    """
    return _butterfly(values, lambda off, on: (0.5 * (off + on), on - off))


def variance_shares(values: Floats) -> Floats:
    """Share of the variance over combinations, each as likely as any other, that each set explains; 0 at the empty set.

    These are the Sobol indices of on/off factors. NaN where all combinations have the same outcome.
    """
    count = players(values)
    scale = 0.5 ** sizes(count).astype(np.float64)
    parts = np.square(average_differences(values) * _along(scale, values))
    parts[0] = 0.0
    total = parts.sum(axis=0)
    return np.asarray(np.divide(parts, total, out=np.full_like(parts, np.nan), where=total > 0.0))


def difference(values: Floats, members: Sequence[int]) -> Floats:
    """A set's difference on each background, the smallest background first. Shape (2^(k - members), ...)."""
    count = players(values)
    backgrounds = _backgrounds(count, members)
    found = np.zeros_like(values[backgrounds])
    for size in range(len(members) + 1):
        sign = -1.0 if (len(members) - size) % 2 else 1.0
        for part in combinations(members, size):
            found = found + sign * values[backgrounds | mask_of(part)]
    return found


def shapley(values: Floats, members: Sequence[int]) -> Floats:
    """Shapley value of one practice, or Shapley interaction index of several. Shape of one combination's values.

    Notes
    -----
    The average of the set's difference over all orders in which practices could come in, the set as one of them
    (Shapley 1953; Grabisch & Roubens 1999). Values of single practices add up to ``values[all] - values[0]``.
    """
    count = players(values)
    rest = count - len(members)
    before = sizes(count)[_backgrounds(count, members)]
    weights = np.array([factorial(t) * factorial(rest - t) / factorial(rest + 1) for t in range(rest + 1)])
    each = difference(values, members)
    return np.asarray(np.sum(each * _along(weights[before], each), axis=0))


def add_one_in(values: Floats) -> Floats:
    """What each practice brings alone. Shape (k, ...)."""
    return np.stack([values[1 << one] - values[0] for one in range(players(values))])


def leave_one_out(values: Floats) -> Floats:
    """What goes when each practice leaves the full set. Shape (k, ...)."""
    full = values.shape[0] - 1
    return np.stack([values[full] - values[full ^ (1 << one)] for one in range(players(values))])


def conditional(values: Floats, one: int, other: int) -> tuple[Floats, Floats]:
    """The average effect of ``one`` where ``other`` is off, and where it is on; the rest alike in both."""
    with_one = difference(values, (one,))
    on = (_backgrounds(players(values), (one,)) >> other & 1).astype(bool)
    return np.asarray(with_one[~on].mean(axis=0)), np.asarray(with_one[on].mean(axis=0))


def synergy(values: Floats) -> Floats:
    """Joint effect of all minus the sum of what each brings alone."""
    return np.asarray(values[-1] - values[0] - add_one_in(values).sum(axis=0))


def _backgrounds(count: int, members: Sequence[int]) -> Masks:
    masks = np.arange(1 << count, dtype=np.int64)
    return np.asarray(masks[(masks & mask_of(members)) == 0])


def _along(weights: Floats, values: Floats) -> Floats:
    """Weights of the first axis, made to multiply all others."""
    return weights.reshape(-1, *(1,) * (values.ndim - 1))


def _butterfly(values: Floats, step: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> Floats:
    """Apply ``step`` to the halves without and with each practice in turn."""
    found = np.array(values, dtype=np.float64)
    for bit in range(players(values)):
        halves = found.reshape(-1, 2, 1 << bit, *values.shape[1:])
        off, on = step(halves[:, 0], halves[:, 1])
        found = np.stack([off, on], axis=1).reshape(values.shape)
    return found
