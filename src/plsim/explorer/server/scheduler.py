"""Who works when: threads for what somebody waits for, and threads for the rest, which give way to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from plsim.engine.arm import Engine
from plsim.engine.engines import engine_named

T = TypeVar("T")

_LONGEST_WAIT = 2.0
"""Seconds after which patient work goes on for a stretch even under constant urgent work."""


class Superseded(Exception):  # noqa: N818 - nothing went wrong
    """Nobody waits for this work any more."""


class Scheduler:
    """Threads for urgent and for patient work.

    Parameters
    ----------
    threads
        How many of each kind; one per processor when None.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1
        self._pools = {
            name: ThreadPoolExecutor(self.threads, thread_name_prefix=f"plsim-{name}") for name in ("urgent", "patient")
        }
        self._waiting = 0
        self._closed = False
        self._calm = threading.Condition()
        self._engines: dict[int, Engine] = {}

    def urgent(self, work: Callable[[], T]) -> Future[T]:
        """Do it as soon as a thread is free."""
        with self._calm:
            self._waiting += 1

        def done(_: Future[T]) -> None:
            with self._calm:
                self._waiting -= 1
                self._calm.notify_all()

        future = self._pools["urgent"].submit(work)
        future.add_done_callback(done)
        return future

    def patient(self, work: Callable[[], T]) -> Future[T]:
        """Do it when there is time."""
        return self._pools["patient"].submit(work)

    def give_way(self) -> None:
        """Wait while urgent work is to be done; called by patient work between its weeks.

        Raises
        ------
        Superseded
            If the scheduler has been closed.
        """
        with self._calm:
            self._calm.wait_for(lambda: self._waiting == 0 or self._closed, timeout=_LONGEST_WAIT)
        self.go_on()

    def go_on(self) -> None:
        """Called by urgent work between its weeks; raises :class:`Superseded` if the scheduler has been closed."""
        if self._closed:
            raise Superseded

    def engine(self, *, urgent: bool) -> Engine:
        """The engine to use now: on all processors for urgent work that is alone. The bits are the same."""
        threads = self.threads if urgent and self._waiting <= 1 else 1
        if threads not in self._engines:
            self._engines[threads] = engine_named("batch", threads=threads)
        return self._engines[threads]

    def close(self) -> None:
        """Take no more work, drop what has not begun, and wait until what has begun stops before its next week."""
        with self._calm:
            self._closed = True
            self._calm.notify_all()
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)
