"""Progress, on stderr: bars on a terminal; of sweeps, which take long, a plain line now and then anywhere else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from plsim.core.phases import phases_told_by

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""

LINE_SECONDS = 30.0
PHASE_SECONDS = 2.0
"""After which a terminal shows a phase without a count."""


@contextmanager
def progress_bar(label: str, *, wanted: bool) -> Iterator[Progress | None]:
    """A function to report progress to, or ``None`` when nobody watches."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(desc=label, file=sys.stderr, leave=False) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report


@contextmanager
def phases(*, wanted: bool) -> Iterator[None]:
    """Shows what the work inside is doing (:func:`plsim.core.phases.phase`).

    On a terminal after two seconds, with the time it has taken; elsewhere, as in a log, one line after half a minute.
    """
    if not wanted:
        yield
        return
    with phases_told_by(_shown):
        yield


@contextmanager
def _shown(name: str) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(name, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _show(name: str, over: threading.Event) -> None:
    watched = sys.stderr.isatty()
    if over.wait(PHASE_SECONDS if watched else LINE_SECONDS):
        return
    if not watched:
        print(f"{name} ...", file=sys.stderr, flush=True)
        return
    from tqdm import tqdm

    with tqdm(desc=name, bar_format="{desc}: {elapsed}", file=sys.stderr, leave=False) as line:
        line.start_t -= PHASE_SECONDS
        while not over.wait(1.0):
            line.refresh()


@contextmanager
def sweep_progress(label: str, *, wanted: bool) -> Iterator[Progress | None]:
    """A function to report the runs of a sweep to, or ``None`` when nobody wants to know.

    Its first call says what was done before. On a terminal it draws a bar with rate and time left; elsewhere, as in
    the log of a batch job, it writes a line every half minute.
    """
    if not wanted:
        yield None
    elif sys.stderr.isatty():
        from tqdm import tqdm

        bar: tqdm | None = None

        def draw(done: int, total: int) -> None:
            nonlocal bar
            if bar is None:
                bar = tqdm(desc=label, initial=done, total=total, unit=" runs", file=sys.stderr, smoothing=0.05)
            bar.update(done - bar.n)

        try:
            yield draw
        finally:
            if bar is not None:
                bar.close()
    else:
        yield _Lines(label)


class _Lines:
    """A line every half minute: how far, how fast, how long still."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._begun = self._told = monotonic()
        self._before: int | None = None

    def __call__(self, done: int, total: int) -> None:
        now = monotonic()
        if self._before is None:
            self._before, self._begun = done, now
        if now - self._told < LINE_SECONDS:
            return
        self._told = now
        rate = (done - self._before) / max(now - self._begun, 1e-9)
        left = f"{_span((total - done) / rate)} left" if rate > 0 else "time left unknown"
        speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
        print(f"{self._label}: {done:,} of {total:,} runs, {speed} a second, {left}", file=sys.stderr, flush=True)


def _span(seconds: float) -> str:
    """A duration in words: ``45 s``, ``12 min``, ``3 h 20 min``."""
    minutes = round(seconds / 60.0)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
