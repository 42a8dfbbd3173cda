"""Progress of sweeps in log files: a line every half minute, and rates of this call only."""

from __future__ import annotations

import io
import re
from time import sleep

import pytest

from plsim.cli import progress
from plsim.cli.progress import sweep_progress
from plsim.core.phases import phase


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


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_of_a_phase_without_a_count_once_that_takes_long(monkeypatch, capsys) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.05)
    with progress.phases(wanted=True):
        with phase("Short"):
            pass
        with phase("Analysing 10 runs"):
            sleep(0.5)
    assert capsys.readouterr().err == "Analysing 10 runs ...\n"
    with phase("Nobody watches"):
        sleep(0.1)
    with progress.phases(wanted=False), phase("Nobody wants to know"):
        sleep(0.1)
    assert capsys.readouterr().err == ""


def test_a_phase_on_a_terminal_says_how_long_it_has_taken_and_leaves_nothing(monkeypatch) -> None:
    screen = _Terminal()
    monkeypatch.setattr(progress, "PHASE_SECONDS", 0.05)
    monkeypatch.setattr(progress.sys, "stderr", screen)
    with progress.phases(wanted=True), phase("Writing the report"):
        sleep(0.5)
    assert "Writing the report: 00:0" in screen.getvalue()
    assert screen.getvalue().rsplit("\r", 1)[-1].strip() == ""


def test_a_phase_ends_with_its_error() -> None:
    with pytest.raises(ValueError, match="wrong"), progress.phases(wanted=True), phase("Work"):
        raise ValueError("wrong")
    with phase("Nobody watches any more"):
        pass
