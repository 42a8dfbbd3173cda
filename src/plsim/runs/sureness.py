"""How sure a result is, in plain sentences, and which assumptions its effects hang on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.special import stdtr

from plsim.core.arrays import Floats
from plsim.engine.pair import DOSE
from plsim.engine.parameters import World
from plsim.engine.worlds import unidentified
from plsim.evidence import registry
from plsim.measures.effects import Row
from plsim.runs.robustness import DURABILITY, Robustness
from plsim.scenario.schema import Scenario

FEWEST_WORLDS = 20
"""Worlds below which nothing is said of what a result hangs on."""
FALSE_ALARM = 0.05
"""Chance that anything is named when nothing matters."""
HANGS = 0.2
"""Share of an effect's variance between worlds from which a result is said to hang on a parameter."""


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
    """Parameters that an effect over the worlds of a result hangs on; see :func:`goes_with`."""
    return goes_with(result.worlds_run, effects, doses=result.scenario.dose_unpublished)


def goes_with(worlds: Sequence[World], effects: Floats, *, doses: bool) -> tuple[tuple[str, float], ...]:
    """Parameters that an effect hangs on, and the share of its variance that each goes with; the largest first.

    The square of the rank correlation over the worlds, where it is large and no chance: among all parameters together
    a false one is named in at most 5% of results. ``effects`` has shape (worlds,); ``doses`` says whether worlds differ
    in doses that were never published.
    """
    from scipy.stats import rankdata  # takes a second to import, and no run without worlds needs it

    if len(worlds) < FEWEST_WORLDS or float(np.ptp(effects)) == 0.0:
        return ()
    keys = [key for key in worlds[0].values if key != DOSE or doses]
    ranks = rankdata(effects)
    found = []
    for key in keys:
        values = np.array([world.values[key] for world in worlds])
        if float(np.ptp(values)) == 0.0:
            continue
        r = float(np.corrcoef(rankdata(values), ranks)[0, 1])
        free = len(worlds) - 2
        by_chance = 2.0 * float(stdtr(free, -abs(r) * np.sqrt(free / max(1.0 - r * r, 1e-12))))
        if r * r > HANGS and by_chance < FALSE_ALARM / len(keys):
            found.append((key, r * r))
    return tuple(sorted(found, key=lambda each: -each[1]))


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
    return tuple(lines)


def _sentences(result: OverWorlds, place: int, row: Row) -> list[str]:
    effects = result.spread[:, place]
    low, high = np.quantile(effects, (0.05, 0.95))
    about = f"{row.subject.capitalize()}, year {row.year}"
    luck = result.robustness.luck.get(row)
    by_luck = "" if luck is None else f"; other students, teachers and years would move it by about ±{1.645 * luck:.3f}"
    first = f"{about}: above zero in {np.mean(effects > 0.0):.0%} of worlds."
    lines = [f"{first} What is not known about schools leaves {low:+.3f} to {high:+.3f} SD{by_luck}."]
    if row in result.robustness.durability:
        least, most = result.robustness.durability[row]
        entry = registry()[DURABILITY]
        lines.append(
            f"{about}, in the central world: {least:+.3f} SD if {entry.low:.0%} of a gain lasts over a summer, "
            f"{most:+.3f} if {entry.high:.0%} does."
        )
    return [*lines, *assumptions(result, effects, about=about)]


def assumptions(result: OverWorlds, effects: Floats, *, about: str) -> list[str]:
    """What effects over the worlds of a result hang on most, in plain sentences."""
    return assumption_sentences(hangs_on(result, effects), about=about)


def assumption_sentences(found: Sequence[tuple[str, float]], *, about: str) -> list[str]:
    """The first three of the parameters that :func:`goes_with` found; each says if evidence left it open."""
    open_ = set(unidentified())
    lines = []
    for key, share in found[:3]:
        meaning = registry()[key].meaning.rstrip(".")
        doubt = ", which the evidence does not narrow" if key in open_ else ""
        lines.append(f"{about}: {share:.0%} of the range goes with one assumption{doubt}: {meaning} ({key}).")
    return lines
