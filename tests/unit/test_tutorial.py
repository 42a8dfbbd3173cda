"""The tutorial of the Python API runs, block by block, as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python-tutorial.md"


@pytest.mark.slow
def test_the_tutorial_runs_as_one_program(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    program = "\n".join(blocks)

    exec(compile(program, str(PAGE), "exec"), {})  # noqa: S102

    said = capsys.readouterr().out
    assert len(blocks) >= 6
    assert "2 hours of coaching" in said
    assert "quality" in said
    assert "of the time on task" in said
    assert "manifest.json" in said
