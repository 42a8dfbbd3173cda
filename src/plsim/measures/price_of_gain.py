"""The price of a gain: what a district pays per student for each tenth of an SD, where that means anything."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.measures.effects import CI_LEVEL, Row

SMALLEST_EFFECT = 0.01
"""An effect (SD) below this is too small to divide by: a price per gain would say nothing."""
TENTH = 0.1
_TAIL = 0.5 * (1.0 - CI_LEVEL)


class PricePerGain(NamedTuple):
    """Dollars per student for each tenth of an SD; ``low`` and ``high`` hold 90% of worlds, NaN without worlds."""

    value: float
    low: float
    high: float


def price_per_gain(cost: Floats, effect: Floats, *, central: tuple[float, float]) -> PricePerGain | None:
    """Dollars per student for a tenth of an SD, or ``None`` where that would mean nothing.

    Parameters
    ----------
    cost, effect
        Dollars per student up to the year of the effect, and the effect (SD), in each world. Shape (worlds,).
    central
        The same two in the central world; used alone when there are no worlds.

    Notes
    -----
    A ratio explodes where its divisor may be zero. So there is a price only where the effect is at least
    ``SMALLEST_EFFECT`` in more than 95% of worlds; the few others count as "no gain at any price". What saves money in
    the central world or in half of the others has no price either.
    """
    if effect.size == 0:
        dollars, gain = central
        if not (gain >= SMALLEST_EFFECT and dollars > 0.0):
            return None
        return PricePerGain(TENTH * dollars / gain, float("nan"), float("nan"))
    # Orders, not interpolation: half-way to infinity is infinity. With this rule all three orders are finite.
    if not np.quantile(effect, _TAIL, method="inverted_cdf") >= SMALLEST_EFFECT:
        return None
    if not np.median(cost) > 0.0:
        return None
    gained = effect >= SMALLEST_EFFECT
    price = np.where(gained, TENTH * cost / np.where(gained, effect, 1.0), np.inf)
    low, value, high = np.quantile(price, [_TAIL, 0.5, 1.0 - _TAIL], method="inverted_cdf")
    return PricePerGain(float(value), float(low), float(high))


def price_rows(rows: list[Row], central: Floats, spread: Floats) -> list[tuple[Row, PricePerGain]]:
    """The price of the gain at the end of each year, for what has been spent up to then.

    ``central`` (rows,) and ``spread`` (worlds, rows) hold the values of ``rows``. The gain is the mean of both
    subjects' effects; it is cumulative, and so is the cost. Years without a meaningful price have no row.
    """
    cost = {row.year: index for index, row in enumerate(rows) if _is(row, "budget_cost_per_student", "USD")}
    gain = {row.year: index for index, row in enumerate(rows) if _is(row, "achievement", "SD")}
    found = []
    for year in sorted(cost.keys() & gain.keys()):
        spent = [cost[each] for each in sorted(cost) if each <= year]
        price = price_per_gain(
            spread[:, spent].sum(axis=1),
            spread[:, gain[year]],
            central=(float(central[spent].sum()), float(central[gain[year]])),
        )
        if price is not None:
            row = Row("cost_per_tenth_sd", "both", year, "all", "paired", "difference", "USD")
            found.append((row, price))
    return found


def _is(row: Row, outcome: str, unit: str) -> bool:
    """Whether a row is this outcome's paired difference for everybody and both subjects."""
    return row.outcome == outcome and row._replace(year=0) == Row(
        outcome, "both", 0, "all", "paired", "difference", unit
    )
