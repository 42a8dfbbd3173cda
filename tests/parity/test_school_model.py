"""The Mesa model as people use it: steps, years, agents that can be read and replaced, and results that follow."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import mesa
import numpy as np
import pytest

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.core.errors import EngineError
from plsim.engine.arm import Arm
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.mesa import model as mesa_model
from plsim.engine.mesa.model import School, SchoolModel, Student, Teacher
from plsim.engine.pair import pair, population_of
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import typical
from plsim.engine.year import run_year
from plsim.engine.year_start import begin_year
from plsim.scenario import load

SMALL = ("population.schools=2", "population.charter_schools=1", "population.students_per_school=30")


@pytest.fixture
def scenario():
    return load("nglc_2015", overrides=(*SMALL, "years=2"))


@pytest.fixture
def model(scenario):
    return SchoolModel(scenario, years=1)


def _last_achievement(model: SchoolModel) -> np.ndarray:
    model.run_model()
    return model.record[-1].achievement[-1]


@pytest.mark.parametrize("counterfactual", [False, True])
@pytest.mark.parametrize("override", ["seed=0", "programs.class_size.students=8.0", "freeze.staff=true"])
def test_the_model_lives_the_same_years_as_a_batch_run(counterfactual, override):
    scenario = load("flexible_grouping", overrides=(*SMALL, override, "context.turnover=3.0", "years=2"))
    both = pair(scenario, population_of(scenario, None, 5), seed=5, years=2)
    engine = BatchEngine()
    reference = typical(CENTRAL, engine).reference
    base = Arm(both.base_setting, both.base_plan, CENTRAL, reference)
    arm = Arm(both.setting, both.plan, CENTRAL, reference)
    if both.plan.freeze.staff:
        arm.turnover_from = base
    for _ in range(2):
        run_year(base, engine)
        run_year(arm, engine)

    model = SchoolModel(scenario, seed=5, counterfactual=counterfactual)
    model.run_model()

    for ours, theirs in zip(model.record, (base if counterfactual else arm).record, strict=True):
        np.testing.assert_array_equal(ours.achievement, theirs.achievement)
        np.testing.assert_array_equal(ours.proficiency, theirs.proficiency)
        np.testing.assert_array_equal(ours.holder, theirs.holder)


def test_seed_0_is_a_seed(scenario):
    asked = scenario.with_changes(seed=9)
    assert _last_achievement(SchoolModel(asked, years=1, seed=0)).tolist() == (
        _last_achievement(SchoolModel(scenario.with_changes(seed=0), years=1)).tolist()
    )
    assert (
        _last_achievement(SchoolModel(asked, years=1)).mean()
        != _last_achievement(SchoolModel(asked, years=1, seed=0)).mean()
    )


def test_a_step_is_a_week_and_running_ends_with_the_last_year(scenario):
    model = SchoolModel(scenario)
    for week in range(1, 37):
        assert model.running
        model.step()
        assert (model.year, model.week, model.steps) == (1, week, week)
    assert len(model.record) == 1
    model.step()
    assert (model.year, model.week) == (2, 1)
    model.run_model()
    assert (model.year, model.week, model.running) == (2, 36, False)
    with pytest.raises(EngineError, match="completed its 2 years"):
        model.step()


def test_who_leaves_is_followed_by_a_new_agent():
    model = SchoolModel(load("nglc_2015", overrides=(*SMALL, "context.turnover=5.0", "years=2")))
    for _ in range(36):
        model.step()
    students, teachers = set(model.students), set(model.teachers)
    model.step()
    entered = int((model.arm.layout.roster.entered == 1).sum())
    assert len(model.students) == len(students) == len(model.agents_by_type[Student])
    assert len(set(model.students) - students) == entered > 0
    assert len(set(model.teachers) - teachers) == int(model.arm.left[0].sum()) > 0


@pytest.mark.parametrize("method", ["attend", "learn", "pace", "develop", "observe"])
def test_overriding_a_method_of_student_changes_results(scenario, method):
    def nothing(student: Student) -> None:
        student.attended = (1.0, 1.0)

    changed = type("Changed", (Student,), {method: nothing})
    result = _last_achievement(SchoolModel(scenario, years=1, student_class=changed))
    assert (result != _last_achievement(SchoolModel(scenario, years=1))).any()


def test_overriding_experience_reaches_learning(scenario):
    class Undistracted(Student):
        def experience(self, row, section):
            return super().experience(row, section)._replace(on_task_led=0.98)

    gained = _last_achievement(SchoolModel(scenario, years=1, student_class=Undistracted))
    assert (gained > _last_achievement(SchoolModel(scenario, years=1))).all()


def test_overriding_teachers_and_schools_changes_results(scenario):
    class Tireless(Teacher):
        def develop(self):
            super().develop()
            self.context.seats.strain[self.index] = 0.0

    class Static(School):
        def regroup(self):
            pass

    usual = _last_achievement(SchoolModel(scenario, years=1))
    assert (_last_achievement(SchoolModel(scenario, years=1, teacher_class=Tireless)) != usual).any()
    assert (_last_achievement(SchoolModel(scenario, years=1, school_class=Static)) != usual).any()


def test_a_subclass_that_changes_nothing_changes_no_bit(scenario):
    class Same(Student):
        pass

    left = _last_achievement(SchoolModel(scenario, years=1, student_class=Same, shuffle=True))
    np.testing.assert_array_equal(left, _last_achievement(SchoolModel(scenario, years=1)))


def test_the_weeks_do_not_pass_through_the_batch_engine(model, monkeypatch):
    def refuse(*args):
        raise AssertionError("the batch engine was called")

    monkeypatch.setattr("plsim.engine.batch.weeks.run_weeks", refuse)
    monkeypatch.setattr("plsim.engine.batch.weeks.first_summaries", refuse)
    model.run_model()
    assert not model.running


def test_agents_can_be_selected_grouped_and_summed_up(model):
    for _ in range(5):
        model.step()
    rows = model.arm.rows
    assert model.students.agg("achievement", np.mean) == pytest.approx(rows.achievement.mean())
    low = model.students.select(lambda student: student.self_regulation < 0.5)
    assert 0 < len(low) < len(model.students)
    by_school = model.students.groupby("school_id").agg("on_task", np.mean)
    assert set(by_school) == {school.school_id for school in model.schools}
    assert {student.grade_label for student in model.students} <= set(map(str, [*range(13), "K"]))
    student = list(model.students)[7]
    assert student.achievement == 0.5 * (student.in_subject("achievement", 0) + student.in_subject("achievement", 1))
    assert student.section == tuple(model.arm.layout.roster.section[7])
    assert student.school.achievement == pytest.approx(
        rows.achievement[np.isin(rows.student, np.flatnonzero(model.arm.setting.population.school == 0))].mean()
    )


READINGS = [
    (
        Student,
        "achievement estimate on_task match effort unit_mastery coverage engagement self_regulation collaboration",
    ),
    (Student, "habits grade lunch_eligible"),
    (Teacher, "strain buy_in experience fidelity demand"),
    (School, "library trust vision change regroupings achievement"),
]


@pytest.mark.parametrize(("agent_class", "names"), READINGS)
def test_data_collector_reads_every_reading(model, agent_class, names):
    collector = mesa.DataCollector(agenttype_reporters={agent_class: {name: name for name in names.split()}})
    for _ in range(2):
        model.step()
        collector.collect(model)
    table = collector.get_agenttype_vars_dataframe(agent_class)
    assert len(table) == 2 * len(model.agents_by_type[agent_class])
    assert np.isfinite(table.astype(float)).all(axis=None)


def test_engine_does_not_keep_models_alive(scenario):
    import gc
    import weakref

    both = pair(scenario, population_of(scenario, None, 0), seed=0, years=1)
    reference = mesa_model.typical_of(CENTRAL).reference
    engine = mesa_model.MesaEngine()
    arm = Arm(both.setting, both.plan, CENTRAL, reference)
    begin_year(arm, engine)
    engine.run(arm, 0, 1)
    seen = weakref.ref(engine._models[0])
    del engine, arm
    gc.collect()
    assert seen() is None


NO_NUMBA = """
import sys
sys.modules["numba"] = None
import numpy as np
from plsim.core.jit import HAVE_NUMBA
from plsim.engine.arm import Arm
from plsim.engine.records import Reference
from plsim.engine.mesa.model import MesaEngine
from plsim.engine.parameters import CENTRAL
from plsim.engine.pair import pair, population_of
from plsim.engine.setting import growth
from plsim.scenario import load
from plsim.engine.year import run_year
from plsim.engine.year_start import begin_year
assert not HAVE_NUMBA
scenario = load("nglc_2015", overrides=sys.argv[1:])
both = pair(scenario, population_of(scenario, None, 0), seed=0, years=1)
arm = Arm(both.setting, both.plan, CENTRAL, Reference.flat(np.full((2, 13), 0.55)))
run_year(arm, MesaEngine())
print(arm.record[0].achievement.tobytes().hex())
"""


def test_same_bits_without_numba(arm_of, live):
    scenario = load("nglc_2015", overrides=SMALL, years=1)
    lived = live(arm_of(scenario), BatchEngine())
    done = subprocess.run(
        [sys.executable, "-c", NO_NUMBA, *SMALL], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == lived.arm.record[0].achievement.tobytes().hex()


@pytest.mark.slow
def test_either_engine_finds_the_same_reference():
    batch = typical(CENTRAL, BatchEngine()).reference.effective
    np.testing.assert_array_equal(typical(CENTRAL, mesa_model.MesaEngine()).reference.effective, batch)


def test_a_model_stored_in_mid_year_goes_on_with_the_same_bits(scenario):
    model = SchoolModel(scenario, seed=3)
    for _ in range(5):
        model.step()
    copied, stored = copy.deepcopy(model), pickle.loads(pickle.dumps(model))  # noqa: S301
    for each in (model, copied, stored):
        for _ in range(WEEKS_PER_YEAR - 2):
            each.step()
    for part in ("rows", "students", "sections", "seats", "schools"):
        for one, two, three in zip(*(getattr(each.arm, part) for each in (model, copied, stored)), strict=True):
            np.testing.assert_array_equal(one, two)
            np.testing.assert_array_equal(one, three)
