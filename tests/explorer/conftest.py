"""Real servers in threads, and a real browser that fails on what a page must not do."""

from __future__ import annotations

import dataclasses
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn

from plsim.explorer.app import create_app
from plsim.explorer.server.connections import server_config
from plsim.explorer.teaching.demonstration_files import all_demonstrations, read_demonstration

WAIT_SECONDS = 60.0
DESK, PHONE = (1280, 900), (390, 844)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


QUICK = """
kind = "demonstration"
schema_version = 1
title = "A quick one"
about = "For tests."
years = 2
worlds = 10
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


@contextmanager
def served(**app: Any) -> Iterator[str]:
    """The address of a server that runs meanwhile."""
    running = uvicorn.Server(server_config(create_app(first=None, **app), port=0, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + WAIT_SECONDS
    while not running.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=WAIT_SECONDS)
    assert not thread.is_alive(), "the server goes on: other tests would run beside what it does"


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    """The address of a server that runs as long as the tests of the explorer."""
    with served() as address:
        yield address


@pytest.fixture(scope="package")
def teaching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with few worlds in each demonstration, and with a quick one of a trainer's own."""
    own = tmp_path_factory.mktemp("demos") / "quick.toml"
    own.write_text(QUICK, encoding="utf-8")
    few = {
        name: dataclasses.replace(one, says=one.says.model_copy(update={"worlds": 4}))
        for name, one in all_demonstrations(own.parent).items()
    }
    assert few["quick"] == dataclasses.replace(read_demonstration(own, own=True), says=few["quick"].says)
    with served(demonstrations=few) as address:
        yield address


@pytest.fixture(scope="package")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium; tests that need it are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install the distribution's package `chromium`")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Window:
    """One tab for many tests, since a new one costs more time than most of them, and what it did that it may not."""

    def __init__(self, browser: Any, **context: Any) -> None:
        self.context = browser.new_context(accept_downloads=True, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000.0 * WAIT_SECONDS)
        self.allowed = ""
        self.troubles: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _said(self, message: Any) -> None:
        # A browser reports every answer that is not 2xx; tests that provoke one look at what the page says.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.troubles.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if url != "about:blank" and not url.startswith((self.allowed, "blob:", "data:")):
            self.troubles.append(f"asked {url}")

    @contextmanager
    def turn(self, allowed: str, size: tuple[int, int], *, motion: bool = True) -> Iterator[Any]:
        """The page as if it were new. It may ask only addresses that begin with ``allowed``, and must not complain."""
        self.page.goto("about:blank")
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(media="null", color_scheme="null", reduced_motion="null" if motion else "reduce")
        self.allowed = allowed
        self.troubles.clear()
        yield self.page
        troubles = list(self.troubles)
        self.page.evaluate("origin === 'null' || (localStorage.clear(), sessionStorage.clear())")
        self.context.clear_permissions()
        assert not troubles


@pytest.fixture(scope="session")
def open_window(browser: Any) -> Callable[..., AbstractContextManager[Window]]:
    """Opens a window of its own, for a test file that needs another language or no network."""

    @contextmanager
    def opened(**context: Any) -> Iterator[Window]:
        made = Window(browser, **context)
        yield made
        made.context.close()

    return opened


@pytest.fixture(scope="session")
def window(open_window: Callable[..., AbstractContextManager[Window]]) -> Iterator[Window]:
    with open_window() as made:
        yield made


@pytest.fixture
def page(window: Window, server: str) -> Iterator[Any]:
    """A page on a desk's screen. It must not complain, and must not ask anybody but our server."""
    with window.turn(f"{server}/", DESK) as page:
        yield page


@pytest.fixture
def phone(page: Any) -> Any:
    """The same on a phone's."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return page


class Decision:
    """The page to explore a decision, and what tests do with it."""

    demo = "start=one_school_demo&years=1&worlds=4"
    quick = "start=one_school_demo&years=1&worlds=0"

    def __init__(self, page: Any, server: str) -> None:
        self.page = page
        self.server = server

    def open(self, query: str) -> Any:
        self.page.goto(f"{self.server}/#/explore?{query}")
        self.answered()
        return self.page

    def answered(self) -> None:
        """Wait until the last world is in."""
        self.page.wait_for_selector(".answer:not([aria-busy]) .cards")
        self.page.wait_for_selector(".sure progress", state="detached")

    def slider(self, key: str) -> Any:
        """A slider, with everything open that it lies in."""
        line = self.page.locator(f'[data-key="{key}"]')
        line.evaluate(
            "e => { for (let at = e; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"
        )
        return line.locator("input, select").first

    def tab(self, name: str) -> Any:
        """One of the tabs below the main picture, opened."""
        self.page.locator(f'[data-tab="{name}"]').click()
        return self.page.locator("#tab-panel")

    @staticmethod
    def pins(*changes: str) -> str:
        """What pins plans with these changes."""
        texts = (f"Plan {index + 1}|one_school_demo|1||{one}" for index, one in enumerate(changes))
        return "".join(f"&pin={quote(text)}" for text in texts)


@pytest.fixture
def decision(page: Any, server: str) -> Decision:
    return Decision(page, server)


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """What axe-core finds wrong with a page as it stands, or with a part of it, in words."""
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    path = next(path for root in package.__path__ for path in Path(root).rglob("axe.min.js"))
    script = path.read_text(encoding="utf-8") + "\n;0"

    def violations(page: Any, of: str = "") -> list[str]:
        page.evaluate(script)
        found = page.evaluate("(of) => axe.run(of || document, {resultTypes: ['violations']})", of)
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})" for one in found["violations"]]

    return violations


class Screen:
    """A page to teach with, whose pictures do not glide."""

    def __init__(self, page: Any, address: str, axe: Callable[..., list[str]]) -> None:
        self.page = page
        self.address = address
        self.axe = axe

    def open(self, place: str) -> Any:
        self.page.goto(f"{self.address}/{place}")
        self.page.wait_for_selector("main h1", state="attached")
        return self.page

    def classroom(self, more: str = "") -> Any:
        self.open(f"#/classroom{more}")
        self.page.wait_for_selector(".room .pupil")
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it stands."""
        return self.axe(self.page)


@pytest.fixture
def screen(
    window: Window, teaching: str, axe: Callable[..., list[str]], request: pytest.FixtureRequest
) -> Iterator[Screen]:
    """A screen of a desk, or of the size that a test asks for."""
    with window.turn(f"{teaching}/", getattr(request, "param", DESK), motion=False) as page:
        yield Screen(page, teaching, axe)
