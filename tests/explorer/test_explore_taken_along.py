"""What is taken along from the page: pins, downloads, the brief, the board's memo."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

ADVISING = "practices.advising.intensity"


def test_downloads_hold_what_is_shown(page: Any, decision: Any, client: httpx.Client, tmp_path: Path) -> None:
    decision.open(f"{decision.demo}&{ADVISING}=0.9")

    def download(name: str) -> Path:
        with page.expect_download() as waiting:
            page.locator(f'[data-action="{name}"]').click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    page.locator(".menu > summary").click()
    toml, csv, png = (download(name) for name in ("toml", "csv", "png"))

    said = tomllib.loads(toml.read_text(encoding="utf-8"))
    assert (said["years"], said["practices"]["advising"]["intensity"]) == (1, 0.9)
    asked = {"start": "one_school_demo", "years": 1, "worlds": 4, "changes": {ADVISING: 0.9}, "known": 3}
    row = client.post("/api/evaluation", json=asked).json()["effect"][0]["rows"][0]
    assert f"effect after year 1,{row['label']},{row['value']},{row['low']},{row['high']}" in csv.read_text()
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert png.stat().st_size > 20_000
    figure = page.locator('figure[data-name="effect"]')
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="as a table").click()
    assert waiting.value.suggested_filename == "effect.csv"


def test_pins_stand_side_by_side_and_say_why_they_differ(page: Any, decision: Any) -> None:
    decision.open(decision.demo + decision.pins("", f"{ADVISING}:0.9"))

    page.wait_for_selector(".comparison > .wide")
    page.locator("button.why").click()
    page.wait_for_selector("div.why figure")

    assert "With “Plan 2” students end" in page.locator(".comparison").inner_text()
    assert page.locator(".comparison > .wide thead th").last.text_content() == "Plan 2 ahead in"
    page.get_by_role("button", name="Remove “Plan 2”").click()
    page.wait_for_selector(".comparison > .wide", state="detached")
    assert page.url.count("pin=") == 1


@pytest.mark.slow
def test_a_fifth_pin_is_not_offered(page: Any, decision: Any) -> None:
    decision.open(decision.quick + decision.pins("", "", "", ""))

    assert page.locator(".pins li").count() == 4
    assert page.locator("button.pin").is_disabled()


def test_what_is_forwarded_carries_its_cautions(page: Any, server: str, decision: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    decision.open(f"{decision.demo}&{ADVISING}=0.9&practices.technology.intensity=1")
    page.locator(".menu > summary").click()
    page.locator('[data-action="share"]').click()
    page.wait_for_selector(".actions [role=status]:has-text('cautions')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    brief = page.locator("main").inner_text()

    for text in (link, brief):
        for said in ("Moved:", "Advising 90%", "Ranges hold 90% of 4 worlds", "Beyond what was studied or is plausible",
                     "settings that differ from typical practice", "For exploring assumptions"):  # fmt: skip
            assert said in text, said
    assert link.splitlines()[-1] == page.url


@pytest.mark.slow
def test_pins_are_named_by_what_moved(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo.replace('worlds=4', 'worlds=0')}&{ADVISING}=0.9")

    page.locator("button.pin").click()
    assert page.locator(".pins input").input_value() == "Advising 90%"


@pytest.mark.slow
def test_four_pins_fit_the_width_of_a_desk(page: Any, decision: Any) -> None:
    decision.open(decision.demo + decision.pins("", f"{ADVISING}:0.9", f"{ADVISING}:0.1", f"{ADVISING}:0.5"))

    table = page.locator(".comparison > .wide")
    table.wait_for()

    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert table.locator("tbody th").first.bounding_box()["width"] >= 120


@pytest.mark.slow
def test_the_brief_fits_one_page(page: Any, decision: Any) -> None:
    decision.open(f"{decision.demo}&{ADVISING}=0.9")

    printed = page.pdf(format="A4")

    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1


def test_pins_make_a_board_memo_that_prints_on_one_page(page: Any, decision: Any, browser: Any, tmp_path: Path) -> None:
    four = [f"{ADVISING}:0.9;support.coaching_hours:2", "practices.technology.intensity:0.9;support.vision:1",
            "practices.learning_paths.intensity:0.7;programs.coaching.hours:2", "support.planning_hours:8"]  # fmt: skip
    long = "A plan whose name is about as long as a name may be here,"  # and names in a memo are told more than once
    query = "".join(f"&pin={quote(f'{long} {n}|one_school_demo|1||{one}')}" for n, one in enumerate(four))
    decision.open(decision.demo + query)
    page.wait_for_selector(".comparison > .wide")
    with page.expect_download() as waiting:
        page.locator("#memo").click()
    path = tmp_path / "memo.html"
    waiting.value.save_as(path)

    memo = browser.new_page()
    memo.goto(path.as_uri())
    text = memo.locator("body").inner_text()
    for said in (f"{long} 3", "Budget", "Unpaid hours", "What must be true", "What to pilot", "What to measure",
                 "of 4 worlds"):  # fmt: skip
        assert said in text, said
    assert memo.evaluate("getComputedStyle(document.querySelector('.memo')).overflow") == "visible"  # not cut
    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page[^s]", memo.pdf(format=paper))) == 1
    memo.close()
