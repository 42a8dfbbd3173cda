"""What an effect hangs on, found without chance: each assumption moved alone from end to end of its range.

A sample of worlds tells this only when it is large. Two runs for each assumption tell it with any: they give the effect
as a sum of lines, one for each assumption, which the worlds of the result then test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.pair import DOSE
from plsim.engine.parameters import World
from plsim.evidence import Parameter, registry

LOW, HIGH = 0.05, 0.95
"""Shares of a range below which its ends lie, as for the ranges of results."""
FEWEST_TO_TEST = 20
"""Different worlds below which nothing is said of how much single assumptions explain."""
_STEPS = 200


class Swing(NamedTuple):
    """How far one assumption alone moves an effect.

    Attributes
    ----------
    key
        Registry key of the assumption.
    low, high
        The effect at the low and at the high end of its range, or with the first and the last form of a rule, all
        others in the middle.
    share
        Share of the effect's differences between worlds, in [0, 1]; None where too few worlds were run to say.
    """

    key: str
    low: float
    high: float
    share: float | None


def end_worlds(*, doses: bool) -> tuple[World, ...]:
    """Worlds in which one assumption is at an end of its range: the low one of each, then the high one."""
    moved = _moved(doses=doses)
    return tuple(
        World(f"{one.key} at {share:.0%}", {one.key: one.quantile(share)}) for share in (LOW, HIGH) for one in moved
    )


def swings(
    central: float, ends: Floats, tried: Sequence[World], effects: Floats, *, doses: bool
) -> tuple[tuple[Swing, ...], float | None]:
    """How far each assumption moves an effect, the furthest first; and what single assumptions explain together.

    Shares are of what the sum of the lines varies over the ranges, times how much of the differences between the worlds
    of the result that sum explains. So they add up to at most 1; the rest is how assumptions act together.

    Parameters
    ----------
    central
        The effect in the central world.
    ends
        The effect in :func:`end_worlds`, in their order.
    tried, effects
        The worlds of the result and the effect in each; the same world may be there more than once.
    doses
        As in :func:`end_worlds`.
    """
    moved = _moved(doses=doses)
    lows, highs = np.split(np.asarray(ends), 2)
    spread = np.array([
        np.var(_line(one, central, low, high, (np.arange(_STEPS) + 0.5) / _STEPS))
        for one, low, high in zip(moved, lows, highs, strict=True)
    ])  # fmt: skip
    explained = _explained(moved, central, lows, highs, tried, effects)
    whole = float(spread.sum())
    shares = [None if explained is None else explained * each / whole if whole > 0.0 else 0.0 for each in spread]
    found = [
        Swing(one.key, float(low), float(high), None if share is None else float(share))
        for one, low, high, share in zip(moved, lows, highs, shares, strict=True)
    ]
    order = np.argsort(-spread, kind="stable")
    return tuple(found[place] for place in order), explained


def form_share(moved: Sequence[Swing]) -> float:
    """Share of the differences between worlds that hangs on which published form a rule has; 0 where none is told."""
    forms = {form.key for form in registry().forms()}
    return sum(one.share or 0.0 for one in moved if one.key in forms)


def _moved(*, doses: bool) -> tuple[Parameter, ...]:
    return tuple(one for one in registry().uncertain() if one.key != DOSE or doses)


def _line(one: Parameter, central: float, low: float, high: float, at: Floats) -> Floats:
    """The effect with one assumption at shares of its range: straight between ends and middle, or by form."""
    if one.forms:
        forms = [one.quantile(share) for share in at.tolist()]
        return np.asarray(np.interp(forms, [one.low, one.high], [low, high]), dtype=np.float64)
    middle = one.place(one.value)
    inside = LOW < middle < HIGH
    places, values = ([LOW, middle, HIGH], [low, central, high]) if inside else ([LOW, HIGH], [low, high])
    return np.asarray(np.interp(at, places, values), dtype=np.float64)


def _explained(
    moved: Sequence[Parameter],
    central: float,
    lows: Floats,
    highs: Floats,
    tried: Sequence[World],
    effects: Floats,
) -> float | None:
    """Share of the differences between different worlds that the sum of the lines foretells."""
    points = np.array([[world.number(one.key) for one in moved] for world in tried])
    if not len(points):
        return None
    points, first = np.unique(points, axis=0, return_index=True)
    found = np.asarray(effects)[first]
    if len(points) < FEWEST_TO_TEST or float(np.ptp(found)) == 0.0:
        return None
    told = np.zeros(len(points))
    for one, low, high, column in zip(moved, lows, highs, points.T, strict=True):
        at = np.array([one.place(value) for value in column.tolist()])
        told += _line(one, central, float(low), float(high), at) - central
    if float(np.ptp(told)) == 0.0:
        return 0.0
    return float(np.corrcoef(told, found)[0, 1] ** 2)
