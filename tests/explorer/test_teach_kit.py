"""The trainer's kit is made from a demonstration's file; votes by phone are bounded, nameless and need the code."""

from __future__ import annotations

import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from plsim.explorer.app import create_app
from plsim.explorer.teaching import votes as voting
from plsim.explorer.teaching.demonstration_files import SHIPPED, read_demonstration
from plsim.explorer.teaching.kit import kit, paper
from plsim.explorer.teaching.votes import Votes, ballot_app

ALL = [read_demonstration(path) for path in sorted(SHIPPED.glob("*.toml"))]
OPTIONS = ("It rises", "It falls")


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_script_fills_its_minutes_and_no_more(each):
    *steps, (end,) = kit(each)["timetable"]
    starts = [start for step in steps for start in step]
    assert len(starts) == 4 * len(each.says.steps)
    assert starts == sorted(starts)
    assert 0.0 < starts[0] < starts[-1] < end < each.says.minutes


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_script_knows_why_people_give_every_answer(each):
    assert all(reason for step in kit(each)["because"] for reason in step)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_paper_to_draw_on_gives_no_answer_away(each):
    for step in each.says.steps:
        drawn = paper(each, step)
        assert "series" not in drawn
        assert drawn["low"] < 0.0 or step.arm == "scenario"
        assert drawn["low"] < drawn["high"]


@pytest.fixture
def votes():
    found = Votes(address="http://192.0.2.7:8322/", code="ABCD")
    found.ask("What happens?", OPTIONS)
    return found


def phone(votes: Votes) -> TestClient:
    return TestClient(ballot_app(votes), base_url="http://192.0.2.7:8322")


def voted(client: TestClient, option: int, code: str = "ABCD") -> int:
    client.get("/poll", params={"code": code})
    return client.post("/vote", json={"code": code, "option": option}).status_code


def test_every_phone_has_one_vote_and_may_change_it(votes):
    first, second = phone(votes), phone(votes)
    assert voted(first, 0) == voted(second, 1) == 200
    assert votes.counts() == [1, 1]
    voted(first, 1)
    assert votes.counts() == [0, 2]


def test_who_has_not_the_code_sees_no_question_and_has_no_vote(votes):
    client = phone(votes)
    found = client.get("/poll", params={"code": "WXYZ"})
    assert found.status_code == 403
    assert "What happens" not in found.text
    assert voted(client, 0, code="WXYZ") == 403
    assert votes.counts() == [0, 0]


def test_codes_cannot_be_tried_for_ever(votes):
    client = phone(votes)
    for _ in range(voting.MAX_WRONG):
        client.get("/poll", params={"code": "WXYZ"})
    assert client.get("/poll", params={"code": "ABCD"}).status_code == 403


def test_a_closed_question_and_a_full_room_take_no_vote(votes, monkeypatch):
    monkeypatch.setattr(voting, "MAX_VOTERS", 2)
    phones = [phone(votes) for _ in range(3)]
    for client in phones:
        voted(client, 0)
    assert votes.counts() == [2, 0]
    votes.close()
    voted(phones[0], 1)
    assert votes.counts() == [2, 0]


def test_another_question_begins_with_no_votes_and_the_same_one_goes_on(votes):
    voted(phone(votes), 0)
    votes.ask("What happens?", OPTIONS)
    assert votes.counts() == [1, 0]
    votes.ask("And then?", OPTIONS)
    assert votes.counts() == [0, 0]


@pytest.mark.parametrize("path", ["/api/teach/votes", "/api/start", "/static/main.js", "/openapi.json", "/docs"])
def test_nothing_else_can_be_reached_from_a_phone(votes, path):
    assert phone(votes).get(path).status_code == 404


def test_a_vote_is_small_and_well_formed(votes):
    client = phone(votes)
    assert client.post("/vote", content=b"x" * 5000).status_code == 413
    assert client.post("/vote", json={"code": "ABCD", "option": 9}).status_code == 422
    assert client.post("/vote", json={"code": "ABCD", "option": 0, "name": "Ada"}).status_code == 422


def test_phones_may_not_vote_unless_the_trainer_says_so():
    with TestClient(create_app(first=None), base_url="http://127.0.0.1") as client:
        assert client.get("/api/teach/votes").json() == {"possible": False}
        asked = client.post("/api/teach/votes", json={"question": "What?", "options": list(OPTIONS)})
        assert asked.status_code == 409
        assert "--votes" in asked.json()["problem"]


def test_the_trainer_opens_a_question_and_sees_the_counts(votes):
    with TestClient(create_app(first=None, votes=votes), base_url="http://127.0.0.1") as client:
        client.post("/api/teach/votes", json={"question": "What?", "options": list(OPTIONS)})
        voted(phone(votes), 1)
        found = client.get("/api/teach/votes").json()
        assert (found["counts"], found["open"], found["code"]) == ([0, 1], True, "ABCD")
        assert client.request("DELETE", "/api/teach/votes").json()["open"] is False
