"""Whatever a file holds, reading it gives a population or a message: no other error."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plsim.core.errors import PopulationError
from plsim.population import Population, PopulationSpec, load_population, read_students
from plsim.population.explain import explanation, row_dispositions
from plsim.population.nwea.reading import RESULTS_FILE, STUDENTS_FILE

SPEC = PopulationSpec()
QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])

CELLS = st.one_of(
    st.sampled_from([
        "", " ", "4", "13", "K", "PK", "201", "99.9", "nan", "inf", "1e9", "-1", "yes", "no", "maybe", "Oak", "a1",
        "a2", '"', "'", "a,b", "x\ny", "Fall 2022-2023", "Fall", "Mathematics", "Reading", "TRUE", "9/14/2022",
        "13/45/2022",
        "student", "teacher", "tobedeleted", "oak", "m1", "charter", "\ufeff", "\u202e", "9" * 400,
    ]),
    st.text(max_size=6),
)  # fmt: skip


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\r\n') else cell


@st.composite
def tables(draw: st.DrawFn, columns: tuple[str, ...]) -> str:
    """A CSV file with most of the columns, some of its rows too long or too short."""
    header = list(draw(st.permutations(columns)))
    if draw(st.integers(0, 9)) == 0:
        header = header[1:]
    rows = draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=6))
    if draw(st.integers(0, 9)) == 0:
        rows.append(draw(st.lists(CELLS, max_size=len(header) + 2)))
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return ends.join(",".join(map(_quoted, row)) for row in [header, *rows])


def outcome(folder: Path) -> Population | PopulationError:
    """What reading gives. A population is sound, and every row has one disposition that can be told."""
    try:
        population = load_population(folder, SPEC, seed=1)
    except PopulationError as error:
        return error
    assert np.isfinite(population.achievement).all()
    assert ((population.grade >= 0) & (population.grade <= 12)).all()
    students = read_students(folder)
    dispositions = list(row_dispositions(students))
    assert len(dispositions) == sum(len(each.code) for each in students.dispositions)
    assert all(disposition.reason for disposition in dispositions)
    assert list(explanation(students))
    return population


def read(**files: bytes | str) -> Population | PopulationError:
    """What reading a folder of these files gives."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogatepass")
            (folder / f"{file}.csv").write_bytes(data)
        return outcome(folder)


ROSTER = (
    "student_id",
    "school",
    "grade",
    "math_rit",
    "section_math",
    "teacher_math",
    "lunch_eligible",
    "governance",
    "club",
)


@QUICK
@given(tables(ROSTER))
@example("student_id,school,grade\na1,Oak,4\n")
def test_any_roster_is_read_or_refused(text):
    read(roster=text)


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    read(roster=content)


RESULTS = (
    "TermName",
    "StudentID",
    "SchoolName",
    "MeasurementScale",
    "GrowthMeasureYN",
    "TestStartDate",
    "TestRITScore",
)
STUDENTS = ("TermName", "SchoolName", "StudentID", "Grade")


@QUICK
@given(tables(RESULTS), tables(STUDENTS))
def test_any_export_is_read_or_refused(results, students):
    read(AssessmentResults=results, StudentsBySchool=students)


ONEROSTER = {
    "orgs": ("sourcedId", "name", "type", "status"),
    "users": ("sourcedId", "role", "grades", "orgSourcedIds", "identifier"),
    "classes": ("sourcedId", "schoolSourcedId", "title", "classType", "subjects", "courseSourcedId"),
    "enrollments": ("classSourcedId", "userSourcedId", "role", "primary", "beginDate"),
    "courses": ("sourcedId", "title", "subjects"),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "demographics": ("sourcedId", "metadata.frl"),
}


@QUICK
@given(st.fixed_dictionaries({name: tables(columns) for name, columns in ONEROSTER.items()}))
def test_any_oneroster_is_read_or_refused(files):
    read(**files)


IDS = st.sampled_from(["a", "b", "c", ""])
WORDS = {
    "type": ["school", "district"], "role": ["student", "teacher"], "grades": ["04", "07", "PK"],
    "classType": ["scheduled", "homeroom", ""], "subjects": ["Math", "ELA", "Art", ""], "primary": ["true", ""],
    "status": ["", "active", "tobedeleted"], "metadata.frl": ["yes", "paid", ""], "beginDate": ["2022-08-15", ""],
}  # fmt: skip


@st.composite
def linked_tables(draw: st.DrawFn, columns: tuple[str, ...]) -> str:
    """A table whose cells are of the right kind, with ids that meet."""
    rows = draw(st.lists(st.tuples(*(st.sampled_from(WORDS[c]) if c in WORDS else IDS for c in columns)), max_size=6))
    return "\n".join(",".join(row) for row in [columns, *rows])


LINKED = given(st.fixed_dictionaries({name: linked_tables(columns) for name, columns in ONEROSTER.items()}))


@QUICK
@LINKED
def test_a_oneroster_whose_ids_meet_at_random_is_read_or_refused(files):
    read(**files)


@pytest.mark.slow
@settings(QUICK, max_examples=500)
@LINKED
def test_five_hundred_such_onerosters_are_read_or_refused(files):
    read(**files)


@QUICK
@given(data=st.data())
@pytest.mark.parametrize("place", ["nwea_export", "oneroster.zip", "roster.csv"])
def test_a_damaged_sample_is_read_or_refused(data_folder, place, data):
    source = data_folder / place
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [source] if source.is_file() else sorted(source.iterdir())
        contents = {file.name: bytearray(file.read_bytes()) for file in files}
        victim = contents[data.draw(st.sampled_from(sorted(contents)))]
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(victim) - 1))
            change = data.draw(st.sampled_from(["byte", "cut", "drop", "repeat"]))
            if change == "byte":
                victim[at] = data.draw(st.integers(0, 255))
            elif change == "cut":
                del victim[max(at, 1) :]
            elif change == "drop":
                del victim[at : at + data.draw(st.integers(1, 50))]
            else:
                victim[at:at] = victim[at : at + 200]
            if not victim:
                break
        for file, content in contents.items():
            (folder / file).write_bytes(bytes(content))
        outcome(folder / source.name if source.suffix == ".zip" else folder)


def test_the_files_have_the_names_that_are_read():
    assert (RESULTS_FILE, STUDENTS_FILE) == ("AssessmentResults.csv", "StudentsBySchool.csv")
