"""Sweeps on a real Dask cluster of local processes: the same bits, killed workers, deadly runs."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweep_tasks import Deadly, Differing, Doses, Roots

from plsim.core.errors import InputError, RunError
from plsim.sweeps import cluster
from plsim.sweeps.runner import failures, results, run_task

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of distributed, about what it does itself
    pytest.mark.skipif(os.name == "nt", reason="kills processes the way Unix does"),
]


@pytest.fixture
def address() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with (
        warnings.catch_warnings(action="ignore"),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0
        ) as local,
    ):
        yield local.scheduler_address


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def test_a_cluster_gives_the_bits_of_one_process(tmp_path: Path, address: str) -> None:
    task = Doses(240)
    outcome = run_task(task, tmp_path / "cluster", dask=address)
    run_task(task, tmp_path / "here")
    assert (outcome.done, outcome.failed, outcome.complete) == (240, 0, True)
    assert results(task, tmp_path / "cluster").equals(results(task, tmp_path / "here"))


def test_a_worker_killed_mid_run_costs_nothing_but_time(tmp_path: Path, marks: Path, address: str) -> None:
    task = Roots(6000, seconds=0.002, marks=str(marks), failing=1000)
    killed = []

    def kill() -> None:
        for _ in range(2):
            end = time.monotonic() + 60.0
            while time.monotonic() < end:
                fresh = [int(path.name) for path in marks.iterdir() if int(path.name) not in killed]
                if fresh:
                    break
                time.sleep(0.02)
            time.sleep(1.0)
            os.kill(fresh[0], signal.SIGKILL)
            killed.append(fresh[0])

    killer = threading.Thread(target=kill)
    killer.start()
    outcome = run_task(task, tmp_path / "cluster", dask=address)
    killer.join()
    assert len(killed) == 2
    assert len(list(marks.iterdir())) > 2  # others took their place
    assert (outcome.done, outcome.failed) == (5994, 6)
    run_task(Roots(6000, failing=1000), tmp_path / "here")
    assert results(task, tmp_path / "cluster").equals(results(task, tmp_path / "here"))
    assert [failure.run for failure in failures(task, tmp_path / "cluster")] == [999, 1999, 2999, 3999, 4999, 5999]


def test_a_run_that_kills_its_workers_is_found_and_recorded_and_the_others_are_made(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LOST_WORKERS", 0)
    monkeypatch.setattr(cluster, "_forgive", _forgive_nothing)
    task = Deadly(40, deadly=21)
    outcome = run_task(task, tmp_path, dask=address)
    assert (outcome.done, outcome.failed, outcome.complete) == (39, 1, True)
    (failure,) = failures(task, tmp_path)
    assert (failure.run, failure.inputs["number"]) == (21, 21)
    assert "died (3 times)" in failure.error


def _forgive_nothing(dask_scheduler) -> None:
    dask_scheduler.allowed_failures = 0


def test_the_scheduler_is_told_to_bear_more_lost_workers_than_usual(tmp_path: Path, address: str) -> None:
    from distributed import Client

    run_task(Roots(5), tmp_path, dask=address)
    with Client(address, set_as_default=False) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures) >= 10


def test_an_interrupted_sweep_goes_on_from_the_cluster_to_this_process(tmp_path: Path, address: str) -> None:
    task = Roots(400, seconds=0.005)

    def stop(done: int, total: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_task(task, tmp_path, dask=address, progress=stop)
    kept = results(task, tmp_path).num_rows
    assert 100 < kept < 400
    assert run_task(task, tmp_path).made == 400 - kept


def test_a_worker_with_another_version_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(RunError, match="another version of plsim"):
        run_task(Differing(10, here=os.getpid()), tmp_path, dask=address)


def test_nobody_at_the_address_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_task(Roots(10), tmp_path, dask="tcp://127.0.0.1:9")
