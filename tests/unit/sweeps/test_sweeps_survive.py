"""Sweeps under fire: killed parents and workers, deadly runs, Ctrl-C. Nothing finished is lost, nobody is left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import sweep_tasks
from sweep_tasks import Deadly, Doses, Roots, Slowing, Told

from plsim.core.errors import RunError
from plsim.sweeps import runner
from plsim.sweeps.runner import failures, results, run_task
from plsim.sweeps.store import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes and kills them the way Linux does"),
]

HERE = Path(__file__).parent
LONGEST_CHUNK = 0.15
"""Seconds of work that one process has in hand in the first ten seconds of a sweep, with room for a loaded machine."""


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers for short sweeps too, on a machine of any size."""
    monkeypatch.setattr(runner, "WORTH_A_POOL", 0.0)
    monkeypatch.setattr(runner, "_processors", lambda: 2)


def started(folder: Path, workers: int, task: Roots | Doses) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "sweep_main.py"), str(folder), str(workers), type(task).__name__]
    return subprocess.Popen(
        [*command, json.dumps(asdict(task))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def makers(marks: Path) -> list[int]:
    return [int(path.name) for path in marks.iterdir()]


def made(marks: Path) -> Counter[int]:
    return Counter(int(line) for each in marks.iterdir() for line in each.read_text().splitlines())


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def of_session(session: int) -> list[int]:
    """Every process that was started under that one, whoever its parent is now."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(path.name))
    return found


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def killed_after(process: subprocess.Popen[str], marks: Path, seconds: float) -> bool:
    """Kill a sweep so long after its first run; whether it was still at work. Its workers are gone soon."""
    before = len(makers(marks))
    until(lambda: len(makers(marks)) > before or process.poll() is not None)
    time.sleep(seconds)
    at_work = process.poll() is None
    process.kill()
    process.communicate()
    until(lambda: not of_session(process.pid), 10.0)
    return at_work


def finished(folder: Path, workers: int, task: Roots | Doses) -> None:
    """Let the sweep come to its end."""
    process = started(folder, workers, task)
    said, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    assert json.loads(said)["complete"]
    until(lambda: not of_session(process.pid), 10.0)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_killed_at_random_moments_loses_only_what_was_in_hand(
    tmp_path: Path, marks: Path, workers: int
) -> None:
    task = Roots(4000, seconds=0.002 * workers, marks=str(marks), failing=1000)
    moments = np.random.default_rng(5).uniform(0.0, 1.5 * workers, size=5)
    kills = [killed_after(started(tmp_path / "killed", workers, task), marks, moment) for moment in moments]
    assert sum(kills) >= 3
    finished(tmp_path / "killed", workers, task)
    run_task(Roots(4000, failing=1000), tmp_path / "whole")
    assert results(task, tmp_path / "killed").equals(results(task, tmp_path / "whole"))
    assert [failure.run for failure in failures(task, tmp_path / "killed")] == [999, 1999, 2999, 3999]
    count = made(marks)
    again = sum(times - 1 for run, times in count.items() if run % 1000 != 999)
    assert again <= sum(kills) * (workers + 1) * LONGEST_CHUNK / task.seconds
    assert set(count) == set(range(4000))


def test_a_real_sweep_killed_at_random_moments_ends_with_the_same_bits(tmp_path: Path, marks: Path) -> None:
    task = Doses(1200, marks=str(marks))
    moments = (0.3, 4.0, 1.1, 5.0)
    kills = [killed_after(started(tmp_path / "killed", 2, task), marks, moment) for moment in moments]
    assert sum(kills) >= 2
    finished(tmp_path / "killed", 2, task)
    run_task(Doses(1200), tmp_path / "whole")
    assert results(task, tmp_path / "killed").equals(results(task, tmp_path / "whole"))


def test_two_workers_give_the_bits_of_one(tmp_path: Path, marks: Path, eager: None) -> None:
    task = Doses(600, marks=str(marks))
    run_task(task, tmp_path / "two", workers=2)
    assert len(makers(marks)) == 3  # this process until they were there
    run_task(Doses(600), tmp_path / "one")
    assert results(task, tmp_path / "two").equals(results(task, tmp_path / "one"))


def test_workers_use_one_thread_for_linear_algebra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    # Else the threads of one wait in a loop on the processor of another.
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    task = Told(600, seconds=0.01)
    run_task(task, tmp_path, workers=2)
    found = results(task, tmp_path)
    told = set(zip(found.column("worker").to_pylist(), found.column("threads").to_pylist(), strict=True))
    assert told == {(0.0, 0.0), (1.0, 1.0)}


def test_workers_of_a_killed_parent_store_what_they_have_and_are_gone(tmp_path: Path, marks: Path) -> None:
    task = Roots(100_000, seconds=0.01, marks=str(marks))
    process = started(tmp_path / "runs", 2, task)
    until(lambda: len(makers(marks)) == 3)  # the parent at first, then both workers
    time.sleep(1.0)
    process.kill()
    process.communicate()
    until(lambda: not of_session(process.pid), 5.0)
    count = made(marks)
    kept = int(Store.of(task, tmp_path / "runs").done().sum())
    assert len(count) - kept <= 1 + 0.3 / task.seconds  # the parent's chunk, if it was just making one; workers' none


def test_workers_of_a_killed_parent_do_not_finish_long_runs_first(tmp_path: Path, marks: Path) -> None:
    task = Slowing(2000, seconds=0.005, marks=str(marks))
    process = started(tmp_path / "runs", 2, task)
    until(lambda: max(made(marks), default=0) >= 1000)  # the second worker begins in the middle
    process.kill()
    process.communicate()
    until(lambda: not of_session(process.pid), 10.0)


def test_a_killed_worker_is_replaced_and_nothing_is_lost(tmp_path: Path, marks: Path) -> None:
    task = Roots(3000, seconds=0.005, marks=str(marks))
    process = started(tmp_path / "killed", 2, task)
    killed: set[int] = set()
    for _ in range(3):
        until(lambda: any(pid not in killed and alive(pid) for pid in makers(marks) if pid != process.pid))
        time.sleep(0.4)
        pid = next(pid for pid in makers(marks) if pid not in killed and pid != process.pid and alive(pid))
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)
    said, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    assert json.loads(said) == {"made": 3000, "complete": True}
    run_task(Roots(3000), tmp_path / "whole")
    assert results(task, tmp_path / "killed").equals(results(task, tmp_path / "whole"))
    assert sum(made(marks).values()) - 3000 <= 3 * LONGEST_CHUNK / task.seconds


def test_a_run_that_kills_its_worker_is_tried_three_times_and_recorded(tmp_path: Path, eager: None) -> None:
    task = Deadly(3000, seconds=0.005, deadly=2900)  # far from where this process begins while workers start
    outcome = run_task(task, tmp_path, workers=2)
    assert (outcome.done, outcome.failed, outcome.complete) == (2999, 1, True)
    (failure,) = failures(task, tmp_path)
    assert failure.run == 2900
    assert failure.inputs["number"] == 2900
    assert "died (3 times)" in failure.error
    assert 2900 not in results(task, tmp_path).column("run").to_pylist()


def test_several_deadly_runs_never_reach_the_parent(tmp_path: Path, eager: None) -> None:
    task = Deadly(1500, seconds=0.02, deadly=700, also=(701, 1400))
    outcome = run_task(task, tmp_path, workers=2)
    assert (outcome.done, outcome.failed, outcome.complete) == (1497, 3, True)
    assert [failure.run for failure in failures(task, tmp_path)] == [700, 701, 1400]


def test_a_run_that_killed_its_worker_once_is_made_by_the_next(tmp_path: Path, eager: None) -> None:
    task = Deadly(3000, seconds=0.005, deadly=2900, once=str(tmp_path))
    outcome = run_task(task, tmp_path, workers=2)
    assert (tmp_path / "died").exists()
    assert (outcome.done, outcome.failed) == (3000, 0)


def interrupted(folder: Path, task: Roots, *, workers: int, to: str) -> int:
    """Interrupt a sweep at work and let the same line go on; how many runs were made twice."""
    marks = Path(task.marks)
    marks.mkdir()
    process = started(folder, workers, task)
    until(lambda: len(makers(marks)) == (1 if workers == 1 else 3))
    some = sum(made(marks).values()) + 50
    until(lambda: sum(made(marks).values()) > some)
    if to == "terminal":
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the session
    else:
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors == "interrupted\n"
    until(lambda: not of_session(process.pid), 10.0)
    finished(folder, workers, task)
    return sum(made(marks).values()) - task.count


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("to", ["process", "terminal"])
def test_ctrl_c_keeps_what_is_done_and_the_same_line_goes_on(tmp_path: Path, workers: int, to: str) -> None:
    again = []
    for attempt in ("first", "second", "third"):  # on a loaded machine half a second of grace may be too short
        task = Roots(2500, seconds=0.004, marks=str(tmp_path / f"marks of {attempt}"))
        again.append(interrupted(tmp_path / attempt, task, workers=workers, to=to))
        assert results(task, tmp_path / attempt).num_rows == 2500
        if again[-1] <= 2 * workers:  # the run in hand
            return
    pytest.fail(f"made twice: {again}")


def test_workers_that_end_before_they_begin_are_an_error_and_not_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    monkeypatch.setattr("plsim.sweeps.pool.work", os._exit)  # with a task for a status
    with pytest.raises(RunError, match="end before they begin"):
        run_task(Roots(5000, seconds=0.005), tmp_path, workers=2)
    assert int(Store.of(Roots(5000), tmp_path).done().sum()) > 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [("FullDisk", "could not store its runs in .*No space left"), ("Unpreparable", "could not prepare .*no room")],
)
def test_what_every_worker_would_meet_is_an_error_and_not_a_loop(
    tmp_path: Path, eager: None, kind: str, words: str
) -> None:
    with pytest.raises(RunError, match=words):
        run_task(getattr(sweep_tasks, kind)(5000, seconds=0.005), tmp_path, workers=2)


def test_two_workers_are_never_slower_than_one(tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor")
    for count in (100, 1000, 3000):
        ratios = []
        for attempt in range(6):  # other programs on the machine may slow down one of two
            took = []
            for workers in (1, 2):
                begun = time.perf_counter()
                run_task(Roots(count, seconds=0.004), tmp_path / f"{count}-{workers}-{attempt}", workers=workers)
                took.append(time.perf_counter() - begun)
            ratios.append(took[1] / (took[0] + 0.1))
            if ratios[-1] < 1.05:
                break
        assert min(ratios) < 1.05
