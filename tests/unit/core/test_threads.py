"""Linear algebra takes one thread in commands and in workers, unless somebody has said other."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from plsim.core.threads import SETTINGS, one_thread_each

COMMAND = """
import os, sys
from plsim.cli.main import main
print("numpy" in sys.modules)
try:
    main(["--version"])
except SystemExit:
    pass
print(*(os.environ[name] for name in {names}))
"""


def said(**given: str) -> list[str]:
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS} | given
    command = [sys.executable, "-c", COMMAND.format(names=SETTINGS)]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.splitlines()


def test_a_command_asks_for_one_thread_before_numpy_is_loaded() -> None:
    first, *_, last = said()
    assert (first, last) == ("False", "1 1 1 1 1")


def test_what_somebody_has_said_holds() -> None:
    assert said(OPENBLAS_NUM_THREADS="3")[-1] == "3 1 1 1 1"


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTINGS[0], raising=False)
    monkeypatch.setenv(SETTINGS[1], "2")
    with one_thread_each():
        assert [os.environ[name] for name in SETTINGS[:2]] == ["1", "2"]
    assert (SETTINGS[0] in os.environ, os.environ[SETTINGS[1]]) == (False, "2")
