"""Studies of the model itself: what runs are made of, the result folder, going on, failing loudly."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.core.errors import InputError, RunError, StudyError
from plsim.engine.parameters import CENTRAL
from plsim.engine.worlds import label, unidentified, worlds
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario.schema import typical_again
from plsim.studies.analysis import analysed
from plsim.studies.design import CENTRAL_ONLY, ONE_BY_ONE, StudyTask, task_of
from plsim.studies.loading import LoadedStudy, load_study, loads_study
from plsim.studies.plan import plan_study, size, span
from plsim.studies.run import StudyResult, run_study
from plsim.sweeps.runner import SweepOutcome

HEAD = """schema_version = 1
name = "trial"
question = "What moves the effect?"
scenario = "one_school_demo"
years = 1
population.students_per_school = 40
luck.seeds = 1
"""
LEVERS = """[levers]
practices.learning_paths.intensity = { low = 0.0, high = 1.0 }
"practices.advising" = "on_off"
"""
GRID = LEVERS + '[uncertainties]\nworlds = 3\n[method]\nkind = "grid"\npoints = 2\n'
MORE = "[uncertainties]\nworlds = 3\n[[outcomes]]\n[[outcomes]]\noutcome = 'strain'\n"
SOBOL = LEVERS + MORE + '[method]\nkind = "sobol"\nsamples = 8\n'
TWO = '[levers]\n"practices.advising" = "on_off"\n"practices.learning_paths" = "on_off"\n'


def study(body: str, head: str = HEAD) -> LoadedStudy:
    return loads_study(head + body, where="trial.toml")


def finished(body: str, folder: Path, **options: int) -> StudyResult:
    found = run_study(study(body), folder, **options)
    assert isinstance(found, StudyResult)
    return found


def test_a_run_is_what_the_evaluator_gives_at_the_values_that_the_table_of_runs_shows(tmp_path: Path) -> None:
    found = finished(GRID, tmp_path)
    table = pd.read_parquet(tmp_path / "tables" / "runs.parquet")
    assert sorted(table["world"]) == [world.name for world in found.task.design.worlds for _ in range(4)]
    row = table[table["world"] == found.task.design.worlds[1].name].iloc[3]
    evaluator = Evaluator(found.loaded.scenario, outcomes=found.task.outcomes)
    changes = {"practices.learning_paths.intensity": row["practices.learning_paths.intensity"]}
    if row["practices.advising"] == "off":
        changes |= typical_again("advising")
    assert row["achievement.both.1.all"] == evaluator(changes, found.task.design.worlds[1])[0]


def test_a_study_of_nothing_but_the_base_agrees_with_run() -> None:
    task = task_of(study('[levers]\npractices.advising.intensity = [0.5, 0.6]\n[method]\nkind = "grid"\n'))
    rows = plsim.run(task.scenario, worlds=0).effects
    row = rows.query(
        "outcome == 'achievement' and unit == 'SD' and group == 'all' and subject == 'both'"
        " and arm == 'difference' and estimator == 'paired'"
    )
    assert task.prepare()(0)[0] == row["value"].iloc[0]


def test_runs_of_one_world_stand_together() -> None:
    design = task_of(study(SOBOL)).design
    assert np.count_nonzero(np.diff(design.world)) == 2
    assert int(design.fresh.sum()) == 3
    np.testing.assert_array_equal(np.sort(design.order), np.arange(design.runs))


def test_results_find_their_points_again_whatever_the_order_of_runs() -> None:
    design = task_of(study(SOBOL)).design
    np.testing.assert_array_equal(
        design.by_point(design.order.astype(float)[:, np.newaxis])[:, 0], np.arange(design.runs)
    )


def test_a_trajectory_stays_in_one_world() -> None:
    body = LEVERS + '[uncertainties]\nworlds = 3\n[method]\nkind = "morris"\ntrajectories = 6\n'
    design = task_of(study(body)).design
    of_point = np.empty(design.runs, dtype=int)
    of_point[design.order] = design.world
    assert (of_point.reshape(6, 3) == of_point.reshape(6, 3)[:, :1]).all()
    assert sorted(set(of_point.tolist())) == [0, 1, 2]


def test_parameters_one_by_one_make_a_world_of_their_own() -> None:
    body = '[uncertainties]\nparameters = ["match.*"]\n[method]\nkind = "sobol"\nsamples = 8\n'
    task = task_of(study(body))
    _, world = task.point(3)
    assert set(world.values) == {factor.name for factor in task.factors}
    assert task.inputs(3)["match.floor"] == world.values["match.floor"]
    assert world is not CENTRAL


def test_a_study_says_what_its_worlds_are() -> None:
    """Parameters one by one are over priors even where evidence-consistent worlds ship."""
    grid = '[method]\nkind = "grid"\n'
    one_by_one = '[uncertainties]\nparameters = ["match.*"]\n'
    said = [task_of(study(body + grid)).worlds_are for body in (LEVERS, LEVERS + one_by_one)]
    assert said == [CENTRAL_ONLY, ONE_BY_ONE]
    assert task_of(study(GRID)).worlds_are == label()


def test_a_task_travels_without_its_design_and_stays_the_same() -> None:
    task = task_of(study(SOBOL))
    digest = task.digest()
    sent = pickle.dumps(task)
    again: StudyTask = pickle.loads(sent)  # noqa: S301 - our own
    assert "design" not in again.__dict__
    assert again.digest() == digest


def test_the_folder_holds_what_the_docstring_says(tmp_path: Path) -> None:
    found = finished(SOBOL, tmp_path)
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert {"sensitivity.csv", "convergence.csv", "outcomes.csv", "factors.csv", "runs.parquet"} <= names
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == found.loaded.text
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (summary["kind"], summary["runs"], summary["worlds"]) == ("study", 64, 3)
    assert (manifest["task_digest"], manifest["complete"]) == (found.task.digest(), True)
    table = pd.read_csv(tmp_path / "tables" / "sensitivity.csv", keep_default_na=False)
    assert list(table.columns[:12]) == [*Outcome._fields, "method", "factor", "factor2", "index", "value"]
    # An outcome that does not vary, as strain in some sets of worlds, has no index.
    runs = found.runs
    varies = {
        each.outcome
        for each, column in zip(found.task.outcomes, runs.columns[-2:], strict=True)
        if runs[column].std() > 0
    }
    assert "achievement" in varies
    assert set(table["outcome"]) == varies


def test_one_worker_two_workers_and_shards_give_the_same_bytes(tmp_path: Path) -> None:
    finished(GRID, tmp_path / "one")
    finished(GRID, tmp_path / "two", workers=2)
    loaded = study(GRID)
    part = run_study(loaded, tmp_path / "parts", shard=(2, 2))
    assert isinstance(part, SweepOutcome)
    assert not (tmp_path / "parts" / "summary.json").exists()
    run_study(loaded, tmp_path / "parts", shard=(1, 2))
    tables = [(tmp_path / name / "tables" / "runs.parquet").read_bytes() for name in ("one", "two", "parts")]
    assert tables[0] == tables[1] == tables[2]


def test_running_again_makes_no_run_twice(tmp_path: Path) -> None:
    first, again = finished(GRID, tmp_path), finished(GRID, tmp_path)
    assert (first.sweep.made, again.sweep.made) == (12, 0)
    assert first.summary()["headline"] == again.summary()["headline"]


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    finished(GRID, tmp_path)
    with pytest.raises(StudyError, match="another study"):
        run_study(study(SOBOL), tmp_path)
    assert "grid" in (tmp_path / "study.toml").read_text(encoding="utf-8")


def test_failed_runs_are_listed_with_their_inputs_and_nothing_is_analysed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Evaluator.__call__

    def broken(self: Evaluator, changes: object = None, world: object = CENTRAL) -> object:
        if changes and changes["practices.learning_paths.intensity"] == 1.0:  # type: ignore[index]
            raise ValueError("too much of a good thing")
        return whole(self, changes, world)  # type: ignore[arg-type]

    monkeypatch.setattr(Evaluator, "__call__", broken)
    with pytest.raises(RunError, match="6 of 12 runs failed, so nothing was analysed"):
        run_study(study(GRID), tmp_path)
    listed = pd.read_csv(tmp_path / "tables" / "failures.csv")
    assert listed["error"].str.contains("too much of a good thing").all()
    assert json.loads(listed["inputs"].iloc[0])["practices.learning_paths.intensity"] == 1.0
    assert not (tmp_path / "summary.json").exists()
    monkeypatch.undo()
    assert finished(GRID, tmp_path).sweep.made == 6


def test_the_last_part_says_which_runs_of_other_parts_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Evaluator.__call__

    def broken(self: Evaluator, changes: object = None, world: object = CENTRAL) -> object:
        if changes and changes["practices.learning_paths.intensity"] == 1.0:  # type: ignore[index]
            raise ValueError("too much of a good thing")
        return whole(self, changes, world)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "__call__", broken)
        with pytest.raises(RunError, match="runs failed"):
            run_study(study(GRID), tmp_path, shard=(1, 2))
    with pytest.raises(RunError, match=r"of 12 runs failed.* too much of a good thing"):
        run_study(study(GRID), tmp_path, shard=(2, 2))


def test_an_outcome_that_no_run_has_is_said_before_the_sweep(tmp_path: Path) -> None:
    body = GRID.replace("[method]", '[[outcomes]]\ngroup = "governance:charter"\n[method]')
    with pytest.raises(InputError, match="Did you mean 'achievement/both/year 1/governance:district'"):
        run_study(study(body), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_copy_of_a_study_with_its_own_scenario_can_be_run_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('schema_version = 1\nextends = "one_school_demo"\nseed = 4\n', encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text(HEAD.replace("one_school_demo", "own.toml") + GRID, encoding="utf-8")
    first = run_study(load_study(path), tmp_path / "out")
    again = run_study(load_study(tmp_path / "out"), tmp_path / "again")
    assert isinstance(first, StudyResult)
    assert isinstance(again, StudyResult)
    assert first.task.digest() == again.task.digest()


@pytest.mark.parametrize("name", ["study.toml", "./Study.toml"])
def test_a_scenario_under_the_name_of_the_studys_own_copy_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('schema_version = 1\nextends = "one_school_demo"\n', encoding="utf-8")
    path = tmp_path / "trial.toml"
    path.write_text(HEAD.replace("one_school_demo", name) + GRID, encoding="utf-8")
    with pytest.raises(StudyError, match="the study's own copy has this name"):
        load_study(path)


def test_an_outcome_that_never_moves_is_said_to(tmp_path: Path) -> None:
    body = '[levers]\nsupport.rollout_weeks = [20, 30]\n[method]\nkind = "grid"\n'
    says = finished(body, tmp_path).analysis.statements
    assert "achievement/both/year 1/all: the same in all runs: nothing varied in this study affects it." in says


def test_a_full_disk_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plsim.studies.run.run_task", full)
    with pytest.raises(RunError, match="could not be written: No space left on device"):
        run_study(study(GRID), tmp_path)


def test_contrasts_are_differences_within_worlds(tmp_path: Path) -> None:
    found = finished(GRID, tmp_path)
    runs = pd.read_parquet(tmp_path / "tables" / "runs.parquet")
    by = runs.pivot_table(
        index="world",
        columns=["practices.learning_paths.intensity", "practices.advising"],
        values="achievement.both.1.all",
    )
    change = (by[1.0] - by[0.0]).mean(axis=1)
    row = (
        found.analysis.tables["contrasts"]
        .query("factor == 'practices.learning_paths.intensity' and factor2 == ''")
        .iloc[0]
    )
    assert row["value"] == pytest.approx(float(change.median()))
    assert row["positive"] == (change > 0).mean()
    pair = found.analysis.tables["contrasts"].query("factor2 != ''").iloc[0]
    both = (by[1.0, "on"] - by[0.0, "on"]) - (by[1.0, "off"] - by[0.0, "off"])
    assert pair["value"] == pytest.approx(float(both.median()))


def test_a_full_factorial_hands_combinations_to_the_attribution_in_its_order(tmp_path: Path) -> None:
    both = "as_one = [['practices.learning_paths', 'practices.advising']]"
    found = finished(TWO + f'[method]\nkind = "factorial"\n{both}\n', tmp_path)
    switch = found.analysis.tables["attribution_as_one"].query("measure == 'shapley'")["value"]
    joint = found.analysis.tables["attribution_joint"].query("measure == 'joint'")["value"]
    assert switch.iloc[0] == pytest.approx(joint.iloc[0])
    table = found.analysis.tables["attribution"]
    alone = table[(table["measure"] == "add_one_in") & (table["practice"] == "learning_paths")]["value"].iloc[0]
    evaluator = Evaluator(found.loaded.scenario, outcomes=found.task.outcomes)
    off = typical_again("advising")
    nothing = evaluator(off | typical_again("learning_paths"))[0]
    assert alone == pytest.approx(float(evaluator(off)[0] - nothing))


@pytest.mark.parametrize(
    ("body", "about"),
    [
        (LEVERS, "achievement/both/year 1/all, choices averaged"),
        (TWO, "All together, achievement/both/year 1/all"),
    ],
)
def test_an_answer_says_which_assumption_it_hangs_on_and_whether_evidence_narrows_it(body: str, about: str) -> None:
    key = "school.library_distinct"
    method = "grid" if body == LEVERS else "factorial"
    loaded = study(body + f'[uncertainties]\nworlds = "prior:200"\n[method]\nkind = "{method}"\n')
    task = task_of(loaded)
    of_world = np.array([world.values[key] for world in task.design.worlds])
    by_run = np.empty((task.design.runs, 1))
    points = task.design.runs // len(of_world)
    for run in range(task.design.runs):
        at = task.design.order[run]
        by_run[run, 0] = of_world[task.design.world[run]] * (1.0 + (at % points))
    says = analysed(loaded, task.design, task.outcomes, by_run, label="trial").statements
    hangs = [line for line in says if "goes with one assumption" in line]
    assert key in unidentified()
    assert len(hangs) == 1
    assert hangs[0].startswith(
        f"{about}: 100% of what is uncertain goes with one assumption, which the evidence does not narrow"
    )
    assert hangs[0].endswith(f"({key}).")
    still = analysed(loaded, task.design, task.outcomes, np.zeros_like(by_run), label="trial").statements
    assert not any("assumption" in line for line in still)


def test_a_plan_says_runs_time_and_disk_and_stores_nothing(tmp_path: Path) -> None:
    plan = plan_study(study(SOBOL), workers=2)
    assert (plan.runs, plan.factors, plan.worlds, plan.outcomes) == (64, 3, 3, 2)
    assert plan.fresh == 3
    assert 0.0 < plan.seconds_shared < 60.0
    assert any("64 runs" in line for line in plan.lines())
    assert plan.seconds > plan.seconds_runs + plan.seconds_analysis > plan.seconds_runs
    assert any("the analysis takes about" in line for line in plan.lines())
    assert plan.document()["seconds_of_analysis"] >= 0.0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", [SOBOL, TWO + '[uncertainties]\nworlds = 3\n[method]\nkind = "factorial"\n'])
def test_the_disk_that_a_plan_says_is_the_disk_that_the_study_takes(tmp_path: Path, body: str) -> None:
    plan = plan_study(study(body))
    finished(body, tmp_path)
    taken = sum(each.stat().st_blocks * 512 for each in tmp_path.rglob("*"))
    assert 0.7 * taken < plan.bytes < 1.5 * taken


@pytest.mark.parametrize(("seconds", "said"), [(5, "5 seconds"), (600, "10 minutes"), (9000, "2.5 hours")])
def test_durations_and_sizes_are_said_in_words(seconds: float, said: str) -> None:
    assert span(seconds) == said
    assert size(12_345.0) == "12 kB"


def test_the_seed_moves_people_and_design_and_worlds() -> None:
    one, other = (task_of(loads_study(HEAD + SOBOL, where="trial.toml", seed=seed)) for seed in (0, 1))
    assert one.digest() != other.digest()
    assert not np.array_equal(one.design.units, other.design.units)
    assert other.design.worlds == worlds(3, 1)


def test_every_seed_is_another_draw_of_students_and_arms_stay_paired_inside_it(tmp_path: Path) -> None:
    head = HEAD.replace("luck.seeds = 1", "luck.seeds = 2")
    loaded = loads_study(head + GRID, where="trial.toml")
    found = run_study(loaded, tmp_path)
    assert isinstance(found, StudyResult)
    seeds = loaded.study.seeds
    assert len(set(seeds)) == 2
    assert seeds[0] == loaded.study.seed
    table = pd.read_parquet(tmp_path / "tables" / "runs.parquet")
    assert table["luck"].tolist() == [seed for seed in seeds for _ in range(12)]
    row = table.iloc[12 + 7]
    evaluator = Evaluator(found.loaded.scenario, seed=seeds[1], outcomes=found.task.outcomes)
    changes = {"practices.learning_paths.intensity": row["practices.learning_paths.intensity"]}
    if row["practices.advising"] == "off":
        changes |= typical_again("advising")
    assert row["achievement.both.1.all"] == evaluator(changes, found.task.design.worlds[1])[0]
    response = found.analysis.tables["response"]
    assert (response["seeds"] == 2).all()
    assert (response["luck"] > 0.0).all()
    shares = found.analysis.tables["variance"].set_index("part")["share"]
    assert shares.sum() == pytest.approx(1.0)
    assert shares["luck"] > 0.0
    assert "draws of students" in " ".join(found.analysis.statements)


def test_a_sampled_study_has_the_draw_as_a_factor_of_its_own() -> None:
    head = HEAD.replace("luck.seeds = 1\n", "")
    task = task_of(loads_study(head + SOBOL, where="trial.toml"))
    assert [factor.name for factor in task.factors[-2:]] == ["world", "luck"]
    assert sorted(set(task.design.draw.tolist())) == [0, 1, 2, 3, 4]
    for run in (0, task.count - 1):
        assert task.inputs(run)["luck"] == task.seed(run) == task.study.seeds[task.design.draw[run]]
    morris = head + LEVERS + '[uncertainties]\nworlds = 3\n[method]\nkind = "morris"\ntrajectories = 15\n'
    design = task_of(loads_study(morris, where="trial.toml")).design
    cells = np.empty(design.runs, dtype=int)
    cells[design.order] = 10 * design.draw + design.world
    assert (cells.reshape(15, 3) == cells.reshape(15, 3)[:, :1]).all()
    assert len(set(cells.tolist())) == 15
