"""Ctrl-C that answers at once, whatever the run is busy with.

Python looks at Ctrl-C only between its own instructions and in its first thread. Compiled weeks, compilation itself and
pools of threads that finish what they began would keep it waiting for many seconds. So the work is done in a second
thread, and the first one only waits.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

INTERRUPTED = 130
GRACE_SECONDS = 0.5
"""How long interrupted work may take to tidy up (a file that is being written) before the process ends."""
_LOOK_SECONDS = 0.1


def _nothing() -> None:
    """Nothing to tidy up."""


def interruptible(
    work: Callable[[], T], *, message: str | Callable[[], str], tidy: Callable[[], object] = _nothing
) -> T:
    """The result of the work; at Ctrl-C the process says the message and ends with status 130 within a second.

    ``tidy`` is called before that end, which no ``finally`` of the caller sees. A message that depends on how far the
    work came is a function.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    # Not Thread.join: in Python 3.11 an interrupted join takes the thread for finished, and no grace would be given.
    over = threading.Event()

    def do() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the first thread
            errors.append(error)
        finally:
            over.set()

    thread = threading.Thread(target=do, name="plsim work", daemon=True)
    thread.start()
    try:
        while not over.wait(_LOOK_SECONDS):
            pass
    except KeyboardInterrupt:
        _end(thread, over, message, tidy)
    if errors:
        raise errors[0]
    return results[0]


def _end(
    thread: threading.Thread, over: threading.Event, message: str | Callable[[], str], tidy: Callable[[], object]
) -> None:
    """End the process: politely if the work can be stopped between two instructions, else at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C
    # Thrown inside a callback from C, as where compiled code is loaded, the exception cannot be raised: Python would
    # print it, with its traceback.
    sys.unraisablehook = lambda _: None
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt))
    over.wait(GRACE_SECONDS)
    try:
        said = message if isinstance(message, str) else message()
        tidy()
        print(said, file=sys.stderr, flush=True)
    finally:
        os._exit(INTERRUPTED)
