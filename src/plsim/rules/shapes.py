"""The small vocabulary of curves from which every weekly rule is made.

Only ``+ - * /`` and comparisons: IEEE 754 rounds these exactly, so every platform, thread count and engine gets the
same bits, and compilers can turn a loop over them into SIMD code.
"""

from __future__ import annotations

from plsim.core.jit import compiled


@compiled
def clamp(x: float, low: float, high: float) -> float:
    """``x`` held between ``low`` and ``high``."""
    held = x if x > low else low
    return held if held < high else high


@compiled
def at_least(x: float, low: float) -> float:
    """The larger of the two."""
    return x if x > low else low


@compiled
def at_most(x: float, high: float) -> float:
    """The smaller of the two."""
    return x if x < high else high


@compiled
def saturate(x: float) -> float:
    """Diminishing returns: 0 at 0 and below, one half at 1, towards 1."""
    held = x if x > 0.0 else 0.0
    return held / (1.0 + held)


@compiled
def bell(x: float) -> float:
    """A peak of 1 at 0 that falls off on both sides, one half at -1 and 1."""
    return 1.0 / (1.0 + x * x)


@compiled
def bell_over(miss: float, width: float) -> float:
    """``bell(miss / width)`` with one division in place of two: divisions are what a row's week costs."""
    square = width * width
    return square / (square + miss * miss)


@compiled
def mix(from_value: float, to_value: float, share: float) -> float:
    """The point that lies ``share`` of the way from one value to the other; exactly ``from_value`` at 0."""
    return from_value + share * (to_value - from_value)
