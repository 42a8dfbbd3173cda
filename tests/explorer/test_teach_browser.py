"""The teaching screens in a real browser: by keyboard, on a projector, on a phone; nothing leaves the machine."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from plsim.explorer.app import create_app
from plsim.explorer.teaching.demonstration_files import (
    SHIPPED,
    LoadedDemonstration,
    all_demonstrations,
    read_demonstration,
)

PHASES = ("Predict", "Run", "Explain", "Discuss")
NAMES = tuple(path.stem for path in sorted(SHIPPED.glob("*.toml")))
DESKTOP, PROJECTOR, PHONE = (1280, 900), (1280, 720), (390, 844)
WAIT = 240_000.0

QUICK = """
kind = "demonstration"
schema_version = 1
title = "A quick one"
about = "For tests."
years = 2
worlds = 4
order = 1
closing = "Take this home."
[changes]
population.schools = 1
population.students_per_school = 60
[settings.plain]
label = "Typical practice"
[settings.coached]
label = "With coaching"
changes.support.coaching_hours = 2.0
[[steps]]
title = "First"
say = "A school gets coaches."
ask = "What happens to learning?"
settings = ["plain", "coached"]
change = [{ setting = "coached" }]
options = [
  { text = "It rises", when = "rises" },
  { text = "It falls", when = "falls" },
  { text = "Nothing clear", when = "unclear" },
]
discuss = ["Why?", "Where?"]
[steps.reveal]
otherwise = "The secret of the first step: {coached}."
[[steps]]
title = "Second"
ask = "And over the years?"
settings = ["plain", "coached"]
outcome = "proficiency"
compare = "years"
years = [1, 2]
change = [{ setting = "coached" }]
options = [{ text = "More", when = "rises" }, { text = "Less", when = ["falls", "unclear"] }]
discuss = ["So what?"]
[steps.reveal]
otherwise = "The secret of the second step: {coached@2}."
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    own = tmp_path_factory.mktemp("demos") / "quick.toml"
    own.write_text(QUICK, encoding="utf-8")
    few: dict[str, LoadedDemonstration] = {
        name: dataclasses.replace(one, says=one.says.model_copy(update={"worlds": 4}))
        for name, one in all_demonstrations(own.parent).items()
    }
    assert few["quick"] == dataclasses.replace(read_demonstration(own, own=True), says=few["quick"].says)
    server = uvicorn.Server(
        uvicorn.Config(create_app(demonstrations=few, first=None), port=0, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(timeout=20)


class Screen:
    """A page that keeps what went wrong: console errors, and requests to other machines."""

    def __init__(self, browser: Any, address: str, size: tuple[int, int], axe: Callable[..., list[str]]) -> None:
        self.axe = axe
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(viewport=viewport, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.address = address
        self.wrong: list[str] = []
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in {"error", "warning"} else None
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._left)

    def _left(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asked {request.url}")

    def open(self, place: str) -> Any:
        self.page.goto(self.address + place)
        self.page.wait_for_selector("main h1", state="attached")
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it stands."""
        return self.axe(self.page)


@pytest.fixture
def screen(
    browser: Any, address: str, axe: Callable[..., list[str]], request: pytest.FixtureRequest
) -> Iterator[Screen]:
    made = Screen(browser, address, getattr(request, "param", DESKTOP), axe)
    yield made
    made.context.close()
    assert made.wrong == []


def walk(screen: Screen, name: str, *, present: bool = False) -> list[str]:
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


@pytest.mark.parametrize("screen", [(1440, 900), (1024, 768)], indirect=True, ids=["1440", "1024"])
def test_the_chart_stays_beside_its_explanation(screen):
    page = screen.open("#/teach/quick?phase=explain&present=1")
    page.wait_for_selector(".explain svg")
    chart, text = (page.locator(f".explain {part}").bounding_box() for part in ("svg", ".text"))
    assert chart["x"] + chart["width"] <= text["x"] + 1
    assert text["y"] < chart["y"] + chart["height"]
    assert page.evaluate("document.documentElement.scrollHeight") <= page.viewport_size["height"] + 2


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_every_worksheet_is_one_page_of_paper(screen, paper):
    for name in (*NAMES, "quick"):
        page = screen.open(f"#/kit/{name}/worksheet")
        page.wait_for_selector(".page svg")
        assert page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.page'))") <= 1, name
        assert pages(page.pdf(format=paper)) == 1, name
    page.emulate_media(media="screen")


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


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
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


@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_nothing_of_a_demonstration_is_wider_than_a_phone(screen):
    page = screen.open("#/teach/quick?step=1&phase=discuss")
    page.wait_for_selector(".discuss")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def classroom(screen: Screen, more: str = "") -> Any:
    page = screen.open(f"#/classroom{more}")
    page.wait_for_selector(".room .pupil")
    return page


def test_two_classes_of_the_same_students_stand_side_by_side(screen):
    page = classroom(screen)
    assert page.locator(".room").count() == 2
    numbers = [
        room.locator(".pupil").evaluate_all("all => all.map((e) => e.dataset.number)")
        for room in page.locator(".room").all()
    ]
    assert numbers[0] == numbers[1]
    boxes = [room.bounding_box() for room in page.locator(".room").all()]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[1]["x"] > boxes[0]["x"]


def test_play_pause_step_and_scrub(screen):
    page = classroom(screen)
    when = page.locator(".scrub span")
    assert when.inner_text() == "Week 1, lesson 1"
    screen.press("ArrowRight")
    assert when.inner_text() == "Week 1, lesson 2"
    screen.press("PageDown", "ArrowLeft")
    assert when.inner_text() == "Week 2, lesson 1"
    screen.press("End")
    assert when.inner_text() == "Week 36, lesson 5"
    page.get_by_role("slider", name="Lesson of the year").fill("52")
    assert when.inner_text() == "Week 11, lesson 2"
    page.get_by_label("Speed").select_option(label="Fast")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_selector("text=/Week (1[2-9]|[23]\\d)/")
    page.get_by_role("button", name="Pause").click()
    stopped = when.inner_text()
    page.wait_for_timeout(600)
    assert when.inner_text() == stopped
    page.locator("h1").focus()
    screen.press("Space")
    assert page.get_by_role("button", name="Pause").count() == 1


def test_a_students_story_is_told_by_click_and_by_keyboard(screen):
    page = classroom(screen, "?lesson=60")
    page.locator(".room").first.locator('.pupil[data-number="7"]').click()
    page.wait_for_selector(".stories li")
    assert page.locator(".stories section").count() == 2
    assert page.locator(".stories li").first.inner_text().startswith("Student 7 began the year")
    assert page.locator(".pupil.chosen").count() == 2
    screen.press("Escape")
    page.wait_for_selector(".stories li", state="detached")
    page.locator(".room").first.locator('.pupil[tabindex="0"]').focus()
    screen.press("ArrowUp", "ArrowUp", "Enter")
    page.wait_for_selector(".stories li")
    number = page.evaluate("document.activeElement.dataset.number")
    assert page.locator(".stories li").first.inner_text().startswith(f"Student {number} ")
    assert "After 12 weeks" in page.locator(".stories li").nth(1).inner_text()
    page.get_by_label("Story of").select_option("3")
    page.wait_for_selector("text=Student 3 began the year")
    page.get_by_role("button", name="Read it below").click()
    page.wait_for_function("innerHeight >= document.querySelector('.stories').getBoundingClientRect().bottom")


def test_a_part_of_the_teachers_week_can_be_looked_at(screen):
    page = classroom(screen, "?lesson=30")
    room = page.locator(".room").first
    room.locator('.time [data-at="group-1"]').click()
    assert "With the teacher: group 2 of" in room.locator("svg").text_content()
    assert "The teacher is with group 2 of" in room.locator(".now").inner_text()
    room.locator('.time [data-at="one_on_one-0"]').click()
    assert "With the teacher: one student" in room.locator("svg").text_content()


def test_moments_and_work_are_shown_as_often_as_they_were_recorded(screen):
    classroom(screen)
    shares = screen.page.evaluate(
        """async () => {
          const { scene, teacherAt, LESSONS } = await import("/static/room.js");
          const { post } = await import("/static/api.js");
          const film = await post("/api/teach/classroom", { left: { start: "personalized_school" } });
          const side = film.sides[0];
          const seen = film.modes.map(() => 0), there = film.modes.map(() => 0);
          let working = 0, expected = 0, present = 0;
          for (let moment = 0; moment < 36 * LESSONS; moment += 1) {
            const week = Math.floor(moment / LESSONS);
            const at = teacherAt(side.weeks[week], film.modes, week, moment % LESSONS);
            seen[film.modes.indexOf(at.mode)] += 1;
            const total = side.weeks[week].time.reduce((a, b) => a + b, 0);
            side.weeks[week].time.forEach((time, index) => { there[index] += time / total; });
            scene(side, film.modes, moment, at).pupils.forEach((one, index) => {
              if (one.absent) return;
              present += 1;
              working += one.working;
              expected += side.students[index].attention[week][film.modes.indexOf(one.mode)];
            });
          }
          const lessons = 36 * LESSONS;
          const shares = (counts) => counts.map((count) => count / lessons);
          return { seen: shares(seen), there: shares(there), working: working / present, expected: expected / present };
        }"""
    )
    assert shares["seen"] == pytest.approx(shares["there"], abs=0.03)
    assert shares["working"] == pytest.approx(shares["expected"], abs=0.02)


def test_own_choices_are_kept_in_the_address(screen):
    page = classroom(screen)
    page.get_by_text("Choose schools, students and practices yourself").click()
    page.get_by_label("The other class does").select_option("nglc_2015")
    page.get_by_label("Grade", exact=True).select_option("7")
    page.get_by_label("Students", exact=True).select_option("12")
    page.wait_for_selector('.room .pupil[data-number="13"]', state="detached")
    page.get_by_text("Change what this class does: Forty early adopters").click()
    page.get_by_label("Technology", exact=True).last.fill("90")
    page.wait_for_selector("h2:has-text('Forty early adopters (NGLC, 2015), changed')")
    assert "r=nglc_2015" in page.url
    assert "r.practices.technology.intensity=0.9" in page.url
    again = page.url
    page.goto("about:blank")
    page.goto(again)
    page.wait_for_selector("h2:has-text('Forty early adopters (NGLC, 2015), changed')")
    assert page.locator(".pupil").count() == 24


ANY_OVERLAP = """() => {
  const box = (e) => e.getBoundingClientRect();
  const over = (a, b, slack) => a.left < b.right - slack && b.left < a.right - slack
    && a.top < b.bottom - slack && b.top < a.bottom - slack;
  const found = [];
  const check = (all, slack) => all.forEach(([a, one], i) => all.slice(i + 1).forEach(([b, other]) => {
    if (over(one, other, slack)) found.push(`${a} | ${b}`);
  }));
  for (const room of document.querySelectorAll(".room")) {
    const marks = [...room.querySelectorAll(".dot")].map((e) => [e.parentNode.dataset.number, box(e)]);
    const words = [...room.querySelectorAll("svg > text")].filter((e) => e.textContent)
      .map((e) => [e.textContent, box(e)]);
    const all = [...marks, ...words];
    check(all, 1);
    const edge = box(room.querySelector("svg"));
    for (const [a, one] of all) {
      if (one.left < edge.left - 1 || one.right > edge.right + 1 || one.bottom > edge.bottom + 1) {
        found.push(`${a} outside`);
      }
    }
  }
  const parts = ".gap-words, .gap-line, .room > h2, .room .canvas, .room .time, .room .now, .room .facts div";
  check([...document.querySelectorAll(parts)].filter((e) => e.checkVisibility() && box(e).width)
    .map((e) => [e.textContent.slice(0, 30), box(e)]), 2);
  return found;
}"""


@pytest.mark.parametrize("screen", [(1440, 900), (1024, 768), PHONE], indirect=True, ids=["1440", "1024", "phone"])
@pytest.mark.parametrize("present", ["", "&present=1"], ids=["page", "presented"])
def test_nothing_of_a_class_covers_anything_else_at_any_size(screen, present):
    page = classroom(screen, f"?lesson=1{present}&students=32")
    for _ in range(6):
        assert page.evaluate(ANY_OVERLAP) == []
        screen.press(*["PageDown"] * 5, "ArrowRight")


@pytest.mark.parametrize("screen", [(1024, 768), (1440, 900)], indirect=True, ids=["1024", "1440"])
def test_the_presented_classroom_is_readable_from_the_last_row(screen):
    page = classroom(screen, "?lesson=60&present=1")
    assert page.evaluate("document.documentElement.scrollHeight") <= screen.page.viewport_size["height"] + 2
    sizes = page.evaluate(
        "[...document.querySelectorAll('.gap-words, .room h2, .now, .facts dd, .room svg > text, .pupil text')]"
        ".filter((e) => e.checkVisibility()).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 14
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.gap-words strong')).fontSize)") >= 40


def test_the_gap_between_two_classes_runs_with_the_year(screen):
    page = classroom(screen, "?lesson=180")
    page.wait_for_selector(".gap-words strong")
    means = page.evaluate(
        """async () => {
          const { post } = await import("/static/api.js");
          const asked = { left: { start: "typical_practice" }, right: { start: "personalized_school" }, grade: 4 };
          const film = await post("/api/teach/classroom", asked);
          const mean = (all) => all.reduce((sum, one) => sum + one.level.at(-1), 0) / all.length;
          return film.sides.map((side) => mean(side.students));
        }"""
    )
    shown = page.locator(".gap-words").inner_text()
    assert shown.split()[0] == f"+{abs(means[1] - means[0]):.1f}"
    assert ("Personalized school" if means[1] > means[0] else "Typical practice") in shown
    screen.press("Home")
    assert page.locator(".gap-words").inner_text() != shown


def test_one_thing_is_changed_and_both_classes_go_on(screen):
    page = classroom(screen, "?lesson=60")
    before = page.locator(".gap-words").inner_text()
    page.get_by_text("Change one thing").click()
    page.get_by_label("From this week on").select_option("aide")
    page.get_by_label("in the class").select_option("left")
    page.get_by_role("button", name="Change it and go on").click()
    page.wait_for_selector(".turned")
    assert "Typical practice, from week 13 on: An aide in the room" in page.locator(".turned").inner_text()
    assert "l.then=aide%4012" in page.url
    page.wait_for_selector("button:text-is('Pause')")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Lesson of the year").fill("60")
    assert page.locator(".gap-words").inner_text() == before  # what was, stays
    page.get_by_role("button", name="Undo it").click()
    page.wait_for_selector(".turned", state="detached")
    assert "then" not in page.url


def test_one_class_alone_can_be_watched(screen):
    page = classroom(screen, "?l=flexible_grouping")
    assert page.locator(".room").count() == 1


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
def test_no_accessibility_finding_in_the_classroom(screen):
    page = classroom(screen, "?lesson=60&student=4")
    page.wait_for_selector(".stories li")
    page.get_by_text("Show this lesson as a table").click()
    page.get_by_text("Choose schools, students and practices yourself").click()
    page.get_by_text("Change what this class does").first.click()
    assert screen.violations() == []
    screen.press("p")
    page.wait_for_selector("header.site", state="hidden")
    assert screen.violations() == []


@pytest.mark.parametrize("screen", [PHONE], indirect=True)
def test_nothing_of_the_classroom_is_wider_than_a_phone(screen):
    page = classroom(screen, "?lesson=60&student=4")
    page.wait_for_selector(".stories li")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_marks_do_not_glide_where_motion_is_not_wanted(screen):
    page = classroom(screen)
    assert page.locator(".pupil").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


def test_the_lesson_is_there_as_a_table(screen):
    page = classroom(screen, "?lesson=60")
    page.get_by_text("Show this lesson as a table").click()
    page.wait_for_selector(".as-table table")
    assert page.locator(".as-table table").count() == 2
    assert page.locator(".as-table table").first.locator("tbody tr").count() == 22
    before = page.locator(".as-table caption").first.inner_text()
    page.locator("h1").focus()
    screen.press("PageDown")
    assert page.locator(".as-table caption").first.inner_text() != before


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
def pseudo(browser: Any, address: str, axe: Callable[..., list[str]]) -> Iterator[Screen]:
    """A page in a language in which every text of a catalogue stands in brackets."""
    made = Screen(browser, address, DESKTOP, axe)
    made.context.add_init_script("localStorage.setItem('plsim-language', 'qps')")
    yield made
    made.context.close()
    assert made.wrong == []


@pytest.mark.parametrize(
    ("place", "wait"),
    [
        ("#/teach", ".demos"),
        ("#/teach/own-pace?step=1", ".predict"),
        ("#/kit/own-pace/worksheet", ".page svg"),
        ("#/classroom?lesson=60&student=4", ".stories li"),
        ("#/game", ".plan input"),
    ],
    ids=["list", "step", "worksheet", "classroom", "game"],
)
def test_every_text_of_the_teaching_screens_comes_from_a_catalogue(pseudo, place, wait):
    page = pseudo.open(place)
    page.wait_for_selector(wait, state="attached")
    own = {"A quick one", "For tests.", "Take this home."}
    assert [text for text in page.evaluate(UNBRACKETED, "body") if text not in own] == []


@pytest.mark.parametrize("within", ["nav", ".settings", ".tabs", ".actions", ".pinned", "footer.site"])
def test_every_text_around_an_answer_comes_from_a_catalogue(pseudo, within):
    """The answer itself is told in sentences of the report, which are known again by their pattern."""
    page = pseudo.open("#/explore?start=one_school_demo&years=1&worlds=0")
    page.wait_for_selector(".cards")
    assert page.evaluate(UNBRACKETED, within) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_spanish_pages_are_spanish_and_accessible(browser, address, axe, size):
    made = Screen(browser, address, size, axe)
    made.context.close()
    made.context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="es-ES", reduced_motion="reduce"
    )
    made.page = made.context.new_page()
    made.page.set_default_timeout(WAIT)
    for place, wait, words in (
        ("#/teach", ".demos", "Enseñar con ello"),
        ("#/teach/own-pace?step=1", ".predict", "Cada uno a su ritmo"),
        ("#/classroom?lesson=60", ".room .pupil", "Qué observar"),
        ("#/game", ".plan input", "El juego del distrito"),
    ):
        page = made.open(place)
        page.wait_for_selector(wait, state="attached")
        assert page.locator("html").get_attribute("lang") == "es"
        assert words in page.locator("main").inner_text()
        assert axe(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], place
    gap = made.open("#/classroom?lesson=180").locator(".gap-words strong")
    gap.wait_for()
    assert re.fullmatch(r"[+−]?\d+,\d", gap.inner_text())
    made.context.close()
