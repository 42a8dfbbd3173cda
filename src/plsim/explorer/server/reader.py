"""Reads uploaded files in a process of its own: bounded in time and memory, and ended when nobody waits any more."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from plsim.core.errors import PlsimError, PopulationError

MOST_SECONDS = 60.0
START_SECONDS = 300.0
MOST_BYTES = 4 << 30
"""Address space that reading may take, all libraries included; where the system can bound it."""
_LOOK_SECONDS = 0.1
_TOO_MUCH = "reading it takes too much memory here; use `plsim run --population`"


class Gone(Exception):  # noqa: N818 - nothing went wrong
    """Who sent the files has left."""


class Reader:
    """A process that turns files into students, one request after the other. It starts with the first.

    Parameters
    ----------
    seconds
        How long one reading may take.
    read
        What reads; :func:`plsim.population.read.read_students_of` when None.
    """

    def __init__(self, *, seconds: float = MOST_SECONDS, read: Callable[[dict[str, bytes]], Any] | None = None) -> None:
        self._seconds, self._read = seconds, read
        self._turn = threading.Lock()
        self._process: Any = None
        self._pipe: Connection | None = None

    def read(self, contents: Mapping[str, bytes], gone: Callable[[], bool] = lambda: False) -> Any:
        """What files say.

        Parameters
        ----------
        contents
            Files by name.
        gone
            Asked while others' files are read and these are: when it is true, reading ends.

        Raises
        ------
        PlsimError
            What is wrong with the files, or that reading took too much time or memory.
        Gone
            When nobody waits any more.
        """
        while not self._turn.acquire(timeout=_LOOK_SECONDS):
            if gone():
                raise Gone
        try:
            return self._answer(dict(contents), gone)
        finally:
            self._turn.release()

    def _answer(self, contents: dict[str, bytes], gone: Callable[[], bool]) -> Any:
        try:
            pipe = self._started(gone)
            pipe.send(contents)
            answer = self._received(pipe, self._seconds, gone)
        except (EOFError, OSError):  # it ran out of memory and was ended by the system
            self.close()
            raise PopulationError("upload", "", _TOO_MUCH) from None
        students, problem = answer
        if problem:
            raise ToldError(problem)
        return students

    def _received(self, pipe: Connection, seconds: float, gone: Callable[[], bool]) -> Any:
        """What the process says within a time; it is ended when it takes longer, or when nobody waits."""
        until = time.monotonic() + seconds
        while not pipe.poll(_LOOK_SECONDS):
            if gone():
                self.close()
                raise Gone
            if time.monotonic() > until:
                self.close()
                problem = f"reading it takes longer than {seconds:.0f} seconds"
                raise PopulationError("upload", "", problem, fix="Use `plsim run --population`")
        return pipe.recv()

    def _started(self, gone: Callable[[], bool]) -> Connection:
        if self._pipe is None or not self._process.is_alive():
            self.close()
            here, there = multiprocessing.get_context("spawn").Pipe()
            self._process = multiprocessing.get_context("spawn").Process(
                target=_work, args=(there, self._read), name="plsim-reader", daemon=True
            )
            self._process.start()
            there.close()
            self._pipe = here
            # To load what reads may take long on a busy machine, and is no fault of the files.
            self._received(here, START_SECONDS, gone)
            return here
        return self._pipe

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _work(pipe: Connection, read: Callable[[dict[str, bytes]], Any] | None) -> None:
    """What the process does."""
    _bound_memory()
    if read is None:
        from plsim.population.read import read_students_of

        read = read_students_of
    pipe.send("ready")
    while True:
        try:
            contents = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = (read(contents), "")
        except PlsimError as error:
            answer = (None, str(error))  # only the words travel: an error is not put together again from them
        except MemoryError:
            answer = (None, f"upload: {_TOO_MUCH}.")
        pipe.send(answer)


class ToldError(PopulationError):
    """An error that was put into words elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__("", "", text)
        self.args = (text,)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = MOST_BYTES if most == resource.RLIM_INFINITY else min(MOST_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))
