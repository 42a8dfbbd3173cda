"""One scenario, many variations: the outcomes of each beside its counterfactual, keeping what variations share.

Students, seats and luck are made once; the reference D and the counterfactual once per world. So a sweep varies
practices inside and worlds outside. The numbers are those of :func:`plsim.run`, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import InputError, nearest
from plsim.engine.arm import Arm
from plsim.engine.engines import engine_named
from plsim.engine.pair import Pair, pair, policy_arm, population_of, typical_arm
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import Typical, typical
from plsim.engine.setting import Setting
from plsim.measures.effects import effect_rows
from plsim.measures.groups import Partition
from plsim.population.model import Population
from plsim.practices.levers import PRACTICES
from plsim.runs.outcomes import partitions, year_outcomes
from plsim.scenario.build import population_spec
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario, typical_practices

KEPT = 16
"""Populations, plans and counterfactuals that an evaluator keeps: a sweep that varies them all must not fill memory."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Outcome(NamedTuple):
    """A row of ``effects`` of the estimator ``paired``."""

    outcome: str = "achievement"
    subject: str = "both"
    year: int = 1
    group: str = "all"
    arm: str = "difference"
    unit: str = "SD"

    @property
    def label(self) -> str:
        """``achievement/math/year 2/quintile:1``; arm and unit when they are not the usual ones."""
        parts = [self.outcome, self.subject, f"year {self.year}", self.group]
        if self.arm != "difference":
            parts.append(self.arm)
        if self.outcome == "achievement" and self.unit != "SD":
            parts.append(self.unit)
        return "/".join(parts)


def headline(years: int) -> tuple[Outcome, ...]:
    """The effect on achievement of either subject and of both, for everybody, after each year."""
    return tuple(
        Outcome(subject=subject, year=year) for year in range(1, years + 1) for subject in ("math", "reading", "both")
    )


@dataclass(frozen=True)
class _Base:
    """What the variations of a world share: its reference and its counterfactual after all years."""

    world: World
    typical: Typical
    arms: dict[tuple[str, ...], Arm]


class Evaluator:
    """Evaluates variations of one scenario on one population, with common luck.

    Parameters
    ----------
    scenario
        What is varied.
    seed, years
        The scenario's own when None; 0 is a seed.
    population
        A population, or a file or folder to read one from; drawn from norms when None.
    outcomes
        What is read from every run; the effect on achievement after each year when None.
    engine
        ``"batch"`` or ``"mesa"``: the same bits.

    Raises
    ------
    InputError
        When an outcome is not one of those that runs of the scenario have.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        years: int | None = None,
        population: Population | str | Path | None = None,
        outcomes: Sequence[Outcome] | None = None,
        engine: str = "batch",
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.years = scenario.years if years is None else years
        self.outcomes = headline(self.years) if outcomes is None else tuple(outcomes)
        self._engine = engine_named(engine)
        self._given = population
        self._people: dict[str, Population] = {}
        self._pairs: dict[str, Pair] = {}
        self._parts: dict[int, tuple[Setting, tuple[tuple[Partition, ...], ...]]] = {}
        self._base: _Base | None = None
        for at in self.outcomes:
            if not 1 <= at.year <= self.years:
                raise InputError(
                    f"outcome {at.label}", "year", f"got {at.year}", allowed=f"1 to {self.years}, the years simulated"
                )

    def practice_off(self, practice: str) -> dict[str, object]:
        """The changes that put one practice back to what typical schools do."""
        if practice not in PRACTICES:
            raise InputError("practice", practice, "unknown practice", fix=nearest(practice, PRACTICES))
        usual = typical_practices()[practice]
        return {f"practices.{practice}.{name}": getattr(usual, name) for name in type(usual).model_fields}

    def vary(self, changes: Mapping[str, object]) -> Scenario:
        """The scenario with dotted keys changed, checked again."""
        return changed(self.scenario, changes) if changes else self.scenario

    def __call__(self, changes: Mapping[str, object] | None = None, world: World = CENTRAL) -> Floats:
        """The outcomes of the scenario with ``changes``, in a world, beside its counterfactual. Shape (outcomes,).

        Parameters
        ----------
        changes
            Dotted scenario keys and their values: ``{"practices.learning_paths.intensity": 0.6}``.
        world
            Values of the uncertain parameters.
        """
        return self.of(self.vary(changes or {}), world)

    def of(self, scenario: Scenario, world: World = CENTRAL) -> Floats:
        """The outcomes of a variation that is already a scenario. Shape (outcomes,)."""
        both = self._pair(scenario)
        shared = self._shared(world)
        address = _counterfactual_address(scenario)
        base = shared.arms.get(address)
        if base is None:
            base = typical_arm(both, world, shared.typical)
            for _ in range(self.years):
                base.run_year(self._engine)
            _keep(shared.arms, address, base)
        arm = policy_arm(both, world, shared.typical, base)
        for _ in range(self.years):
            arm.run_year(self._engine)
        return self._read(both, arm, base)

    def _shared(self, world: World) -> _Base:
        if self._base is None or self._base.world is not world:
            self._base = _Base(world, typical(world, self._engine), {})
        return self._base

    def _pair(self, scenario: Scenario) -> Pair:
        """Plans of a variation; settings of the first with the same students and classes."""
        of_people = repr(population_spec(scenario))
        people = self._people.get(of_people)
        if people is None:
            people = population_of(scenario, self._given, self.seed)
            _keep(self._people, of_people, people)
        address = f"{of_people} {scenario.context.class_size} {scenario.programs.class_size!r}"
        both = pair(scenario, people, seed=self.seed, years=self.years, like=self._pairs.get(address))
        if address not in self._pairs:
            _keep(self._pairs, address, both)
        return both

    def _read(self, both: Pair, arm: Arm, base: Arm) -> Floats:
        setting = both.base_setting
        parts = self._parts_of(setting)
        only = {at.outcome for at in self.outcomes}
        asked = sorted({at.year - 1 for at in self.outcomes})
        rows, values = effect_rows(
            tuple(year_outcomes(setting, arm, base, year, parts=parts[year], only=only) for year in asked)
        )
        found = {
            Outcome(row.outcome, row.subject, row.year, row.group, row.arm, row.unit): value
            for row, value in zip(rows, values.tolist(), strict=True)
        }
        out = np.empty(len(self.outcomes))
        for index, at in enumerate(self.outcomes):
            value = found.get(at)
            if value is None:
                value = found.get(at._replace(unit=_unit(at, found)))
            if value is None:
                labels = sorted(each.label for each in found)
                raise InputError(
                    f"outcome {at.label}",
                    "",
                    "a run of this scenario has no such row",
                    fix=nearest(at.label, labels),
                    allowed="see `plsim list outcomes`; groups of fewer than 10 students are not shown",
                )
            out[index] = value
        return out

    def _parts_of(self, setting: Setting) -> tuple[tuple[Partition, ...], ...]:
        """The groups that outcomes ask for, year by year."""
        same, parts = self._parts.get(id(setting), (None, ()))
        if same is not setting:
            wanted = {at.group for at in self.outcomes}
            parts = tuple(
                tuple(part for part in partitions(setting, year) if wanted & set(part.labels))
                for year in range(self.years)
            )
            _keep(self._parts, id(setting), (setting, parts))
        return parts


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    """Put something into a store that holds few: the oldest goes."""
    if len(kept) >= KEPT:
        del kept[next(iter(kept))]
    kept[key] = value


def _unit(at: Outcome, found: Mapping[Outcome, float]) -> str:
    """The unit of a row, for outcomes that have only one."""
    return next((each.unit for each in found if each.outcome == at.outcome), at.unit)


def _counterfactual_address(scenario: Scenario) -> tuple[str, ...]:
    """What the counterfactual depends on, beside world and luck."""
    return (
        repr(population_spec(scenario)),
        scenario.context.model_dump_json(),
        scenario.freeze.model_dump_json(),
    )
