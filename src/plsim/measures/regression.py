"""Weighted regression of both subjects at once: an effect with its sampling error."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.measures.effects import CI_LEVEL
from plsim.measures.groups import numbered
from plsim.measures.least_squares import System, reach, two_sided
from plsim.measures.least_squares import clustered as clustered_errors


class Estimate(NamedTuple):
    """An effect in SD with its sampling error.

    ``error`` is the standard error, ``freedom`` its degrees of freedom; ``p_value`` is two-sided, against no effect.
    """

    value: float
    error: float
    freedom: float
    p_value: float
    students: int
    comparison_students: int
    schools: int
    sd_basis: str

    def interval(self, level: float = CI_LEVEL) -> tuple[float, float]:
        """The sampling interval of that level."""
        wide = reach(level, self.freedom) * self.error
        return self.value - wide, self.value + wide


class Block(NamedTuple):
    """One subject of a regression; arrays (observations,), covariates (observations, covariates).

    ``program`` is 1 for who had it. ``cell`` takes the place of a dummy for each cell; there is no other constant.
    """

    outcome: Floats
    program: Floats
    covariates: Floats
    weight: Floats
    cluster: Ints
    cell: Ints


def both_subjects(blocks: list[Block], *, sd_basis: str, clustered: bool) -> tuple[Estimate, Estimate, Estimate]:
    """Effects in both subjects and their mean, from one regression: so the mean's error knows how subjects go together.

    ``clustered`` says that the clusters are schools, of which there are few on either side; else they are students.
    """
    systems = []
    for block in blocks:
        columns = np.column_stack([block.program, block.covariates, block.outcome])
        centred = relative(columns, numbered(block.cell)[0], block.weight)
        systems.append(System(centred[:, -1], varying(centred[:, :-1]), block.weight))
    width = systems[0].design.shape[1]
    groups = numbered(np.concatenate([block.cluster for block in blocks]))[0]
    fitted = clustered_errors(systems, groups)
    freedom, inflate = _freedom(blocks[0], width, clustered=clustered)
    contrasts = np.zeros((3, len(fitted.coefficients)))
    contrasts[0, 0] = contrasts[1, width] = 1.0
    contrasts[2, [0, width]] = 0.5
    values = contrasts @ fitted.coefficients
    error = inflate * np.sqrt(np.diag(contrasts @ fitted.covariance @ contrasts.T))
    math, reading, both = (
        _estimate(
            float(values[index]), float(error[index]), freedom, blocks[index % 2], int(groups.max()) + 1, sd_basis
        )
        for index in range(3)
    )
    return math, reading, both


def _freedom(block: Block, width: int, *, clustered: bool) -> tuple[float, float]:
    """Degrees of freedom, and what the error is multiplied by because the means of cells were estimated too."""
    if clustered:
        sides = [len(numbered(block.cluster[block.program == side])[1]) for side in (0.0, 1.0)]
        return float(max(min(sides) - 1, 1)), 1.0
    count = len(numbered(block.cluster)[1])
    freedom = float(max(count - len(numbered(block.cell)[1]) - width, 1))
    return freedom, float(np.sqrt(count / (freedom + width)))


def _estimate(value: float, error: float, freedom: float, block: Block, clusters: int, sd_basis: str) -> Estimate:
    inside = int((block.program > 0.5).sum())
    p_value = two_sided(value, error, freedom)
    return Estimate(value, error, freedom, p_value, inside, len(block.program) - inside, clusters, sd_basis)


def relative(values: Floats, place: Ints, weight: Floats) -> Floats:
    """Values, any columns, relative to the weighted mean of their cell: what dummies for the cells would do.

    ``place`` is the cell of each observation, from 0 without gaps.
    """
    columns = values.reshape(len(place), -1)
    total = np.bincount(place, weight)
    means = np.column_stack([np.bincount(place, weight * column) / total for column in columns.T])
    centred: Floats = (columns - means[place]).reshape(values.shape)
    return centred


def varying(columns: Floats) -> Floats:
    """The first column, and those of the others that vary: everybody may be lunch-eligible."""
    spread = np.abs(columns).max(axis=0) > 1e-9
    spread[0] = True
    return columns[:, spread]


def clustered_mean(values: Floats, school: Ints) -> tuple[float, float]:
    """Mean and its standard error, clustered by school; NaN error in fewer than two schools."""
    groups = numbered(school)[0]
    if groups.max() < 1:
        return float(values.mean()), float("nan")
    alike = np.ones(len(values))
    fitted = clustered_errors([System(values, alike[:, np.newaxis], alike)], groups)
    return float(fitted.coefficients[0]), float(np.sqrt(fitted.covariance[0, 0]))
