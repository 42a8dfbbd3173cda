"""Practices with levers, sessions and skill of their own: both engines agree, and they do what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("own_practices.py")


def told(what: str) -> dict[str, Any]:
    """What the script finds."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), what], capture_output=True, text=True, timeout=1000, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(1200)
def test_engines_agree_with_practices_that_have_something_of_their_own() -> None:
    found = told("agree")
    assert len(found) == 3
    assert not any(found.values()), found


@pytest.mark.slow
def test_sessions_reach_whom_they_are_meant_for_and_take_their_time_from_somebody() -> None:
    found = told("effects")
    lowest, highest, paid, lessons = (found[name] for name in ("lowest", "highest", "paid", "lessons"))
    assert lowest["served"] > 0.5 > 10.0 * abs(lowest["too old"])
    assert abs(lowest["higher"]) < 0.1 < highest["higher"]
    assert highest["served"] < 0.1
    # Hours that are not paid are asked of teachers on top; paid ones are not; those in lessons cost the class.
    assert lowest["demand"] > 0.5
    assert abs(paid["demand"]) < 0.1
    assert paid["served"] > lowest["served"]
    assert lessons["higher"] < -0.1 < paid["higher"]
    # Skill of its own grows with use, and is at rest without.
    assert lowest["skill"] > found["none"]["skill"] + 0.1
    assert found["engagement"] > 0.02
