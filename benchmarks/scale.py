"""How time and memory grow with size: `python benchmarks/scale.py [--most 1000000] [--districts 100]`.

Two tables. First, one arm of one year with recording off in a population of 1,000 students and more: seconds and bytes
per student. Second, districts one after the other: what the peak of memory is after so many.

Every size runs in a process of its own, so that none sees another's memory. Seconds are the processor's, so that other
programs disturb them little. Bytes are those of numpy and Python (tracemalloc): students, schools, luck, levers and the
state of the arm together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable

import plsim
from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of, typical_arm
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.engine.year_start import begin_year
from plsim.runs.districts import Totals, drawn, stream

STUDENTS_PER_SCHOOL = 500


def scenario_of(students: int) -> plsim.Scenario:
    """`personalized_school` in so many students."""
    base = plsim.load("personalized_school")
    schools = max(students // STUDENTS_PER_SCHOOL, 1)
    size = {"schools": schools, "students_per_school": students // schools}
    return base.with_changes(population=base.population.model_copy(update=size))


def one_size(students: int) -> dict[str, float]:
    """Bytes per student at each stage of a year of one arm, and seconds per student with nothing traced."""
    engine = engine_named("batch")
    reference = typical(CENTRAL, engine)
    scenario = scenario_of(students)
    found: dict[str, float] = {}

    def year(after: Callable[[str], None]) -> None:
        people = population_of(scenario, None, 0)
        after("students and schools")
        both = pair(scenario, people, seed=0, years=1)
        _ = both.setting.layouts
        after("sections, seats, levers")
        arm = typical_arm(both, CENTRAL, reference)
        begin_year(arm, engine)
        after("state of the arm")
        engine.run(arm, 0, WEEKS_PER_YEAR)
        after("36 weeks")

    clock = [time.process_time()]

    def seconds(stage: str) -> None:
        now = time.process_time()
        found[f"seconds, {stage}"] = (now - clock[0]) / students
        clock[0] = now

    year(seconds)

    def memory(stage: str) -> None:
        held, peak = tracemalloc.get_traced_memory()
        found[f"bytes, {stage}"], found[f"peak, {stage}"] = held / students, peak / students
        tracemalloc.reset_peak()

    tracemalloc.start()
    year(memory)
    return found


def many_districts(districts: int) -> dict[str, float]:
    """Peak of memory and seconds for so many districts of 12 schools, two arms, one year, all in the central world."""
    scenario = plsim.load("personalized_school").with_changes(years=1)
    for _ in stream(drawn(scenario, 1)):
        pass  # what is made once
    totals = Totals()
    begun = time.process_time()
    tracemalloc.start()
    for found in stream(drawn(scenario, districts)):
        totals.add(found)
    peak = tracemalloc.get_traced_memory()[1]
    return {"peak": float(peak), "seconds": time.process_time() - begun, "students": float(totals.students)}


def apart(kind: str, size: int) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run([sys.executable, __file__, kind, str(size)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=1_000_000, help="the largest number of students")
    options.add_argument("--districts", type=int, default=100, help="the largest number of districts")
    asked = options.parse_args()
    print("students    us/student: make  36 weeks    bytes/student: people  +sections  +state  peak of the weeks")
    students = 1_000
    while students <= asked.most:
        found = apart("size", students)
        make = sum(found[f"seconds, {stage}"] for stage in ("students and schools", "sections, seats, levers"))
        print(
            f"{students:>9,}  {1e6 * (make + found['seconds, state of the arm']):>15.1f}"
            f"  {1e6 * found['seconds, 36 weeks']:>8.1f}"
            f"  {found['bytes, students and schools']:>21.0f}  {found['bytes, sections, seats, levers']:>9.0f}"
            f"  {found['bytes, state of the arm']:>6.0f}  {found['peak, 36 weeks']:>17.0f}"
        )
        students *= 10
    print("\ndistricts   students   peak MB   ms/district")
    districts = 1
    while districts <= asked.districts:
        found = apart("districts", districts)
        print(
            f"{districts:>9,}  {found['students']:>9,.0f}  {found['peak'] / 1e6:>8.1f}"
            f"  {1e3 * found['seconds'] / districts:>11.0f}"
        )
        districts *= 10


if __name__ == "__main__":
    if sys.argv[1:2] == ["size"]:
        print(json.dumps(one_size(int(sys.argv[2]))))
    elif sys.argv[1:2] == ["districts"]:
        print(json.dumps(many_districts(int(sys.argv[2]))))
    else:
        main()
