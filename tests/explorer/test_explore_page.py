"""The page to explore a decision, as people use it: in a real browser, by mouse, by keyboard, on a phone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
DEMO = "start=one_school_demo&years=1&worlds=4"
ADVISING = "practices.advising.intensity"


def explore(page: Any, server: str, query: str = DEMO) -> None:
    page.goto(f"{server}/#/explore?{query}")
    answered(page)


def answered(page: Any) -> None:
    """Wait until the last world is in."""
    page.wait_for_selector(".answer:not([aria-busy]) .cards")
    page.wait_for_selector(".short progress", state="detached")


def slider(page: Any, key: str) -> Any:
    """A slider, with everything open that it lies in."""
    line = page.locator(f'[data-key="{key}"]')
    line.evaluate("e => { for (let at = e; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }")
    return line.locator("input, select").first


def pins(*changes: str) -> str:
    return "".join(f"&pin={quote(f'Plan {index + 1}|one_school_demo|1||{one}')}" for index, one in enumerate(changes))


def test_the_first_screen_has_two_doors(page: Any, server: str, axe: Callable[[Any], list[str]]) -> None:
    page.goto(server)
    page.wait_for_selector(".doors")

    assert page.locator(".doors h2").all_text_contents() == ["Explore a decision", "Teach with it"]
    assert axe(page) == []
    page.get_by_role("link", name="Start exploring").click()
    page.wait_for_selector(".cards")
    assert "#/explore" in page.url


def test_a_move_changes_words_picture_and_address_and_the_address_brings_it_back(page: Any, server: str) -> None:
    explore(page, server)
    before = page.locator(".short").inner_text()

    moved = slider(page, ADVISING)
    moved.fill("0.9")
    page.wait_for_selector('[data-key="practices.advising.intensity"].moved')
    page.wait_for_selector("h2:has-text('1 thing moved')")
    answered(page)
    after = page.locator(".short").inner_text()
    address = page.url

    assert after != before
    assert f"{ADVISING}=0.9" in address
    page.goto("about:blank")
    page.goto(address)
    answered(page)
    assert page.locator(".short").inner_text() == after
    assert slider(page, ADVISING).input_value() == "0.9"


def test_the_page_works_by_keyboard_alone(page: Any, server: str) -> None:
    page.goto(server)
    page.wait_for_selector(".doors")
    press = page.keyboard.press

    def focused() -> str:
        return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))

    def tab_to(text: str) -> None:
        for _ in range(60):
            press("Tab")
            if text in focused():
                return
        pytest.fail(f"'{text}' cannot be reached by Tab")

    press("Tab")
    assert focused() == "Skip to content"
    tab_to("Start exploring")
    press("Enter")
    page.wait_for_selector(".cards")
    tab_to("Meaning and evidence")
    press("Shift+Tab")
    before = page.evaluate("document.activeElement.value")
    press("ArrowRight")
    assert float(page.evaluate("document.activeElement.value")) > float(before)
    page.wait_for_selector("h2:has-text('1 thing moved')")
    tab_to("Pin this scenario")
    press("Enter")
    assert page.locator(".pins li").count() == 1


def test_downloads_hold_what_is_shown(page: Any, server: str, client: httpx.Client, tmp_path: Path) -> None:
    explore(page, server, f"{DEMO}&{ADVISING}=0.9")

    def download(name: str) -> Path:
        with page.expect_download() as waiting:
            page.locator(f'[data-action="{name}"]').click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    toml, csv, png = (download(name) for name in ("toml", "csv", "png"))

    said = tomllib.loads(toml.read_text(encoding="utf-8"))
    assert (said["years"], said["practices"]["advising"]["intensity"]) == (1, 0.9)
    asked = {"start": "one_school_demo", "years": 1, "worlds": 4, "changes": {ADVISING: 0.9}, "known": 3}
    row = client.post("/api/picture", json=asked).json()["effect"][0]["rows"][0]
    assert f"effect after year 1,{row['label']},{row['value']},{row['low']},{row['high']}" in csv.read_text()
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert png.stat().st_size > 20_000
    figure = page.locator('figure[data-name="effect"]')
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="as a table").click()
    assert waiting.value.suggested_filename == "effect.csv"


def test_every_chart_has_words_and_its_numbers(page: Any, server: str) -> None:
    explore(page, server)

    figures = page.locator("figure.chart")
    assert figures.count() >= 8
    for index in range(figures.count()):
        figure = figures.nth(index)
        says = figure.locator("svg > title").text_content()
        assert re.search(r"\d", says), says
        assert figure.locator("svg").get_attribute("role") == "img"
        assert figure.locator("table tbody tr").count() > 0


def test_pins_stand_side_by_side_and_say_why_they_differ(
    page: Any, server: str, axe: Callable[[Any], list[str]]
) -> None:
    explore(page, server, DEMO + pins("", f"{ADVISING}:0.9"))

    page.wait_for_selector(".comparison > .wide")
    page.locator("button.why").click()
    page.wait_for_selector("div.why figure")

    assert "With “Plan 2” students end" in page.locator(".comparison").inner_text()
    assert page.locator(".comparison > .wide thead th").last.text_content() == "Plan 2 ahead in"
    assert axe(page) == []
    page.get_by_role("button", name="Take “Plan 2” away").click()
    page.wait_for_selector(".comparison > .wide", state="detached")
    assert page.url.count("pin=") == 1


def test_a_fifth_pin_is_not_offered(page: Any, server: str) -> None:
    explore(page, server, DEMO.replace("worlds=4", "worlds=0") + pins("", "", "", ""))

    assert page.locator(".pins li").count() == 4
    assert page.locator("button.pin").is_disabled()


def test_own_students_are_dropped_on_the_page_and_given_back(page: Any, server: str) -> None:
    explore(page, server)

    page.locator(".upload > summary").click()
    page.locator('input[type="file"]').set_input_files(DATA / "roster.csv")
    page.wait_for_selector(".says p:has-text('students in')")
    page.wait_for_selector(".rests:has-text('own files')")

    assert "population" not in page.url
    assert page.locator('[data-section="population"]').is_hidden()
    page.get_by_role("button", name="Back to drawn students").click()
    page.wait_for_selector(".rests:has-text('nobody is real')")


def test_files_that_are_no_students_are_told_where_they_were_dropped(page: Any, server: str) -> None:
    explore(page, server)

    page.locator(".upload > summary").click()
    page.locator('input[type="file"]').set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    )

    assert "roster.csv" in page.locator(".says [role=alert]").inner_text()


def test_settings_beyond_evidence_are_warned_of(page: Any, server: str) -> None:
    explore(page, server, f"{DEMO}&practices.technology.intensity=1")

    assert "Technology" in page.locator('.warning[data-kind="outside"]').inner_text()


def test_an_address_that_makes_no_sense_is_told_and_begins_anew(page: Any, server: str) -> None:
    page.goto(f"{server}/#/explore?start=no_such_scenario&years=1&worlds=0")

    page.wait_for_selector(".cards")
    assert "could not be followed" in page.locator(".trouble").first.inner_text()


def test_a_phone_shows_everything_without_scrolling_sideways(
    phone: Any, server: str, axe: Callable[[Any], list[str]]
) -> None:
    explore(phone, server)

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator(".mini").is_visible()
    assert axe(phone) == []
    for box in phone.locator("figure.chart svg:visible").all():
        assert box.bounding_box()["width"] <= 390


def test_a_phone_shows_the_api_without_scrolling_sideways(phone: Any, server: str) -> None:
    phone.goto(f"{server}/#/api")
    phone.wait_for_selector(".endpoint")

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_four_pins_fit_the_width_of_a_desk(page: Any, server: str) -> None:
    explore(page, server, DEMO + pins("", f"{ADVISING}:0.9", f"{ADVISING}:0.1", f"{ADVISING}:0.5"))

    table = page.locator(".comparison > .wide")
    table.wait_for()

    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert table.locator("tbody th").first.bounding_box()["width"] >= 120


def test_what_no_evidence_stands_behind_is_explained(page: Any, server: str) -> None:
    explore(page, server)

    line = page.locator('[data-key="context.turnover"]')
    slider(page, "context.turnover")
    line.locator(".evidence > summary").click()

    assert "How many teachers leave" in line.inner_text()


@pytest.mark.parametrize("screen", ["/explore?" + DEMO, "/api"])
def test_nothing_on_the_screen_shuts_anybody_out(
    page: Any, server: str, axe: Callable[[Any], list[str]], screen: str
) -> None:
    page.goto(f"{server}/#{screen}")
    page.wait_for_selector(".cards, .endpoint")
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")

    assert axe(page) == []


def test_a_newer_move_wins(page: Any, server: str) -> None:
    explore(page, server, f"{DEMO}&seed=8")

    moved = slider(page, ADVISING)
    for value in ("0.3", "0.5", "0.7", "0.95"):
        moved.fill(value)
    page.wait_for_selector("h2:has-text('1 thing moved')")
    answered(page)
    page.locator("details[data-keep=differs] > summary").click()

    assert "95%" in page.locator("details[data-keep=differs]").inner_text()


def test_the_brief_fits_one_page(page: Any, server: str) -> None:
    explore(page, server, f"{DEMO}&{ADVISING}=0.9")

    printed = page.pdf(format="A4")

    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1


@pytest.mark.slow
def test_every_control_moves_the_address_and_is_accepted(page: Any, server: str, client: httpx.Client) -> None:
    explore(page, server, DEMO.replace("worlds=4", "worlds=0"))
    for program in page.locator('[data-section="programs"] input[type="checkbox"]').all():
        program.evaluate("e => e.checked || e.click()")
    keys = [line.get_attribute("data-key") for line in page.locator(".control").all()]

    for key in keys:
        moved = slider(page, key)
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
