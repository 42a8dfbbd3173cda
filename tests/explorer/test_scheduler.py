"""Who works when, and that nothing goes on once the server has ended."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from plsim.explorer.server.scheduler import Scheduler, Superseded


@pytest.mark.parametrize("kind", ["urgent", "patient"])
def test_what_has_begun_stops_before_its_next_week_and_what_has_not_is_dropped(kind: str) -> None:
    scheduler = Scheduler(1)
    begin, week = (scheduler.urgent, scheduler.go_on) if kind == "urgent" else (scheduler.patient, scheduler.give_way)
    begun = threading.Event()

    def weeks() -> None:
        while True:
            begun.set()
            week()

    under_way, in_line = begin(weeks), begin(weeks)
    assert begun.wait(10.0)
    scheduler.close()
    assert under_way.done()
    with pytest.raises(Superseded):
        under_way.result()
    with pytest.raises(CancelledError):
        in_line.result()
    with pytest.raises(RuntimeError, match="shutdown"):
        begin(weeks)


def test_who_gives_way_does_not_hold_up_the_end() -> None:
    scheduler = Scheduler(1)
    go, waits = threading.Event(), threading.Event()

    def patient() -> None:
        waits.set()
        scheduler.give_way()

    urgent, patiently = scheduler.urgent(go.wait), scheduler.patient(patient)
    assert waits.wait(10.0)
    stopped = []

    def let_go() -> None:
        stopped.append(patiently.done())
        go.set()

    threading.Timer(0.5, let_go).start()
    scheduler.close()
    assert urgent.result() is True
    assert stopped == [True]
    with pytest.raises(Superseded):
        patiently.result()
