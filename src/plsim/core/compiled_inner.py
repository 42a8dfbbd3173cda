"""How numba compiles functions that only compiled code calls: linked into their callers, and optimized there alone.

numba optimizes every function by itself, with all that it calls, and makes machine code of it; then again as part of
whoever calls it. For some 170 functions that end in one, that took a quarter of the first run on a machine. Here an
inner function stops at LLVM's own language. What it does is the same, and its caller's code is as fast.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

_NEEDED = ("_optimize_final_module", "_finalize_final_module", "_finalize_dynamic_globals", "_ensure_finalized")
"""What is overridden or called of numba's library of code, and is not promised to stay."""


class _NoMachineCode:
    """In place of what makes machine code, where numba tells it of a function's environment."""

    def set_env(self, *_: object) -> None:
        """There is no machine code that reads it."""


class _InnerLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code of one inner function, to be linked into another's."""

    def _optimize_final_module(self) -> None:
        """Its callers are optimized with it."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
        """0: no machine code."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> _NoMachineCode:
        """Nobody who makes machine code."""
        return _NoMachineCode()


class _InnerCompiler(Compiler):  # type: ignore[misc]
    """numba's compiler, with another library to put code into."""

    def define_pipelines(self) -> Any:
        """Those of numba."""
        self.state.library = _InnerLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


def inner_options() -> dict[str, Any]:
    """Options of ``njit`` for inner functions; none where this numba is built otherwise, which only takes longer."""
    if all(hasattr(JITCodeLibrary, name) for name in _NEEDED):
        return {"pipeline_class": _InnerCompiler}
    return {}
