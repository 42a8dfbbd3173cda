"""A worker of the local pool: a process of its own that makes chunks of runs and stores them itself.

It lives as long as its parent and no longer, whatever ends the parent: then it stops after the run in hand, stores
what it has, and is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, NamedTuple

from plsim.sweeps.store import Store
from plsim.sweeps.task import Tally, Task, size, work_through

NOBODY = -1
CURRENT, STOP = 0, 1
"""Places in the memory that a worker shares with its parent: the run in hand, and whether to stop after it."""
GRACE_SECONDS = 2.0
"""How long a worker may take to store what it has when its parent is gone."""


class Ready(NamedTuple):
    """The worker has prepared the task."""


class Report(NamedTuple):
    """A chunk is made and stored."""

    made: int
    failed: int
    making: float
    storing: float
    first_error: str


class Broken(NamedTuple):
    """The worker cannot go on, and another in its place could not either."""

    error: str


def work(task: Task, store: Store, orders: Connection, shared: Any) -> None:
    """Make chunks as they come until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; the parent decides
    threading.Thread(target=_end_with_parent, args=(shared,), daemon=True).start()
    try:
        calculate = task.prepare()
    except Exception as error:  # noqa: BLE001 - told to the parent, who raises it
        orders.send(Broken(f"could not prepare the runs: {type(error).__name__}: {error}"))
        return
    writer = store.writer()

    def go_on(run: int) -> bool:
        shared[CURRENT] = run
        return not shared[STOP]

    try:
        orders.send(Ready())
        while not shared[STOP]:
            chunk = orders.recv()
            if chunk is None:
                return
            tally = Tally(task, size(chunk))
            begun = perf_counter()
            work_through(calculate, chunk, tally, go_on=go_on)
            shared[CURRENT] = NOBODY
            made_by = perf_counter()
            made, failed = tally.store(writer)
            first_error = tally.failures[0].error if tally.failures else ""
            orders.send(Report(made, failed, made_by - begun, perf_counter() - made_by, first_error))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # no parent any more
    except OSError as error:
        orders.send(Broken(f"could not store its runs in {store.parts}: {error.strerror or error}"))


def _end_with_parent(shared: Any) -> None:
    """Wait for the parent's end; then stop, politely for a moment."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    shared[STOP] = 1
    gone = threading.Event()
    gone.wait(GRACE_SECONDS)
    os._exit(1)
