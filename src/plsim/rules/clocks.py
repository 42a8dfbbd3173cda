"""When something is due that comes every so many weeks: data, regrouping."""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled


class Clock(NamedTuple):
    """``due`` is 1 in a week in which it rings, else 0; ``rounds`` is what is left on it."""

    due: float
    rounds: float


@compiled
def clock(rounds: float, rate: float) -> Clock:
    """A clock a week on: it rings when a whole round has passed. ``rate`` is in rounds a week."""
    passed = rounds + rate
    due = 1.0 if passed >= 1.0 else 0.0
    return Clock(due, passed - due)
