"""Where people wait, as one table: `python benchmarks/waiting.py [--first] [--tests] [--workers N]`.

Wall seconds of commands in new processes, as somebody at a terminal meets them, so the machine has to be idle. Every
command runs once before it is measured. ``--first`` also measures the first run ever, with an empty cache; ``--tests``
the everyday tests.
"""

from __future__ import annotations

import argparse
import os
import pty
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from speed import batch_rate
from sweeps import SobolTask, seconds_per_run

import plsim

HERE = Path(__file__).resolve().parent
HEADLINE = b"Central world"
NEW_WORLDS = 60


class Waited(NamedTuple):
    """Seconds until a command had ended, and until a text stood on the terminal (infinite where it never did)."""

    end: float
    text: float


def waited(*arguments: str, until: bytes = b"\0", cache: Path | None = None) -> Waited:
    """How long a plsim command takes whose output goes to a terminal."""
    reader, writer = pty.openpty()
    # Python keeps what it compiled, as it does for everybody who has not forbidden it.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if cache is not None:
        env["XDG_CACHE_HOME"] = str(cache)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "plsim", *arguments], stdout=writer, stderr=writer, env=env)
    os.close(writer)
    seen, first = b"", float("inf")
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:  # the other end is closed
            part = b""
        if not part:
            break
        seen += part
        if first == float("inf") and until in seen:
            first = time.perf_counter() - begun
    if process.wait():
        raise SystemExit(f"plsim {' '.join(arguments)} failed:\n{seen.decode(errors='replace')}")
    return Waited(time.perf_counter() - begun, first)


def warm(*arguments: str, until: bytes = b"\0") -> Waited:
    """The same when everything has been used before: the least of two."""
    waited(*arguments, until=until)
    found = [waited(*arguments, until=until) for _ in range(2)]
    return Waited(min(each.end for each in found), min(each.text for each in found))


def yardstick() -> float:
    """Seconds of a loop that has nothing to do with plsim."""
    found = []
    for _ in range(3):
        begun = time.perf_counter()
        total = 0
        for number in range(10_000_000):
            total += number * number
        found.append(time.perf_counter() - begun)
    return min(found)


def rows(asked: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """What is waited for, how long, and what is wanted."""
    with tempfile.TemporaryDirectory() as folder:

        def run(name: str, *options: str, until: bytes = b"\0") -> Waited:
            return warm("run", name, *options, "--force", "--out", f"{folder}/out", until=until)

        yield "ten million turns of a plain Python loop", f"{yardstick():.2f} s", "says how fast the machine is"
        whole = run("nglc_2015", until=HEADLINE)
        yield "plsim run nglc_2015, 40 worlds", f"{whole.end:.1f} s", "under 8 s"
        yield "  its headline on the screen", f"{whole.text:.1f} s", "within 3 s"
        yield "  without other designs and report (--quick)", f"{run('nglc_2015', '--quick').end:.1f} s", "under 5 s"
        small = ("one_school_demo", "--worlds", "0")
        yield (
            "plsim run one_school_demo --worlds 0 --no-report",
            f"{run(*small, '--no-report').end:.2f} s",
            "under 1.2 s",
        )
        yield "  with report", f"{run(*small).end:.2f} s", "under 2.5 s"
        yield "python -c 'import plsim'", f"{seconds_of_import():.2f} s", "nothing heavy"
        if asked.first:
            first = waited("run", *small, "--out", f"{folder}/first", cache=Path(folder) / "cache")
            yield "first run ever, compile included", f"{first.end:.0f} s", "under 45 s"
        stored = waited("validate", "--claims", until=b"laims")
        yield "plsim validate --claims, stored", f"{stored.end:.1f} s", "at once"
        yield "plsim validate", f"{waited('validate').end:.0f} s", "under 60 s"
    task = SobolTask(NEW_WORLDS + 1, parameters=True)
    rate = asked.workers / seconds_per_run(task.prepare(), range(1, NEW_WORLDS + 1))
    yield f"sweep, every run a new world, {asked.workers} processes", f"{rate:.0f} runs/s", "150 runs/s"
    million = batch_rate(plsim.load("nglc_2015")) / 1e6
    yield "all rules, one core, recording off", f"{million:.1f} M student-subject-weeks/s", "25 M"
    if asked.tests:
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile"], cwd=HERE.parent, check=False
        )
        yield "everyday tests", f"{(time.perf_counter() - begun) / 60.0:.1f} min", "under 4 min"


def seconds_of_import() -> float:
    """Wall seconds of a Python that imports plsim and nothing else."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import plsim"], check=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print the table, row by row."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--first", action="store_true", help="also the first run ever, which compiles")
    options.add_argument("--tests", action="store_true", help="also the everyday tests")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of a sweep")
    for what, found, wanted in rows(options.parse_args()):
        print(f"{what:<52} {found:>32}   wanted: {wanted}", flush=True)


if __name__ == "__main__":
    main()
