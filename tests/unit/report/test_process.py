"""The page that another process writes is the page that the run would have written, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import plsim
from plsim.core.errors import InputError
from plsim.report import process
from plsim.report.page import report_html
from plsim.report.process import PageProcess

pytestmark = pytest.mark.skipif(os.name != "posix", reason="asks the system for processes in its own way")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small result without a page, in a folder with a name of its own kind."""
    path = tmp_path_factory.mktemp("pages") / os.fsdecode(b"r\xc3\xa9sultat d'\xff")
    scenario = plsim.load("one_school_demo", overrides=["population.students_per_school=60", "years=1"])
    plsim.run(scenario, worlds=0, other_designs=False).save(path)
    return path


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the caller had to write itself."""
    written: list[Path] = []
    monkeypatch.setattr("plsim.report.page.write_report", written.append)
    return written


def child(page: PageProcess) -> int:
    started = page._process
    assert started is not None
    return started.pid


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_the_page_has_the_bytes_of_one_that_the_run_writes_itself(folder: Path, refused: list[Path]) -> None:
    with PageProcess() as page:
        page.write(folder)
    assert not refused
    assert (folder / "report.html").read_text(encoding="utf-8", errors="surrogateescape") == report_html(folder)


def test_a_page_is_written_whatever_befalls_the_process(folder: Path, refused: list[Path]) -> None:
    with PageProcess() as page:
        os.kill(child(page), signal.SIGKILL)
        page.write(folder)
    assert refused == [folder]


def test_what_is_wrong_with_a_folder_is_said_here(tmp_path: Path) -> None:
    with PageProcess() as page, pytest.raises(InputError, match="no such folder"):
        page.write(tmp_path / "nowhere")


def test_no_process_starts_where_it_would_not_help_or_not_know_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PageProcess(wanted=False)._process is None
    with monkeypatch.context() as one:
        one.setattr(os, "cpu_count", lambda: 1)
        assert PageProcess()._process is None
    monkeypatch.setattr(process, "known_practices", lambda: {"evening_reading": object})
    assert PageProcess()._process is None


def test_a_process_that_is_not_needed_ends_at_once() -> None:
    with PageProcess() as page:
        pid = child(page)
    assert gone(pid)


def test_no_process_outlives_a_killed_run() -> None:
    code = "from plsim.report.process import *; p = PageProcess(); print(p._process.pid, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert not gone(pid)
        run.kill()
    assert within(60.0, lambda: gone(pid))
