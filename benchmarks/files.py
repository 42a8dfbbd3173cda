"""How long `plsim check` takes for a large export: `python benchmarks/files.py [--rows 1000000] [--kind combined]`.

Writes an invented export of about so many rows of tests with as many columns as NWEA's (most of them empty), checks it
in a process of its own, and prints the processor's seconds and the peak of resident memory. Seconds are the
processor's, so that other programs disturb them little. The goal for a million rows: under 20 s and 1.5 GB.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FURTHER_COLUMNS = 130
TERMS = ("Fall 2022-2023", "Spring 2022-2023", "Fall 2023-2024", "Spring 2023-2024", "Fall 2024-2025")
COURSES = (
    ("Mathematics", "Math K-12"), ("Language Arts", "Reading"), ("Language Arts", "Language Usage"),
    ("Science", "Science K-12"),
)  # fmt: skip
HEADER = (
    "TermName", "DistrictName", "SchoolName", "StudentLastName", "StudentFirstName", "StudentID", "StudentDateOfBirth",
    "Grade", "Subject", "Course", "GrowthMeasureYN", "TestName", "TestStartDate", "TestStartTime", "TestRITScore",
    "TestStandardError",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(measured(Path(asked.child))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ComboStudentAssessment.csv"
        rows = write(path, asked.rows)
        size = path.stat().st_size
        child = [sys.executable, __file__, "--child", str(path)]
        found = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    print(f"{rows:,} rows, {size / 1e6:,.0f} MB, {found['students']:,} students")
    print(f"{found['seconds']:.1f} s of the processor, peak of memory {found['megabytes']:,.0f} MB")


def write(path: Path, rows: int) -> int:
    """A Combined Data File of about so many rows; how many there are."""
    students = max(rows // (len(TERMS) * len(COURSES)), 1)
    empty = [""] * FURTHER_COLUMNS
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*HEADER, *(f"Further{at}" for at in range(FURTHER_COLUMNS))])
        for student in range(students):
            person = [
                f"School {student % 90}",
                f"Last{student}",
                f"First{student % 997}",
                f"{900000000 + student}",
                "1/1/2012",
            ]
            for at, term in enumerate(TERMS):
                for subject, course in COURSES:
                    score = 180 + (student * 7 + at * 13) % 60
                    test = [
                        "TRUE",
                        f"Growth: {course}",
                        f"9/{1 + student % 28}/20{22 + at // 2}",
                        "09:00:00",
                        score,
                        "3.1",
                    ]
                    writer.writerow([term, "District", *person, student % 11, subject, course, *test, *empty])
    return students * len(TERMS) * len(COURSES)


def measured(path: Path) -> dict[str, float]:
    """The processor's seconds and the peak of memory of reading a file as `plsim check` does."""
    from plsim.population import PopulationSpec, describe, read_students
    from plsim.population.file_population import population_from_file

    begun = time.process_time()
    population = population_from_file(read_students(path), PopulationSpec(), seed=0)
    describe(population)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return {"seconds": seconds, "students": population.students, "megabytes": peak}


if __name__ == "__main__":
    main()
