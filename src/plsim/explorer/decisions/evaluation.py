"""An evaluation: one scenario beside typical practice, in the central world at once, in more worlds as they come in."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.arm import Engine
from plsim.engine.pair import Pair, WorldRun
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.worlds import first_alike, label
from plsim.explorer.decisions.context_cache import ContextCache, SharedContext, thin
from plsim.explorer.decisions.recorder import Diaries, Diary, Watched
from plsim.explorer.server.kept import bytes_of
from plsim.measures.costs import Costs
from plsim.measures.effects import Row, StudentOutcome, effect_rows
from plsim.runs.decompose import Decomposition, decompose
from plsim.runs.outcomes import year_outcomes
from plsim.runs.result import Result
from plsim.runs.robustness import Robustness, by_row
from plsim.scenario.schema import Scenario

OUTCOMES = frozenset({
    "achievement", "teacher_hours", "strain", "fidelity", "proficiency", "one_on_one_minutes", "unmet_lesson_share",
    "on_task_share", "match", "self_regulation", "engagement", "regroupings_per_month", "trust", "reverted",
    "unpaid_teacher_hours", "budget_cost_per_student", "unpaid_hours_value", "cost_per_student",
    *(f"cost_{name}" for name in Costs._fields),
})  # fmt: skip
"""What is read from every run."""
_STEP = 0.25
"""An answer about more worlds waits for at least this share of what is known."""
_FEWEST = 4


@dataclass
class Evaluation:
    """What is known of a scenario so far, and who wants to know more.

    Attributes
    ----------
    scenario, shared, source, population
        What is asked, on whose students; ``source`` is what a person would call the file they came from,
        ``population`` its name among the uploads.
    worlds
        In which worlds it is to be run, beside the central one.
    address
        Where it is kept.
    rows, central
        What was found in the central world; None before.
    draws
        How many other draws of students, teachers and years tell what chance does; 0 without worlds.
    found, drawn
        Values by number of the world; effects in the central world by number of the draw, from 1.
    run, diaries
        Both arms in the central world, thin; their weeks: scenario, counterfactual.
    why
        Parts of the effect, once somebody asked.
    ends
        The effect with each assumption at the ends of its range, once somebody asked.
    weeks
        What was told of the weeks; more worlds don't change it.
    """

    scenario: Scenario
    shared: SharedContext
    worlds: tuple[World, ...]
    source: str = ""
    population: str = ""
    address: Hashable = None
    draws: int = 0
    rows: list[Row] = field(default_factory=list)
    central: Floats | None = None
    found: dict[int, Floats] = field(default_factory=dict)
    drawn: dict[int, dict[Row, float]] = field(default_factory=dict)
    run: WorldRun | None = None
    diaries: Diaries | None = None
    why: Decomposition | None = None
    ends: Floats | None = None
    weeks: dict[str, Any] = field(default_factory=dict)
    failure: Exception | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    _watchers: dict[str, float] = field(default_factory=dict)
    _waiting: list[tuple[int, Future[None]]] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    """Numbers of worlds that somebody runs or has run; -1 is the central one, -2 the parts of the effect, and what is
    below the draws."""

    @cached_property
    def both(self) -> Pair:
        """Both arms' plans."""
        return self.shared.pair(self.scenario)

    @property
    def done(self) -> int:
        """Worlds that are in; -1 before the central one is."""
        return -1 if self.central is None else len(self.found)

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is in."""
        return self.done == len(self.worlds)

    def result(self, chosen: tuple[int, ...] | None = None) -> Result:
        """What is known, as :func:`plsim.run` would give it; ``chosen`` are the worlds to take, else all there are."""
        assert self.central is not None
        assert self.run is not None
        numbers = sorted(self.found) if chosen is None else chosen
        nothing = np.empty((0, len(self.rows)))
        spread = np.array([self.found[each] for each in numbers]) if numbers else nothing
        with self.lock:
            draws = [self.drawn[number] for number in sorted(self.drawn)]
        return Result(
            scenario=self.scenario,
            seed=self.scenario.seed,
            years=self.scenario.years,
            worlds=len(numbers),
            world_label=label(),
            engine="batch",
            rows=self.rows,
            central=self.central,
            central_error=np.zeros_like(self.central),
            spread=spread,
            errors=np.zeros_like(spread),
            worlds_run=tuple(self.worlds[each] for each in numbers),
            central_run=self.run,
            pair=self.both,
            designs=None,
            robustness=Robustness(by_row(draws) if len(draws) == self.draws else {}),
            population_source=self.source,
            seconds=0.0,
        )

    # Who waits
    # ------------------------------------------------------------------------------------------------------------

    def watch(self, visitor: str, *, seconds: float = math.inf) -> None:
        """Somebody wants to know, for so long."""
        with self.lock:
            self._watchers[visitor] = time.monotonic() + seconds

    def leave(self, visitor: str) -> None:
        """They don't any more."""
        with self.lock:
            self._watchers.pop(visitor, None)

    def waited_for(self, visitor: str) -> bool:
        """Whether this visitor still wants to know."""
        with self.lock:
            return self._watchers.get(visitor, 0.0) > time.monotonic()

    def weight(self) -> float:
        """About how much memory it takes beside what it shares."""
        run = self.run
        own = () if run is None else (run.scenario, self.both)
        shared = (self.shared.first,) if run is None else (self.shared.first, run.counterfactual)
        return bytes_of(own, without=shared) + 2.0**14 * (1 + len(self.found))

    @property
    def wanted(self) -> bool:
        """Whether anybody still wants to know."""
        now = time.monotonic()
        with self.lock:
            return any(until > now for until in self._watchers.values())

    def enough(self, known: int) -> int:
        """How many worlds must be in for the next answer to somebody who knows ``known`` of them."""
        if known < 0:
            return 0
        return min(known + max(_FEWEST, math.ceil(_STEP * known)), len(self.worlds))

    def when(self, count: int) -> Future[None]:
        """Done when so many worlds are in, or when it failed."""
        future: Future[None] = Future()
        with self.lock:
            self._waiting.append((count, future))
        self.tell()
        return future

    def tell(self) -> None:
        """Wake those whose wish is fulfilled."""
        with self.lock:
            ready = [each for each in self._waiting if self.failure is not None or self.done >= each[0]]
            self._waiting = [each for each in self._waiting if each not in ready]
        for _, future in ready:
            if not future.done():
                if self.failure is not None:
                    future.set_exception(self.failure)
                else:
                    future.set_result(None)


def run_central(
    evaluation: Evaluation, contexts: ContextCache, engine: Callable[[], Engine], pause: Callable[[], None]
) -> None:
    """Both arms in the central world, with their weeks."""
    shared, both = evaluation.shared, evaluation.both
    found = contexts.typical(CENTRAL, Watched(engine, pause))
    base, before = contexts.counterfactual(shared, both, CENTRAL, found, Watched(engine, pause, Diary()))
    assert before is not None
    diary = Diary()
    run = shared.run(both, CENTRAL, found=found, engine=Watched(engine, pause, diary), base=base)
    rows, values = outcomes(evaluation, run)
    thin(run.scenario)
    with evaluation.lock:
        evaluation.rows, evaluation.run, evaluation.diaries = rows, run, Diaries(diary, before)
        evaluation.central = values
    evaluation.tell()


def run_number(
    evaluation: Evaluation, number: int, contexts: ContextCache, engine: Callable[[], Engine], pause: Callable[[], None]
) -> None:
    """Both arms in one of the other worlds, or what is known of a copy of it."""
    world = evaluation.worlds[number]
    with evaluation.lock:
        known = evaluation.found.get(first_alike(evaluation.worlds)[number])
        if known is not None:
            evaluation.found[number] = known
    if known is not None:
        evaluation.tell()
        return
    watched = Watched(engine, pause)
    found = contexts.typical(world, watched)
    shared, both = evaluation.shared, evaluation.both
    base, _ = contexts.counterfactual(shared, both, world, found, watched)
    _, values = outcomes(evaluation, shared.run(both, world, found=found, engine=watched, base=base))
    with evaluation.lock:
        evaluation.found[number] = values
    evaluation.tell()


def run_why(evaluation: Evaluation, engine: Callable[[], Engine], pause: Callable[[], None]) -> None:
    """The parts of the effect in the central world."""
    evaluation.why = decompose(evaluation.both, CENTRAL, Watched(engine, pause), run=evaluation.run)


def outcomes(evaluation: Evaluation, run: WorldRun) -> tuple[list[Row], Floats]:
    """The rows of a world: achievement for every group, the rest for everybody and by kind of school."""
    setting, years = evaluation.both.base_setting, []
    for year, groups in enumerate(evaluation.shared.of_year):
        whole = year_outcomes(setting, run.scenario, run.counterfactual, year, groups=groups, only=OUTCOMES)
        scores = tuple(each for each in whole.students if _of_groups(each))
        others = tuple(each for each in whole.students if not _of_groups(each))
        years.append(replace(whole, students=scores, groups=()))
        years.append(replace(whole, students=others, partitions=groups.partitions[:1]))
    return effect_rows(tuple(years))


def _of_groups(outcome: StudentOutcome) -> bool:
    return outcome.name == "achievement" and outcome.unit == "SD"
