"""The how-to guides for contributors are followed literally, in a copy of the project.

A guide says what to do in sentences that stand right before a block: ``Write `FILE`:``, ``Append to `FILE`:``,
``Copy `FILE` to `FILE`.``, ``In `FILE` replace ... by``; and shows commands in blocks for a shell.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plsim.engine.worlds import model_parts

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "scenarios", "experiments", "examples", "tests", "docs")
FILES = ("pyproject.toml", "CHANGELOG.md", "README.md", "CONTRIBUTING.md", "CITATION.cff")

PROSE_AND_BLOCKS = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRITE = re.compile(r"Write `([^`\n]+)`[^`\n]*:\s*$")
APPEND = re.compile(r"Append to `([^`\n]+)`[^`\n]*:\s*$")
REPLACE = re.compile(r"In `([^`\n]+)` replace\s*$")
BY = re.compile(r"^\s*by\s*$")
COPY = re.compile(r"Copy `([^`\n]+)` to `([^`\n]+)`")


class Followed:
    """A copy of the project in which a guide is followed, and the files that it touched."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.touched: list[str] = []
        self._old: tuple[Path, str] | None = None
        for folder in FOLDERS:
            ignored = shutil.ignore_patterns("__pycache__", "results", "gallery", "generated", ".*cache")
            shutil.copytree(CHECKOUT / folder, root / folder, ignore=ignored)
        for file in FILES:
            shutil.copyfile(CHECKOUT / file, root / file)

    def block(self, said: str, text: str) -> None:
        """Do what the sentence before a block says with it; other blocks are only shown."""
        for old, new in COPY.findall(said):
            shutil.copyfile(self.root / old, self.touch(new))
        if found := WRITE.search(said):
            path = self.touch(found[1])
            assert not path.exists(), f"{found[1]} is there already"
            path.write_text(text, encoding="utf-8")
        elif found := APPEND.search(said):
            path = self.touch(found[1])
            path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + text, encoding="utf-8")
        elif found := REPLACE.search(said):
            self._old = (self.touch(found[1]), text)
        elif BY.match(said) and self._old is not None:
            path, old = self._old
            before = path.read_text(encoding="utf-8")
            assert before.count(old) == 1, f"{path.name} does not hold this once:\n{old}"
            path.write_text(before.replace(old, text), encoding="utf-8")
            self._old = None

    def touch(self, name: str) -> Path:
        """The path of a file of the copy, noted as touched."""
        if name not in self.touched:
            self.touched.append(name)
        return self.root / name

    def sources(self) -> list[str]:
        """What was touched, without tests."""
        return [name for name in self.touched if not name.startswith("tests/")]

    def run(self, command: str) -> str:
        """Run a command of the guide in the copy; what it printed."""
        program, *rest = shlex.split(command)
        starts = {
            "plsim": [sys.executable, "-m", "plsim"],
            "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
            "python": [sys.executable],
        }
        done = subprocess.run(
            [*starts[program], *rest],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout


def steps(page: str) -> Iterator[tuple[str, str, str]]:
    """Prose before a block, its language, its text."""
    text = (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
    end = 0
    for found in PROSE_AND_BLOCKS.finditer(text):
        yield text[end : found.start()], found[1], found[2]
        end = found.end()
    assert end, f"{page} shows no block"


def follow(page: str, copy: Followed, *, without: str = r"(?!)") -> dict[str, str]:
    """Follow a guide to its end; what its commands printed, by command. Leaves out the commands that match."""
    said = {}
    for prose, kind, text in steps(page):
        if kind == "sh":
            for line in text.splitlines():
                if not re.search(without, line):
                    said[line] = copy.run(line)
        else:
            copy.block(prose, text)
    return said


def worlds_in(copy: Followed) -> tuple[bool, int]:
    """Whether worlds that belong to this project are still valid in a copy, and how many numbers were added there."""
    before = copy.root / "before.json"
    before.write_text(json.dumps(model_parts()), encoding="utf-8")
    look = (
        "import json; from plsim.engine.worlds import model_parts, still_holds; "
        "now, said = model_parts(), json.load(open('before.json')); "
        "print(json.dumps([still_holds(said, now), len(now['numbers']) - len(said['numbers'])]))"
    )
    valid, added = json.loads(copy.run(f'python -c "{look}"'))
    return valid, added


COMPILES = "plsim run|test_engines_agree|regenerate"
"""Commands that compile the copy's rules, which takes half a minute and more: the slow test runs them."""


@pytest.mark.slow
def test_an_outcome_takes_one_file_and_its_test(tmp_path: Path) -> None:
    copy = Followed(tmp_path / "copy")

    said = follow("adding-an-outcome.md", copy, without=COMPILES)

    assert copy.sources() == ["src/plsim/measures/outcomes/growth.py"]
    assert "growth " in said["plsim list outcomes"]
    assert len(said) == 2
    assert worlds_in(copy) == (True, 0)


@pytest.mark.slow
def test_a_practice_takes_three_files_and_its_test(tmp_path: Path) -> None:
    copy = Followed(tmp_path / "copy")

    said = follow("adding-a-practice.md", copy, without=COMPILES)

    assert sorted(copy.sources()) == [
        "scenarios/morning_meeting_demo.toml",
        "scenarios/reading_clinic_demo.toml",
        "src/plsim/evidence/data/practices.toml",
        "src/plsim/practices/morning_meeting.py",
        "src/plsim/practices/reading_clinic.py",
    ]
    assert "fine" in said["plsim check scenarios/morning_meeting_demo.toml"]
    assert "fine" in said["plsim check scenarios/reading_clinic_demo.toml"]
    assert "reading_clinic_visits" in said["plsim list levers"]
    assert "morning_meeting" in said["plsim list practices"]
    assert worlds_in(copy) == (True, 6)


@pytest.mark.slow
def test_a_rule_takes_one_file_and_its_test(tmp_path: Path) -> None:
    copy = Followed(tmp_path / "copy")

    said = follow("changing-a-rule.md", copy, without=COMPILES)

    assert copy.sources() == ["src/plsim/rules/match.py"]
    assert len(said) == 1
    assert worlds_in(copy) == (False, 0)


def test_a_second_form_takes_a_rule_and_its_entry(tmp_path: Path) -> None:
    copy = Followed(tmp_path / "copy")

    said = follow("adding-a-form.md", copy)

    assert copy.sources() == ["src/plsim/rules/quality.py", "src/plsim/evidence/data/rules_learning.toml"]
    assert "(line, curve)" in said["plsim list parameters"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_guides_hold_to_their_last_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    copy = Followed(tmp_path / "copy")

    said = follow("adding-an-outcome.md", copy)
    effects = json.loads(next(text for line, text in said.items() if line.startswith("plsim run")))["effects"]
    rows = {row["arm"]: row for row in effects if row["outcome"] == "growth" and row["group"] == "all"}
    assert set(rows) == {"difference", "scenario", "counterfactual"}
    assert rows["scenario"]["unit"] == "RIT"
    assert rows["scenario"]["low"] < rows["scenario"]["high"]

    follow("adding-a-practice.md", copy)
    summary = json.loads((copy.root / "results" / "morning-meeting" / "summary.json").read_text(encoding="utf-8"))
    assert summary["scenario"] == "morning_meeting_demo"
    summary = json.loads((copy.root / "results" / "reading-clinic" / "summary.json").read_text(encoding="utf-8"))
    assert summary["scenario"] == "reading_clinic_demo"

    said = follow("changing-a-rule.md", copy)
    assert "SD" in said["python tests/golden/regenerate.py"]
