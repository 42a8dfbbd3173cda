"""How far indices of sensitivity are off on functions whose answer is known, and how often their intervals hold it.

    python benchmarks/indices.py [--repeats 40] [--methods delta,morris]

``dose + 0.5 switch + world + 0.3 normal``, with a range, a switch, a world of 20 values in no order, a range and a list
of 6 values that nothing hangs on. Exact indices come from sums over the values and from 200,000 points of the rest.
DGSM and HDMR take ranges only, and are tried on ``x + y * y + 2 x z``, a fourth range idle.

Prints a line for each method and index: the exact value, how far the mean of the estimates is off (bias), in what share
of repeats the 90% interval holds the exact value (coverage), and in what share of repeats a factor without influence is
named.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from plsim.core.arrays import Floats
from plsim.studies.factors import Factor
from plsim.studies.schema import Delta, Dgsm, Hdmr, Method, Morris, Pawn, RbdFast, Regional, Sobol
from plsim.studies.sensitivity import indices, points_of

WORLDS = 20
EFFECTS = np.random.default_rng(7).permutation(np.linspace(-1.0, 1.0, WORLDS))


def listed(name: str, count: int) -> Factor:
    """A factor of so many values in no order."""
    return Factor(name, "lever", "values", labels=tuple(f"v{at}" for at in range(count)), options=({},) * count)


FACTORS = (
    Factor("dose", "lever", "range", 0.0, 1.0),
    listed("switch", 2),
    listed("world", WORLDS),
    Factor("noise", "lever", "range", 0.0, 1.0),
    Factor("idle range", "lever", "range", 0.0, 1.0),
    listed("idle list", 6),
)
METHODS: tuple[Method, ...] = (
    Sobol(kind="sobol", samples=256, second_order=False),
    RbdFast(kind="rbd_fast", samples=500),
    Pawn(kind="pawn", samples=500),
    Pawn(kind="pawn", samples=2000),
    Delta(kind="delta", samples=500),
    Delta(kind="delta", samples=2000),
    Regional(kind="regional", samples=500),
    Regional(kind="regional", samples=2000),
    Morris(kind="morris", trajectories=20),
    Morris(kind="morris", trajectories=100),
)
RANGES = tuple(Factor(name, "lever", "range", 0.0, 1.0) for name in ("x", "y", "z", "idle"))
OF_RANGES: tuple[Method, ...] = (
    Dgsm(kind="dgsm", samples=64),
    Dgsm(kind="dgsm", samples=512),
    Hdmr(kind="hdmr", samples=500),
    Hdmr(kind="hdmr", samples=2000),
)


class Known(NamedTuple):
    """A function with its exact indices, by factor and index."""

    factors: tuple[Factor, ...]
    outcome: Callable[[Floats], Floats]
    exact: dict[tuple[str, str], float]


def outcome(units: Floats) -> Floats:
    """The function."""
    world = EFFECTS[np.minimum((units[:, 2] * WORLDS).astype(int), WORLDS - 1)]
    normal = ndtri(np.clip(units[:, 3], 1e-9, 1.0 - 1e-9))
    return np.asarray(units[:, 0] + 0.5 * (units[:, 1] >= 0.5) + world + 0.3 * normal)


def exact() -> dict[tuple[str, str], float]:
    """Shares of variance by hand; distances between distributions from a fine and even set of points."""
    parts = {"dose": 1.0 / 12.0, "switch": 1.0 / 16.0, "world": float(EFFECTS.var()), "noise": 0.09}
    total = sum(parts.values())
    known = {(name, "S1"): part / total for name, part in parts.items()}
    known |= {(name, "ST"): part / total for name, part in parts.items()}
    known |= {("dose", "mu_star"): 1.0, ("switch", "mu_star"): 0.5}
    known[("noise", "mu_star")] = float("nan")
    units = qmc.Sobol(len(FACTORS), seed=1).random(1 << 18)
    values = outcome(units)
    rank = np.argsort(np.argsort(values))
    bins = rank * 400 // values.size
    share = np.arange(1, 401) / 400.0
    for at, factor in enumerate(FACTORS[:4]):
        slices = factor.sliced or 10
        of = np.minimum((units[:, at] * slices).astype(int), slices - 1)
        table = np.zeros((slices, 400))
        np.add.at(table, (of, bins), 1.0)
        table /= table.sum(axis=1, keepdims=True)
        known[(factor.name, "pawn_median")] = float(np.median(np.abs(table.cumsum(axis=1) - share).max(axis=1)))
        fine = factor.sliced or 64
        of = np.minimum((units[:, at] * fine).astype(int), fine - 1)
        table = np.zeros((fine, 100))
        np.add.at(table, (of, bins // 4), 1.0)
        table /= table.sum(axis=1, keepdims=True)
        known[(factor.name, "delta")] = float(0.5 * np.abs(table - 0.01).sum(axis=1).mean())
        inside = np.zeros((10, fine))
        np.add.at(inside, (rank * 10 // values.size, of), 1.0)
        outside = inside.sum(axis=0) - inside
        gap = inside / inside.sum(axis=1, keepdims=True) - outside / outside.sum(axis=1, keepdims=True)
        far = 0.5 * np.abs(gap).sum(axis=1) if factor.sliced else np.abs(gap.cumsum(axis=1)).max(axis=1)
        known[(factor.name, "shift_mean")] = float(far.mean())
    return known


def smooth(units: Floats) -> Floats:
    """The function of the methods that take ranges only."""
    return np.asarray(units[:, 0] + units[:, 1] ** 2 + 2.0 * units[:, 0] * units[:, 2])


def exact_smooth() -> dict[tuple[str, str], float]:
    """By hand: variances of the parts, and mean squared slopes over pi squared times the variance."""
    alone = {"x": 4.0 / 12.0, "y": 4.0 / 45.0, "z": 1.0 / 12.0}
    both = 4.0 / 144.0
    total = sum(alone.values()) + both
    slopes = {"x": 1.0 + 2.0 + 4.0 / 3.0, "y": 4.0 / 3.0, "z": 4.0 / 3.0}
    known = {(name, "S1"): part / total for name, part in alone.items()}
    known |= {(name, "ST"): (part + both * (name != "y")) / total for name, part in alone.items()}
    return known | {(name, "dgsm"): slope / (np.pi**2 * total) for name, slope in slopes.items()}


def rows_of(method: Method, repeats: int, known: Known) -> list[str]:
    """What a method gives, a line for each index that is known."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    named = 0
    for seed in range(repeats):
        units = points_of(method, known.factors, seed=seed)
        rows = indices(method, known.factors, units, known.outcome(units), seed=seed)
        for row in rows:
            found.setdefault((row.factor, row.index), []).append((row.value, row.low, row.high))
        main = rows[0].index
        named += any(row.factor.startswith("idle") and row.index == main and row.value > row.chance for row in rows)
    size = getattr(method, "samples", getattr(method, "trajectories", 0))
    lines = []
    for (name, index), truth in known.exact.items():
        if (name, index) in found and np.isfinite(truth):
            value, low, high = np.array(found[name, index]).T
            cover = float(((low - 1e-9 <= truth) & (truth <= high + 1e-9)).mean())
            lines.append(f"| {method.kind} {size} | {index} of {name} | {truth:.3f} | {value.mean() - truth:+.3f} "
                         f"| {cover:.0%} | {named / repeats:.0%} |")  # fmt: skip
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--methods", default="", help="kinds, separated by commas; all when left out")
    options = parser.parse_args(arguments)
    wanted = options.methods.split(",") if options.methods else [each.kind for each in (*METHODS, *OF_RANGES)]
    print("| method, size | index | exact | bias | coverage of 90% | idle named |")
    print("| --- | --- | --- | --- | --- | --- |")
    for known, methods in (
        (Known(FACTORS, outcome, exact()), METHODS),
        (Known(RANGES, smooth, exact_smooth()), OF_RANGES),
    ):
        for method in methods:
            if method.kind in wanted:
                print("\n".join(rows_of(method, options.repeats, known)), flush=True)


if __name__ == "__main__":
    main()
