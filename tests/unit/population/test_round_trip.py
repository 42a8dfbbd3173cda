"""The invented district reads back the same from every format, and from files that were changed without a meaning."""

from __future__ import annotations

import csv
import dataclasses
import io
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plsim.cli.main import main
from plsim.population import Population, PopulationSpec, load_population
from plsim.population.file_population import population_from_file
from plsim.population.read import read_students_of
from plsim.population.sample.district import SampleDistrict, invented
from plsim.population.sample.formats import FORMATS, Tables, frame, roster

DISTRICT = invented(schools=3, students=24)
SPEC = PopulationSpec()
WORDS = {"spec", "drawn", "rows", "source", "lunch_told", "remarks", "warnings", "doubts"}
"""Fields that tell of the files, not of the people."""


def contents(tables: Tables) -> dict[str, bytes]:
    """Files as they would be written."""
    found = {}
    for name, (header, rows) in tables.items():
        stream = io.StringIO()
        csv.writer(stream).writerows([header, *rows])
        found[name] = stream.getvalue().encode()
    return found


def people(files: dict[str, bytes]) -> Population:
    return population_from_file(read_students_of(files), SPEC, seed=3)


def assert_same(one: Population, other: Population) -> None:
    for each in dataclasses.fields(Population):
        if each.name in WORDS:
            continue
        left, right = getattr(one, each.name), getattr(other, each.name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, err_msg=each.name)
        else:
            assert left == right, each.name


def without(table: Tables, *columns: str) -> Tables:
    """A roster that lacks some columns."""
    ((name, (header, rows)),) = table.items()
    kept = [at for at, column in enumerate(header) if column not in columns]
    return {name: (tuple(header[at] for at in kept), [tuple(row[at] for at in kept) for row in rows])}


SECTIONS = ("section_math", "section_reading", "teacher_math", "teacher_reading", "lunch_eligible")


@pytest.mark.parametrize("kind", ["nwea+oneroster", "combined+oneroster"])
def test_formats_that_hold_everything_read_back_to_the_roster(kind):
    assert_same(people(contents(FORMATS[kind](DISTRICT))), people(contents(roster(DISTRICT))))


@pytest.mark.parametrize("kind", ["nwea", "combined"])
def test_formats_of_scores_read_back_to_the_roster_without_classes(kind):
    assert_same(people(contents(FORMATS[kind](DISTRICT))), people(contents(without(roster(DISTRICT), *SECTIONS))))


@pytest.mark.parametrize("kind", ["oneroster-1.1", "oneroster-1.2"])
def test_formats_of_classes_read_back_to_the_roster_without_scores(kind):
    plain = without(roster(DISTRICT), "math_rit", "reading_rit")
    assert_same(people(contents(FORMATS[kind](DISTRICT))), people(contents(plain)))


def test_a_data_frame_is_the_roster():
    assert_same(Population.from_frame(frame(DISTRICT), SPEC, seed=3), people(contents(roster(DISTRICT))))


def test_a_data_frame_with_gaps_and_types_of_its_own_is_the_same():
    table = frame(DISTRICT)
    table["grade"] = table["grade"].astype("category")
    table["math_rit"] = table["math_rit"].astype(float)
    table["lunch_eligible"] = table["lunch_eligible"] == "yes"
    assert_same(Population.from_frame(table, SPEC, seed=3), people(contents(roster(DISTRICT))))


# Changes without a meaning

Rows = list[list[str]]
Change = Callable[[random.Random, str, Rows], Rows]
KEYS = {"userSourcedId", "classSourcedId", "courseSourcedId", "schoolSourcedId"}


def order(chance: random.Random, name: str, rows: Rows) -> Rows:
    return [rows[0], *chance.sample(rows[1:], len(rows) - 1)]


def columns(chance: random.Random, name: str, rows: Rows) -> Rows:
    places = chance.sample(range(len(rows[0])), len(rows[0]))
    return [[row[at] for at in places] for row in rows]


def blanks(chance: random.Random, name: str, rows: Rows) -> Rows:
    return [
        rows[0],
        *([chance.choice(["", " ", "\u00a0"]) + cell + chance.choice(["", " "]) for cell in row] for row in rows[1:]),
    ]


def duplicates(chance: random.Random, name: str, rows: Rows) -> Rows:
    return rows + chance.choices(rows[1:], k=3) if name not in {"manifest.csv", "enrollments.csv"} else rows


def capitals(chance: random.Random, name: str, rows: Rows) -> Rows:
    """Words and references to other files in other letters."""
    free = [
        at for at, column in enumerate(rows[0]) if column in KEYS or column in {"status", "role", "type", "classType"}
    ]
    return [rows[0], *([cell.upper() if at in free else cell for at, cell in enumerate(row)] for row in rows[1:])]


def empty(chance: random.Random, name: str, rows: Rows) -> Rows:
    return [rows[0], [""] * len(rows[0]), *rows[1:], [""] * len(rows[0])]


def ended(chance: random.Random, name: str, rows: Rows) -> Rows:
    """Enrollments of last year, and users who are no longer there."""
    if name != "enrollments.csv":
        return rows
    at = {column: place for place, column in enumerate(rows[0])}
    old = []
    for row in chance.choices([row for row in rows[1:] if any(row)], k=5):
        old.append([*row])
        old[-1][at["sourcedId"]] += "-old"
        old[-1][at["beginDate"]], old[-1][at["endDate"]] = "2023-08-14", "2024-05-24"
    return rows + old


CHANGES: tuple[Change, ...] = (order, columns, blanks, duplicates, capitals, empty, ended)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


def changed(tables: Tables, changes: list[Change], encoding: str, seed: int) -> dict[str, bytes]:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    found = {}
    for name, (header, rows) in tables.items():
        table = [[str(cell) for cell in row] for row in (header, *rows)]
        for change in changes:
            table = change(chance, name, table)
        stream = io.StringIO()
        csv.writer(stream, quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(table)
        found[name] = stream.getvalue().encode(encoding)
    return found


PLAIN: dict[str, Population] = {}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5, unique=True),
    encoding=st.sampled_from(ENCODINGS),
    seed=st.integers(0, 1000),
)
@pytest.mark.parametrize(
    "kind",
    [
        "nwea",
        pytest.param("combined+oneroster", marks=pytest.mark.slow),
        pytest.param("oneroster-1.1", marks=pytest.mark.slow),
        "oneroster-1.2",
        "roster",
    ],
)
def test_changes_without_a_meaning_change_nobody(kind, changes, encoding, seed):
    tables = FORMATS[kind](DISTRICT)
    plain = PLAIN.setdefault(kind, people(contents(tables)))
    assert_same(people(changed(tables, changes, encoding, seed)), plain)


# The command


@pytest.mark.parametrize("kind", [*FORMATS, "faults"])
def test_the_command_writes_what_check_calls_fine(kind, tmp_path):
    done = CliRunner().invoke(
        main, ["sample", kind, str(tmp_path / "new"), *(() if kind == "faults" else ("--schools", "2"))]
    )
    assert done.exit_code == 0, done.output
    place = tmp_path / "new" / ("district" if kind == "faults" else "")
    checked = CliRunner().invoke(main, ["check", str(place)])
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.startswith(f"{place}: fine")


def test_the_command_refuses_other_formats_and_folders_that_are_not_empty(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    for arguments, said in ((("excel", "new"), "Allowed: nwea, combined"), (("nwea", tmp_path), "not empty")):
        done = CliRunner().invoke(main, ["sample", *map(str, arguments)])
        assert done.exit_code == 2
        assert said in done.stderr


def test_the_folder_reads_back_as_the_files_do():
    with tempfile.TemporaryDirectory() as name:
        from plsim.population.sample.formats import write_format

        write_format("nwea+oneroster", Path(name) / "new", schools=3, students=24)
        assert_same(load_population(Path(name) / "new", SPEC, seed=3), people(contents(roster(DISTRICT))))


def test_the_invented_district_holds_what_its_files_need():
    assert isinstance(DISTRICT, SampleDistrict)
    assert len(set(DISTRICT.student)) == 72
    assert ((DISTRICT.rit >= 100) & (DISTRICT.rit <= 320)).all()
