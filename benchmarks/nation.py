"""How long all US public school districts take: measured on a fair sample, usually of a million students.

Run: ``python benchmarks/nation.py [--one-in 45]``; 1 is the whole nation. One year, two arms, the central world, a
process for each processor. Wall seconds, so the machine has to be idle.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import plsim
from plsim.runs.national import NationTask, district_sizes
from plsim.sweeps.runner import run_task


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--one-in", type=int, default=45, help="every how many-th part of the nation is run")
    task = NationTask(plsim.load("nglc_2015", years=1), options.parse_args().one_in)
    students = sum(part.students for part in task.parts)
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        done = run_task(task, Path(folder), workers=os.cpu_count() or 1)
        seconds = perf_counter() - begun
    nation = sum(district_sizes())
    # A short sample is run in this process.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024.0
    print(f"{done.done} runs, {students:,} students in {seconds:.0f} s; largest process {peak:.0f} MB")
    minutes = seconds * nation / students / 60.0
    print(f"the nation, {nation:,} students in {len(district_sizes()):,} districts: {minutes:.0f} minutes")


if __name__ == "__main__":
    main()
