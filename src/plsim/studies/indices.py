"""What sensitivity analysis gives: one index of one factor, how sure it is, and what chance alone would give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Floats
from plsim.core.errors import RunError

Z = 1.6448536269514722
"""Half width of a 90% interval in standard errors."""
FALSE_ALARMS = 0.05
"""In what share of samples some factor is told from chance where none has an influence."""
_TINY = 1e-12
"""Outcomes whose spread is below this share of their size are the same in all runs."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index of one factor or pair; ``low`` and ``high`` are a 90% interval from resampling runs, NaN if unknown."""

    factor: str
    factor2: str
    index: str
    value: float
    low: float
    high: float
    runs: int
    chance: float = math.nan
    """What no factor without influence passes in 95% of samples; NaN where such a factor has exactly 0. For a
    fractional factorial, what other draws of students leave open (half a 90% interval)."""


class Region(NamedTuple):
    """How a factor lies where the outcome is in one region of its distribution.

    ``mean`` is the mean of a range's coordinate there (0.5 when the region does not care). Of a factor of values,
    ``value`` is the one that is there more often than everywhere, and ``excess`` by what share. ``distance`` is how
    differently the factor lies inside and outside of the region, 0 to 1, less what chance gives.
    """

    factor: str
    region: int
    from_share: float
    to_share: float
    mean: float
    value: str
    excess: float
    distance: float


def need_finite(values: Floats, runs: npt.NDArray[np.int64] | None = None) -> None:
    """Refuse outcomes that are no numbers, and name their runs: SALib would turn them into zeros without a word."""
    wrong = np.flatnonzero(~np.isfinite(values).reshape(-1))
    if wrong.size:
        named = wrong if runs is None else np.asarray(runs)[wrong]
        shown = ", ".join(str(run) for run in named[:10].tolist()) + (", ..." if wrong.size > 10 else "")
        raise RunError(
            f"{wrong.size} of {values.size} runs have an outcome that is not a number: runs {shown}. "
            "No index was computed."
        )


def is_constant(values: Floats) -> bool:
    """Whether an outcome is the same in all runs, up to rounding."""
    return bool(np.ptp(values) <= _TINY * max(1.0, float(np.abs(values).max())))


def around(name: str, index: str, value: Any, half: Any, runs: int, other: str = "") -> Index:
    """An index with the same distance to either end of its interval."""
    return Index(name, other, index, float(value), float(value) - float(half), float(value) + float(half), runs)
