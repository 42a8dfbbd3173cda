from __future__ import annotations

import pytest

from plsim.population import PopulationSpec, describe, from_norms, from_nwea_export, load_population


def test_a_drawn_population_is_described_by_size_and_governance():
    text = "\n".join(
        describe(from_norms(PopulationSpec(schools=8, students_per_school=125, charter_schools=3), seed=1))
    )
    assert "1,000 students in 8 schools" in text
    assert "3 charter and 5 district schools" in text


def test_what_was_left_out_and_drawn_is_said(data_folder):
    text = "\n".join(describe(from_nwea_export(data_folder / "nwea_export", PopulationSpec(), seed=1)))
    assert "7 students without a test" in text
    assert "9 reading scores" in text


@pytest.mark.parametrize("students", [9, 10])
def test_what_few_students_are_is_not_said(tmp_path, students):
    rows = "".join(f"a{i},Oak,4,yes\n" for i in range(students))
    (tmp_path / "roster.csv").write_text(f"student_id,school,grade,lunch_eligible\n{rows}", encoding="utf-8")
    text = "\n".join(describe(load_population(tmp_path, PopulationSpec(), seed=1)))
    assert ("100%" in text, "Fewer than 10 students" in text) == (students >= 10, students < 10)
    assert "Grade 4." in text
