"""How long all US public school districts take: measured on a fair sample of at least a million students.

Run: ``python benchmarks/nation.py``. One year, two arms, the central world; two processes.
"""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import plsim
from plsim.runs.national import NationTask, district_sizes
from plsim.sweeps.runner import run_task

ONE_IN = 45


def main() -> None:
    task = NationTask(plsim.load("nglc_2015", years=1), ONE_IN)
    students = sum(part.students for part in task.parts)
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        done = run_task(task, Path(folder), workers=os.cpu_count() or 1)
        seconds = perf_counter() - begun
    nation = sum(district_sizes())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    print(f"{done.done} runs, {students:,} students in {seconds:.0f} s; largest process {peak:.0f} MB")
    minutes = seconds * nation / students / 60.0
    print(f"the nation, {nation:,} students in {len(district_sizes()):,} districts: {minutes:.0f} minutes")


if __name__ == "__main__":
    main()
