"""Scenarios side by side: the same students, schools, random numbers and worlds, so that sampling error cancels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.errors import InputError
from plsim.core.files import json_bytes, parquet_bytes, write_file
from plsim.core.folders import digests, removed
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL
from plsim.measures.effects import Row
from plsim.measures.spread import intervals
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.runs.decompose import Decomposition, decompose
from plsim.runs.result import SD_NOTE, Result, headline_rows
from plsim.runs.robustness import Robustness
from plsim.runs.run import run
from plsim.runs.sureness import FEWEST_WORLDS, TOO_FEW, assumptions
from plsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1

Progress = Callable[[int, int], None]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Results of several scenarios on common ground; the first is what the others are compared with.

    Attributes
    ----------
    results
        In the order asked for.
    why
        Parts of each scenario's effect in the central world, by scenario name; empty where not asked for.
    """

    results: tuple[Result, ...]
    why: Mapping[str, Decomposition] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences: what the scenarios have in common, and what they don't.

        The uncertainty of a single scenario's effect is reported in its own folder.
        """
        contexts = {each.scenario.context for each in self.results}
        lines = [*self.base.people_note, self.base.spread_note, SD_NOTE]
        if len({each.scenario.population for each in self.results}) > 1:
            lines.append("Each scenario has schools of its own, so differences include those between the schools.")
        if len(contexts) > 1:
            lines.append(
                "The scenarios' contexts differ, so each effect is relative to typical practice in its own context."
            )
        return tuple(lines)

    @property
    def headline(self) -> pd.DataFrame:
        """The differences that matter first: achievement of all students, by scenario, subject and year."""
        return headline_rows(self.differences)

    def __repr__(self) -> str:
        names = ", ".join(each.scenario.name for each in self.results)
        return f"Comparison of {names}; each minus {self.base.scenario.name}\n{self.headline.to_string(index=False)}"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return str(self.headline.to_html(index=False, float_format="{:+.3f}".format, border=0))

    @property
    def base(self) -> Result:
        """What the others are compared with."""
        return self.results[0]

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Effect of each later scenario minus that of the first, world by world: rows as in a result, and ``scenario``.

        ``low`` and ``high`` hold 90% of worlds, ``positive`` is the share of worlds above zero, ``luck`` the standard
        deviation between ``seeds`` other draws of students, teachers and years, the same ones for both.
        """
        import pandas as pd

        parts = [self._difference(each) for each in self.results[1:]]
        return pd.concat(parts, ignore_index=True)

    def _difference(self, other: Result) -> pd.DataFrame:
        import pandas as pd

        place = {row: index for index, row in enumerate(self.base.rows)}
        shared = [
            (index, place[row]) for index, row in enumerate(other.rows) if row in place and row.arm == "difference"
        ]
        mine, base = (np.array(each, dtype=np.int64) for each in zip(*shared, strict=True))
        spread = other.spread[:, mine] - self.base.spread[:, base]
        central = other.central[mine] - self.base.central[base]
        none = np.zeros_like(central)
        table = pd.DataFrame([other.rows[index] for index in mine], columns=list(Row._fields))
        value, low, high = intervals(central, spread, central_error=none, errors=np.zeros_like(spread))
        positive = (spread > 0.0).mean(axis=0) if len(spread) else np.full(len(table), np.nan)
        table = table.assign(value=value, low=low, high=high, central=central, positive=positive)
        table = table.assign(**self._luck(other).columns([other.rows[index] for index in mine]))
        table.insert(0, "scenario", other.scenario.name)
        table.insert(1, "against", self.base.scenario.name)
        return table

    def _luck(self, other: Result) -> Robustness:
        """The differences with other luck: draw by draw, as both had the same."""
        mine, base = (each.robustness.draws for each in (other, self.base))
        return Robustness({row: tuple(np.subtract(mine[row], base[row]).tolist()) for row in mine if row in base})

    @cached_property
    def sureness(self) -> tuple[str, ...]:
        """What the differences in the last year depend on, in plain sentences; none without worlds."""
        if not self.base.worlds:
            return ()
        lines = tuple(line for other in self.results[1:] for line in self._hangs_on(other))
        return (*lines, TOO_FEW) if self.base.worlds < FEWEST_WORLDS else lines

    def _hangs_on(self, other: Result) -> list[str]:
        asked = Row("achievement", "both", self.base.years, "all", "paired", "difference", "SD")
        mine, base = (each.spread[:, each.rows.index(asked)] for each in (other, self.base))
        # Doses that were never published are an assumption of a difference, whichever of the two has them.
        of = other if other.scenario.dose_unpublished else self.base
        about = f"{other.scenario.name} - {self.base.scenario.name}, both subjects, year {self.base.years}"
        return assumptions(of, mine - base, about=about)

    def save(self, folder: Path, *, settings: Mapping[str, Any] | None = None) -> Path:
        """Write every scenario's result folder, the differences, and last the summary, over what is there.

        ``settings`` is what was asked for; the summary repeats it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        removed(folder, ("comparison.json", "differences.parquet"))
        for each in self.results:
            each.save(folder / each.scenario.name, force=True)
        write_file(folder / "differences.parquet", parquet_bytes(self.differences))
        document = {**self.summary(), "files": digests(folder, ("differences.parquet",)), "settings": settings}
        write_file(folder / "comparison.json", json_bytes(document))
        return folder

    def summary(self) -> dict[str, Any]:
        """The document of ``comparison.json``: differences first."""
        base = self.base
        return {
            "schema_version": SCHEMA_VERSION,
            "scenarios": [each.scenario.name for each in self.results],
            "seed": base.seed,
            "years": base.years,
            "worlds": base.worlds,
            "worlds_are": base.world_label if base.worlds else "central world only",
            "differences": [_plain(record) for record in self.differences.to_dict(orient="records")],
            "sureness": list(self.sureness),
            "why": {
                name: [_plain(row) for row in each.table().to_dict(orient="records")] for name, each in self.why.items()
            },
        }


def compare(
    scenarios: Sequence[Scenario],
    *,
    seed: int | None = None,
    years: int | None = None,
    worlds: int | str | Path | None = None,
    population: Population | StudentFiles | str | Path | None = None,
    own_populations: bool = False,
    why: bool = True,
    engine: str = "batch",
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Scenarios in the same schools, with the same random numbers and in the same worlds.

    Parameters
    ----------
    scenarios
        Two or more, of different names; the first is what the others are compared with.
    seed, years
        The first scenario's seed, and the fewest years of any scenario, when None.
    population
        Files to read students and schools from; else all scenarios get those of the first.
    own_populations
        Keep each scenario's own students and schools: for the question whether something works elsewhere.
    why
        Also find the parts of each effect in the central world (fourteen more runs each).
    engine
        ``"batch"``, ``"mesa"`` or ``"mesa:MODULE:CLASS"``.
    """
    names = [each.name for each in scenarios]
    if len(set(names)) < max(len(names), 2):
        raise InputError(
            "compare", "", f"got {', '.join(names) or 'nothing'}", allowed="two or more different scenarios"
        )
    first = scenarios[0]
    seed = first.seed if seed is None else seed
    years = min(each.years for each in scenarios) if years is None else years
    results: list[Result] = []
    parts: dict[str, Decomposition] = {}
    steps = len(scenarios) * (2 if why else 1)

    def step() -> None:
        if progress is not None:
            progress(len(results) + len(parts), steps)

    for scenario in scenarios:
        common = scenario if own_populations else scenario.with_changes(population=first.population)
        results.append(
            run(
                common.with_changes(seed=seed, years=years),
                seed=seed,
                years=years,
                worlds=worlds,
                population=population,
                engine=engine,
                workers=workers,
                other_designs=False,
            )
        )
        step()
        if why:
            parts[scenario.name] = decompose(
                results[-1].pair, CENTRAL, engine_named(engine, threads=workers), run=results[-1].central_run
            )
            step()
    return Comparison(tuple(results), parts)


def _plain(record: dict[Any, Any]) -> dict[str, Any]:
    """A row for JSON: what is missing is null."""
    return {
        str(key): None if isinstance(value, float) and math.isnan(value) else value for key, value in record.items()
    }
