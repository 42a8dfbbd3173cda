"""What sensitivity analysis gives: one index of one factor, how sure it is, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Floats
from plsim.core.errors import RunError
from plsim.studies.factors import NOTHING

Z = 1.6448536269514722
"""Half width of a 90% interval in standard errors."""
FALSE_ALARMS = 0.05
"""In what share of samples some factor is told from chance where none has an influence."""
_NEVER_SEEN, _AT_ONCE = 100, 10
"""Columns that the model never saw, and how many of them are in memory together."""
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


class Region(NamedTuple):
    """How a factor lies where the outcome is in one region of its distribution.

    ``mean`` is the mean of the factor's coordinate there (0.5 when the region does not care), ``distance`` the
    Cramér-von Mises distance between the factor inside and outside of the region.
    """

    factor: str
    region: int
    from_share: float
    to_share: float
    mean: float
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


def resampled(
    once: Callable[[npt.NDArray[np.int64]], Floats],
    index_names: Sequence[str],
    names: Sequence[str],
    runs: int,
    seed: int,
    resamples: int,
) -> list[Index]:
    """Indices of all runs, and how far resampling the runs spreads them. ``once`` returns (indices, factors)."""
    rng = np.random.default_rng(seed)
    value = once(np.arange(runs))
    again = np.array([once(rng.integers(runs, size=runs)) for _ in range(resamples)])
    # Resampled runs hold some twice, which moves these distances up: their spread is used, not where they lie.
    half = Z * np.nanstd(again, axis=0, ddof=1)
    return [
        around(name, index, value[i, j], half[i, j], runs)
        for i, index in enumerate(index_names)
        for j, name in enumerate(names)
    ]


def around(name: str, index: str, value: Any, half: Any, runs: int, other: str = "") -> Index:
    """An index with the same distance to either end of its interval."""
    return Index(name, other, index, float(value), float(value) - float(half), float(value) + float(half), runs)


def by_chance(
    once: Callable[[Floats], Mapping[str, Sequence[float]]], *, runs: int, factors: int, seed: int
) -> list[Index]:
    """What indices are by chance alone: those of columns of coordinates that the model never saw, a row an index.

    ``value`` is their mean, ``low`` what 95% of them pass. ``high`` allows for looking at many factors: where none has
    an influence, the largest of all passes it in one sample of twenty (:data:`FALSE_ALARMS`).

    Parameters
    ----------
    once
        Indices, by name, of each of some columns. Takes shape (runs, columns).
    """
    rng = np.random.default_rng([seed, runs])
    each = [once(rng.random((runs, _AT_ONCE))) for _ in range(_NEVER_SEEN // _AT_ONCE)]
    z = NormalDist().inv_cdf((1.0 - FALSE_ALARMS) ** (1.0 / factors))
    rows = []
    for index in each[0]:
        found = np.concatenate([some[index] for some in each])
        mean, sd = float(found.mean()), float(found.std(ddof=1))
        skewness = float(((found - mean) ** 3).mean()) / sd**3
        # The first term of Cornish and Fisher: a skewed distribution reaches farther than a normal one.
        reach = z + (z**2 - 1.0) * max(skewness, 0.0) / 6.0
        rows.append(Index(NOTHING, "", index, mean, mean - Z * sd, mean + reach * sd, runs))
    return rows
