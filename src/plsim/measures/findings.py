"""What an effect's spread is made of: worlds (what nobody knows) and draws (students, teachers and years).

A study runs everything in every world and with every one of some seeds. Arms stay paired inside a seed, so a seed's
effect is an effect; another seed is other people. Both have to be passed before anything is called found: an effect of
one draw of students has the same sign in all worlds even where nothing works.

Everything here takes effects of shape (seeds, worlds) or (seeds, worlds, things), but for :func:`direction`: a single
run has one draw in all worlds, and a few other draws in the central world.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.special import bdtrc, ndtri, stdtr, stdtrit

from plsim.core.arrays import Bools, Floats, Ints
from plsim.measures.effects import CI_LEVEL

FALSE_ALARMS = 0.05
"""How often, at most, anything at all is called found where nothing has an effect."""
FEWEST_SEEDS = 2
"""Draws without which chance cannot be told from an effect."""
_TAIL = 0.5 * (1.0 - CI_LEVEL)


class Share(NamedTuple):
    """In what share of worlds something holds, with a 90% interval for the number of worlds; and in how many draws."""

    hits: int
    worlds: int
    value: float
    low: float
    high: float
    seed_hits: int = 1
    seeds: int = 1

    @property
    def settled(self) -> bool:
        """Whether it holds in more than half of all worlds, and of all draws, allowing for the numbers of both."""
        return self.low > 0.5 and (self.seeds < FEWEST_SEEDS or wilson(self.seed_hits, self.seeds)[0] > 0.5)


def share(holds: Bools, in_draws: Bools | None = None) -> Share:
    """In what share of worlds something holds; NaN without worlds. ``in_draws`` says the same of each draw."""
    worlds, hits = int(holds.size), int(holds.sum())
    seed_hits, seeds = (1, 1) if in_draws is None else (int(in_draws.sum()), int(in_draws.size))
    if not worlds:
        return Share(0, 0, float("nan"), float("nan"), float("nan"), seed_hits, seeds)
    low, high = wilson(hits, worlds)
    return Share(hits, worlds, hits / worlds, low, high, seed_hits, seeds)


def above(effects: Floats, threshold: float = 0.0) -> Share:
    """In what share of worlds (draws averaged), and in how many draws (middle of worlds), effects pass a threshold."""
    return share(effects.mean(axis=0) > threshold, np.median(effects, axis=1) > threshold)


def wilson(hits: float, count: int, *, level: float = CI_LEVEL) -> tuple[float, float]:
    """Wilson's interval for a share of ``count``."""
    z = float(ndtri(0.5 + 0.5 * level))
    rate = hits / count
    middle = (rate + z * z / (2.0 * count)) / (1.0 + z * z / count)
    reach = z / (1.0 + z * z / count) * float(np.sqrt(rate * (1.0 - rate) / count + z * z / (4.0 * count * count)))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def spread(effects: Floats) -> dict[str, Any]:
    """The columns of a table: what worlds leave open, draws averaged; and what is chance.

    ``value`` is the median over worlds, ``low`` and ``high`` hold 90% of them, ``positive`` is the share above 0,
    ``mean`` the mean. ``luck`` is the standard deviation between draws inside a world, ``positive_draws`` the share of
    draws (middle of worlds) above 0. With one world, or one draw, its spread is not known: NaN.
    """
    in_worlds, in_draws = effects.mean(axis=0), np.median(effects, axis=1)
    seeds, worlds = effects.shape
    low, high = np.quantile(in_worlds, [_TAIL, 1.0 - _TAIL]).tolist() if worlds > 1 else (np.nan, np.nan)
    luck = float(np.sqrt(effects.var(axis=0, ddof=1).mean())) if seeds > 1 else float("nan")
    return {
        "value": float(np.median(in_worlds)),
        "low": float(low),
        "high": float(high),
        "positive": float((in_worlds > 0.0).mean()),
        "mean": float(effects.mean()),
        "worlds": worlds,
        "luck": luck,
        "positive_draws": float((in_draws > 0.0).mean()) if seeds > 1 else float("nan"),
        "seeds": seeds,
    }


Limit = Literal["", "worlds", "chance"]


class Direction(NamedTuple):
    """What may be said of the direction of one run's effect.

    Attributes
    ----------
    sign
        1 a gain, -1 a loss, 0 not to be told.
    limit
        What stands against a direction: ``"worlds"`` do not agree, or ``"chance"`` could have made it.
    """

    sign: int
    limit: Limit


def reach_of_chance(luck: float, seeds: int) -> float:
    """How far chance alone may carry the effect of one draw, in 19 of 20 draws.

    Parameters
    ----------
    luck
        Standard deviation between ``seeds`` other draws. With fewer than two the reach has no end.
    """
    if seeds < FEWEST_SEEDS or not math.isfinite(luck):
        return math.inf
    return float(stdtrit(seeds - 1, 1.0 - 0.5 * FALSE_ALARMS)) * luck


def clear_share(worlds: int) -> float:
    """The share of worlds beyond which they agree: three standard errors of a share above one half."""
    return 0.5 + 3.0 * 0.5 / math.sqrt(worlds)


def direction(
    value: float, *, low: float, high: float, positive: float, worlds: int, luck: float, seeds: int
) -> Direction:
    """The direction of an effect that was run with one draw of students, teachers and years, in many worlds.

    Parameters
    ----------
    value, low, high, positive
        Median over worlds, the ends of their 90%, and the share of them above zero.
    worlds
        How many.
    luck, seeds
        Standard deviation between other draws in the central world, and how many there were.

    Notes
    -----
    Two tests, both of which have to be passed, so that neither other worlds nor another seed would turn the verdict.
    Worlds: the share of them on one side is more than three standard errors of a share from one half. Chance: the value
    is further from zero than chance alone carries the value of one draw in 19 of 20, by Student's t for as many draws
    as there were, the sampling error of a median over worlds included. Where nothing has an effect a direction is said
    in at most ``FALSE_ALARMS`` of draws.
    """
    if not worlds or not math.isfinite(positive) or value == 0.0:
        return Direction(0, "")
    sign = 1 if value > 0.0 else -1
    agree = positive if sign > 0 else 1.0 - positive
    if agree <= clear_share(worlds):
        return Direction(0, "worlds")
    # The middle 90% of a normal distribution is 3.29 standard deviations wide; a median scatters by 1.25 of a mean's.
    of_median = 1.25 * (high - low) / 3.29 / math.sqrt(worlds)
    if abs(value) <= reach_of_chance(math.hypot(luck, of_median), seeds):
        return Direction(0, "chance")
    return Direction(sign, "")


def found(effects: Floats, *, negligible: float = 0.0, false_alarms: float = FALSE_ALARMS) -> Ints:
    """What may be called found: 1 above, -1 below, 0 not clearly different from zero. Shape (things,).

    Parameters
    ----------
    effects
        Shape (seeds, worlds, things).
    negligible
        An effect up to this size, either way, is called nothing.

    Notes
    -----
    Two tests, both of which have to be passed. Over worlds, draws averaged, a sign test: is the effect beyond
    ``negligible`` in more than half of the worlds? Over worlds and draws together a t test of the mean whose variance
    is that between worlds and that between draws, with the smaller of their degrees of freedom, which is careful
    (Mickey and Brown 1966): an effect of the people who happened to be drawn is the same in all worlds, and passes the
    first test alone. Holm's (1979) correction allows for looking at many things. With one draw nothing is found: it
    cannot be told from chance; with two hardly anything is.
    """
    things = effects.shape[2]
    sign = np.zeros(things, dtype=np.int64)
    if effects.shape[0] < FEWEST_SEEDS or not effects.shape[1]:
        return sign
    chance = np.maximum(_over_worlds(effects.mean(axis=0), negligible), _over_both(effects, negligible))
    direction = np.sign(effects.mean(axis=(0, 1))).astype(np.int64)
    most = np.sign((effects.mean(axis=0) > 0.0).mean(axis=0) - 0.5).astype(np.int64)
    chance = np.where(direction == most, chance, 1.0)
    for place, thing in enumerate(np.argsort(chance, kind="stable")):
        if chance[thing] * (things - place) > false_alarms:
            break
        sign[thing] = direction[thing]
    return sign


def _over_worlds(effects: Floats, negligible: float) -> Floats:
    """Two-sided chance of a sign test. ``effects`` has shape (worlds, things)."""
    worlds = effects.shape[0]
    hits = np.maximum((effects > negligible).sum(axis=0), (effects < -negligible).sum(axis=0))
    return np.asarray(np.minimum(1.0, 2.0 * np.where(hits > 0, bdtrc(hits - 1, worlds, 0.5), 1.0)))


def _over_both(effects: Floats, negligible: float) -> Floats:
    """Two-sided chance of a t test over worlds and draws. ``effects`` has shape (seeds, worlds, things)."""
    seeds, worlds, _ = effects.shape
    mean = np.abs(effects.mean(axis=(0, 1))) - negligible
    of_draws = effects.mean(axis=1).var(axis=0, ddof=1) / seeds
    of_worlds = effects.mean(axis=0).var(axis=0, ddof=1) / worlds if worlds > 1 else np.zeros_like(of_draws)
    variance = of_draws + of_worlds
    free = float(min(seeds, worlds) - 1 if worlds > 1 else seeds - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = 2.0 * stdtr(free, -mean / np.sqrt(variance))
    chance = np.where(variance > 0.0, chance, np.where(mean > 0.0, 0.0, 1.0))
    return np.asarray(np.where(mean > 0.0, chance, 1.0))


def fewest_worlds(things: int, *, false_alarms: float = FALSE_ALARMS) -> int:
    """With fewer worlds than this, nothing can be found among so many things, however clear it is."""
    worlds = 1
    while 2.0 * 0.5**worlds * things > false_alarms:
        worlds += 1
    return worlds


PARTS = ("levers", "worlds", "luck", "levers x worlds", "levers x luck", "worlds x luck", "all three")


def variance_parts(values: Floats) -> dict[str, float]:
    """How the variance of all runs of a crossed design splits. ``values`` has shape (seeds, worlds, points).

    Shares of one; NaN for all when all runs are the same. What chance does is known from two draws on; with one it is
    inside the rest, and its shares are NaN.
    """
    axes = {"luck": 0, "worlds": 1, "levers": 2}
    centred = values - values.mean()
    total = float(np.square(centred).mean())
    if total <= 0.0:
        return dict.fromkeys(PARTS, float("nan"))
    means: dict[str, Floats] = {}
    for name, axis in axes.items():
        others = tuple(other for other in range(3) if other != axis)
        means[name] = centred.mean(axis=others, keepdims=True)
    for one, other, third in (("levers", "worlds", 0), ("levers", "luck", 1), ("worlds", "luck", 2)):
        means[f"{one} x {other}"] = centred.mean(axis=third, keepdims=True) - means[one] - means[other]
    parts = {name: float(np.square(mean).mean()) / total for name, mean in means.items()}
    parts["all three"] = max(0.0, 1.0 - sum(parts.values()))
    if values.shape[0] < FEWEST_SEEDS:
        parts |= {name: float("nan") for name in PARTS if "luck" in name or name == "all three"}
    return {name: parts[name] for name in PARTS}


def variance_sentence(parts: dict[str, float], about: str) -> str:
    """How the variance splits, in plain words; empty when all runs are the same."""
    known = {name: value for name, value in parts.items() if np.isfinite(value)}
    if not known:
        return ""
    together = sum(value for name, value in known.items() if name not in ("levers", "worlds", "luck"))
    luck = "chance unknown (one draw)" if "luck" not in known else f"chance {known['luck']:.0%}"
    return (
        f"{about}: of the variance between all runs, choices make {known['levers']:.0%}, worlds {known['worlds']:.0%}, "
        f"{luck}, and these together {together:.0%}."
    )
