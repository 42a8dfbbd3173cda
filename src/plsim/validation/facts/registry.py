"""The statistics that fact files may name; :mod:`plsim.validation.facts.statistics` fills it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from plsim.core.errors import StudyError, nearest
from plsim.validation.facts.fact_files import FactTable

Compute = Callable[[Any, "FactTable"], Sequence[float]]
Labels = Callable[["FactTable"], tuple[str, ...]]


def one(_: FactTable) -> tuple[str, ...]:
    """The label of a statistic with one number: none."""
    return ("",)


@dataclass(frozen=True)
class Statistic:
    """A statistic: what it is called and means, what it reads, and the labels of its numbers (one, unless said)."""

    name: str
    meaning: str
    compute: Compute
    labels: Labels = one
    leaves_out: bool = False
    """Reads the arms that leave one of the fact's practices out, instead of a comparison."""
    whole_year: bool = False
    """Reads the record of whole years."""


_STATISTICS: dict[str, Statistic] = {}


def statistic(name: str) -> Statistic:
    """The statistic of that name."""
    if name not in _STATISTICS:
        raise StudyError(
            "statistic", name, "unknown statistic", allowed=", ".join(_STATISTICS), fix=nearest(name, _STATISTICS)
        )
    return _STATISTICS[name]


def statistics() -> tuple[Statistic, ...]:
    """All statistics, in the order in which they are defined."""
    return tuple(_STATISTICS.values())


def register(
    *, labels: Labels = one, leaves_out: bool = False, whole_year: bool = False
) -> Callable[[Compute], Compute]:
    """Make a function a statistic: its name is the statistic's, the first line of its docstring the meaning."""

    def keep(compute: Compute) -> Compute:
        name, meaning = compute.__name__, (compute.__doc__ or "").splitlines()[0]
        _STATISTICS[name] = Statistic(name, meaning, compute, labels, leaves_out, whole_year)
        return compute

    return keep
