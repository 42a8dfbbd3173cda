"""The classroom in a real browser: two classes side by side, lesson by lesson."""

from __future__ import annotations

import pytest

PHONE = (390, 844)


def test_two_classes_of_the_same_students_stand_side_by_side(screen):
    page = screen.classroom()
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
    page = screen.classroom()
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
    page = screen.classroom("?lesson=60")
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
    page = screen.classroom("?lesson=30")
    room = page.locator(".room").first
    room.locator('.time [data-at="group-1"]').click()
    assert "With the teacher: group 2 of" in room.locator("svg").text_content()
    assert "The teacher is with group 2 of" in room.locator(".now").inner_text()
    room.locator('.time [data-at="one_on_one-0"]').click()
    assert "With the teacher: one student" in room.locator("svg").text_content()


def test_moments_and_work_are_shown_as_often_as_they_were_recorded(screen):
    screen.classroom()
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
    page = screen.classroom()
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


SIZES = [(1440, 900), (1024, 768), PHONE]
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


@pytest.mark.slow
@pytest.mark.parametrize("screen", SIZES, indirect=True, ids=["1440", "1024", "phone"])
@pytest.mark.parametrize("present", ["", "&present=1"], ids=["page", "presented"])
def test_nothing_of_a_class_covers_anything_else_at_any_size(screen, present):
    page = screen.classroom(f"?lesson=1{present}&students=32")
    for _ in range(6):
        assert page.evaluate(ANY_OVERLAP) == []
        screen.press(*["PageDown"] * 5, "ArrowRight")


@pytest.mark.parametrize(
    "screen", [(1024, 768), pytest.param((1440, 900), marks=pytest.mark.slow)], indirect=True, ids=["1024", "1440"]
)
def test_the_presented_classroom_is_readable_from_the_last_row(screen):
    page = screen.classroom("?lesson=60&present=1")
    assert page.evaluate("document.documentElement.scrollHeight") <= screen.page.viewport_size["height"] + 2
    sizes = page.evaluate(
        "[...document.querySelectorAll('.gap-words, .room h2, .now, .facts dd, .room svg > text, .pupil text')]"
        ".filter((e) => e.checkVisibility()).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 14
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.gap-words strong')).fontSize)") >= 40


def test_the_gap_between_two_classes_runs_with_the_year(screen):
    page = screen.classroom("?lesson=180")
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
    page = screen.classroom("?lesson=60")
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
    page = screen.classroom("?l=flexible_grouping")
    assert page.locator(".room").count() == 1


def test_marks_do_not_glide_where_motion_is_not_wanted(screen):
    page = screen.classroom()
    assert page.locator(".pupil").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


def test_the_lesson_is_there_as_a_table(screen):
    page = screen.classroom("?lesson=60")
    page.get_by_text("Show this lesson as a table").click()
    page.wait_for_selector(".as-table table")
    assert page.locator(".as-table table").count() == 2
    assert page.locator(".as-table table").first.locator("tbody tr").count() == 22
    before = page.locator(".as-table caption").first.inner_text()
    page.locator("h1").focus()
    screen.press("PageDown")
    assert page.locator(".as-table caption").first.inner_text() != before
