"""What spreadsheets do to files: encodings, separators, short and empty rows, spoiled ids, names that are near."""

from __future__ import annotations

from pathlib import Path

import pytest

from plsim.core.errors import PopulationError
from plsim.population import PopulationSpec, describe, load_population, read_students
from plsim.population.tables.ids import id_key, partners

HEADER = "student_id,school,grade,math_rit,lunch_eligible\n"
LINES = "a1,Peña Élémentaire,4,201,yes\na2,Peña Élémentaire,5,199,no\n"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return tmp_path / "roster.csv"


def refusal(path: Path) -> str:
    with pytest.raises(PopulationError) as caught:
        read_students(path)
    return str(caught.value)


# Encodings and separators


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_the_same_students_in_every_encoding(roster, encoding):
    roster.write_bytes((HEADER + LINES).encode(encoding))
    file = read_students(roster)
    assert file.school.tolist() == ["Peña Élémentaire"] * 2
    assert file.rit[:, 0].tolist() == [201, 199]


def test_windows_apostrophes_are_no_macintosh_letters(roster):
    roster.write_bytes((HEADER + LINES.replace("Peña Élémentaire", "O\u2019Neil\u2019s School")).encode("cp1252"))
    assert set(read_students(roster).school) == {"O\u2019Neil\u2019s School"}


@pytest.mark.parametrize(("mark", "words"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_read_and_told(roster, mark, words):
    roster.write_text((HEADER + LINES).replace(",", mark), encoding="utf-8")
    population = load_population(roster, PopulationSpec(), seed=1)
    assert population.students == 2
    assert f"roster.csv: with {words} between cells." in describe(population)


@pytest.mark.parametrize("first", ["sep=;\n", "sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_line_that_tells_the_separator_is_no_header(roster, first):
    roster.write_bytes((first + (HEADER + LINES).replace(",", ";")).encode())
    assert read_students(roster).student_id.tolist() == ["a1", "a2"]


def test_numbers_have_decimal_commas_only_where_commas_do_not_separate(roster):
    roster.write_text((HEADER + LINES.replace("201", "201.5")).replace(",", ";").replace("201.5", "201,5"), "utf-8")
    assert read_students(roster).rit[0, 0] == 201.5
    roster.write_text(HEADER + LINES.replace("201", '"201,5"'), encoding="utf-8")
    assert "row 2, math_rit" in refusal(roster)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "  ", "\u200b "])
def test_blanks_that_cannot_be_told_apart_make_no_second_school(roster, blank):
    second = LINES.splitlines()[1].replace("Peña Élémentaire", f"Peña{blank}Élémentaire\u00a0")
    roster.write_text(HEADER + LINES.splitlines()[0] + "\n" + second + "\n", encoding="utf-8")
    assert set(read_students(roster).school) == {"Peña Élémentaire"}


def test_composed_and_decomposed_letters_are_one_school(roster):
    roster.write_text(HEADER + LINES.replace("ña É", "n\u0303a E\u0301", 1), encoding="utf-8")
    assert set(read_students(roster).school) == {"Peña Élémentaire"}


# Rows


def test_empty_rows_are_left_out_and_never_counted_as_used(roster):
    roster.write_text(HEADER + LINES + ",,,,\n" * 5, encoding="utf-8")
    population = load_population(roster, PopulationSpec(), seed=1)
    lines = describe(population)
    assert "Read: 2 students." in lines
    assert "Left out: 5 rows that are empty in every column that is read." in lines


def test_rows_whose_empty_ends_were_dropped_are_filled_and_told(roster):
    roster.write_text(HEADER + LINES + "a3,Oak,4,190\na4,Oak,4,191\na5,Oak,4,192,no\n", encoding="utf-8")
    population = load_population(roster, PopulationSpec(), seed=1)
    assert population.drawn["lunch_eligible"] == 2
    assert population.given_id.tolist() == ["a3", "a4", "a5", "a1", "a2"]
    assert any("2 rows end early" in line for line in describe(population))


def test_a_single_short_row_may_be_cut_off_and_is_refused(roster):
    roster.write_text(HEADER + LINES + "a3,Oak,4,19", encoding="utf-8")
    assert "row 4: 4 cells, fewer than the header has" in refusal(roster)
    assert "may be cut off" in refusal(roster)


def test_when_no_student_is_left_the_message_says_what_took_them(roster):
    roster.write_text(HEADER + ",,,,\n" * 3 + "a1,Oak,PK,,\na2,Oak,UG,,\n", encoding="utf-8")
    said = "left out: 3 rows that are empty in every column that is read, 2 students of grades without norms"
    assert said in refusal(roster)


# Spoiled ids


@pytest.mark.parametrize("ids", [["1.23457E+11", "1.23458E+11"], ["1,23E+11", "5"], ["1.2E+15", "x"], ["#REF!", "2"]])
def test_ids_that_a_spreadsheet_spoiled_are_refused_with_cause_and_mend(roster, ids):
    roster.write_text(HEADER + "".join(f'"{name}",Oak,4,201,yes\n' for name in ids), encoding="utf-8")
    said = refusal(roster)
    assert "a spreadsheet has changed the ids" in said
    assert "import its id columns there as text" in said


def test_identical_rows_of_a_spoiled_id_are_not_called_identical_students(roster):
    roster.write_text("student_id,school,grade\n" + "1.23457E+11,Oak,3\n" * 5, encoding="utf-8")
    said = refusal(roster)
    assert "row 2, student_id: got a number in scientific notation" in said
    assert "and 4 more like it" in said


def test_long_ids_whose_last_digits_became_zeros_are_refused(roster):
    cut = "".join(f"123456789012{number:03d}0000,Oak,4,201,yes\n" for number in range(6))
    roster.write_text(HEADER + cut, encoding="utf-8")
    assert "digits after the 15th are zeros" in refusal(roster)
    whole = "".join(f"12345678901234567{number:02d},Oak,4,201,yes\n" for number in range(11, 15))
    roster.write_text(HEADER + whole, encoding="utf-8")
    assert len(read_students(roster).student_id) == 4


def test_two_persons_under_one_id_are_not_identical_students(roster):
    roster.write_text("student_id,school,grade,last_name\n7,Oak,3,Ames\n7,Oak,3,Berg\n", encoding="utf-8")
    said = refusal(roster)
    assert "row 3, student_id: the same as in row 2" in said
    assert "Ames" not in said
    assert "Berg" not in said


@pytest.mark.parametrize("text", ["{AB12}", "ab12", " AB 12 ", '="ab12"', "'ab12"])
def test_what_programs_add_to_an_id_is_set_aside(text):
    assert id_key(text) == "ab12"


def test_ids_find_partners_only_where_that_is_unique():
    found = partners(["7", "07", "A1", "b2", "c3", "0"], ["007", "a1", "B2", "b2", "{C3}", "00000"])
    assert found.of == {"A1": "a1", "b2": "b2", "c3": "{C3}", "0": "00000"}
    assert (found.by_key, found.by_zeros) == (2, 1)


# Columns whose names are near


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Math_RIT", "math_rit"), ("math", "math_rit"), ("MathRIT", "math_rit"), ("mathrit", "math_rit"),
        ("Lunch_Eligible", "lunch_eligible"), ("lunch_elegible", "lunch_eligible"), ("FRL", "lunch_eligible"),
        ("ELL", "english_learner"), ("SpEd", "special_education"), ("reading", "reading_rit"),
        ("teacher", "teacher_math"), ("Charter", "governance"), ("section math", "section_math"),
    ],
)  # fmt: skip
def test_a_column_that_only_looks_like_a_known_one_is_refused_with_its_name(roster, given, meant):
    roster.write_text(f"student_id,school,grade,{given}\na1,Oak,4,\n", encoding="utf-8")
    said = refusal(roster)
    assert f"column '{given}' looks like '{meant}', which is not there. Call it '{meant}'" in said


def test_a_near_column_beside_the_right_one_is_only_not_used(roster):
    roster.write_text("student_id,school,grade,math_rit,math\na1,Oak,4,201,7\n", encoding="utf-8")
    file = read_students(roster)
    assert file.rit[0, 0] == 201
    assert any("Columns that are not used: math." in line for line in file.remarks)


def test_two_columns_that_differ_in_capitals_alone_are_refused(roster):
    roster.write_text("student_id,school,grade,math_rit,Math_RIT\na1,Oak,4,201,7\n", encoding="utf-8")
    assert "columns 'math_rit' and 'Math_RIT' differ only in capitals or marks" in refusal(roster)


@pytest.mark.parametrize("given", ["Student_ID", "STUDENT ID", "studentid", "StudentNumber"])
def test_a_needed_column_is_found_whatever_its_capitals(roster, given):
    roster.write_text(f"{given},school,grade\na1,Oak,4\n", encoding="utf-8")
    assert f"no column 'student_id'. Allowed: student_id, school, grade. Is it the column '{given}'?" in refusal(roster)


def test_a_share_is_stated_only_of_what_files_held(roster):
    def told(*cells: str) -> str:
        rows = "".join(f"a{n},Oak,4,201,{cell}\n" for n, cell in enumerate(cells))
        roster.write_text(HEADER + rows, encoding="utf-8")
        return next(line for line in describe(load_population(roster, PopulationSpec(), seed=1)) if "lunch" in line)

    assert told(*["yes"] * 6, *["no"] * 6) == "50% of students are eligible for free or reduced-price lunch."
    assert told(*[""] * 12).startswith("No file says who is eligible for free or reduced-price lunch: drawn, ")
    assert told(*["yes"] * 12, *[""] * 3).startswith("100% of the 12 students of whom the files say it are eligible")
