"""Who works with whom: groups inside a section, and across the sections of a pool.

Sources: homogeneous groups help only when teaching is adapted to them (Lou et al. 1996, ME-01/02; Deunk et al. 2018,
ME-06); cross-grade grouping (ME-04).
"""

from __future__ import annotations

from typing import Any

from plsim.core.jit import compiled, kernel
from .shapes import mix


@compiled
def grouping_key(estimate: float, class_mean: float, spread: float, chance: float, on_data: float) -> float:
    """What students are ranked by: their estimated level when grouping uses data, chance when it does not.

    ``chance`` is a standardized draw fixed for the year; ``on_data`` is delivered grouping on data, 0 to 1.
    """
    return mix(spread * chance, estimate - class_mean, on_data)


@kernel
def ranked(keys: Any, order: Any) -> None:
    """Writes into ``order`` the indices that sort ``keys`` ascending; ties keep their order.

    ``keys`` and ``order`` have shape (students,). Shell sort made stable by the index: the same steps compiled or not.
    """
    n = len(keys)
    for i in range(n):
        order[i] = i
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(gap, n):
            moving = order[i]
            key = keys[moving]
            j = i
            while j >= gap and (
                keys[order[j - gap]] > key or (keys[order[j - gap]] == key and order[j - gap] > moving)
            ):
                order[j] = order[j - gap]
                j -= gap
            order[j] = moving
        gap = gap // 3


@kernel
def regroup(keys: Any, estimates: Any, groups: int, order: Any, group: Any, group_mean: Any) -> None:
    """Splits ranked students into ``groups`` of nearly equal size and notes each one's group mean.

    All arrays have shape (students,); ``order`` is scratch, ``group`` and ``group_mean`` (RIT) are written. Empty groups
    are skipped.
    """
    ranked(keys, order)
    n = len(keys)
    for g in range(groups):
        first = (g * n) // groups
        last = ((g + 1) * n) // groups
        if last > first:
            total = 0.0
            for i in range(first, last):
                total += estimates[order[i]]
            mean = total / float(last - first)
            for i in range(first, last):
                group[order[i]] = float(g)
                group_mean[order[i]] = mean
