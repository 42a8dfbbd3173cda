"""Ctrl-C and a full disk: a quick end, the right status, and no folder that looks whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plsim.cli.interrupt import interruptible
from plsim.cli.out_folder import OutFolder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent another way")


def _until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def _run(out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "plsim.cli.main", "run", "nglc_2015", "--worlds", "100", "--out", str(out), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("workers", "wait"),
    [
        ("1", 0.0),
        ("4", 2.0),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in [("1", 0.5), ("1", 2.0), ("4", 0.0), ("4", 0.5)]),
    ],
)
def test_an_interrupted_run_ends_within_a_second_and_leaves_no_whole_folder(tmp_path, workers, wait):
    out = tmp_path / "result"
    process = _run(out, "--workers", workers)
    try:
        _until(out.exists)
        time.sleep(wait)
        begun = time.perf_counter()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        took = time.perf_counter() - begun
    finally:
        process.kill()
    assert process.returncode == 130
    assert took < 4.0  # about 0.1 s on an idle machine; waiting for the work would take a minute
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not out.exists()  # made for the result, and empty


def test_an_interrupted_run_leaves_an_older_result_as_it_was(tmp_path):
    out = tmp_path / "result"
    out.mkdir()
    (out / "manifest.json").write_text("old", encoding="utf-8")
    process = _run(out)
    try:
        time.sleep(2.0)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert [entry.name for entry in out.iterdir()] == ["manifest.json"]


WRITING = """
import sys, threading, time
from pathlib import Path
from plsim.cli.main import main
from plsim.runs import result

def slow(path, content, write=result.write_file):
    write(path, content)
    if path.name == "weekly.parquet":
        Path("half-written").touch()
        time.sleep(60)

result.write_file = slow
main(["run", "one_school_demo", "--worlds", "0", "--years", "1", "--out", "out"])
"""


@pytest.mark.slow
def test_a_run_interrupted_while_it_writes_has_no_manifest(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", WRITING], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        _until((tmp_path / "half-written").exists, 120.0)
        begun = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        took = time.perf_counter() - begun
    finally:
        process.kill()
    assert process.returncode == 130
    assert took < 4.0
    assert (tmp_path / "out" / "weekly.parquet").exists()
    assert not (tmp_path / "out" / "manifest.json").exists()


TELLING = """
import time
from pathlib import Path
from plsim.cli.main import main
from plsim.report import page

def slow(folder):
    Path("telling").touch()
    time.sleep(60)

page.report_html = slow
main(["run", "one_school_demo", "--worlds", "0", "--years", "1", "--out", "out"])
"""


@pytest.mark.slow
def test_a_run_interrupted_while_its_page_is_made_keeps_the_result_and_says_so(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("an older page", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", TELLING], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        _until((tmp_path / "telling").exists, 120.0)
        begun = time.perf_counter()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        took = time.perf_counter() - begun
    finally:
        process.kill()
    assert (process.returncode, took < 4.0) == (130, True)
    assert "out is complete, but its report was not written" in said
    assert (tmp_path / "out" / "manifest.json").exists()
    assert not (tmp_path / "out" / "report.html").exists()


FULL_DISK = """
import resource, signal, sys
from plsim.cli.main import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True
from plsim.runs import run
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
main(["run", "one_school_demo", "--worlds", "0", "--years", "1", "--out", "out"])
"""


def test_a_full_disk_is_one_message_and_leaves_no_whole_folder(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL_DISK], check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert list(tmp_path.rglob(".*")) == []  # no half of a file


def test_work_gives_its_result_and_its_errors():
    assert interruptible(lambda: 7, message="") == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 / 0, message="")


def test_a_folder_that_nothing_came_into_is_gone_again(tmp_path):
    out = tmp_path / "results" / "mine"
    with pytest.raises(ZeroDivisionError), OutFolder(out):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_or_holds_something_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    with OutFolder(tmp_path / "mine" / "first") as first:
        (first.path / "table").touch()
    with OutFolder(tmp_path / "mine"):
        pass
    assert (tmp_path / "mine" / "first" / "table").exists()


TIDYING = """
import time
from pathlib import Path
from plsim.cli.interrupt import interruptible

def work():
    try:
        Path("working").touch()
        while True:
            time.sleep(0.01)
    finally:
        time.sleep(0.2)
        Path("tidied").touch()

interruptible(work, message="interrupted")
"""


def test_interrupted_work_has_a_moment_to_tidy_up(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", TIDYING], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        _until((tmp_path / "working").exists)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert (tmp_path / "tidied").exists()


IN_A_CALLBACK = """
import ctypes
import time
from pathlib import Path
from plsim.cli.interrupt import interruptible

@ctypes.CFUNCTYPE(None)
def called_from_c():
    Path("working").touch()
    while True:
        time.sleep(0.01)

interruptible(lambda: called_from_c(), message="interrupted")
"""


def test_work_interrupted_in_a_callback_from_c_prints_its_message_only(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", IN_A_CALLBACK], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        _until((tmp_path / "working").exists)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, said) == (130, "interrupted\n")
