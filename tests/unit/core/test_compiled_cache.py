"""Compiled code on the disk: whatever happens to it, runs go on, and no other code is ever taken for it."""

from __future__ import annotations

import errno
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba")

from numba import njit

from plsim.core import compiled_cache, jit
from plsim.core.compiled_cache import CompiledCache, keep
from plsim.engine.engines import engine_named
from plsim.engine.parameters import World
from plsim.engine.reference import typical


def made(folder: Path) -> Any:
    """A dispatcher that keeps its code in a folder."""

    def twice(x: float) -> float:
        return 2.0 * x

    dispatcher = njit(twice)
    keep(dispatcher, folder)
    return dispatcher


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What was said, each line once."""
    compiled_cache.say.cache_clear()
    caplog.set_level(logging.WARNING, logger="plsim")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with the code of one function."""
    folder = tmp_path / "digest"
    assert made(folder)(2.0) == 4.0
    return folder


def hits(dispatcher: Any) -> int:
    return sum(dispatcher.stats.cache_hits.values())


def test_code_is_kept_and_found_again(kept: Path, said: Callable[[], list[str]]) -> None:
    again = made(kept)
    assert (again(2.0), hits(again), said()) == (4.0, 1, [])


def random_bytes(path: Path) -> None:
    path.write_bytes(os.urandom(200))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps({"not": "code"}))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [random_bytes, cut, one_bit, empty, other_pickle, pipe])
@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
def test_damaged_code_is_dropped_and_made_again(
    kept: Path, said: Callable[[], list[str]], kind: str, damage: Callable[[Path], None]
) -> None:
    for path in list(kept.rglob(kind)):
        damage(path)
    again = made(kept)
    assert (again(2.0), hits(again)) == (4.0, 0)
    assert len(said()) == 1
    assert "was damaged" in said()[0]
    third = made(kept)
    assert (third(2.0), hits(third)) == (4.0, 1)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_or_locked_disk_costs_a_compilation_and_one_line(
    tmp_path: Path, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(compiled_cache._DigestedCache, "_save_data", full)
    assert made(tmp_path / "digest")(2.0) == 4.0
    assert len(said()) == 1
    assert os.strerror(number) in said()[0]


def test_a_home_that_is_a_file_costs_a_compilation_and_one_line(tmp_path: Path, said: Callable[[], list[str]]) -> None:
    (tmp_path / "home").touch()
    assert made(tmp_path / "home" / "digest")(2.0) == 4.0
    assert len(said()) == 1


def test_no_other_place_is_used_whatever_numba_is_told(
    tmp_path: Path, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "InTreeCacheLocator", raising=False)
    (tmp_path / "home").touch()
    assert made(tmp_path / "home" / "digest")(2.0) == 4.0
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not list(Path(__file__).parent.rglob("*.nbi"))


def test_the_engine_keeps_its_code_by_the_digest_of_its_sources() -> None:
    from plsim.engine.batch import weeks

    caches = [each._cache for each in vars(weeks).values() if isinstance(getattr(each, "_cache", None), CompiledCache)]
    assert {each._folder for each in caches} <= {jit.cache_folder()}
    assert len(caches) == 2 or not os.access(Path.home(), os.W_OK)


def test_the_weeks_that_were_compiled_once_are_found_by_the_next_process() -> None:
    """A function made from a text has no file and no module of its own by which its kept code would be found."""
    code = (
        "from plsim.engine.batch.weeks import run_weeks\n"
        "from plsim.engine.engines import engine_named\n"
        "from plsim.engine.parameters import World\n"
        "from plsim.engine.reference import typical\n"
        "typical(World('own', {'learning.durability': 0.9}), engine_named('batch'))\n"
        "print(sum(run_weeks.stats.cache_hits.values()))\n"
    )
    typical(World("own", {"learning.durability": 0.9}), engine_named("batch"))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("1\n", "")
