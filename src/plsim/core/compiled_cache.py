"""Compiled code on the disk: keyed by its sources, checked when it is read, and never in anybody's way.

numba's own cache has no checksum, raises whatever a damaged file makes it raise, and falls back to a folder beside the
sources that misses an edit in another file. Here a file that is not what was written drops the folder; a folder that
cannot be written is done without. Either way the run goes on, slower by one compilation, and one line says why.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache, IndexDataCacheFile, UserProvidedCacheLocator, dumps

from plsim.core.files import MOST_BYTES_OF_A_CACHE, read_regular

_DIGEST_SIZE = 16


class Locator(UserProvidedCacheLocator):  # type: ignore[misc]
    """Finds :attr:`folder` and nothing else."""

    folder: Path

    def __init__(self, py_func: Callable[..., Any], py_file: str) -> None:
        self._py_file = py_file
        self._lineno = py_func.__code__.co_firstlineno
        self._cache_path = str(self.folder / Path(py_file).stem)

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Locator:
        """The place of a function's code; OSError where nothing can be written."""
        found = cls(py_func, py_file)
        found.ensure_cache_path()
        return found

    def get_source_stamp(self) -> str:
        """The folder is keyed by the sources, so there is nothing to add."""
        return self.folder.name


class _DigestedCache(IndexDataCacheFile):  # type: ignore[misc]
    """Index and code with a digest in front of either."""

    def _dump(self, value: object) -> bytes:
        content: bytes = dumps(value)
        return _digest(content) + content

    def _load_index(self) -> dict[Any, str]:
        try:
            content = _checked(Path(self._index_path), start=len(pickle.dumps(self._version, protocol=-1)))
        except FileNotFoundError:
            return {}
        _, overloads = pickle.loads(content)  # noqa: S301 - of the digest that stands before it
        return dict(overloads)

    def _load_data(self, name: str) -> Any:
        return pickle.loads(_checked(Path(self._data_path(name))))  # noqa: S301


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE).digest()


def _checked(path: Path, *, start: int = 0) -> bytes:
    """What was written into a file; ValueError when something else stands there."""
    try:
        content = read_regular(path, MOST_BYTES_OF_A_CACHE)[start:]
    except FileNotFoundError:
        raise
    except OSError as error:  # which numba would take for a file that is not there
        raise ValueError(error.strerror) from None
    if _digest(content[_DIGEST_SIZE:]) != content[:_DIGEST_SIZE]:
        raise ValueError("not what was written")
    return content[_DIGEST_SIZE:]


class CompiledCache(FunctionCache):  # type: ignore[misc]
    """The compiled code of one function."""

    def __init__(self, py_func: Callable[..., Any], folder: Path) -> None:
        self._folder = folder
        # Whatever NUMBA_CACHE_DIR and NUMBA_CACHE_LOCATOR_CLASSES say: their places are not keyed by the sources.
        self._impl_class = _implementation(folder)
        super().__init__(py_func)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file: _DigestedCache = _DigestedCache(self._cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code, or None where there is none that can be trusted."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 - a damaged pickle raises anything
            shutil.rmtree(self._folder, ignore_errors=True)
            say(f"The compiled code in {self._folder} was damaged; it was deleted and is made again.")
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code, if it can be kept."""
        try:
            os.makedirs(self._cache_path, exist_ok=True)  # noqa: PTH103 - numba's paths are texts
            super().save_overload(sig, data)
        except Exception as error:  # noqa: BLE001 - a full disk, a quota, a folder that went away
            self.disable()
            say(_not_kept(self._folder, error))


@cache
def _implementation(folder: Path) -> type:
    """Numba's way to write functions, in this folder and nowhere else."""
    locator: type[Locator] = type("KeyedLocator", (Locator,), {"folder": folder})

    class Implementation(FunctionCache._impl_class):  # type: ignore[misc]
        def __init__(self, py_func: Callable[..., Any]) -> None:
            file = py_func.__code__.co_filename
            self._lineno = py_func.__code__.co_firstlineno
            self._locator = locator.from_function(py_func, file)
            self._filename_base = self.get_filename_base(f"{Path(file).stem}.{py_func.__qualname__}", "")

    return Implementation


def keep(dispatcher: Any, folder: Path) -> None:
    """Keep what a dispatcher compiles in a folder, where that is possible."""
    try:
        dispatcher._cache = CompiledCache(dispatcher.py_func, folder)
    except (OSError, ValueError) as error:
        say(_not_kept(folder, error))


def _not_kept(folder: Path, error: Exception) -> str:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"Compiled code cannot be kept in {folder} ({why}); every run here compiles for about a minute."


@cache
def say(line: str) -> None:
    """One line, once."""
    logging.getLogger("plsim").warning(line)
