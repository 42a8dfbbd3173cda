"""What a study varies, resolved against its scenario: every factor as a coordinate between 0 and 1.

SALib and designs of experiments know numbers only. So a factor that is switched, listed or named (on/off, values,
cases, worlds) cuts its coordinate into equal slices, one for each of its values. For methods that sample the coordinate
evenly this loses nothing: each value is as likely as any other, and the variance that the coordinate explains is the
variance that the factor explains. Methods that take steps need care, which :mod:`plsim.studies.design` takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.parameters import World
from plsim.evidence import registry

Changes = Mapping[str, object]

WORLD = "world"
"""Name of the factor that is a whole world."""
LUCK = "luck"
"""Name of the factor that is a draw of students, teachers and years."""
NOTHING = "(nothing)"
"""Stands in tables for what no factor explains."""


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    Attributes
    ----------
    name
        Key of the scenario or of the registry, or the name of cases.
    role
        ``"lever"``, ``"context"``, ``"uncertainty"`` or ``"luck"``.
    kind
        ``"range"``, ``"values"``, ``"cases"``, ``"on_off"``, ``"parameter"``, ``"world"`` or ``"luck"``.
    low, high
        Ends of a range, and of a parameter's prior; NaN for others.
    log
        Whether a range is spread evenly in the logarithm.
    labels
        Its values as texts, one for each slice of the coordinate; empty for ranges and parameters.
    options
        What each of those changes in the scenario.
    group
        Name of the group it is varied with; its own name when it is in none.
    """

    name: str
    role: str
    kind: str
    low: float = math.nan
    high: float = math.nan
    log: bool = False
    labels: tuple[str, ...] = ()
    options: tuple[Changes, ...] = ()
    group: str = ""

    @property
    def sliced(self) -> int:
        """Number of values; 0 for a range or a parameter."""
        return len(self.labels)

    def place(self, u: float) -> int:
        """Which of its values a coordinate means."""
        return min(int(u * self.sliced), self.sliced - 1)

    def number(self, u: float) -> float:
        """The number that a coordinate means in a range or a prior."""
        if self.kind == "parameter":
            return float(registry()[self.name].quantile(u))
        if self.log:
            return float(self.low * (self.high / self.low) ** u)
        return self.low + (self.high - self.low) * u

    def value(self, u: float) -> float | str:
        """What a coordinate means, for tables: a number, or the text of one of its values."""
        return self.labels[self.place(u)] if self.sliced else self.number(u)

    def given(self, u: float) -> object:
        """The same with the type that the scenario takes: a whole number, a truth value, a text."""
        if not self.sliced:
            return self.number(u)
        option = self.options[self.place(u)]
        return option[self.name] if self.kind == "values" and set(option) == {self.name} else self.value(u)

    def changes(self, u: float) -> Changes:
        """What a coordinate changes in the scenario."""
        if self.role in ("uncertainty", "luck"):
            return {}
        return self.options[self.place(u)] if self.sliced else {self.name: self.number(u)}

    def coordinates(self, points: int) -> Floats:
        """Coordinates that a grid visits: every value once, or so many points of a range, ends included."""
        if self.sliced:
            return (np.arange(self.sliced) + 0.5) / self.sliced
        return np.linspace(0.0, 1.0, points)

    def ends(self) -> tuple[float, float]:
        """Coordinates of its first and last value."""
        return (0.25, 0.75) if self.sliced else (0.0, 1.0)

    def snapped(self, u: Floats) -> Floats:
        """Coordinates moved to the middle of their slices; those of a range as they are."""
        if not self.sliced:
            return u
        return (np.minimum(np.floor(u * self.sliced), self.sliced - 1) + 0.5) / self.sliced


def changes_at(factors: Sequence[Factor], point: Floats) -> dict[str, object]:
    """Everything that a point changes in the scenario."""
    found: dict[str, object] = {}
    for factor, u in zip(factors, point.tolist(), strict=True):
        found.update(factor.changes(u))
    return found


def world_at(factors: Sequence[Factor], point: Floats, name: str) -> World | None:
    """The world that a point's parameters make; None when it varies none."""
    values = {
        factor.name: factor.number(u)
        for factor, u in zip(factors, point.tolist(), strict=True)
        if factor.kind == "parameter"
    }
    return World(name, values) if values else None


def group_names(factors: Sequence[Factor]) -> tuple[str, ...]:
    """Groups in the order of their first factor; a factor in no group is a group of its own."""
    return tuple(dict.fromkeys(factor.group or factor.name for factor in factors))


def matching(patterns: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """Names that each pattern (``"match.*"``, or a name) means."""
    return {pattern: [name for name in names if name == pattern or fnmatchcase(name, pattern)] for pattern in patterns}
