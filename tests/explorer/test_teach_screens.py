"""The screens of a demonstration in a real browser: by keyboard, and on a projector."""

from __future__ import annotations

import pytest

from plsim.explorer.teaching.demonstration_files import SHIPPED, read_demonstration

PHASES = ("Predict", "Run", "Explain", "Discuss")
NAMES = tuple(path.stem for path in sorted(SHIPPED.glob("*.toml")))
PROJECTOR = (1280, 720)


def walk(screen, name: str, *, present: bool = False) -> list[str]:
    """Goes through a demonstration with the keyboard alone; the headings that were seen."""
    page = screen.open(f"#/teach/{name}" + ("?present=1" if present else ""))
    page.wait_for_selector(".phase")
    seen = []
    for _ in range(12):
        if page.locator(".phase.end").count():
            return seen
        seen.append(page.locator(".predict h2").inner_text())
        assert page.locator(".phase.run, .phase.explain, .phase.discuss").count() == 0
        screen.press("2")
        assert page.locator('.options [aria-pressed="true"]').get_attribute("data-option") == "1"
        for phase in PHASES[1:]:
            screen.press("ArrowRight")
            page.wait_for_selector(f".phase.{phase.lower()}")
            assert page.locator(".phases [aria-current]").inner_text() == phase
        screen.press("Space")
        page.wait_for_selector(".phase.predict button:enabled, .phase.end")
    raise AssertionError("a demonstration without an end")


def test_the_list_shows_every_demonstration_and_marks_a_trainers_own(screen):
    page = screen.open("#/teach")
    assert page.locator(".demos li").count() == len(NAMES) + 1
    assert page.locator(".demos .own").all_inner_texts() == ["your own"]
    page.get_by_role("link", name="Open: A quick one").press("Enter")
    page.wait_for_selector(".predict")
    assert page.locator("h1").inner_text() == "A quick one"


def test_a_demonstration_is_walked_through_by_keyboard_alone(screen):
    assert walk(screen, "quick") == ["First", "Second"]
    assert "Take this home." in screen.page.locator(".end").inner_text()


def test_nothing_of_an_answer_is_on_the_page_before_it_is_revealed(screen):
    page = screen.open("#/teach/quick")
    page.wait_for_selector(".predict")
    page.wait_for_load_state("networkidle")
    assert "secret" not in page.content()
    assert page.locator("svg").count() == 0
    screen.press("ArrowRight")
    page.wait_for_selector(".run svg")
    assert "secret" not in page.locator("main").inner_text()
    screen.press("ArrowRight")
    assert "The secret of the first step" in page.locator(".explain").inner_text()


def test_back_and_forth_and_a_shared_address_show_the_same_place(screen):
    page = screen.open("#/teach/quick?step=2&phase=explain")
    page.wait_for_selector(".explain")
    screen.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    page.wait_for_selector(".discuss")
    assert page.locator(".predict h2").inner_text() == "First"
    assert page.url.endswith("#/teach/quick?step=1&phase=discuss")


def test_what_was_predicted_is_set_beside_what_the_run_says(screen):
    page = screen.open("#/teach/quick")
    page.wait_for_selector(".predict")
    page.get_by_role("button", name="It falls").click()
    page.get_by_role("button", name="Run it").click()
    page.wait_for_selector(".run svg")
    assert "Predicted: It falls. The run says:" in page.locator(".said").inner_text()


def test_hands_are_counted_by_keyboard_and_end_in_the_sessions_record(screen):
    page = screen.open("#/teach/quick")
    page.wait_for_selector(".predict")
    screen.press("1", "2", "2", "2", "Shift+Digit2", "3")
    assert page.locator(".options .hands").all_inner_texts() == ["1", "2", "1"]
    assert page.locator(".total").inner_text() == "4 votes"
    screen.press("ArrowRight")
    page.wait_for_selector(".votes")
    assert page.locator(".votes li strong").all_inner_texts() == ["1", "2", "1"]
    screen.open("#/kit/quick/record")
    page.wait_for_selector(".sheet table")
    page.wait_for_selector(".running:empty", state="attached")
    first = page.locator(".sheet table").first
    assert first.locator("caption").inner_text() == "4 votes"
    assert first.locator("td:nth-child(2)").all_inner_texts() == ["1", "2", "1"]
    assert first.locator("tr.right").count() == 1
    assert screen.violations() == []


def test_a_drawn_prediction_is_laid_over_the_result(screen):
    page = screen.open("#/teach/quick")
    page.wait_for_selector(".predict")
    page.get_by_text("Draw a prediction").click()
    page.wait_for_selector("svg.sketch")
    assert page.locator(".sketch [role=slider]").count() == 2
    screen.press("ArrowRight")
    page.wait_for_selector(".run svg")
    assert page.locator(".run .drawn").count() == 0  # nothing was drawn yet
    screen.press("ArrowLeft")
    page.wait_for_selector("svg.sketch, .drawing")
    if not page.locator("svg.sketch").count():
        page.get_by_text("Draw a prediction").click()
    box = page.locator("svg.sketch").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.3 * box["height"])
    page.locator(".sketch [role=slider]").nth(1).focus()
    screen.press("ArrowRight")
    assert "percentile points" in page.locator(".sketch [role=slider]").first.get_attribute("aria-valuetext")
    page.locator("h1").focus()
    screen.press("ArrowRight")
    page.wait_for_selector(".run .drawn")
    assert page.locator(".run .drawn").count() == 2


@pytest.mark.parametrize(
    "screen", [(1440, 900), pytest.param((1024, 768), marks=pytest.mark.slow)], indirect=True, ids=["1440", "1024"]
)
def test_the_chart_stays_beside_its_explanation(screen):
    page = screen.open("#/teach/quick?phase=explain&present=1")
    page.wait_for_selector(".explain svg")
    chart, text = (page.locator(f".explain {part}").bounding_box() for part in ("svg", ".text"))
    assert chart["x"] + chart["width"] <= text["x"] + 1
    assert text["y"] < chart["y"] + chart["height"]
    assert page.evaluate("document.documentElement.scrollHeight") <= page.viewport_size["height"] + 2


def test_charts_have_a_text_alternative_and_their_numbers_as_a_table(screen):
    page = screen.open("#/teach/quick?step=2&phase=run")
    page.wait_for_selector(".run svg")
    title = page.locator(".run svg title").text_content()
    assert "Typical practice, Year 1" in title
    assert "With coaching, Year 2" in title
    page.get_by_text("Show the numbers").click()
    assert page.locator(".run table tbody tr").count() == 4


@pytest.mark.parametrize("screen", [PROJECTOR], indirect=True)
def test_the_presenters_view_shows_one_large_thing_at_a_time(screen):
    page = screen.open("#/teach/quick?present=1")
    page.wait_for_selector(".predict")
    assert not page.locator("header.site").is_visible()
    for phase in ("predict", "run", "explain", "discuss"):
        page.wait_for_selector(f".phase.{phase}")
        assert page.locator(".phase").count() == 1
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height <= PROJECTOR[1] + 2, f"{phase} needs scrolling"
        sizes = page.evaluate(
            "[...document.querySelectorAll('.stage p, .stage li, .stage button, .stage svg text')]"
            ".filter((e) => e.checkVisibility()).map((e) => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 16
        screen.press("ArrowRight")
    screen.press("Escape")
    page.wait_for_selector("header.site", state="visible")
    screen.press("Escape")
    page.wait_for_selector(".demos")


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PROJECTOR], indirect=True)
def test_the_presenters_view_is_walked_through_by_keyboard(screen):
    assert walk(screen, "quick", present=True) == ["First", "Second"]


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PROJECTOR], indirect=True)
@pytest.mark.parametrize("name", NAMES)
def test_every_demonstration_is_walked_through_by_keyboard_on_a_projector(screen, name):
    titles = [step.title for step in read_demonstration(SHIPPED / f"{name}.toml").says.steps]
    assert walk(screen, name, present=True) == titles


@pytest.mark.slow
@pytest.mark.parametrize("screen", [PROJECTOR], indirect=True)
@pytest.mark.parametrize("name", NAMES)
def test_every_chart_and_text_fits_on_a_projector(screen, name):
    for number in range(1, len(read_demonstration(SHIPPED / f"{name}.toml").says.steps) + 1):
        for phase in ("predict", "run", "explain", "discuss"):
            page = screen.open(f"#/teach/{name}?present=1&step={number}&phase={phase}")
            page.reload()
            page.wait_for_selector(f".phase.{phase}")
            height = page.evaluate("document.documentElement.scrollHeight")
            assert height <= PROJECTOR[1] + 2, f"step {number}, {phase}: {height} pixels"
