"""Where output cannot go, names that are no text, and a home that cannot be written: one message, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

FULL = Path("/dev/full")
NO_TEXT = os.fsdecode(b"Donn\xe9es")


def plsim(*arguments: str | Path, out: Any = subprocess.PIPE, env: Mapping[str, str] | None = None) -> Any:
    """A command in a process of its own, with this standard output."""
    return subprocess.run(
        [sys.executable, "-m", "plsim", *arguments],
        stdout=out,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        timeout=1500,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["list", "levers"],
        pytest.param(["list", "levers", "--json"], marks=pytest.mark.slow),
        pytest.param(["check", "nglc_2015"], marks=pytest.mark.slow),
    ],
)
def test_a_full_standard_output_is_one_message(arguments: list[str], unbuffered: str) -> None:
    with FULL.open("wb") as full:
        done = plsim(*arguments, out=full, env={"PYTHONUNBUFFERED": unbuffered})
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["plsim: standard output: No space left on device"]


def test_a_closed_standard_output_is_no_error() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m plsim list outcomes >&-"],
        capture_output=True, timeout=1500, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m plsim list parameters | head -n 1"],
        capture_output=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.stderr == b""


@pytest.mark.parametrize(
    "command",
    ["check", "run", *(pytest.param(each, marks=pytest.mark.slow) for each in ("study", "report", "compare"))],
)
def test_a_name_that_is_no_text_is_one_message(command: str, tmp_path: Path) -> None:
    name = tmp_path / f"{NO_TEXT}.toml"
    done = plsim(command, name, *([name] if command == "compare" else []))
    said = (done.stdout + done.stderr).decode(errors="strict")
    assert done.returncode == 2
    assert "Donn" in said
    assert "Traceback" not in said


NOWHERE = "/proc/nowhere"
HOMELESS = {"HOME": NOWHERE, "XDG_CACHE_HOME": NOWHERE, "XDG_CONFIG_HOME": NOWHERE, "MPLCONFIGDIR": NOWHERE}


@pytest.mark.slow
def test_a_home_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    done = plsim("check", "nglc_2015", env=HOMELESS)
    assert (done.returncode, done.stderr) == (0, b"")
    sample = plsim("sample", "roster", tmp_path / "district", env=HOMELESS)
    assert (sample.returncode, sample.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_run_and_its_report_need_no_home(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = plsim("run", "one_school_demo", "--worlds", "0", "--years", "1", "--out", folder, env=HOMELESS)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert (folder / "report.html").is_file()
