"""Making all runs of a task, each exactly once: here, in several processes, in array jobs or on a cluster.

Whoever makes a run, its bits are the same, and it is stored as soon as its chunk is made. So a sweep that was
interrupted, killed or lost its machine goes on when the same line is given again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter

import pyarrow as pa

from plsim.core.errors import InputError, RunError
from plsim.sweeps.pool import LOOK_SECONDS, Pool
from plsim.sweeps.schedule import SHORTEST_SECONDS, Pace, Shares, shard_of, undone
from plsim.sweeps.store import Store, Writer
from plsim.sweeps.task import Calculate, Failure, Tally, Task, size, work_through
from plsim.sweeps.worker import Report

Progress = Callable[[int, int], None]
"""Called with how many runs are done and how many there are: first with what earlier calls have done."""

START_SECONDS = 2.0
"""What starting a worker costs before it prepares the task: Python and its libraries."""
WORTH_A_POOL = 3.0
"""Workers are started when the runs that are left take so many times as long as starting them."""
HOPELESS = 20
"""A sweep ends when so many runs have failed and none has succeeded."""


@dataclass(frozen=True)
class SweepOutcome:
    """What a call of :func:`run_task` has done.

    Attributes
    ----------
    total
        Runs of the task, or of the shard.
    done
        Of these, runs with results, whenever they were made.
    made
        Runs with results that this call made.
    failed
        Of all, runs that failed; :func:`failures` says how.
    seconds
        How long the call took.
    making, storing
        Seconds of all processes together, in runs and in storing them.
    complete
        Whether every run of the task, other shards' too, has results or is recorded as failed.
    """

    total: int
    done: int
    made: int
    failed: int
    seconds: float
    making: float
    storing: float
    complete: bool


class _Count:
    """What has been done so far, and who wants to know."""

    def __init__(self, *, total: int, before: int, progress: Progress | None) -> None:
        self.total, self.before, self.progress = total, before, progress
        self.made = self.failed = 0
        self.making = self.storing = 0.0
        self._told = 0.0
        self.tell()

    def add(self, news: Report) -> None:
        """Count a chunk. Raises :class:`RunError` when nothing ever succeeds."""
        self.made += news.made
        self.failed += news.failed
        self.making += news.making
        self.storing += news.storing
        if monotonic() - self._told >= LOOK_SECONDS:
            self.tell()
        if self.failed >= min(HOPELESS, self.total) and not self.made and not self.before:
            raise RunError(
                f"The first {self.failed} runs all failed, so the rest was left. One of them: {news.first_error}"
            )

    def tell(self) -> None:
        """Say how far it is."""
        self._told = monotonic()
        if self.progress is not None:
            self.progress(self.before + self.made + self.failed, self.total)


def run_task(
    task: Task,
    folder: Path,
    *,
    workers: int = 1,
    shard: tuple[int, int] | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> SweepOutcome:
    """Make the runs of a task that the folder does not have yet.

    Runs that failed before are tried again. Ctrl-C (``KeyboardInterrupt``) passes through when what is made is stored.

    Parameters
    ----------
    task
        What the runs are.
    folder
        Where results lie, in its subfolder ``runs``; made if missing.
    workers
        Processes. With one, or when the runs are over before others could start, they are made in this process.
    shard
        ``(i, n)``: only the i-th of n parts of the runs, counted from 1, for array jobs that share the folder.
    dask
        Address of the scheduler of a Dask cluster that makes the runs; ``workers`` then means nothing.
    progress
        Called with runs done and runs in all (of the shard).

    Raises
    ------
    StudyError
        When the folder holds runs of another task.
    RunError
        When every run fails, workers cannot be started or the disk is full. Single failed runs raise nothing.
    """
    begun = perf_counter()
    _check(workers, shard)
    try:
        store = Store.of(task, folder)
        first, stop = shard_of(task.count, shard)
        done = store.done()
        before = int(done[first:stop].sum())
        count = _Count(total=stop - first, before=before, progress=progress)
        todo = undone(done, first, stop)
        if todo and dask is not None:
            from plsim.sweeps.cluster import run_on_dask

            run_on_dask(task, store, todo, address=dask, counted=count.add)
        elif todo:
            _run_here(task, store, todo, workers=min(workers, _processors()), count=count)
        count.tell()
        complete = _settle(store, task.count)
    except OSError as error:
        raise RunError(
            f"{folder}: runs could not be stored: {error.strerror or error}. Those stored are kept."
        ) from None
    return SweepOutcome(
        total=count.total,
        done=before + count.made,
        made=count.made,
        failed=count.failed,
        seconds=perf_counter() - begun,
        making=count.making,
        storing=count.storing,
        complete=complete,
    )


def results(task: Task, folder: Path) -> pa.Table:
    """The results of a task: the number of the run and the task's columns, in order of run, every run once.

    Failed and missing runs have no row.
    """
    store = Store.existing(task, folder)
    store.check()
    return store.table()


def failures(task: Task, folder: Path) -> list[Failure]:
    """Runs of a task that failed, with inputs and error, in order of run."""
    store = Store.existing(task, folder)
    store.check()
    return store.failures()


def _check(workers: int, shard: tuple[int, int] | None) -> None:
    if workers < 1:
        raise InputError("--workers", "", f"got {workers}", allowed="1 or more")
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise InputError("--shard", "", f"got {shard[0]}/{shard[1]}", allowed="i/N with i from 1 to N")


def _processors() -> int:
    """How many processes this one may keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _settle(store: Store, count: int) -> bool:
    """Whether the whole task is over; then its parts become one."""
    left = count - int(store.done().sum())
    if left and left > len(store.failures()):
        return False
    store.compact()
    return True


class _Here:
    """Runs made in this process, a chunk at a time."""

    def __init__(self, task: Task, store: Store, count: _Count) -> None:
        begun = perf_counter()
        self._calculate: Calculate = task.prepare()
        self.preparing = perf_counter() - begun
        self._task, self._count = task, count
        self._writer: Writer = store.writer()
        self.pace = Pace()

    def make(self, shares: Shares, *, seconds: float | None = None) -> None:
        """The next chunk, made and stored; at Ctrl-C what there is of it is stored."""
        chunk = shares.take(0, self.pace.runs(seconds))
        tally = Tally(self._task, size(chunk))
        begun = made_by = perf_counter()
        made = failed = 0
        try:
            work_through(self._calculate, chunk, tally)
            made_by = perf_counter()
        finally:
            made, failed = tally.store(self._writer)
        making, storing = made_by - begun, perf_counter() - made_by
        self.pace.saw(size(chunk), making=making, storing=storing)
        error = tally.failures[0].error if tally.failures else ""
        self._count.add(Report(made, failed, making, storing, error))


def _run_here(task: Task, store: Store, todo: list[range], *, workers: int, count: _Count) -> None:
    """Start in this process; when much is left, go on in several."""
    alone = Shares(todo, 1)
    here = _Here(task, store, count)
    tried_until = monotonic() + 4.0 * SHORTEST_SECONDS
    while alone.left and (workers == 1 or monotonic() < tried_until):
        here.make(alone)
    if not alone.left or alone.left * here.pace.per_run < WORTH_A_POOL * (START_SECONDS + here.preparing):
        while alone.left:
            here.make(alone)
        return
    shares = Shares(alone.whole(0), workers)
    pool = Pool(task, store, shares, workers=workers, per_run=here.pace.per_run, counted=count.add)
    try:
        while pool.busy:
            pool.look(LOOK_SECONDS if pool.begun else 0.0)
            if shares.left and not pool.begun:
                here.make(shares, seconds=SHORTEST_SECONDS)  # rather than wait for workers to start
    finally:
        pool.end()
