from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population import PopulationSpec, from_roster, load_population, timeline
from plsim.population.load import StudentFiles
from plsim.population.read import read_students as read_roster
from plsim.population.roster.personal import is_personal
from plsim.population.student_file import StudentFile

HEADER = (
    "student_id,school,grade,section_math,section_reading,"
    "teacher_math,teacher_reading,math_rit,reading_rit,lunch_eligible"
)
LINE = "a1,Oak,4,M1,R1,Ames,Berg,201,199,yes"


def by(path: Path, *columns: str) -> StudentFile:
    """A roster with further columns by which results are to be shown."""
    return read_roster(StudentFiles(path, subgroups=columns))


def test_a_column_of_many_labels_does_not_become_subgroups(roster_of):
    lines = [f"a{number},Oak,4,{number}" for number in range(21)]
    with pytest.raises(PopulationError, match="'club' has 21 labels"):
        by(roster_of("student_id,school,grade,club", *lines), "club")


def test_labels_of_few_students_become_one(roster_of):
    lines = [f"a{number},Oak,4,{'' if number < 2 else 'large' if number > 11 else number}" for number in range(30)]
    club = by(roster_of("student_id,school,grade,club", *lines), "club").subgroups["club"]
    assert sorted(set(club)) == ["", "(fewer than 10)", "large"]


def test_the_sample_roster_is_read_whole(data_folder):
    population = from_roster(data_folder / "roster.csv", PopulationSpec(), seed=1)
    assert population.students == 180
    assert population.drawn["reading scores"] == 9
    assert "math scores" not in population.drawn


def test_empty_lunch_cells_are_drawn_and_counted(data_folder):
    assert from_roster(data_folder / "roster.csv", PopulationSpec(), seed=1).drawn["lunch_eligible"] == 18


def test_further_columns_become_subgroups_only_when_they_are_named(data_folder):
    path = data_folder / "roster.csv"
    file = read_roster(path)
    assert file.subgroups == {}
    assert "Columns that are not used: program. To show results by one: --subgroups program." in file.remarks
    assert set(by(path, "program").subgroups["program"]) == {"", "arts"}


@pytest.mark.parametrize("column", ["homeroom", "instructor", "last", "kid", "room", "bus"])
def test_a_column_whose_name_may_hide_persons_is_asked_about(roster_of, column):
    path = roster_of(f"student_id,school,grade,{column}", *(f"a{number},Oak,4,x" for number in range(12)))
    with pytest.raises(PopulationError, match=f"'{column}' could, by its name, say who somebody is.*{column}:yes"):
        by(path, column)
    assert set(by(path, f"{column}:yes").subgroups[column]) == {"x"}


@pytest.mark.parametrize("column", ["student_name", "yob", "heritage", "race", "birth_date", "homeroom_teacher"])
def test_a_personal_column_never_becomes_a_subgroup(roster_of, column):
    path = roster_of(f"student_id,school,grade,{column}", *(f"a{number},Oak,4,x" for number in range(12)))
    for given in (column, f"{column}:yes"):
        with pytest.raises(PopulationError, match="says by its name who somebody is"):
            by(path, given)


def test_a_subgroup_that_is_no_further_column_is_refused(roster_of):
    path = roster_of("student_id,school,grade,club", "a1,Oak,4,x")
    with pytest.raises(PopulationError, match=r"no column 'clubs'.*Allowed: club"):
        by(path, "clubs")
    with pytest.raises(PopulationError, match="'grade' has a meaning of its own"):
        by(path, "grade")


@pytest.mark.parametrize("column", ["StudentLastName", "birth_date", "Ethnicity", "student_email", "race", "DOB"])
def test_personal_columns_are_never_read(roster_of, column):
    assert read_roster(roster_of(f"{HEADER},{column}", f"{LINE},secret")).subgroups == {}


def test_given_sections_and_teachers_are_kept_in_the_first_year(data_folder):
    population = from_roster(data_folder / "roster.csv", PopulationSpec(), seed=1)
    year = timeline(population, 1, np.full(population.schools, 22.0), seed=1).years[0]
    for subject in (0, 1):
        given, made = population.given_section[:, subject], year.section[:, subject]
        assert (
            len({*zip(given.tolist(), made.tolist(), strict=True)})
            == len(set(given.tolist()))
            == len(set(made.tolist()))
        )


def test_sections_of_one_named_teacher_share_a_seat(roster_of):
    path = roster_of(HEADER, LINE, "a2,Oak,4,M2,R2,Ames,Ames,201,199,yes")
    population = from_roster(path, PopulationSpec(), seed=1)
    year = timeline(population, 1, np.array([22.0]), seed=1).years[0]
    seats = year.section_seat[year.section]
    assert seats[0, 0] == seats[1, 0] == seats[1, 1] != seats[0, 1]


def test_named_teachers_hold_the_seats_of_later_years(data_folder):
    population = from_roster(data_folder / "roster.csv", PopulationSpec(), seed=1)
    first, later = timeline(population, 2, np.full(population.schools, 22.0), seed=1).years
    assert set(later.section_seat.tolist()) <= set(first.section_seat.tolist())


def test_teachers_of_the_same_name_in_two_schools_are_two(roster_of):
    path = roster_of(HEADER, LINE, LINE.replace("a1,Oak", "a2,Elm"))
    population = from_roster(path, PopulationSpec(), seed=1)
    seats = timeline(population, 1, np.full(2, 22.0), seed=1).seats
    assert len(set(seats.seat_key.tolist())) == 4


def test_a_policy_on_class_size_can_set_given_sections_aside(data_folder):
    population = from_roster(data_folder / "roster.csv", PopulationSpec(), seed=1)
    sizes = np.full(population.schools, 3.0)
    year = timeline(population, 1, sizes, seed=1, keep_given=False).years[0]
    assert np.bincount(year.section[:, 0]).max() <= 3


def test_students_without_a_section_get_one(roster_of):
    path = roster_of(HEADER, LINE, "a2,Oak,4,,,,,205,190,no")
    population = from_roster(path, PopulationSpec(), seed=1)
    year = timeline(population, 1, np.array([22.0]), seed=1).years[0]
    assert population.drawn["sections"] == 2
    assert year.section[0, 0] != year.section[1, 0]


def test_of_several_teachers_of_a_section_the_first_in_the_alphabet_counts(roster_of):
    lines = [LINE.replace("a1", f"a{number}").replace("Ames", name) for number, name in enumerate(["", "Zorn", "Ames"])]
    file = read_roster(roster_of(HEADER, *lines))
    population = from_roster(roster_of(HEADER, *lines), PopulationSpec(), seed=1)
    assert population.section_teachers[population.given_section[0, 0]] == "Ames"
    assert file.rows["further teachers of a section"] == 1


def test_identical_rows_are_dropped_and_counted(roster_of):
    file = read_roster(roster_of(HEADER, LINE, LINE))
    assert len(file.student_id) == 1
    assert file.rows["identical students"] == 1


def test_conflicting_rows_are_refused(roster_of):
    with pytest.raises(PopulationError, match="row 3, student_id: the same as in row 2"):
        read_roster(roster_of(HEADER, LINE, LINE.replace("201", "202")))


@pytest.mark.parametrize("score", ["nan", "inf", "-inf", "99", "321", "1e9", "NA"])
def test_a_score_that_is_no_rit_is_refused(roster_of, score):
    with pytest.raises(PopulationError, match=f"roster.csv: row 2, math_rit: got '{score}'"):
        read_roster(roster_of(HEADER, LINE.replace("201", score)))


def test_a_lunch_cell_that_says_neither_yes_nor_no_is_refused(roster_of):
    with pytest.raises(PopulationError, match="row 2, lunch_eligible"):
        read_roster(roster_of(HEADER, LINE.replace("yes", "maybe")))


@pytest.mark.parametrize("name", ["student_id", "school", "grade"])
def test_a_missing_column_that_is_needed_is_named(roster_of, name):
    with pytest.raises(PopulationError, match=f"no column '{name}'"):
        read_roster(roster_of(HEADER.replace(name, "x"), LINE))


def test_the_three_needed_columns_are_enough(roster_of):
    population = from_roster(roster_of("student_id,school,grade", "a1,Oak,K", "a2,Oak,12"), PopulationSpec(), seed=1)
    assert population.grade.tolist() == [0, 12]
    assert population.drawn["math scores"] == 2


def test_governance_is_taken_from_the_file(roster_of):
    path = roster_of("student_id,school,grade,governance", "a1,Oak,4,charter", "a2,Elm,4,district", "a3,Fir,4,")
    population = from_roster(path, PopulationSpec(), seed=1)
    assert dict(zip(population.school_id, population.charter.tolist(), strict=True)) == {
        "Elm": False, "Fir": False, "Oak": True,
    }  # fmt: skip
    assert population.drawn["governance"] == 1


def test_a_school_of_two_governances_is_refused(roster_of):
    path = roster_of("student_id,school,grade,governance", "a1,Oak,4,charter", "a2,Oak,4,district")
    with pytest.raises(PopulationError, match="row 3, governance"):
        read_roster(path)


def test_a_roster_is_found_in_its_folder(data_folder):
    assert load_population(data_folder, PopulationSpec(), seed=1).source == "roster roster.csv"


def test_a_folder_without_a_population_is_refused(tmp_path):
    with pytest.raises(PopulationError, match="no population here"):
        load_population(tmp_path, PopulationSpec(), seed=1)


def test_a_roster_without_students_is_refused(roster_of):
    with pytest.raises(PopulationError, match="no student is left"):
        read_roster(roster_of(HEADER))


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (f"{LINE},extra", "11 cells, more than the header has.*Put cells that hold a comma in quotes"),
        (LINE.replace("Ames", "Ames, A."), "11 cells, more than the header has.*Put cells that hold a comma in quotes"),
        (LINE.rpartition(",")[0], "9 cells, fewer than the header has.*may be cut off"),
    ],
)
def test_a_row_with_other_cells_than_the_header_is_refused(roster_of, line, advice):
    with pytest.raises(PopulationError, match=rf"roster\.csv: row 3: {advice}"):
        read_roster(roster_of(HEADER, LINE.replace("a1", "a0"), line))


def test_the_cells_of_quoted_rows_are_counted_too(roster_of):
    with pytest.raises(PopulationError, match=r"roster\.csv: row 3: 11 cells"):
        read_roster(roster_of(HEADER, LINE.replace("Oak", '"Oak, North"'), f"{LINE.replace('a1', 'a2')},extra"))


def test_commas_inside_quotes_belong_to_the_cell(roster_of):
    assert read_roster(roster_of(HEADER, LINE.replace("Oak", '"Oak, North"'))).school.tolist() == ["Oak, North"]


def test_empty_cells_beyond_the_header_and_blank_lines_are_fine(roster_of):
    assert len(read_roster(roster_of(HEADER, f"{LINE},,", "")).student_id) == 1


@pytest.mark.parametrize("labels", [("Asian", "Other"), ("White", "Black"), ("Hispanic or Latino", "no")])
def test_ethnicity_under_another_column_name_never_becomes_groups(tmp_path, labels):
    path = tmp_path / "roster.csv"
    rows = "".join(f"a{i},Oak,4,{labels[i % 2]},{i % 2}\n" for i in range(40))
    path.write_text(f"student_id,school,grade,group,club\n{rows}", encoding="utf-8")
    with pytest.raises(PopulationError, match="'group' holds ethnic groups"):
        by(path, "club", "group")
    assert set(by(path, "club").subgroups) == {"club"}


@pytest.mark.parametrize("name", ["racecode", "homeroom_teacher", "tribal_affiliation", "Born", "MotherFirst"])
def test_further_column_names_that_are_personal(name):
    assert is_personal(name)
