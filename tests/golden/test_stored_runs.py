"""Stored runs: nothing moves a result without somebody saying so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parent))  # what the script imports
from golden_runs import RUNS, STORED, measured, moved
from regenerate import CHANGELOG, HEADING

WAY_FORWARD = (
    "Results moved. If that is meant, say why: python tests/golden/regenerate.py --why '...' (it writes the changelog)"
)


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("name", RUNS)
def test_a_stored_run_comes_out_as_it_was(name: str, stored: dict[str, Any]) -> None:
    now = measured(RUNS[name])
    kept = stored["runs"][name]
    inputs = [part for part, digest in now["what went in"].items() if kept["what went in"][part] != digest]
    lines = moved(kept, now)
    assert not lines, "\n".join(
        [WAY_FORWARD, f"What went in differs in: {inputs or 'nothing, so a rule moved'}", *lines]
    )


def test_typical_practice_differs_from_itself_in_nothing(stored: dict[str, Any]) -> None:
    assert set(stored["runs"]["typical practice"]["headlines"].values()) == {0.0}


def test_the_changelog_says_why_they_were_stored(stored: dict[str, Any]) -> None:
    sections = re.split(r"(?m)^(?=##)", CHANGELOG.read_text(encoding="utf-8"))
    assert any(stored["why"] in section for section in sections if section.startswith(HEADING))
