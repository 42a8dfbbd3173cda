"""Who makes which runs next, and how many: each worker its own stretch, then half of what another has left.

Neighbouring runs often share something dear (a world's reference, a counterfactual) that a worker keeps from one run to
the next. So a worker goes through neighbours, rather than all workers through the same world together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from time import monotonic

import numpy as np
import numpy.typing as npt

from plsim.sweeps.task import Chunk, size

SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 2.0
LARGEST = 16_384
STORED_SHARE = 30.0
"""A chunk takes at least this many times as long to make as to store."""
SLOW_DISK_SECONDS = 5.0
OF_ELAPSED = 0.01


def undone(done: npt.NDArray[np.bool_], first: int, stop: int) -> list[range]:
    """Stretches of runs ``first`` to ``stop - 1`` that are not done yet."""
    edges = np.flatnonzero(np.diff(done[first:stop].astype(np.int8), prepend=1, append=1)) + first
    return [range(int(low), int(high)) for low, high in zip(edges[::2], edges[1::2], strict=True)]


def shard_of(count: int, shard: tuple[int, int] | None) -> tuple[int, int]:
    """First run of a shard, and the one after its last; shards count from 1."""
    if shard is None:
        return 0, count
    number, of = shard
    return count * (number - 1) // of, count * number // of


class Pace:
    """How many runs the next chunk of a process should have, from how long its last ones took.

    Chunks are short at first, so that little is lost when somebody stops a sweep early; up to 2 s in long sweeps, where
    many small parts would be a burden; longer where the disk is slow.

    Parameters
    ----------
    per_run
        Seconds that a run takes, as far as is known; 0 is not at all.
    """

    def __init__(self, per_run: float = 0.0) -> None:
        self.per_run = per_run
        self._begun = monotonic()
        self._storing: deque[float] = deque(maxlen=5)

    def saw(self, runs: int, *, making: float, storing: float) -> None:
        """Take in how many seconds a chunk took to make and to store."""
        self.per_run = making / runs
        self._storing.append(storing)

    def seconds(self) -> float:
        """How long the next chunk should take to make."""
        usual = min(max(SHORTEST_SECONDS, OF_ELAPSED * (monotonic() - self._begun)), LONGEST_SECONDS)
        # A process stores its first part more slowly than all others.
        storing = min(self._storing) if len(self._storing) > 2 else 0.0
        return max(usual, min(STORED_SHARE * storing, SLOW_DISK_SECONDS))

    def runs(self, seconds: float | None = None) -> int:
        """How many runs the next chunk should have, to take so long; 1 when nothing is known."""
        wanted = self.seconds() if seconds is None else seconds
        return max(1, min(int(wanted / self.per_run), LARGEST)) if self.per_run else 1


class Shares:
    """Runs that nobody has taken yet, shared among workers.

    Parameters
    ----------
    todo
        Stretches of runs, in order.
    workers
        Among how many they are shared.
    """

    def __init__(self, todo: Iterable[range], workers: int) -> None:
        self._shares: list[deque[range]] = [deque() for _ in range(workers)]
        self._alone: deque[int] = deque()
        self.left = 0
        stretches = deque(runs for runs in todo if runs)
        total = size(stretches)
        for worker in range(workers):
            want = total * (worker + 1) // workers - total * worker // workers
            self._shares[worker].extend(_take(stretches, want))
            self.left += want

    def take(self, worker: int, runs: int) -> Chunk:
        """The worker's next runs, at least one if there are any, and no more than leaves something for the others."""
        if self._alone:
            self.left -= 1
            run = self._alone.popleft()
            return (range(run, run + 1),)
        if self.left == 0:
            return ()
        own = self._shares[worker]
        if not own:
            richest = max(self._shares, key=size)
            own.extend(_take_back(richest, (size(richest) + 1) // 2))
        workers = len(self._shares)
        fair = self.left if workers == 1 else -(-self.left // (4 * workers))
        chunk = tuple(_take(own, max(1, min(runs, fair))))
        self.left -= size(chunk)
        return chunk

    def give_back(self, worker: int, chunk: Sequence[range], *, alone: int | None = None) -> None:
        """Put runs back that were taken and not made; ``alone`` is made next, in a chunk of its own."""
        for runs in reversed(chunk):
            kept = [runs]
            if alone is not None and alone in runs:
                kept = [range(alone + 1, runs.stop), range(runs.start, alone)]
                self._alone.append(alone)
            self._shares[worker].extendleft(each for each in kept if each)
        self.left += size(chunk)

    def whole(self, worker: int) -> Chunk:
        """All that a worker has left to make, taken out."""
        chunk = tuple(self._shares[worker])
        self._shares[worker].clear()
        self.left -= size(chunk)
        return chunk

    def withdraw(self, run: int) -> None:
        """Take out a run that was given back to be made alone."""
        self._alone.remove(run)
        self.left -= 1


def _take(stretches: deque[range], runs: int) -> list[range]:
    """The first ``runs`` runs, taken out."""
    taken = []
    while runs > 0 and stretches:
        first = stretches.popleft()
        taken.append(first[:runs])
        if len(first) > runs:
            stretches.appendleft(first[runs:])
        runs -= len(taken[-1])
    return taken


def _take_back(stretches: deque[range], runs: int) -> list[range]:
    """The last ``runs`` runs, taken out."""
    taken: deque[range] = deque()
    while runs > 0 and stretches:
        last = stretches.pop()
        cut = max(len(last) - runs, 0)
        taken.appendleft(last[cut:])
        if cut:
            stretches.append(last[:cut])
        runs -= len(taken[0])
    return list(taken)
