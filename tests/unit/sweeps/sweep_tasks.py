"""Small tasks for the tests of sweeps, in a module of their own so that workers can import them."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Roots:
    """Numbers that would show a lost or changed bit. Each run may leave a mark when it is made."""

    count: int
    seconds: float = 0.0
    failing: int = 0
    marks: str = ""
    name: str = "roots"

    columns = ("root", "wave")

    def digest(self) -> str:
        return f"{self.name}-{self.count}"

    def inputs(self, run: int) -> dict[str, object]:
        return {"number": run, "folder": Path("somewhere")}

    def prepare(self) -> Callable[[int], Sequence[float]]:
        return self.make

    def make(self, run: int) -> Sequence[float]:
        if self.marks:
            with (Path(self.marks) / str(os.getpid())).open("a") as marks:
                marks.write(f"{run}\n")
        if self.seconds:
            time.sleep(self.seconds)
        if self.failing and run % self.failing == self.failing - 1:
            raise ValueError(f"no root of {run}")
        return math.sqrt(run), math.sin(run)


@dataclass(frozen=True)
class Deadly(Roots):
    """One run kills whoever makes it: always, or only the first time when ``once`` names a folder for a note."""

    deadly: int = 0
    once: str = ""
    also: tuple[int, ...] = ()

    def make(self, run: int) -> Sequence[float]:
        if run == self.deadly or run in self.also:
            note = Path(self.once) / "died"
            if not self.once or not note.exists():
                if multiprocessing.parent_process() is None:
                    raise RuntimeError("the tests' own process came to the deadly run before its workers did")
                if self.once:
                    note.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().make(run)


@dataclass(frozen=True)
class Undefined(Roots):
    """Every third run gives a number that is none."""

    def make(self, run: int) -> Sequence[float]:
        root, wave = super().make(run)
        return root, math.nan if run % 3 == 0 else wave


@dataclass(frozen=True)
class Told(Roots):
    """Whether a worker makes the run, and how many threads its linear algebra was told to use."""

    columns = ("worker", "threads")

    def make(self, run: int) -> Sequence[float]:
        super().make(run)
        return multiprocessing.parent_process() is not None, float(os.environ.get("OPENBLAS_NUM_THREADS", "0"))


@dataclass(frozen=True)
class Wide(Roots):
    """Results enough to be heavy, if they were all held."""

    columns = tuple(f"r{i}" for i in range(8))

    def make(self, run: int) -> Sequence[float]:
        return np.full(8, run / 7.0)  # type: ignore[return-value]


@dataclass(frozen=True)
class Doses:
    """A real sweep: doses of a practice inside, worlds outside, in a small school."""

    count: int
    marks: str = ""
    doses: int = 30

    columns = ("math", "reading", "both")

    def digest(self) -> str:
        return f"doses-{self.count}"

    def inputs(self, run: int) -> dict[str, object]:
        return {"world": run // self.doses, "dose": self.dose(run)}

    def dose(self, run: int) -> float:
        return (run % self.doses) / (self.doses - 1)

    def prepare(self) -> Callable[[int], Sequence[float]]:
        import plsim
        from plsim.engine.parameters import prior_worlds
        from plsim.runs.evaluate import Evaluator

        scenario = plsim.load(
            "one_school_demo", overrides=["population.schools=1", "population.students_per_school=60"]
        )
        evaluator = Evaluator(scenario, seed=3, years=1)
        worlds = prior_worlds(-(-self.count // self.doses), 3)

        def make(run: int) -> Sequence[float]:
            if self.marks:
                with (Path(self.marks) / str(os.getpid())).open("a") as marks:
                    marks.write(f"{run}\n")
            return evaluator({"practices.learning_paths.intensity": self.dose(run)}, worlds[run // self.doses]).tolist()

        return make


@dataclass(frozen=True)
class Differing(Roots):
    """A task of which this process says another digest than others, as another version of the code would."""

    here: int = 0

    def digest(self) -> str:
        return "here" if os.getpid() == self.here else "there"


@dataclass(frozen=True)
class Slowing(Roots):
    """Quick runs at first, then ones that take longer than anybody waits."""

    quick: int = 1000

    def make(self, run: int) -> Sequence[float]:
        found = super().make(run)
        if run >= self.quick:
            time.sleep(300.0)
        return found


@dataclass(frozen=True)
class FullDisk(Roots):
    """Workers, and only they, find the disk full."""

    def prepare(self) -> Callable[[int], Sequence[float]]:
        if multiprocessing.parent_process() is not None:

            def full(handle: int) -> None:
                raise OSError(28, "No space left on device")

            os.fsync = full
        return super().prepare()


@dataclass(frozen=True)
class Unpreparable(Roots):
    """Workers, and only they, cannot prepare it."""

    def prepare(self) -> Callable[[int], Sequence[float]]:
        if multiprocessing.parent_process() is not None:
            raise MemoryError("no room")
        return super().prepare()
