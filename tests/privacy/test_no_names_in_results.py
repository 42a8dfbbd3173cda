"""No name, birth date, address or ethnicity of a file comes out of a run: not in results, messages, logs or caches."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from plsim.cli.main import main
from plsim.core.jit import cache_folder
from plsim.population.nwea.reading import RESULTS_FILE, STUDENTS_FILE
from plsim.population.sample.write import write_sample

PERSONAL_COLUMNS = frozenset({
    "StudentLastName", "StudentFirstName", "StudentMI", "StudentDateOfBirth", "StudentEthnicGroup", "StudentGender",
    "givenName", "familyName", "middleName", "email", "username", "birthDate", "sex", "hispanicOrLatinoEthnicity",
    "Nickname", "Guardian", "Ethnicity",
})  # fmt: skip


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample district; birth dates and ethnic groups differ from student to student, so that all can be found."""
    folder = tmp_path_factory.mktemp("files")
    write_sample(folder)
    path = folder / "district" / STUDENTS_FILE
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for number, row in enumerate(rows):
        row["StudentDateOfBirth"] = f"{number % 12 + 1}/{number % 28 + 1}/{1971 + number % 29}"
        row["StudentEthnicGroup"] = f"Ethnic group {number % 7}"
        row["StudentMI"] = f"Middle{number}"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "district"


def personal_values(folder: Path) -> set[str]:
    """Every cell of the personal columns of every file, and birth dates as other programs would write them."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.csv")]
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode() for name in archive.namelist()]
    found: set[str] = set()
    for text in texts:
        for row in csv.DictReader(io.StringIO(text)):
            found |= {value for column, value in row.items() if column in PERSONAL_COLUMNS and len(value) > 1}
    for value in list(found):
        date = re.fullmatch(r"(\d+)/(\d+)/(\d{4})", value)
        if date:
            found.add(f"{date[3]}-{int(date[1]):02d}-{int(date[2]):02d}")
    # In the sample a user's name for the computer is the sourcedId, which is the student's id in results.
    return {value for value in found if not re.fullmatch(r"u\d{5}|t-.*", value)}


def everything_written(folder: Path) -> dict[str, str]:
    """The text of every file, its bytes as they are and, for tables, every value and column name."""
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        texts[str(path)] = content.decode("utf-8", errors="replace") + content.decode("utf-16-le", errors="replace")
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            words = [str(name) for name in table.columns]
            for name in table.columns:
                words += [str(value) for value in table[name].unique()]
            texts[str(path)] += "\n".join(words)
    return texts


def found_in(text: str, personal: set[str]) -> set[str]:
    """The personal values that stand in a text as words of their own."""
    words = set(re.findall(r"[\w/.@-]+", text))
    return {value for value in personal if value in words or (not re.fullmatch(r"[\w/.@-]+", value) and value in text)}


@dataclass(frozen=True)
class Told:
    """How a command ended, and all it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def plsim(capfd: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """A command in this process, with what it and every library below it write to the terminal."""

    def called(*arguments: str | Path) -> Told:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        return Told(int(ended.value.code or 0), *capfd.readouterr())

    return called


@pytest.fixture(scope="module")
def finished(district: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The result folder of a run with the district, in a process of its own, and everything the run said."""
    folder = tmp_path_factory.mktemp("run")
    command = (
        "run", "typical_practice", "--population", district, "--worlds", "0", "--set", "years=1", "--out", "result",
        "--tables", "students,schools",
    )  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "plsim.cli.main", *command], check=False, capture_output=True, text=True, cwd=folder
    )
    assert run.returncode == 0, run.stderr
    return folder, run.stdout + run.stderr


def test_the_search_finds_a_value_that_is_there(district):
    personal = personal_values(district)
    assert {
        "Lastname17",
        "Firstname3",
        "Middle200",
        "Teachlast1",
        "Ethnic group 3",
        "1/1/1971",
        "1971-01-01",
    } <= personal
    assert found_in("seen: Lastname17, born 1/1/1971 (Ethnic group 3)", personal) == {
        "Lastname17", "1/1/1971", "Ethnic group 3",
    }  # fmt: skip


def test_no_result_holds_anything_personal(district, finished):
    folder, _ = finished
    texts = everything_written(folder)
    assert {Path(name).suffix for name in texts} >= {".json", ".parquet"}
    personal = personal_values(district)
    assert {name: found for name, text in texts.items() if (found := found_in(text, personal))} == {}


def test_the_run_says_nothing_personal(district, finished):
    assert found_in(finished[1], personal_values(district)) == set()


@pytest.mark.parametrize(
    "command",
    [("compare", "typical_practice", "gentle_start", "--no-why", "--population"), ("districts", "typical_practice")],
    ids=lambda command: command[0],
)
def test_no_other_command_writes_or_says_anything_personal(district, tmp_path, command, plsim):
    done = plsim(*command, district, "--worlds", "0", "--set", "years=1", "--out", tmp_path / "result")
    assert done.returncode == 0, done.stderr
    texts = everything_written(tmp_path) | {"said": done.stdout + done.stderr}
    assert len(texts) > 3
    personal = personal_values(district)
    assert {name: found for name, text in texts.items() if (found := found_in(text, personal))} == {}


def test_the_cache_that_a_run_uses_holds_nothing_personal(district, finished):
    cached = everything_written(cache_folder())
    assert cached
    personal = personal_values(district)
    assert {name: found for name, text in cached.items() if (found := found_in(text, personal))} == {}


def test_a_run_that_is_refused_says_nothing_personal(district, tmp_path, plsim):
    for name in (RESULTS_FILE, STUDENTS_FILE):
        text = (district / name).read_text(encoding="utf-8")
        # A name, a birth date and an ethnic group in place of numbers, and a quote that never ends.
        damaged = text.replace(",3,", ",Lastname3,", 5).replace(",2022", ",1/1/1971", 3) + '"Ethnic group 3'
        (tmp_path / name).write_text(damaged, encoding="utf-8")
    told = plsim("run", "typical_practice", "--population", tmp_path, "--worlds", "0", "--out", tmp_path / "result")
    assert told.returncode == 2
    assert found_in(told.stdout + told.stderr, personal_values(district)) == set()
    assert not (tmp_path / "result").exists()


def test_the_results_are_about_these_students(finished):
    students = pd.read_parquet(finished[0] / "result" / "students.parquet")
    assert "X00000" in set(students["student_id"])


def test_an_explanation_row_by_row_says_nothing_personal(district, plsim):
    told = plsim("check", "--explain", district)
    assert told.returncode == 0
    assert len(told.stdout.splitlines()) > 2000
    assert found_in(told.stdout + told.stderr, personal_values(district)) == set()
    assert "X00000" not in told.stdout
    rows = json.loads(plsim("check", "--explain", "--json", district).stdout)[0]["rows"]
    assert found_in(json.dumps(rows), personal_values(district)) == set()


@pytest.mark.parametrize("shift", range(1, 8))
def test_no_message_about_slipped_columns_says_anything_personal(district, tmp_path, shift, plsim):
    lines = (district / STUDENTS_FILE).read_text(encoding="utf-8").splitlines()
    slipped = [",".join([*line.split(",")[shift:], *line.split(",")[:shift]]) for line in lines[1:]]
    (tmp_path / STUDENTS_FILE).write_text("\n".join([lines[0], *slipped]), encoding="utf-8")
    (tmp_path / RESULTS_FILE).write_bytes((district / RESULTS_FILE).read_bytes())
    told = plsim("check", tmp_path)
    assert found_in(told.stdout + told.stderr, personal_values(district)) == set()


def test_personal_columns_of_a_roster_never_become_groups(tmp_path, plsim):
    rows = "".join(f"a{i},Oak,{i % 5},{','.join(f'Secret{n}{i % 2}' for n in range(3))}\n" for i in range(60))
    head = "student_id,school,grade,Nickname,Guardian,Ethnicity"
    (tmp_path / "roster.csv").write_text(f"{head}\n{rows}", encoding="utf-8")
    run = plsim(
        "run", "typical_practice", "--population", tmp_path / "roster.csv", "--worlds", "0", "--years", "1",
        "--out", tmp_path / "result",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    texts = everything_written(tmp_path / "result") | {"said": run.stdout + run.stderr}
    assert [name for name, text in texts.items() if "Secret" in text] == []


def test_a_column_that_could_name_somebody_never_becomes_groups(tmp_path, plsim):
    rows = "".join(f"a{i},Oak,{i % 5},Secret{i},{f'Secretsmall{i % 4}' if i < 20 else 'large'}\n" for i in range(180))
    (tmp_path / "roster.csv").write_text(f"student_id,school,grade,who,club\n{rows}", encoding="utf-8")
    run = plsim(
        "run", "typical_practice", "--population", tmp_path / "roster.csv", "--worlds", "0", "--years", "1",
        "--out", tmp_path / "result", "--subgroups", "club",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    texts = everything_written(tmp_path / "result") | {"said": run.stdout + run.stderr}
    assert [name for name, text in texts.items() if "Secret" in text] == []
    assert "club:large" in set(pd.read_parquet(tmp_path / "result" / "effects.parquet")["group"])


@pytest.mark.parametrize("named", [(), ("--tables", "students")], ids=["usual", "students"])
def test_rows_of_each_student_and_school_are_written_only_on_request(tmp_path, named, plsim):
    rows = "".join(f"a{i},Oak,{3 + i % 2},{200 + i % 17}\n" for i in range(60))
    (tmp_path / "roster.csv").write_text(f"student_id,school,grade,math_rit\n{rows}", encoding="utf-8")
    run = plsim(
        "run", "typical_practice", "--population", tmp_path / "roster.csv", "--worlds", "0", "--years", "1",
        "--out", tmp_path / "result", *named,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    tables = {path.stem for path in (tmp_path / "result").glob("*.parquet")}
    assert tables & {"students", "schools"} == set(named[1:])
    assert "--tables" in run.stdout
    assert (tmp_path / "result" / "report.html").exists()
