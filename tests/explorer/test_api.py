"""What the server answers, and that nothing that is sent to it makes it fail."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plsim.attribution.one_at_a_time import end_worlds
from plsim.explorer.app import SCREENS, STATIC
from plsim.explorer.decisions.controls import controls
from plsim.explorer.decisions.labels import LABELS, MAIN, MEANINGS, MORE_EVIDENCE, SPANS
from plsim.scenario.loading import loads
from plsim.scenario.shipped import shipped_scenarios

DATA = Path(__file__).resolve().parents[1] / "data"
DEMO = {"start": "one_school_demo", "years": 1, "worlds": 0}
QUESTIONS = ("/api/values", "/api/toml", "/api/evaluation", "/api/compare", "/api/population")


def sent(*paths: Path) -> dict[str, Any]:
    files = [{"name": path.name, "content": base64.b64encode(path.read_bytes()).decode()} for path in paths]
    return {"start": "one_school_demo", "files": files}


def test_every_shipped_scenario_is_a_starting_point(client: httpx.Client) -> None:
    start = client.get("/api/start").json()

    assert {one["name"] for one in start["scenarios"]} == set(shipped_scenarios())
    assert start["first"] in shipped_scenarios()


def test_every_starting_point_is_named_and_described_without_codes(client: httpx.Client) -> None:
    start = client.get("/api/start").json()

    offered = [name for _, names in start["offered"] for name in names]
    assert sorted(offered) == sorted(shipped_scenarios())
    for one in start["scenarios"]:
        assert not re.search(r"\bclaims? \d|\b[A-Z]{2}-\d\d", one["about"]), one["about"]


def test_every_control_without_evidence_is_explained(client: httpx.Client) -> None:
    for one in client.get("/api/controls").json()["controls"]:
        assert one["meaning"] != one["title"], one["key"]
        assert one["unit"] != "probit", one["key"]


def test_every_control_says_what_it_is_and_where_its_numbers_come_from(client: httpx.Client) -> None:
    found = client.get("/api/controls").json()

    for one in found["controls"]:
        assert one["title"], one["key"]
        assert one["group"] in {group["key"] for group in found["groups"]}
        for entry in one["evidence"]:
            assert entry["source"]
            assert entry["low"] <= entry["value"] <= entry["high"]
    numbers = [one for one in found["controls"] if one["kind"] != "choice"]
    assert sum(bool(one["evidence"]) for one in numbers) > 0.8 * len(numbers)


def test_labels_are_of_controls_that_there_are() -> None:
    keys = {control.key for control in controls()}

    assert set(LABELS) | set(MAIN) | set(SPANS) | set(MORE_EVIDENCE) | {key for key in MEANINGS if "." in key} <= keys


def test_sliders_hold_the_typical_value_and_what_evidence_covers(client: httpx.Client) -> None:
    for one in client.get("/api/controls").json()["controls"]:
        if one["kind"] in {"share", "number", "count"} and one["typical"] is not None:
            assert one["low"] <= one["typical"] <= one["high"], one["key"]


def test_values_of_a_scenario_are_those_of_its_file(client: httpx.Client) -> None:
    asked = {
        "start": "nglc_2015",
        "changes": {"practices.technology.intensity": 0.8, "programs.tutoring.share": 0.3},
    }

    values = client.post("/api/values", json=asked).json()["values"]

    assert values["practices.technology.intensity"] == 0.8
    assert values["programs.tutoring.share"] == 0.3
    assert values["practices.flexible_environment.intensity"] == 0.6
    assert values["programs.coaching.hours"] is None


def test_the_scenario_file_says_what_was_asked(client: httpx.Client) -> None:
    asked = {"start": "personalized_school", "years": 4, "changes": {"support.coaching_hours": 2.0}}

    scenario = loads(client.post("/api/toml", json=asked).text)

    assert (scenario.years, scenario.support.coaching_hours) == (4, 2.0)


def test_a_program_is_taken_away_by_null(client: httpx.Client) -> None:
    asked = {"start": "tutoring_program", "changes": {"programs.tutoring": None}}

    assert loads(client.post("/api/toml", json=asked).text).programs.tutoring is None


@pytest.mark.parametrize(
    ("given", "grades", "shown"),
    [("K-2", (0, 1, 2), "K-2"), ("6-8", (6, 7, 8), "6-8"), (4, (4,), 4), ("3, 5", (3, 5), "3,5"), (None, None, None)],
)
def test_grades_are_one_value_of_the_page(client: httpx.Client, given: object, grades: object, shown: object) -> None:
    asked = {"start": "personalized_school", "changes": {"population.grades": given}}

    assert loads(client.post("/api/toml", json=asked).text).population.grades == grades
    assert client.post("/api/values", json=asked).json()["values"]["population.grades"] == shown


def test_grades_that_are_none_are_refused_in_words(client: httpx.Client) -> None:
    for wrong in ("K-13", "a-b", "1-2-3", 13, -1, True):
        asked = {"start": "personalized_school", "changes": {"population.grades": wrong}}
        answer = client.post("/api/values", json=asked)
        assert answer.status_code == 422, wrong
        assert "grades" in answer.text


def test_a_program_has_its_weeks_and_years(client: httpx.Client) -> None:
    when = {"first_week": 8, "last_week": 20, "last_year": 1}
    asked = {
        "start": "tutoring_program",
        "changes": {f"programs.tutoring.{name}": value for name, value in when.items()},
    }

    program = loads(client.post("/api/toml", json=asked).text).programs.tutoring
    known = {one["key"]: one for one in client.get("/api/controls").json()["controls"]}

    assert program is not None
    assert {name: getattr(program, name) for name in when} == when
    for name in ("tutoring", "hours", "lesson_library", "coaching", "software"):
        assert {f"programs.{name}.{key}" for key in when} <= set(known)
    assert known["programs.hours.last_year"]["choices"][:2] == [["", "all years"], [1, "the first year"]]


def test_the_first_answer_comes_without_worlds_and_later_ones_with_more(client: httpx.Client) -> None:
    asked = {**DEMO, "worlds": 6, "seed": 71, "visitor": "patient"}

    first = client.post("/api/evaluation", json=asked).json()
    second = client.post("/api/evaluation", json={**asked, "known": first["worlds"]["done"]}).json()
    last = client.post("/api/evaluation", json={**asked, "known": second["worlds"]["done"]}).json()

    assert second["worlds"]["done"] >= 4
    assert last["worlds"] == {**last["worlds"], "done": 6, "asked": 6}
    assert last["effect"][0]["rows"][0]["low"] < last["effect"][0]["rows"][0]["high"]


def test_a_newer_question_of_the_same_visitor_drops_the_older(client: httpx.Client, server: str) -> None:
    older: list[httpx.Response] = []
    slow = {"start": "district_scale_up", "years": 6, "worlds": 0, "seed": 5, "visitor": "hasty"}

    def ask() -> None:
        with httpx.Client(base_url=server, timeout=120.0) as other:
            older.append(other.post("/api/evaluation", json=slow))

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    newer = client.post("/api/evaluation", json={**DEMO, "seed": 72, "visitor": "hasty"})
    thread.join()

    assert newer.status_code == 200
    assert older[0].status_code == 409


def test_what_an_effect_hangs_on_is_found_and_stays_with_the_answer(client: httpx.Client) -> None:
    small = {"population.schools": 1, "population.students_per_school": 40}
    asked = {**DEMO, "changes": small, "visitor": "curious"}
    now: dict[str, Any] = {"done": -1, "hangs": None}
    while now["hangs"] is None:
        now = client.post("/api/hangs", json={**asked, "known": now["done"]}).json()

    assert now["done"] == now["asked"] == len(end_worlds(doses=False))
    rows = now["hangs"]["rows"]
    apart = [abs(one["high"] - one["low"]) for one in rows]
    assert len(rows) == 8
    assert apart[0] > 0.1
    assert apart[0] > apart[-1]
    assert rows[0]["share"] is None  # no worlds were asked for, so nothing tests the lines
    assert client.post("/api/evaluation", json=asked).json()["hangs"] == now["hangs"]
    assert client.post("/api/evaluation", json={**asked, "seed": 3}).json()["hangs"] is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"start": "nglc_2051"}, "nglc_2015"),
        ({"changes": {"practices.tecnology.intensity": 0.5}}, "technology"),
        ({"changes": {"practices.technology.intensity": 1.5}}, "1"),
        ({"changes": {"name.x": "other"}}, "cannot be changed here"),
        ({"years": 9}, "8"),
        ({"worlds": 100_000}, "200"),
        ({"changes": {"population.schools": 5000, "population.students_per_school": 10000}}, "60,000"),
        ({"population": "nobody"}, "no longer here"),
        ({"start": "../../etc/passwd"}, "start"),
        ({"extra": 1}, "extra"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_in_a_sentence(client: httpx.Client, change: dict[str, Any], says: str) -> None:
    answer = client.post("/api/evaluation", json={**DEMO, **change})

    assert answer.status_code == 422
    assert says in answer.json()["problem"]


def test_own_students_are_read_described_and_used(client: httpx.Client) -> None:
    answer = client.post("/api/population", json=sent(DATA / "roster.csv")).json()

    evaluation = client.post("/api/evaluation", json={**DEMO, "population": answer["population"]}).json()

    assert evaluation["scenario"]["own_students"]
    assert evaluation["setting"]["read"] == answer["says"]
    assert "students" in answer["says"][0]


def test_no_id_of_a_student_is_in_an_answer(client: httpx.Client) -> None:
    paths = (DATA / "nwea_export" / "AssessmentResults.csv", DATA / "nwea_export" / "StudentsBySchool.csv")
    header, *rows = paths[1].read_text(encoding="utf-8-sig").splitlines()
    column = [name.strip('"') for name in header.split(",")].index("StudentID")
    ids = {row.split(",")[column].strip('"') for row in rows}

    answer = client.post("/api/population", json=sent(*paths))
    evaluation = client.post("/api/evaluation", json={**DEMO, "population": answer.json()["population"]})

    assert len(ids) > 20
    assert not any(f'"{one}"' in answer.text + evaluation.text for one in ids)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([{"name": "roster.csv", "content": "***"}], "base64"),
        ([{"name": "roster.csv", "content": base64.b64encode(b"a,b\n1,2\n").decode()}], "roster.csv"),
        ([{"name": "photo.png", "content": ""}], "population"),
        ([{"name": "x.zip", "content": base64.b64encode(b"PK\x03\x04junk").decode()}], "zip"),
        ([{"name": "a/r.csv", "content": ""}, {"name": "b/R.CSV", "content": ""}], "twice"),
        ([], "files"),
    ],
    ids=str,
)
def test_files_that_are_no_students_are_refused_in_a_sentence(
    client: httpx.Client, files: list[dict[str, str]], says: str
) -> None:
    answer = client.post("/api/population", json={"files": files})

    assert answer.status_code == 422
    assert says in answer.json()["problem"]


def test_too_much_is_refused_before_it_is_read(client: httpx.Client) -> None:
    answer = client.post("/api/population", content=b" " * (33 << 20), headers={"content-type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("typed", "meant"), [("/explore", "/#/explore"), ("/teach", "/#/teach"), ("/explore?years=2", "/#/explore?years=2")]
)
def test_an_address_typed_without_its_sign_leads_to_its_screen(client: httpx.Client, typed: str, meant: str) -> None:
    answer = client.get(typed, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, meant)
    assert all(f"/^\\/{screen}" in (STATIC / "main.js").read_text(encoding="utf-8") for screen in SCREENS)


def test_the_api_describes_itself_without_pages_of_others(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()

    assert set(QUESTIONS) <= set(described["paths"])
    assert client.get("/docs").status_code == 404


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([control.key for control in controls()]) | st.sampled_from(
    ["practices.x", "freeze.staff", "population.level_shares", "programs.tutoring", "support", "a.b.c.d.e", "name.x"]
)
VALUES = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(-1e9, 1e9) | st.text(max_size=10)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(QUESTIONS), body=JUNK)
def test_no_body_makes_the_server_fail(client: httpx.Client, path: str, body: Any) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code in {200, 422}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(KEYS, VALUES, max_size=4))
def test_no_changes_make_the_server_fail(client: httpx.Client, changes: dict[str, Any]) -> None:
    values = client.post("/api/values", json={"changes": changes})
    toml = client.post("/api/toml", json={"changes": changes})

    assert values.status_code in {200, 422}
    assert toml.status_code == values.status_code
    if toml.status_code == 200:
        loads(toml.text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), path=st.sampled_from(QUESTIONS), kind=st.sampled_from(["json", "octet-stream"]))
def test_no_bytes_make_the_server_fail(client: httpx.Client, content: bytes, path: str, kind: str) -> None:
    answer = client.post(path, content=content, headers={"content-type": f"application/{kind}"})

    assert answer.status_code in {400, 422}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300), name=st.sampled_from(["r.csv", "r.zip", "AssessmentResults.csv", "users.csv", "x"])
)
def test_no_file_makes_the_server_fail(client: httpx.Client, content: bytes, name: str) -> None:
    files = [{"name": name, "content": base64.b64encode(content).decode()}]

    assert client.post("/api/population", json={"files": files}).status_code == 422


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.sampled_from([control for control in controls() if control.kind in {"share", "number"}]),
        st.floats(0.0, 1.0),
        max_size=6,
    )
)
def test_every_setting_between_the_ends_of_its_sliders_can_be_run(
    client: httpx.Client, changes: dict[Any, float]
) -> None:
    asked = {control.key: control.low + share * (control.high - control.low) for control, share in changes.items()}
    small = {"population.schools": 1, "population.students_per_school": 60, "population.charter_schools": 0}

    answer = client.post("/api/evaluation", json={**DEMO, "changes": {**asked, **small}})

    assert answer.status_code == 200, (asked, answer.text)
    json.dumps(answer.json(), allow_nan=False)
