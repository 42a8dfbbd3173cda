"""All evaluations that are asked for: made once, shared by who asks the same, dropped when nobody waits any more."""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from itertools import count as counted

from plsim.attribution.one_at_a_time import end_worlds
from plsim.engine.arm import Engine
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.worlds import worlds
from plsim.explorer.decisions.chance import OtherDraws
from plsim.explorer.decisions.context_cache import ContextCache
from plsim.explorer.decisions.evaluation import Evaluation, run_central, run_number, run_why
from plsim.explorer.decisions.recorder import Watched
from plsim.explorer.server.kept import Kept
from plsim.explorer.server.requests import ScenarioRequest, check_size
from plsim.explorer.server.scheduler import Scheduler, Superseded
from plsim.explorer.server.uploads import Uploads
from plsim.population.norm_population import from_norms
from plsim.runs.robustness import LUCK_DRAWS, luck_draws
from plsim.runs.run import DEFAULT_WORLDS
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

MOST_KEPT_BYTES = 60.0 * 2**20
"""Room for evaluations that are kept: with some 10,000 students each takes a few megabytes."""
MOST_VISITORS = 200
LINGER_SECONDS = 4.0
"""How long worlds go on after an answer, waiting for the next question about the same."""
_LOOK_SECONDS = 0.1
_CENTRAL, _WHY = -1, -2
_DRAWS_BELOW = -10
"""Draw 1 has the number below this one, draw 2 the next."""
ENDS = "ends"
"""In place of a number of worlds: those in which one assumption is at an end of its range."""

Gone = Callable[[], Awaitable[bool]]


class Evaluations:
    """Makes evaluations, and finds them again.

    Parameters
    ----------
    desk
        Whose threads do the work.
    uploads
        Students that were uploaded.
    """

    def __init__(self, scheduler: Scheduler, uploads: Uploads) -> None:
        self._scheduler, self._uploads = scheduler, uploads
        self.contexts = ContextCache()
        self.other_draws = OtherDraws(uploads)
        self._kept: Kept[Evaluation] = Kept(MOST_KEPT_BYTES, Evaluation.weight)
        self._watched: OrderedDict[str, tuple[Evaluation, ...]] = OrderedDict()
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._arrivals = counted(1)

    def prepare(self, asked: ScenarioRequest) -> None:
        """Make the evaluation that is likely to be asked for first; loads compiled code, too."""
        evaluation = self.evaluation(asked.scenario(), asked.population, DEFAULT_WORLDS)
        evaluation.begun.add(_CENTRAL)
        run_central(evaluation, self.contexts, partial(self._scheduler.engine, urgent=True), lambda: None)
        # What is loaded by now stays: looking through it for garbage would cost each evaluation a tenth of a second.
        gc.collect()
        gc.freeze()

    def evaluation(self, scenario: Scenario, population: str, count: int | str) -> Evaluation:
        """The evaluation of a scenario on uploaded students, or on drawn ones; nothing is run yet.

        ``count`` is how many worlds, or :data:`ENDS`.
        """
        # What it is called does not change what is found.
        address = (scenario.with_changes(name="any", purpose="").digest(), population, count)
        evaluation = self._kept.get(address)
        if evaluation is not None and evaluation.failure is None:
            return evaluation
        students = self._uploads.students(population) if population else None
        if students is not None:
            check_size(len(students), scenario.years)
        source: Hashable = population or "norms"
        spec = population_spec(scenario)
        shared = self.contexts.shared(
            scenario,
            source,
            partial(self._uploads.population, population, spec, seed=scenario.seed)
            if population
            else partial(from_norms, spec, seed=scenario.seed),
        )
        self._kept.only(lambda _, each: self.contexts.holds(each.shared.address))
        made = Evaluation(
            scenario,
            shared,
            _worlds(count, scenario),
            source="" if students is None else students.source,
            population=population,
            address=address,
            draws=luck_draws(shared.first.base_setting.population.students, scenario.years) if _bands(count) else 0,
        )
        return self._kept.put(address, made) if evaluation is None else made

    async def ask(
        self,
        requests: tuple[ScenarioRequest, ...],
        *,
        count: int | str,
        known: int,
        visitor: str,
        gone: Gone,
        turn: int = 0,
        same: Callable[[tuple[Scenario, ...]], tuple[Scenario, ...]] = lambda scenarios: scenarios,
        why: bool = False,
    ) -> tuple[Evaluation, ...]:
        """The evaluations of some questions, as soon as more is known than ``known`` worlds of each.

        Parameters
        ----------
        visitor
            Who asks: an earlier request of theirs is dropped.
        turn
            Which request of theirs this is, counted by who asks, because requests may overtake each other on the way:
            the one with the higher turn is the newer. 0: it is newer than all that came before.
        gone
            Whether who asked has left.
        same
            Puts the scenarios on common ground.
        why
            Wait for the parts of each effect, too.
        """
        loop = asyncio.get_running_loop()
        arrival = next(self._arrivals)
        name = visitor or f"nobody {arrival}"
        # Decided when it arrives: what follows is done in threads, and may end in any order.
        mine = turn or arrival
        if mine < self._newest.get(name, 0):
            raise Superseded
        self._newest[name] = mine
        self._newest.move_to_end(name)
        while len(self._newest) > MOST_VISITORS:
            self._newest.popitem(last=False)
        found = await loop.run_in_executor(None, self._found, requests, count, same)
        if self._newest.get(name, mine) > mine:
            raise Superseded
        for other in self._watched.pop(name, ()):
            if other not in found:
                other.leave(name)
        self._forget_expired()
        self._watched[name] = found
        while len(self._watched) > MOST_VISITORS:
            self._watched.popitem(last=False)
        for evaluation in found:
            evaluation.watch(name)
        stays = False
        try:
            for evaluation in found:
                await self._wait(evaluation, evaluation.enough(known), name, gone)
            if why:
                for evaluation in found:
                    await self._wait_why(evaluation, name, gone)
            stays = True
        finally:
            if self._watched.get(name) is found:
                self._after(found, name, stays=stays, again=bool(visitor))
        return found

    def _forget_expired(self) -> None:
        """Hold on to nothing for who has not come back."""
        for name in [name for name, found in self._watched.items() if not any(each.waited_for(name) for each in found)]:
            del self._watched[name]

    def _after(self, found: tuple[Evaluation, ...], name: str, *, stays: bool, again: bool) -> None:
        """Go on for a while for who may ask again; stop for who has left."""
        for evaluation in found:
            if stays:
                evaluation.watch(name, seconds=LINGER_SECONDS)
                self._go_on(evaluation)
            else:
                evaluation.leave(name)
        if not (stays and again) or all(each.whole for each in found):
            del self._watched[name]

    def _found(
        self,
        requests: tuple[ScenarioRequest, ...],
        count: int | str,
        same: Callable[[tuple[Scenario, ...]], tuple[Scenario, ...]],
    ) -> tuple[Evaluation, ...]:
        scenarios = same(tuple(each.scenario() for each in requests))
        populations = {each.population for each in requests}
        population = requests[0].population if len(populations) > 1 else populations.pop()
        return tuple(self.evaluation(each, population, count) for each in scenarios)

    async def _wait(self, evaluation: Evaluation, count: int, name: str, gone: Gone) -> None:
        self._go_on(evaluation)
        waiting = asyncio.wrap_future(evaluation.when(count))
        while True:
            done, _ = await asyncio.wait([waiting], timeout=_LOOK_SECONDS)
            if done:
                waiting.result()
                return
            await self._still(evaluation, name, gone)
            self._go_on(evaluation)

    async def _wait_why(self, evaluation: Evaluation, name: str, gone: Gone) -> None:
        while evaluation.why is None:
            if evaluation.failure is not None:
                raise evaluation.failure
            await self._still(evaluation, name, gone)
            self._start(evaluation, _WHY)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _still(self, evaluation: Evaluation, name: str, gone: Gone) -> None:
        """Raise when who asked has left, or has asked something newer."""
        left = await gone()
        if left:
            evaluation.leave(name)
        if left or evaluation not in self._watched.get(name, ()):
            raise Superseded

    def _go_on(self, evaluation: Evaluation) -> None:
        """Start what is missing: the central world first, then as many others as there are threads."""
        if evaluation.done < 0:
            self._start(evaluation, _CENTRAL)
            return
        over = {*evaluation.found, *(_DRAWS_BELOW - number for number in evaluation.drawn)}
        running = len(evaluation.begun - over - {_CENTRAL, _WHY})
        missing = [number for number in _order(evaluation) if number not in evaluation.begun]
        for number in missing[: max(self._scheduler.threads - running, 0)]:
            self._start(evaluation, number)

    def _start(self, evaluation: Evaluation, number: int) -> None:
        with evaluation.lock:
            if number in evaluation.begun or not evaluation.wanted:
                return
            evaluation.begun.add(number)
        queue = self._scheduler.urgent if number == _CENTRAL else self._scheduler.patient
        queue(partial(self._work, evaluation, number))

    def _work(self, evaluation: Evaluation, number: int) -> None:
        """Run one world, and then start the next; what is dropped half-way can be begun anew."""
        urgent = number == _CENTRAL

        def pause() -> None:
            if not evaluation.wanted:
                raise Superseded
            if urgent:
                self._scheduler.go_on()
            else:
                self._scheduler.give_way()

        engine = partial(self._scheduler.engine, urgent=urgent)
        try:
            pause()
            if urgent:
                run_central(evaluation, self.contexts, engine, pause)
            elif number == _WHY:
                run_why(evaluation, engine, pause)
            elif number < _DRAWS_BELOW:
                self._run_draw(evaluation, _DRAWS_BELOW - number, Watched(engine, pause))
            else:
                run_number(evaluation, number, self.contexts, engine, pause)
        except Superseded:
            with evaluation.lock:
                evaluation.begun.discard(number)
            return
        except Exception as error:  # noqa: BLE001 - told to everybody who waits
            evaluation.failure = error
            evaluation.tell()
            return
        if urgent or number == _WHY:
            self._kept.weigh(evaluation.address)
        with suppress(RuntimeError):  # the server is closing
            self._go_on(evaluation)

    def _run_draw(self, evaluation: Evaluation, number: int, engine: Engine) -> None:
        """One other draw of students, teachers and years in the central world."""
        evaluation.drawn[number] = self.other_draws.effects(
            evaluation.scenario,
            evaluation.population,
            number,
            found=self.contexts.typical(CENTRAL, engine),
            engine=engine,
        )


def _order(evaluation: Evaluation) -> Iterator[int]:
    """What is run after the central world.

    Draws come before the last world, so that whoever has all worlds knows what chance does, too; where they take no
    time they come first.
    """
    draws = [_DRAWS_BELOW - number for number in range(1, evaluation.draws + 1)]
    numbers = range(len(evaluation.worlds))
    yield from (*draws, *numbers[:-1]) if evaluation.draws == LUCK_DRAWS else (*numbers[:-1], *draws)
    if len(evaluation.drawn) == evaluation.draws:
        yield from numbers[-1:]


def _bands(count: int | str) -> bool:
    """Whether worlds are run for their bands."""
    return count != ENDS and bool(count)


def _worlds(count: int | str, scenario: Scenario) -> tuple[World, ...]:
    if count == ENDS:
        return end_worlds(doses=scenario.dose_unpublished)
    return _drawn(int(count), scenario.seed) if count else ()


@lru_cache(maxsize=16)
def _drawn(count: int, seed: int) -> tuple[World, ...]:
    return worlds(count, seed)
