"""A scenario in a synthetic nation: US public school districts by their published sizes, each run once.

A task of :mod:`plsim.sweeps`: it survives a kill, goes on where it ended, and runs in processes, array jobs or on a
Dask cluster with the same bits. Memory is that of one part of a district: schools of different districts share
nothing, so a large district is run in parts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.engine.engines import engine_named
from plsim.engine.pair import Pair, WorldRun
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.evidence import registry
from plsim.measures.groups import with_both
from plsim.runs.decompose import gaps
from plsim.runs.outcomes import partitions
from plsim.runs.paired import PairedRuns
from plsim.scenario.schema import Scenario
from plsim.sweeps.runner import results

if TYPE_CHECKING:
    import pandas as pd

MOST_STUDENTS = 12_000
"""A larger district is run in parts of no more."""
_CLASSES = (
    ("size_25000_or_more", 25_000, 0),
    ("size_10000_to_24999", 10_000, 25_000),
    ("size_5000_to_9999", 5_000, 10_000),
    ("size_2500_to_4999", 2_500, 5_000),
    ("size_1000_to_2499", 1_000, 2_500),
    ("size_600_to_999", 600, 1_000),
    ("size_300_to_599", 300, 600),
    ("size_1_to_299", 1, 300),
)
GROUPS = ("all", *(f"quintile:{fifth}" for fifth in range(1, 6)))
SUBJECTS = ("math", "reading", "both")


class Part(NamedTuple):
    """A district, or one part of a large one: its number, students, schools, and where its schools' numbers begin."""

    district: int
    students: int
    schools: int
    offset: int


@cache
def district_sizes() -> tuple[int, ...]:
    """Students of every district of the nation, the largest first.

    Inside a published class sizes are spread evenly on a logarithmic scale; those of the open class follow a power law
    up to the largest, whose exponent makes the students of all districts add up to the nation's.
    """
    number = {key: registry().value(f"districts.{key}") for key, _, _ in _CLASSES}
    inner = [
        np.floor(low * (high / low) ** ((np.arange(number[key]) + 0.5) / number[key]))
        for key, low, high in _CLASSES
        if high
    ]
    left = registry().value("districts.students") - sum(float(each.sum()) for each in inner)
    every = np.concatenate([_largest(int(number[_CLASSES[0][0]]), left), *inner])
    return tuple(int(size) for size in np.sort(every)[::-1])


def _largest(count: int, students: float) -> Floats:
    """Sizes of the open class with a given sum, by bisection of the power law's exponent."""
    low, top = float(_CLASSES[0][1]), registry().value("districts.largest")
    share = (np.arange(count) + 0.5) / count

    def sizes(exponent: float) -> Floats:
        # Quantiles of a power law cut off at the top.
        reach = 1.0 - (low / top) ** exponent
        return np.asarray(low * (1.0 - share * reach) ** (-1.0 / exponent), dtype=np.float64)

    steep, flat = 20.0, 0.05
    for _ in range(80):
        middle = 0.5 * (steep + flat)
        if sizes(middle).sum() > students:
            flat = middle
        else:
            steep = middle
    return np.floor(sizes(0.5 * (steep + flat)))


@cache
def parts_of_nation() -> tuple[Part, ...]:
    """Every district in parts, in an order that has nothing to do with size, so that any sample of it is a fair one."""
    of_school = registry().value("districts.school_size")
    parts: list[Part] = []
    offset = 0
    for district, students in enumerate(district_sizes()):
        pieces = max(math.ceil(students / MOST_STUDENTS), 1)
        for piece in range(pieces):
            some = students * (piece + 1) // pieces - students * piece // pieces
            schools = max(round(some / of_school), 1)
            parts.append(Part(district, some, schools, offset))
            offset += schools
    order = np.random.default_rng(len(parts)).permutation(len(parts))
    return tuple(parts[place] for place in order)


@dataclass(frozen=True)
class NationTask:
    """One run for every part of the nation, or for every ``one_in``-th.

    Attributes
    ----------
    scenario
        What is run beside typical practice, in the central world; its population's sizes are replaced.
    one_in
        1 for the whole nation.
    """

    scenario: Scenario
    one_in: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.one_in <= len(parts_of_nation()):
            raise InputError("--one-in", "", f"got {self.one_in}", allowed=f"1 to {len(parts_of_nation()):,}")

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is run."""
        return parts_of_nation()[:: self.one_in]

    @property
    def count(self) -> int:
        """Number of runs."""
        return len(self.parts)

    @property
    def columns(self) -> tuple[str, ...]:
        """District, students, schools; then by year, group and subject the mean effect (SD) and students counted."""
        names = ["district", "students", "schools"]
        for year in range(1, self.scenario.years + 1):
            for group in GROUPS:
                names += [f"{what}{subject}.{year}.{group}" for subject in SUBJECTS for what in ("", "counted.")]
        return tuple(names)

    def digest(self) -> str:
        """What distinguishes this task from others."""
        return f"nation {self.scenario.digest()} {self.one_in} {hash_of_sizes()}"

    def inputs(self, run: int) -> dict[str, object]:
        """The part that a run is of."""
        return self.parts[run]._asdict()

    def scenario_of(self, part: Part) -> Scenario:
        """The scenario in a part of the nation."""
        people = self.scenario.population.model_copy(
            update={
                "schools": part.schools,
                "students_per_school": max(round(part.students / part.schools), 1),
                "charter_schools": 0,
                "network_offset": part.offset,
            }
        )
        return self.scenario.with_changes(population=people)

    def prepare(self) -> Callable[[int], Sequence[float]]:
        """What makes a run; the reference is found once in a process."""
        engine = engine_named("batch")
        found = typical(CENTRAL, engine)
        years = self.scenario.years

        def make(run: int) -> Sequence[float]:
            part = self.parts[run]
            runs = PairedRuns(seed=self.scenario.seed, years=years, engine=engine, keep=0)
            both = runs.pair(self.scenario_of(part))
            people = both.base_setting.population
            values = [float(part.district), float(people.students), float(people.schools)]
            return values + _effects(both, runs.run(both, found=found))

        return make


def hash_of_sizes() -> str:
    """Identity of the nation that is drawn."""
    return hashlib.blake2b(repr(district_sizes()).encode(), digest_size=8).hexdigest()


def _effects(both: Pair, run: WorldRun) -> list[float]:
    """Mean effect and students counted by year, group and subject; an empty group says 0 of 0."""
    setting = both.base_setting
    numbers: list[float] = []
    for year in range(setting.years):
        effects = with_both(gaps(setting, run, year))
        found: dict[tuple[str, int], tuple[float, float]] = {}
        for part in partitions(setting, year):
            if not set(part.labels) & set(GROUPS):
                continue
            for column in range(len(SUBJECTS)):
                inside = np.flatnonzero(part.codes[:, column] >= 0)
                codes = part.codes[inside, column]
                count = np.bincount(codes, minlength=len(part.labels))
                total = np.bincount(codes, effects[inside, column], minlength=len(part.labels))
                mean = total / np.maximum(count, 1)
                for label, place in zip(part.labels, range(len(part.labels)), strict=True):
                    found[label, column] = (float(mean[place]), float(count[place]))
        for group in GROUPS:
            for column in range(len(SUBJECTS)):
                numbers += found.get((group, column), (0.0, 0.0))
    return numbers


def totals(task: NationTask, folder: Path) -> pd.DataFrame:
    """Effects over the nation: mean over students, and how districts differ.

    Returns
    -------
    pandas.DataFrame
        One row a year, subject and group: ``mean`` (SD, over students), ``q05`` to ``q95`` (of districts, those of a
        large one taken together), ``below_zero`` (share of districts), ``students`` (counted), ``districts``.
    """
    import pandas as pd

    table = results(task, folder).to_pandas()
    rows = []
    for year in range(1, task.scenario.years + 1):
        for group in GROUPS:
            for subject in SUBJECTS:
                effect = table[f"{subject}.{year}.{group}"]
                weight = table[f"counted.{subject}.{year}.{group}"]
                of = weight > 0.0
                summed = (effect * weight)[of].groupby(table["district"][of]).sum()
                counted = weight[of].groupby(table["district"][of]).sum()
                districts = summed / counted
                quantiles = {f"q{round(100 * q):02d}": districts.quantile(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)}
                rows.append(
                    {
                        "subject": subject,
                        "year": year,
                        "group": group,
                        "mean": float((effect * weight).sum() / weight.sum()),
                        **quantiles,
                        "below_zero": float((districts < 0.0).mean()),
                        "students": int(weight.sum()),
                        "districts": len(districts),
                    }
                )
    return pd.DataFrame(rows)
