"""Runs experiments and keeps the small part of what comes out beside their questions.

``python experiments/keep.py`` runs all, ``python experiments/keep.py rollout scale_up --workers 2`` some. Each goes to
``results/study-NAME-seedSEED`` as with ``plsim study`` (an interrupted one goes on), and its summary, manifest and the
tables that fit into 600 kB go to ``experiments/NAME/results``. The answer in the README is written by a person.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd

from plsim.studies.loading import load_study, shipped_studies
from plsim.studies.run import run_study

MOST_BYTES = 600_000
FIRST = (
    "sensitivity", "attribution", "attribution_joint", "attribution_as_one", "ranks", "firsts", "interactions", "needs",
    "best_combinations", "contrasts", "response", "convergence", "outcomes", "factors",
)  # fmt: skip
"""Tables that answer, in the order in which they are kept."""


def keep(name: str, folder: Path) -> list[str]:
    """Copy what is small of a finished study; what was left out, by name."""
    target = shipped_studies()[name].parent / "results"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for document in ("summary.json", "manifest.json"):
        shutil.copyfile(folder / document, target / document)
    left_out, left = [], MOST_BYTES
    for table in FIRST:
        path = folder / "tables" / f"{table}.csv"
        if not path.exists():
            continue
        short = pd.read_csv(path).to_csv(index=False, float_format="%.5g", lineterminator="\n").encode()
        if len(short) > left:
            left_out.append(table)
            continue
        left -= len(short)
        (target / path.name).write_bytes(short)
    return left_out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments; all when none is named")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder of the whole results")
    parser.add_argument("--copy", action="store_true", help="copy from finished folders and run nothing")
    options = parser.parse_args()
    for name in options.names or shipped_studies():
        loaded = load_study(name)
        folder = options.out / f"study-{name}-seed{loaded.study.seed}"
        if not options.copy:
            run_study(loaded, folder, workers=options.workers)
        left_out = keep(name, folder)
        print(f"{name}: kept; too large: {', '.join(left_out) or 'nothing'}", file=sys.stderr)


if __name__ == "__main__":
    main()
