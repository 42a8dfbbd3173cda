"""``plsim study``: plan, run, go on, parts, and what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main

STUDY = """schema_version = 1
name = "small"
question = "Does redesign help?"
scenario = "one_school_demo"
years = 1
population.students_per_school = 40
levers.support.structure = ["overlay", "redesign"]
levers.support.coaching_hours = { low = 0.0, high = 2.0 }
uncertainties.worlds = 2
luck.seeds = 1
method.kind = "grid"
method.points = 2
"""


def plsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "small.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(study: Path) -> Path:
    out = study.parent / "out"
    result = plsim("study", str(study), "--out", str(out), "--workers", "1")
    assert result.exit_code == 0, result.stderr
    (study.parent / "said.txt").write_text(result.stdout, encoding="utf-8")
    return out


def test_it_prints_the_question_the_table_with_intervals_and_where_results_are(folder: Path) -> None:
    said = (folder.parent / "said.txt").read_text(encoding="utf-8")
    assert said.startswith("small: Does redesign help?\n8 runs by grid")
    assert "value (90% interval)" in said
    assert "Worlds: " in said
    assert said.rstrip().endswith(f"Results are in {folder}")


def test_json_is_one_document_and_the_one_in_the_folder(study: Path, folder: Path) -> None:
    printed = json.loads(plsim("study", str(study), "--out", str(folder), "--json").stdout)
    stored = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert printed == stored
    assert (printed["runs"], printed["headline_table"]) == (8, "contrasts")


def test_quiet_prints_the_folder_only(study: Path, folder: Path) -> None:
    result = plsim("study", str(study), "--out", str(folder), "--quiet")
    assert (result.stdout, result.stderr) == (f"{folder}\n", "")


def test_a_plan_runs_nothing_into_a_folder(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = plsim("study", str(study), "--plan").stdout
    assert "8 runs: 4 points of 2 factors in each of 2 worlds, outcomes: 1" in said
    assert "of disk" in said
    document = json.loads(plsim("study", str(study), "--plan", "--json").stdout)
    assert (document["runs"], document["worlds"]) == (8, 2)
    assert list(tmp_path.iterdir()) == []


def test_parts_are_analysed_when_all_are_there(study: Path, tmp_path: Path) -> None:
    words = ("study", str(study), "--out", str(tmp_path), "--workers", "1")
    first = plsim(*words, "--shard", "1/2")
    assert "4 of 4 runs are done; other parts are still missing" in first.stdout
    last = plsim(*words, "--shard", "2/2")
    assert "Does redesign help?" in last.stdout
    assert (tmp_path / "summary.json").exists()


@pytest.mark.parametrize("given", ["0/2", "3/2", "half", "1/", "-1/2"])
def test_a_wrong_part_is_refused(study: Path, given: str) -> None:
    result = plsim("study", str(study), "--plan", f"--shard={given}")
    assert result.exit_code == 2
    assert "i/N with i from 1 to N" in result.stderr


def test_another_seed_is_another_study(study: Path, folder: Path) -> None:
    result = plsim("study", str(study), "--out", str(folder), "--seed", "7")
    assert result.exit_code == 2
    assert "another study" in result.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_the_same_line_goes_on(study: Path, tmp_path: Path) -> None:
    text = STUDY.replace("worlds = 2", "worlds = 15").replace("method.points = 2", "method.points = 5")
    path = tmp_path / "longer.toml"
    path.write_text(text, encoding="utf-8")
    line = [
        sys.executable,
        "-m",
        "plsim",
        "study",
        str(path),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
        "--quiet",
    ]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
    runs = tmp_path / "out" / "runs"
    until = time.monotonic() + 120.0
    while time.monotonic() < until and process.poll() is None and not list(runs.glob("**/*.parquet")):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    made_before = json.loads(plsim("study", str(path), "--out", str(tmp_path / "out"), "--json").stdout)
    assert made_before["runs"] == 150
