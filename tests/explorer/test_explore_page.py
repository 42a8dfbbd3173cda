"""The page to explore a decision, as people use it in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
ADVISING = "practices.advising.intensity"


def test_the_first_screen_has_three_doors(page: Any, server: str, axe: Callable[..., list[str]]) -> None:
    page.goto(server)
    page.wait_for_selector(".doors")

    assert page.locator(".doors h2").all_text_contents() == [
        "Explore a decision", "Which practices matter?", "Teach with it",
    ]  # fmt: skip
    assert axe(page) == []
    page.get_by_role("link", name="Start exploring").click()
    page.wait_for_selector(".cards")
    assert "#/explore" in page.url


def test_a_move_changes_words_picture_and_address_and_the_address_brings_it_back(page: Any, decision: Any) -> None:
    decision.open(decision.demo)
    before = page.locator(".top").inner_text()

    moved = decision.slider(ADVISING)
    moved.fill("0.9")
    page.wait_for_selector('[data-key="practices.advising.intensity"].moved')
    page.wait_for_selector("h2:has-text('1 thing moved')")
    decision.answered()
    after = page.locator(".top").inner_text()
    address = page.url

    assert after != before
    assert f"{ADVISING}=0.9" in address
    page.goto("about:blank")
    page.goto(address)
    decision.answered()
    assert page.locator(".top").inner_text() == after
    assert decision.slider(ADVISING).input_value() == "0.9"


def test_every_chart_has_words_and_its_numbers(page: Any, decision: Any) -> None:
    decision.open(decision.demo)

    seen = set()
    for name in ("who", "weeks", "teachers", "money"):
        decision.tab(name)
        for figure in page.locator("figure.chart").all():
            says = figure.locator("svg > title").text_content()
            assert re.search(r"\d", says), says
            assert figure.locator("svg").get_attribute("role") == "img"
            assert figure.locator("table tbody tr").count() > 0
            assert figure.locator("svg :is(circle, path, rect, line) > title").count() > 0  # values to point at
            seen.add(figure.get_attribute("data-name"))
    assert len(seen) >= 10


@pytest.mark.slow
def test_what_the_effect_hangs_on_is_worked_out_on_request(page: Any, server: str, decision: Any) -> None:
    small = "population.schools=1&population.students_per_school=40"
    # A seed that no other test asks about: the server keeps what it worked out, and then offers no button.
    decision.open(f"{decision.demo.replace('worlds=4', 'worlds=0')}&seed=37&{small}")

    panel = decision.tab("why")
    panel.locator("#hangs").click()
    figure = panel.locator('figure[data-name="hangs"]')
    figure.wait_for(timeout=240_000.0)  # ninety runs
    assert figure.locator("tbody tr").count() == 8
    assert "told from 20 different worlds on" in panel.inner_text()


def test_own_students_are_dropped_on_the_page_and_given_back(page: Any, decision: Any) -> None:
    decision.open(decision.demo)

    page.locator(".upload > summary").click()
    page.locator('input[type="file"]').set_input_files(DATA / "roster.csv")
    page.wait_for_selector(".says p:has-text('students in')")
    decision.tab("evidence")
    page.wait_for_selector(".rests:has-text('read from files')")
    assert "(drawn)" in page.locator(".rests").inner_text()

    assert "population" not in page.url
    assert page.locator('[data-section="population"]').is_hidden()
    page.get_by_role("button", name="Back to drawn students").click()
    page.wait_for_selector(".rests:has-text('nobody is real')")


def test_files_that_are_no_students_are_told_where_they_were_dropped(page: Any, decision: Any) -> None:
    decision.open(decision.demo)

    page.locator(".upload > summary").click()
    page.locator('input[type="file"]').set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    )

    assert "roster.csv" in page.locator(".says [role=alert]").inner_text()


def test_settings_beyond_evidence_are_warned_of(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo}&practices.technology.intensity=1")

    page.locator(".warnings > summary").click()
    assert "Technology" in page.locator('.warning[data-kind="outside"]').inner_text()


def test_an_address_that_makes_no_sense_is_told_and_begins_anew(page: Any, server: str) -> None:
    page.goto(f"{server}/#/explore?start=no_such_scenario&years=1&worlds=0")

    page.wait_for_selector(".cards")
    assert "no starting point is called 'no_such_scenario'" in page.locator(".trouble").first.inner_text()


def test_one_bad_value_in_a_link_costs_that_value_only(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo}&{ADVISING}=0.9&practices.technology.intensity=7&practices.nothing.intensity=0.1")

    said = page.locator(".trouble").first.inner_text()
    assert "practices.technology.intensity" in said
    assert "practices.nothing" in said
    assert decision.slider(ADVISING).input_value() == "0.9"
    assert "technology" not in page.url


def test_undo_redo_and_back_go_through_the_moves(page: Any, decision: Any) -> None:
    decision.open(decision.quick)
    undo, redo = (page.locator(f'[data-action="{name}"]') for name in ("undo", "redo"))
    assert undo.is_disabled()
    decision.slider(ADVISING).fill("0.9")
    page.wait_for_selector("h2:has-text('1 thing moved')")
    decision.slider("practices.belonging.intensity").fill("0.8")
    page.wait_for_selector("h2:has-text('2 things moved')")

    undo.click()
    page.wait_for_selector("h2:has-text('1 thing moved')")
    assert decision.slider("practices.belonging.intensity").input_value() != "0.8"
    redo.click()
    page.wait_for_selector("h2:has-text('2 things moved')")
    page.go_back()
    page.wait_for_selector("h2:has-text('1 thing moved')")
    page.keyboard.press("Control+z")
    page.wait_for_selector("h2.what:not(:has-text('moved'))")
    assert decision.slider(ADVISING).input_value() != "0.9"


def test_another_starting_point_asks_before_it_discards(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo.replace('worlds=4', 'worlds=0')}&{ADVISING}=0.9")

    page.locator("#start").select_option("typical_practice")
    page.locator("dialog #keep").click()
    assert page.locator("#start").input_value() == "one_school_demo"
    assert f"{ADVISING}=0.9" in page.url
    page.locator('[data-action="reset"]').click()
    page.locator("dialog #discard").click()
    page.wait_for_selector("h2.what:not(:has-text('moved'))")
    assert ADVISING not in page.url


@pytest.mark.slow
def test_grades_and_the_years_of_a_program_are_chosen_and_stay_in_the_address(page: Any, decision: Any) -> None:
    decision.open(decision.quick + "&programs.tutoring.share=0.3&population.grades=3,5")
    page.locator("#find-control").fill("grades")
    grades = page.locator('[data-key="population.grades"] select')
    assert grades.input_value() == "3,5"  # what is not among the choices is offered as it stands

    grades.select_option("4")
    page.wait_for_url("**population.grades=4*")
    page.locator("#find-control").fill("many years")
    page.locator('[data-key="programs.tutoring.last_year"] select').select_option("1")
    page.wait_for_url("**programs.tutoring.last_year=1*")
    page.reload()
    page.wait_for_selector(".verdict")

    assert grades.input_value() == "4"
    assert page.locator('[data-key="programs.tutoring.last_year"] select').input_value() == "1"


def test_a_setting_is_found_by_words(page: Any, decision: Any) -> None:
    decision.open(decision.quick)

    page.locator("#find-control").fill("tutor share served")
    page.locator("#find-control").fill("students served")
    assert page.locator('[data-key="programs.tutoring.share"]').count() == 1
    assert page.locator('[data-key="context.turnover"]').is_hidden()
    assert page.locator(".find [role=status]").inner_text() != ""
    page.locator("#find-control").fill("")
    decision.slider("context.turnover")
    assert page.locator('[data-key="context.turnover"]').is_visible()


@pytest.mark.slow
def test_one_on_one_time_is_among_the_first_sliders(page: Any, decision: Any) -> None:
    decision.open(decision.quick)

    first = [line.get_attribute("data-key") for line in page.locator(".control").all()[:3]]
    assert "practices.flexible_environment.one_on_one_share" in first


def test_the_line_of_a_slider_says_studied_only_where_a_study_stands(page: Any, decision: Any) -> None:
    decision.open(decision.quick)

    for key, words in (("context.contact_hours_math", "Studied from"), (ADVISING, "plausible, our judgement")):
        decision.slider(key)
        line = page.locator(f'[data-key="{key}"]')
        line.locator(".evidence > summary").click()
        assert words in line.inner_text()
        assert ("plausible" in line.locator(".covered").get_attribute("class")) == ("plausible" in words)


def test_studies_are_marks_on_the_chart_of_effects(page: Any, decision: Any) -> None:
    decision.open(decision.demo)

    chart = page.locator('figure[data-name="effect"]')
    assert chart.locator(".benchmark").all_text_contents() == ["RAND 2017, mathematics: +3.0"]
    chart.locator(".studies > summary").click()
    tutoring = chart.get_by_role("checkbox", name="Tutoring (Nickow 2024)")
    tutoring.click()  # the chart is drawn anew, and the box with it
    page.wait_for_function("document.querySelectorAll('.benchmark').length === 2")
    assert tutoring.is_checked()
    assert len(chart.locator(".benchmark").all_text_contents()) == 2


@pytest.mark.slow
def test_the_last_of_many_moves_is_shown_and_none_is_an_error(page: Any, decision: Any) -> None:
    decision.open(decision.quick)
    moved = decision.slider(ADVISING)
    drag = (
        "for (let i = 0; i <= 40; i += 1) { e.value = i / 50; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    moved.evaluate(f"e => {{ {drag} }}")
    page.wait_for_selector(".moved-words:has-text('Advising 80%')")
    decision.answered()
    decision.tab("evidence")

    assert page.locator(".trouble .warning").count() == 0
    page.locator("details[data-keep=differs] > summary").click()
    assert "80%" in page.locator("details[data-keep=differs]").inner_text()


@pytest.mark.slow
def test_what_no_evidence_stands_behind_is_explained(page: Any, decision: Any) -> None:
    decision.open(decision.demo)

    line = page.locator('[data-key="context.turnover"]')
    decision.slider("context.turnover")
    line.locator(".evidence > summary").click()

    assert "How many teachers leave" in line.inner_text()


def test_a_newer_move_wins(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo}&seed=8")

    moved = decision.slider(ADVISING)
    for value in ("0.3", "0.5", "0.7", "0.95"):
        moved.fill(value)
    page.wait_for_selector("h2:has-text('1 thing moved')")
    decision.answered()
    decision.tab("evidence")
    page.locator("details[data-keep=differs] > summary").click()

    assert "95%" in page.locator("details[data-keep=differs]").inner_text()


@pytest.mark.slow
def test_every_control_moves_the_address_and_is_accepted(
    page: Any, server: str, decision: Any, client: httpx.Client
) -> None:
    decision.open(decision.quick)
    for program in page.locator('[data-section="programs"] input[type="checkbox"]').all():
        program.evaluate("e => e.checked || e.click()")
    keys = [line.get_attribute("data-key") for line in page.locator(".control").all()]

    for key in keys:
        if key.endswith(("_week", "_year", ".grades")):
            continue  # at their ends together they contradict each other, and the server says so
        moved = decision.slider(key)
        kind = moved.get_attribute("type") or "select"
        if kind == "range":
            now, low, high = (float(moved.evaluate(f"e => e.{name}")) for name in ("value", "min", "max"))
            moved.fill(str(low if now - low > high - now else high))
        elif kind == "checkbox":
            moved.click()
        else:
            now = moved.input_value()
            moved.select_option(
                next(value for value in moved.evaluate("e => [...e.options].map(o => o.value)") if value != now)
            )
        assert key in page.url
    changes = dict(part.split("=") for part in page.url.partition("?")[2].split("&") if "." in part.split("=")[0])
    values = {key: None if value == "null" else _read(value) for key, value in changes.items()}

    assert len(keys) > 60
    assert client.post("/api/values", json={"start": "one_school_demo", "changes": values}).status_code == 200


def _read(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    except ValueError:
        return text
