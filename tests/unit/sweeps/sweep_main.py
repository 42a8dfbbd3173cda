"""A sweep as a program of its own, to be killed: `python sweep_main.py FOLDER WORKERS TASK OPTIONS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import sweep_tasks

from plsim.cli.interrupt import interruptible
from plsim.sweeps import runner

if __name__ == "__main__":
    folder, workers, kind, options = sys.argv[1:]
    task = getattr(sweep_tasks, kind)(**json.loads(options))
    runner.WORTH_A_POOL = 0.0  # workers for short sweeps too, on a machine of any size
    runner._processors = lambda: int(workers)
    outcome = interruptible(lambda: runner.run_task(task, Path(folder), workers=int(workers)), message="interrupted")
    sys.stdout.write(json.dumps({"made": outcome.made, "complete": outcome.complete}))
