"""The teaching screens shut nobody out, on a desk and on a phone, and speak one language at a time."""

from __future__ import annotations

import re
from typing import Any

import pytest

DESKTOP, PHONE = (1280, 900), (390, 844)
SIZES = [DESKTOP, pytest.param(PHONE, marks=pytest.mark.slow)]


@pytest.mark.parametrize("screen", SIZES, indirect=True, ids=["desktop", "phone"])
def test_no_accessibility_finding_on_any_screen_of_a_demonstration(screen):
    page = screen.open("#/teach")
    page.wait_for_selector(".demos")
    assert screen.violations() == []
    for place in ("step=1", "step=1&phase=discuss", "step=2&phase=discuss", "step=1&phase=run&present=1", "step=3"):
        screen.open("#/")
        screen.open(f"#/teach/quick?{place}")
        page.wait_for_selector(
            ".phase.discuss, .phase.end, .phase.run svg" if "phase" in place or "3" in place else ".phase"
        )
        assert screen.violations() == [], place


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_nothing_of_a_demonstration_is_wider_than_a_phone(screen):
    page = screen.open("#/teach/quick?step=1&phase=discuss")
    page.wait_for_selector(".discuss")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.slow
@pytest.mark.parametrize("screen", SIZES, indirect=True, ids=["desktop", "phone"])
def test_no_accessibility_finding_in_the_classroom(screen):
    page = screen.classroom("?lesson=60&student=4")
    page.wait_for_selector(".stories li")
    page.get_by_text("Show this lesson as a table").click()
    page.get_by_text("Choose schools, students and practices yourself").click()
    page.get_by_text("Change what this class does").first.click()
    assert screen.violations() == []
    screen.press("p")
    page.wait_for_selector("header.site", state="hidden")
    assert screen.violations() == []


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_nothing_of_the_classroom_is_wider_than_a_phone(screen):
    page = screen.classroom("?lesson=60&student=4")
    page.wait_for_selector(".stories li")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


UNBRACKETED = """(within) => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
  const skip = (e) => e.closest("script, style, code, noscript, option[lang], .brand, h1 .own");
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (!/\\p{L}{2,}/u.test(text) || skip(node.parentElement)) continue;
    // What is in brackets came from a catalogue; the rest may be numbers, signs, and names that people gave.
    let rest = text;
    for (let before = ""; before !== rest;) { before = rest; rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, ""); }
    if (/\\p{L}{2,}/u.test(rest.replace(/plsim|MAP|SD|min|PNG|CSV/g, ""))) found.push(text.slice(0, 120));
  }
  return found;
}"""


@pytest.fixture
def pseudo(screen: Any) -> Any:
    """A page in a language in which every text of a catalogue stands in brackets."""
    screen.page.goto(f"{screen.address}/static/icon.svg")
    screen.page.evaluate("localStorage.setItem('plsim-language', 'qps')")
    return screen


def test_every_text_of_the_teaching_screens_comes_from_a_catalogue(pseudo):
    for place, wait in (
        ("#/teach", ".demos"),
        ("#/teach/own-pace?step=1", ".predict"),
        ("#/kit/own-pace/worksheet", ".page svg"),
        ("#/classroom?lesson=60&student=4", ".stories li"),
        ("#/game", ".plan input"),
    ):
        page = pseudo.open(place)
        page.wait_for_selector(wait, state="attached")
        own = {"A quick one", "For tests.", "Take this home."}
        assert [text for text in page.evaluate(UNBRACKETED, "body") if text not in own] == [], place


def test_every_text_around_an_answer_comes_from_a_catalogue(pseudo):
    """The answer itself is told in sentences of the report, which are known again by their pattern."""
    page = pseudo.open("#/explore?start=one_school_demo&years=1&worlds=0")
    page.wait_for_selector(".cards")
    for within in ("nav", ".settings", ".tabs", ".actions", ".pinned", "footer.site"):
        assert page.evaluate(UNBRACKETED, within) == [], within


@pytest.mark.slow
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_spanish_pages_are_spanish_and_accessible(open_window, teaching, axe, size):
    with (
        open_window(locale="es-ES") as window,
        window.turn(f"{teaching}/", size, motion=False) as page,
    ):
        for place, wait, words in (
            ("#/teach", ".demos", "Enseñar con ello"),
            ("#/teach/own-pace?step=1", ".predict", "Cada uno a su ritmo"),
            ("#/classroom?lesson=60", ".room .pupil", "Qué observar"),
            ("#/game", ".plan input", "El juego del distrito"),
        ):
            page.goto(f"{teaching}/{place}")
            page.wait_for_selector(wait, state="attached")
            assert page.locator("html").get_attribute("lang") == "es"
            assert words in page.locator("main").inner_text()
            assert axe(page) == [], place
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], place
        page.goto(f"{teaching}/#/classroom?lesson=180")
        gap = page.locator(".gap-words strong")
        gap.wait_for()
        assert re.fullmatch(r"[+−]?\d+,\d", gap.inner_text())
