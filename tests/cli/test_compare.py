"""``plsim compare``: differences first, then why, then where it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main

SMALL = ("--set", "population.schools=3", "--set", "population.students_per_school=40", "--years", "1", "--worlds", "0")
TWO = ("overlay_on_old_schedule", "redesigned_school")


def called(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments, *SMALL, "--out", str(out)])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("compare")
    return called(out, *TWO), out


def test_differences_come_first_and_why_last(done: tuple[Result, Path]) -> None:
    text = done[0].stdout
    headings = [
        "Difference in effect",
        "Effect relative to typical",
        "Costs and conditions",
        "Decomposition of the effect",
    ]
    places = [text.index(each) for each in headings]
    assert places == sorted(places)


def test_the_parts_of_the_difference_add_up_to_it(done: tuple[Result, Path]) -> None:
    line = next(line for line in done[0].stdout.splitlines() if " - overlay_on_old_schedule" in line)
    *parts, total = (float(word) for word in line.split()[-5:])
    assert sum(parts) == pytest.approx(total, abs=0.0025)  # five rounded numbers


def test_every_scenario_has_its_own_whole_folder_and_the_comparison_is_kept(done: tuple[Result, Path]) -> None:
    out = done[1]
    assert all((out / name / "manifest.json").is_file() for name in TWO)
    document = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert document["scenarios"] == list(TWO)
    assert {row["channel"] for row in document["why"]["redesigned_school"]} >= {"time", "quality", "total"}
    assert (out / "differences.parquet").is_file()


def test_json_is_one_document_with_differences_first(tmp_path: Path) -> None:
    document = json.loads(called(tmp_path, *TWO, "--json", "--no-why").stdout)
    assert list(document).index("differences") < list(document).index("why")
    row = document["differences"][0]
    assert (row["scenario"], row["against"], row["low"]) == ("redesigned_school", "overlay_on_old_schedule", None)
    assert document["why"] == {}


@pytest.mark.parametrize("names", [(), ("big_bang",), ("big_bang", "big_bang"), ("big_bang", "nope")])
def test_what_cannot_be_compared_is_refused_before_anything_is_run(tmp_path: Path, names: tuple[str, ...]) -> None:
    refused = called(tmp_path / "out", *names)
    assert (refused.exit_code, "Traceback" in refused.stderr) == (2, False)
    assert not (tmp_path / "out").exists()
