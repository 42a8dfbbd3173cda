"""Runs made by a Dask cluster, for studies that outgrow one machine.

Workers make runs and send their results; this process alone stores them, so the cluster needs no common disk. Chunks
are large (seconds), since each travels. Workers come and go on clusters: a chunk whose worker is lost is made again
elsewhere, many times if need be.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import Counter, deque
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any, NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.core.errors import InputError, RunError
from plsim.sweeps.pool import TRIES
from plsim.sweeps.schedule import Shares
from plsim.sweeps.store import Store
from plsim.sweeps.task import DIED, Calculate, Chunk, Failure, Tally, Task, identity, inputs_of, size, work_through
from plsim.sweeps.worker import Report

CHUNK_SECONDS = 4.0
FIRST_RUNS = 4
LOST_WORKERS = 10
"""A chunk may lose so many workers before it counts as what kills them; Dask's own 3 is few on preempted nodes."""
AHEAD = 3
"""Chunks on their way for every thread of the cluster."""
CONNECT_SECONDS = 30.0

_prepared = threading.local()


class Made(NamedTuple):
    """What a worker sends back: runs that succeeded with their results, and those that failed."""

    run: Ints
    values: Floats
    failures: list[Failure]
    making: float


def make(pickled: bytes, digest: str, chunk: Chunk) -> Made:
    """Make a chunk, on a worker of the cluster. The task is prepared once a thread."""
    task, calculate = _task_and_calculate(pickled, digest)
    tally = Tally(task, size(chunk))
    begun = perf_counter()
    work_through(calculate, chunk, tally)
    run, values = tally.finished()
    return Made(run, values, tally.failures, perf_counter() - begun)


def _task_and_calculate(pickled: bytes, digest: str) -> tuple[Task, Calculate]:
    address = hashlib.blake2b(pickled, digest_size=16).digest()
    if getattr(_prepared, "address", None) != address:
        task: Task = pickle.loads(pickled)  # noqa: S301 - from the client that Dask has connected us to
        if identity(task) != digest:
            raise RunError(
                "A worker of the cluster has another version of plsim or of its evidence than this machine: its "
                "results would not belong together. Install the same version on both."
            )
        _prepared.task, _prepared.calculate = task, task.prepare()
        _prepared.address = address
    return _prepared.task, _prepared.calculate


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError(
            "--dask", "", "the library for clusters is not installed", fix="pip install 'plsim[cluster]'"
        ) from None
    return distributed


def run_on_dask(
    task: Task, store: Store, todo: list[range], *, address: str, counted: Callable[[Report], None]
) -> None:
    """Make stretches of runs on the cluster at an address, and store them here.

    Raises
    ------
    InputError
        When Dask is not installed, or nobody answers at the address.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError("--dask", "", f"no Dask scheduler answers at {address} ({error})") from None
    with client:
        client.run_on_scheduler(_forgive)
        _Cluster(task, store, todo, client=client, counted=counted).run()


def _forgive(dask_scheduler: Any) -> None:
    """On the scheduler: allow more lost workers a chunk. It reads its configuration only when it starts."""
    dask_scheduler.allowed_failures = max(dask_scheduler.allowed_failures, LOST_WORKERS)


class _Cluster:
    """Chunks on their way to a cluster and back."""

    def __init__(
        self, task: Task, store: Store, todo: list[range], *, client: Any, counted: Callable[[Report], None]
    ) -> None:
        self._task, self._client, self._counted = task, client, counted
        self._pickled = pickle.dumps(task)
        self._digest = store.digest
        self._writer = store.writer()
        self._shares = Shares(todo, 1)
        self._again: deque[Chunk] = deque()
        self._suspects: deque[Chunk] = deque()
        self._per_run = 0.0
        self._deaths: Counter[int] = Counter()

    def run(self) -> None:
        """Until nothing is left."""
        from distributed import as_completed

        coming = as_completed(loop=self._client.loop)
        under_way: dict[Any, Chunk] = {}
        try:
            while True:
                chunks = self._next(room=AHEAD * max(self._threads(), 1) - len(under_way))
                if not chunks and not under_way and self._suspects:
                    chunks = [self._suspects.popleft()]
                for chunk in chunks:
                    future = self._client.submit(make, self._pickled, self._digest, chunk, pure=False)
                    under_way[future] = chunk
                    coming.add(future)
                if not under_way:
                    return
                future = next(coming)
                self._take_in(future, under_way.pop(future))
        finally:
            if under_way:
                self._client.cancel(list(under_way))

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _next(self, *, room: int) -> list[Chunk]:
        chunks: list[Chunk] = []
        while room > len(chunks) and (self._again or self._shares.left):
            if self._again:
                chunks.append(self._again.popleft())
                continue
            fair = -(-self._shares.left // max(2 * self._threads(), 1))
            runs = int(CHUNK_SECONDS / self._per_run) if self._per_run else FIRST_RUNS
            chunks.append(self._shares.take(0, max(1, min(runs, fair))))
        return chunks

    def _take_in(self, future: Any, chunk: Chunk) -> None:
        """Store what came back; a chunk that kills workers is halved until the run that does it is alone."""
        from distributed import KilledWorker

        error = future.exception() if future.status in {"error", "cancelled"} else None
        if isinstance(error, KilledWorker):
            self._split(chunk)
        elif error is not None:
            raise error if isinstance(error, RunError) else RunError(f"The cluster failed: {error}")
        else:
            made: Made = future.result()
            self._per_run = made.making / size(chunk)
            self._store(made)

    def _split(self, chunk: Chunk) -> None:
        """Make both halves of a chunk again.

        One run alone as well, for another may have killed its worker: at the end, with nothing else under way.
        """
        if size(chunk) > 1:
            halves = Shares(chunk, 2)
            self._again.extend((halves.whole(0), halves.whole(1)))
            return
        run = chunk[0][0]
        self._deaths[run] += 1
        if self._deaths[run] < TRIES:
            self._suspects.append(chunk)
            return
        failure = Failure(run, DIED.format(times=TRIES * (LOST_WORKERS + 1)), inputs_of(self._task, run))
        self._store(Made(np.empty(0, np.int64), np.empty((0, len(self._task.columns))), [failure], 0.0))

    def _store(self, made: Made) -> None:
        begun = monotonic()
        self._writer.write(made.run, made.values)
        self._writer.write_failures(made.failures)
        error = made.failures[0].error if made.failures else ""
        self._counted(Report(made.run.shape[0], len(made.failures), made.making, monotonic() - begun, error))
