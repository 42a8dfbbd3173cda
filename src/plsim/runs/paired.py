"""Runs of both arms, in one place: population, settings, reference, counterfactual, outcomes, and what runs share.

A run, an evaluation of many variations, a comparison, a stream of districts and a check of robustness all make their
arms here, so that a paired run means the same thing everywhere; so do the claims' lab and the explorer.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from plsim.core.arrays import Floats
from plsim.engine.arm import Arm, Engine
from plsim.engine.engines import engine_named
from plsim.engine.pair import Pair, WorldRun, direct_arm, pair, policy_arm, population_of, typical_arm
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.engine.setting import Setting
from plsim.engine.year import run_years
from plsim.measures.effects import Row, effect_rows
from plsim.population.load import StudentFiles
from plsim.population.model import Population
from plsim.runs.held_channels import run_held
from plsim.runs.outcomes import YearGroups, year_groups, year_outcomes
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

KEPT = 16
"""Populations, plans and counterfactuals that are kept: a sweep that varies them all must not fill memory."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Few(Generic[Key, Value]):
    """A few values by key; the oldest goes when there are too many."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._values: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """The value of a key, if it is still there."""
        return self._values.get(key)

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value."""
        if key not in self._values and len(self._values) >= self._most:
            del self._values[next(iter(self._values))]
        self._values[key] = value
        return value


class PairedRuns:
    """Scenarios beside their counterfactual, on the same people, with the same random draws.

    Populations, settings, references and counterfactuals are made once and kept while there is room, so variations
    that share them cost one arm. Results are those of a run that shares nothing, to the last bit.

    Parameters
    ----------
    seed, years
        Of all runs.
    population
        A population, or a file or folder to read one from; drawn from the norms as each scenario says when None.
    engine
        ``"batch"`` or ``"mesa"``, or an engine; None where every run is given one.
    keep
        Worlds whose references and counterfactuals are kept: one, for who varies scenarios inside a world; 0 keeps no
        counterfactual, for who runs each world once.
    """

    def __init__(
        self,
        *,
        seed: int,
        years: int,
        population: Population | StudentFiles | str | Path | None = None,
        engine: str | Engine | None = "batch",
        keep: int = 1,
    ) -> None:
        self.seed, self.years = seed, years
        self._engine = engine_named(engine) if isinstance(engine, str) else engine
        self._given = population
        self._people: Few[str, Population] = Few()
        self._pairs: Few[str, Pair] = Few()
        self._groups: Few[tuple[int, frozenset[str] | None], tuple[Setting, list[YearGroups]]] = Few()
        self._keep = keep
        self._references: Few[Hashable, Typical] = Few(max(keep, 1))
        self._counterfactuals: dict[Hashable, Few[tuple[str, ...], Arm]] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, object]:
        """All but the lock, which belongs to this process."""
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """Who runs the weeks where a run is given no engine of its own."""
        assert self._engine is not None
        return self._engine

    def population(self, scenario: Scenario) -> Population:
        """The people of a scenario."""
        address = repr(population_spec(scenario))
        with self._lock:
            known = self._people.get(address)
            if known is None:
                known = self._people.put(address, population_of(scenario, self._given, self.seed))
        return known

    def pair(self, scenario: Scenario) -> Pair:
        """Both arms' plans, with the settings of earlier scenarios that have the same people and classes."""
        people = self.population(scenario)
        address = f"{population_spec(scenario)!r} {scenario.context.class_size} {scenario.programs.class_size!r}"
        with self._lock:
            known = self._pairs.get(address)
            both = pair(scenario, people, seed=self.seed, years=self.years, like=known)
            if known is None:
                for setting in {id(both.setting): both.setting, id(both.base_setting): both.base_setting}.values():
                    _ = setting.layouts  # made once here, not by every thread
                self._pairs.put(address, both)
        return both

    def typical(self, world: World = CENTRAL) -> Typical:
        """What typical practice gives in a world."""
        if not self._keep:
            return typical(world, self.engine)
        key = world_address(world)
        known = self._references.get(key)
        return known if known is not None else self._references.put(key, typical(world, self.engine))

    def run(
        self,
        both: Pair,
        world: World = CENTRAL,
        *,
        found: Typical | None = None,
        engine: Engine | None = None,
        base: Arm | None = None,
        held: Collection[str] = (),
        with_direct: bool = False,
    ) -> WorldRun:
        """Both arms in a world, all years.

        Parameters
        ----------
        both
            What :meth:`pair` gave.
        world
            Values of the uncertain parameters.
        found
            The world's reference, where it is known.
        engine
            Who runs the weeks, where threads have engines of their own.
        base
            The counterfactual, where it has been run.
        held
            Channels (``time``, ``match``, ``attention``, ``quality``) that the scenario's students live through as in
            the counterfactual: what is left of the effect came through the others.
        with_direct
            Also live the first year of the arm from which the direct effect is read, where that costs nothing.
        """
        runs = self.engine if engine is None else engine
        reference = found if found is not None else typical(world, runs) if engine is not None else self.typical(world)
        if held:
            return run_held(both, world, runs, held, found=reference)
        if base is None:
            base = self.counterfactual(both, world, reference, runs)
        arm = policy_arm(both, world, reference, base)
        direct = None
        if with_direct and both.direct_differs and both.setting is both.base_setting:
            direct = direct_arm(both, arm.plan, world, reference, base)
        return WorldRun(world, reference, run_years(arm, runs, twin=direct), base, direct)

    def counterfactual(self, both: Pair, world: World, found: Typical, engine: Engine) -> Arm:
        """The counterfactual in a world whose reference is known, all years; a kept one where there is one."""
        kept = self._kept_in(world)
        address = counterfactual_address(both.scenario)
        base = kept.get(address)
        if base is None:
            base = kept.put(address, run_years(typical_arm(both, world, found), engine))
        return base

    def _kept_in(self, world: World) -> Few[tuple[str, ...], Arm]:
        """The counterfactuals of a world; those of the world that was first asked for go when there are too many."""
        if not self._keep:
            return Few()
        key = world_address(world)
        if key not in self._counterfactuals:
            if len(self._counterfactuals) >= self._keep:
                del self._counterfactuals[next(iter(self._counterfactuals))]
            self._counterfactuals[key] = Few()
        return self._counterfactuals[key]

    def outcomes(
        self,
        both: Pair,
        run: WorldRun,
        *,
        only: Collection[str] | None = None,
        groups: Collection[str] | None = None,
        years: Iterable[int] | None = None,
    ) -> tuple[list[Row], Floats]:
        """Rows of effects and their values in one world.

        Parameters
        ----------
        both, run
            A pair and what came of it.
        only
            Names of outcomes; all when None.
        groups
            Labels of groups of students; all when None.
        years
            Counted from 0; all when None.
        """
        setting = both.base_setting
        of_year = self.groups(setting, None if groups is None else frozenset(groups))
        asked: Sequence[int] = range(self.years) if years is None else sorted(set(years))
        return effect_rows(
            tuple(
                year_outcomes(setting, run.scenario, run.counterfactual, year, groups=of_year[year], only=only)
                for year in asked
            )
        )

    def groups(self, setting: Setting, wanted: frozenset[str] | None = None) -> list[YearGroups]:
        """The groups of students by year; only partitions with one of the labels ``wanted``, where some are."""
        known = self._groups.get((id(setting), wanted))
        if known is not None and known[0] is setting:
            return known[1]
        found = [year_groups(setting, year) for year in range(self.years)]
        if wanted is not None:
            found = [
                each._replace(partitions=tuple(part for part in each.partitions if wanted & set(part.labels)))
                for each in found
            ]
        self._groups.put((id(setting), wanted), (setting, found))
        return found


def counterfactual_address(scenario: Scenario) -> tuple[str, ...]:
    """What the counterfactual depends on, beside world and seed."""
    return (
        repr(population_spec(scenario)),
        scenario.context.model_dump_json(),
        scenario.freeze.model_dump_json(),
    )


def world_address(world: World) -> Hashable:
    """An address of a world that is equal for equal worlds."""
    return (world.name, tuple(world.values.items()))
