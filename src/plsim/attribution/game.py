"""One outcome of all on/off combinations, in every world and draw: who brings what, who needs whom, what is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from plsim.attribution import coalitions
from plsim.attribution.rankings import Ranking
from plsim.core.arrays import Floats, Ints
from plsim.core.errors import InputError
from plsim.measures.findings import Share, above, found, share
from plsim.measures.vocabulary import better
from plsim.runs.evaluate import Outcome

SINGLE = ("shapley", "average", "add_one_in", "leave_one_out")
"""Ways to weigh what one practice does; the first is what ranks go by."""


class Need(NamedTuple):
    """What one practice does without and with another: medians over worlds, and how far the worlds agree.

    ``left`` is the effect without as a share of the effect with, NaN unless there is a gain to speak of with it;
    ``more_with_it`` the share of worlds in which the effect is larger with it; ``found`` as for pairs.
    """

    practice: str
    needs: str
    without: float
    with_it: float
    left: float
    more_with_it: Share
    found: int


class Best(NamedTuple):
    """The best combination of a size: of all of that size, the one with the best median over worlds.

    ``values`` are its outcomes, of shape (seeds, worlds), ``first`` says in what share of worlds it is the
    very best of its size.
    """

    size: int
    practices: tuple[str, ...]
    values: Floats
    first: Share


@dataclass(frozen=True)
class Game:
    """One outcome of all combinations, in every world and with every seed.

    Attributes
    ----------
    practices
        Names; bit ``i`` of a combination is the ``i``-th.
    outcome
        Which outcome it is.
    values
        Shape (2^k, seeds, worlds).
    negligible
        Effects up to this size count as nothing.
    """

    practices: tuple[str, ...]
    outcome: Outcome
    values: Floats
    negligible: float = 0.0

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or coalitions.players(self.values) != len(self.practices):
            raise InputError(
                "attribution",
                "",
                f"{self.values.shape[0]} combinations for {len(self.practices)} practices",
                allowed=f"{1 << len(self.practices)} combinations",
            )
        missing = int((~np.isfinite(self.values)).sum())
        if missing or not self.worlds:
            raise InputError(
                "attribution",
                self.outcome.label,
                f"{missing} of {self.values.size} runs have no outcome",
                fix="Run what is missing again: part of a world's combinations says nothing.",
            )

    def as_one(self, members: Sequence[str]) -> Game:
        """The same runs with some practices as one switch: combinations in which all of them are on, or all off.

        The switch comes first, its name theirs joined by " + ".

        Raises
        ------
        InputError
            When a member is no practice of these, or there are fewer than two.
        """
        if len(set(members)) < 2 or not set(members) <= set(self.practices):
            raise InputError(
                "as_one", "", f"got {list(members)}", allowed=f"two or more of {', '.join(self.practices)}"
            )
        others = [name for name in self.practices if name not in members]
        bits = [
            sum(1 << self.practices.index(name) for name in names) for names in (members, *((each,) for each in others))
        ]
        masks = [sum(bit for place, bit in enumerate(bits) if mask >> place & 1) for mask in range(1 << len(bits))]
        name = " + ".join(each for each in self.practices if each in members)
        return Game((name, *others), self.outcome, self.values[masks], self.negligible)

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return int(self.values.shape[2])

    @property
    def seeds(self) -> int:
        """How many draws of students, teachers and years."""
        return int(self.values.shape[1])

    @property
    def better(self) -> int:
        """1 when more of the outcome is better, -1 when less is, 0 when neither."""
        return better(self.outcome.outcome)

    @property
    def orientation(self) -> int:
        """-1 where less is better, so that who lowers the outcome most comes first; else 1."""
        return -1 if self.better < 0 else 1

    @cached_property
    def rest(self) -> Floats:
        """The outcome with all practices off: what the scenario brings besides them. Shape (seeds, worlds)."""
        return np.asarray(self.values[0])

    @cached_property
    def joint(self) -> Floats:
        """What all practices together bring on top of the rest. Shape (seeds, worlds)."""
        return np.asarray(self.values[-1] - self.values[0])

    @cached_property
    def synergy(self) -> Floats:
        """Joint effect minus the sum of what each practice brings alone. Shape (seeds, worlds)."""
        return coalitions.synergy(self.values)

    @cached_property
    def singles(self) -> dict[str, Floats]:
        """The measures of one practice, by name of :data:`SINGLE`. Each of shape (practices, seeds, worlds)."""
        averages = coalitions.average_differences(self.values)
        each = range(len(self.practices))
        return {
            "shapley": np.stack([coalitions.shapley(self.values, (one,)) for one in each]),
            "average": np.stack([averages[1 << one] for one in each]),
            "add_one_in": coalitions.add_one_in(self.values),
            "leave_one_out": coalitions.leave_one_out(self.values),
        }

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Every two practices, by place."""
        return tuple((a, b) for a, b in coalitions.subsets(len(self.practices), 2))

    @cached_property
    def together(self) -> Floats:
        """Shapley interaction of every pair: above 0, each does more with the other. Shape (pairs, seeds, worlds)."""
        found = [coalitions.shapley(self.values, pair) for pair in self.pairs]
        return np.array(found).reshape(len(self.pairs), self.seeds, self.worlds)

    @cached_property
    def variance_by_size(self) -> Floats:
        """Share of variance over combinations by size of set: singles, pairs, more. Shape (k, seeds, worlds)."""
        shares, size = coalitions.variance_shares(self.values), coalitions.sizes(len(self.practices))
        return np.stack([shares[size == each].sum(axis=0) for each in range(1, len(self.practices) + 1)])

    @cached_property
    def ranking(self) -> Ranking:
        """Practices ranked by their Shapley values in each world, draws averaged."""
        return Ranking(self.orientation * self.singles["shapley"].mean(axis=1).T, self.negligible)

    @cached_property
    def ranking_by_draw(self) -> Ranking:
        """Practices ranked by their Shapley values in each draw, in the middle of worlds."""
        return Ranking(self.orientation * np.median(self.singles["shapley"], axis=2).T, self.negligible)

    def first(self, place: int) -> Share:
        """In what share of worlds, and in how many draws, a practice ranks first."""
        return share(self.ranking.firsts()[:, place], self.ranking_by_draw.firsts()[:, place])

    def nothing(self) -> Share:
        """In what share of worlds, and in how many draws, no practice has an effect to speak of."""
        return share(self.ranking.nothing(), self.ranking_by_draw.nothing())

    def ahead(self, one: int, other: int) -> Share:
        """In what share of worlds, and in how many draws, one practice has the larger Shapley value of two."""
        scores = self.orientation * self.singles["shapley"]
        return above(scores[one] - scores[other])

    @cached_property
    def found(self) -> Ints:
        """Practices that may be said to raise (1) or lower (-1) the outcome, by Shapley values. Shape (practices,)."""
        return found(np.moveaxis(self.singles["shapley"], 0, -1), negligible=self.negligible)

    @cached_property
    def found_pairs(self) -> Ints:
        """Pairs that may be called complements (1) or substitutes (-1). Shape (pairs,)."""
        return found(np.moveaxis(self.together, 0, -1), negligible=self.negligible)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What every practice does without and with every other, what matters most first."""
        rows = []
        for (one, other), sign in zip(self.pairs, self.found_pairs, strict=True):
            rows += [self._need(one, other, int(sign)), self._need(other, one, int(sign))]
        return tuple(sorted(rows, key=lambda row: -abs(row.with_it - row.without)))

    def _need(self, one: int, other: int, sign: int) -> Need:
        each_without, each_with = coalitions.conditional(self.values, one, other)
        without, with_it = (float(np.median(each.mean(axis=0))) for each in (each_without, each_with))
        left = without / with_it if with_it > max(self.negligible, 0.0) else float("nan")
        more = above(each_with - each_without)
        return Need(self.practices[one], self.practices[other], without, with_it, left, more, sign)

    @cached_property
    def best(self) -> tuple[Best, ...]:
        """The best combination of each size, 0 to k."""
        size = coalitions.sizes(len(self.practices))
        oriented = self.orientation * self.values
        in_worlds, in_draws = oriented.mean(axis=1), np.median(oriented, axis=2)
        middle = np.median(in_worlds, axis=1)
        rows = []
        for each in range(len(self.practices) + 1):
            masks = np.flatnonzero(size == each)
            top = int(masks[np.argmax(middle[masks])])
            first = share(in_worlds[top] >= in_worlds[masks].max(axis=0), in_draws[top] >= in_draws[masks].max(axis=0))
            rows.append(Best(each, self.named(top), self.values[top], first))
        return tuple(rows)

    def named(self, mask: int) -> tuple[str, ...]:
        """Names of the practices that are on in a combination."""
        return tuple(self.practices[one] for one in coalitions.members_of(mask))
