"""Claims of the literature as experiments: each has a statistic, what is expected of it, and a run that finds it.

The claims are those of the articles and reports that this project answers, in our own words, numbered as in our notes
of them. A claim holds in a world when its statistic lies where it was expected. Many restate what the model was built
to be able to show, some what it was not: the share of worlds in which they hold says which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError, nearest
from plsim.engine.parameters import World
from plsim.validation.claims.claim_lab import Lab
from plsim.validation.facts.arm_cache import Places

Progress = Callable[[int, int], None]
Compute = Callable[[Lab], float]
MODULES = ("claims_avallone", "claims_rothman", "claims_herold", "claims_wolfe", "claims_nwea")
"""In the order of the claims."""
GIVEN = "input"


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id
        Number in our notes: part, then row.
    title
        The claim in our own words.
    statistic
        What is computed, and how.
    above, below
        Where the statistic is expected: above one, below the other, or between.
    given
        Whether it is an input of the scenario or of the model's yardstick: then no run can refute it.
    facts
        Rows of facts.csv that bear on it.
    source
        The text that makes the claim.
    compute
        Finds the statistic in a world.
    """

    id: str
    title: str
    statistic: str
    above: float | None
    below: float | None
    given: bool
    facts: tuple[str, ...]
    source: str
    compute: Compute

    @property
    def expected(self) -> str:
        """Where the statistic is expected, in a few characters."""
        if self.above is not None and self.below is not None:
            return f"{self.above:g} to {self.below:g}"
        return f"above {self.above:g}" if self.above is not None else f"below {self.below:g}"

    def holds(self, values: Floats) -> np.ndarray:
        """Whether it holds, in each of some worlds."""
        fine = np.ones(values.shape, bool)
        if self.above is not None:
            fine &= values > self.above
        if self.below is not None:
            fine &= values < self.below
        return fine


@dataclass(frozen=True)
class Found:
    """A claim over worlds. ``values`` has shape (worlds,)."""

    claim: Claim
    values: Floats

    @property
    def share(self) -> float:
        """Share of worlds in which it holds."""
        return float(self.claim.holds(self.values).mean())

    @property
    def word(self) -> str:
        """The share, written; of an input that is as it should be, that it is one."""
        return GIVEN if self.claim.given and self.share == 1.0 else f"{self.share:.0%}"

    @property
    def median(self) -> float:
        """Of the statistic."""
        return float(np.median(self.values))

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 90% of worlds."""
        low, high = np.quantile(self.values, [0.05, 0.95])
        return float(low), float(high)

    def document(self) -> dict[str, Any]:
        """As plain values."""
        low, high = self.interval
        return {
            "claim": self.claim.id,
            "title": self.claim.title,
            "statistic": self.claim.statistic,
            "expected": self.claim.expected,
            "input": self.claim.given,
            "facts": list(self.claim.facts),
            "source": self.claim.source,
            "share_holds": self.share,
            "median": self.median,
            "low": low,
            "high": high,
        }


class Collected:
    """Claims of one text, collected by decorating the functions that compute them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.claims: list[Claim] = []

    def __call__(
        self,
        number: str,
        title: str,
        statistic: str,
        *,
        above: float | None = None,
        below: float | None = None,
        given: bool = False,
        facts: Sequence[str] = (),
    ) -> Callable[[Compute], Compute]:
        """Register the function below as a claim."""
        if above is None and below is None:
            raise StudyError(f"claim {number}", "", "says nowhere where its statistic is expected")

        def keep(compute: Compute) -> Compute:
            self.claims.append(Claim(number, title, statistic, above, below, given, tuple(facts), self.source, compute))
            return compute

        return keep


def claims() -> tuple[Claim, ...]:
    """All claims, in order."""
    return tuple(
        claim for module in MODULES for claim in import_module(f"plsim.validation.claims.{module}").CLAIM.claims
    )


def check_claims(
    worlds: Sequence[World],
    *,
    seed: int = 1,
    only: Collection[str] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Found, ...]:
    """Claims in all of some worlds; all claims when ``only`` is empty."""
    everything = claims()
    known = [claim.id for claim in everything]
    for name in only:
        if name not in known:
            raise StudyError("--only", name, "no such claim", fix=nearest(name, known) or f"Known: {', '.join(known)}")
    chosen = tuple(claim for claim in everything if not only or claim.id in only)
    places = Places(seed)
    done = 0

    def one(world: World) -> list[float]:
        nonlocal done
        lab = Lab(world, places)
        values = [claim.compute(lab) for claim in chosen]
        done += 1
        if progress is not None:
            progress(done, len(worlds))
        return values

    first = one(worlds[0])  # compiles, and makes the populations, before threads start
    if workers > 1 and len(worlds) > 2:
        with ThreadPoolExecutor(workers) as pool:
            others = list(pool.map(one, worlds[1:]))
    else:
        others = [one(world) for world in worlds[1:]]
    values = np.array([first, *others])
    return tuple(Found(claim, values[:, place]) for place, claim in enumerate(chosen))


def rises(values: Sequence[float]) -> float:
    """The smallest step of a row of numbers: above 0 when they rise all the way."""
    return float(np.diff(np.asarray(values, dtype=np.float64)).min())


def interior(values: Sequence[float]) -> float:
    """What the best of the inner numbers is above the better end: above 0 when the best lies inside."""
    return max(values[1:-1]) - max(values[0], values[-1])


def slope(x: Floats, y: Floats) -> float:
    """Rise of y with x, by least squares."""
    away = x - x.mean()
    return float(away @ y / max(float(away @ away), 1e-12))
