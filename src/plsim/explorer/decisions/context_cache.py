"""What explorations share: people, seats and luck; typical practice in each world; and how much of it is kept."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from plsim.core.calendar import GRADES
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import Pair, pair, typical_arm
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import YearRecord
from plsim.engine.reference import Typical, typical
from plsim.engine.year import run_year
from plsim.explorer.decisions.recorder import Diary
from plsim.explorer.server.kept import Kept, bytes_of
from plsim.measures.groups import Partition
from plsim.population.model import Population
from plsim.report.tables import BOTH
from plsim.runs.outcomes import SPRING, partitions
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

UNITS = ("one_on_one", "unmet", "units_taught", "on_task", "match")
"""Of what students did in a year, what the outcomes that the explorer shows are made from."""
_PASSING = ("rows", "students", "sections", "layout", "tables", "lasting", "trace", "networks")


@dataclass(frozen=True)
class SharedContext:
    """The same people, seats and luck for every scenario of a population.

    Attributes
    ----------
    pair
        A pair of them; others are made like it.
    parts
        Groups of students by year.
    """

    address: Hashable
    pair: Pair
    parts: tuple[tuple[Partition, ...], ...]

    @cached_property
    def students(self) -> pd.DataFrame:
        """Who is there in each year, as far as the report counts them; nobody can be told apart."""
        setting = self.pair.base_setting
        parts = [
            pd.DataFrame({
                "year": year + 1,
                "subject": BOTH,
                "grade": np.array(GRADES, dtype=object)[roster.grade],
                "entered_year": roster.entered + 1,
                "lunch_eligible": roster.lunch_eligible,
                "english_learner": roster.english_learner,
                "special_education": roster.special_education,
            })
            for year, roster in enumerate(setting.timeline.years)
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def paired(self, scenario: Scenario) -> Pair:
        """Both arms' plans of a scenario on this ground."""
        setting = self.pair.base_setting
        both = pair(scenario, setting.population, seed=setting.seed, years=setting.years, like=self.pair)
        if both.setting is not setting:
            _ = both.setting.layouts  # made once here, not by every thread
        return both


class ContextCache:
    """Grounds, references and counterfactuals, made once and kept as long as there is room."""

    def __init__(self, *, megabytes: float = 160.0) -> None:
        room = megabytes * 2.0**20
        self._contexts: Kept[SharedContext] = Kept(0.35 * room, lambda each: bytes_of(each.pair, each.parts))
        self._references: Kept[Typical] = Kept(0.05 * room, bytes_of)
        self._counterfactuals: Kept[tuple[Arm, Diary]] = Kept(0.6 * room, lambda each: _bytes(each[0]))
        self._making = threading.Lock()

    def shared(self, scenario: Scenario, source: Hashable, people: Callable[[], Population]) -> SharedContext:
        """The ground of a scenario; ``source`` names where its people come from, ``people`` makes them."""
        programs = scenario.programs
        sizes = (scenario.context.class_size, repr(programs.class_size), repr(programs.sections))
        address = (source, repr(population_spec(scenario)), scenario.seed, scenario.years, sizes)
        with self._making:
            found = self._contexts.get(address)
            if found is None:
                both = pair(scenario, people(), seed=scenario.seed, years=scenario.years)
                for setting in (both.base_setting, both.setting):
                    _ = setting.layouts
                parts = tuple(partitions(both.base_setting, year) for year in range(scenario.years))
                found = self._contexts.put(address, SharedContext(address, both, parts))
                self._counterfactuals.only(lambda of, _: self.holds(cast(tuple[Hashable, ...], of)[0]))
        return found

    def holds(self, address: Hashable) -> bool:
        """Whether the ground of this address is kept: what stands on another would hold on to it."""
        return address in self._contexts

    def typical(self, world: World, engine: Engine) -> Typical:
        """What typical practice gives in a world."""
        found = self._references.get(_address(world))
        if found is None:
            found = self._references.put(_address(world), typical(world, engine))
        return found

    def counterfactual(
        self, shared: SharedContext, both: Pair, world: World, found: Typical, engine: Callable[[Diary], Engine]
    ) -> tuple[Arm, Diary]:
        """The counterfactual of a scenario on this ground in a world, after all its years, made thin; and its diary.

        ``engine`` makes the engine that runs it, which may write the weeks into the diary.
        """
        context, freeze = both.scenario.context.model_dump_json(), both.scenario.freeze.model_dump_json()
        address = (shared.address, context, freeze, _address(world))
        kept = self._counterfactuals.get(address)
        if kept is None:
            arm, diary = typical_arm(both, world, found), Diary()
            running = engine(diary)
            for _ in range(both.base_setting.years):
                run_year(arm, running)
            kept = self._counterfactuals.put(address, (thin(arm), diary))
        return kept


def _address(world: World) -> Hashable:
    return (world.name, tuple(world.values.items()))


def thin(arm: Arm) -> Arm:
    """An arm that has run, with nothing left but what the explorer's outcomes are made from.

    What is taken away from the records becomes NaN, so that nothing can be made from it by mistake.
    """
    for name in _PASSING:
        delattr(arm, name)
    arm.record = [_thin(record, whole=arm.world is CENTRAL) for record in arm.record]
    return arm


def _thin(record: YearRecord, *, whole: bool) -> YearRecord:
    """A year's record; ``whole`` keeps achievement at all windows, for tables."""

    def nothing(shape: tuple[int, ...]) -> Any:
        return np.broadcast_to(np.nan, shape)

    seen: list[Any] = [nothing(each.shape) for each in record.achievement]
    seen[SPRING] = record.achievement[SPRING].copy()
    return replace(
        record,
        # A list serves where achievement is only ever indexed by window.
        achievement=record.achievement if whole else cast(Any, seen),
        units={name: values if name in UNITS else nothing(values.shape) for name, values in record.units.items()},
        habits=nothing(record.habits.shape),
    )


def _bytes(arm: Arm) -> float:
    """About how much memory a thin arm takes."""
    total = 0
    for record in arm.record:
        for value in vars(record).values():
            arrays = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            total += sum(one.nbytes for one in arrays if isinstance(one, np.ndarray) and 0 not in one.strides)
    return float(total + sys.getsizeof(arm))
