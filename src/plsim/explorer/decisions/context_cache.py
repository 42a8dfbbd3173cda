"""What explorations share: people, seats and random draws; typical practice in each world; how much is kept."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from plsim.core.calendar import GRADES
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import Pair
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import YearRecord
from plsim.engine.reference import Typical, typical
from plsim.explorer.decisions.recorder import Diary, Watched
from plsim.explorer.server.kept import Kept, bytes_of
from plsim.population.model import Population
from plsim.report.tables import BOTH
from plsim.runs.outcomes import SPRING
from plsim.runs.paired import PairedRuns, counterfactual_address, world_address
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

UNITS = ("one_on_one", "unmet", "units_taught", "on_task", "match")
"""Of what students did in a year, what the outcomes that the explorer shows are made from."""
_PASSING = ("rows", "students", "sections", "layout", "tables", "lasting", "trace", "networks")


class SharedContext(PairedRuns):
    """The same people, seats and random draws for every scenario of a population.

    Attributes
    ----------
    address
        Where it is kept.
    first
        The pair it began with; others share its settings.
    of_year
        Groups of students by year.
    """

    def __init__(self, address: Hashable, scenario: Scenario, people: Population) -> None:
        super().__init__(seed=scenario.seed, years=scenario.years, population=people, engine=None, keep=0)
        self.address = address
        self.first = self.pair(scenario)
        self.of_year = self.groups(self.first.base_setting)

    @cached_property
    def students(self) -> pd.DataFrame:
        """Who is there in each year, as far as the report counts them; nobody can be told apart."""
        setting = self.first.base_setting
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


class ContextCache:
    """Contexts, references and counterfactuals, made once and kept as long as there is room."""

    def __init__(self, *, megabytes: float = 160.0) -> None:
        room = megabytes * 2.0**20
        self._contexts: Kept[SharedContext] = Kept(0.35 * room, lambda each: bytes_of(each.first, each.of_year))
        self._references: Kept[Typical] = Kept(0.05 * room, bytes_of)
        self._counterfactuals: Kept[tuple[Arm, Diary | None]] = Kept(0.6 * room, lambda each: _bytes(each[0]))
        self._making = threading.Lock()

    def shared(self, scenario: Scenario, source: Hashable, people: Callable[[], Population]) -> SharedContext:
        """The context of a scenario; ``source`` names where its people come from, ``people`` makes them."""
        programs = scenario.programs
        sizes = (scenario.context.class_size, repr(programs.class_size), repr(programs.sections))
        address = (source, repr(population_spec(scenario)), scenario.seed, scenario.years, sizes)
        with self._making:
            found = self._contexts.get(address)
            if found is None:
                found = self._contexts.put(address, SharedContext(address, scenario, people()))
                self._counterfactuals.only(lambda of, _: self.holds(cast(tuple[Hashable, ...], of)[0]))
        return found

    def holds(self, address: Hashable) -> bool:
        """Whether the context of this address is kept: what belongs to another would hold on to it."""
        return address in self._contexts

    def typical(self, world: World, engine: Engine) -> Typical:
        """What typical practice gives in a world."""
        address = world_address(world)
        found = self._references.get(address)
        return found if found is not None else self._references.put(address, typical(world, engine))

    def counterfactual(
        self, shared: SharedContext, both: Pair, world: World, found: Typical, engine: Watched
    ) -> tuple[Arm, Diary | None]:
        """A scenario's counterfactual in a world after all years, made thin; and the diary ``engine`` kept."""
        address = (shared.address, counterfactual_address(both.scenario), world_address(world))
        kept = self._counterfactuals.get(address)
        if kept is None:
            arm = shared.counterfactual(both, world, found, engine)
            kept = self._counterfactuals.put(address, (thin(arm), engine.diary))
        return kept


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
