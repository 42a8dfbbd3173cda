"""Studies of somebody's own schools, with somebody's own agents, in somebody's own worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.core.errors import InputError, StudyError
from plsim.population.options import StudentFiles
from plsim.runs.evaluate import Evaluator
from plsim.studies.design import StudyTask, task_of
from plsim.studies.loading import load_study, loads_study
from plsim.studies.run import runs_table

HEAD = """schema_version = 1
name = "own"
question = "?"
scenario = "one_school_demo"
years = 1
luck.seeds = 1
method.kind = "grid"
"""
CHOICE = "[levers]\nsupport.coaching_hours = [0.0, 3.0]\n"
ENGAGEMENT = (
    "population.students_per_school = 20\n" + CHOICE + '[[outcomes]]\noutcome = "engagement"\narm = "scenario"\n'
)
THEORY = """from plsim import Student

class Tireless(Student):
    def develop(self):
        super().develop()
        self.context.students.engagement[self.index] = 1.0
"""


def roster(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({
        "student_id": [f"s{number}" for number in range(48)], "school": "North", "grade": "4",
        "section_math": np.repeat(["m1", "m2"], 24), "section_reading": np.repeat(["r1", "r2"], 24),
        "teacher_math": np.repeat(["t1", "t2"], 24), "teacher_reading": np.repeat(["t1", "t2"], 24),
        "math_rit": rng.normal(200.0, 12.0, 48).round(), "reading_rit": rng.normal(198.0, 12.0, 48).round(),
        "lunch_eligible": "no",
    })  # fmt: skip
    rows.to_csv(folder / "roster.csv", index=False)
    return folder / "roster.csv"


def test_a_study_file_names_its_students_as_seen_from_where_it_lies(tmp_path: Path) -> None:
    path = roster(tmp_path)
    for population in ('population = "roster.csv"\n', 'population.path = "roster.csv"\n'):
        (tmp_path / "study.toml").write_text(HEAD + population + CHOICE, encoding="utf-8")
        loaded = load_study(tmp_path / "study.toml")
        assert loaded.people == StudentFiles(path=path.resolve())
    task = task_of(loaded)
    alone = Evaluator(loaded.scenario, population=path, outcomes=task.outcomes)
    assert task.prepare()(1)[0] == alone({"support.coaching_hours": 3.0})[0]
    before = task.digest()
    path.write_text(path.read_text(encoding="utf-8").replace("s7,", "s77,"), encoding="utf-8")
    assert task_of(loaded).digest() != before


def test_what_is_varied_cannot_be_the_students_of_a_file(tmp_path: Path) -> None:
    roster(tmp_path)
    text = HEAD + 'population = "roster.csv"\n' + "[context]\npopulation.students_per_school = [40, 60]\n"
    with pytest.raises(StudyError, match="students and schools come from a file"):
        loads_study(text, folder=tmp_path)


def with_agents(folder: Path, theory: str = THEORY) -> StudyTask:
    """A study of engagement with these agents."""
    (folder / "theory.py").write_text(theory, encoding="utf-8")
    return task_of(loads_study(f'{HEAD}engine = "mesa:{folder / "theory.py"}:Tireless"\n{ENGAGEMENT}'))


@pytest.mark.slow
def test_agents_of_ones_own_run_in_a_study(tmp_path: Path) -> None:
    assert with_agents(tmp_path).prepare()(0)[0] == pytest.approx(1.0)
    assert task_of(loads_study(HEAD + ENGAGEMENT)).prepare()(0)[0] != pytest.approx(1.0)


def test_agents_of_ones_own_make_another_study_and_are_refused_when_there_are_none(tmp_path: Path) -> None:
    before = with_agents(tmp_path).digest()
    assert before != task_of(loads_study(HEAD + ENGAGEMENT)).digest()
    assert with_agents(tmp_path, THEORY.replace("1.0", "0.5")).digest() != before
    for wrong in ("mesa:nowhere:Student", f"mesa:{tmp_path / 'theory.py'}:Nobody", "mesa:json:JSONDecoder"):
        with pytest.raises(InputError, match="engine"):
            plsim.evaluate("one_school_demo", years=1, engine=wrong)


def test_worlds_of_a_study_may_be_priors_or_a_file_and_are_kept_beside_its_runs(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("world,learning.durability\nlow,0.2\nhigh,0.9\n", encoding="utf-8")
    body = 'uncertainties.worlds = "mine.csv"\n' + CHOICE
    task = task_of(loads_study(HEAD + body, folder=tmp_path))
    assert [world.name for world in task.design.worlds] == ["low", "high"]
    assert task.worlds_are == "from mine.csv"
    prior = task_of(loads_study(HEAD + 'uncertainties.worlds = "prior:3"\n' + CHOICE))
    assert [world.name for world in prior.design.worlds] == ["prior-0", "prior-1", "prior-2"]
    with pytest.raises(StudyError, match="a number, prior, shipped, or a file"):
        loads_study(HEAD + 'uncertainties.worlds = "nowhere.csv"\n' + CHOICE)


def test_the_table_of_runs_has_types_and_coordinates() -> None:
    body = (
        "[levers]\nsupport.coaching_hours = [0.0, 3.0]\nsupport.structure = ['overlay', 'redesign']\n"
        "population_size.cases.small = { 'population.students_per_school' = 40 }\n"
        "population_size.cases.large = { 'population.students_per_school' = 60 }\n"
        "[context]\npopulation.schools = [1, 2]\n"
    )
    task = task_of(loads_study(HEAD + body))
    table = runs_table(task, np.zeros((task.count, 1)))
    kinds = {name: table[name].dtype.kind for name in table.columns}
    assert (kinds["support.coaching_hours"], kinds["population.schools"]) == ("f", "i")
    assert kinds["support.structure"] == kinds["population_size"] == "O"
    assert set(table["u:population.schools"]) == {0.25, 0.75}
    assert sorted(set(table["luck"])) == [task.study.seed]


def test_worlds_may_be_said_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("world,learning.durability\nlow,0.2\nhigh,0.9\n", encoding="utf-8")
    text = HEAD + CHOICE + "[uncertainties]\nworlds = 7\n"
    assert len(loads_study(text).study.worlds.worlds) == 7
    for said, names in (("3", 3), (4, 4), ("prior:5", 5), (str(tmp_path / "mine.csv"), 2)):
        found = loads_study(text, worlds=said).study.worlds
        assert len(found.worlds) == names
    assert [world.name for world in found.worlds] == ["low", "high"]
    with pytest.raises(StudyError, match="either worlds or parameters"):
        loads_study(HEAD + '[uncertainties]\nparameters = "all"\n', worlds=3)
