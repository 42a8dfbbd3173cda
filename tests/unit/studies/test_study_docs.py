"""What docs/studies.md shows works: the study file, the Python, the methods of its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plsim.studies.loading import loads_study
from plsim.studies.schema import METHODS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "studies.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_study_shown_is_in_order() -> None:
    loaded = loads_study(block("toml"))
    assert [factor.kind for factor in loaded.factors] == ["range", "values", "on_off", "range"]


def test_the_python_shown_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "studies.md", "exec"), {})  # noqa: S102 - our own page
    assert (tmp_path / "results" / "coaching" / "summary.json").exists()


def test_the_table_names_every_method_and_what_it_can_vary() -> None:
    rows = {row[1]: row[0] for row in re.finditer(r"^\| `(\w+)` \|.*\|$", PAGE, re.MULTILINE) if row[1] in METHODS}
    assert set(rows) == set(METHODS)
    assert {name for name, row in rows.items() if row.endswith("| no |")} == {
        name for name, method in METHODS.items() if not method.steps
    }
