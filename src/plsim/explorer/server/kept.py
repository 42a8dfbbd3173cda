"""Values kept for the next request, by weight."""

from __future__ import annotations

import ctypes
import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by address; the longest unused go when all together grow too heavy.

    Parameters
    ----------
    most
        How heavy they may be together.
    weight
        How heavy one is; each weighs 1 when left out.
    """

    def __init__(self, most: float, weight: Callable[[T], float] = lambda _: 1.0) -> None:
        self._most, self._weight = most, weight
        self._values: OrderedDict[Hashable, tuple[T, float]] = OrderedDict()
        self._heavy = 0.0
        self._lock = threading.Lock()

    def get(self, address: Hashable) -> T | None:
        """The value at an address, if it is still there."""
        with self._lock:
            if address not in self._values:
                return None
            self._values.move_to_end(address)
            return self._values[address][0]

    def put(self, address: Hashable, value: T) -> T:
        """Keep a value; the one that is there already, if somebody was faster."""
        weight = self._weight(value)
        with self._lock:
            if address in self._values:
                return self._values[address][0]
            self._values[address] = (value, weight)
            self._heavy += weight
            gone = self._without_the_longest_unused()
        if gone:
            give_back()
        return value

    def weigh(self, address: Hashable) -> None:
        """Weigh a value again that has grown since it was put here."""
        with self._lock:
            if address not in self._values:
                return
            value, before = self._values[address]
        weight = self._weight(value)
        with self._lock:
            if self._values.get(address) != (value, before):
                return
            self._values[address] = (value, weight)
            self._heavy += weight - before
            gone = self._without_the_longest_unused()
        if gone:
            give_back()

    def only(self, stays: Callable[[Hashable, T], bool]) -> None:
        """Let go of what does not stay, told by its address and itself."""
        with self._lock:
            for address, (value, weight) in list(self._values.items()):
                if not stays(address, value):
                    del self._values[address]
                    self._heavy -= weight

    def _without_the_longest_unused(self) -> bool:
        gone = False
        while self._heavy > self._most and len(self._values) > 1:
            _, (_, weight) = self._values.popitem(last=False)
            self._heavy -= weight
            gone = True
        return gone

    @property
    def heavy(self) -> float:
        """How heavy they are together."""
        return self._heavy

    def __contains__(self, address: Hashable) -> bool:
        return address in self._values

    def __len__(self) -> int:
        return len(self._values)


def bytes_of(*values: Any, without: Iterable[Any] = ()) -> float:
    """About how much memory the arrays inside some values take; each array counts once, and those of ``without`` not.

    Looks into named tuples, dataclasses and other objects of ours, lists and dictionaries.
    """
    seen: set[int] = set()
    for value in without:
        _bytes(value, seen)
    return float(sum(_bytes(value, seen) for value in values))


def _bytes(value: Any, seen: set[int]) -> int:
    if value is None or isinstance(value, str | bytes | int | float) or id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray) and not isinstance(value.base, np.ndarray):
        return int(value.nbytes)
    return sum(_bytes(each, seen) for each in _inside(value))


def _inside(value: Any) -> Iterable[Any]:
    """What a value holds."""
    if isinstance(value, np.ndarray):
        return (value.base,)
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
        return [*fields, *getattr(value, "__dict__", {}).values()]
    if type(value).__module__.startswith("plsim."):
        held: Iterable[Any] = getattr(value, "__dict__", {}).values()
        return held
    return ()


def give_back() -> None:
    """Give memory that nobody holds back to the system; the C library would keep much of it for later."""
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        found: Callable[[int], int] = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
    return found
