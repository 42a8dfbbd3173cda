"""One scenario in district after district: effects as they are found, and totals whose size does not grow.

A district is a population of its own: read from files, or drawn from the norms at an address of its own, so that a
district is the same whether it is run alone or as one of a million. Only one district is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import InputError, printable
from plsim.engine.engines import engine_named
from plsim.engine.pair import population_of
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.measures.effects import Row
from plsim.measures.running import Running
from plsim.measures.spread import intervals
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.runs.outcomes import SCORE_OUTCOMES
from plsim.runs.paired import PairedRuns
from plsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWN = 1_000_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class District(NamedTuple):
    """Where a district's students and schools come from: files, or (``files`` is None) a draw with this scenario."""

    name: str
    scenario: Scenario
    files: StudentFiles | None = None

    def population(self, seed: int) -> Population:
        """Its students and schools."""
        return population_of(self.scenario, self.files, seed)


@dataclass(frozen=True)
class DistrictEffects:
    """What a scenario does in one district.

    ``values`` holds every row in the central world and in the further ones. Shape (1 + worlds, rows).
    """

    name: str
    students: int
    schools: int
    rows: tuple[Row, ...]
    values: Floats

    def table(self) -> pd.DataFrame:
        """One row per number: the district, what the number is, its value and its 90% interval over worlds."""
        import pandas as pd

        table = pd.DataFrame(self.rows, columns=list(Row._fields))
        none = np.zeros(self.values.shape[1])
        table["value"], table["low"], table["high"] = intervals(
            self.values[0], self.values[1:], central_error=none, errors=np.zeros_like(self.values[1:])
        )
        table.insert(0, "district", self.name)
        table.insert(1, "students", self.students)
        table.insert(2, "schools", self.schools)
        return table


def drawn(scenario: Scenario, count: int) -> Iterator[District]:
    """So many districts like the scenario's, drawn one by one.

    District ``k`` is what ``population.network_offset`` draws there: schools and students of no other district.
    """
    if not 1 <= count <= MOST_DRAWN:
        raise InputError("districts", "count", f"got {count}", allowed=f"1 to {MOST_DRAWN:,}")
    step = -(-scenario.population.schools // max(scenario.support.network_schools, 1))
    first = scenario.population.network_offset
    for index in range(count):
        people = scenario.population.model_copy(update={"network_offset": first + index * step})
        yield District(f"district {index + 1}", scenario.with_changes(population=people))


def from_files(
    scenario: Scenario, places: Iterable[Path | StudentFiles], *, term: str | None = None
) -> Iterator[District]:
    """A district for each place: an export, a OneRoster or a roster, called by the name of its folder or file."""
    for place in places:
        files = place if isinstance(place, StudentFiles) else StudentFiles(place, term=term)
        name = files.path.stem if files.path.is_file() else files.path.name
        yield District(printable(name), scenario, files)  # file systems allow names that tables do not


def stream(
    districts: Iterable[District],
    *,
    seed: int | None = None,
    years: int | None = None,
    worlds: Sequence[World] = (),
    every_outcome: bool = False,
    workers: int = 1,
) -> Iterator[DistrictEffects]:
    """The effects in district after district, as they are found.

    Parameters
    ----------
    districts
        Taken one at a time; a generator of any length will do.
    seed, years
        The seed of all random draws, and the years to simulate; each scenario's own when None. 0 is a seed.
    worlds
        Further sets of parameters beside the central one. What a world has in common for all districts is found once.
    every_outcome
        Every outcome that a run has, not only achievement.
    workers
        Threads; results do not depend on them.
    """
    engine = engine_named("batch", threads=workers)
    everywhere = (CENTRAL, *worlds)
    known: list[Typical] = [typical(world, engine) for world in everywhere]
    only = None if every_outcome else SCORE_OUTCOMES
    for district in districts:
        scenario = district.scenario
        drawn = scenario.seed if seed is None else seed
        runs = PairedRuns(
            seed=drawn,
            years=scenario.years if years is None else years,
            population=district.population(drawn),
            engine=engine,
            keep=0,
        )
        both = runs.pair(scenario)
        setting = both.base_setting
        rows: tuple[Row, ...] = ()
        values: list[Floats] = []
        for world, found in zip(everywhere, known, strict=True):
            named, numbers = runs.outcomes(both, runs.run(both, world, found=found), only=only)
            rows = tuple(named)
            values.append(numbers)
        people = setting.population
        yield DistrictEffects(district.name, people.students, setting.schools, rows, np.array(values))


class Totals:
    """Running totals over districts; their size depends on rows and worlds, not on districts."""

    def __init__(self) -> None:
        self.districts = 0
        self.students = 0
        self.schools = 0
        self._central: dict[Row, Running] = {}
        self._by_world: dict[Row, Floats] = {}
        self._weight: dict[Row, float] = {}

    def add(self, found: DistrictEffects) -> None:
        """One more district. Means weigh districts by their students."""
        self.districts += 1
        self.students += found.students
        self.schools += found.schools
        for index, row in enumerate(found.rows):
            values = found.values[:, index]
            if not np.isfinite(values).all():
                continue
            self._central.setdefault(row, Running()).add(float(values[0]), float(found.students))
            self._weight[row] = self._weight.get(row, 0.0) + found.students
            self._by_world[row] = self._by_world.get(row, 0.0) + found.students * values

    def table(self) -> pd.DataFrame:
        """One row per number: mean over districts with its interval over worlds, and how districts differ.

        ``districts`` counts those that have the row, ``below_zero`` those of them where it is negative; ``sd`` and
        the quantiles (``q05`` to ``q95``) are of districts in the central world, every district counting alike.
        """
        import pandas as pd

        records = []
        for row, running in self._central.items():
            means = self._by_world[row] / self._weight[row]
            none = np.zeros(1)
            value, low, high = intervals(
                means[:1], means[1:, np.newaxis], central_error=none, errors=np.zeros_like(means[1:, np.newaxis])
            )
            spread = {
                f"q{round(100 * share):02d}": number
                for share, number in zip(QUANTILES, running.quantiles(QUANTILES), strict=True)
            }
            records.append(
                {
                    **row._asdict(),
                    "value": float(value[0]), "low": float(low[0]), "high": float(high[0]),
                    "districts": running.count, "below_zero": running.below_zero,
                    "sd": running.sd, "lowest": running.lowest, **spread, "highest": running.highest,
                }
            )  # fmt: skip
        return pd.DataFrame(records)
