"""A small pool of local processes that survives the death of its workers and never outlives its parent.

Plain process pools lose the sweep with one killed worker. Here a dead worker is replaced, its chunk is given out again,
and a run that was in hand at three deaths is recorded as failed. Needs no server and nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any

from plsim.core.errors import RunError
from plsim.core.threads import one_thread_each
from plsim.sweeps.schedule import Pace, Shares
from plsim.sweeps.store import Store
from plsim.sweeps.task import DIED, Chunk, Failure, Task, inputs_of, size
from plsim.sweeps.worker import CURRENT, NOBODY, STOP, Broken, Ready, Report, work

TRIES = 3
"""A run is given up when so many workers died over it."""
HOPELESS = 5
"""The sweep ends when so many workers in a row, for each that there should be, died and nothing was done."""
AHEAD = 2
"""Chunks a worker has in hand and waiting, so that it never waits for its parent."""
PATIENCE_SECONDS = 2.0
LOOK_SECONDS = 0.1
Counted = Callable[[Report], None]


@dataclass
class _Member:
    """A worker as its parent sees it."""

    process: BaseProcess
    orders: Connection
    shared: Any
    ready: bool = False
    waiting: deque[Chunk] = field(default_factory=deque)


class Pool:
    """Workers on one task.

    Parameters
    ----------
    task, store
        What is made, and where it goes.
    shares
        Runs that nobody has taken.
    workers
        How many processes.
    per_run
        Seconds that a run takes, as far as is known.
    counted
        Told of every chunk that is done.

    Attributes
    ----------
    begun
        Whether some worker has been at work. From then on a run may be what killed it, and nobody else should make it.
    """

    def __init__(
        self, task: Task, store: Store, shares: Shares, *, workers: int, per_run: float, counted: Counted
    ) -> None:
        self._task, self._store, self._shares = task, store, shares
        # Never fork: threads and compiled code do not survive it, and Mesa sets "spawn" for the process anyway.
        self._context = multiprocessing.get_context("spawn")
        self._paces = [Pace(per_run) for _ in range(workers)]
        self._counted = counted
        self._deaths: Counter[int] = Counter()
        self._stillborn = self._in_vain = 0
        self.begun = False
        self._members: list[_Member] = []
        for _ in range(workers):
            self._members.append(self._hire())

    @property
    def busy(self) -> bool:
        """Whether anything is left to do."""
        return self._shares.left > 0 or any(member.waiting for member in self._members)

    def look(self, seconds: float) -> None:
        """Wait for news for so long, and act on it: new chunks for who has done some, new workers for dead ones."""
        doors: dict[Any, int] = {}
        for index, member in enumerate(self._members):
            doors[member.orders] = doors[member.process.sentinel] = index
        for index in {doors[door] for door in connection.wait(list(doors), seconds)}:
            self._hear(index)
        self._feed()

    def end(self) -> None:
        """Let workers store what they have, and see to it that all are gone."""
        for member in self._members:
            member.shared[STOP] = 1
            with contextlib.suppress(OSError):
                member.orders.send(None)
            if not member.ready:
                member.process.kill()  # it has nothing to store
        until = monotonic() + PATIENCE_SECONDS
        for member in self._members:
            member.process.join(max(until - monotonic(), 0.0))
            if member.process.is_alive():
                member.process.kill()
                member.process.join()
            member.orders.close()
            member.process.close()

    def _hire(self) -> _Member:
        ours, theirs = self._context.Pipe()
        shared = self._context.RawArray("q", [NOBODY, 0])
        process = self._context.Process(target=work, args=(self._task, self._store, theirs, shared), daemon=True)
        with _undisturbed(), one_thread_each():
            process.start()
        theirs.close()  # so that its death is the end of the pipe
        return _Member(process, ours, shared)

    def _hear(self, index: int) -> None:
        """All that a worker has said; and its death, if it is dead."""
        member = self._members[index]
        alive = member.process.is_alive()  # asked first: what was said before its death is heard below
        try:
            while member.orders.poll():
                self._take_in(index, member.orders.recv())
        except (EOFError, OSError):
            alive = False
        if not alive:
            self._bury(index)

    def _take_in(self, index: int, news: Ready | Report | Broken) -> None:
        member = self._members[index]
        if isinstance(news, Broken):
            raise RunError(f"A worker {news.error}")
        if isinstance(news, Ready):
            member.ready = self.begun = True
            return
        chunk = member.waiting.popleft()
        self._in_vain = 0
        self._paces[index].saw(size(chunk), making=news.making, storing=news.storing)
        self._counted(news)

    def _bury(self, index: int) -> None:
        """Replace a dead worker and give out its chunks again, apart from a run that keeps killing workers."""
        member = self._members[index]
        if not member.ready:
            self._stillborn += 1
            if self._stillborn >= TRIES:
                raise RunError(
                    "Workers end before they begin (their message is above). In a script of your own, call this "
                    "under `if __name__ == '__main__':`; or use one worker."
                )
        self._in_vain += 1
        if self._in_vain > HOPELESS * len(self._members):
            raise RunError(
                "Workers die again and again and nothing gets done; perhaps memory is too small for so many."
            )
        at = int(member.shared[CURRENT])
        suspect = at if any(at in runs for chunk in member.waiting for runs in chunk) else None
        if suspect is not None:
            self._deaths[suspect] += 1
        for chunk in reversed(member.waiting):
            self._shares.give_back(index, chunk, alone=suspect)
        if suspect is not None and self._deaths[suspect] >= TRIES:
            self._give_up(suspect)
        member.process.join()
        member.orders.close()
        self._members[index] = self._hire()

    def _give_up(self, run: int) -> None:
        self._shares.withdraw(run)
        self._in_vain = 0
        error = DIED.format(times=TRIES)
        self._store.writer().write_failures([Failure(run, error, inputs_of(self._task, run))])
        self._counted(Report(0, 1, 0.0, 0.0, error))

    def _feed(self) -> None:
        """Chunks for every worker that has fewer than it should."""
        for round_ in range(1, AHEAD + 1):
            for index, member in enumerate(self._members):
                if member.ready and len(member.waiting) < round_:
                    chunk = self._shares.take(index, self._paces[index].runs())
                    if chunk and _sent(member.orders, chunk):
                        member.waiting.append(chunk)
                    elif chunk:
                        self._shares.give_back(index, chunk)


def _sent(orders: Connection, chunk: Chunk) -> bool:
    """Whether it went out; not when the worker has just died, of which we hear next."""
    try:
        orders.send(chunk)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that start here never see Ctrl-C, not even before they can say that they ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
