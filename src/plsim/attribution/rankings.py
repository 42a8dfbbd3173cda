"""Ranks with their uncertainty: how often each of several things comes first, over worlds, and what may be claimed.

Worlds are a sample of what could be, so every share of worlds has an interval of its own (Wilson 1927), and what may be
called found has passed a sign test with a stated rate of false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import bdtrc, ndtri

from plsim.core.arrays import Bools, Floats, Ints
from plsim.measures.effects import CI_LEVEL

FALSE_ALARMS = 0.05
"""How often, at most, anything at all is called found in worlds where nothing has an effect."""
_SAME = 1e-12
"""Scores nearer than this share of the largest differ by rounding only."""


class Share(NamedTuple):
    """In what share of worlds something holds: ``hits`` of ``worlds``, with a 90% interval for the number of worlds."""

    hits: int
    worlds: int
    value: float
    low: float
    high: float


def share(holds: Bools) -> Share:
    """In what share of worlds something holds; NaN without worlds."""
    worlds, hits = int(holds.size), int(holds.sum())
    if not worlds:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    low, high = wilson(hits, worlds)
    return Share(hits, worlds, hits / worlds, low, high)


def wilson(hits: float, count: int, *, level: float = CI_LEVEL) -> tuple[float, float]:
    """Wilson's interval for a share of ``count``."""
    z = float(ndtri(0.5 + 0.5 * level))
    rate = hits / count
    middle = (rate + z * z / (2.0 * count)) / (1.0 + z * z / count)
    reach = z / (1.0 + z * z / count) * float(np.sqrt(rate * (1.0 - rate) / count + z * z / (4.0 * count * count)))
    return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True)
class Ranking:
    """How several things rank in each world.

    Attributes
    ----------
    scores
        What they are ranked by, highest first. Shape (worlds, things).
    negligible
        Scores up to this size count as nothing: a thing comes first only when it is above.
    """

    scores: Floats
    negligible: float = 0.0

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return int(self.scores.shape[0])

    def beats(self) -> Floats:
        """Share of worlds in which the row's thing scores above the column's. Shape (things, things)."""
        above = self._above()
        return above.mean(axis=0) if self.worlds else np.full(above.shape[1:], np.nan)

    def positions(self) -> Floats:
        """Share of worlds in which each thing has each position; who ties shares the positions. Shape (things, things).

        Rows are things, columns positions from first to last; every row and every column adds up to 1.
        """
        above = self._above()
        things = self.scores.shape[1]
        first = above.sum(axis=1)  # how many score above: the best position of a tie
        tied = things - first - above.sum(axis=2)
        place = np.arange(things)
        held = (place >= first[:, :, np.newaxis]) & (place < (first + tied)[:, :, np.newaxis])
        each = held / tied[:, :, np.newaxis]
        return each.mean(axis=0) if self.worlds else np.full((things, things), np.nan)

    def firsts(self) -> Bools:
        """Whether each thing scores above all others, and is not negligible, in each world. Shape (worlds, things)."""
        things = self.scores.shape[1]
        return np.asarray((self._above().sum(axis=2) == things - 1) & (self.scores > self.negligible))

    def nothing(self) -> Bools:
        """Whether everything is negligible, in each world. Shape (worlds,)."""
        return np.asarray((np.abs(self.scores) <= self.negligible).all(axis=1))

    def _above(self) -> Bools:
        """Shape (worlds, things, things): the first of the two scores above the second."""
        scale = _SAME * np.abs(self.scores).max(axis=1, initial=0.0)[:, np.newaxis, np.newaxis]
        return np.asarray(self.scores[:, :, np.newaxis] - self.scores[:, np.newaxis, :] > scale)


def found(scores: Floats, *, negligible: float = 0.0, false_alarms: float = FALSE_ALARMS) -> Ints:
    """What may be called found: 1 above, -1 below, 0 not to be told from nothing. Shape (things,).

    Parameters
    ----------
    scores
        Shape (worlds, things).
    negligible
        An effect up to this size, either way, is called nothing.

    Notes
    -----
    A sign test over worlds for each thing (is its score above ``negligible``, or below its opposite, in more than half
    of the worlds?), with Holm's (1979) correction for looking at many things: if nothing has a score beyond negligible
    in more than half of all possible worlds, anything is called found in at most ``false_alarms`` of samples of worlds.
    """
    worlds, things = scores.shape
    sign = np.zeros(things, dtype=np.int64)
    if not worlds:
        return sign
    up, down = (scores > negligible).sum(axis=0), (scores < -negligible).sum(axis=0)
    hits = np.maximum(up, down)
    chance = np.minimum(1.0, 2.0 * np.where(hits > 0, bdtrc(hits - 1, worlds, 0.5), 1.0))
    for place, thing in enumerate(np.argsort(chance, kind="stable")):
        if chance[thing] * (things - place) > false_alarms:
            break
        sign[thing] = 1 if up[thing] > down[thing] else -1
    return sign


def fewest_worlds(things: int, *, false_alarms: float = FALSE_ALARMS) -> int:
    """With fewer worlds than this, nothing can be found among so many things, however clear it is."""
    worlds = 1
    while 2.0 * 0.5**worlds * things > false_alarms:
        worlds += 1
    return worlds
