"""Claims of the literature as experiments: each has a statistic, what is expected of it, and a run that finds it.

The claims are those of the articles and reports that this project answers, in our own words, numbered as in our notes
of them. Each is *tested*, by the mechanism that the sentence names; or it is an *input* of a scenario or of the model's
yardstick; or it is *true by construction*, since a rule says it outright. Only the first kind can fail, and only it is
counted. A difference of less than :data:`MARGIN` SD says nothing. Beside every claim stands a control: the same
statistic where all channels through which practices reach learning are closed. A claim about learning that holds there
too is no finding about learning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError
from plsim.measures.findings import found
from plsim.validation.claims.claim_lab import Lab

Compute = Callable[[Lab], float]
Label = Literal["tested", "input", "true by construction"]
MODULES = (
    "claims_avallone",
    "claims_rothman",
    "claims_herold",
    "claims_wolfe",
    "claims_nwea",
    "claims_sentences",
)
"""In the order of the claims."""
MARGIN = 0.002
"""Differences in effect below which nothing is said (SD)."""
SEEDS = 5
"""How many seeds the runs have, in turn."""
MOST = 0.9
"""Share of runs in which a claim holds, or fails, for a word to say so."""


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
        What is computed, and how; its unit in brackets.
    above, below
        Where the statistic is expected: above one, below the other, or between.
    label
        Whether a run can refute it: only if it is ``"tested"``.
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
    label: Label
    facts: tuple[str, ...]
    source: str
    compute: Compute

    @property
    def expected(self) -> str:
        """Where the statistic is expected, in a few characters."""
        if self.above is not None and self.below is not None:
            return f"{self.above:g} to {self.below:g}"
        return f"above {self.above:g}" if self.above is not None else f"below {self.below:g}"

    @property
    def margin(self) -> float:
        """How near to its end a statistic says nothing; of what is not in SD of achievement, 0."""
        return MARGIN if "(SD" in self.statistic else 0.0

    def room(self, values: Floats) -> Floats:
        """How far inside of what is expected, above 0, or outside, below 0; of some runs."""
        room = np.full(values.shape, np.inf)
        if self.above is not None:
            room = np.minimum(room, values - self.above)
        if self.below is not None:
            room = np.minimum(room, self.below - values)
        return room

    def says(self, values: Floats) -> np.ndarray:
        """1 where it holds, -1 where it fails, 0 where the difference is too small to say; of some runs."""
        room = self.room(values)
        return np.where(room > self.margin, 1, np.where(room < -self.margin, -1, 0))


@dataclass(frozen=True)
class ClaimResult:
    """A claim over runs.

    Attributes
    ----------
    values
        The statistic in every run: a world, and a seed, the seeds in turn. Shape (runs,).
    seeds
        How many seeds there are.
    control
        The statistic with all channels to learning closed, in one run; not a number where it was not run.
    """

    claim: Claim
    values: Floats
    control: float = float("nan")
    seeds: int = SEEDS

    @property
    def shares(self) -> tuple[float, float, float]:
        """Shares of runs in which it holds, in which nothing can be said, in which it fails."""
        says = self.claim.says(self.values)
        return float((says == 1).mean()), float((says == 0).mean()), float((says == -1).mean())

    @property
    def share(self) -> float:
        """Share of runs in which it holds."""
        return self.shares[0]

    @property
    def holds_in_control(self) -> bool:
        """Whether it holds with all channels to learning closed."""
        return bool(np.isfinite(self.control)) and int(self.claim.says(np.array([self.control]))[0]) == 1

    @property
    def counted(self) -> bool:
        """Whether it counts as a test: no input, not true by construction, and about learning if it is in SD."""
        return self.claim.label == "tested" and not (self.claim.margin > 0.0 and self.holds_in_control)

    @property
    def word(self) -> str:
        """What came of it, in a few words."""
        if self.claim.label != "tested":
            return self.claim.label
        if not self.counted:
            return "not about learning"
        holds, nothing, fails = self.shares
        if holds >= MOST and self.sign > 0:
            return "holds"
        if fails >= MOST and self.sign < 0:
            return "fails"
        return "says nothing" if nothing >= 1.0 - nothing else "open"

    @property
    def sign(self) -> int:
        """1 where it is found to hold, -1 to fail, 0 where worlds and chance leave it open: the rule of attributions.

        Worlds that had the same seed stand for what worlds leave open; the seeds for chance.
        """
        blocks = self.values.size // self.seeds
        room = self.claim.room(self.values[: blocks * self.seeds]).reshape(blocks, self.seeds).T
        return int(found(room[:, :, np.newaxis], negligible=self.claim.margin)[0])

    @property
    def median(self) -> float:
        """Of the statistic."""
        return float(np.median(self.values))

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 90% of runs."""
        low, high = np.quantile(self.values, [0.05, 0.95])
        return float(low), float(high)

    def document(self) -> dict[str, Any]:
        """As plain values."""
        low, high = self.interval
        holds, nothing, fails = self.shares
        return {
            "claim": self.claim.id,
            "title": self.claim.title,
            "statistic": self.claim.statistic,
            "expected": self.claim.expected,
            "label": self.claim.label,
            "facts": list(self.claim.facts),
            "source": self.claim.source,
            "word": self.word,
            "share_holds": holds,
            "share_says_nothing": nothing,
            "share_fails": fails,
            "median": self.median,
            "low": low,
            "high": high,
            "control": self.control if np.isfinite(self.control) else None,
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
        label: Label = "tested",
        facts: Sequence[str] = (),
    ) -> Callable[[Compute], Compute]:
        """Register the function below as a claim."""
        if above is None and below is None:
            raise StudyError(f"claim {number}", "", "says nowhere where its statistic is expected")

        def keep(compute: Compute) -> Compute:
            self.claims.append(Claim(number, title, statistic, above, below, label, tuple(facts), self.source, compute))
            return compute

        return keep


def claims() -> tuple[Claim, ...]:
    """All claims, in order."""
    return tuple(
        claim for module in MODULES for claim in import_module(f"plsim.validation.claims.{module}").CLAIM.claims
    )


def rises(values: Sequence[float]) -> float:
    """The smallest step of a row of numbers: above 0 when they rise all the way."""
    return float(np.diff(np.asarray(values, dtype=np.float64)).min())


def interior(values: Sequence[float]) -> float:
    """What the best of the inner numbers is above the better end: above 0 when the best lies inside."""
    return max(values[1:-1]) - max(values[0], values[-1])
