from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from plsim.cli.main import main

DATA = Path(__file__).resolve().parents[1] / "data"
SMALL = ("--years", "1", "--set", "population.schools=1", "--set", "population.students_per_school=60")


def test_districts_of_files_are_told_together(tmp_path: Path) -> None:
    files = [str(DATA / "roster.csv"), str(DATA / "nwea_export")]
    done = CliRunner().invoke(main, ["districts", "one_school_demo", *files, *SMALL, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "2 districts" in done.output
    assert "below zero" in done.output
    assert set(pd.read_parquet(tmp_path / "out" / "districts")["district"]) == {"roster", "nwea_export"}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["files"] == files


def test_json_is_one_document(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    done = CliRunner().invoke(main, ["districts", "one_school_demo", "--count", "2", *SMALL, "--out", out, "--json"])
    document = json.loads(done.stdout)
    assert (document["districts"], {row["districts"] for row in document["totals"]}) == (2, {2})


@pytest.mark.parametrize("arguments", [("no-such-folder",), (str(DATA / "roster.csv"), "--count", "3")])
def test_what_cannot_be_run_is_refused_and_leaves_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["districts", "one_school_demo", *arguments, "--out", str(out)])
    assert (done.exit_code, out.exists(), "Traceback" in done.output) == (2, False, False)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("student_id,school,grade\na1,Oak,99\n", encoding="utf-8")
    done = CliRunner().invoke(
        main, ["districts", "one_school_demo", str(tmp_path / "bad.csv"), *SMALL, "--out", str(tmp_path / "out")]
    )
    assert (done.exit_code, "bad.csv: row 2, grade" in done.stderr, (tmp_path / "out").exists()) == (2, True, False)


INTERRUPTED = """
from plsim.cli.main import main
from plsim.runs import district_folder
district_folder.ROWS_OF_A_PART = 1
main(["districts", "one_school_demo", "--count", "100000", "--years", "1", "--out", "out",
      "--set", "population.students_per_school=60"])
"""


@pytest.mark.slow
def test_interrupted_it_keeps_whole_parts_and_has_no_manifest(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    parts = tmp_path / "out" / "districts"
    try:
        end = time.monotonic() + 120.0
        while time.monotonic() < end and len(list(parts.glob("part-*.parquet"))) < 3:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, "Traceback" in said) == (130, False)
    assert len(pd.read_parquet(parts)["district"].unique()) >= 3
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_files_that_are_refused_cost_nobody_an_older_result(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("student_id,school,grade\na1,Oak,99\n", encoding="utf-8")
    out = tmp_path / "out"
    (out / "districts").mkdir(parents=True)
    for name in ("manifest.json", "districts/part-000000.parquet"):
        (out / name).write_text("older", encoding="utf-8")
    done = CliRunner().invoke(main, ["districts", "one_school_demo", str(tmp_path / "bad.csv"), "--out", str(out)])
    assert done.exit_code == 2
    assert (out / "manifest.json").read_text(encoding="utf-8") == "older"
    assert (out / "districts" / "part-000000.parquet").exists()
