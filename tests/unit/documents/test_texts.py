"""Small files of text: read, or refused in words and at once."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from plsim.core.errors import InputError, StudyError
from plsim.documents.texts import DEEPEST_KEY, MAX_BYTES, text_of, text_or_nothing, toml_of


def test_a_mark_at_the_start_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfyears = 2")
    assert text_of(path) == "years = 2"


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as stream:
        stream.truncate(100 * MAX_BYTES)  # sparse: it takes no room on the disk
    tracemalloc.start()
    with pytest.raises(InputError, match="bytes are too many"):
        text_of(path)
    assert text_or_nothing(path) == ""
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MAX_BYTES


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe in the file system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    with pytest.raises(InputError, match="is a folder or a device"):
        text_of(path)
    assert text_or_nothing(path) == ""


def test_the_error_is_of_the_kind_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read: No such file"):
        text_of(tmp_path / "none.toml", StudyError)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"a\xff")
    with pytest.raises(InputError, match=r"not UTF-8 text \(byte 1\)"):
        text_of(path)


@pytest.mark.parametrize("part", [".a", " . a", '."a.b"', ".'a'"])
@pytest.mark.parametrize("form", ["a{}=1", "[a{}]"])
def test_a_key_that_would_take_minutes_is_refused(part: str, form: str) -> None:
    # 100 kB of such a key took nine minutes.
    with pytest.raises(InputError, match=f"a key of more than {DEEPEST_KEY} parts"):
        toml_of(form.format(part * 50_000), "deep.toml")


def test_long_lists_and_long_texts_are_no_deep_keys() -> None:
    values = toml_of(f"list = [{'0.5, ' * 500}]\ntext = '{'Dr. ' * 150}'", "list.toml")
    assert len(values["list"]) == 500


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "1" * 10_000, "a = ", "a = 1\na = 2"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"bad\.toml.*not valid TOML"):
        toml_of(text, "bad.toml")
