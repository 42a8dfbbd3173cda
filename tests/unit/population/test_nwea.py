from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.evidence import norms
from plsim.population import PopulationSpec, from_nwea_export, load_population, timeline
from plsim.population.load import StudentFiles
from plsim.population.read import read_students as read_nwea_export

LATEST = "Fall 2022-2023"


def _result(results, student, scale="Mathematics", term=LATEST, growth="TRUE"):
    """The last row of a student's test."""
    found = {
        (row["StudentID"], row["MeasurementScale"], row["TermName"], row["GrowthMeasureYN"]): row for row in results
    }
    return found[student, scale, term, growth]


def _listed(students, student, term=LATEST):
    return next(row for row in students if row["StudentID"] == student and row["TermName"] == term)


def _score(file, student, subject=0):
    return file.rit[file.student_id.tolist().index(student), subject]


def test_every_tested_student_of_the_sample_is_there(edited_export):
    file = read_nwea_export(edited_export())
    assert len(file.student_id) == 173
    assert file.rows["students used"] == 173
    assert file.rows["students without a test"] == 7
    assert file.rows["lines of students in other terms"] == 360


def test_the_latest_fall_is_taken_by_default(edited_export):
    assert LATEST in read_nwea_export(edited_export()).source


def test_a_named_term_is_taken(edited_export):
    folder = edited_export()
    older = read_nwea_export(folder, term="Fall 2021-2022")
    # The sample's scores of the fall before are nine points lower.
    assert _score(older, "X00000") == _score(read_nwea_export(folder), "X00000") - 9


def test_an_unknown_term_is_refused_with_the_terms_there_are(edited_export):
    with pytest.raises(PopulationError, match=r"Fall 2021-2022.*Did you mean 'Fall 2022-2023'"):
        read_nwea_export(edited_export(), term="Fall 2022-23")


def test_an_export_without_a_fall_asks_for_the_term(edited_export):
    def only_spring(results, students):
        for row in (*results, *students):
            row["TermName"] = "Spring 2021-2022"

    with pytest.raises(PopulationError, match="no fall term"):
        read_nwea_export(edited_export(only_spring))


def test_tests_that_do_not_measure_growth_are_left_out(edited_export):
    folder = edited_export()
    file = read_nwea_export(folder)
    assert file.rows["tests that do not measure growth"] == 24
    # X00006 has such a test, later and eleven points lower.
    older = _score(read_nwea_export(folder, term="Fall 2021-2022"), "X00006")
    assert _score(file, "X00006") == older + 9


def test_of_several_tests_in_a_term_the_one_with_the_lowest_error_counts_and_of_equals_the_earlier(edited_export):
    def surer(results, students):
        again = next(row for row in results if row["StudentID"] == "X00035" and row["TestStartDate"] == "9/27/2022")
        again["TestStandardError"] = "2.0"

    file = read_nwea_export(edited_export(surer))
    assert file.rows["further tests of a student in the term"] == 12
    earlier = read_nwea_export(edited_export(), term="Fall 2021-2022")
    assert _score(file, "X00005") == _score(earlier, "X00005") + 9
    assert _score(file, "X00035") == _score(earlier, "X00035") + 9 - 2


def test_the_latest_of_several_tests_counts_when_it_is_asked_for(edited_export):
    file = read_nwea_export(StudentFiles(edited_export(), retests="latest"))
    assert file.rows["further tests of a student in the term"] == 12
    first = _score(read_nwea_export(edited_export(), term="Fall 2021-2022"), "X00005") + 9
    assert _score(file, "X00005") == first - 2


def test_identical_tests_are_dropped_and_counted(edited_export):
    assert read_nwea_export(edited_export()).rows["identical tests"] == 12


def test_the_newer_column_names_and_scales_are_read(edited_export):
    def renew(results, students):
        for row in results:
            row["Subject"] = "Language Arts" if row.pop("Discipline") == "Reading" else "Mathematics"
            row["Course"] = {"Mathematics": "Math K-12"}.get(row["MeasurementScale"], row["MeasurementScale"])
            del row["MeasurementScale"]

    plain = read_nwea_export(edited_export())
    np.testing.assert_array_equal(plain.rit, read_nwea_export(edited_export(renew)).rit)


def test_every_row_has_one_disposition(edited_export):
    def spoil(results, students):
        results.append({**results[0], "StudentID": "nobody", "TermName": LATEST})
        students.append({**students[-1], "TermName": LATEST, "SchoolName": "Zenith School"})

    file = read_nwea_export(edited_export(spoil))
    assert [len(dispositions.code) for dispositions in file.dispositions] == [541, 1078]
    assert all((dispositions.code >= 0).all() for dispositions in file.dispositions)


def test_other_columns_first_is_fine(edited_export):
    def turn(results, students):
        for rows in (results, students):
            rows[:] = [dict(reversed(row.items())) for row in rows]

    plain = read_nwea_export(edited_export())
    np.testing.assert_array_equal(plain.rit, read_nwea_export(edited_export(turn)).rit)


def test_commas_in_quotes_belong_to_the_cell(edited_export):
    def quote(results, students):
        for row in students:
            row["StudentLastName"], row["SchoolName"] = "Smith, Jr.", "School, The"

    assert set(read_nwea_export(edited_export(quote)).school) == {"School, The"}


def test_other_subjects_are_left_out(edited_export):
    def add_science(results, students):
        results.append({**results[0], "TermName": LATEST, "MeasurementScale": "Science - General Science"})

    file = read_nwea_export(edited_export(add_science))
    assert file.rows["tests of other subjects"] == 1
    assert len(file.student_id) == 173


def test_a_missing_subject_is_drawn_and_counted(data_folder):
    population = from_nwea_export(data_folder / "nwea_export", PopulationSpec(), seed=1)
    assert population.drawn["reading scores"] == 9
    assert np.isfinite(population.achievement).all()


def test_grade_13_is_kindergarten(edited_export):
    def as_letter(results, students):
        for row in students:
            row["Grade"] = row["Grade"].replace("13", "K")

    file = read_nwea_export(edited_export())
    np.testing.assert_array_equal(file.grade, read_nwea_export(edited_export(as_letter)).grade)
    assert (file.grade == 0).any()


@pytest.mark.parametrize("grade", ["14", "99", "", "3.5"])
def test_other_grades_are_refused_with_row_and_column(edited_export, grade):
    with pytest.raises(PopulationError, match=r"StudentsBySchool.csv: row \d+, Grade"):
        read_nwea_export(edited_export(lambda results, students: _listed(students, "X00000").update(Grade=grade)))


@pytest.mark.parametrize("score", ["nan", "inf", "-inf", "n/a", "99.9", "320.1", "-3"])
def test_a_score_that_is_no_rit_is_refused_with_row_and_column(edited_export, score):
    def spoil(results, students):
        results[0]["TestRITScore"] = score

    with pytest.raises(PopulationError, match=rf"AssessmentResults.csv: row 2, TestRITScore: got '{score}'"):
        read_nwea_export(edited_export(spoil))


def test_the_row_of_an_error_is_the_one_a_spreadsheet_shows(edited_export):
    def spoil(results, students):
        results[99]["TestRITScore"] = "x"

    with pytest.raises(PopulationError, match="row 101, TestRITScore"):
        read_nwea_export(edited_export(spoil))


def test_an_empty_score_is_missing_and_counted(edited_export):
    def empty(results, students):
        _result(results, "X00000")["TestRITScore"] = ""

    file = read_nwea_export(edited_export(empty))
    assert np.isnan(_score(file, "X00000"))
    assert file.rows["tests without a score"] == 1


def test_a_date_that_cannot_be_read_is_refused(edited_export):
    def spoil(results, students):
        _result(results, "X00000")["TestStartDate"] = "14. September"

    with pytest.raises(PopulationError, match="TestStartDate"):
        read_nwea_export(edited_export(spoil))


def test_a_growth_mark_that_says_neither_yes_nor_no_is_refused(edited_export):
    def spoil(results, students):
        results[0]["GrowthMeasureYN"] = "perhaps"

    with pytest.raises(PopulationError, match="row 2, GrowthMeasureYN"):
        read_nwea_export(edited_export(spoil))


def test_the_school_is_the_one_where_the_student_is_listed(edited_export):
    def elsewhere(results, students):
        _result(results, "X00000")["SchoolName"] = "Testing Center"

    file = read_nwea_export(edited_export(elsewhere))
    assert file.school[file.student_id.tolist().index("X00000")] == "Invented School 1"


def test_a_student_listed_in_two_schools_belongs_where_the_latest_test_was(edited_export):
    def two_schools(results, students):
        students.append({**_listed(students, "X00000"), "SchoolName": "Zenith School"})

    file = read_nwea_export(edited_export(two_schools))
    assert file.school[file.student_id.tolist().index("X00000")] == "Invented School 1"
    assert file.rows["further schools or grades of a student"] == 1


def test_tests_of_students_who_are_not_listed_are_counted(edited_export):
    def unlist(results, students):
        students[:] = [row for row in students if row["StudentID"] != "X00000"]

    assert read_nwea_export(edited_export(unlist)).rows["tests of students not listed"] == 2


def test_the_order_of_rows_does_not_matter(edited_export):
    def shuffle(results, students):
        for rows in (results, students):
            rows.reverse()

    one = from_nwea_export(edited_export(), PopulationSpec(), seed=1)
    other = from_nwea_export(edited_export(shuffle), PopulationSpec(), seed=1)
    np.testing.assert_array_equal(one.student_id, other.student_id)
    np.testing.assert_array_equal(one.achievement, other.achievement)


@pytest.mark.parametrize(
    "how", [{"encoding": "utf-8-sig"}, {"lineterminator": "\r\n"}, {"encoding": "utf-8-sig", "lineterminator": "\r\n"}]
)
def test_marks_and_line_ends_of_windows_are_fine(edited_export, how):
    plain = read_nwea_export(edited_export())
    np.testing.assert_array_equal(plain.rit, read_nwea_export(edited_export(**how)).rit)


def test_names_in_old_windows_text_are_fine(edited_export):
    def accent(results, students):
        students[0]["StudentLastName"] = "Núñez"

    assert len(read_nwea_export(edited_export(accent, encoding="cp1252")).student_id) == 173


def test_further_columns_are_ignored(edited_export):
    def widen(results, students):
        for row in results:
            row["Goal7Name"] = "anything"

    assert len(read_nwea_export(edited_export(widen)).student_id) == 173


def test_a_missing_column_is_named(edited_export):
    def rename(results, students):
        for row in results:
            row["RITScore"] = row.pop("TestRITScore")

    with pytest.raises(PopulationError, match=r"no column 'TestRITScore'.*Is it the column 'RITScore'"):
        read_nwea_export(edited_export(rename))


def test_a_missing_file_is_named(tmp_path, edited_export):
    folder = edited_export()
    (folder / "StudentsBySchool.csv").unlink()
    with pytest.raises(PopulationError, match=r"StudentsBySchool.csv: no such file"):
        load_population(folder, PopulationSpec(), seed=1)


def test_an_empty_file_is_refused(edited_export):
    folder = edited_export()
    (folder / "StudentsBySchool.csv").write_text("", encoding="utf-8")
    with pytest.raises(PopulationError, match=r"StudentsBySchool\.csv: header"):
        read_nwea_export(folder)


def test_no_name_birth_date_or_ethnicity_is_kept(data_folder):
    population = from_nwea_export(data_folder / "nwea_export", PopulationSpec(), seed=1)
    with np.printoptions(threshold=np.inf):
        everything = repr([getattr(population, field.name) for field in dataclasses.fields(population)])
    for personal in ("Lastname", "Firstname", "1/1/2010", "Not Specified"):
        assert personal not in everything


def test_achievement_is_near_the_scores_cast_back(data_folder):
    file = read_nwea_export(data_folder / "nwea_export")
    population = from_nwea_export(data_folder / "nwea_export", PopulationSpec(), seed=1)
    place = {student: index for index, student in enumerate(population.student_id)}
    back = file.rit - 4.0 * norms().weekly_rate_start.T[file.grade]
    latent = population.achievement[[place[student] for student in file.student_id]]
    assert np.nanmax(np.abs(latent - back)) < 8.0


def test_an_export_runs_through_the_years(data_folder):
    population = from_nwea_export(data_folder / "nwea_export", PopulationSpec(), seed=1)
    line = timeline(population, 3, np.full(population.schools, 22.0), seed=1)
    assert all((year.section >= 0).all() for year in line.years)
    assert np.isfinite(line.years[2].achievement).all()
