"""How fast sweeps are here, as one table: `python benchmarks/sweeps.py [--runs 300] [--mesa-runs 50]`.

Whole sweeps take minutes to hours, so each is extrapolated from some of its runs; and on processor time, since another
program on the machine must not change the answer. Aims are those the project set itself before it was built.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import qmc

import plsim
from plsim.engine.parameters import World
from plsim.evidence import registry
from plsim.practices.levers import PRACTICES
from plsim.runs.evaluate import Evaluator, headline
from plsim.scenario.schema import typical_again
from plsim.studies.design import StudyTask
from plsim.studies.factors import Factor
from plsim.studies.schema import Study
from plsim.sweeps.runner import run_task

WORKERS = 2
SOBOL_RUNS = 1024 * (2 * 20 + 2)
# Twenty things that a school, its district or a policy can set, in a continuous range each.
LEVERS = {
    "practices.learner_profiles.intensity": (0.0, 1.0),
    "practices.learner_profiles.data_interval_weeks": (1.0, 18.0),
    "practices.learner_profiles.habits": (0.0, 1.0),
    "practices.learning_paths.intensity": (0.0, 1.0),
    "practices.learning_paths.path_share": (0.0, 0.8),
    "practices.competency_progression.intensity": (0.0, 1.0),
    "practices.competency_progression.mastery_threshold": (0.6, 0.95),
    "practices.flexible_environment.intensity": (0.0, 1.0),
    "practices.flexible_environment.rotation_share": (0.0, 0.8),
    "practices.flexible_environment.one_on_one_share": (0.0, 0.3),
    "practices.flexible_environment.adult_hours": (0.0, 4.0),
    "practices.data_driven_grouping.intensity": (0.0, 1.0),
    "practices.advising.intensity": (0.0, 1.0),
    "practices.technology.intensity": (0.0, 1.0),
    "practices.technology.tech_share": (0.0, 0.6),
    "practices.belonging.intensity": (0.0, 1.0),
    "support.coaching_hours": (0.0, 2.0),
    "support.planning_hours": (0.0, 4.0),
    "support.vision": (0.0, 1.0),
    "support.leadership": (0.0, 1.0),
}
THOUSAND = ("population.schools=2", "population.charter_schools=1", "population.students_per_school=500")


def thousand_students() -> plsim.Scenario:
    return plsim.load("nglc_2015", overrides=[*THOUSAND, "years=1"])


@dataclass(frozen=True)
class SobolTask:
    """Rows of a Sobol design of 20 factors: levers in one world, or parameters, which make every run a new world."""

    count: int
    parameters: bool = False

    columns = tuple(outcome.label for outcome in headline(1))

    def digest(self) -> str:
        """What is run."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def inputs(self, run: int) -> dict[str, object]:
        """The number of the run."""
        return {"run": run}

    def prepare(self) -> Callable[[int], Sequence[float]]:
        """An evaluator, and the points of the design."""
        evaluator = Evaluator(thousand_students(), seed=0)
        points = qmc.Sobol(20, seed=0).random_base2(int(np.ceil(np.log2(self.count))))
        uncertain = registry().uncertain()[:20]

        def make(run: int) -> Sequence[float]:
            point = points[run].tolist()
            if self.parameters:
                values = {each.key: float(each.quantile(u)) for each, u in zip(uncertain, point, strict=True)}
                return evaluator({}, World(f"run-{run}", values)).tolist()
            changes = {key: low + u * (high - low) for (key, (low, high)), u in zip(LEVERS.items(), point, strict=True)}
            return evaluator(changes).tolist()

        return make


def seconds_per_run(make: Callable[[int], object], runs: Sequence[int]) -> float:
    """Mean processor seconds of a run."""
    make(runs[0])
    begun = time.process_time()
    for run in runs:
        make(run)
    return (time.process_time() - begun) / len(runs)


def runner_share(count: int) -> float:
    """Processor time of runner and store over that of the runs, for runs of about 10 ms in one process."""
    task = SobolTask(count)
    make = task.prepare()
    making = 0.0

    def timed(run: int) -> Sequence[float]:
        nonlocal making
        begun = time.thread_time()
        found = make(run)
        making += time.thread_time() - begun
        return found

    class Prepared(SobolTask):
        def prepare(self) -> Callable[[int], Sequence[float]]:
            """What is there already, timed."""
            return timed

    make(0)
    with tempfile.TemporaryDirectory() as folder:
        run_task(Prepared(2), Path(folder) / "warm")
        making = 0.0
        begun = time.process_time()
        run_task(Prepared(count), Path(folder) / "runs")
        return (time.process_time() - begun) / making - 1.0


def factorial_seconds(scenario: plsim.Scenario, *, years: int, worlds: int, sample: int) -> float:
    """Seconds with two workers of all on/off combinations of eight practices, in so many worlds."""
    switches = tuple(
        Factor(name, "lever", "on_off", labels=("off", "on"), options=(typical_again(name), {})) for name in PRACTICES
    )
    asked = [{"subject": each.subject, "year": each.year} for each in headline(years)]
    study = Study.model_validate(
        {"name": "factorial", "question": "?", "scenario": "?", "luck": {"seeds": 1}, "uncertainties": {"worlds": 2},
         "outcomes": asked, "method": {"kind": "factorial"}}
    )  # fmt: skip
    make = StudyTask(study, scenario.with_changes(years=years), switches).prepare()
    combinations = np.linspace(0, (1 << len(switches)) - 1, sample).astype(int).tolist()
    make(0)
    of_run = seconds_per_run(make, combinations)
    begun = time.process_time()
    make(1 << len(switches))
    of_world = time.process_time() - begun - of_run
    return worlds * (of_world + (1 << len(switches)) * of_run) / WORKERS


def mesa_seconds_per_run(runs: int) -> float:
    """Processor seconds of a run, both arms of 1,000 students for a year, through Mesa's own ``batch_run``."""
    import mesa

    class Swept(plsim.SchoolModel):
        def __init__(self, seed: int, coaching_hours: float, *, counterfactual: bool) -> None:
            scenario = thousand_students().with_changes()
            support = scenario.support.model_copy(update={"coaching_hours": coaching_hours})
            super().__init__(scenario.with_changes(support=support), seed=seed, counterfactual=counterfactual)
            self.datacollector = mesa.DataCollector({"math": lambda model: float(model.arm.rows.achievement.mean())})

        def step(self) -> None:
            super().step()
            self.running = self.arm.week < 36
            self.datacollector.collect(self)

    pairs = max(runs // 2, 1)
    parameters = {
        "seed": [0],
        "coaching_hours": np.linspace(0.0, 2.0, pairs).tolist(),
        "counterfactual": [True, False],
    }
    Swept(0, 0.0, counterfactual=True)  # the reference, which all share
    begun = time.process_time()
    mesa.batch_run(Swept, parameters, number_processes=1, max_steps=100, display_progress=False)
    return (time.process_time() - begun) / pairs


MEMORY = """
import sys, tempfile
from pathlib import Path
from plsim.sweeps.runner import run_task
from plsim.sweeps.store import Store

class Nothing:
    columns = tuple(f"result {i}" for i in range(10))

    def __init__(self, count):
        self.count = count

    def digest(self):
        return f"nothing-{self.count}"

    def prepare(self):
        return lambda run: [run / 7.0] * 10

task = Nothing(int(sys.argv[1]))
with tempfile.TemporaryDirectory() as folder:
    run_task(task, Path(folder))
    rows = sum(batch.num_rows for batch in Store.of(task, Path(folder)).batches())
assert rows == task.count
# Not getrusage: its figure begins with that of the process that started this one.
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) / 1024)
"""


def peak_memory(count: int) -> float:
    """Most megabytes that a process held while it made, stored, merged and read so many runs that cost nothing."""
    found = subprocess.run([sys.executable, "-c", MEMORY, str(count)], check=True, capture_output=True, text=True)
    return float(found.stdout)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=300, help="runs that each sweep is extrapolated from")
    options.add_argument("--mesa-runs", type=int, default=50, help="runs of Mesa's batch_run; 0 leaves them out")
    given = options.parse_args()

    def show(what: str, measured: str, aim: str = "") -> None:
        print(f"{what:<72} {measured:>16}   {aim}", flush=True)

    lever = seconds_per_run(SobolTask(given.runs).prepare(), range(given.runs))
    share = runner_share(given.runs)
    sobol = SOBOL_RUNS * lever * (1.0 + share) / WORKERS
    show("Sobol, 20 levers, 43,008 runs: runs a second", f"{SOBOL_RUNS / sobol:.0f}", "aim: 143")
    show("the same: minutes", f"{sobol / 60:.1f}", "aim: under 5")
    show("runner and store over the runs' own time", f"{100 * share:.1f}%", "aim: under 10%")
    fewer = max(given.runs // 5, 2)
    world = seconds_per_run(SobolTask(fewer, parameters=True).prepare(), range(fewer))
    show("Sobol, 20 parameters, a new world every run: runs a second", f"{WORKERS / world:.1f}")
    show("the same: minutes", f"{SOBOL_RUNS * world / WORKERS / 60:.1f}", "aim: under 5")
    small = factorial_seconds(thousand_students(), years=1, worlds=200, sample=given.runs // 2)
    show("8 practices x 200 worlds, 1,000 students, 1 year: minutes", f"{small / 60:.1f}", "aim: under 10")
    large = factorial_seconds(plsim.load("nglc_2015"), years=2, worlds=50, sample=max(given.runs // 15, 2))
    show("8 practices x 50 worlds, nglc_2015, 2 years: minutes", f"{large / 60:.1f}", "aim: under 30")
    for count in (1_000, 100_000, 1_000_000) if Path("/proc").is_dir() else ():
        show(f"most memory of {count:,} runs", f"{peak_memory(count):.0f} MB")
    if given.mesa_runs:
        mesa = mesa_seconds_per_run(given.mesa_runs)
        show("mesa.batch_run, both arms: processor seconds a run", f"{mesa:.2f}")
        show("sweep of levers over mesa.batch_run, one process each: times", f"{mesa / (lever * (1 + share)):.0f}")


if __name__ == "__main__":
    main()
