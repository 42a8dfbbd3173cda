"""Indices from one sample: how far outcomes move with a factor (RBD-FAST, PAWN, delta, regional).

A factor that is switched, listed or named is sliced **by value**: its values have no order, and giving them other
numbers changes nothing. A range is cut into slices with the same number of runs each.

Distances between samples are above zero by chance alone, the more so the smaller the slices. What chance gives is found
by giving the outcomes to the runs in other orders (permutations): its mean square is taken off, and an index is told
from chance by a test that is exact whatever the sample (Westfall and Young 1993), at :data:`FALSE_ALARMS` for all
factors together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from plsim.core.arrays import Floats, Ints
from plsim.studies.factors import Factor
from plsim.studies.indices import FALSE_ALARMS, Index, Z

PERMUTATIONS = 199
"""Orders of the outcomes: with 199, the 190 smallest of 200 values are 95% of them exactly."""
_GRID = np.linspace(-3.6, 3.6, 97)
"""Where densities of normal scores are compared."""
_FINEST = 0.1
"""No kernel is narrower than that, so that the grid sees it."""


class Slices(NamedTuple):
    """A factor cut into slices: by value, or into equal parts of a range.

    Attributes
    ----------
    of_run
        Slice of every run. Shape (runs,).
    number
        How many slices.
    ordered
        Whether they have an order.
    """

    of_run: Ints
    number: int
    ordered: bool


Measure = Callable[[Slices, Floats, Floats], Floats]
"""From slices, coordinates and outcomes to distances: one for each index."""


def slices_of(factor: Factor, column: Floats, parts: int) -> Slices:
    """The slices of a factor; ``column`` holds its coordinates. Values that no run has are left out."""
    if factor.sliced:
        place = np.minimum((column * factor.sliced).astype(np.int64), factor.sliced - 1)
        values, of_run = np.unique(place, return_inverse=True)
        return Slices(of_run.reshape(-1).astype(np.int64), values.size, ordered=False)
    rank = np.argsort(np.argsort(column, kind="stable"), kind="stable")
    return Slices(rank * parts // column.size, parts, ordered=True)


def correlation_ratio(of: Slices, _: Floats, values: Floats) -> Floats:
    """Share of the variance that lies between slices. Shape (1,)."""
    total = np.bincount(of.of_run, minlength=of.number)
    means = np.bincount(of.of_run, values, minlength=of.number) / np.maximum(total, 1)
    between = float((total * np.square(means - values.mean())).sum())
    return np.array([between / float(np.square(values - values.mean()).sum())])


def cumulative_distances(of: Slices, _: Floats, values: Floats) -> Floats:
    """Kolmogorov-Smirnov distance of each slice to all runs: median and largest. Shape (2,).

    Notes
    -----
    PAWN (Pianosi and Wagener 2015, 2018).
    """
    order = np.argsort(values, kind="stable")
    ends = np.append(np.diff(values[order]) > 0.0, True)  # where the next outcome is another
    gap = _cumulated(of, order)[ends] - (np.arange(1, values.size + 1) / values.size)[ends, np.newaxis]
    each = np.abs(gap).max(axis=0)
    return np.array([np.median(each), each.max()])


def density_distance(of: Slices, _: Floats, values: Floats) -> Floats:
    """Half the area between the density of each slice and of all runs, averaged over runs. Shape (1,).

    Notes
    -----
    Borgonovo's (2007) delta. It does not change when outcomes are stretched, so densities are those of normal scores,
    smoothed in each slice by its own scatter (Silverman 1986).
    """
    scores = ndtri((rankdata(values) - 0.5) / values.size)
    inside = _inside(of)
    size = inside.sum(axis=0)
    many = np.maximum(size, 1.0)
    scatter = np.sqrt(np.maximum(np.square(scores) @ inside / many - np.square(scores @ inside / many), 0.0))
    width = np.maximum(0.9 * scatter * many**-0.2, _FINEST)[of.of_run]
    kernel = np.exp(-0.5 * np.square((_GRID[:, np.newaxis] - scores) / width)) / (width * np.sqrt(2.0 * np.pi))
    gap = np.abs(kernel @ inside / np.maximum(size, 1.0) - kernel.mean(axis=1, keepdims=True)).sum(axis=0)
    return np.array([0.5 * (_GRID[1] - _GRID[0]) * float((gap * size).sum()) / values.size])


def region_distances(of: Slices, column: Floats, values: Floats, count: int) -> Floats:
    """How differently a factor lies inside and outside of each region of the outcome, 0 to 1. Shape (regions,).

    The largest difference between the shares of runs inside and outside that have some values of the factor: of a range
    all values up to one (Kolmogorov and Smirnov), of values without an order any set of them (total variation). NaN for
    a region without runs.
    """
    inside = _inside(Slices(regions_of(values, count), count, ordered=True))
    size, runs = inside.sum(axis=0), values.size
    known = (size > 0.0) & (size < runs)
    size_in, size_out = np.where(known, size, 1.0), np.where(known, runs - size, 1.0)
    if of.ordered:
        cumulated = inside[np.argsort(column, kind="stable")].cumsum(axis=0)
        so_far = np.arange(1, runs + 1)[:, np.newaxis]
        distance = np.abs(cumulated / size_in - (so_far - cumulated) / size_out).max(axis=0)
    else:
        table = _inside(of).T @ inside
        everywhere = table.sum(axis=1, keepdims=True)
        distance = 0.5 * np.abs(table / size_in - (everywhere - table) / size_out).sum(axis=0)
    return np.where(known, distance, np.nan)


def beyond_chance(distance: Floats, floor: Floats) -> Floats:
    """A distance with the mean square of what chance gives taken off its square; below 0 when it is less than that."""
    rest = np.square(distance) - floor
    return np.asarray(np.sign(rest) * np.sqrt(np.abs(rest)))


def regions_of(values: Floats, count: int) -> Ints:
    """Region of every run: so many parts of the outcomes, the lowest first."""
    cuts = np.quantile(values, np.linspace(0.0, 1.0, count + 1))
    return np.clip(np.searchsorted(cuts, values, side="left") - 1, 0, count - 1)


def one_sample(
    measure: Measure,
    index_names: Sequence[str],
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    *,
    parts: int,
    squared: bool,
    seed: int,
    resamples: int,
    permutations: int,
) -> list[Index]:
    """Indices of every factor, corrected for chance, with intervals from resampling and with what chance would pass.

    Parameters
    ----------
    parts
        Slices of a range.
    squared
        Whether the measure is a square already (a variance); else its square is corrected and the root taken.
    resamples
        Samples of the runs, drawn with putting back, from which the interval's width comes.
    permutations
        Orders of the outcomes from which chance is known. :data:`PERMUTATIONS` for naming factors; fewer give no
        ``chance``.
    """
    slices = [slices_of(factor, units[:, at], parts) for at, factor in enumerate(factors)]

    def once(rows: Ints, outcomes: Floats) -> Floats:
        each = [measure(of._replace(of_run=of.of_run[rows]), units[rows, at], outcomes) for at, of in enumerate(slices)]
        return np.array(each).T

    rng = np.random.default_rng(seed)
    everything = np.arange(values.size)
    found = once(everything, values)
    null = np.array([once(everything, values[rng.permutation(values.size)]) for _ in range(permutations)])
    drawn = (rng.integers(values.size, size=values.size) for _ in range(resamples))
    half = Z * np.nanstd([once(rows, values[rows]) for rows in drawn], axis=0, ddof=1)
    chance = _passed_by_chance(null) if permutations >= PERMUTATIONS else np.full_like(found, np.nan)
    floor = np.nanmean(null if squared else np.square(null), axis=0)

    def corrected(raw: Floats) -> Floats:
        if squared:
            # What chance adds shrinks as the share that is explained grows.
            return np.asarray((raw - floor) / (1.0 - floor))
        return beyond_chance(np.maximum(raw, 0.0), floor)

    value, low, high, passed = corrected(found), corrected(found - half), corrected(found + half), corrected(chance)
    return [
        Index(factor.name, "", name, float(value[i, j]), float(low[i, j]), float(high[i, j]), values.size,
              float(passed[i, j]))
        for i, name in enumerate(index_names)
        for j, factor in enumerate(factors)
    ]  # fmt: skip


def _passed_by_chance(null: Floats) -> Floats:
    """What no factor passes in 95% of orders, all factors together. ``null`` has shape (orders, indices, factors)."""
    mean, sd = null.mean(axis=0), null.std(axis=0, ddof=1)
    spread = np.where(sd > 0.0, sd, 1.0)
    largest = np.sort(((null - mean) / spread).max(axis=2), axis=0)
    place = int(np.ceil((1.0 - FALSE_ALARMS) * (null.shape[0] + 1))) - 1
    return np.asarray(mean + largest[place][:, np.newaxis] * spread)


def _inside(of: Slices) -> Floats:
    """1 where a run is in a slice. Shape (runs, slices)."""
    found = np.zeros((of.of_run.size, of.number))
    found[np.arange(of.of_run.size), of.of_run] = 1.0
    return found


def _cumulated(of: Slices, order: Ints) -> Floats:
    """Share of each slice's runs up to each place of an order. Shape (runs, slices)."""
    cumulated = _inside(of)[order].cumsum(axis=0)
    return np.asarray(cumulated / np.maximum(cumulated[-1], 1.0))
