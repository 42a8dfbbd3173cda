"""``plsim calibrate``: small, from the line that is typed to the files that ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.evidence import registry
from plsim.evidence.worlds import load_worlds

SMALL = ["--bank", "200", "--wave", "50", "--drawn", "10", "--ship", "10", "--truths", "20", "--workers", "2"]


def test_a_bank_too_small_to_learn_from_is_refused_before_anything_runs(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["calibrate", "--bank", "20", "--out", str(tmp_path / "c")])
    assert shown.exit_code == 2
    assert "200" in shown.output
    assert not (tmp_path / "c").exists()


@pytest.mark.slow
def test_a_calibration_ends_in_worlds_tables_and_a_page_and_going_on_changes_nothing(tmp_path: Path) -> None:
    out, page = tmp_path / "c", tmp_path / "docs" / "calibration.md"
    page.parent.mkdir()
    line = ["calibrate", *SMALL, "--out", str(out), "--json"]
    shown = CliRunner().invoke(main, [*line, "--page", str(page)], catch_exceptions=False)
    assert shown.exit_code == 0, shown.output
    said = json.loads(shown.stdout)
    stored = load_worlds(out / "worlds.csv", out / "worlds.json")
    assert stored is not None
    assert stored.keys == tuple(parameter.key for parameter in registry().uncertain())
    assert len(stored.values) == said["worlds"]
    assert said["worlds"] == 10
    assert said["leave_out"]["scores"][0]["effects"] == len(said["leave_out"]["effects"]) > 20
    text = page.read_text(encoding="utf-8")
    assert "R17-01" in text
    assert "nan" not in text
    assert re.search(r"`match.form` \| bell or zone \| bell \d+%, zone \d+%", text)
    assert (page.parent / "figures" / "calibration-facts.svg").read_text(encoding="utf-8").startswith("<svg")

    first = (out / "worlds.csv").read_bytes()
    parts = sorted(path.name for path in (out / "bank" / "runs").iterdir())
    again = CliRunner().invoke(main, line, catch_exceptions=False)
    assert again.exit_code == 0
    assert (out / "worlds.csv").read_bytes() == first
    assert sorted(path.name for path in (out / "bank" / "runs").iterdir()) == parts
