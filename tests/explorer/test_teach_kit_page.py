"""What a trainer prints of a demonstration: worksheets, slides, the script."""

from __future__ import annotations

import re

from plsim.explorer.teaching.demonstration_files import SHIPPED

NAMES = tuple(path.stem for path in sorted(SHIPPED.glob("*.toml")))


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_every_worksheet_is_one_page_of_paper(screen):
    for name in (*NAMES, "quick"):
        page = screen.open(f"#/kit/{name}/worksheet")
        page.wait_for_selector(".page svg")
        assert page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.page'))") <= 1, name
        assert [pages(page.pdf(format=paper)) for paper in ("A4", "Letter")] == [1, 1], name


def test_slides_are_a_page_each_and_the_script_tells_what_people_will_answer(screen):
    page = screen.open("#/kit/quick/slides")
    page.wait_for_selector(".slide svg")
    page.wait_for_selector(".running:empty", state="attached")
    assert page.locator(".slide").count() == 2 + 3 * 2
    overfull = page.evaluate(
        "[...document.querySelectorAll('.slide')].filter((e) => e.scrollHeight > e.clientHeight + 1).length"
    )
    assert overfull == 0
    assert pages(page.pdf(prefer_css_page_size=True)) == 2 + 3 * 2
    page.emulate_media(media="screen")
    assert screen.violations() == []
    page = screen.open("#/kit/quick/script")
    page.wait_for_selector(".sheet svg")
    page.wait_for_selector(".running:empty", state="attached")
    said = page.locator(".sheets").inner_text()
    assert "Other answers to expect" in said
    assert "The secret of the first step" in said
    assert screen.violations() == []
