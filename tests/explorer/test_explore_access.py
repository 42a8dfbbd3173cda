"""The page to explore a decision shuts nobody out: by keyboard, in the dark, on a phone, with a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ADVISING = "practices.advising.intensity"
DEMO = "start=one_school_demo&years=1&worlds=4"


@pytest.mark.slow
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


@pytest.mark.parametrize(("width", "height"), [(1440, 900), pytest.param(1024, 768, marks=pytest.mark.slow)])
def test_verdict_numbers_and_main_picture_stand_beside_the_sliders_above_the_fold(
    page: Any, decision: Any, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    decision.open(f"{decision.demo}&{ADVISING}=0.9&practices.technology.intensity=1".replace("years=1", "years=2"))
    for what in (".verdict", ".cards", 'figure[data-name="effect"] svg'):
        box = page.locator(what).bounding_box()
        assert box["y"] + box["height"] <= height, what
    picture = page.locator('figure[data-name="effect"] svg').bounding_box()
    first = page.locator('[data-section="first"] input[type="range"]').first.bounding_box()
    assert first["y"] + first["height"] <= height
    assert first["x"] + first["width"] <= picture["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_the_dark_mode_of_the_system_is_followed_and_shuts_nobody_out(
    page: Any, decision: Any, axe: Callable[..., list[str]]
) -> None:
    page.emulate_media(color_scheme="dark")
    decision.open(f"{decision.demo}&practices.technology.intensity=1")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 28)"
    assert axe(page) == []
    for name in ("weeks", "teachers", "money", "why", "evidence"):
        decision.tab(name)
        assert axe(page, ".body") == []


@pytest.mark.slow
def test_pins_side_by_side_shut_nobody_out(page: Any, decision: Any, axe: Callable[..., list[str]]) -> None:
    decision.open(decision.demo + decision.pins("", f"{ADVISING}:0.9"))
    page.wait_for_selector(".comparison > .wide")
    page.locator("button.why").click()
    page.wait_for_selector("div.why figure")

    assert axe(page) == []


@pytest.mark.slow
def test_a_phone_shows_everything_without_scrolling_sideways(
    phone: Any, decision: Any, axe: Callable[..., list[str]]
) -> None:
    decision.open(decision.demo)

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator(".mini").is_visible()
    assert axe(phone) == []
    for box in phone.locator("figure.chart svg:visible").all():
        assert box.bounding_box()["width"] <= 390


@pytest.mark.slow
def test_a_phone_shows_the_api_without_scrolling_sideways(phone: Any, server: str) -> None:
    phone.goto(f"{server}/#/api")
    phone.wait_for_selector(".endpoint")

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("screen", ["/explore?" + DEMO, pytest.param("/api", marks=pytest.mark.slow)])
def test_nothing_on_the_screen_shuts_anybody_out(
    page: Any, server: str, axe: Callable[..., list[str]], screen: str
) -> None:
    page.goto(f"{server}/#{screen}")
    page.wait_for_selector(".cards, .endpoint")
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")

    assert axe(page) == []
