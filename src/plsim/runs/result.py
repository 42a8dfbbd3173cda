"""What a run gives back: effects over worlds, tables on demand, and a folder that suffices to run it again."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib.metadata import PackageNotFoundError, version
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from plsim.core.arrays import Column, Floats
from plsim.core.errors import InputError, RunError, nearest, shown
from plsim.core.files import columns_bytes, json_bytes, write_file
from plsim.core.folders import digests, one_writer, removed
from plsim.engine.worlds import meaning_of
from plsim.evidence import registry
from plsim.measures.effects import Row
from plsim.measures.price_of_gain import SMALLEST_EFFECT, price_rows
from plsim.measures.spread import interval_plot, intervals
from plsim.measures.vocabulary import outcome_label, outcome_unit, untold
from plsim.population.describe import describe
from plsim.runs.manifest import (
    MANIFEST,
    SCHEMA_VERSION,
    code_digests,
    files_digest,
    population_digest,
    refuse_another,
)
from plsim.runs.people import people_document
from plsim.runs.robustness import Robustness
from plsim.scenario.outside import outside_practices
from plsim.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from plsim.engine.pair import Pair, WorldRun
    from plsim.engine.parameters import World
    from plsim.runs.study_designs import Designs

TABLES = ("effects", "weekly", "students", "teachers", "schools", "worlds", "effects_by_world")
OF_EACH = ("students", "schools")
"""Tables with a row for each student or school: of real ones they are written only on request."""
SD_NOTE = (
    "SD: of observed fall scores in the 2020 norms, in the student's grade, for every design. All: grades 1-10, "
    "students there from the first week (stayers); who came later is left out. intention_to_treat: movers too, with "
    "what lasts of the effect."
)
SUMMARY_COLUMNS = (*Row._fields[:6], "value", "low", "high", "unit")


class EffectRow(NamedTuple):
    """A row of the table of effects; see :attr:`Result.effects`."""

    outcome: str
    subject: str
    year: int
    group: str
    estimator: str
    arm: str
    value: float
    low: float
    high: float
    unit: str
    central: float
    positive: float
    luck: float
    seeds: int


@dataclass(frozen=True, repr=False)
class Result:
    """Effects of a scenario beside its counterfactual.

    Attributes
    ----------
    scenario, seed, years, worlds, engine
        What was run.
    world_label
        What kind of worlds these are, to be shown wherever their spread is.
    rows, central
        What each number is, and its value in the central world. Shape (rows,).
    spread
        The values in the worlds. Shape (worlds, rows).
    central_error, errors
        Sampling errors of both, 0 where a row has none. Same shapes.
    worlds_run
        The worlds of the rows of ``spread``.
    central_run
        Both arms in the central world.
    designs
        What the effect was also estimated by, if anything.
    robustness
        Sampling variation of the effect, and what depends on how long gains last.
    """

    scenario: Scenario
    seed: int
    years: int
    worlds: int
    world_label: str
    engine: str
    rows: list[Row]
    central: Floats
    central_error: Floats
    spread: Floats
    errors: Floats
    worlds_run: tuple[World, ...]
    central_run: WorldRun
    pair: Pair
    designs: Designs | None
    robustness: Robustness
    population_source: str
    seconds: float
    population_term: str = ""
    worlds_from: str = ""
    population_options: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row per outcome, subject, year, group and arm, with its value and interval.

        ``value`` is the median over worlds, ``low`` and ``high`` their 90% interval; with no worlds it is the central
        world's and the interval is missing. ``positive`` is the share of worlds above zero. ``luck`` is the standard
        deviation between other draws of students, teachers and years in the central world, and ``seeds`` their number:
        for achievement, of every group; NaN and 0 where luck was not tried. Where a design draws a sample (studies,
        lotteries) the interval holds sampling error too, and is there without worlds. ``unit`` is SD, RIT, points,
        share, hours/week, minutes/week, weeks, count, index or USD.
        """
        import pandas as pd

        return pd.DataFrame(self.effect_rows, columns=list(EffectRow._fields))

    @cached_property
    def effect_rows(self) -> list[EffectRow]:
        """The rows of :attr:`effects`, one by one."""
        value, low, high = intervals(self.central, self.spread, central_error=self.central_error, errors=self.errors)
        positive = (self.spread > 0.0).mean(axis=0) if self.worlds else np.full(len(self.rows), nan)
        columns = [each.tolist() for each in (value, low, high, self.central, positive)]
        numbers = zip(*columns, *self.robustness.columns(self.rows).values(), strict=True)
        found = [
            EffectRow(*row[:6], value, low, high, row.unit, central, positive, luck, seeds)
            for row, (value, low, high, central, positive, luck, seeds) in zip(self.rows, numbers, strict=True)
            if not (isnan(value) or isnan(central))  # nobody in a group: no row
        ]
        prices = price_rows(self.rows, self.central, self.spread)
        return found + [EffectRow(*row[:6], *price, row.unit, nan, nan, nan, 0) for row, price in prices]

    @property
    def headline(self) -> pd.DataFrame:
        """The effects that matter first: achievement of all students, by subject and year, in SD and in points."""
        return headline_rows(self.effects)

    def __repr__(self) -> str:
        about = f"{self.worlds} worlds ({self.world_label})" if self.worlds else "the central world only"
        students = self.pair.base_setting.population.students
        first = f"{self.scenario.name}: {self.years} year(s), {students:,} students, seed {self.seed}, {about}"
        return f"{first}\n{self.headline.to_string(index=False)}"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        first, _, _ = repr(self).partition("\n")
        table = self.headline.to_html(index=False, float_format="{:+.3f}".format, border=0)
        return f"<p>{escape(first)}</p>{table}"

    def plot(self, outcome: str = "achievement", *, subject: str = "both", ax: Any = None) -> Any:
        """An effect by group of students in the last year, with its 90% interval over worlds.

        Parameters
        ----------
        outcome
            As ``plsim list outcomes`` names it.
        subject
            ``"math"``, ``"reading"`` or ``"both"``.
        ax
            Axes of matplotlib to draw into; new ones when None.

        Returns
        -------
        matplotlib.axes.Axes
        """
        unit = outcome_unit(outcome, "SD")
        rows = self.effects.query("estimator == 'paired' and arm == 'difference' and year == @self.years")
        rows = rows[(rows["outcome"] == outcome) & (rows["subject"] == subject) & (rows["unit"] == unit)]
        if rows.empty:
            fix = nearest(outcome, set(self.effects["outcome"]))
            raise InputError("plot", "outcome", f"no effect on '{outcome}', subject {subject}", fix=fix)
        return interval_plot(rows, "group", f"{outcome_label(outcome)}, effect in year {self.years} ({unit})", ax=ax)

    @cached_property
    def world_values(self) -> pd.DataFrame:
        """One row per world: its name, and the value of every uncertain parameter; a file for ``worlds=``."""
        return self._frame("worlds")

    @cached_property
    def effects_by_world(self) -> pd.DataFrame:
        """Every effect in every world, as a long table: the key of a row, the world, the value."""
        return self._frame("effects_by_world")

    def to_xarray(self) -> Any:
        """The effects over worlds as an ``xarray.Dataset`` with one dimension for each part of the key, and worlds.

        Raises
        ------
        InputError
            When xarray is not installed.
        """
        try:
            import xarray
        except ImportError:
            raise InputError(
                "to_xarray", "", "needs xarray", fix="pip install xarray, or use effects_by_world."
            ) from None
        long = self.effects_by_world.query("estimator == 'paired' and arm == 'difference'")
        index = ["outcome", "unit", "subject", "year", "group", "world"]
        return xarray.Dataset.from_dataframe(long.set_index(index)[["value"]])

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences: who was simulated, what was drawn, what the intervals are, what SD means."""
        lines = [*self.people_note, *self.sureness, self.spread_note]
        if not price_rows(self.rows, self.central, self.spread):
            lines.append(
                f"No cost of a gain: the effect may be below {SMALLEST_EFFECT:g} SD, and the cost is a ratio to it."
            )
        told = {
            row.year for row in self.rows if (row.outcome, row.group, row.arm) == ("achievement", "all", "difference")
        }
        if why := untold([year for year in range(1, self.years + 1) if year > max(told, default=self.years)]):
            lines.append(why)
        lines.append(SD_NOTE)
        if self.designs is not None and self.designs.pool is not None:
            lines.append(
                f"study_other_schools: {self.designs.pool.schools} ordinary district schools with students who start "
                "alike; its interval includes sampling error, and any deviation is bias or sampling variation."
            )
        return tuple(lines)

    @property
    def people_note(self) -> tuple[str, ...]:
        """Who was simulated and what was drawn."""
        return tuple(describe(self.pair.base_setting.population))

    @property
    def spread_note(self) -> str:
        """What the intervals are."""
        if not self.worlds:
            return "The central world only: no interval, so no statement of uncertainty."
        return (
            f"Intervals: 90% over {self.worlds} worlds ({self.world_label}): {meaning_of(self.world_label)} For "
            "exploring assumptions, not for prediction."
        )

    @cached_property
    def sureness(self) -> tuple[str, ...]:
        """Plain sentences: uncertainty, sampling variation, how long gains last, which assumptions matter."""
        from plsim.runs.sureness import sureness

        return sureness(self)

    @cached_property
    def students(self) -> pd.DataFrame:
        """One row per student, year and subject, both arms side by side, in the central world."""
        return self._frame("students")

    @cached_property
    def teachers(self) -> pd.DataFrame:
        """One row per teacher's seat and year, both arms side by side, in the central world."""
        return self._frame("teachers")

    @cached_property
    def schools(self) -> pd.DataFrame:
        """One row per school and year, both arms side by side, in the central world; and what a study would say."""
        return self._frame("schools")

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """One row per arm, year, week, school and subject, in the central world; runs it again with recording on."""
        return self._frame("weekly")

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self._columns(name))

    def _columns(self, name: str) -> dict[str, Column]:
        """A table of :data:`TABLES`, as named columns."""
        from plsim.runs import tables

        if name == "effects":
            return tables.transposed(self.effect_rows, EffectRow._fields)
        if name == "effects_by_world":
            return tables.long_table(self.rows, [world.name for world in self.worlds_run], self.spread)
        if name == "worlds":
            return tables.world_table(self.worlds_run)
        if name == "students":
            return tables.student_table(self.central_run, self.pair)
        if name == "teachers":
            return tables.teacher_table(self.central_run, self.pair)
        return self._weekly if name == "weekly" else self._schools

    @cached_property
    def _weekly(self) -> dict[str, Column]:
        from plsim.runs.tables import weekly_table

        return weekly_table(self.central_run, self.pair, self.engine)

    @cached_property
    def _schools(self) -> dict[str, Column]:
        from plsim.runs.tables import school_table

        table = school_table(self.central_run, self.pair)
        if self.designs is None or self.designs.pool is None:
            return table
        from plsim.engine.engines import engine_named
        from plsim.runs.school_estimates import school_estimates

        return table | school_estimates(self.designs, self.central_run, engine_named(self.engine))

    def summary(self) -> dict[str, Any]:
        """The document of ``summary.json``."""
        records = [{name: getattr(row, name) for name in SUMMARY_COLUMNS} for row in self.effect_rows]
        for record in records:
            for name in ("value", "low", "high"):
                record[name] = None if record[name] != record[name] else record[name]
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenario.name,
            "seed": self.seed,
            "worlds": self.worlds,
            "worlds_are": self.world_label if self.worlds else "central world only",
            "sureness": list(self.sureness),
            "effects": records,
        }

    def manifest(self) -> dict[str, Any]:
        """What suffices to make this result again."""
        return {
            "schema_version": SCHEMA_VERSION,
            "plsim": _version("plsim"),
            **code_digests(),
            "scenario": self.scenario.to_toml(),
            "scenario_digest": self.scenario.digest(),
            "practices_from": {name: list(source) for name, source in outside_practices().items()},
            "seed": self.seed,
            "years": self.years,
            "worlds": self.worlds,
            "world_label": self.world_label,
            "worlds_from": self.worlds_from,
            "sureness": list(self.sureness),
            "parameters": {entry.key: entry.value for entry in registry()},
            "population": self.population_source,
            "population_term": self.population_term,
            "population_options": self.population_options,
            "population_files": files_digest(Path(self.population_source) if self.population_source else None),
            "people": people_document(self.pair.base_setting),
            "population_digest": population_digest(self.pair.base_setting.population),
            "population_read": dict(self.pair.base_setting.population.rows),
            "population_drawn": dict(self.pair.base_setting.population.drawn),
            "engine": self.engine,
            "other_designs": self.designs is not None,
            "platform": {
                "python": platform.python_version(),
                "machine": platform.machine(),
                "system": platform.system(),
                **{name: _version(name) for name in ("numpy", "numba", "llvmlite", "mesa", "pandas", "pyarrow")},
            },
            "seconds": round(self.seconds, 3),
        }

    @property
    def tables_by_default(self) -> tuple[str, ...]:
        """Tables that a folder holds unless others are asked for: of real people none with a row for each."""
        real = self.pair.base_setting.population.are_people
        return tuple(name for name in TABLES if not (real and name in OF_EACH))

    @property
    def not_written(self) -> tuple[str, ...]:
        """Tables that a folder does not hold unless they are asked for."""
        return tuple(name for name in TABLES if name not in self.tables_by_default)

    def save(self, folder: str | Path, *, force: bool = False, tables: Sequence[str] = ()) -> Path:
        """Write the tables, the summary and, last, the manifest: a folder without one is not whole.

        Parameters
        ----------
        folder
            Made if it is not there. The same run may be written again; another one's result is not overwritten.
        force
            Overwrite whatever result is there.
        tables
            Tables to write beside the usual ones. Of real people ``students`` and ``schools`` are written only when
            they are named: their rows are about single students and schools.

        Raises
        ------
        InputError
            When the folder holds another result, or somebody else is writing into it.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with one_writer(folder):
                return self.write_into(folder, force=force, tables=tables)
        except OSError as error:
            raise RunError(f"{folder}: the result could not be written: {error.strerror or error}.") from None

    def write_into(self, folder: Path, *, force: bool = False, tables: Sequence[str] = ()) -> Path:
        """What :meth:`save` does, for who is the folder's one writer already."""
        unknown = [name for name in tables if name not in TABLES]
        if unknown:
            raise InputError("tables", "", f"{shown(unknown[0])} is no table", allowed=", ".join(TABLES))
        document = self.manifest()
        if not force:
            refuse_another(folder, document)
        wanted = [name for name in TABLES if name in self.tables_by_default or name in tables]
        try:
            # Never a manifest beside tables of another run, and never a page of one, not even after a power failure.
            removed(folder, (MANIFEST, "summary.json", "report.html", *(f"{name}.parquet" for name in TABLES)))
            for name in wanted:
                write_file(folder / f"{name}.parquet", columns_bytes(self._columns(name)))
            write_file(folder / "summary.json", json_bytes(self.summary()))
            document["files"] = digests(folder, (*(f"{name}.parquet" for name in wanted), "summary.json"))
            write_file(folder / MANIFEST, json_bytes(document))
        except OSError as error:
            raise RunError(f"{folder}: the result could not be written: {error.strerror or error}.") from None
        return folder


def headline_rows(effects: pd.DataFrame) -> pd.DataFrame:
    """Of a table of effects, the rows on everybody's achievement that stand first wherever results are shown."""
    chosen = (
        effects["outcome"].isin(("achievement", "percentile_points"))
        & effects["unit"].isin(("SD", "points"))
        & (effects["group"] == "all")
        & (effects["arm"] == "difference")
        & (effects["estimator"] == "paired")
    )
    columns = ["scenario", "outcome", "subject", "year", "value", "low", "high", "unit"]
    return effects.loc[chosen, [name for name in columns if name in effects.columns]].reset_index(drop=True)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
