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
    """Writes into ``order`` the indices that sort ``keys`` ascending; equal keys keep their order. Both (students,).

    Each key's rank is the number of keys before it. That is n * n comparisons without a branch, several at a time:
    for the sizes of classes and pools much faster than a sort, whose every branch is a surprise. Ranks of different
    keys add up to what 0 to n - 1 do; only where they do not are some equal, and places compared too.
    """
    n = len(keys)
    total = 0
    for i in range(n):
        key = keys[i]
        rank = 0
        for j in range(n):
            rank += 1 if keys[j] < key else 0
        order[rank] = i
        total += rank
    if 2 * total < n * (n - 1):
        for i in range(n):
            key = keys[i]
            rank = 0
            for j in range(n):
                other = keys[j]
                rank += 1 if (other < key) | ((other == key) & (j < i)) else 0
            order[rank] = i


@kernel
def regroup(keys: Any, estimates: Any, groups: int, order: Any, group: Any, group_mean: Any) -> None:
    """Splits ranked students into ``groups`` of nearly equal size and notes each one's group mean.

    All arrays have shape (students,); ``order`` is scratch, ``group`` and ``group_mean`` (RIT) are written. Empty
    groups are skipped.
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
