"""A fixed sample of mutants of the code that decides results, made by cosmic-ray, each against the tests of its area.

    pip install -e '.[mutation]'
    python benchmarks/mutants.py                 # all areas, about an hour of one processor
    python benchmarks/mutants.py rules --of 60   # more of one area

Mutants are made in a copy of the checkout. Prints those that survive, with what was changed, and the share killed.
Left out are mutants that no test should tell: of annotations, of the words of messages, and of decorators that only
say how code is run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from cosmic_ray.commands import execute, init
from cosmic_ray.config import ConfigDict
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome, WorkResult

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("src", "tests", "scenarios", "experiments", "docs", "pyproject.toml")
AREAS = {
    "rules": (
        ["src/plsim/rules"],
        16,
        ["tests/theory/test_learning_core.py", "tests/theory/test_learning_in_its_limits.py",
         "tests/theory/test_rules_in_their_limits.py"],
    ),
    "measures": (
        ["src/plsim/measures"],
        12,
        ["tests/unit/measures", "tests/privacy/test_disclosure.py", "tests/statistical/test_estimators.py"],
    ),
    "tables": (["src/plsim/runs/tables.py"], 6, ["tests/unit/runs/test_tables.py"]),
    "attribution": (
        ["src/plsim/attribution/coalitions.py", "src/plsim/attribution/game.py", "src/plsim/attribution/rankings.py",
         "src/plsim/measures/findings.py"],
        10,
        ["tests/unit/attribution", "tests/unit/measures/test_findings.py"],
    ),
    "indices": (
        ["src/plsim/studies/dependence.py", "src/plsim/studies/sensitivity.py"],
        8,
        ["tests/theory/test_unordered_factors.py", "tests/theory/test_sensitivity_known_answers.py",
         "tests/unit/studies/test_sensitivity.py"],
    ),
}  # fmt: skip
"""Modules, how many mutants, and the tests that have to notice."""
SECONDS = 600.0
"""Longer than any of these tests take; a mutant that takes longer is not counted."""


def chosen(session: WorkDB, count: int) -> None:
    """Leave so many mutants to be tried: the same ones as long as the code is the same."""
    left = sorted(
        (each for each in session.pending_work_items if can_be_told(each.mutations[0])),
        key=lambda each: (
            str(each.mutations[0].module_path),
            each.mutations[0].operator_name,
            each.mutations[0].occurrence,
        ),
    )
    places = np.random.default_rng(1).choice(len(left), min(count, len(left)), replace=False)
    keep = {left[place].job_id for place in places.tolist()}
    others = [each.job_id for each in session.pending_work_items if each.job_id not in keep]
    session.set_multiple_results(others, WorkResult(WorkerOutcome.SKIPPED))


def can_be_told(mutation: object) -> bool:
    """Whether a test could tell a mutant: not of an annotation or a message, nor of how code is run."""
    lines = Path(mutation.module_path).read_text(encoding="utf-8").splitlines()
    line = lines[mutation.start_pos[0] - 1]
    return not (
        "BitOr" in mutation.operator_name
        or "RemoveDecorator" in mutation.operator_name
        or line.lstrip().startswith(("@", "def ", "class ", "from ", "import "))
        or line.lstrip().startswith(("allowed=", 'f"', '"'))
    )


def tried(area: str, count: int | None) -> tuple[int, int]:
    """How many mutants of an area were killed, and how many were tried."""
    modules, usual, tests = AREAS[area]
    command = f"{sys.executable} -m pytest -q -x -p no:cacheprovider {' '.join(tests)}"
    config = ConfigDict({
        "module-path": modules, "timeout": SECONDS, "excluded-modules": [], "test-command": command,
        "distributor": {"name": "local"},
    })  # fmt: skip
    # As it is, the code has to pass; what has to be compiled for that is compiled once.
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)
    with use_db(f"{area}.sqlite", WorkDB.Mode.create) as session:
        init([Path(module) for module in modules_of(modules)], session, {})
        chosen(session, count or usual)
        execute(session, config)
        every = [(job, result) for job, result in session.results if result.worker_outcome != WorkerOutcome.SKIPPED]
        items = {each.job_id: each.mutations[0] for each in session.work_items}
    found = [(job, result) for job, result in every if result.output != "timeout"]
    if len(found) < len(every):
        print(f"{area}: {len(every) - len(found)} ran out of time: an endless loop, or a machine that is too busy")
    for job, result in found:
        if not result.is_killed:
            print(f"survived, {area}: {items[job].operator_name}\n{result.diff}", flush=True)
    return sum(result.is_killed for _, result in found), len(found)


def modules_of(places: list[str]) -> list[str]:
    """Files of modules and packages."""
    return [
        str(path)
        for place in places
        for path in (sorted(Path(place).rglob("*.py")) if Path(place).is_dir() else [Path(place)])
    ]


def main() -> None:
    """Try them and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("areas", nargs="*", default=list(AREAS), help=", ".join(AREAS))
    parser.add_argument("--of", type=int, help="mutants of each area")
    given = parser.parse_args()
    if unknown := set(given.areas) - set(AREAS):
        parser.error(f"no such area: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        for name in NEEDED:
            place = ROOT / name
            (shutil.copytree if place.is_dir() else shutil.copyfile)(place, Path(folder, name))
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(Path(folder, "src"))
        shares = {}
        for area in given.areas:
            shares[area] = tried(area, given.of)
            print(f"{area}: {shares[area][0]} of {shares[area][1]} killed", flush=True)
    killed, count = map(sum, zip(*shares.values(), strict=True))
    print(f"all: {killed} of {count} killed ({killed / count:.0%})")


if __name__ == "__main__":
    main()
