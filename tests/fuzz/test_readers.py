"""Whatever somebody hands over as a manifest, a result folder, a scenario or a study: one message, and at once."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from plsim.cli.main import MOST_LINES, main
from plsim.core.errors import MOST_TOLD, InputError
from plsim.report.folder import read_folder
from plsim.runs.manifest import read_manifest
from plsim.scenario import load
from plsim.scenario.loading import loads
from plsim.studies.loading import loads_study

SCENARIO = load("one_school_demo")
MANIFEST: dict[str, Any] = {
    "schema_version": 1, "scenario": SCENARIO.to_toml(), "scenario_digest": SCENARIO.digest(), "seed": 1, "years": 1,
    "worlds": 0, "world_label": "prior range", "engine": "batch", "population": "", "population_term": "",
    "population_options": {}, "population_digest": "", "other_designs": True, "files": {},
    "people": {
        "students": 1, "schools": 1, "charter_schools": 0, "grades": ["4"], "shares": {}, "stayers_by_grade": [],
    },
}  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\0", "\x1b[2J", "\u202e", "/dev/zero", "..", "x" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def told(read: Callable[[Path], object], path: Path) -> str:
    """What the reader says; empty when it reads."""
    try:
        read(path)
    except InputError as error:
        message = str(error)
        assert all(line.isprintable() for line in message.splitlines()), ascii(message)
        assert len(message.splitlines()) <= MOST_TOLD + 1
        return message
    return ""


def of_folder(path: Path) -> object:
    return read_folder(path.parent)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST), encoding="utf-8")
    return path


def test_the_manifest_that_is_changed_below_is_sound(file: Path) -> None:
    assert told(read_manifest, file) == ""


@settings(max_examples=150)
@given(key=st.sampled_from(sorted(MANIFEST)), value=ANYTHING)
def test_any_value_of_any_entry_is_read_or_refused_in_words(key: str, value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        path.write_text(json.dumps({**MANIFEST, key: value}), encoding="utf-8")
        told(read_manifest, path)
        assert told(of_folder, path)  # there are no tables


@settings(max_examples=150)
@given(place=st.integers(0, 3000), count=st.integers(0, 3000), instead=st.binary(max_size=8))
def test_any_bytes_are_read_or_refused_in_words(place: int, count: int, instead: bytes) -> None:
    content = json.dumps(MANIFEST).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        path.write_bytes(content[:place] + instead + content[place + count :])
        told(read_manifest, path)
        assert told(of_folder, path)


@settings(max_examples=100)
@given(text=st.text(max_size=200), place=st.integers(0, 400))
def test_any_text_of_a_scenario_or_a_study_is_read_or_refused_in_words(text: str, place: int) -> None:
    whole = SCENARIO.to_toml()
    for read in (loads, loads_study):
        told(lambda _, read=read: read(whole[:place] + text + whole[place:]), Path())


@pytest.mark.parametrize(
    "values",
    [
        {"seed": -1}, {"seed": 2**63}, {"years": 0}, {"years": 9}, {"worlds": -1}, {"worlds": 10**9},
        {"engine": "steam"}, {"schema_version": 2}, {"schema_version": True}, {"population": "x\0y"},
        {"population": "x" * 10**5}, {"seed": 1.0},
    ],
)  # fmt: skip
def test_what_the_command_line_would_refuse_is_refused(file: Path, values: dict[str, object]) -> None:
    file.write_text(json.dumps({**MANIFEST, **values}), encoding="utf-8")
    assert next(iter(values)) in told(read_manifest, file)


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "nul", '{"a":' * 10**5, "[" * 10**5, '{"seed": NaN}', "1" * 10**5, '{"seed": 1e999}']
)
def test_what_is_no_manifest_is_refused(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert told(read_manifest, file)
    assert told(of_folder, file)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def listening(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


def huge(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(1 << 40)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("harm", [pipe, endless, listening, huge, a_folder])
@pytest.mark.parametrize("read", [read_manifest, of_folder])
def test_what_is_no_file_is_refused_at_once(
    file: Path, read: Callable[[Path], object], harm: Callable[[Path], None]
) -> None:
    harm(file)
    assert told(read, file)


def test_a_message_of_the_command_line_has_twenty_lines_at_most(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text(SCENARIO.to_toml() + "".join(f"[wrong{n}]\n" for n in range(300)), encoding="utf-8")
    done = CliRunner().invoke(main, ["run", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) <= MOST_LINES + 1
    assert "more" in done.stderr.splitlines()[-1]
