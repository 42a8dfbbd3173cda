"""``plsim check`` of populations: everything wrong in one go, and row by row what became of the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main

DATA = Path(__file__).resolve().parents[1] / "data"
HEADER = "student_id,school,grade,math_rit,lunch_eligible\n"


def called(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + "a1,Oak,99,999,maybe\na2,Oak\na1,Oak,4,201,yes\n", encoding="utf-8")
    return path


def test_everything_wrong_is_told_in_the_order_of_the_file(bad):
    result = called(bad)
    assert (result.exit_code, result.stdout) == (2, "")
    places = [line.split(": ")[1] for line in result.stderr.splitlines()]
    assert places == ["row 2, grade", "row 2, math_rit", "row 2, lunch_eligible", "row 3", "row 4, student_id"]


def test_files_are_told_in_the_order_in_which_they_were_given(bad, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("x\n1\n", encoding="utf-8")
    lines = called(other, bad).stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["other.csv"] * 3 + ["bad.csv"] * 5


def test_a_run_tells_the_same_problems(bad, tmp_path):
    run = CliRunner().invoke(main, ["run", "typical_practice", "--population", str(bad), "--out", str(tmp_path / "r")])
    assert run.exit_code == 2
    assert called(bad).stderr.splitlines()[1:] == run.stderr.splitlines()[1:][-4:]


@pytest.mark.parametrize("name", ["nwea_export", "oneroster.zip", "roster.csv"])
def test_a_sound_population_is_described(name):
    result = called(DATA / name)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{DATA / name}: fine\n")
    assert "Read: " in result.stdout
    assert "drawn from norms" in result.stdout


def test_every_row_is_explained_once_in_order():
    lines = called("--explain", DATA / "nwea_export").stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if "StudentsBySchool.csv: 540 rows" in line)
    middle = next(n for n, line in enumerate(lines) if "AssessmentResults.csv: 1,077 rows" in line)
    numbers = [int(line.split()[1].rstrip(":")) for line in (*lines[start + 1 : middle], *lines[middle + 1 :])]
    assert numbers == [*range(2, 542), *range(2, 1079)]


def test_an_explanation_says_why_rows_were_left_out_and_what_was_drawn():
    text = called("--explain", DATA / "nwea_export").stdout
    assert "left out: further tests of a student in the term" in text
    assert "used; drawn: reading score, lunch eligible" in text


def test_the_explained_rows_add_up_to_what_is_counted():
    document = json.loads(called("--explain", "--json", DATA / "nwea_export").stdout)[0]
    used = [row for row in document["rows"] if row["used"]]
    assert len(document["rows"]) == sum(document["read"].values())
    assert len(used) == document["read"]["students used"] + document["read"]["tests used"]
    drawn = [row for row in document["rows"] if "reading score" in row["drawn"]]
    assert len(drawn) == document["drawn"]["reading scores"]
    assert {(row["file"], row["used"]) for row in drawn} == {("StudentsBySchool.csv", True)}


def test_without_explain_rows_are_not_listed():
    assert "row 2" not in called(DATA / "nwea_export").stdout


@pytest.mark.parametrize("name", ["students.xlsx", "students.txt", "export.zip"])
def test_a_file_of_another_kind_is_told_as_a_population(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    result = called(tmp_path / name)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert any(word in result.stderr for word in ("population", "zip", "workbook"))


LONG = "x" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "one_school_demo", "--population", LONG),
        ("run", "one_school_demo", "--out", LONG),
        ("compare", "one_school_demo", "typical_practice", "--population", LONG),
        ("compare", "one_school_demo", "typical_practice", "--out", LONG),
        ("districts", "one_school_demo", LONG),
        ("districts", "one_school_demo", "--out", LONG),
        ("report", LONG),
        ("run", "--from", LONG),
    ],
    ids=lambda arguments: f"{arguments[0]} {arguments[-2]} {arguments[-1][:2]}",
)
def test_a_path_that_cannot_be_one_is_one_message(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 2, done.exception
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("report",), ("run", "--from")])
def test_a_manifest_nested_too_deep_is_one_message(command, tmp_path):
    (tmp_path / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    done = CliRunner().invoke(main, [*command, str(tmp_path), *(() if command[0] == "report" else ("--out", "again"))])
    assert (done.exit_code, "manifest" in done.stderr or "JSON" in done.stderr) == (2, True)


def test_one_student_runs_without_a_page_and_says_why(tmp_path):
    (tmp_path / "roster.csv").write_text("student_id,school,grade,lunch_eligible\na1,Oak,4,yes\n", encoding="utf-8")
    asked = ["run", "typical_practice", "--population", str(tmp_path), "--years", "1", "--worlds", "0"]
    done = CliRunner().invoke(main, [*asked, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "No report: fewer than 10" in done.stdout
    assert "100% of students" not in done.stdout
    assert (tmp_path / "out" / "manifest.json").exists()
    assert not (tmp_path / "out" / "report.html").exists()
    told = CliRunner().invoke(main, ["report", str(tmp_path / "out")])
    assert (told.exit_code, "holds no effect on students" in told.stderr) == (2, True)
