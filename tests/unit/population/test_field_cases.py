"""The right answers to cases from the field: exports of NWEA built here, and the cases that lie beside the checkout."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from plsim.core.errors import PopulationError
from plsim.population import read_students
from plsim.population.options import StudentFiles
from plsim.population.sample.district import invented
from plsim.population.sample.formats import combined, nwea, oneroster_1_1
from plsim.population.student_file import StudentFile

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "field_cases"
MATH, READING = 0, 1
Rows = list[dict[str, str]]


def tables() -> tuple[Rows, Rows]:
    """Results and students of a small invented district, as rows by column."""
    found = nwea(invented(schools=2, students=14))
    as_rows = [[dict(zip(header, map(str, row), strict=True)) for row in rows] for header, rows in found.values()]
    return as_rows[0], as_rows[1]


def written(folder: Path, results: Rows, students: Rows | None = None, name: str = "AssessmentResults.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file, rows in ((name, results), ("StudentsBySchool.csv", students)):
        if rows is not None:
            with (folder / file).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    return folder


def score(file: StudentFile, student: str, subject: int) -> float:
    return float(file.rit[file.student_id.tolist().index(student), subject])


@pytest.mark.parametrize(
    "course", ["Algebra 1", "Algebra 2", "Geometry", "Integrated Math II", "Math K-12 (Spanish)", "Math K-2"]
)
@pytest.mark.parametrize("subject", ["Mathematics", ""])
def test_every_test_on_the_mathematics_scale_counts(tmp_path, course, subject):
    results, students = tables()
    for each in results:
        if each["Course"] == "Mathematics":
            each["Course"], each["Subject"] = course, subject
    file = read_students(written(tmp_path, results, students))
    assert file.rows["tests used"] == len(results)


def test_reading_in_spanish_has_a_scale_of_its_own(tmp_path):
    results, students = tables()
    spanish = [each for each in results if each["Course"] == "Reading"][:3]
    spanish[0]["Course"] = "Reading (Spanish)"
    spanish[1]["TestName"] = "Growth: Spanish Reading 2-5"
    file = read_students(written(tmp_path, results, students))
    assert file.rows["tests of reading in Spanish, which has a scale of its own"] == 2


def test_language_usage_is_no_reading(tmp_path):
    results, students = tables()
    usage = [{**each, "Course": "Language Usage"} for each in results if each["Course"] == "Reading"]
    file = read_students(written(tmp_path, results + usage, students))
    assert file.rows["tests of other subjects"] == len(usage)


@pytest.mark.parametrize(("retests", "difference"), [("nwea", 0), ("latest", 15)])
def test_of_two_tests_in_a_term_the_surer_one_counts_or_the_latest(tmp_path, retests, difference):
    results, students = tables()
    first = results[0]
    again = {
        **first,
        "TestRITScore": str(int(first["TestRITScore"]) + 15),
        "TestStandardError": "9.9",
        "TestStartDate": "9/30/2024",
    }
    place = written(tmp_path, [again, *results], students)
    file = read_students(StudentFiles(place, retests=retests))
    assert score(file, first["StudentID"], MATH) == int(first["TestRITScore"]) + difference


def test_of_two_equally_sure_tests_the_earlier_counts_by_time_of_day_too(tmp_path):
    results, students = tables()
    first = results[0]
    later = {**first, "TestRITScore": "150", "TestStartTime": "1:15:00 PM"}
    file = read_students(written(tmp_path, [later, *results], students))
    assert score(file, first["StudentID"], MATH) == int(first["TestRITScore"])


@pytest.mark.parametrize("place", ["file", "folder", "zip"])
def test_a_combined_data_file_is_read_as_it_is(tmp_path, place):
    ((name, (header, rows)),) = combined(invented(schools=2, students=14)).items()
    folder = written(tmp_path / "x", [dict(zip(header, map(str, row), strict=True)) for row in rows], name=name)
    if place == "zip":
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            archive.write(folder / name, f"export/{name}")
    path = {"file": folder / name, "folder": folder, "zip": tmp_path / "export.zip"}[place]
    file = read_students(path)
    plain = read_students(written(tmp_path / "two", *tables()))
    assert file.student_id.tolist() == plain.student_id.tolist()
    assert file.rit.tolist() == plain.rit.tolist()
    assert file.grade.tolist() == plain.grade.tolist()


def test_further_files_of_an_export_are_named_as_not_used(tmp_path):
    place = written(tmp_path, *tables())
    (place / "ClassAssignments.csv").write_text("TermName\n", encoding="utf-8")
    assert "Files of the export that are not used: ClassAssignments.csv." in read_students(place).remarks


@pytest.mark.parametrize("packed", [False, True])
def test_exports_of_several_terms_are_listed_and_one_is_chosen_by_name(tmp_path, packed):
    results, students = tables()
    for term in ("Fall 2023-2024", "Fall 2024-2025"):
        rows = [[{**row, "TermName": term} for row in table] for table in (results, students)]
        written(tmp_path / "all" / term[5:9], *rows)
    place = tmp_path / "all"
    if packed:
        place = tmp_path / "all.zip"
        with zipfile.ZipFile(place, "w") as archive:
            for file in sorted((tmp_path / "all").rglob("*.csv")):
                archive.write(file, file.relative_to(tmp_path / "all").as_posix())
    with pytest.raises(PopulationError, match=r"holds 2 exports .*Fall 2023-2024.*Fall 2024-2025.*--term"):
        read_students(place)
    assert "Fall 2023-2024" in read_students(place, term="Fall 2023-2024").source


def test_terms_in_one_file_are_told(tmp_path):
    results, students = tables()
    old = [[{**row, "TermName": "Spring 2023-2024"} for row in table] for table in (results, students)]
    file = read_students(written(tmp_path, results + old[0], students + old[1]))
    assert "Other terms in the file: Spring 2023-2024. --term names another than Fall 2024-2025." in file.remarks


def test_two_files_that_do_not_belong_together_are_a_doubt(tmp_path):
    results, students = tables()
    for each in students[:20]:
        each["StudentID"] += "-other"
    file = read_students(written(tmp_path, results, students))
    assert any("40 of 56 tests of Fall 2024-2025 belong to no student that is listed" in doubt for doubt in file.doubts)


def test_one_id_for_several_persons_is_never_identical_students(tmp_path):
    results, students = tables()
    students.append({**students[0], "StudentLastName": "Somebodyelse"})
    file = read_students(written(tmp_path, results, students))
    assert students[0]["StudentID"] not in file.student_id
    assert any("1 id is used for several persons" in warning for warning in file.warnings)
    for each in students[:10]:
        students.append({**each, "StudentLastName": "Somebodyelse"})
    with pytest.raises(PopulationError, match="used for several persons") as caught:
        read_students(written(tmp_path, results, students))
    assert "Somebodyelse" not in str(caught.value)


def test_the_day_of_the_tests_decides_who_is_enrolled(tmp_path):
    district = invented(schools=2, students=14)
    place = written(tmp_path, *tables())
    for name, (header, rows) in oneroster_1_1(district).items():
        written(place, [dict(zip(header, map(str, row), strict=True)) for row in rows], name=name)
    file = read_students(place)
    assert "Who is enrolled: as of 2024-09-17, when the students were tested." in file.remarks
    assert (file.section != "").all()


# The cases that lie beside the checkout


def case(name: str) -> Path:
    path = CASES / name
    if not path.exists():
        pytest.skip("the field cases do not lie beside this checkout")
    return path


def seats(name: str) -> list[tuple[str, str, str]]:
    file = read_students(case(name))
    return sorted(zip(file.student_id, map(str, file.section.tolist()), map(str, file.teacher.tolist()), strict=True))


def test_case_last_years_rows_change_nobody():
    assert len(seats("oneroster_base")) == 48
    assert seats("oneroster_lastyear") == seats("oneroster_base")


def test_case_a_class_has_the_teacher_who_is_there_now():
    teachers = {teacher for _, _, teacher in seats("oneroster_teacherleft")}
    assert teachers == {"['S1-TX', 'S1-TX']", "['S1-T1', 'S1-T1']"}


@pytest.mark.parametrize("name", ["oneroster_titles_abbreviated", "oneroster_titles_false_friends"])
def test_case_titles_place_everybody_in_the_class_proper(name):
    assert {section for _, section, _ in seats(name)} == {"['S1-M0-25', 'S1-R0-25']", "['S1-M1-25', 'S1-R1-25']"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("oneroster_delta", "bulk"), ("excel_ids_nwea", "spreadsheet has changed the ids"),
        ("excel_ids_roster.csv", "spreadsheet has changed the ids"),
    ],
)  # fmt: skip
def test_case_is_refused_with_the_mend(name, said):
    with pytest.raises(PopulationError, match=said):
        read_students(case(name))


@pytest.mark.parametrize(
    ("name", "reason", "count"),
    [
        ("nwea_algebra", "tests used", 120), ("nwea_retest", "further tests of a student in the term", 20),
        ("nwea_combined_data_file", "tests used", 120), ("excel_extra_commas.csv", "students used", 40),
        ("excel_extra_commas.csv", "rows that are empty in every column that is read", 5),
        ("excel_semicolons.csv", "students used", 40), ("excel_trailing_dropped.csv", "students used", 40),
    ],
)  # fmt: skip
def test_case_counts_what_was_used_and_left_out(name, reason, count):
    assert read_students(case(name)).rows[reason] == count


def test_case_lost_zeros_are_joined_and_told():
    file = read_students(case("leading_zeros_lost_for_some"))
    assert file.notes["students without a OneRoster user"] == 0
    assert any("25 students were joined although one file lacks the leading zeros" in remark for remark in file.remarks)
