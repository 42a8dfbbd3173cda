"""The commands that only look: list, check, help."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import COMMANDS, main


def called(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("kind", ["scenarios", "experiments", "practices", "levers", "parameters", "outcomes", "facts"])
def test_list_prints_one_line_each(kind: str) -> None:
    lines = called("list", kind).output.splitlines()
    assert len(lines) == len(json.loads(called("list", kind, "--json").output)) > 0


def test_list_of_an_unknown_kind_exits_with_status_two() -> None:
    assert called("list", "unicorns").exit_code == 2


def test_facts_that_were_only_recalled_are_marked() -> None:
    rows = json.loads(called("list", "facts", "--json").output)
    recalled = {row["name"] for row in rows if row["confidence"] == "memory"}
    lines = {line.split()[0]: line for line in called("list", "facts").output.splitlines()}
    assert recalled
    assert all("recalled, not seen" in lines[name] for name in recalled)


def test_check_says_that_a_shipped_scenario_is_fine() -> None:
    result = called("check", "nglc_2015")
    assert (result.exit_code, result.output) == (0, "nglc_2015: fine\n")


def test_check_goes_on_after_a_file_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("schema_version = 1\nyers = 2", encoding="utf-8")
    result = called("check", str(path), "nglc_2015")
    assert result.exit_code == 2
    assert "Did you mean 'years'?" in result.stderr
    assert result.stdout == "nglc_2015: fine\n"


def test_check_as_json_is_one_document(tmp_path: Path) -> None:
    result = called("check", "--json", str(tmp_path / "missing.toml"))
    assert result.exit_code == 2
    assert "neither a file nor a shipped" in json.loads(result.stdout)[0]["problem"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    assert called(name, "--help").exit_code == 0


def test_help_loads_neither_numpy_nor_pydantic() -> None:
    code = (
        "import sys; from plsim.cli.main import main; main(['--help'], standalone_mode=False);"
        "sys.exit(bool({'numpy', 'pydantic', 'pandas', 'numba'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_help_is_quick() -> None:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "plsim.cli.main", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    assert min(times) < 1.0  # about 0.15 s on an idle machine
