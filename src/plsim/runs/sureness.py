"""How sure a result is, in plain sentences, and which assumptions its effects depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.pair import DOSE
from plsim.engine.parameters import World
from plsim.engine.worlds import unidentified
from plsim.evidence import registry
from plsim.measures.effects import Row
from plsim.measures.findings import reach_of_chance
from plsim.measures.shares import share_between, shares
from plsim.measures.vocabulary import in_worlds
from plsim.runs.robustness import DURABILITY, Robustness
from plsim.scenario.schema import Scenario

FEWEST_WORLDS = 200
"""Worlds below which nothing is said of what an effect depends on: with fewer, shares are mostly chance."""
TOO_FEW = (
    f"Which assumptions an effect depends on most is told from {FEWEST_WORLDS} worlds on "
    f"(--worlds prior:{FEWEST_WORLDS})."
)
FALSE_ALARM = 0.05
"""Chance that anything is named when nothing matters."""
NAMED = 0.05
"""Share of what is uncertain from which an assumption is named."""
_MOST_NAMED = 3


class OverWorlds(Protocol):
    """What is asked of a result: effects over worlds, and what they were taken from."""

    @property
    def worlds(self) -> int:
        """How many."""

    @property
    def years(self) -> int:
        """How many."""

    @property
    def rows(self) -> list[Row]:
        """What each effect is."""

    @property
    def spread(self) -> Floats:
        """Shape (worlds, rows)."""

    @property
    def worlds_run(self) -> tuple[World, ...]:
        """The worlds."""

    @property
    def scenario(self) -> Scenario:
        """What was run."""

    @property
    def robustness(self) -> Robustness:
        """Luck and durability."""


def hangs_on(result: OverWorlds, effects: Floats) -> tuple[tuple[str, float], ...]:
    """Parameters that an effect over the worlds of a result depends on; see :func:`goes_with`."""
    return goes_with(result.worlds_run, effects, doses=result.scenario.dose_unpublished)


def goes_with(worlds: Sequence[World], effects: Floats, *, doses: bool) -> tuple[tuple[str, float], ...]:
    """Parameters that an effect depends on, and the share of its variance between worlds of each; the largest first.

    Shares are those of :func:`plsim.measures.shares.shares`: they add up to at most 1, and parameters that go together
    are not counted twice. Nothing is said of fewer than ``FEWEST_WORLDS`` worlds.

    Parameters
    ----------
    effects
        Shape (worlds,).
    doses
        Whether worlds differ in doses that were never published.
    """
    if len(worlds) < FEWEST_WORLDS:
        return ()
    keys = [key for key in worlds[0].values if key != DOSE or doses]
    points = np.array([[world.values[key] for key in keys] for world in worlds])
    found = shares(points, effects, false_alarm=FALSE_ALARM)
    return tuple((keys[column], share) for column, share in found if share >= NAMED)


def form_sentences(worlds: Sequence[World], effects: Floats, *, about: str) -> list[str]:
    """How much of an effect hangs on which published form some rules have; nothing of few worlds or of one form.

    ``effects`` has shape (worlds,).
    """
    varied = [form.key for form in registry().forms() if len({world.number(form.key) for world in worlds}) > 1]
    if len(worlds) < FEWEST_WORLDS or not varied:
        return []
    levels = np.array([[world.number(key) for key in varied] for world in worlds])
    share = f"{share_between(levels, effects):.0%} of the differences between worlds ({', '.join(varied)})"
    return [f"{about}: how much of this hangs on the form of a rule: {share}."]


def luck_share(result: OverWorlds, effects: Floats, row: Row) -> float | None:
    """Share of luck (other students, teachers and years) in all that is uncertain; None where luck was not tried."""
    luck = result.robustness.luck.get(row)
    if luck is None or effects.size < 2:
        return None
    whole = luck**2 + float(np.var(effects, ddof=1))
    return luck**2 / whole if whole > 0.0 else None


def sureness(result: OverWorlds) -> tuple[str, ...]:
    """How sure the effects on everybody's achievement are, in plain sentences; none without worlds."""
    if not result.worlds:
        return ()
    lines = []
    for place, row in enumerate(result.rows):
        if not (row.estimator == "paired" and row.group == "all" and row.unit == "SD" and row.outcome == "achievement"):
            continue
        if row.subject == "both" or row.year != result.years:
            continue
        lines += _sentences(result, place, row)
    return (*lines, TOO_FEW) if result.worlds < FEWEST_WORLDS else tuple(lines)


def _sentences(result: OverWorlds, place: int, row: Row) -> list[str]:
    effects = result.spread[:, place]
    low, high = np.quantile(effects, (0.05, 0.95))
    about = f"{row.subject.capitalize()}, year {row.year}"
    draws = result.robustness.draws.get(row, ())
    reach = reach_of_chance(result.robustness.luck.get(row, np.nan), len(draws))
    by_luck = f"; other students, teachers and years would move it by up to ±{reach:.3f}" if draws else ""
    first = f"{about}: above zero in {in_worlds(float(np.mean(effects > 0.0)), effects.size)}."
    lines = [f"{first} Uncertainty about schools leaves {low:+.3f} to {high:+.3f} SD{by_luck}."]
    if row in result.robustness.durability:
        least, most = result.robustness.durability[row]
        entry = registry()[DURABILITY]
        lines.append(
            f"{about}, in the central world: {least:+.3f} SD if {entry.low:.0%} of a gain lasts over a summer, "
            f"{most:+.3f} if {entry.high:.0%} does."
        )
    return [*lines, *assumptions(result, effects, about=about, luck=luck_share(result, effects, row))]


def assumptions(result: OverWorlds, effects: Floats, *, about: str, luck: float | None = None) -> list[str]:
    """What effects over the worlds of a result depend on most, in plain sentences."""
    named = assumption_sentences(hangs_on(result, effects), about=about, luck=luck)
    return [*named, *form_sentences(result.worlds_run, effects, about=about)]


def assumption_sentences(found: Sequence[tuple[str, float]], *, about: str, luck: float | None = None) -> list[str]:
    """The first of the parameters that :func:`goes_with` found; each says if evidence left it open; then the rest.

    ``luck`` is the share of luck in all that is uncertain; shares of parameters are then of the whole, luck included.
    """
    if not found:
        return []
    open_, of_worlds = set(unidentified()), 1.0 - (luck or 0.0)
    lines = []
    left = 1.0
    for key, share in found[:_MOST_NAMED]:
        meaning = registry()[key].meaning.rstrip(".")
        doubt = ", which the evidence does not narrow" if key in open_ else ""
        left -= share * of_worlds
        lines.append(
            f"{about}: {share * of_worlds:.0%} of what is uncertain goes with one assumption{doubt}: {meaning} ({key})."
        )
    if luck is not None:
        left -= luck
        rest = f"{luck:.0%} is chance (other students, teachers and years), {max(left, 0.0):.0%} all other assumptions"
    else:
        rest = f"{max(left, 0.0):.0%} goes with all other assumptions"
    return [*lines, f"{about}: {rest}."]
