"""What a study will take, said before it is run: runs, time, disk."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from plsim.core.phases import phase
from plsim.studies.analysis import analysed
from plsim.studies.design import StudyTask, task_of
from plsim.studies.loading import LoadedStudy
from plsim.studies.methods import points

_SHARED = 4
"""Runs after the first of a world that are timed."""
_MOST_SECONDS = 20.0
_BYTES_A_NUMBER = 9.0
"""On disk, with checksums; measured on random numbers."""
_TABLE_BYTES = {True: 350_000, False: 130_000}
"""All other tables and documents, where combinations of practices are taken apart and elsewhere."""
_WORLD_BYTES = 1_200
"""The table of worlds, each with all its parameters."""
_START_SECONDS = 4.0
"""What starting, loading and writing tables costs beside the runs."""


@dataclass(frozen=True)
class StudyPlan:
    """What a study will take.

    Attributes
    ----------
    factors, points, worlds, seeds, runs
        Size of the design; ``worlds`` is 0 where only the central world is run, or parameters vary one by one;
        ``seeds`` are draws of students, teachers and years.
    fresh
        Runs that cannot share world or context with the one before them, and so take longer.
    again
        Runs that are what the one before them was, in a copy of its world, and so take no time.
    seconds_fresh, seconds_shared
        What either kind took, measured on some runs.
    measured
        How many runs were timed.
    workers
        Processes that the time is meant for.
    worlds_are
        What the worlds are, in words.
    seconds_analysis
        What the analysis of all runs takes in one process, measured on one outcome of made-up results.
    taken_apart
        Whether all combinations of practices are run, whose tables are many.
    """

    factors: int
    points: int
    worlds: int
    seeds: int
    runs: int
    fresh: int
    seconds_fresh: float
    seconds_shared: float
    measured: int
    workers: int
    outcomes: int
    worlds_are: str
    seconds_analysis: float = 0.0
    taken_apart: bool = False
    again: int = 0

    @property
    def seconds_runs(self) -> float:
        """All runs, without what an earlier call has done."""
        work = self.fresh * self.seconds_fresh + (self.runs - self.fresh - self.again) * self.seconds_shared
        return work / self.workers

    @property
    def seconds(self) -> float:
        """The whole study: runs, analysis, start and tables."""
        return self.seconds_runs + self.seconds_analysis + _START_SECONDS

    @property
    def bytes(self) -> float:
        """Disk: results twice, in the store and in the table of runs with values and coordinates; and the tables."""
        run = _BYTES_A_NUMBER * (2 * self.outcomes + 2 * self.factors + 5)
        return self.runs * run + self.worlds * _WORLD_BYTES + _TABLE_BYTES[self.taken_apart]

    def document(self) -> dict[str, Any]:
        """For a program."""
        return {
            "factors": self.factors,
            "points": self.points,
            "worlds": self.worlds,
            "worlds_are": self.worlds_are,
            "seeds": self.seeds,
            "runs": self.runs,
            "runs_in_copies_of_worlds": self.again,
            "outcomes": self.outcomes,
            "workers": self.workers,
            "seconds": round(self.seconds, 1),
            "seconds_of_runs": round(self.seconds_runs, 1),
            "seconds_of_analysis": round(self.seconds_analysis, 1),
            "seconds_per_run_in_a_new_world": round(self.seconds_fresh, 6),
            "seconds_per_run_in_the_same_world": round(self.seconds_shared, 6),
            "runs_measured": self.measured,
            "bytes": round(self.bytes),
        }

    def lines(self) -> list[str]:
        """For people."""
        crossed = ""
        if self.runs > self.points:
            worlds = f" in each of {self.worlds} worlds" if self.worlds else ""
            crossed = f"{worlds} with {self.seeds} draws of students" if self.seeds > 1 else worlds
        rate = self.runs / max(self.seconds_runs, 1e-9)
        processes = "1 process" if self.workers == 1 else f"{self.workers} processes"
        return [
            f"{self.runs:,} runs: {self.points:,} points of {self.factors} factors{crossed}, outcomes: {self.outcomes}",
            *([f"{self.again:,} of them are in copies of a heavy world, and take no time"] if self.again else []),
            f"about {span(self.seconds)} with {processes}: {rate:,.0f} runs a second, measured on {self.measured}",
            f"of which the analysis takes about {span(self.seconds_analysis)}, in one process",
            f"about {size(self.bytes)} of disk",
        ]


def plan_study(loaded: LoadedStudy, *, workers: int = 1) -> StudyPlan:
    """What a study will take on this machine: a few of its runs are made and timed, nothing is stored.

    Raises
    ------
    InputError
        When a run does not have an outcome that the study asks for.
    """
    task = task_of(loaded)
    design = task.design
    with phase("Timing some runs"):
        fresh, shared, measured = _timed(task)
    with phase("Timing the analysis"):
        analysis = _timed_analysis(loaded, task)
    return StudyPlan(
        factors=len(loaded.factors),
        points=points(loaded.study, loaded.factors),
        worlds=len(design.worlds),
        seeds=len(design.seeds),
        runs=design.runs,
        fresh=int(design.fresh.sum()),
        again=int(design.again.sum()),
        seconds_fresh=fresh,
        seconds_shared=shared,
        measured=measured,
        workers=workers,
        outcomes=len(task.columns),
        worlds_are=task.worlds_are,
        seconds_analysis=analysis,
        taken_apart=loaded.study.method.kind == "factorial",
    )


def _timed(task: StudyTask) -> tuple[float, float, int]:
    """Seconds of a run in a new world or context, of one that shares them, and how many runs were timed."""
    make = task.prepare()
    make(0)  # compiles, and draws the people
    starts, again = np.flatnonzero(task.design.fresh), task.design.again
    begun = perf_counter()
    new: list[float] = []
    same: list[float] = []
    for start in starts[np.unique(np.linspace(0, len(starts) - 1, 5).astype(int))].tolist():
        for run in range(start, min(start + 1 + _SHARED, task.count)):
            if perf_counter() - begun > _MOST_SECONDS:
                break
            if again[run]:
                continue
            is_new = bool(task.design.fresh[run])
            clock = perf_counter()
            make(run)
            (new if is_new else same).append(perf_counter() - clock)
    first = float(np.median(new[1:] or new))  # the very first has just been made: its world is still there
    return first, float(np.median(same)) if same else first, len(new) + len(same)


def _timed_analysis(loaded: LoadedStudy, task: StudyTask) -> float:
    """Seconds of the analysis: one outcome with made-up results of all runs, times the number of outcomes."""
    values = np.random.default_rng(0).normal(size=(task.count, 1))
    clock = perf_counter()
    analysed(loaded, task.design, task.outcomes[:1], values, label=task.worlds_are)
    return (perf_counter() - clock) * len(task.outcomes)


def span(seconds: float) -> str:
    """A duration in words."""
    if seconds < 90.0:
        return f"{max(seconds, 1.0):.0f} seconds"
    minutes = seconds / 60.0
    if minutes < 90.0:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60.0:.1f} hours" if minutes < 60.0 * 48.0 else f"{minutes / 1440.0:.0f} days"


def size(count: float) -> str:
    """A number of bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000.0:
            return f"{count:.0f} {unit}"
        count /= 1000.0
    return f"{count:.1f} TB"
