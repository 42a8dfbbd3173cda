"""All pictures that are asked for: made once, shared by who asks the same, dropped when nobody waits any more."""

from __future__ import annotations

import asyncio
import gc
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from functools import partial
from itertools import count as counted

from plsim.engine.parameters import World
from plsim.engine.worlds import worlds
from plsim.explorer.decisions.context_cache import Grounds
from plsim.explorer.decisions.evaluation import Picture, run_central, run_number, run_why
from plsim.explorer.server.kept import Kept
from plsim.explorer.server.requests import Question, check_size
from plsim.explorer.server.scheduler import Desk, Superseded
from plsim.explorer.server.uploads import Uploads
from plsim.population.norm_population import from_norms
from plsim.runs.run import DEFAULT_WORLDS
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

MOST_KEPT = 60.0
"""Pictures that are kept: with some 10,000 students each takes a few megabytes."""
MOST_VISITORS = 200
LINGER_SECONDS = 4.0
"""How long worlds go on after an answer, waiting for the next question about the same."""
_LOOK_SECONDS = 0.1
_CENTRAL, _WHY = -1, -2

Gone = Callable[[], Awaitable[bool]]


class Pictures:
    """Makes pictures, and finds them again.

    Parameters
    ----------
    desk
        Whose threads do the work.
    uploads
        Students that were uploaded.
    """

    def __init__(self, desk: Desk, uploads: Uploads) -> None:
        self._desk, self._uploads = desk, uploads
        self.grounds = Grounds()
        self._kept: Kept[Picture] = Kept(MOST_KEPT)
        self._watched: OrderedDict[str, tuple[Picture, ...]] = OrderedDict()
        self._strangers = counted(1)

    def prepare(self, question: Question) -> None:
        """Make the picture that is likely to be asked for first; loads compiled code, too."""
        picture = self.picture(question.scenario(), question.population, DEFAULT_WORLDS)
        picture.begun.add(_CENTRAL)
        run_central(picture, self.grounds, partial(self._desk.engine, urgent=True), lambda: None)
        # What is loaded by now stays: looking through it for garbage would cost each picture a tenth of a second.
        gc.collect()
        gc.freeze()

    def picture(self, scenario: Scenario, population: str, count: int) -> Picture:
        """The picture of a scenario on uploaded students, or on drawn ones; nothing is run yet."""
        # What it is called does not change what is found.
        address = (scenario.with_changes(name="any", purpose="").digest(), population, count)
        picture = self._kept.get(address)
        if picture is not None and picture.failure is None:
            return picture
        students = self._uploads.students(population) if population else None
        if students is not None:
            check_size(len(students), scenario.years)
        source: Hashable = population or "norms"
        spec = population_spec(scenario)
        ground = self.grounds.ground(
            scenario,
            source,
            partial(self._uploads.population, population, spec, seed=scenario.seed)
            if population
            else partial(from_norms, spec, seed=scenario.seed),
        )
        made = Picture(
            scenario, ground, _worlds(count, scenario.seed), source="" if students is None else students.source
        )
        return self._kept.put(address, made) if picture is None else made

    async def ask(
        self,
        questions: tuple[Question, ...],
        *,
        count: int,
        known: int,
        visitor: str,
        gone: Gone,
        same: Callable[[tuple[Scenario, ...]], tuple[Scenario, ...]] = lambda scenarios: scenarios,
        why: bool = False,
    ) -> tuple[Picture, ...]:
        """The pictures of some questions, as soon as more is known than ``known`` worlds of each.

        Parameters
        ----------
        visitor
            Who asks: an earlier question of theirs is dropped.
        gone
            Whether who asked has left.
        same
            Puts the scenarios on common ground.
        why
            Wait for the parts of each effect, too.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, self._found, questions, count, same)
        name = visitor or f"nobody {next(self._strangers)}"
        for other in self._watched.pop(name, ()):
            if other not in found:
                other.leave(name)
        self._watched[name] = found
        while len(self._watched) > MOST_VISITORS:
            self._watched.popitem(last=False)
        for picture in found:
            picture.watch(name)
        stays = False
        try:
            for picture in found:
                await self._wait(picture, picture.enough(known), name, gone)
            if why:
                for picture in found:
                    await self._wait_why(picture, name, gone)
            stays = True
        finally:
            if self._watched.get(name) is found:
                self._after(found, name, stays=stays, again=bool(visitor))
        return found

    def _after(self, found: tuple[Picture, ...], name: str, *, stays: bool, again: bool) -> None:
        """Go on for a while for who may ask again; stop for who has left."""
        for picture in found:
            if stays:
                picture.watch(name, seconds=LINGER_SECONDS)
                self._go_on(picture)
            else:
                picture.leave(name)
        if not (stays and again) or all(each.whole for each in found):
            del self._watched[name]

    def _found(
        self, questions: tuple[Question, ...], count: int, same: Callable[[tuple[Scenario, ...]], tuple[Scenario, ...]]
    ) -> tuple[Picture, ...]:
        scenarios = same(tuple(each.scenario() for each in questions))
        populations = {each.population for each in questions}
        population = questions[0].population if len(populations) > 1 else populations.pop()
        return tuple(self.picture(each, population, count) for each in scenarios)

    async def _wait(self, picture: Picture, count: int, name: str, gone: Gone) -> None:
        self._go_on(picture)
        waiting = asyncio.wrap_future(picture.when(count))
        while True:
            done, _ = await asyncio.wait([waiting], timeout=_LOOK_SECONDS)
            if done:
                waiting.result()
                return
            await self._still(picture, name, gone)
            self._go_on(picture)

    async def _wait_why(self, picture: Picture, name: str, gone: Gone) -> None:
        while picture.why is None:
            if picture.failure is not None:
                raise picture.failure
            await self._still(picture, name, gone)
            self._start(picture, _WHY)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _still(self, picture: Picture, name: str, gone: Gone) -> None:
        """Raise when who asked has left, or has asked something newer."""
        left = await gone()
        if left:
            picture.leave(name)
        if left or picture not in self._watched.get(name, ()):
            raise Superseded

    def _go_on(self, picture: Picture) -> None:
        """Start what is missing: the central world first, then as many others as there are threads."""
        if picture.done < 0:
            self._start(picture, _CENTRAL)
            return
        running = len(picture.begun - set(picture.found) - {_CENTRAL, _WHY})
        missing = [number for number in range(len(picture.worlds)) if number not in picture.begun]
        for number in missing[: max(self._desk.threads - running, 0)]:
            self._start(picture, number)

    def _start(self, picture: Picture, number: int) -> None:
        with picture.lock:
            if number in picture.begun or not picture.wanted:
                return
            picture.begun.add(number)
        queue = self._desk.urgent if number == _CENTRAL else self._desk.patient
        queue(partial(self._work, picture, number))

    def _work(self, picture: Picture, number: int) -> None:
        """Run one world, and then start the next; what is dropped half-way can be begun anew."""
        urgent = number == _CENTRAL

        def pause() -> None:
            if not picture.wanted:
                raise Superseded
            if not urgent:
                self._desk.give_way()

        engine = partial(self._desk.engine, urgent=urgent)
        try:
            pause()
            if urgent:
                run_central(picture, self.grounds, engine, pause)
            elif number == _WHY:
                run_why(picture, engine, pause)
            else:
                run_number(picture, number, self.grounds, engine, pause)
        except Superseded:
            with picture.lock:
                picture.begun.discard(number)
            return
        except Exception as error:  # noqa: BLE001 - told to everybody who waits
            picture.failure = error
            picture.tell()
            return
        with suppress(RuntimeError):  # the server is closing
            self._go_on(picture)


def _worlds(count: int, seed: int) -> tuple[World, ...]:
    return worlds(count, seed) if count else ()
