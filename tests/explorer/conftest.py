"""A real server in a thread, and a real browser that fails on what a page must not do."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from plsim.explorer.app import create_app
from plsim.explorer.server.connections import server_config

WAIT_SECONDS = 60.0
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that runs as long as the tests."""
    config = server_config(create_app(first=None), port=0, log_level="error")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + WAIT_SECONDS
    while not running.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10.0)


@pytest.fixture(scope="session")
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


class Watched:
    """What a page did that no page of ours may do."""

    def __init__(self, page: Any, server: str) -> None:
        self.host = urlsplit(server).netloc
        self.troubles: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def _said(self, message: Any) -> None:
        # A browser reports every answer that is not 2xx; tests that provoke one look at what the page says.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.troubles.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"blob", "data"} and parts.netloc != self.host:
            self.troubles.append(f"asked {url}")


def opened(browser: Any, server: str, *, width: int, height: int) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(1000.0 * WAIT_SECONDS)
    watched = Watched(page, server)
    yield page
    context.close()
    assert not watched.troubles


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A page on a desk's screen. It must not complain, and must not ask anybody but our server."""
    yield from opened(browser, server, width=1280, height=900)


@pytest.fixture
def phone(browser: Any, server: str) -> Iterator[Any]:
    """The same on a phone's."""
    yield from opened(browser, server, width=390, height=844)


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
