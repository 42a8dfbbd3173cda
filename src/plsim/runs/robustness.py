"""How sure a result is: the spread over worlds, sampling variation, and the assumptions it depends on.

Worlds share their luck, so their spread is ignorance alone. Other luck is other students, teachers and years in the
central world. The two are different things: more evidence narrows the first, more schools the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plsim.engine.arm import Engine
from plsim.engine.pair import Pair, WorldRun
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical
from plsim.evidence import registry
from plsim.measures.effects import Row
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.runs.paired import PairedRuns
from plsim.scenario.schema import Scenario

LUCK_DRAWS = 10
_OTHER_SEEDS = 1_000_003
"""Seeds of other draws are this far apart, so that neighbouring seeds share none of them."""
DURABILITY = "learning.durability"


@dataclass(frozen=True)
class Robustness:
    """What an effect's spread is made of.

    Attributes
    ----------
    luck
        Standard deviation over other luck in the central world, by row.
    durability
        Effects of the years after the first when the least and the most of a gain lasts over a summer, by row.
    """

    luck: dict[Row, float] = field(default_factory=dict)
    durability: dict[Row, tuple[float, float]] = field(default_factory=dict)


def other_seed(seed: int, draw: int) -> int:
    """The seed of other students, teachers and years; draw 0 is the seed itself. All are below 2**63."""
    return (seed + draw * _OTHER_SEEDS) % (2**63)


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
        runs = PairedRuns(seed=other_seed(seed, number), years=years, population=population, engine=engine, keep=0)
        again = runs.pair(scenario)
        return _effects(runs, again, runs.run(again, CENTRAL, found=found))

    by_row: dict[Row, list[float]] = {}
    for effects in mapped(other, range(1, draws + 1)):
        for row, value in effects.items():
            by_row.setdefault(row, []).append(value)
    luck = {row: float(np.std(values, ddof=1)) for row, values in by_row.items() if len(values) == draws}
    return Robustness(luck, _durability(both, engine) if years > 1 else {})


def _durability(both: Pair, engine: Engine) -> dict[Row, tuple[float, float]]:
    entry = registry()[DURABILITY]
    setting = both.base_setting
    runs = PairedRuns(seed=setting.seed, years=setting.years, population=setting.population, engine=engine, keep=0)
    ends = []
    for value in (entry.low, entry.high):
        world = World(f"durability {value:g}", {DURABILITY: value})
        ends.append(_effects(runs, both, runs.run(both, world)))
    return {row: (ends[0][row], ends[1][row]) for row in ends[0] if row.year > 1}


def _effects(runs: PairedRuns, both: Pair, run_: WorldRun) -> dict[Row, float]:
    """Effects on achievement in SD for everybody."""
    rows, values = runs.outcomes(both, run_, only=("achievement",), groups=("all",))
    return {
        row: float(value)
        for row, value in zip(rows, values, strict=True)
        if row.group == "all" and row.unit == "SD" and row.outcome == "achievement"
    }
