"""How sure a result is: the spread over worlds, sampling variation, and the assumptions it depends on.

Worlds share their random draws, so their spread is ignorance alone. Other random draws are other students, teachers and
years in the central world. The two are different things: more evidence narrows the first, more schools the second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
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
"""Other draws of students, teachers and years that tell what chance does."""
FEWER_DRAWS = 5
"""The same for large populations, where chance does little and a draw takes long."""
_LARGE = 6_000
"""Students times years from which a population is large."""
_OTHER_SEEDS = 1_000_003
"""Seeds of other draws are this far apart, so that neighbouring seeds share none of them."""
DURABILITY = "learning.durability"
Mapped = Callable[[Callable[[Any], dict[Row, float]], Iterable[Any]], Iterable[dict[Row, float]]]
"""Makes runs in any way that keeps their order: ``map``, or that of some threads."""


@dataclass(frozen=True)
class Robustness:
    """What an effect's spread is made of.

    Attributes
    ----------
    draws
        Effects in the central world with other luck, draw by draw, by row.
    durability
        Effects of the years after the first when the least and the most of a gain lasts over a summer, by row.
    """

    draws: dict[Row, tuple[float, ...]] = field(default_factory=dict)
    durability: dict[Row, tuple[float, float]] = field(default_factory=dict)

    @cached_property
    def luck(self) -> dict[Row, float]:
        """Standard deviation over other random draws in the central world, by row."""
        return {row: float(np.std(values, ddof=1)) for row, values in self.draws.items()}

    def columns(self, rows: Sequence[Row]) -> dict[str, list[float]]:
        """``luck`` and the number of draws, ``seeds``, for a table of rows; NaN and 0 where luck was not tried."""
        return {
            "luck": [self.luck.get(row, math.nan) for row in rows],
            "seeds": [len(self.draws.get(row, ())) for row in rows],
        }


def other_seed(seed: int, draw: int) -> int:
    """The seed of other students, teachers and years; draw 0 is the seed itself. All are below 2**63."""
    return (seed + draw * _OTHER_SEEDS) % (2**63)


def luck_draws(students: int, years: int) -> int:
    """How many other draws are made of so many students."""
    return LUCK_DRAWS if students * years <= _LARGE else FEWER_DRAWS


def robustness(
    scenario: Scenario,
    both: Pair,
    *,
    population: Population | StudentFiles | str | Path | None,
    engine: Engine,
    found: Typical,
    draws: int | None = None,
    mapped: Mapped = map,
) -> Robustness:
    """Other random draws and other durability in the central world, for the effects on achievement.

    ``found`` is the central world's reference; ``draws`` is :func:`luck_draws` when None; ``mapped`` makes them, in
    order.
    """
    seed, years = both.base_setting.seed, both.base_setting.years
    if draws is None:
        draws = luck_draws(both.base_setting.population.students, years)

    def other(number: int) -> dict[Row, float]:
        runs = PairedRuns(seed=other_seed(seed, number), years=years, population=population, engine=engine, keep=0)
        again = runs.pair(scenario)
        return _effects(runs, again, runs.run(again, CENTRAL, found=found))

    drawn = by_row(list(mapped(other, range(1, draws + 1))))
    return Robustness(drawn, _durability(both, engine, mapped) if years > 1 else {})


def by_row(draws: Sequence[Mapping[Row, float]]) -> dict[Row, tuple[float, ...]]:
    """The effects of some draws, draw by draw, of the rows that all of them have."""
    shared = [row for row in draws[0] if all(row in each for each in draws)] if draws else []
    return {row: tuple(each[row] for each in draws) for row in shared}


def _durability(both: Pair, engine: Engine, mapped: Mapped) -> dict[Row, tuple[float, float]]:
    entry = registry()[DURABILITY]
    setting = both.base_setting
    runs = PairedRuns(seed=setting.seed, years=setting.years, population=setting.population, engine=engine, keep=0)

    def end(value: float) -> dict[Row, float]:
        world = World(f"durability {value:g}", {DURABILITY: value})
        return _effects(runs, both, runs.run(both, world))

    ends = list(mapped(end, (entry.low, entry.high)))
    rows = (row for row in ends[0] if row.year > 1 and row.unit == "SD" and row.group == "all")
    return {row: (ends[0][row], ends[1][row]) for row in rows}


def _effects(runs: PairedRuns, both: Pair, run_: WorldRun) -> dict[Row, float]:
    return told(*runs.outcomes(both, run_, only=("achievement",)))


def told(rows: Sequence[Row], values: Floats) -> dict[Row, float]:
    """Of the rows of a world, the effects of which luck is told: achievement of every group, on every scale."""
    return {
        row: float(value)
        for row, value in zip(rows, values, strict=True)
        if row.outcome in ("achievement", "percentile_points") and row.arm == "difference"
    }
