"""What a sweep is made of: a task of numbered runs, and what has come of some of them.

A task says what its runs are and how to make one; who makes them (this process, a pool, a cluster) and where results
go is of no concern to it. So a run depends on its number alone, and its bits are the same whoever makes it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.core.identity import plain_bytes, runs_digest

Calculate = Callable[[int], Sequence[float]]
"""From the number of a run to its results, in the order of the task's columns."""

Chunk = tuple[range, ...]
"""Runs that are made and stored together."""

DIED = "the process that made it died ({times} times): out of memory, or a crash in compiled code"


class Task(Protocol):
    """Numbered runs, 0 to ``count - 1``. Small, and picklable: it travels to every worker."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the results of a run."""

    @property
    def count(self) -> int:
        """How many runs there are."""

    def digest(self) -> str:
        """Identity of what is run; that of code and evidence is added by :func:`identity`."""

    def inputs(self, run: int) -> dict[str, object]:
        """What the run was given, in words and numbers, for the record of a failed run."""

    def prepare(self) -> Calculate:
        """What makes the runs. Called once in every process, and may take seconds."""


class Failure(NamedTuple):
    """A run that gave no results.

    Attributes
    ----------
    run
        Its number.
    error
        What went wrong, in a line.
    inputs
        What the run was given.
    trace
        Where in the code, for those who mend it; may be empty.
    """

    run: int
    error: str
    inputs: dict[str, object]
    trace: str = ""


def identity(task: Task) -> str:
    """What a task's results hang on: the task, the evidence, and all code that has a part in a run.

    The code is that of the task's own module, and of all packages that its runs are made by. Two tasks with the same
    identity have the same results, to the last bit.
    """
    digest = hashlib.blake2b(f"{task.digest()} {runs_digest()}".encode(), digest_size=16)
    own = getattr(sys.modules.get(type(task).__module__), "__file__", None)
    if own and Path(own).is_file():
        digest.update(plain_bytes(Path(own)))
    return digest.hexdigest()


def size(chunk: Iterable[range]) -> int:
    """The number of runs in it."""
    return sum(len(runs) for runs in chunk)


def inputs_of(task: Task, run: int) -> dict[str, object]:
    """What the run was given, as JSON can hold it. A task that cannot say is no reason to lose the record."""
    try:
        plain: dict[str, object] = json.loads(json.dumps(task.inputs(run), default=str))
    except Exception as error:  # noqa: BLE001 - the failure that is being recorded matters more
        return {"inputs": f"not known: {error}"}
    return plain


class Sink(Protocol):
    """Where the results of runs go: a store's writer."""

    def write(self, run: Ints, values: Floats) -> None:
        """Keep results. Shapes (runs,), (runs, columns)."""

    def write_failures(self, failures: Sequence[Failure]) -> None:
        """Keep what is known of runs that failed."""


class Tally:
    """What has come of the runs of a chunk so far.

    Interrupted at any point, it holds whole runs only.
    """

    def __init__(self, task: Task, runs: int) -> None:
        self._task = task
        self._run: Ints = np.empty(runs, np.int64)
        self._values: Floats = np.empty((runs, len(task.columns)))
        self._made = 0
        self.failures: list[Failure] = []

    def add(self, run: int, results: Sequence[float]) -> None:
        """Note the results of a run."""
        if len(results) != self._values.shape[1]:
            raise ValueError(f"gave {len(results)} results; the task names {self._values.shape[1]}")
        self._values[self._made] = results
        self._run[self._made] = run
        self._made += 1

    def fail(self, run: int, error: str, trace: str = "") -> None:
        """Note that a run failed."""
        self.failures.append(Failure(run, error, inputs_of(self._task, run), trace))

    def finished(self) -> tuple[Ints, Floats]:
        """The runs that succeeded and their results; one that holds a number that is none joins the failures.

        Shapes (runs,), (runs, columns).
        """
        run, values = self._run[: self._made], self._values[: self._made]
        whole = np.isfinite(values).all(axis=1)
        if whole.all():
            return run, values
        for at in np.flatnonzero(~whole):
            wrong = [
                f"{name} is {value}"
                for name, value in zip(self._task.columns, values[at].tolist(), strict=True)
                if not np.isfinite(value)
            ]
            more = f" (and {len(wrong) - 3} more)" if len(wrong) > 3 else ""
            self.fail(int(run[at]), "; ".join(wrong[:3]) + more)
        self._made = 0  # asked again, it says the same and notes no failure twice
        kept = int(whole.sum())
        self._run[:kept], self._values[:kept] = run[whole], values[whole]
        self._made = kept
        return self._run[:kept], self._values[:kept]

    def store(self, writer: Sink) -> tuple[int, int]:
        """Write down what there is; how many runs succeeded, and how many failed."""
        run, values = self.finished()
        writer.write(run, values)
        writer.write_failures(self.failures)
        return run.shape[0], len(self.failures)


def always(_run: int) -> bool:
    """Go on, whatever comes."""
    return True


def work_through(calculate: Calculate, chunk: Chunk, tally: Tally, *, go_on: Callable[[int], bool] = always) -> None:
    """Make the runs of a chunk, one after the other, and note what comes of each.

    Parameters
    ----------
    calculate
        What the task has prepared.
    chunk
        The runs.
    tally
        Where results and failures go.
    go_on
        Asked before each run, with its number; False leaves the rest of the chunk undone.
    """
    for runs in chunk:
        for run in runs:
            if not go_on(run):
                return
            try:
                tally.add(run, calculate(run))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and the other runs go on
                tally.fail(run, f"{type(error).__name__}: {error}", traceback.format_exc())
