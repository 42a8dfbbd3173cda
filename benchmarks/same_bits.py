"""Whether a change left every bit of results as it was: `python benchmarks/same_bits.py BEFORE [--restate]`.

The worlds that ship, the stored claims and the experiments name the model that made them by a digest of its rules. A
change that only makes those quicker or plainer gives the model another name and the same results. This runs every
shipped scenario in some worlds with the sources in BEFORE, a checkout from before the change (`git worktree add`), and
with those here, and compares all that students, teachers and schools have become. With `--restate` the stored results
take the model's new name, if no bit differs; otherwise they have to be made again (`plsim calibrate`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent.parent
YEARS = 2
SEED = 3
SMALL = ("population.schools=5", "population.students_per_school=120")
CHARTERS = "population.charter_schools=3"
STORED = (
    "src/plsim/evidence/data/worlds.json",
    "src/plsim/validation/claims/stored_claims.json",
    "docs/calibration.md",
    *(str(each.relative_to(HERE)) for each in sorted(HERE.glob("experiments/*/results/manifest.json"))),
)


def feed(digest: Any, value: object) -> None:
    """All numbers of an array, or of the arrays of a record."""
    if isinstance(value, np.ndarray):
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, tuple):
        for each in value:
            feed(digest, each)


def print_digests(tree: Path) -> None:
    """A line for each scenario and world: what both arms have become, the world's reference and its structure."""
    import plsim
    from plsim.core.errors import InputError
    from plsim.engine.engines import engine_named
    from plsim.engine.pair import pair, population_of, run_world
    from plsim.engine.parameters import CENTRAL, World
    from plsim.evidence.worlds import stored_worlds
    from plsim.scenario.shipped import shipped_scenarios

    assert Path(plsim.__file__).is_relative_to(tree), f"{plsim.__file__} is not of {tree}"
    stored = stored_worlds()
    assert stored is not None
    forms = stored.values[:, [key.endswith(".form") for key in stored.keys]]
    # One world of each combination of forms: code that only other forms run shows nothing.
    firsts = sorted(np.unique(forms, axis=0, return_index=True)[1])
    worlds = [World(f"{k}", dict(zip(stored.keys, stored.values[k].tolist(), strict=True))) for k in firsts]
    engine = engine_named("batch")
    for name in sorted(shipped_scenarios()):
        try:
            scenario = plsim.load(name, overrides=list(SMALL))
        except InputError:
            scenario = plsim.load(name, overrides=[*SMALL, CHARTERS])
        both = pair(scenario, population_of(scenario, None, SEED), seed=SEED, years=YEARS)
        for world in (CENTRAL, *worlds):
            run = run_world(both, world, engine)
            digest = hashlib.blake2b(digest_size=12)
            for arm in (run.scenario, run.counterfactual):
                feed(digest, (arm.rows, arm.students, arm.seats, arm.schools))
                feed(digest, tuple(year.achievement for year in arm.record))
            feed(digest, tuple(vars(run.typical.reference).values()))
            feed(digest, tuple(vars(run.typical.structure).values()))
            feed(digest, run.typical.persistent_cv)
            print(name, world.name, digest.hexdigest(), flush=True)


def digests(tree: Path) -> list[str]:
    """What the sources of a checkout give."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, str(Path(__file__).resolve()), str(tree), "--print"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()


def restate() -> None:
    """Stored results take the model's present name."""
    from plsim.engine.worlds import model_digest, model_parts
    from plsim.evidence.worlds import sealed

    place = HERE / STORED[0]
    said = json.loads(place.read_text(encoding="utf-8"))
    before, now = said["model_digest"], model_digest()
    for each in STORED:
        text = (HERE / each).read_text(encoding="utf-8")
        (HERE / each).write_text(text.replace(before, now), encoding="utf-8", newline="\n")
    said = {**json.loads(place.read_text(encoding="utf-8")), "model": model_parts()}
    table = place.with_suffix(".csv").read_text(encoding="utf-8")
    place.write_text(json.dumps(sealed(table, said), indent=1) + "\n", encoding="utf-8", newline="\n")
    print(f"{before} is {now} now in {len(STORED)} files.")


def main() -> int:
    """The table of scenarios that differ, or that none does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", type=Path, help="checkout of the sources to compare with")
    parser.add_argument("--restate", action="store_true", help="stored results take the model's new name")
    parser.add_argument("--print", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.print:
        print_digests(asked.before)
        return 0
    before, now = digests(asked.before.resolve()), digests(HERE)
    different = sorted(set(before) ^ set(now))
    for line in different:
        print(line)
    print(f"{len(now)} runs of both arms, {len(different)} lines differ.")
    if different or not now:
        return 1
    if asked.restate:
        restate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
