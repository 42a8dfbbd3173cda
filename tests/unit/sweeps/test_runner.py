"""Sweeps in one process: every run once, failures on record, the same bits after a resume and from shards."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path

import pytest
from sweep_tasks import Roots, Undefined

from plsim.core.errors import InputError, RunError, StudyError
from plsim.sweeps import runner
from plsim.sweeps.runner import failures, results, run_task


def made(marks: Path) -> Counter[int]:
    return Counter(int(line) for each in marks.iterdir() for line in each.read_text().splitlines())


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def test_results_are_those_of_the_runs_to_the_last_bit(tmp_path: Path) -> None:
    task = Roots(5000)
    outcome = run_task(task, tmp_path)
    table = results(task, tmp_path)
    assert table.column("run").to_pylist() == list(range(5000))
    assert table.column("wave").to_pylist() == [math.sin(run) for run in range(5000)]
    assert (outcome.total, outcome.done, outcome.made, outcome.failed, outcome.complete) == (5000, 5000, 5000, 0, True)


def test_a_complete_sweep_is_one_part_and_nothing_is_made_again(tmp_path: Path, marks: Path) -> None:
    task = Roots(300, marks=str(marks))
    run_task(task, tmp_path)
    assert sorted(path.suffix for path in (tmp_path / "runs").iterdir()) == [".json", ".parquet"]
    outcome = run_task(task, tmp_path)
    assert (outcome.done, outcome.made) == (300, 0)
    assert set(made(marks).values()) == {1}


def test_failed_runs_are_on_record_with_inputs_and_error_and_the_others_go_on(tmp_path: Path) -> None:
    task = Roots(100, failing=10)
    outcome = run_task(task, tmp_path)
    assert (outcome.done, outcome.failed, outcome.complete) == (90, 10, True)
    failed = failures(task, tmp_path)
    assert [failure.run for failure in failed] == list(range(9, 100, 10))
    assert failed[0].error == "ValueError: no root of 9"
    assert failed[0].inputs == {"number": 9, "folder": "somewhere"}
    assert "in make" in failed[0].trace
    assert results(task, tmp_path).num_rows == 90


def test_a_number_that_is_none_is_a_failure_and_never_a_result(tmp_path: Path) -> None:
    task = Undefined(30)
    outcome = run_task(task, tmp_path)
    assert (outcome.done, outcome.failed) == (20, 10)
    assert {failure.error for failure in failures(task, tmp_path)} == {"wave is nan"}
    assert not any(math.isnan(value) for value in results(task, tmp_path).column("wave").to_pylist())


def test_failed_runs_are_tried_again_and_lose_their_record_when_they_succeed(tmp_path: Path) -> None:
    run_task(Roots(100, failing=10), tmp_path)
    outcome = run_task(Roots(100), tmp_path)
    assert (outcome.done, outcome.made, outcome.failed) == (100, 10, 0)
    assert failures(Roots(100), tmp_path) == []


def test_a_sweep_in_which_everything_fails_ends_early_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"all failed.*no root of"):
        run_task(Roots(10_000, failing=1, seconds=0.001), tmp_path)
    assert len(failures(Roots(10_000), tmp_path)) < 500


@pytest.mark.parametrize("wrong", [3, 1])
def test_too_many_or_too_few_results_are_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: int) -> None:
    monkeypatch.setattr(Roots, "make", lambda self, run: [1.0] * (wrong if run == 5 else 2))
    run_task(Roots(10), tmp_path)
    (failure,) = failures(Roots(10), tmp_path)
    assert failure.error == f"ValueError: gave {wrong} results; the task names 2"


def test_an_interrupted_sweep_keeps_what_is_made_and_goes_on_to_the_same_bits(
    tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, make = Roots(200, seconds=0.001, marks=str(marks)), Roots.make
    run_task(Roots(200), tmp_path / "whole")

    def interrupted(self: Roots, run: int) -> object:
        if run == 120:
            raise KeyboardInterrupt
        return make(self, run)

    with monkeypatch.context() as patched:
        patched.setattr(Roots, "make", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_task(task, tmp_path / "parts")
    assert results(task, tmp_path / "parts").num_rows == 120
    run_task(task, tmp_path / "parts")
    assert set(made(marks).values()) == {1}
    assert results(task, tmp_path / "parts").equals(results(task, tmp_path / "whole"))


def test_shards_make_a_part_each_and_together_the_whole(tmp_path: Path, marks: Path) -> None:
    task = Roots(100, marks=str(marks))
    run_task(Roots(100), tmp_path / "whole")
    outcomes = [run_task(task, tmp_path / "shards", shard=(number, 3)) for number in (2, 1, 3)]
    assert [outcome.total for outcome in outcomes] == [33, 33, 34]
    assert [outcome.complete for outcome in outcomes] == [False, False, True]
    assert set(made(marks).values()) == {1}
    assert results(task, tmp_path / "shards").equals(results(task, tmp_path / "whole"))


def test_shards_from_several_folders_can_be_put_together(tmp_path: Path) -> None:
    task = Roots(100)
    run_task(task, tmp_path / "a", shard=(1, 2))
    run_task(task, tmp_path / "b", shard=(2, 2))
    for part in (tmp_path / "b" / "runs").glob("part-*"):
        part.rename(tmp_path / "a" / "runs" / part.name)
    assert run_task(task, tmp_path / "a").made == 0
    assert results(task, tmp_path / "a").num_rows == 100


def test_progress_starts_with_what_was_done_before_and_ends_with_everything(tmp_path: Path) -> None:
    run_task(Roots(100), tmp_path, shard=(1, 4))
    told: list[tuple[int, int]] = []
    run_task(Roots(100), tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (25, 100)
    assert told[-1] == (100, 100)
    assert told == sorted(told)


def test_workers_are_not_started_for_what_is_over_before_they_would_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_args: object, **_more: object) -> None:
        raise AssertionError

    monkeypatch.setattr(runner, "Pool", started)
    assert run_task(Roots(5000), tmp_path, workers=2).complete


def test_a_full_disk_is_an_error_in_words_and_what_is_stored_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def full(handle: int) -> None:
        if len(list((tmp_path / "runs").glob("part-*"))) > 2:
            raise OSError(28, "No space left on device")
        fsync(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(RunError, match="No space left on device"):
            run_task(Roots(2000, seconds=0.001), tmp_path)
    assert 0 < results(Roots(2000), tmp_path).num_rows < 2000


def test_runs_of_another_task_are_refused(tmp_path: Path) -> None:
    run_task(Roots(10), tmp_path)
    with pytest.raises(StudyError, match="another study"):
        run_task(Roots(10, name="other"), tmp_path)


@pytest.mark.parametrize("read", [results, failures])
def test_results_of_nothing_are_refused(tmp_path: Path, read) -> None:
    with pytest.raises(StudyError, match="holds no runs"):
        read(Roots(10), tmp_path)


@pytest.mark.parametrize("shard", [(0, 3), (4, 3), (-1, 3), (1, 0)])
def test_shards_count_from_one_to_how_many_there_are(tmp_path: Path, shard: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=f"--shard: got {shard[0]}/{shard[1]}"):
        run_task(Roots(10), tmp_path, shard=shard)


def test_no_workers_are_too_few(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--workers: got 0"):
        run_task(Roots(10), tmp_path, workers=0)


def test_without_the_library_for_clusters_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'plsim\[cluster\]'"):
        run_task(Roots(10), tmp_path, dask="tcp://localhost:1")
