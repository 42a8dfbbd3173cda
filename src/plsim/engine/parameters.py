"""From the registry to what rules read: the parameters of one world."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from plsim.core.arguments import given
from plsim.core.errors import EvidenceError, InputError, nearest
from plsim.evidence import registry
from plsim.rules.week.params import Params

PRIOR_LABEL = "prior range, not calibrated"


@dataclass(frozen=True)
class World:
    """One value of the uncertain parameters.

    Attributes
    ----------
    name
        ``"central"``, or ``"prior-17"``.
    values
        Registry key to value, for the parameters that differ from the registry's central ones.

    Raises
    ------
    EvidenceError
        When a key is not the registry's, or a value not a finite number, or no form of a rule.

    Examples
    --------
    >>> from plsim import World
    >>> World("lasting gains", {"learning.durability": 0.9}).number("learning.durability")
    0.9
    """

    name: str = "central"
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name: Any = self.name
        values: Any = self.values
        if not isinstance(name, str):
            raise InputError("world", "name", given(name), allowed="a text")
        if not isinstance(values, Mapping):
            raise InputError("world", "values", given(values), allowed="a mapping of registry keys to numbers")
        for key, value in values.items():
            if key not in registry():
                fix = nearest(key, registry().keys()) if isinstance(key, str) else ""
                raise EvidenceError(f"world {name}", str(key), "unknown parameter", fix=fix)
            if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(float(value)):
                raise EvidenceError(f"world {name}", key, given(value), allowed="a finite number")
            registry()[key].check(f"world {name}", float(value))

    def number(self, key: str) -> float:
        """The value of a registry entry in this world."""
        return self.values[key] if key in self.values else registry().value(key)


CENTRAL = World()


@cache
def _groups() -> dict[str, type[typing.Any]]:
    """The topics of :class:`~plsim.rules.week.params.Params` and the named tuple of each."""
    return dict(typing.get_type_hints(Params))


def rule_keys() -> tuple[str, ...]:
    """Registry keys of every number that a weekly rule reads."""
    return tuple(f"{group}.{name}" for group, kind in _groups().items() for name in kind._fields)


def parameters(world: World = CENTRAL) -> Params:
    """What the weekly rules read in a world."""
    groups = {
        group: kind(*(float(world.number(f"{group}.{name}")) for name in kind._fields))
        for group, kind in _groups().items()
    }
    return Params(**groups)


def prior_worlds(count: int, seed: int) -> tuple[World, ...]:
    """Worlds from a seeded Latin hypercube over the registry's ranges of uncertain parameters.

    Not calibrated: they say how far the answer moves within what is plausible, not what the evidence leaves.
    """
    uncertain = registry().uncertain()
    rng = np.random.default_rng([seed, 18])
    # One point in each of `count` equal strata of every parameter, in an order of its own. Written out: importing
    # scipy.stats for it would double the time to start.
    sample = (np.array([rng.permutation(count) for _ in uncertain]).T + rng.random((count, len(uncertain)))) / max(
        count, 1
    )
    worlds = []
    for index, point in enumerate(sample):
        values = {}
        for parameter, u in zip(uncertain, point, strict=True):
            values[parameter.key] = float(parameter.quantile(float(u)))
        worlds.append(World(f"prior-{index}", values))
    return tuple(worlds)
