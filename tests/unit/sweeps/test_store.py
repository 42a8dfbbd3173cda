from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from sweep_tasks import Roots

from plsim.core.errors import StudyError
from plsim.core.files import TEMPORARY
from plsim.sweeps.store import Store, Writer
from plsim.sweeps.task import Failure, identity

COLUMNS = ("a", "b/c")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, "digest", COLUMNS, 1000)
    store.parts.mkdir()
    return store


def numbers(runs: range) -> tuple[np.ndarray, np.ndarray]:
    run = np.array(runs, np.int64)
    return run, np.stack([np.sqrt(run), -0.1 * run], axis=1)


def test_what_was_written_is_read_in_order_of_run_to_the_last_bit(store: Store) -> None:
    writer = store.writer()
    for runs in (range(500, 600), range(10), range(900, 1000)):
        writer.write(*numbers(runs))
    run = np.concatenate([np.arange(10), np.arange(500, 600), np.arange(900, 1000)])
    table = store.table()
    assert table.column_names == ["run", *COLUMNS]
    assert table.column("run").to_numpy().tobytes() == run.tobytes()
    assert table.column("b/c").to_numpy().tobytes() == (-0.1 * run).tobytes()
    assert np.flatnonzero(store.done()).tolist() == run.tolist()


def test_a_run_that_is_there_twice_counts_once(store: Store) -> None:
    store.writer().write(*numbers(range(100)))
    store.writer().write(*numbers(range(50, 150)))
    assert store.table().column("run").to_pylist() == list(range(150))


@pytest.mark.parametrize("kept", [0, 1, 200, -1])
def test_a_part_cut_off_anywhere_is_recognised_and_its_runs_count_as_undone(store: Store, kept: int) -> None:
    store.writer().write(*numbers(range(100)))
    store.writer().write(*numbers(range(100, 200)))
    part = sorted(store.parts.glob("part-*"))[1]
    part.write_bytes(part.read_bytes()[:kept])
    assert np.flatnonzero(store.done()).tolist() == list(range(100))
    assert store.table().num_rows == 100
    assert store.damaged() == [part]


def test_a_flipped_bit_in_a_part_is_noticed(store: Store) -> None:
    store.writer().write(*numbers(range(100)))
    (part,) = store.parts.glob("part-*")
    content = bytearray(part.read_bytes())
    content[len(content) // 3] ^= 4
    part.write_bytes(content)
    assert store.damaged() == [part]
    assert not store.done().any()
    assert store.table().num_rows == 0


def test_an_unfinished_file_is_not_read(store: Store) -> None:
    store.writer().write(*numbers(range(100)))
    (part,) = store.parts.glob("part-*")
    shutil.copy(part, store.parts / f"{TEMPORARY}0")
    part.unlink()
    assert not store.done().any()


def test_a_part_is_on_the_disk_before_it_has_its_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bool]] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(("sync", named())), fsync(handle)))
    monkeypatch.setattr(Path, "replace", lambda *paths: (seen.append(("name", named())), replace(*paths)))

    def named() -> bool:
        return any(store.parts.glob("part-*"))

    store.writer().write(*numbers(range(10)))
    assert seen == [("sync", False), ("name", False), ("sync", True)]


def test_a_write_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.writer().write(*numbers(range(10)))
    assert not list(store.parts.iterdir())


def test_what_dead_writers_left_behind_is_removed_when_it_is_old(store: Store) -> None:
    old, new = (store.parts / f"{TEMPORARY}{age}" for age in ("old", "new"))
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    store.compact()
    assert list(store.parts.iterdir()) == [new]


def test_a_part_of_another_study_is_not_read(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other", "another digest", COLUMNS, 1000)
    other.parts.mkdir(parents=True)
    other.writer().write(*numbers(range(100)))
    (part,) = other.parts.glob("part-*")
    shutil.copy(part, store.parts)
    assert not store.done().any()


def test_compaction_leaves_one_part_with_the_same_bits(store: Store) -> None:
    for first in range(0, 1000, 100):
        store.writer().write(*numbers(range(first, first + 100)))
    before = store.table()
    store.compact()
    assert len(list(store.parts.iterdir())) == 1
    assert store.table().equals(before)


def test_compaction_keeps_a_damaged_part_for_whoever_wants_to_look(store: Store) -> None:
    for first in (0, 100, 200):
        store.writer().write(*numbers(range(first, first + 100)))
    part = sorted(store.parts.glob("part-*"))[1]
    part.write_bytes(part.read_bytes()[:100])
    store.compact()
    assert store.damaged() == [part]
    assert store.table().num_rows == 200


def test_a_merge_killed_before_it_deleted_anything_loses_and_doubles_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.writer().write(*numbers(range(100)))
    store.writer().write(*numbers(range(100, 200)))
    with monkeypatch.context() as patched:
        patched.setattr("plsim.sweeps.store.remove", lambda paths: None)
        store.compact()
    assert len(list(store.parts.glob("part-*"))) == 3
    assert store.table().column("run").to_pylist() == list(range(200))


def test_a_writer_merges_its_small_parts_as_it_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Writer, "MERGE", 10)
    writer = store.writer()
    for first in range(0, 250, 10):
        writer.write(*numbers(range(first, first + 10)))
    assert len(list(store.parts.glob("part-*"))) == 2 + 5
    assert store.table().num_rows == 250


def test_a_reader_finds_everything_while_parts_are_merged_under_its_hands(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plsim.sweeps import shards as parts

    for first in range(0, 300, 100):
        store.writer().write(*numbers(range(first, first + 100)))
    listed, read = store.listing()(), parts.runs_of

    def merged_meanwhile(path, digest):
        if len(listed) == 3 and path == listed[1]:
            store.merge(listed)
            listed.pop()
        return read(path, digest)

    monkeypatch.setattr(parts, "runs_of", merged_meanwhile)
    assert np.flatnonzero(store.done()).tolist() == list(range(300))


def test_a_listing_taken_while_others_merge_is_not_believed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have passed the place of the merged part before that was there, and those of its parts after."""
    store.writer().write(*numbers(range(100)))
    iterdir, calls = Path.iterdir, []

    def passed_by(folder: Path):
        calls.append(folder)
        return iter(()) if len(calls) == 1 else iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", passed_by)
    assert store.done().sum() == 100


def test_failures_keep_inputs_and_error_and_vanish_when_the_run_succeeds(store: Store) -> None:
    store.writer().write_failures([Failure(3, "bad luck", {"x": 1}), Failure(7, "worse luck", {"x": 2})])
    store.writer().write_failures([Failure(7, "still no luck", {"x": 2})])
    store.writer().write(*numbers(range(5)))
    assert store.failures() == [Failure(7, "still no luck", {"x": 2})]
    store.compact()
    assert store.failures() == [Failure(7, "still no luck", {"x": 2})]
    store.writer().write(*numbers(range(5, 10)))
    store.compact()
    assert not list(store.parts.glob("failed-*"))


def test_a_folder_of_another_study_is_refused_with_the_way_forward(tmp_path: Path) -> None:
    Store.of(Roots(count=10), tmp_path)
    with pytest.raises(StudyError, match=r"another study.*--out"):
        Store.of(Roots(count=11), tmp_path)


def test_a_damaged_identity_is_refused(tmp_path: Path) -> None:
    store = Store.of(Roots(count=10), tmp_path)
    (store.parts / "identity.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudyError, match="cannot be read"):
        Store.of(Roots(count=10), tmp_path)


def test_batches_hold_a_block_at_a_time_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plsim.sweeps.store.BLOCK", 64)
    store = Store(tmp_path, "digest", COLUMNS, 1000)
    store.parts.mkdir()
    store.writer().write(*numbers(range(300)))
    store.writer().write(*numbers(range(200, 450)))
    blocks = list(store.batches(["a"]))
    assert max(block.num_rows for block in blocks) == 64
    assert [run for block in blocks for run in block.column("run").to_pylist()] == list(range(450))
    assert blocks[0].column_names == ["run", "a"]


def test_the_identity_says_what_the_runs_are(tmp_path: Path) -> None:
    store = Store.of(Roots(count=10), tmp_path)
    said = json.loads((store.parts / "identity.json").read_text(encoding="utf-8"))
    columns = ["root", "wave"]
    assert said == {"schema_version": 1, "task": identity(Roots(10)), "count": 10, "columns": columns}


def test_other_code_is_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity(Roots(10))
    monkeypatch.setattr("plsim.sweeps.task.runs_digest", lambda: "edited")
    assert identity(Roots(10)) != before
