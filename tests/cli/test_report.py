"""``plsim report``, and the page that ``plsim run`` writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main


def called(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_folder_that_is_not_there_exits_with_status_two(tmp_path: Path) -> None:
    result = called("report", str(tmp_path / "nowhere"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no such folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_a_manifest_exits_with_status_two_and_says_how_to_make_one(tmp_path: Path) -> None:
    result = called("report", str(tmp_path))
    assert result.exit_code == 2
    assert "manifest.json: missing" in result.stderr
    assert "plsim run" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_prints_where_the_page_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("plsim.report.page.write_report", lambda folder: folder / "report.html")
    assert called("report", str(tmp_path)).stdout == f"{tmp_path / 'report.html'}\n"


@pytest.mark.slow
def test_a_run_writes_its_page_unless_told_not_to(tmp_path: Path) -> None:
    arguments = ["run", "one_school_demo", "--years", "1", "--worlds", "2", "--quiet"]
    assert called(*arguments, "--out", str(tmp_path / "with")).exit_code == 0
    assert called(*arguments, "--no-report", "--out", str(tmp_path / "without")).exit_code == 0
    page = (tmp_path / "with" / "report.html").read_bytes()
    assert not (tmp_path / "without" / "report.html").exists()
    assert called("report", str(tmp_path / "without")).exit_code == 0
    assert (tmp_path / "without" / "report.html").read_bytes() == page
