"""How sure a result is, in three parts: what worlds leave open, what is luck, and which assumptions it hangs on.

Worlds share their luck, so their spread is ignorance alone. Other luck is other students, teachers and years in the
central world. The two are different things: more evidence narrows the first, more schools the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.special import stdtr
from scipy.stats import rankdata

from plsim.engine.arm import Engine
from plsim.engine.outcomes import year_outcomes
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.engine.result import Result, Robustness
from plsim.engine.run import DOSE, Pair, WorldRun, pair, population_of, run_arms
from plsim.engine.state import Floats
from plsim.engine.worlds import unidentified
from plsim.evidence import registry
from plsim.measures.effects import Row, effect_rows
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.scenario.schema import Scenario

LUCK_DRAWS = 10
_OTHER_LUCK = 1_000_003
"""Seeds of other luck are this far apart, so that neighbouring seeds share none of it."""
DURABILITY = "learning.durability"
FEWEST_WORLDS = 20
"""Worlds below which nothing is said of what a result hangs on."""
FALSE_ALARM = 0.05
"""Chance that anything is named when nothing matters."""
HANGS = 0.2
"""Share of an effect's variance between worlds from which a result is said to hang on a parameter."""


def robustness(
    scenario: Scenario,
    both: Pair,
    *,
    population: Population | StudentFiles | str | Path | None,
    engine: Engine,
    found: Typical,
    draws: int = LUCK_DRAWS,
    mapped: Callable[[Callable[[int], dict[Row, float]], Iterable[int]], Iterable[dict[Row, float]]] = map,
) -> Robustness:
    """Other luck and other durability in the central world, for the effects on everybody's achievement.

    ``found`` is the central world's reference; ``mapped`` makes the draws, in order.
    """
    seed, years = both.base_setting.seed, both.base_setting.years

    def other(number: int) -> dict[Row, float]:
        # Modulo: a seed is below 2**63, and so is its other luck.
        luck = (seed + number * _OTHER_LUCK) % (2**63)
        people = population if isinstance(population, Population) else population_of(scenario, population, luck)
        again = pair(scenario, people, seed=luck, years=years)
        return _effects(again, run_arms(again, CENTRAL, found, engine))

    by_row: dict[Row, list[float]] = {}
    for effects in mapped(other, range(1, draws + 1)):
        for row, value in effects.items():
            by_row.setdefault(row, []).append(value)
    luck = {row: float(np.std(values, ddof=1)) for row, values in by_row.items() if len(values) == draws}
    return Robustness(luck, _durability(both, engine) if years > 1 else {})


def _durability(both: Pair, engine: Engine) -> dict[Row, tuple[float, float]]:
    entry = registry()[DURABILITY]
    ends = []
    for value in (entry.low, entry.high):
        world = World(f"durability {value:g}", {DURABILITY: value})
        ends.append(_effects(both, run_arms(both, world, typical(world, engine), engine)))
    return {row: (ends[0][row], ends[1][row]) for row in ends[0] if row.year > 1}


def _effects(both: Pair, run_: WorldRun) -> dict[Row, float]:
    """Effects on achievement in SD for everybody."""
    setting = both.base_setting
    rows, values = effect_rows(
        tuple(
            year_outcomes(setting, run_.scenario, run_.counterfactual, year, only=("achievement",))
            for year in range(setting.years)
        )
    )
    return {
        row: float(value)
        for row, value in zip(rows, values, strict=True)
        if row.group == "all" and row.unit == "SD" and row.outcome == "achievement"
    }


def hangs_on(result: Result, effects: Floats) -> tuple[tuple[str, float], ...]:
    """Parameters that an effect over the worlds of a result hangs on; see :func:`goes_with`."""
    return goes_with(result.worlds_run, effects, doses=result.scenario.dose_unpublished)


def goes_with(worlds: Sequence[World], effects: Floats, *, doses: bool) -> tuple[tuple[str, float], ...]:
    """Parameters that an effect hangs on, and the share of its variance that each goes with; the largest first.

    The square of the rank correlation over the worlds, where it is large and no chance: among all parameters together
    a false one is named in at most 5% of results. ``effects`` has shape (worlds,); ``doses`` says whether worlds differ
    in doses that were never published.
    """
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


def sureness(result: Result) -> tuple[str, ...]:
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


def _sentences(result: Result, place: int, row: Row) -> list[str]:
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


def assumptions(result: Result, effects: Floats, *, about: str) -> list[str]:
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
