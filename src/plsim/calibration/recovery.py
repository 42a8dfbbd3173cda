"""Is the machinery right? Simulation-based calibration: worlds that are known, facts made from them, and inferred.

A held-out run is the truth; studies of it publish through the same observation model that the likelihood assumes; the
inference is then asked where the truth lies. If it is sound, the truth's rank among the posterior is uniform and a 90%
interval holds it nine times in ten. This certifies the inference. It says nothing of the model: a wrong model that is
well inferred is still wrong.

So truths that are none of the model's are tried too: twice or half of every effect, far larger discrepancies, heavy
tails. No parameter is right then; what is asked is whether a study that was left out lies where it was predicted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr
from scipy.stats import binom, kstest

from plsim.calibration.discrepancy import Discrepancies, agreements, discrepancies, marginal, scaled
from plsim.calibration.emulator import fitted
from plsim.calibration.likelihood import Target, Targets, observed
from plsim.calibration.posterior import candidates, weights_of
from plsim.core.arrays import Floats

TRUTHS = 120
FALSE_ALARM = 0.05
"""Chance that any parameter's interval raises an alarm although the inference is sound; the same again for ranks."""
DRAWS = 32
"""Of the discrepancy: truths are drawn from the same ones, so that the prior is exact."""


@dataclass(frozen=True)
class Recovery:
    """Where truths lie in their posteriors.

    Attributes
    ----------
    keys
        The parameters.
    ranks
        Share of the posterior below the truth. Shape (truths, parameters).
    covered
        Share of truths inside their 90% interval, by parameter.
    uniform
        p-value of the ranks being uniform, by parameter.
    band
        Between which shares ``covered`` may lie, all parameters together having a false alarm of 5%.
    """

    keys: tuple[str, ...]
    ranks: Floats
    covered: Floats
    uniform: Floats
    band: tuple[float, float]

    @property
    def sound(self) -> bool:
        """Whether no test raises an alarm."""
        inside = (self.covered >= self.band[0]) & (self.covered <= self.band[1])
        return bool(inside.all() and (self.uniform > FALSE_ALARM / len(self.keys)).all())


def recovery(
    keys: tuple[str, ...],
    statistics: tuple[str, ...],
    points: Floats,
    values: Floats,
    wanted: Targets,
    *,
    seed: int,
    truths: int = TRUTHS,
    count: int = 1 << 13,
    around: Targets | None = None,
    snapped: Callable[[Floats], Floats] = lambda points: points,
) -> Recovery:
    """Infer known worlds, and known discrepancies with them.

    Parameters
    ----------
    points, values
        Simulated worlds that fill the prior. Some are the truths; the emulator sees only the others.
    wanted
        The facts whose design is used; what they found is replaced.
    count
        Emulated worlds that are weighed for each truth.
    around
        Findings that are taken as known before: truths are drawn where they leave worlds, and the inference starts
        from there. None starts from the prior.
    snapped
        Moves points of the cube to where worlds are (``Prior.snapped``).
    """
    rng = np.random.default_rng([seed, 23])
    of = discrepancies(wanted, seed=seed, count=DRAWS)
    chance = np.full((points.shape[0], of.count), 1.0)
    if around is not None:
        logs = agreements(values, np.zeros(values.shape[1]), around, of).together
        chance = np.exp(logs - logs.max())
    by_world = chance.sum(axis=1)
    chosen = rng.choice(points.shape[0], size=truths, replace=False, p=by_world / by_world.sum())
    rest = np.ones(points.shape[0], bool)
    rest[chosen] = False
    emulated = candidates(
        fitted(statistics, points[rest], values[rest], seed=seed),
        points.shape[1],
        count,
        seed=seed + 3,
        snapped=snapped,
    )
    before: Floats | float = 0.0
    if around is not None:
        before = agreements(emulated.means, emulated.errors, around, of).together
    ranks = np.empty((truths, points.shape[1]))
    # Where many points are alike, as those of a form are, the truth's rank among its like is a draw.
    among = np.random.default_rng([seed, 26]).random(ranks.shape)
    for index, place in enumerate(chosen):
        draw = rng.choice(of.count, p=chance[place] / by_world[place])
        seen = observed(values[place], at_draw(wanted, of, draw), rng)
        weights = weights_of(marginal(before + agreements(emulated.means, emulated.errors, seen, of).together))
        ranks[index] = weights @ (emulated.points < points[place])
        ranks[index] += among[index] * (weights @ (emulated.points == points[place]))
    covered = ((ranks > 0.05) & (ranks < 0.95)).mean(axis=0)
    tail = FALSE_ALARM / len(keys) / 2.0
    low, high = (float(binom.ppf(share, truths, 0.9)) / truths for share in (tail, 1.0 - tail))
    uniform = np.array([float(kstest(ranks[:, column], "uniform").pvalue) for column in range(len(keys))])
    return Recovery(keys, ranks, covered, uniform, (low, high))


def at_draw(targets: Targets, of: Discrepancies, draw: int) -> tuple[Target, ...]:
    """The findings with the discrepancies of one draw."""
    return scaled(targets, [float(of.of(target)[draw]) for target in targets])


@dataclass(frozen=True)
class Predicted:
    """How often a study that was left out lay where it was predicted, when truths are of some kind.

    ``held`` is of central intervals that ought to hold 50% and 90%.
    """

    truths: str
    held: tuple[float, float]
    studies: int


Bend = Callable[[Floats, np.random.Generator], Floats]


def _larger(values: Floats, _: np.random.Generator) -> Floats:
    return 2.0 * values


def _smaller(values: Floats, _: np.random.Generator) -> Floats:
    return 0.5 * values


def _far_off(values: Floats, rng: np.random.Generator) -> Floats:
    return values + 0.2 * rng.standard_normal(values.shape)


def _heavy(values: Floats, rng: np.random.Generator) -> Floats:
    return values + 0.06 * rng.standard_t(2.0, values.shape)


TRUTHS_TRIED: dict[str, Bend] = {
    "the model's": lambda values, _: values,
    "twice every effect": _larger,
    "half of every effect": _smaller,
    "off by 0.2 SD": _far_off,
    "off with heavy tails": _heavy,
}


def predicted(
    values: Floats, wanted: Targets, *, seed: int, truths: int = 40, worlds: int = 400
) -> tuple[Predicted, ...]:
    """Leave every study out, in facts made by truths of which most are none of the model's.

    ``values`` are statistics of simulated worlds that fill the prior. Shape (worlds, statistics).
    """
    of = discrepancies(wanted, seed=seed, count=DRAWS)
    exact = np.zeros(values.shape[1])
    rng = np.random.default_rng([seed, 25])
    of_value = [target for target in wanted if target.kind == "value"]
    found = []
    for name, bend in TRUTHS_TRIED.items():
        places = rng.choice(values.shape[0], size=truths, replace=False)
        held: list[float] = []
        for place in places:
            others = values[np.arange(values.shape[0]) != place][:worlds]
            seen = observed(bend(values[place], rng), at_draw(wanted, of, int(rng.integers(of.count))), rng)
            told = agreements(others, exact, seen, of)
            published = {target.fact: target.value for target in seen}
            for target in of_value:
                logs = told.without(target.family)
                joint = np.exp(logs - logsumexp(logs))
                scale = np.hypot(of.of(target), target.se)
                away = (published[target.fact] - others[:, target.columns[0]][:, np.newaxis]) / scale
                held.append(float((joint * ndtr(away)).sum()))
        below = np.array(held)
        shares = tuple(float(((below > tail) & (below < 1.0 - tail)).mean()) for tail in (0.25, 0.05))
        found.append(Predicted(name, (shares[0], shares[1]), len(below)))
    return tuple(found)
