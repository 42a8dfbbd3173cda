"""``plsim run --from``: a result folder suffices to make the result again, to the same bits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main

TABLES = (
    "effects.parquet",
    "students.parquet",
    "teachers.parquet",
    "schools.parquet",
    "weekly.parquet",
    "summary.json",
)
DATA = Path(__file__).resolve().parents[1] / "data"
TERM = "Spring 2021-2022"


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments), "--quiet", "--no-report"])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little run with overrides, two years and two worlds."""
    folder = tmp_path_factory.mktemp("again") / "first"
    changes = ("population.schools=10", "population.students_per_school=30", "practices.advising.intensity=0.9")
    done = called(
        "personalized_school", "--out", folder, "--seed", "7", "--years", "2", "--worlds", "2",
        *(part for change in changes for part in ("--set", change)),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder


def changed(folder: Path, target: Path, **values: object) -> Path:
    """A copy of a manifest with other values."""
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | values
    target.write_text(json.dumps(document), encoding="utf-8")
    return target


@pytest.mark.parametrize("workers", ["1", pytest.param("3", marks=pytest.mark.slow)])
def test_a_manifest_makes_the_same_result_to_the_last_bit(first: Path, tmp_path: Path, workers: str) -> None:
    done = called("--from", first / "manifest.json", "--out", tmp_path / "second", "--workers", workers)
    assert done.exit_code == 0, done.output
    for name in TABLES:
        assert (tmp_path / "second" / name).read_bytes() == (first / name).read_bytes(), name
    left, right = (json.loads((each / "manifest.json").read_text()) for each in (first, tmp_path / "second"))
    assert {key for key in left if left[key] != right[key]} <= {"seconds"}


def test_people_from_files_are_read_again_and_refused_when_they_are_others(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    shutil.copy(DATA / "roster.csv", roster)
    one, two = tmp_path / "one", tmp_path / "two"
    assert (
        called("one_school_demo", "--population", roster, "--worlds", "0", "--years", "1", "--out", one).exit_code == 0
    )
    assert called("--from", one / "manifest.json", "--out", two).exit_code == 0
    assert (two / "effects.parquet").read_bytes() == (one / "effects.parquet").read_bytes()
    lines = roster.read_text(encoding="utf-8").splitlines()
    roster.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    refused = called("--from", one / "manifest.json", "--out", tmp_path / "three")
    assert (refused.exit_code, "not those of the manifest" in refused.stderr) == (2, True)
    assert not (tmp_path / "three").exists()


def test_a_term_is_named_recorded_and_run_again(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    named = ("--population", DATA / "nwea_export", "--term", TERM)
    assert called("one_school_demo", *named, "--worlds", "0", "--years", "1", "--out", one).exit_code == 0
    assert json.loads((one / "manifest.json").read_text())["population_term"] == TERM
    assert called("--from", one / "manifest.json", "--out", two).exit_code == 0
    assert (two / "effects.parquet").read_bytes() == (one / "effects.parquet").read_bytes()


def test_a_term_without_files_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    alone = called("one_school_demo", "--term", TERM, "--out", out)
    assert (alone.exit_code, "given without --population" in alone.stderr) == (2, True)
    other = called("one_school_demo", "--population", DATA / "nwea_export", "--term", "Fall 1999-2000", "--out", out)
    assert (other.exit_code, "no term 'Fall 1999-2000'" in other.stderr, out.exists()) == (2, True, False)


def test_what_has_changed_since_is_said(first: Path, tmp_path: Path) -> None:
    manifest = changed(first, tmp_path / "old.json", parameters_digest="other", worlds=0)
    done = called("--from", manifest, "--out", tmp_path / "again")
    assert done.exit_code == 0
    assert "registry of parameters" in done.stderr


@pytest.mark.parametrize(
    "values",
    [
        {"scenario": "name = 'x'"},
        {"seed": "7"},
        {"worlds": True},
        {"population_digest": None},
        {"scenario_digest": "0"},
    ],
)
def test_a_manifest_that_says_something_else_is_refused(first: Path, tmp_path: Path, values: dict[str, object]) -> None:
    done = called("--from", changed(first, tmp_path / "bad.json", **values), "--out", tmp_path / "out")
    assert (done.exit_code, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize("more", [("one_school_demo",), ("--seed", "0"), ("--set", "years=1"), ("--engine", "mesa")])
def test_nothing_else_may_be_asked_for(first: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    done = called("--from", first / "manifest.json", "--out", tmp_path / "out", *more)
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_the_result_itself_is_not_overwritten(first: Path) -> None:
    before = (first / "manifest.json").read_bytes()
    assert called("--from", first / "manifest.json", "--out", first).exit_code == 2
    assert (first / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("arguments", [(), ("--from", "nowhere.json")])
def test_without_a_scenario_or_a_manifest_nothing_is_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = called(*arguments, "--out", tmp_path / "out")
    assert (done.exit_code, "Traceback" in done.stderr) == (2, False)
