"""The newest request of a page wins, in whatever order requests and their work begin and end."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plsim.explorer.decisions import evaluations as module
from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.decisions.evaluations import Evaluations
from plsim.explorer.server.requests import ScenarioRequest
from plsim.explorer.server.scheduler import Scheduler, Superseded
from plsim.explorer.server.uploads import Uploads

MOVES = 12
DRAGS = 1000
CHANCE = random.Random(15)  # noqa: S311 - no secret


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluations that run nothing: each takes a random while, and gives way as a real one does."""

    def run_central(evaluation: Evaluation, _: Any, __: Any, pause: Any) -> None:
        for _ in range(CHANCE.randrange(3)):
            pause()
        evaluation.central = object()  # type: ignore[assignment]
        evaluation.tell()

    def found(self: Evaluations, requests: tuple[ScenarioRequest, ...], *_: Any) -> tuple[Evaluation, ...]:
        made = []
        for each in requests:
            new = Evaluation(each, None, ())  # type: ignore[arg-type]
            new.address = each.seed
            made.append(self._kept.put(each.seed, new))
        return tuple(made)

    monkeypatch.setattr(module, "run_central", run_central)
    monkeypatch.setattr(Evaluations, "_found", found)
    monkeypatch.setattr(Evaluation, "weight", lambda _: 1.0)


async def stays() -> bool:
    return False


async def drag(evaluations: Evaluations, visitor: str) -> list[Any]:
    """A drag: requests leave one after the other and arrive in any order. The answers, in order of leaving."""

    async def move(turn: int, late: int) -> Any:
        for _ in range(late):
            await asyncio.sleep(0)
        asked = (ScenarioRequest(seed=CHANCE.randrange(5)),)
        return await evaluations.ask(asked, count=0, known=-1, visitor=visitor, turn=turn, gone=stays)

    moves = [move(turn, CHANCE.randrange(8)) for turn in range(1, MOVES + 1)]
    return list(await asyncio.gather(*moves, return_exceptions=True))


@pytest.mark.usefixtures("quick")
def test_a_thousand_drags_end_on_the_newest_answer() -> None:

    async def all_drags() -> None:
        scheduler = Scheduler(2)
        evaluations = Evaluations(scheduler, Uploads())
        for number in range(DRAGS):
            answers = await drag(evaluations, f"page-{number}")
            assert not isinstance(answers[-1], BaseException), number
            others = [each for each in answers[:-1] if isinstance(each, BaseException)]
            assert all(isinstance(each, Superseded) for each in others), number
        scheduler.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, all_drags()).result()


@pytest.mark.usefixtures("quick")
def test_an_older_request_that_arrives_late_does_not_push_out_the_newer() -> None:
    async def both() -> list[Any]:
        evaluations = Evaluations(Scheduler(1), Uploads())
        await evaluations.ask((ScenarioRequest(seed=2),), count=0, known=-1, visitor="one", turn=2, gone=stays)
        late = evaluations.ask((ScenarioRequest(seed=1),), count=0, known=-1, visitor="one", turn=1, gone=stays)
        return list(await asyncio.gather(late, return_exceptions=True))

    with ThreadPoolExecutor(1) as thread:
        (answer,) = thread.submit(asyncio.run, both()).result()
    assert isinstance(answer, Superseded)
