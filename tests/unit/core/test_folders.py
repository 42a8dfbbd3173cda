"""One writer at a time, whatever becomes of it, and digests that tell what was changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plsim.core.errors import InputError
from plsim.core.files import TEMPORARY
from plsim.core.folders import LOCK, digests, not_as_written, one_writer

HOLDER = """
import sys, time
from pathlib import Path
from plsim.core.folders import one_writer
with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that is writing into a folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_refused_while_the_first_one_lives(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with pytest.raises(InputError, match="somebody else is writing"), one_writer(tmp_path):
            pass
    finally:
        process.kill()
        process.communicate()


def test_a_killed_writer_leaves_no_lock_and_nothing_half_done(tmp_path: Path) -> None:
    process = holder(tmp_path)
    (tmp_path / f"{TEMPORARY}half").write_bytes(b"half a table")
    process.kill()
    process.communicate()
    assert (tmp_path / LOCK).exists()
    with one_writer(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    assert list(tmp_path.iterdir()) == []


def test_the_same_process_is_no_exception(tmp_path: Path) -> None:
    with one_writer(tmp_path), pytest.raises(InputError), one_writer(tmp_path):
        pass
    with one_writer(tmp_path):
        pass


def test_the_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), one_writer(tmp_path):
        raise ZeroDivisionError
    with one_writer(tmp_path):
        pass


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / LOCK).symlink_to(target)
    with pytest.raises(OSError, match="symbolic"), one_writer(tmp_path / "folder"):
        pass
    assert not target.exists()


def test_what_was_changed_removed_or_added_to_is_told(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    said = digests(tmp_path, ("a", "b", "c"))
    assert not_as_written(tmp_path, said) == []
    (tmp_path / "a").write_text("A", encoding="utf-8")
    (tmp_path / "b").unlink()
    assert not_as_written(tmp_path, said) == ["a", "b"]


@pytest.mark.parametrize("said", [None, [], "x", {}])
def test_without_digests_there_is_nothing_to_tell(tmp_path: Path, said: object) -> None:
    assert not_as_written(tmp_path, said) == []


def test_only_files_of_the_folder_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("x", encoding="utf-8")
    (tmp_path / "in").mkdir()
    assert not_as_written(tmp_path / "in", {"../outside": digests(tmp_path, ("outside",))["outside"]}) == ["../outside"]
