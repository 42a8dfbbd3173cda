"""How fast plsim is here, as one table: `python benchmarks/speed.py [--quick]`.

Ratios are taken inside one run, on processor time, so that another program on the machine disturbs them little. Aims
and floors are those the project set itself before it was built.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import plsim
from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.engine.arm import Arm
from plsim.engine.batch.rows import experience_at
from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of, run_world
from plsim.engine.parameters import CENTRAL, parameters
from plsim.engine.reference import typical
from plsim.engine.year_start import begin_year
from plsim.rules.week import student as student_week
from plsim.rules.week.student import Experience

HERE = Path(__file__).resolve().parent


def best(action: Callable[[], object], repeats: int = 5, *, clock: Callable[[], float] = time.thread_time) -> float:
    """Least seconds of several tries."""
    action()
    found = []
    for _ in range(repeats):
        begun = clock()
        action()
        found.append(clock() - begun)
    return min(found)


def arm_of(scenario: plsim.Scenario, years: int) -> Arm:
    """The scenario's arm in the central world, before its first year."""
    engine = engine_named("batch")
    people = population_of(scenario, None, 0)
    both = pair(scenario, people, seed=0, years=years)
    found = typical(CENTRAL, engine)
    return Arm(both.setting, both.plan, CENTRAL, found.reference)


def batch_rate(scenario: plsim.Scenario) -> float:
    """Student-subject-weeks a second on one core, all rules, recording off."""
    engine = engine_named("batch")
    arm = arm_of(scenario, 1)
    begin_year(arm, engine)
    rows = arm.rows.achievement.shape[0]
    return rows * WEEKS_PER_YEAR / best(lambda: engine.run(arm, 0, WEEKS_PER_YEAR), 9)


def mesa_rate() -> float:
    """Student steps a second (both subjects) of the Mesa model."""
    model = plsim.SchoolModel(plsim.load("one_school_demo"), seed=0)
    model.step()
    students = model.arm.setting.students
    weeks = 8
    begun = time.thread_time()
    for _ in range(weeks):
        model.step()
    return students * weeks / (time.thread_time() - begun)


def learn_against_c() -> float | None:
    """Seconds of the compiled learn rule over those of the same rule in C -O3; None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    from numba import njit

    n, repeats = 4096, 400
    rng = np.random.default_rng(0)
    block = rng.random((len(Experience._fields), n)) + 0.5
    targets = slice(Experience._fields.index("target_whole"), Experience._fields.index("on_task_led"))
    block[targets] = 200.0 + 20.0 * block[targets]
    columns = [rng.random(n) + 0.5 for _ in range(13)]
    columns[0] = 200.0 + 20.0 * rng.random(n)
    p = parameters(CENTRAL)

    @njit(error_model="numpy")
    def rule(n, e, a, r, at, gr, lo, se, h, d, ty, ef, ma, on, ai, p):  # type: ignore[no-untyped-def]
        for i in range(n):
            new = student_week.learn(experience_at(e, i), a[i], r[i], at[i], gr[i], lo[i], se[i], h[i], d[i], ty[i], p)
            a[i] = new.achievement
            ef[i] = new.effort
            ma[i] = new.match
            on[i] = new.on_task
            ai[i] = new.aimed

    @njit(error_model="numpy")
    def many(times, n, e, a, r, at, gr, lo, se, h, d, ty, ef, ma, on, ai, p):  # type: ignore[no-untyped-def]
        for _ in range(times):
            rule(n, e, a, r, at, gr, lo, se, h, d, ty, ef, ma, on, ai, p)

    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "learn.so"
        subprocess.run(
            [
                compiler,
                "-O3",
                "-march=native",
                "-ffp-contract=off",
                "-shared",
                "-fPIC",
                "-o",
                str(library),
                str(HERE / "learn.c"),
            ],
            check=True,
        )
        c = ctypes.CDLL(str(library))
        numbers = np.array(
            [
                p.match.floor,
                p.match.width_below,
                p.match.width_above,
                p.match.stretch,
                p.attention.one_on_one,
                p.time.hours_saturation,
                p.needs.stake,
                p.needs.prerequisite,
            ]
        )
        ours = [column.copy() for column in columns]
        theirs = [column.copy() for column in columns]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (block, *theirs, numbers)]

        def in_c() -> None:
            for _ in range(repeats):
                c.learn(ctypes.c_size_t(n), *pointers)

        rule(n, block, *ours, p)
        c.learn(ctypes.c_size_t(n), *pointers)
        if not np.allclose(ours[0], theirs[0], rtol=1e-12, atol=0.0):
            raise AssertionError("The C rule and the compiled rule disagree: learn.c is out of date.")
        return best(lambda: many(repeats, n, block, *ours, p)) / best(in_c)


def seconds_of(*arguments: str) -> float:
    """Wall seconds of a plsim command in a new process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "plsim.cli.main", *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def record(release: str, measured: dict[str, float | None], history: Path = HERE / "history.csv") -> None:
    """Add a row for each measure of a release to the history, with unit and aim as they stood last."""
    with history.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    last = {row["measure"]: row for row in rows}
    today = datetime.now(tz=UTC).date().isoformat()
    for measure, value in measured.items():
        if value is not None:
            shown = f"{value:.0f}" if value >= 1000.0 else f"{value:.2f}"
            rows.append({**last[measure], "release": release, "date": today, "value": shown})
    with history.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="leave out what starts new processes")
    options.add_argument("--record", metavar="RELEASE", help="add what was measured to history.csv")
    asked = options.parse_args()
    quick = asked.quick
    nglc = plsim.load("nglc_2015")
    rate = batch_rate(nglc)
    small = batch_rate(
        nglc.with_changes(
            population=nglc.population.model_copy(
                update={"schools": 2, "charter_schools": 1, "students_per_school": 250}
            )
        )
    )
    engine = engine_named("batch")
    people = population_of(nglc, None, 0)
    both = pair(nglc, people, seed=0, years=2)
    typical(CENTRAL, engine)
    two_arms = best(lambda: run_world(both, CENTRAL, engine), 3) - best(lambda: typical(CENTRAL, engine), 3)
    ratio = learn_against_c()
    steps = mesa_rate()
    measured: dict[str, float | None] = {
        "Batch engine, one core": rate / 1e6,
        "Mesa engine": steps,
        "Learn rule relative to C -O3": ratio,
        "Both arms of nglc_2015, two years": two_arms,
    }
    lines = [
        ("student-subject-weeks a second, one core", f"{rate / 1e6:.1f} million", "25 million (floor 15)"),
        ("the same with 500 students, of that rate", f"{small / rate:.2f}", "at least 0.5"),
        ("Mesa student steps a second", f"{steps:,.0f}", "at least 40,000"),
        ("learn rule over C -O3, time", "no C compiler" if ratio is None else f"{ratio:.2f}", "1.5"),
        ("both arms of nglc_2015, two years", f"{two_arms:.2f} s", "under 0.3 s"),
    ]
    if not quick:
        with tempfile.TemporaryDirectory() as folder:
            help_ = seconds_of("--help")
            lines.append(("plsim --help", f"{help_:.2f} s", "under 0.3 s"))
            warm = seconds_of("run", "one_school_demo", "--worlds", "0", "--out", folder)
            lines.append(("warm start: run of one_school_demo, one world", f"{warm:.2f} s", "under 2 s"))
        measured["plsim --help"] = help_
        measured["Warm start: one_school_demo, one world, all tables and the report"] = warm
    width = max(len(what) for what, _, _ in lines)
    for what, shown, aim in lines:
        print(f"{what:<{width}}  {shown:>14}   aim: {aim}")
    if asked.record:
        record(asked.record, measured)


if __name__ == "__main__":
    main()
