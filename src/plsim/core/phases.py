"""Phases of long work, named where they happen and shown, if anybody watches, where people look.

Work that has no count to report says what it is doing with :func:`phase`; a command installs who shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

Teller = Callable[[str], AbstractContextManager[None]]
"""Shows a phase, named in a few words, from when it is entered until it is left."""

_tellers: list[Teller] = []


@contextmanager
def phases_told_by(teller: Teller) -> Iterator[None]:
    """Phases are shown by ``teller``, in every thread."""
    _tellers.append(teller)
    try:
        yield
    finally:
        _tellers.remove(teller)


def phase(name: str) -> AbstractContextManager[None]:
    """A phase of the work that goes on inside; shown when somebody watches."""
    return _tellers[-1](name) if _tellers else nullcontext()
