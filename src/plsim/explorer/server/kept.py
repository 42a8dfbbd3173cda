"""Values kept for the next request, by weight."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

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
            while self._heavy > self._most and len(self._values) > 1:
                _, (_, gone) = self._values.popitem(last=False)
                self._heavy -= gone
            return value

    def __len__(self) -> int:
        return len(self._values)
