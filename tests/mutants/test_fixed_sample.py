"""A fixed sample of mutants of the code that decides results: the tests notice every one of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS, SOURCES = ROOT / "tests", ROOT / "src"
MUTANTS: list[dict[str, str]] = tomllib.loads(Path(__file__).with_name("sample.toml").read_text(encoding="utf-8"))[
    "mutants"
]

# One process loads what takes long, and a copy of it runs the tests of each mutant: with the mutant's module, if any,
# in place of ours.
TRIED = """
import json, os, sys
from pathlib import Path
import numba, pandas, pytest, scipy.stats

def status(tests, said):
    child = os.fork()
    if child == 0:
        out = os.open(said, os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os._exit(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

sys.dont_write_bytecode = True
sources, mutants = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
sys.path.insert(0, str(sources))
found = [status(sorted({each["tests"] for each in mutants}), "unchanged.txt")]
for number, each in enumerate(mutants):
    module = sources / "plsim" / each["module"]
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace(each["was"], each["becomes"]), encoding="utf-8")
    found.append(status([each["tests"]], f"{number}.txt"))
    module.write_text(text, encoding="utf-8")
Path("found.json").write_text(json.dumps(found), encoding="utf-8")
"""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant['module']}: {mutant['becomes'][:30]}")
def test_what_a_mutant_changes_stands_in_its_module_once(mutant: dict[str, str]) -> None:
    text = (SOURCES / "plsim" / mutant["module"]).read_text(encoding="utf-8")
    assert text.count(mutant["was"]) == 1, f"sample.toml: choose another mutant of {mutant['module']}"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied in another way")
def test_every_mutant_of_the_sample_is_noticed(tmp_path: Path) -> None:
    for folder in ("src", "scenarios", "experiments"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "results"))
    asked = [{**each, "tests": str(TESTS / each["tests"])} for each in MUTANTS]
    (tmp_path / "mutants.json").write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-c", TRIED, str(tmp_path / "src"), str(tmp_path / "mutants.json")]
    subprocess.run(command, check=True, cwd=tmp_path)
    unchanged, *found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert unchanged == 0, (tmp_path / "unchanged.txt").read_text(encoding="utf-8")[-3000:]
    # 1: a test failed. Anything else, such as a module that cannot be loaded, notices nothing.
    survived = [each for each, status in zip(MUTANTS, found, strict=True) if status != 1]
    assert survived == []


def test_what_the_wide_run_of_mutants_names_is_there() -> None:
    named = re.findall(r'"((?:src|tests)/[^"]*)"', (ROOT / "benchmarks" / "mutants.py").read_text(encoding="utf-8"))
    assert named
    assert [each for each in named if not (ROOT / each).exists()] == []
