"""Progress of sweeps in log files: a line every half minute, and rates of this call only."""

from __future__ import annotations

import io
import re

import pytest

from plsim.cli import progress
from plsim.cli.progress import sweep_progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_every_half_minute_with_rate_and_time_left(clock, capsys) -> None:
    with sweep_progress("study", wanted=True) as report:
        report(1000, 43_000)
        for _ in range(59):
            clock[0] += 1.0
            report(1000 + round(100 * (clock[0] - 100.0)), 43_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["study: 4,000 of 43,000 runs, 100 a second, 6 min left"]


def test_slow_runs_have_a_rate_too_and_long_sweeps_hours(clock, capsys) -> None:
    with sweep_progress("study", wanted=True) as report:
        report(0, 1000)
        clock[0] += 40.0
        report(3, 1000)
    assert capsys.readouterr().err == "study: 3 of 1,000 runs, 0.075 a second, 3 h 42 min left\n"


def test_a_terminal_gets_a_bar_that_starts_where_the_last_call_ended(monkeypatch) -> None:
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", screen)
    with sweep_progress("study", wanted=True) as report:
        report(900, 1000)
        report(1000, 1000)
    drawn = screen.getvalue()
    assert re.search(r"study:\s+90%.*900/1000", drawn)
    assert "1000/1000" in drawn


def test_nobody_is_told_who_does_not_want_to_know(capsys) -> None:
    with sweep_progress("study", wanted=False) as report:
        assert report is None
    assert capsys.readouterr().err == ""
