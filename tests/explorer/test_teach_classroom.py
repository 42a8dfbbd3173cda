"""A class to watch: it is the model's class, both sides hold the same students, and stories say what was recorded."""

from __future__ import annotations

import re
from time import process_time
from typing import get_args

import numpy as np
import pytest

import plsim
from plsim.core.errors import InputError
from plsim.engine.pair import population_of
from plsim.explorer.teaching.classroom import MODES, Classroom, Recorder, Side, record
from plsim.explorer.teaching.classroom_changes import Thing, changes_of
from plsim.explorer.teaching.classroom_pairs import PAIRS
from plsim.explorer.teaching.classroom_story import story
from plsim.practices.levers import LEVERS
from plsim.scenario.loading import changed

RECORDER = Recorder()


def recorded(**asked):
    return RECORDER.recorded(Classroom.model_validate(asked))


def test_watching_changes_nothing_of_the_model():
    asked = Classroom(left=Side(start="personalized_school"))
    scenario = asked.scenario(asked.left)
    model = plsim.SchoolModel(scenario, seed=0, population=population_of(scenario, None, 0), years=1)
    while model.running:
        model.step()
    pupils = sorted(model.students, key=lambda one: one.index)
    seen = RECORDER.recorded(asked)["sides"][0]["students"]
    assert [one["level"][-1] for one in seen] == [round(one.in_subject("achievement", 0), 3) for one in pupils]
    assert sum(sum(one["one_on_one"]) for one in seen) == pytest.approx(
        60.0 * sum(one.in_subject("one_on_one", 0) for one in pupils), abs=0.5
    )


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_both_sides_hold_the_same_students_with_the_same_luck(pair):
    left, right = recorded(**pair["classroom"])["sides"]
    for one, other in zip(left["students"], right["students"], strict=True):
        assert one["start"] == other["start"]
        assert one["habits"] == other["habits"]
        assert one["attended"] == other["attended"]
    assert any(one["level"] != other["level"] for one, other in zip(left["students"], right["students"], strict=True))
    assert len(pair["labels"]) == 2


@pytest.mark.parametrize("grade", range(13))
@pytest.mark.parametrize("subject", ["math", "reading"])
def test_a_class_of_every_grade_and_subject_is_one_class_of_that_size(grade, subject):
    found = recorded(grade=grade, subject=subject, students=10)
    assert [len(side["students"]) for side in found["sides"]] == [10]
    for one in found["sides"][0]["students"]:
        assert {len(value) for value in one.values() if isinstance(value, list)} == {36}


def test_the_teachers_time_and_a_students_time_are_the_lessons_time():
    for side in recorded(left={"start": "self_paced_without_support"}, grade=7)["sides"]:
        for week in side["weeks"]:
            assert sum(week["time"]) == pytest.approx(sum(week["student_time"]), abs=0.01)
            assert min(week["time"]) >= 0.0
            whole, group, one_on_one = week["student_time"][:3]
            shared = [whole, week["groups"] * group, len(side["students"]) * one_on_one]
            assert week["time"][:3] == pytest.approx(shared, abs=0.02)


def test_groups_are_as_many_as_the_teacher_takes_turns_with():
    side = recorded(left={"start": "flexible_grouping"})["sides"][0]
    for week in range(36):
        assert {one["group"][week] for one in side["students"]} == set(range(side["weeks"][week]["groups"]))


def test_another_seed_is_another_class_and_less_self_regulation_another_one_too():
    first, second = recorded()["sides"][0], recorded(seed=1)["sides"][0]
    assert [one["start"] for one in first["students"]] != [one["start"] for one in second["students"]]
    hardly = recorded(alone=0.25)["sides"][0]
    assert np.mean([one["habits"] for one in hardly["students"]]) < np.mean(
        [one["habits"] for one in first["students"]]
    )


def test_years_of_doing_it_make_teachers_better_at_it():
    skills = [
        recorded(left={"start": "personalized_school"}, years=years)["sides"][0]["weeks"][0]["skill"]
        for years in (0, 2)
    ]
    assert skills[1] > skills[0] + 0.05


def test_a_class_is_not_seated_anew_by_a_program_and_its_students_cannot_be_changed():
    asked = Classroom(left=Side(start="small_classes"))
    assert asked.scenario(asked.left).programs.class_size is None
    with pytest.raises(InputError, match=r"population\.schools: cannot be changed for a class"):
        recorded(left={"start": "typical_practice", "changes": {"population.schools": 5000}})


@pytest.mark.parametrize("thing", get_args(Thing))
def test_a_change_in_mid_year_leaves_the_past_and_changes_the_future(thing):
    plain, turned = recorded(
        left={"start": "personalized_school"},
        right={"start": "personalized_school", "later": {"week": 12, "thing": thing}},
    )["sides"]
    for one, other in zip(plain["students"], turned["students"], strict=True):
        assert one["level"][:12] == other["level"][:12]
    assert plain["weeks"][:12] == turned["weeks"][:12]
    assert plain["weeks"][12:] != turned["weeks"][12:]


def test_an_aide_changes_adults_in_the_room_and_no_other_lever():
    asked = Classroom(left=Side(start="flexible_grouping"))
    scenario = asked.scenario(asked.left)
    made = changed(scenario, changes_of("aide", scenario))
    plans = [
        plsim.SchoolModel(each, population=population_of(each, None, 0), years=1).arm.tables.planned
        for each in (scenario, made)
    ]
    differ = {LEVERS[k].name for k in np.flatnonzero(np.abs(plans[0] - plans[1]).max(axis=(0, 1)) > 1e-9)}
    assert "adult_hours" in differ
    assert differ <= {"adult_hours", "intensity_environment"}  # how much of the practice there is


def test_recording_a_year_takes_less_than_two_seconds():
    asked = Classroom(left=Side(start="personalized_school"), students=32, seed=7)
    scenario = asked.scenario(asked.left)
    people = population_of(scenario, None, 7)
    record(scenario, people, "math")
    begun = process_time()
    record(scenario, people, "math")
    assert process_time() - begun < 2.0


def test_the_same_class_is_recorded_once():
    asked = Classroom(left=Side(start="nglc_2015"))
    assert RECORDER.recorded(asked)["sides"][0] is RECORDER.recorded(asked)["sides"][0]


def test_a_story_says_what_was_recorded():
    side = recorded(left={"start": "self_paced_without_support"}, grade=7, subject="math")["sides"][0]
    for one in side["students"]:
        told = " ".join(story(side, one["number"], 36))
        assert told.startswith(f"Student {one['number']} began the year at {one['start']:.0f} points")
        assert f"After 36 weeks: {one['level'][-1]:.0f} points" in told
        minutes = round(sum(one["one_on_one"]))
        assert f"{minutes} minute" in told
        assert ("Moves on when a unit is mastered" in told) == one["own_pace"]
        days = 5.0 * sum(1.0 - share for share in one["attended"])
        assert (f"Missed about {round(days)} day" in told) == (days >= 0.5)
    starts = [one["start"] for one in side["students"]]
    lowest = side["students"][starts.index(min(starts))]["number"]
    assert "the lowest of 22" in story(side, lowest, 0)[0]


def test_a_story_says_when_work_was_too_hard_and_what_the_school_believes():
    side = recorded()["sides"][0]
    at = MODES.index("whole")
    starts = [one["start"] for one in side["students"]]
    one = side["students"][starts.index(min(starts))]
    miss = np.mean(
        [targets[at] - level - side["stretch"] for targets, level in zip(one["targets"], one["level"], strict=True)]
    )
    told = " ".join(story(side, one["number"], 36))
    assert f"in lessons for the whole class {round(miss)} points too hard" in told
    off = one["estimate"][-1] - one["level"][-1]
    assert (f"The school thinks it is {round(abs(off))} point" in told) == (abs(off) >= 2.0)


def test_a_story_says_in_plain_english_how_well_a_student_works_alone():
    starts = [story(recorded(alone=share)["sides"][0], number, 0)[0] for share in (0.1, 0.9) for number in (1, 2, 3)]
    assert all(
        re.search(r"could (hardly work|work (somewhat|well|very well)) without an adult\.$", one) for one in starts
    )
    assert "could hardly work" in starts[0]


def test_a_story_before_the_first_week_tells_the_start_only():
    assert len(story(recorded()["sides"][0], 1, 0)) == 1
