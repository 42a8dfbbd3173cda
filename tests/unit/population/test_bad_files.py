"""Files that are not what they should be: each is refused with one clear message, whatever is wrong with it."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from plsim.core.errors import PopulationError
from plsim.population import PopulationSpec, load_population, read_students, timeline
from plsim.population.tables.sources import MAX_FILE_BYTES, MAX_ZIP_BYTES

HEADER = "student_id,school,grade,math_rit\n"
LINE = "a1,Oak,4,201\n"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return tmp_path / "roster.csv"


def refused(path: Path, match: str) -> PopulationError:
    """The refusal of a path; its message is about it and says something."""
    with pytest.raises(PopulationError, match=match) as caught:
        load_population(path, PopulationSpec(), seed=1)
    assert caught.value.exit_status == 2
    return caught.value


# Not text, or not this text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes(range(256)) * 40, "is not text"),
        (b"PK\x03\x04" + b"x" * 100, "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old Excel workbook"),
        (b"\x1f\x8b\x08" + b"x" * 100, "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        ((HEADER + LINE).encode("utf-16-le"), "not text"),
        ((HEADER + LINE).encode("utf-32"), "UTF-32"),
        (b"", "it is empty"),
        (b"\n\n\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        ((HEADER + LINE).encode("utf-16") + b"\xdc", "does not go on so"),
        (
            HEADER.encode() + b"a1,Pe\xf1a,4,201\na2,Pe\x96a,4,201\n",
            "mixes the letters",
        ),
        (HEADER.encode() + b'a1,"Oa', "cut off"),
        (HEADER.encode() + "a1,Núñez".encode()[:-5], "ends inside a letter. .*cut off"),
        (HEADER.encode() + LINE.encode() + b"a2,Oak", "row 3: 2 cells"),
        (HEADER.encode() + b'a1,"Oak"n,4,201\n', "row 2: not a row that can be read"),
        (HEADER.encode() + b"a1,Oak,4,\x81\x8d\n", "row 2: is not text"),
        (HEADER.encode() + b"a1," + b"x" * 200_000 + b",4,201\n", "row 2: not a row that can be read"),
        (b"student_id,school,grade,grade\na1,Oak,4,4\n", "column 'grade' is there twice"),
        (HEADER.encode(), "no student is left"),
        (HEADER.encode() + b",,,\n\n,,,\n", "no student is left"),
    ],
)
def test_what_is_not_such_a_table_is_refused(roster, content, said):
    roster.write_bytes(content)
    refused(roster, said)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_fine(roster, ends):
    roster.write_bytes((HEADER + LINE + LINE.replace("a1", "a2")).replace("\n", ends).encode())
    assert len(read_students(roster).student_id) == 2


def test_old_windows_text_is_read_and_said(roster):
    roster.write_bytes((HEADER + LINE.replace("Oak", "Núñez School")).encode("cp1252"))
    file = read_students(roster)
    assert file.school.tolist() == ["Núñez School"]
    assert "cp1252" in file.dispositions[0].remark


def test_a_row_is_counted_as_a_spreadsheet_counts_it_also_after_a_line_break_in_a_cell(roster):
    roster.write_text(HEADER + LINE.replace("Oak", '"Oak\nNorth"') + "a2,Oak,4,x\n", encoding="utf-8")
    assert "row 3, math_rit" in str(refused(roster, "row 3"))


def test_a_row_with_values_only_in_other_columns_is_counted(roster):
    roster.write_text("student_id,school,grade,LastName\na1,Oak,4,x\n,,,y\n", encoding="utf-8")
    assert read_students(roster).rows == {
        "rows that are empty in every column that is read": 1, "students used": 1,
    }  # fmt: skip


# Too large


def test_a_huge_file_is_refused_by_its_size_alone(roster):
    with roster.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)  # sparse: it takes no room on the disk
    tracemalloc.start()
    refused(roster, f"roster.csv: {MAX_FILE_BYTES + 1} bytes")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_huge_zip_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "huge.zip"
    with path.open("wb") as stream:
        stream.truncate(MAX_ZIP_BYTES + 1)
    refused(path, f"huge.zip: {MAX_ZIP_BYTES + 1} bytes")


def test_a_file_of_too_many_rows_is_refused(roster, monkeypatch):
    monkeypatch.setattr("plsim.population.tables.reading.MAX_ROWS", 2)
    roster.write_text(HEADER + ",,,\n" * 3, encoding="utf-8")
    refused(roster, "more than 2 rows")


def test_a_file_of_too_many_columns_is_refused_at_once(roster):
    # It took four minutes when each column was looked for among all.
    roster.write_text(HEADER.strip() + "".join(f",c{i}" for i in range(100_000)) + "\n", encoding="utf-8")
    refused(roster, "header: 100004 columns. Allowed: up to 2000")


def test_a_term_of_what_has_no_terms_is_refused(roster):
    roster.write_text(HEADER + LINE, encoding="utf-8")
    with pytest.raises(PopulationError, match="only an NWEA export has terms"):
        read_students(roster, term="Fall 2022-2023")


def test_too_many_students_are_refused(roster, monkeypatch):
    monkeypatch.setattr("plsim.population.student_file.MAX_STUDENTS", 1)
    roster.write_text(HEADER + LINE + LINE.replace("a1", "a2"), encoding="utf-8")
    refused(roster, "2 students")


# Zips


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("roster.csv", b"\n" * (50 << 20))
    tracemalloc.start()
    refused(path, r"bomb\.zip/roster\.csv: unpacks to \d+ times its size")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 << 20


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = _zip(tmp_path / "lies.zip", roster_csv=(HEADER + LINE * 2000).encode())
    content = path.read_bytes()
    directory = content.rfind(b"PK\x01\x02")
    # The directory says that the file unpacks to 20 bytes.
    path.write_bytes(content[: directory + 24] + struct.pack("<I", 20) + content[directory + 28 :])
    refused(path, r"lies\.zip")


@pytest.mark.parametrize(
    "name", ["../roster.csv", "/etc/roster.csv", "a/../../roster.csv", "..\\roster.csv", "C:roster.csv"]
)
def test_a_path_that_leads_out_of_a_zip_is_refused(tmp_path, name):
    path = tmp_path / "climbs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, HEADER + LINE)
    refused(path, "leads out of the zip")


def test_a_roster_in_a_zip_is_read_without_unpacking(tmp_path):
    path = tmp_path / "good.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export/roster.csv", HEADER + LINE)
        archive.writestr("__MACOSX/export/._roster.csv", b"junk")
    assert load_population(path, PopulationSpec(), seed=1).students == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["good.zip"]


def test_a_file_without_a_name_in_a_zip_is_passed_over(tmp_path):
    # Found by fuzzing.
    path = tmp_path / "nameless.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"")
        archive.writestr("roster.csv", HEADER + LINE)
    content = path.read_bytes()
    directory = content.find(b"PK\x01\x02")
    head, name, rest = content[:directory], content[directory : directory + 46], content[directory + 47 :]
    end = rest.rfind(b"PK\x05\x06")
    size = struct.unpack("<I", rest[end + 12 : end + 16])[0] - 1
    rest = rest[: end + 12] + struct.pack("<I", size) + rest[end + 16 :]
    path.write_bytes(head + name[:28] + b"\0\0" + name[30:] + rest)
    assert load_population(path, PopulationSpec(), seed=1).students == 1


@pytest.mark.parametrize("keep", [0, 10, 60, 100, -1])
def test_a_cut_off_zip_is_refused(tmp_path, keep):
    path = _zip(tmp_path / "cut.zip", roster_csv=(HEADER + LINE).encode())
    path.write_bytes(path.read_bytes()[:keep])
    refused(path, r"cut\.zip: not a zip that can be read")


def test_damaged_content_of_a_zip_is_refused(tmp_path):
    path = _zip(tmp_path / "damaged.zip", roster_csv=(HEADER + LINE * 50).encode())
    content = bytearray(path.read_bytes())
    content[45:60] = bytes(15)
    path.write_bytes(bytes(content))
    refused(path, r"damaged\.zip")


def test_a_locked_zip_is_refused(tmp_path):
    path = _zip(tmp_path / "locked.zip", roster_csv=(HEADER + LINE).encode())
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the mark of encryption, here and in the directory
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    refused(path, "locked with a password")


def test_two_files_of_one_name_in_a_zip_are_refused(tmp_path):
    path = _zip(tmp_path / "two.zip", a__roster_csv=HEADER.encode(), b__roster_csv=HEADER.encode())
    refused(path, r"holds roster\.csv twice")


def test_a_zip_of_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("plsim.population.tables.sources.MAX_ZIP_MEMBERS", 1)
    refused(_zip(tmp_path / "many.zip", a_csv=b"", b_csv=b""), "holds 2 files")


# Not there, or not a file


def test_a_folder_where_a_file_should_be_is_refused(tmp_path):
    (tmp_path / "AssessmentResults.csv").mkdir()
    (tmp_path / "StudentsBySchool.csv").mkdir()
    refused(tmp_path, "is a folder or a device")


def test_a_folder_called_like_a_roster_is_refused(tmp_path):
    (tmp_path / "roster.csv").mkdir()
    refused(tmp_path / "roster.csv", "no population here")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe in the file system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "roster.csv")
    refused(tmp_path, "is a folder or a device")
    os.mkfifo(tmp_path / "files.zip")
    refused(tmp_path / "files.zip", "is a folder or a device")


@pytest.mark.parametrize("name", ["nothing", "nothing.zip", "x" * 5000, "a\0b"])
def test_a_path_that_is_not_there_is_refused(tmp_path, name):
    refused(tmp_path / name, "no such file or folder")


@pytest.mark.parametrize("name", ["StudentsBySchool.csv", "users.csv"])
def test_a_part_of_an_export_asks_for_the_folder(tmp_path, name):
    (tmp_path / name).write_text(HEADER, encoding="utf-8")
    refused(tmp_path / name, "Give the folder")


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "students.xlsx").write_bytes(b"PK\x03\x04")
    refused(tmp_path / "students.xlsx", r"workbook.*Save it in the spreadsheet as 'CSV UTF-8")
    (tmp_path / "students.txt").write_bytes(b"x")
    refused(tmp_path / "students.txt", "Save tables as CSV UTF-8")
    (tmp_path / "students.txt").unlink()
    refused(tmp_path, r"students\.xlsx: is a workbook")


def test_a_file_that_may_not_be_read_is_refused(roster, monkeypatch):
    # Tests may run as root, whom no permission stops.
    roster.write_text(HEADER + LINE, encoding="utf-8")
    opened = Path.open

    def forbidden(self: Path, *how: object, **more: object) -> object:
        if self == roster:
            raise PermissionError(13, "Permission denied")
        return opened(self, *how, **more)  # type: ignore[arg-type,call-overload]

    monkeypatch.setattr(Path, "open", forbidden)
    refused(roster, r"roster\.csv: cannot be read: Permission denied")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_missing_permission_is_told(roster, what):
    roster.write_text(HEADER + LINE, encoding="utf-8")
    closed = roster if what == "file" else roster.parent
    closed.chmod(0)
    try:
        refused(closed, "cannot be read: Permission denied")
    finally:
        closed.chmod(0o700)


# Values


@pytest.mark.parametrize(
    "score", ["nan", "NaN", "inf", "-inf", "1e9", "1e999", "0", "-201", "2_01", "٢٠١", "0xC9", "201,5"]
)
def test_a_score_that_cannot_be_one_is_refused(roster, score):
    cell = f'"{score}"' if "," in score else score
    roster.write_text(HEADER + LINE.replace("201", cell), encoding="utf-8")
    refused(roster, "row 2, math_rit")


@pytest.mark.parametrize("grade", ["14", "99", "", "four", "4.5", "nan"])
def test_what_is_no_grade_is_refused(roster, grade):
    roster.write_text(HEADER + LINE.replace(",4,", f",{grade},"), encoding="utf-8")
    refused(roster, r"row 2, grade: got .* 1 to 12")


@pytest.mark.parametrize("grade", ["PK", "-1", "TK", "UG"])
def test_students_of_grades_without_norms_are_left_out_and_counted(roster, grade):
    roster.write_text(HEADER + LINE + LINE.replace("a1", "a2").replace(",4,", f",{grade},"), encoding="utf-8")
    assert read_students(roster).rows == {"students of grades without norms": 1, "students used": 1}


@pytest.mark.parametrize(("grade", "value"), [("4.0", 4), ("04", 4), ("KG", 0), ("k", 0), ("12", 12)])
def test_grades_are_read_as_programs_write_them(roster, grade, value):
    roster.write_text(HEADER + LINE.replace(",4,", f",{grade},"), encoding="utf-8")
    assert read_students(roster).grade.tolist() == [value]


def test_everything_wrong_is_told_in_the_order_of_the_file(roster):
    roster.write_text(HEADER + "a1,Oak,4,x y\n" + "a1,Oak,99,201\n" + "a2,Oak\n" + "a3,,4,nan\n", encoding="utf-8")
    error = refused(roster, "row 2")
    rows = [line.partition("row ")[2].partition(":")[0] for line in str(error).splitlines()]
    assert rows == ["2, math_rit", "3, student_id", "3, grade", "4", "5, school", "5, math_rit"]


def test_many_problems_of_one_kind_are_told_once_with_their_number(roster):
    roster.write_text(HEADER + "".join(f"a{i},Oak,4,999\n" for i in range(500)), encoding="utf-8")
    lines = str(refused(roster, "999")).splitlines()
    assert len(lines) == 10
    assert "and 490 more like it" in lines[-1]


@pytest.mark.parametrize("value", ["Lastname", "Mary Ann", "1/2/2010", "2010-01-02", "O'Neil", "Núñez", "李小龍"])
def test_no_message_shows_what_may_be_somebodys(roster, value):
    roster.write_text(
        f"student_id,school,grade,math_rit,lunch_eligible\na1,Oak,{value},{value},{value}\n", encoding="utf-8"
    )
    assert value not in str(refused(roster, "grade"))


# Small and strange, but sound


@pytest.mark.parametrize("name", ["one student", "one class of 200"])
def test_small_and_strange_populations_are_sound(roster, name):
    if name == "one student":
        roster.write_text(HEADER + LINE, encoding="utf-8")
    else:
        rows = "".join(f"a{i},Oak,4,201,M,M\n" for i in range(200))
        roster.write_text(f"{HEADER.strip()},section_math,section_reading\n{rows}", encoding="utf-8")
    population = load_population(roster, PopulationSpec(), seed=1)
    line = timeline(population, 2, np.full(1, 22.0), seed=1)
    assert np.isfinite(population.achievement).all()
    sizes = np.bincount(line.years[0].section[:, 0])
    assert sizes.max() == population.students
