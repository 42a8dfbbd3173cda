"""What the server bears: bad headers, slow connections, large files, and long use."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import itertools
import random
import socket
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from plsim.core.errors import InputError, PopulationError
from plsim.explorer.app import create_app
from plsim.explorer.server import safety
from plsim.explorer.server.connections import Impatient
from plsim.explorer.server.kept import Kept, bytes_of, give_back
from plsim.explorer.server.reader import Gone, Reader
from plsim.explorer.server.uploads import MAX_ROWS, Sent, SentFiles, Uploads

ROSTER = (Path(__file__).resolve().parents[1] / "data" / "roster.csv").read_bytes()
SMALL = {"population.schools": 2, "population.students_per_school": 50, "population.charter_schools": 0}
DEMO: dict[str, Any] = {"start": "personalized_school", "years": 1, "worlds": 0, "changes": SMALL}


def sent(name: str, content: bytes) -> SentFiles:
    return SentFiles(files=[Sent(name=name, content=base64.b64encode(content).decode())])


@pytest.mark.parametrize("origin", ["http://[", "http://]", "//", "http://[::1", "", "null", "\x7f", "http://a b"])
def test_a_malformed_origin_is_refused_with_all_headers(client: httpx.Client, origin: str) -> None:
    answer = client.post("/api/values", json={}, headers={"origin": origin})

    assert answer.status_code == 403
    for name, value in safety.HEADERS.items():
        assert answer.headers[name] == value


def test_an_error_of_ours_carries_all_headers_too() -> None:
    app = create_app(first=None)

    @app.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asking:
            return await asking.get("/api/broken")

    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(asyncio.run, ask()).result()
    assert answer.status_code == 500
    assert {name.lower() for name in safety.HEADERS} <= set(answer.headers)
    assert "broken" not in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/api/start", "/api/controls", "/static/main.js"])
def test_another_sites_page_gets_nothing_computed(client: httpx.Client, site: str, path: str) -> None:
    assert client.get(path, headers={"sec-fetch-site": site}).status_code == 403


def test_a_link_from_another_site_opens_the_page(client: httpx.Client) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/", headers={**headers, "sec-fetch-mode": "no-cors"}).status_code == 403


def test_who_knows_more_worlds_than_there_are_is_answered(client: httpx.Client) -> None:
    answer = client.post("/api/evaluation", json={**DEMO, "worlds": 1, "known": 100})

    assert answer.status_code == 200
    assert answer.json()["worlds"]["done"] == 1


def test_a_connection_that_says_nothing_or_half_a_head_is_closed(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "patience", 0.5)
    host, port = server.removeprefix("http://").split(":")
    for said in (b"", b"GET / HTTP/1.1\r\nHost: loc"):
        with socket.create_connection((host, int(port))) as half_open:
            half_open.sendall(said)
            half_open.settimeout(20.0)
            assert half_open.recv(1000) == b""


def test_a_connection_that_is_used_again_is_not_closed_between(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "patience", 1.0)
    with httpx.Client(base_url=server, timeout=60.0) as one:
        for _ in range(4):
            assert one.get("/").status_code == 200
            time.sleep(0.4)


def test_a_body_that_does_not_come_is_not_waited_for(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "MAX_BODY_SECONDS", 0.5)
    host, port = server.removeprefix("http://").split(":")
    head = (
        b"POST /api/values HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    )
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(head)
        slow.settimeout(20.0)
        slow.recv(2000)  # an error, or the end


def packed(rows: int) -> bytes:
    line = b"1,a,3,m,r,t,u,200,200,yes\n"
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped,
        zipped.open("roster.csv", "w", force_zip64=True) as to,
    ):
        for _ in range(rows // 10_000):
            to.write(line * 10_000)
    return out.getvalue()


class Unused(Reader):
    """A reader that must not be asked."""

    def read(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("it was read")


def test_a_zip_of_three_million_rows_is_refused_before_it_is_read() -> None:
    with pytest.raises(PopulationError, match="more than 1,000,000 rows"):
        Uploads(Unused()).add(sent("district.zip", packed(3_000_000)))


def test_too_many_rows_are_refused_before_they_are_read() -> None:
    with pytest.raises(PopulationError, match="rows"):
        Uploads(Unused()).add(sent("roster.csv", b"\n" * (MAX_ROWS + 1)))


def slow_read(_: dict[str, bytes]) -> None:
    time.sleep(600.0)


def greedy_read(_: dict[str, bytes]) -> int:
    return int(np.ones(1 << 33).sum())


@pytest.fixture
def found_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads imports this file, however pytest was called."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[__name__.count(".")])


@pytest.mark.usefixtures("found_by_others")
@pytest.mark.slow
def test_reading_ends_after_a_time() -> None:
    reader = Reader(seconds=0.3, read=slow_read)
    with pytest.raises(PopulationError, match="takes longer"):
        reader.read({})
    assert reader._process is None


@pytest.mark.usefixtures("found_by_others")
def test_reading_ends_when_nobody_waits() -> None:
    reader = Reader(read=slow_read)
    until = time.monotonic() + 0.5
    with pytest.raises(Gone):
        reader.read({}, gone=lambda: time.monotonic() > until)
    assert reader._process is None


@pytest.mark.usefixtures("found_by_others")
@pytest.mark.slow
def test_reading_may_not_take_all_memory() -> None:
    reader = Reader(read=greedy_read)
    with pytest.raises(PopulationError, match="too much memory"):
        reader.read({})
    reader.close()


def test_what_is_wrong_with_a_file_is_told_in_its_own_words() -> None:
    uploads = Uploads()
    with pytest.raises(InputError, match=r"roster\.csv"):
        uploads.add(sent("roster.csv", b"nothing,of,this\n1,2,3\n"))
    name, students = uploads.add(sent("roster.csv", ROSTER))
    assert len(uploads.students(name)) == len(students) > 0
    uploads.close()


def test_values_are_kept_by_the_weight_they_have_grown_to() -> None:
    kept: Kept[list[float]] = Kept(10.0, lambda each: float(sum(each)))
    first, second = kept.put("a", [1.0]), kept.put("b", [1.0])
    second.append(20.0)
    kept.weigh("b")
    assert kept.get("a") is None
    assert kept.get("b") is second
    assert kept.heavy == 21.0
    assert first == [1.0]


def test_the_weight_of_values_counts_each_array_once() -> None:
    array = np.zeros(1000)
    assert bytes_of([array, {"again": array}], array[:10]) == 8000.0
    assert bytes_of([array, np.zeros(10)], without=(array,)) == 80.0
    assert bytes_of(np.broadcast_to(np.nan, 10_000)) == 8.0


def resting() -> float:
    """Memory of this process in MB."""
    gc.collect()
    give_back()
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return float(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024.0


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's account of memory")
def test_two_hundred_uploads_and_five_hundred_moves_leave_memory_where_it_was() -> None:
    app = create_app(first=None)
    rng = random.Random(17)  # noqa: S311 - no secret
    turns = itertools.count(1)

    async def use(moves: int, uploads: int) -> None:
        transport = httpx.ASGITransport(app=app)
        content = base64.b64encode(ROSTER).decode()
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=600.0) as asking:
            for _ in range(uploads):
                files = {"files": [{"name": "roster.csv", "content": content}]}
                assert (await asking.post("/api/population", json=files)).status_code == 200
            for _ in range(moves):
                changes = {
                    **SMALL,
                    "population.schools": rng.randrange(2, 30),
                    "population.students_per_school": 100,
                    "practices.technology.intensity": rng.random(),
                    "context.class_size": rng.randrange(15, 30),
                }
                asked = {**DEMO, "changes": changes, "visitor": "one", "turn": next(turns)}
                assert (await asking.post("/api/evaluation", json=asked)).status_code == 200

    async def whole() -> tuple[float, float]:
        async with app.router.lifespan_context(app):
            await use(30, 5)
            before = resting()
            await use(500, 200)
            return before, resting()

    with ThreadPoolExecutor(1) as thread:
        before, after = thread.submit(asyncio.run, whole()).result()
    said = f"{before:.0f} MB after 30 moves, {after:.0f} MB after 500 more and 200 uploads"
    print(said)  # noqa: T201 - what pytest -s is for
    assert after < before + 150.0, said
