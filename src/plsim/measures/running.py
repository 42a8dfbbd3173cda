"""Totals of a long stream of numbers in a small table: means, spread and quantiles without keeping the numbers.

Quantiles come from counts in bins whose edges grow by a fixed ratio (as in DDSketch, Masson, Rim and Lee 2019): each is
right to within ``PRECISION`` of its own size, and the table has some thousand bins, however many numbers
there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

PRECISION = 0.005
"""How far off a quantile may be, relative to its size."""
SMALLEST = 1e-4
"""What is nearer to zero counts as zero."""
_LOG_RATIO = math.log((1.0 + PRECISION) / (1.0 - PRECISION))
_LARGEST = 1e12


class Running:
    """Mean, spread and quantiles of the numbers added so far."""

    def __init__(self) -> None:
        self.count = 0
        self.below_zero = 0
        self.lowest = math.inf
        self.highest = -math.inf
        self._weight = 0.0
        self._weighted = 0.0
        self._mean = 0.0
        self._squares = 0.0
        self._bins: dict[int, int] = {}

    def add(self, value: float, weight: float = 1.0) -> None:
        """One more number; it has a weight in the weighted mean only."""
        self.count += 1
        self.below_zero += value < 0.0
        self.lowest, self.highest = min(self.lowest, value), max(self.highest, value)
        self._weight += weight
        self._weighted += weight * value
        # Welford (1962): no difference of large sums.
        step = value - self._mean
        self._mean += step / self.count
        self._squares += step * (value - self._mean)
        place = _place(value)
        self._bins[place] = self._bins.get(place, 0) + 1

    @property
    def mean(self) -> float:
        """Weighted mean; NaN of nothing."""
        return self._weighted / self._weight if self._weight > 0.0 else math.nan

    @property
    def sd(self) -> float:
        """Standard deviation, every number counting alike; NaN of fewer than two."""
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else math.nan

    def quantiles(self, shares: Iterable[float]) -> tuple[float, ...]:
        """The numbers below which these shares lie, each within ``PRECISION`` of its size; NaN of nothing."""
        return tuple(self._quantile(share) for share in shares)

    def _quantile(self, share: float) -> float:
        if not self.count:
            return math.nan
        rank = math.floor(share * (self.count - 1) + 0.5)
        seen = 0
        for place in sorted(self._bins):
            seen += self._bins[place]
            if seen > rank:
                return min(max(_middle(place), self.lowest), self.highest)
        return self.highest


def _place(value: float) -> int:
    """The bin of a number: 0 around zero, then outward in both directions."""
    size = min(abs(value), _LARGEST)
    if size < SMALLEST:
        return 0
    place = 1 + math.ceil(math.log(size / SMALLEST) / _LOG_RATIO)
    return place if value > 0.0 else -place


def _middle(place: int) -> float:
    """The number in a bin that is no further than ``PRECISION`` from any other there."""
    if place == 0:
        return 0.0
    upper = SMALLEST * math.exp((abs(place) - 1) * _LOG_RATIO)
    return math.copysign(upper * (1.0 - PRECISION), place)
