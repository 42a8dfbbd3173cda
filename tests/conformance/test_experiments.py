"""Every shipped experiment asks its question, predicts, has a study that is in order, and runs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.scenario.shipped import first_line
from plsim.studies.design import StudyTask
from plsim.studies.loading import load_study, shipped_studies

EXPERIMENTS = shipped_studies()
WANTED = {
    "charter_or_conditions", "dose_response", "rollout", "scale_up", "self_pacing", "shared_library",
    "teacher_or_student_capacity", "technology_sweet_spot", "vision_and_synergy", "what_matters", "which_practices",
    "which_practices_paid",
}  # fmt: skip


def test_every_experiment_of_the_plan_is_shipped() -> None:
    assert set(EXPERIMENTS) >= WANTED


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_readme_asks_predicts_and_answers(name: str) -> None:
    text = (EXPERIMENTS[name].parent / "README.md").read_text(encoding="utf-8")
    parts = [text.index(part) for part in ("**Question.**", "**Design.**", "**Prediction, written", "**Answer.**")]
    assert parts == sorted(parts)
    assert f"plsim study {name}" in text


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_first_line_of_a_study_is_its_question(name: str) -> None:
    assert first_line(EXPERIMENTS[name]).endswith("?")
    assert load_study(name).study.name == name


def test_all_studies_pass_the_check() -> None:
    result = CliRunner().invoke(main, ["check", *(str(path) for path in EXPERIMENTS.values())])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count(": fine") == len(EXPERIMENTS)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_tiny_version_of_every_study_runs(name: str) -> None:
    loaded = load_study(name)
    asked = loaded.scenario.population
    few = {
        "schools": min(asked.schools, 4),
        "students_per_school": 60,
        "charter_schools": min(asked.charter_schools, 2),
    }
    tiny = loaded.scenario.with_changes(population=asked.model_copy(update=few))
    task = StudyTask(loaded.study, tiny, loaded.factors)
    make = task.prepare()
    for run in (0, task.count - 1):
        assert np.isfinite(make(run)).all()
    assert dataclasses.replace(task, scenario=loaded.scenario).digest() != task.digest()
