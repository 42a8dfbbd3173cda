"""Writes small invented files in the formats that plsim reads: examples to look at, and data for tests.

``plsim sample faults FOLDER`` writes ``FOLDER/nwea_export/``, ``FOLDER/oneroster.zip``,
``FOLDER/district/`` (both together) and ``FOLDER/roster.csv``. Nobody in them exists. They hold the irregularities of
real files: repeated and later tests, a missing subject, students nobody tested, kindergarten as grade 13, tests that do
not measure growth; co-teaching, a student in two classes of a subject, a class without a teacher, a teacher in two
schools.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from plsim.core.calendar import GRADES
from plsim.evidence import norms
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.population.nwea.reading import RESULTS_FILE, STUDENTS_FILE
from plsim.population.roster.reading import ROSTER_FILE
from plsim.population.sample.oneroster import oneroster_tables, write_zip

TERMS = {"Fall 2021-2022": "9/14/2021", "Spring 2021-2022": "5/3/2022", "Fall 2022-2023": "9/13/2022"}
SCALES = ("Mathematics", "Reading")
_RESULTS_HEADER = (
    "TermName", "StudentID", "SchoolName", "MeasurementScale", "Discipline", "GrowthMeasureYN", "TestType", "TestName",
    "TestStartDate", "TestDurationMinutes", "TestRITScore", "TestStandardError", "TestPercentile",
)  # fmt: skip
_STUDENTS_HEADER = (
    "TermName", "DistrictName", "SchoolName", "StudentLastName", "StudentFirstName", "StudentMI", "StudentID",
    "StudentDateOfBirth", "StudentEthnicGroup", "StudentGender", "Grade",
)  # fmt: skip
_ROSTER_HEADER = (
    "student_id", "school", "grade", "section_math", "section_reading", "teacher_math", "teacher_reading", "math_rit",
    "reading_rit", "lunch_eligible", "program",
)  # fmt: skip
_SEED = 20240901

Row = tuple[object, ...]


def write_sample(folder: Path) -> None:
    """Write the sample export, OneRoster and roster into a folder."""
    spec = PopulationSpec(schools=4, students_per_school=45, level_shares=(0.34, 0.33, 0.33))
    population = from_norms(spec, seed=_SEED)
    scores = _scores(population)
    export = folder / "nwea_export"
    export.mkdir(parents=True, exist_ok=True)
    _write(export / RESULTS_FILE, _RESULTS_HEADER, _results(population, scores))
    _write(export / STUDENTS_FILE, _STUDENTS_HEADER, _students(population))
    _write(folder / ROSTER_FILE, _ROSTER_HEADER, _roster(population, scores))
    write_zip(folder / "oneroster.zip", oneroster_tables(population))
    district = folder / "district"
    district.mkdir(exist_ok=True)
    for file in (export / RESULTS_FILE, export / STUDENTS_FILE, folder / "oneroster.zip"):
        shutil.copyfile(file, district / file.name)


def _scores(population: Population) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Observed week-4 scores, whole RIT points as in real files. Shape (n, 2)."""
    table = norms()
    fall = population.achievement + 4.0 * table.weekly_rate_start.T[population.grade]
    error = np.random.default_rng(_SEED).normal(size=fall.shape) * table.error_sd.T[population.grade]
    return np.rint(fall + error).astype(np.int64)


def _name(population: Population, index: int) -> tuple[str, str]:
    """A made-up id and the name of the school."""
    return f"X{index:05d}", f"Invented School {population.school[index] + 1}"


def _results(population: Population, scores: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Iterable[Row]:
    def test(term: str, index: int, scale: int, score: object, *, growth: bool = True, date: str = "") -> Row:
        student, school = _name(population, index)
        name = f"Growth: {SCALES[scale]}"
        error = norms().error_sd[scale, population.grade[index]]
        return (
            term, student, school, SCALES[scale], SCALES[scale], str(growth).upper(), "Survey With Goals", name,
            date or TERMS[term], 55, score, f"{error:.1f}", 50,
        )  # fmt: skip

    latest = "Fall 2022-2023"
    for index in range(population.students):
        if index % 25 == 7:
            continue  # nobody tested this student
        for scale in range(len(SCALES)):
            score = int(scores[index, scale])
            for term, shift in (("Fall 2021-2022", -9), ("Spring 2021-2022", -2)):
                yield test(term, index, scale, max(score + shift, 100))
            if (index % 20, scale) == (3, 1):
                continue  # missed the reading test
            yield test(latest, index, scale, score)
            if index % 30 == 4:
                yield test(latest, index, scale, score)  # the same line twice
            if index % 30 == 5:
                yield test(latest, index, scale, score - 2, date="9/27/2022")  # tested again, later
            if index % 15 == 6:
                yield test(latest, index, scale, score - 11, growth=False, date="10/4/2022")


def _students(population: Population) -> Iterable[Row]:
    for term in TERMS:
        for index, grade in enumerate(population.grade):
            student, school = _name(population, index)
            label = "13" if grade == 0 else GRADES[grade]
            yield (
                term, "Invented District", school, f"Lastname{index}", f"Firstname{index}", "", student, "1/1/2010",
                "Not Specified", "", label,
            )  # fmt: skip


def _roster(population: Population, scores: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Iterable[Row]:
    seen: dict[tuple[int, int], int] = {}
    for index, grade in enumerate(population.grade):
        student, school = _name(population, index)
        group = (int(population.school[index]), int(grade))
        seen[group] = seen.get(group, 0) + 1
        label = f"{GRADES[grade]}{'AB'[seen[group] % 2]}"
        teachers = (f"T{group[0]}{label}",) * 2 if grade <= 5 else (f"T{group[0]}M", f"T{group[0]}R")
        lunch = "" if index % 10 == 9 else ("yes" if population.lunch_eligible[index] else "no")
        reading: object = "" if index % 20 == 3 else scores[index, 1]
        yield (
            student, school, GRADES[grade], label, label, *teachers, scores[index, 0], reading, lunch,
            "arts" if index % 3 else "",
        )  # fmt: skip


def _write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
