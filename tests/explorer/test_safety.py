"""Who may ask the server, and what a browser may do with its answers."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from plsim.explorer.app import STATIC, create_app
from plsim.explorer.server.safety import is_loopback

TOKEN = "a-secret-of-this-test"  # noqa: S105


def asking(app: object, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(headers.pop("path", "/"), headers=headers)

    # In a thread: a browser that other tests left open has an event loop of its own in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


@pytest.mark.parametrize("host", ["localhost:8321", "127.0.0.1", "[::1]:80"])
def test_names_of_this_machine_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""])
def test_a_name_that_was_made_to_mean_this_machine_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/api/start", headers={"host": host})

    assert answer.status_code == 421
    assert "scenarios" not in answer.text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}], ids=str
)
def test_pages_of_other_sites_may_not_ask(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/api/values", json={}, headers=headers).status_code == 403


def test_every_answer_tells_the_browser_to_run_only_our_files(client: httpx.Client) -> None:
    for path in ("/", "/static/main.js", "/api/start", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_the_page_holds_no_script_or_style_of_its_own_and_names_no_other_host() -> None:
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        hosts = set(re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]{2,})", text)) - {"www.w3.org"}
        assert not hosts, path.name
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/..%5capp.py", "/static//etc/passwd", "/static/"]
)
def test_no_path_reaches_another_file(client: httpx.Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "import" not in answer.text


def test_with_a_token_nobody_is_answered_without_it() -> None:
    app = create_app(hosts=(), token=TOKEN, first=None)

    assert asking(app).status_code == 401
    assert asking(app, path="/?token=wrong").status_code == 401
    assert asking(app, path="/static/main.js").status_code == 401
    assert asking(app, **{"x-plsim-token": TOKEN}).status_code == 200


def test_the_address_with_the_token_leaves_it_in_a_cookie() -> None:
    app = create_app(hosts=(), token=TOKEN, first=None)

    answer = asking(app, path=f"/?token={TOKEN}")

    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie
    assert "strict" in cookie.lower()
    assert asking(app, cookie=cookie.partition(";")[0]).status_code == 200


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("192.168.1.5", False), ("x", False)],  # noqa: S104
)
def test_only_loopback_is_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "plsim", "explore", "--no-browser", "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, re.search(r"http://\S+", line)[0]  # type: ignore[index]


def test_the_command_serves_the_page_and_ends() -> None:
    process, address = started()
    try:
        for _ in range(200):
            try:
                answer = httpx.get(address, timeout=30.0)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        assert "plsim explorer" in answer.text
        assert "token" not in address
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_other_machines_need_a_token_and_the_command_warns() -> None:
    process, address = started("--host", "0.0.0.0")  # noqa: S104
    process.terminate()
    _, said = process.communicate(timeout=60)

    assert "token=" in address
    assert "lets other machines use this server" in said


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "plsim", "explore", "--no-browser", "--port", port],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
