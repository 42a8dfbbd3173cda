"""How fast the explorer answers: the first picture, a slider in a real browser, and ten people at once.

    python benchmarks/explorer.py [--moves 20] [--people 10]

Starts `plsim explore` as anybody would, and measures from outside. Chromium is needed for the slider.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

SLIDER = '[data-key="practices.advising.intensity"] input'
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def started() -> tuple[subprocess.Popen[str], str, float]:
    """The server, its address, and when it was up."""
    command = [sys.executable, "-u", "-m", "plsim", "explore", "--no-browser", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+?(?=/?\s)", process.stdout.readline())
    assert found is not None
    while True:
        try:
            httpx.get(found[0])
            return process, found[0], time.perf_counter()
        except httpx.TransportError:
            time.sleep(0.01)


def asked(client: httpx.Client, visitor: int, move: int) -> float:
    """Seconds until the picture of a setting that nobody has asked for."""
    changes = {"practices.technology.intensity": round(0.1 + 0.00001 * (visitor + 100 * move), 6)}
    question = {"start": "nglc_2015", "changes": changes, "visitor": f"person-{visitor}"}
    begun = time.perf_counter()
    answer = client.post("/api/evaluation", json=question)
    answer.raise_for_status()
    return time.perf_counter() - begun


def used(process: subprocess.Popen[str]) -> float:
    """Processor seconds that the server has used; NaN where the system does not say."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(what: str, seconds: list[float]) -> None:
    middle, worst = statistics.median(seconds), max(seconds)
    print(f"{what:<58} {1000.0 * middle:7.0f} ms median  {1000.0 * worst:7.0f} ms worst of {len(seconds)}")


def slider(address: str, moves: int) -> list[float]:
    """Seconds from a slider's move to the frame with its picture, by the browser's own clock."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        return []
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/#/explore?start=nglc_2015")
        page.wait_for_selector(".cards", timeout=300_000)
        page.wait_for_selector(".short progress", state="detached", timeout=600_000)
        count = "performance.getEntriesByName('move to picture').length"
        for move in range(moves):
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            page.locator(SLIDER).fill(f"{0.3 + 0.01 * move:.2f}")
            while page.evaluate(count) <= move:
                time.sleep(0.02)
        found = page.evaluate("performance.getEntriesByName('move to picture').map((one) => one.duration)")
        browser.close()
    return [one / 1000.0 for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--people", type=int, default=10)
    options = parser.parse_args()
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    print(f"nglc_2015: 10,600 students, 40 schools, two years; {os.cpu_count()} processors{load}")
    process, address, up = started()
    try:
        httpx.post(f"{address}/api/evaluation", json={"start": "nglc_2015"}, timeout=300.0).raise_for_status()
        print(f"{'first picture after the server is up':<58} {1000.0 * (time.perf_counter() - up):7.0f} ms")
        clients = [httpx.Client(base_url=address, timeout=300.0) for _ in range(options.people)]
        told("one person, one setting after the other", [asked(clients[0], 0, move) for move in range(options.moves)])
        moved = slider(address, options.moves)
        if moved:
            told("slider to picture in Chromium", moved)
        numbers = range(options.people)
        with ThreadPoolExecutor(options.people) as people:
            for move in range(200, 203):
                before = used(process)
                each = list(people.map(asked, clients, numbers, [move] * options.people))
                told(f"{options.people} people at once, each a setting of their own", each)
                each_used = 1000.0 * (used(process) - before) / options.people
                print(f"{'  processor time of each picture':<58} {each_used:7.0f} ms")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
