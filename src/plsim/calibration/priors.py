"""Prior worlds: points of a unit cube, one axis for each uncertain parameter of the registry.

An axis is a parameter's prior probability, so bounds are respected by construction and a point reads the same whatever
a prior's shape. Emulators and posteriors live in the cube; the engine reads values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import qmc

from plsim.core.arrays import Floats
from plsim.engine.parameters import World
from plsim.evidence import registry
from plsim.evidence.registry import Parameter

DIGITS = 6
"""Significant digits of a world's values: what is run is what can be written down."""


@dataclass(frozen=True)
class Prior:
    """The uncertain parameters, in the order of the registry."""

    parameters: tuple[Parameter, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Registry keys, the names of the axes."""
        return tuple(parameter.key for parameter in self.parameters)

    def values(self, points: Floats) -> Floats:
        """Parameter values at points of the cube, rounded to six digits. Shapes (points, parameters)."""
        found = np.empty_like(points)
        for column, parameter in enumerate(self.parameters):
            found[:, column] = [rounded(parameter.quantile(u)) for u in points[:, column].tolist()]
        return found

    def points(self, values: Floats) -> Floats:
        """Where values lie in the cube. Shapes (worlds, parameters)."""
        found = np.empty_like(values)
        for column, parameter in enumerate(self.parameters):
            found[:, column] = [parameter.place(value) for value in values[:, column].tolist()]
        return found

    def snapped(self, points: Floats) -> Floats:
        """Points of the cube with forms where :meth:`points` has them: there is nothing between two forms."""
        found = points.copy()
        for column, parameter in enumerate(self.parameters):
            if parameter.forms:
                found[:, column] = [parameter.place(parameter.quantile(u)) for u in points[:, column].tolist()]
        return found

    def world(self, name: str, values: Floats) -> World:
        """A world of these values. ``values`` has shape (parameters,)."""
        return World(name, dict(zip(self.keys, values.tolist(), strict=True)))

    def central(self) -> Floats:
        """The registry's central values as a point. Shape (parameters,)."""
        point: Floats = self.points(np.array([[parameter.value for parameter in self.parameters]]))[0]
        return point


def prior() -> Prior:
    """The prior that the registry states."""
    return Prior(registry().uncertain())


def space_filling(count: int, dimensions: int, seed: int, *, skip: int = 0) -> Floats:
    """Points of a scrambled Sobol sequence. Shape (count, dimensions).

    ``skip`` points are left out first: a later draw with the same seed goes on where the earlier one ended.
    """
    sampler = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng([seed, 20]))
    # A power of two is asked for by the balance properties; a part of it still fills space.
    points: Floats = sampler.random_base2(int(np.ceil(np.log2(max(skip + count, 2)))))[skip : skip + count]
    return points


def rounded(value: float) -> float:
    """A value to six significant digits."""
    return float(f"{value:.{DIGITS}g}")
