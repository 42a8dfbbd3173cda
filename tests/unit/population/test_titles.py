"""What titles of classes, codes and lists of subjects are read as, who decides otherwise, and what may be shown."""

from __future__ import annotations

import pytest

from plsim.population.oneroster.classes import Decisions, with_subjects
from plsim.population.oneroster.titles import looks_like_sced, normalized, taught_by_codes, taught_by_title

MATH, READING = (0,), (1,)


@pytest.mark.parametrize(
    "title",
    [
        "ALG 1", "GEOM", "Mth 5", "Pre-Alg", "Pre-Calc H", "24-25 | ALG 1 CP | Per 1(A) | Sec 1", "Math7",
        "5th Grade Math",
        "AP Calculus AB", "Trig", "Integrated Math I", "Period 3 Algebra", "Stats", "Maths", "Alg2/Trig",
    ],
)  # fmt: skip
def test_titles_of_mathematics(title):
    found = taught_by_title(title)
    assert (found.subjects, found.elective) == (MATH, False)


@pytest.mark.parametrize(
    "title",
    [
        "ELA 7", "Lang Arts", "Lang. Arts", "Rdg 3", "LA 6", "L.A. 6", "ENG 9", "24-25 | ENG 9 CP | Per 1(A) | Sec 1",
        "English II Honors", "AP Lit & Comp", "World Literature", "ELAR 3", "HS ENGL 10", "6th Grade ELA",
    ],
)  # fmt: skip
def test_titles_of_reading(title):
    found = taught_by_title(title)
    assert (found.subjects, found.elective) == (READING, False)


@pytest.mark.parametrize(
    "title",
    [
        "Financial Literacy", "Health Literacy", "Music Reading", "Spanish Literature", "Computer Math", "Engineering",
        "Eng Design", "Digital Literacy", "Spanish Language Arts", "English Horn", "Science 4", "Art", "Geography",
    ],
)  # fmt: skip
def test_false_friends_and_other_subjects_teach_neither(title):
    assert taught_by_title(title).subjects == ()


@pytest.mark.parametrize(
    "title", ["Math Lab", "Reading Support", "ESL", "Creative Writing", "Business Math", "Math Club"]
)
def test_what_stands_beside_the_subject_proper_is_elective_and_doubtful(title):
    found = taught_by_title(title)
    assert len(found.subjects) == 1
    assert found.elective
    assert found.doubtful


@pytest.mark.parametrize(
    ("codes", "subjects"),
    [
        ("02052", MATH),
        ("2052", MATH),
        ("2", MATH),
        ("52", MATH),
        ("01001,03002", READING),
        ("02052G1.0011", MATH),
        ("04", ()),
    ],
)
def test_sced_codes_also_without_the_zero_that_a_spreadsheet_takes(codes, subjects):
    found = taught_by_codes(codes)
    assert found is not None
    assert found.subjects == subjects


def test_english_for_learners_is_beside_english_in_sced_too():
    assert [taught_by_codes(code).elective for code in ("01008", "01001")] == [True, False]


def test_a_districts_own_numbers_are_not_taken_for_sced():
    assert looks_like_sced(["02052", "01001", "03051"])
    assert not looks_like_sced(["02052", "99001"])
    assert not looks_like_sced(["M4", "R4"])


def read(rows: list[dict[str, str]], decisions: Decisions = Decisions({})):  # noqa: B008 (never changed)
    import pandas as pd

    table = pd.DataFrame(rows).assign(sourcedId=[f"c{n}" for n in range(len(rows))]).set_index("sourcedId", drop=False)
    return with_subjects(table, None, decisions)


def test_codes_come_before_lists_of_subjects_and_those_before_titles():
    table, _ = read(
        [
            {"title": "Algebra", "subjects": "Mathematics", "subjectCodes": "01001"},
            {"title": "Algebra", "subjects": "Reading", "subjectCodes": ""},
            {"title": "Algebra", "subjects": "", "subjectCodes": ""},
        ]
    )
    assert table["serves_math"].tolist() == [False, False, True]
    assert table["serves_reading"].tolist() == [True, True, False]


def test_a_persons_decision_comes_first_whatever_the_year_and_period():
    decided = Decisions({normalized("Number Talks"): taught_by_title("math")})
    table, titles = read([{"title": "24-25 | Number Talks | Per 2"}], decided)
    assert table["serves_math"].tolist() == [True]
    assert titles == ()


def test_words_that_could_be_somebodys_name_are_not_shown():
    _, titles = read([{"title": "ELA 7 - Kowalczyk"}, {"title": "Math with Ms. Nakamura"}, {"title": "Zumba"}])
    shown = {title.title for title in titles}
    assert shown == {"ela 7 ...", "math with ms ...", "..."}
    assert {title.subject for title in titles} == {"reading", "math", "unread"}


def test_a_class_without_any_title_or_a_grades_is_one_of_all_subjects():
    table, _ = read([{"title": ""}, {"title": "Grade 3"}, {"title": "Science"}])
    assert table["unsaid"].tolist() == [True, True, False]
