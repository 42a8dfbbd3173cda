"""Sensitivity analysis: the only door to SALib. Two verbs: where a method looks, and what it makes of what it saw.

SALib knows factors that are numbers spread evenly over a range. All factors are therefore coordinates between 0 and 1
(:mod:`plsim.studies.factors`); one that is switched or listed cuts its coordinate into equal slices. What that means:

* **Sobol**: nothing is lost. The outcome is a step function of the coordinate, and what the coordinate explains is
  what the factor explains.
* **Delta, PAWN, regional, RBD-FAST** (:mod:`plsim.studies.dependence`) slice such a factor by value, not by coordinate.
* **Morris** needs a grid on which every value is met equally often and every step changes the value
  (:func:`plsim.studies.methods.morris_levels`). Its effects are slopes per unit of coordinate; for a sliced factor
  a slope means nothing, so they are given as the change in outcome from one value to another. A range's effect is
  comparable: it is the change from its low to its high end, if the outcome were a straight line.
* **DGSM** needs slopes and **HDMR** smooth curves (with switches its equations are singular): both take ranges only.
* A **fractional factorial** takes any two values, and a range's ends.

Traps of SALib that are closed here (version 1.6): ``analyze(seed=0)`` ignores the seed; samplers write into the
caller's problem; a single outcome that is not a number makes Sobol indices zero without a word; some methods set
numpy's global seed and the process's warning filters; DGSM's interval is that of another quantity than its index.
"""

from __future__ import annotations

import copy
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from plsim.core.arrays import Floats
from plsim.measures.effects import CI_LEVEL
from plsim.measures.findings import spread
from plsim.studies.dependence import (
    PERMUTATIONS,
    Slices,
    beyond_chance,
    correlation_ratio,
    cumulative_distances,
    density_distance,
    one_sample,
    region_distances,
    regions_of,
    slices_of,
)
from plsim.studies.factors import NOTHING, Factor, group_names
from plsim.studies.indices import Index, Region, Z, around, is_constant, need_finite
from plsim.studies.methods import contrasts, morris_levels
from plsim.studies.schema import (
    Delta,
    Dgsm,
    FractionalFactorial,
    Hdmr,
    Method,
    Morris,
    Pawn,
    RbdFast,
    Regional,
    Sobol,
)

ONE_SAMPLE = (RbdFast, Delta, Pawn, Regional)
"""Methods that take one sample for all factors, so that chance has to be told from influence."""


def points_of(method: Method, factors: Sequence[Factor], *, seed: int) -> Floats:
    """The coordinates at which a method of SALib looks. Shape (points, factors), all in [0, 1]."""
    from SALib.sample import ff, latin, morris, sobol

    problem = _problem(factors)
    own = _own_seed(seed, method.kind)
    if isinstance(method, Sobol):
        found = sobol.sample(problem, method.samples, calc_second_order=method.second_order, seed=own)
    elif isinstance(method, Morris):
        found = morris.sample(problem, method.trajectories, num_levels=morris_levels(method, factors), seed=own)
    elif isinstance(method, FractionalFactorial):
        with _contained(own):
            found = ff.sample(problem, seed=own)[:, : len(factors)]
    elif isinstance(method, Dgsm):
        found = _differences(
            sobol.sample(_problem(factors), _power_of_two(method.samples), calc_second_order=False, seed=own),
            method,
            len(factors),
        )
    else:
        found = latin.sample(problem, int(getattr(method, "samples")), seed=own)  # noqa: B009 - all others have it
    return np.clip(np.asarray(found, dtype=np.float64), 0.0, 1.0)


def indices(
    method: Method,
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    *,
    seed: int,
    resamples: int | None = None,
    permutations: int = PERMUTATIONS,
) -> list[Index]:
    """What a method makes of one outcome.

    Parameters
    ----------
    units
        Coordinates of the runs, as :func:`points_of` gave them, or their first part. Shape (points, factors).
    values
        The outcome of each. Shape (points,); for a fractional factorial (seeds, worlds, points).
    resamples
        In place of the method's own, to save time where intervals matter less.
    permutations
        From which a method that takes one sample for all factors knows what chance gives.

    Returns
    -------
    list of Index
        Empty when the outcome is the same in all runs: there is nothing to explain.

    Raises
    ------
    RunError
        When an outcome is not a number: no index can be made of it, and none is.
    """
    need_finite(values)
    if is_constant(values):
        return []
    makers: dict[type[Method], Callable[..., list[Index]]] = {
        Sobol: _sobol,
        Morris: _morris,
        RbdFast: _rbd_fast,
        Delta: _delta,
        Pawn: _pawn,
        Dgsm: _dgsm,
        Regional: _regional,
        FractionalFactorial: _fractional,
        Hdmr: _hdmr,
    }
    own = _own_seed(seed, f"{method.kind} analysis")
    count = int(getattr(method, "resamples", 0)) if resamples is None else resamples
    if isinstance(method, ONE_SAMPLE):
        return makers[type(method)](method, factors, units, values, own, count, permutations)
    return makers[type(method)](method, factors, units, values, own, count)


def regions(method: Regional, factors: Sequence[Factor], units: Floats, values: Floats) -> list[Region]:
    """Where every factor lies in each region of the outcome, the lowest outcomes first."""
    need_finite(values)
    if is_constant(values):
        return []
    place, rng = regions_of(values, method.regions), np.random.default_rng(values.size)
    found = []
    for column, factor in enumerate(factors):
        of = slices_of(factor, units[:, column], method.regions)
        distance = region_distances(of, units[:, column], values, method.regions)
        mixed = [region_distances(of, units[:, column], rng.permutation(values), method.regions) for _ in range(99)]
        distance = beyond_chance(distance, np.nanmean(np.square(mixed), axis=0))
        labels = [factor.value(u) for u in units[:, column].tolist()] if factor.sliced else []
        for region in range(method.regions):
            inside = place == region
            mean, value, excess = float("nan"), "", float("nan")
            if factor.sliced:
                value, excess = _most_in_excess(np.array(labels), inside)
            elif inside.any():
                mean = float(units[inside, column].mean())
            share = (region / method.regions, (region + 1) / method.regions)
            found.append(Region(factor.name, region + 1, *share, mean, value, excess, float(distance[region])))
    return found


def _most_in_excess(labels: npt.NDArray[Any], inside: npt.NDArray[np.bool_]) -> tuple[str, float]:
    """The value whose share inside of a region is furthest above its share in all runs, and by how much."""
    values, of_run = np.unique(labels, return_inverse=True)
    everywhere = np.bincount(of_run.reshape(-1), minlength=values.size) / labels.size
    here = np.bincount(of_run.reshape(-1)[inside], minlength=values.size) / max(int(inside.sum()), 1)
    most = int(np.argmax(here - everywhere))
    return str(values[most]), float(here[most] - everywhere[most])


def _sobol(
    method: Sobol, factors: Sequence[Factor], _: Floats, values: Floats, seed: int, resamples: int
) -> list[Index]:
    from SALib.analyze import sobol

    with _contained(seed):
        found = sobol.analyze(
            _problem(factors),
            values,
            calc_second_order=method.second_order,
            num_resamples=resamples,
            conf_level=CI_LEVEL,
            seed=seed,
        )
    names = group_names(factors)
    rows = [
        around(name, index, found[index][at], found[f"{index}_conf"][at], values.size)
        for index in ("S1", "ST")
        for at, name in enumerate(names)
    ]
    if method.second_order:
        rows += [
            around(one, "S2", found["S2"][i, j], found["S2_conf"][i, j], values.size, names[j])
            for i, one in enumerate(names)
            for j in range(i + 1, len(names))
        ]
    return rows


def _morris(
    method: Morris, factors: Sequence[Factor], units: Floats, values: Floats, seed: int, resamples: int
) -> list[Index]:
    from SALib.analyze import morris

    levels = morris_levels(method, factors)
    names = group_names(factors)
    with _contained(seed):
        found = morris.analyze(
            _problem(factors), units, values, num_resamples=resamples, conf_level=CI_LEVEL, num_levels=levels, seed=seed
        )
    step = levels / (2.0 * (levels - 1.0))
    trajectories = values.size // (len(names) + 1)
    rows = []
    for at, name in enumerate(names):
        members = [factor for factor in factors if (factor.group or factor.name) == name]
        # The change between two values, where a slope between values has no meaning.
        scale = step if all(factor.sliced for factor in members) else 1.0
        mu, sigma = float(found["mu"][at]) * scale, float(found["sigma"][at]) * scale
        rows.append(
            around(name, "mu_star", found["mu_star"][at] * scale, found["mu_star_conf"][at] * scale, values.size)
        )
        if len(members) == 1:
            rows.append(around(name, "mu", mu, Z * sigma / np.sqrt(trajectories), values.size))
            rows.append(around(name, "sigma", sigma, np.nan, values.size))
    return rows


def _rbd_fast(
    method: RbdFast,
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    seed: int,
    resamples: int,
    permutations: int,
) -> list[Index]:
    from SALib.analyze import rbd_fast

    def share(of: Slices, column: Floats, outcomes: Floats) -> Floats:
        """By harmonics of a range; a factor of values needs none, and has no order that they could follow."""
        if not of.ordered:
            return correlation_ratio(of, column, outcomes)
        first = rbd_fast.compute_first_order(rbd_fast.permute_outputs(column, outcomes), method.harmonics)
        return np.array([rbd_fast.unskew_S1(first, method.harmonics, outcomes.size)])

    return one_sample(share, ("S1",), factors, units, values, parts=2, squared=True,
                      seed=seed, resamples=resamples, permutations=permutations)  # fmt: skip


def _delta(
    _: Delta,
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    seed: int,
    resamples: int,
    permutations: int,
) -> list[Index]:
    parts = int(np.clip(round(values.size ** (1.0 / 3.0)), 4, 20))
    return one_sample(density_distance, ("delta",), factors, units, values, parts=parts, squared=False,
                      seed=seed, resamples=resamples, permutations=permutations)  # fmt: skip


def _pawn(
    method: Pawn,
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    seed: int,
    resamples: int,
    permutations: int,
) -> list[Index]:
    names = ("pawn_median", "pawn_max")
    return one_sample(cumulative_distances, names, factors, units, values, parts=method.slices, squared=False,
                      seed=seed, resamples=resamples, permutations=permutations)  # fmt: skip


def _regional(
    method: Regional,
    factors: Sequence[Factor],
    units: Floats,
    values: Floats,
    seed: int,
    resamples: int,
    permutations: int,
) -> list[Index]:
    def distances(of: Slices, column: Floats, outcomes: Floats) -> Floats:
        each = region_distances(of, column, outcomes, method.regions)
        return np.array([np.nanmean(each), np.nanmax(each)])

    names = ("shift_mean", "shift_max")
    return one_sample(distances, names, factors, units, values, parts=method.regions, squared=False,
                      seed=seed, resamples=resamples, permutations=permutations)  # fmt: skip


def _dgsm(_: Dgsm, factors: Sequence[Factor], units: Floats, values: Floats, seed: int, resamples: int) -> list[Index]:
    from SALib.analyze import dgsm

    with _contained(seed):
        found = dgsm.analyze(_problem(factors), units, values, num_resamples=resamples, conf_level=CI_LEVEL, seed=seed)
    rows = []
    for at, factor in enumerate(factors):
        slope, half = float(found["vi"][at]), float(found["dgsm_conf"][at])
        # SALib's interval is that of the squared slope, not of the index.
        scale = float(found["dgsm"][at]) / slope if slope > 0.0 else 0.0
        rows.append(around(factor.name, "dgsm", slope * scale, half * scale, values.size))
        rows.append(around(factor.name, "squared_slope", slope, half, values.size))
    return rows


def _fractional(
    method: FractionalFactorial, factors: Sequence[Factor], units: Floats, values: Floats, seed: int, _: int
) -> list[Index]:
    """Contrasts in every world and draw; the middle and 90% of worlds, draws averaged."""
    from SALib.analyze import ff

    each: dict[tuple[str, str], list[float]] = {}
    width = contrasts(len(factors))
    names = [factor.name for factor in factors]
    shape = values.shape[:-1] if values.ndim == 3 else (1, values.size // units.shape[0])
    for world in values.reshape(-1, units.shape[0]):
        with _contained(seed):
            found = ff.analyze(_problem(factors), units, world, second_order=method.interactions)
        for column, name in enumerate(names):
            each.setdefault((name, ""), []).append(2.0 * float(found["ME"][column]))
        if method.interactions:
            pairs = [(one, other) for other in range(width) for one in range(other)]
            for (i, j), contrast in zip(pairs, found["IE"], strict=True):
                if i < len(names) and j < len(names):
                    each.setdefault((names[i], names[j]), []).append(2.0 * float(contrast))
    rows = []
    for (one, other), found_in in each.items():
        effects = np.array(found_in).reshape(shape)
        over = spread(effects)
        # What the draws of students leave open: half a 90% interval of the mean over draws.
        luck = np.nan
        if shape[0] > 1:
            reach = float(stdtrit(shape[0] - 1, 0.95))
            luck = reach * float(effects.mean(axis=1).std(ddof=1)) / np.sqrt(shape[0])
        kind = "interaction" if other else "main"
        rows.append(Index(one, other, kind, over["value"], over["low"], over["high"], values.size, luck))
    return rows


def _hdmr(
    method: Hdmr, factors: Sequence[Factor], units: Floats, values: Floats, seed: int, resamples: int
) -> list[Index]:
    from SALib.analyze import enhanced_hdmr

    with _contained(seed):
        found = enhanced_hdmr.analyze(
            _named(len(factors)),
            units,
            values,
            max_order=method.order,
            poly_order=method.degree,
            bootstrap=resamples,
            subset=max(values.size // 2, 300),
            alpha=CI_LEVEL,
            seed=seed,
        )
    names = [factor.name for factor in factors]
    rows = []
    for at, term in enumerate(found["Term"]):
        places = [int(part[1:]) for part in str(term).split("/")]
        one, other = names[places[0]], names[places[1]] if len(places) > 1 else ""
        rows.append(around(one, "S2" if other else "S1", found["S"][at], found["S_conf"][at], values.size, other))
        if not other:
            rows.append(around(one, "ST", found["ST"][at], found["ST_conf"][at], values.size))
    explained = float(found["S_sum"])
    rows.append(Index(NOTHING, "", "not_explained", 1.0 - explained, np.nan, np.nan, values.size))
    return rows


def _differences(base: Floats, method: Dgsm, factors: int) -> Floats:
    """Base points, each followed by one small step in every factor, away from the nearer end.

    SALib's own sampler steps by a share of the coordinate itself, which is no step at 0 and leaves the range at 1.
    """
    points = base[:: factors + 2][: method.samples]
    found = np.repeat(points, factors + 1, axis=0)
    for at in range(factors):
        rows = np.arange(points.shape[0]) * (factors + 1) + at + 1
        found[rows, at] += np.where(points[:, at] < 0.5, method.step, -method.step)
    return found


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """A problem of SALib of its own for every call: samplers and analyses write into what they are given."""
    problem = _named(len(factors))
    if any(factor.group for factor in factors):
        order = {name: f"g{at}" for at, name in enumerate(group_names(factors))}
        problem["groups"] = [order[factor.group or factor.name] for factor in factors]
    return copy.deepcopy(problem)


def _named(count: int) -> dict[str, Any]:
    """Names that SALib accepts: it refuses some endings, and splits others."""
    return {"num_vars": count, "names": [f"x{at}" for at in range(count)], "bounds": [[0.0, 1.0] for _ in range(count)]}


def _power_of_two(samples: int) -> int:
    return 1 << (samples - 1).bit_length()


def _own_seed(seed: int, purpose: str) -> int:
    """A seed that is never 0, which SALib takes for none."""
    return int(np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]).generate_state(1)[0]) | 1


@contextmanager
def _contained(seed: int) -> Iterator[None]:
    """Keeps to itself what SALib does to the process: numpy's global seed, warning filters, the look of warnings."""
    state = np.random.get_state()  # noqa: NPY002 - SALib uses it
    look = warnings.formatwarning
    np.random.seed(seed)  # noqa: NPY002
    try:
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            yield
    finally:
        warnings.formatwarning = look
        np.random.set_state(state)  # noqa: NPY002
