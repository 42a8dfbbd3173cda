"""The worlds that ship show any change that nobody calibrated."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from plsim.core.errors import InputError
from plsim.evidence.worlds import PROVENANCE_FILE, WORLDS_FILE, load_worlds, sealed


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    return tuple(Path(shutil.copy(each, tmp_path)) for each in (WORLDS_FILE, PROVENANCE_FILE))  # type: ignore[return-value]


def test_the_worlds_that_ship_are_as_they_were_written(copies: tuple[Path, Path]) -> None:
    stored = load_worlds(*copies)
    assert stored is not None
    assert stored.values.shape == (stored.provenance["worlds"], len(stored.keys))


def test_line_ends_of_another_system_are_no_change(copies: tuple[Path, Path]) -> None:
    table, said = copies
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    assert load_worlds(table, said) is not None


def one_digit(table: Path, _: Path) -> None:
    text = table.read_text(encoding="utf-8")
    at = text.rindex("1")
    table.write_text(text[:at] + "2" + text[at + 1 :], encoding="utf-8")


def fewer_rows(table: Path, _: Path) -> None:
    table.write_text("".join(table.read_text(encoding="utf-8").splitlines(keepends=True)[:100]), encoding="utf-8")


def other_order(table: Path, _: Path) -> None:
    head, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text(head + "".join(reversed(rows)), encoding="utf-8")


def other_provenance(_: Path, said: Path) -> None:
    document = json.loads(said.read_text(encoding="utf-8"))
    document["effective_size"] += 1
    said.write_text(json.dumps(document), encoding="utf-8")


def no_digest(_: Path, said: Path) -> None:
    document = json.loads(said.read_text(encoding="utf-8"))
    del document["digest"]
    said.write_text(json.dumps(document), encoding="utf-8")


def not_text(table: Path, _: Path) -> None:
    table.write_bytes(b"\xff" + table.read_bytes())


def empty_table(table: Path, _: Path) -> None:
    table.write_bytes(b"")


def cut_document(_: Path, said: Path) -> None:
    said.write_bytes(said.read_bytes()[:-300])


def a_list(_: Path, said: Path) -> None:
    said.write_text("[1]", encoding="utf-8")


def pipe(table: Path, _: Path) -> None:
    table.unlink()
    os.mkfifo(table)


def sealed_nonsense(table: Path, said: Path) -> None:
    """Somebody who knows how to make the digest still has to give worlds."""
    table.write_text("a,b\n1,nan\n", encoding="utf-8")
    said.write_text(
        json.dumps(sealed("a,b\n1,nan\n", {"worlds": 1, "spread_left": {"a": 1, "b": 1}})), encoding="utf-8"
    )


@pytest.mark.parametrize(
    "harm",
    [
        one_digit, fewer_rows, other_order, other_provenance, no_digest, not_text, empty_table, cut_document, a_list,
        pipe, sealed_nonsense,
    ],
)  # fmt: skip
def test_a_changed_file_is_one_message(copies: tuple[Path, Path], harm: Callable[[Path, Path], None]) -> None:
    harm(*copies)
    with pytest.raises(InputError) as caught:
        load_worlds(*copies)
    assert len(str(caught.value).splitlines()) == 1
    assert "plsim calibrate --install" in str(caught.value)
