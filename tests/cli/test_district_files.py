"""A district's files on the command line: names in any encoding, doubts, decisions about titles, options run again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main

DATA = Path(__file__).resolve().parents[1] / "data"
LATIN = b"Donn\xe9es"  # as an old disk has it
NAMES = (
    LATIN,
    "\N{RIGHT-TO-LEFT OVERRIDE}district".encode(),
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("classes \N{BOOKS} \N{ZERO WIDTH JOINER}".encode(), b"trailing blanks  ", b"a" * 200)
    ),
)
SMALL = ("--years", "1", "--worlds", "0", "--quiet")


def called(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow every name")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_files_and_folders_may_have_any_name_that_the_system_allows(name: bytes, tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(name)
    roster, second = out.with_name(out.name + ".csv"), out.with_name(out.name + "2")
    shutil.copy(DATA / "roster.csv", roster)
    done = called("run", "one_school_demo", "--population", roster, "--out", out, *SMALL, "--no-report")
    assert done.exit_code == 0, done.output
    for again in (
        ("report", out),
        ("run", "--from", out, "--out", second, "--quiet", "--no-report"),
        ("check", roster),
    ):
        done = called(*again)
        assert done.exit_code == 0, done.output
        # Nothing turns the direction of a terminal. A path alone is for other programs, and as it is.
        assert again[0] != "check" or "\N{RIGHT-TO-LEFT OVERRIDE}" not in done.output
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow every name")
def test_a_process_takes_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    roster = tmp_path / os.fsdecode(LATIN + b".csv")
    shutil.copy(DATA / "roster.csv", roster)
    command = [sys.executable, "-m", "plsim", "check", roster]
    done = subprocess.run(command, capture_output=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    assert b"Donn\\udce9es.csv: fine" in done.stdout


def test_a_name_that_the_system_does_not_allow_is_refused_before_the_run(tmp_path: Path) -> None:
    done = called("run", "one_school_demo", *SMALL, "--out", tmp_path / ("a" * 300))
    assert (done.exit_code, "cannot be a folder" in done.stderr) == (2, True)


def oneroster(folder: Path, *, title: str = "Basket Weaving") -> Path:
    """A school of one grade whose classes have no subjects and no codes."""
    people = [f"s{number},student,4,sch,true" for number in range(20)] + ["t1,teacher,,sch,true"]
    seats = [f"e{number},c{number % 2},s{number},student" for number in range(20)]
    tables = {
        "orgs": ["sourcedId,name,type", "sch,Oak,school"],
        "users": ["sourcedId,role,grades,orgSourcedIds,enabledUser", *people],
        "classes": ["sourcedId,title,schoolSourcedId", f"c0,{title},sch", "c1,Math 4,sch"],
        "enrollments": ["sourcedId,classSourcedId,userSourcedId,role", *seats, "x0,c0,t1,teacher", "x1,c1,t1,teacher"],
    }
    folder.mkdir(parents=True)
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_person_decides_what_a_title_teaches(tmp_path: Path) -> None:
    district, decided = oneroster(tmp_path / "d"), tmp_path / "titles.csv"
    decided.write_text("title,subject\nbasket weaving,reading\n", encoding="utf-8")
    alone, with_it = called("check", district), called("check", district, "--subjects", decided)
    # Words that no table knows may be a person's name, so they are not shown.
    assert "Titles that were not understood: ... ... (1)." in alone.stdout
    assert (with_it.exit_code, "not understood" in with_it.stdout) == (0, False)
    assert "1 classes in other subjects" not in with_it.stdout
    decided.write_text("title,subject\nbasket waving,reading\n", encoding="utf-8")
    refused = called("check", district, "--subjects", decided)
    assert (refused.exit_code, "those of no class, such as 'basket waving'" in refused.stderr) == (2, True)


def test_files_that_do_not_fit_are_doubtful_with_an_exit_status_of_their_own_kind(tmp_path: Path) -> None:
    district = oneroster(tmp_path / "d")
    seats = (district / "enrollments.csv").read_text(encoding="utf-8")
    (district / "enrollments.csv").write_text(seats.replace(",s1", ",other-"), encoding="utf-8")
    done = called("check", district)
    assert (done.exit_code, "doubtful" in done.stdout + done.stderr) == (2, True), done.output
    assert json.loads(called("check", district, "--json").stdout)[0]["doubts"]


def test_how_files_were_read_is_recorded_and_read_so_again(tmp_path: Path) -> None:
    district, decided = oneroster(tmp_path / "d"), tmp_path / "titles.csv"
    decided.write_text("title,subject\nbasket weaving,reading\n", encoding="utf-8")
    read = ("--population", district, "--subjects", decided, "--as-of", "2025-03-01")
    one, two = tmp_path / "one", tmp_path / "two"
    done = called("run", "one_school_demo", *read, *SMALL, "--no-report", "--out", one)
    assert done.exit_code == 0, done.output
    again = called("run", "--from", one, "--quiet", "--no-report", "--out", two)
    assert again.exit_code == 0, again.output
    assert (two / "effects.parquet").read_bytes() == (one / "effects.parquet").read_bytes()
    decided.write_text("title,subject\nbasket weaving,other\n", encoding="utf-8")
    other = called("run", "--from", one, "--quiet", "--no-report", "--out", tmp_path / "three")
    assert other.exit_code == 2, "titles that were decided otherwise make another district"


def test_a_result_beside_the_files_makes_them_no_others(tmp_path: Path) -> None:
    district = oneroster(tmp_path / "d" / "roster")
    one = district.parent / "results"
    done = called("run", "one_school_demo", "--population", district.parent, *SMALL, "--no-report", "--out", one)
    assert done.exit_code == 0, done.output
    again = called("run", "--from", one, "--quiet", "--no-report", "--out", district.parent / "again")
    assert again.exit_code == 0, again.output
    with (district / "users.csv").open("a", encoding="utf-8") as file:
        file.write("s99,student,4,sch,true\n")
    other = called("run", "--from", one, "--quiet", "--no-report", "--out", tmp_path / "three")
    assert (other.exit_code, "not those of the manifest" in other.stderr) == (2, True)
