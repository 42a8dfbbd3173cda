"""Inner functions: part of who calls them, and nothing by themselves."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np
import pytest

from plsim.core import jit

numba = pytest.importorskip("numba")
from plsim.core import compiled_inner  # noqa: E402 - needs numba


class Pair(NamedTuple):
    first: Any
    second: Any


@jit.compiled
def part(pair: Pair, a: int, b: int) -> Pair:
    """Both cut down, as views."""
    return Pair(pair.first[a:b], pair.second[a:b])


@jit.kernel
def running_sum(pair: Pair, n: int) -> float:
    """Sums of the first, written into the second."""
    own = part(pair, 1, n)
    total = 0.0
    for i in range(own.first.shape[0]):
        total += own.first[i] / 3.0
        own.second[i] = total
    return total


def outer(options: dict[str, Any]) -> Any:
    @numba.njit(**options)
    def sums(pair: Pair, n: int) -> float:
        return running_sum(pair, n) + running_sum(pair, n)

    return sums


def test_an_inner_function_lives_in_its_caller_alone() -> None:
    pair = Pair(np.arange(8.0), np.zeros(8))
    sums = outer(jit._OPTIONS)
    expected = np.cumsum(np.arange(1.0, 6.0) / 3.0)

    assert sums(pair, 6) == expected[-1] * 2
    assert pair.second.tolist() == [0.0, *expected, 0.0, 0.0]
    (inner,) = running_sum.overloads.values()
    assert isinstance(inner.library, compiled_inner._InnerLibrary)
    assert inner.library.get_pointer_to_function(inner.fndesc.llvm_func_name) == 0


def test_compiled_code_holds_no_array() -> None:
    pair = Pair(np.arange(8.0), np.zeros(8))
    sums = outer(jit._OPTIONS)
    sums(pair, 6)
    before = sys.getrefcount(pair.first), sys.getrefcount(pair.second)
    for _ in range(100):
        sums(pair, 6)
    assert (sys.getrefcount(pair.first), sys.getrefcount(pair.second)) == before
    assert "NRT_" not in next(iter(sums.inspect_asm().values()))


def test_another_numba_compiles_as_it_always_did(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled_inner.inner_options()
    monkeypatch.setattr(compiled_inner, "_NEEDED", ("no such thing",))
    assert compiled_inner.inner_options() == {}
