"""The only door to numba: compiled functions, and the same functions interpreted.

Behind it ``compiled_inner`` says how functions are compiled that only others call, and ``compiled_cache`` keeps code.

Rules are written once. ``compiled`` turns a rule into machine code for the batch engine; ``interpreted`` loads the same
file with the decorator switched off, for the Mesa engine (faster from Python than a dispatch, debuggable, coverable)
and for whole numpy arrays. Where numba is missing the interpreted form still works and :func:`require_numba` says why
the batch engine cannot.

Never fast-math, never parallel sums: both change bits. See ``docs/engines.md``.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from plsim.core.errors import EngineError
from plsim.core.identity import COMPILED, text_digest

F = TypeVar("F", bound=Callable[..., Any])

HAVE_NUMBA = importlib.util.find_spec("numba") is not None

# numpy's error model (division by zero gives infinity) is what lets LLVM vectorise a loop that divides.
# Compiled code makes no array and keeps none, so it need not count who holds one (``_nrt``): that took a tenth of it.
_OPTIONS = {"error_model": "numpy", "fastmath": False, "_nrt": False}
# Inner functions are called by compiled code alone. To wrap each for Python took half of all compiling: a wrapper takes
# apart every parameter of the model.
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# LLVM gives up on a loop over many arrays after 128 overlap checks; the row loops here need more.
_LLVM_OPTIONS = ["plsim", "-vectorize-memory-check-threshold=4096"]

_state = threading.local()
_lock = threading.RLock()


@cache
def _inner() -> dict[str, Any]:
    from plsim.core.compiled_inner import inner_options

    return {**_INNER, **_OPTIONS, **inner_options()}


@cache
def _numba() -> Any:
    """The numba module, with the compiler's options set before anything is compiled."""
    import numba
    from llvmlite import binding

    binding.set_option(*_LLVM_OPTIONS)
    return numba


def _off() -> bool:
    return getattr(_state, "interpreting", False) or not HAVE_NUMBA


def compiled(function: F) -> F:
    """A rule of plain numbers, inlined wherever compiled code calls it; Python calls its :func:`interpreted` twin."""
    if _off():
        return function
    return _numba().njit(forceinline=True, **_inner())(function)  # type: ignore[no-any-return]


def kernel(function: F) -> F:
    """A pass over array slices, compiled as a function of its own; Python calls an :func:`entry` around it."""
    if _off():
        return function
    return _numba().njit(**_inner())(function)  # type: ignore[no-any-return]


def entry(function: F) -> F:
    """An outermost compiled function: cached on disk, and running without Python's lock."""
    if _off():
        return function
    made = _numba().njit(nogil=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    from plsim.core.compiled_cache import keep

    keep(made, cache_folder())
    return made  # type: ignore[no-any-return]


def require_numba() -> None:
    """Raise :class:`EngineError` when this machine has no numba."""
    if not HAVE_NUMBA:
        raise EngineError(
            "The batch engine needs numba, which has no wheel for this machine. "
            "Use --engine mesa: same rules, same bits."
        )


def interpreted(module_name: str) -> ModuleType:
    """The module of that name, loaded from the same file with every decorator of this module switched off.

    Modules that it imports relatively (``from .match import match``) are loaded interpreted too.
    """
    top, _, rest = module_name.partition(".")
    alias = f"_interpreted_{top}"
    with _lock:
        if alias not in sys.modules:
            original = importlib.import_module(top)
            twin = ModuleType(alias, original.__doc__)
            twin.__path__ = list(original.__path__)
            sys.modules[alias] = twin
        before = getattr(_state, "interpreting", False)
        _state.interpreting = True
        try:
            return importlib.import_module(f"{alias}.{rest}")
        finally:
            _state.interpreting = before


def source_digest() -> str:
    """Digest of every source file that compiled code is made from, with the versions of what compiles it."""
    digest = hashlib.blake2b(text_digest(COMPILED), digest_size=12)
    digest.update(repr((_OPTIONS, _INNER, _LLVM_OPTIONS, sys.version_info[:2])).encode())
    if HAVE_NUMBA:
        from importlib.metadata import version

        digest.update(f"{version('numba')} {version('llvmlite')}".encode())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Folder of the compiled code, keyed by the digest of its sources: numba alone misses an edit in another file."""
    from platformdirs import user_cache_path

    return user_cache_path("plsim", appauthor=False) / "compiled" / source_digest()


def is_cached() -> bool:
    """Whether compiled code for the present sources lies in the cache folder."""
    try:
        return any(cache_folder().rglob("*.nbc"))
    except OSError:  # a folder that may not be entered
        return False
