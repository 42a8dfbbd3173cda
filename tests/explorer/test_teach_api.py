"""What "Teach with it" answers, and what it refuses."""

from __future__ import annotations

import dataclasses
import json
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from plsim.explorer.app import create_app
from plsim.explorer.teaching.demonstration_files import all_demonstrations, read_demonstration

SAID = {"title", "say", "ask", "options", "discuss", "settings", "paper"}
PAPER = {"kind", "title", "about", "unit", "digits", "level", "ticks", "names", "low", "high"}
"""Axes to draw a prediction on, and nothing that was run."""


@pytest.fixture(scope="module")
def client():
    few = {
        name: dataclasses.replace(one, says=one.says.model_copy(update={"worlds": 4}))
        for name, one in all_demonstrations().items()
    }
    with TestClient(create_app(demonstrations=few), base_url="http://127.0.0.1") as client:
        yield client


def get(client: TestClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/teach/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_all_demonstrations_are_listed_in_order(client):
    found = get(client, "demonstrations")
    assert len(found) >= 8
    assert found[0]["name"] == "first-year"
    assert all(one["title"] and one["about"] and one["steps"] and not one["own"] for one in found)


def test_a_demonstration_is_told_without_its_answers(client):
    for one in get(client, "demonstrations"):
        found = get(client, f"demonstrations/{one['name']}")
        for step in found["steps"]:
            assert set(step) == SAID
            assert set(step["paper"]) == PAPER
            assert all(isinstance(option, str) for option in step["options"])


def test_a_step_is_run_and_says_which_answer_is_right(client):
    found = get(client, "demonstrations/one-on-one/steps/2")
    assert found["verdict"] in {"rises", "falls", "unclear"}
    assert found["chart"]["unit"] == "percentage points"
    assert found["worlds"] == 4
    assert found["basis"]


def test_a_demonstrations_file_can_be_saved_and_is_read_back(client, tmp_path):
    answer = client.get("/api/teach/demonstrations/grouping/file")
    assert 'filename="grouping.toml"' in answer.headers["content-disposition"]
    saved = tmp_path / "grouping.toml"
    saved.write_bytes(answer.content)
    assert read_demonstration(saved).says.title == "Groups, data and time"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("demonstrations/none", 404),
        ("demonstrations/first-year/steps/9", 404),
        ("demonstrations/first-year/steps/0", 422),
        ("demonstrations/first-year/steps/x", 422),
        ("demonstrations/..%2F..%2Fetc", 404),
    ],
)
def test_what_there_is_not_is_said_in_a_sentence(client, path, status):
    assert get(client, path, status)["problem"]


def test_choices_for_a_class_hold_scenarios_with_their_practices_and_pairs(client):
    found = get(client, "classroom")
    assert {"typical_practice", "nglc_2015"} <= {one["name"] for one in found["scenarios"]}
    assert all(len(one["intensities"]) >= 8 for one in found["scenarios"])
    assert len(found["pairs"]) >= 4


def test_a_class_and_its_stories(client):
    asked = {"left": {"start": "typical_practice"}, "right": {"start": "nglc_2015"}, "students": 9}
    found = client.post("/api/teach/classroom", json=asked).json()
    assert [len(side["students"]) for side in found["sides"]] == [9, 9]
    told = client.post("/api/teach/classroom/story", json={"classroom": asked, "student": 9, "week": 3}).json()
    assert [lines[0].startswith("Student 9 ") for lines in told] == [True, True]


@pytest.mark.parametrize(
    "asked",
    [
        {"students": 5000},
        {"grade": 13},
        {"subject": "art"},
        {"left": {"start": "none"}},
        {"left": {"start": "typical_practice", "changes": {"practices.technology.intensity": 7}}},
        {"left": {"start": "typical_practice", "changes": {"population.schools": 5000}}},
        {"alone": "NaN"},
        {"unknown": 1},
        {"seed": -1},
    ],
)
def test_a_class_that_cannot_be_is_refused(client, asked):
    answer = client.post("/api/teach/classroom", json=asked)
    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_a_story_of_a_student_who_is_not_there_is_refused(client):
    asked = {"classroom": {"students": 9}, "student": 10, "week": 1}
    assert client.post("/api/teach/classroom/story", json=asked).status_code == 422


def test_no_name_of_a_person_or_school_is_in_a_recording(client):
    text = json.dumps(client.post("/api/teach/classroom", json={}).json())
    assert "name" not in text
    assert "school_id" not in text
    assert "student_id" not in text
