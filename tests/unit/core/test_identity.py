"""Which sources decide results: every name matches, and only what changes behaviour changes a digest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plsim.core.identity import COMPILED, GLUE, MODEL, ROOT, RUNS, kept, program_digest, sources, text_digest


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that a test may edit."""
    return Path(shutil.copytree(ROOT, tmp_path / "plsim", ignore=shutil.ignore_patterns("*.pyc", "static")))


@pytest.mark.parametrize("name", sorted({*COMPILED, *GLUE, *MODEL, *RUNS}))
def test_every_name_matches_some_source(name: str) -> None:
    assert list(sources([name]))


def test_a_name_that_matches_nothing_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"plsim\.engine\.betch"):
        list(sources(["engine.betch"]))


def test_a_moved_and_renamed_file_is_the_same_program(copy: Path) -> None:
    before = program_digest(MODEL, root=copy)
    (copy / "rules" / "deep").mkdir()
    (copy / "rules" / "match.py").rename(copy / "rules" / "deep" / "fit.py")
    moved = 0
    for user in (copy / "rules" / "week").glob("*.py"):
        text = user.read_text(encoding="utf-8")
        moved += "from .. import match as matching" in text
        text = text.replace("from .. import match as matching", "from ..deep import fit")
        user.write_text(
            text.replace("from ..match import", "from ..deep.fit import").replace("matching.", "fit."), "utf-8"
        )
    assert moved == 2
    assert program_digest(MODEL, root=copy) == before


def test_a_docstring_a_comment_and_an_import_are_no_part_of_the_program(copy: Path) -> None:
    before = program_digest(MODEL, root=copy)
    rule = copy / "rules" / "match.py"
    text = rule.read_text(encoding="utf-8")
    first = text.index('"""', text.index("def "))
    rule.write_text(f'import math\n# Why.\n{text[:first]}"""Other words: {text[first + 3 :]}', encoding="utf-8")
    assert program_digest(MODEL, root=copy) == before


@pytest.mark.parametrize(
    ("names", "edited", "line"),
    [
        (MODEL, "rules/match.py", "WIDER = 2.0"),
        (MODEL, "engine/year_end.py", "WIDER = 2.0"),
        (RUNS, "engine/batch/rows.py", "WIDER = 2.0"),
        (RUNS, "evidence/data/prices.toml", "# another number"),
        (RUNS, "runs/evaluate.py", "WIDER = 2.0"),
        (RUNS, "population/people.py", "WIDER = 2.0"),
    ],
)
def test_an_edit_that_may_move_a_result_is_another_program(
    copy: Path, names: tuple[str, ...], edited: str, line: str
) -> None:
    before = program_digest(names, root=copy, data=True)
    with (copy / edited).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert program_digest(names, root=copy, data=True) != before


def test_how_an_engine_walks_the_rules_is_no_other_model(copy: Path) -> None:
    """Worlds stay calibrated: `tests/parity` holds both engines to the rules' bits."""
    before = program_digest(MODEL, root=copy)
    for engine in ("batch/rows.py", "mesa/student.py"):
        with (copy / "engine" / engine).open("a", encoding="utf-8") as file:
            file.write("\nWIDER = 2.0\n")
    assert program_digest(MODEL, root=copy) == before


def test_an_edit_of_a_page_is_no_other_run(copy: Path) -> None:
    before = program_digest(RUNS, root=copy, data=True)
    with (copy / "cli" / "main.py").open("a", encoding="utf-8") as file:
        file.write("\nWIDER = 2.0\n")
    assert program_digest(RUNS, root=copy, data=True) == before


def test_compiled_code_is_made_again_after_any_edit(copy: Path) -> None:
    before = text_digest(COMPILED, root=copy)
    with (copy / "rules" / "match.py").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert text_digest(COMPILED, root=copy) != before


def test_a_digest_is_found_once_and_what_was_damaged_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked = []

    def find() -> bytes:
        asked.append(1)
        return b"0123456789abcdef"

    assert kept("key", find) == kept("key", find) == b"0123456789abcdef"
    assert len(asked) == 1
    (file,) = (tmp_path / "cache").rglob("key")
    file.write_bytes(b"x" * 32)
    assert kept("key", find) == b"0123456789abcdef"
    assert len(asked) == 2
    assert kept("key", find) == b"0123456789abcdef"
    assert len(asked) == 2
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert kept("key", find) == b"0123456789abcdef"
    assert len(asked) == 3


def test_a_kept_digest_is_that_of_these_sources(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = program_digest(MODEL, root=copy)
    assert program_digest(MODEL, root=copy) == before
    with (copy / "rules" / "match.py").open("a", encoding="utf-8") as file:
        file.write("\nWIDER = 2.0\n")
    assert program_digest(MODEL, root=copy) != before
