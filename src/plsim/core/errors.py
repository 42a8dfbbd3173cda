"""Every error plsim raises on purpose.

::

    PlsimError
    ├── InputError            what somebody gave us is wrong        exit status 2
    │   ├── ScenarioError     a scenario file or an override
    │   │   └── ScenarioFileError      several things in one file, a line each
    │   ├── PopulationError   a district's export, a roster
    │   │   └── PopulationFileError    several things in the files, a line each
    │   ├── EvidenceError     the registry of numbers
    │   └── StudyError        a study file
    └── RunError              a run went wrong on good input        exit status 1
        └── EngineError       an engine cannot work here, or a state left its bounds
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable


class PlsimError(Exception):
    """Base of every error that plsim raises on purpose."""

    exit_status = 1


class InputError(PlsimError):
    """Something that was given is wrong; the message says where, what, what is allowed, and the likely fix.

    Parameters
    ----------
    where
        The file, or the name of what was read (``"rural.toml"``, ``"--set"``).
    key
        Key path, or row and column (``"practices.tutoring"``, ``"row 12, TestRITScore"``); may be empty.
    problem
        What is wrong, in a few words, with what was given.
    allowed
        What would have been accepted; may be empty.
    fix
        The likely fix; may be empty.
    """

    exit_status = 2

    def __init__(self, where: str, key: str, problem: str, *, allowed: str = "", fix: str = "") -> None:
        self.where = where
        self.key = key
        self.problem = problem
        self.allowed = allowed
        self.fix = fix
        place = ": ".join(part for part in (where, key) if part)
        sentences = [f"{place}: {problem.rstrip('.')}."]
        if allowed:
            sentences.append(f"Allowed: {allowed.rstrip('.')}.")
        if fix:
            sentences.append(fix if fix.endswith(("?", ".")) else fix + ".")
        super().__init__(" ".join(sentences))


class ScenarioError(InputError):
    """A scenario file, or an override of one, is wrong."""


class PopulationError(InputError):
    """A population file is wrong, or asks for what the norms cannot give."""


class EvidenceError(InputError):
    """The registry of numbers is wrong, or was asked for what it does not hold."""


class StudyError(InputError):
    """A study file is wrong."""


class RunError(PlsimError):
    """A run failed although its input was accepted."""


class EngineError(RunError):
    """An engine cannot work on this machine, or a state variable left its bounds."""


def nearest(given: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, or an empty string when none is near."""
    close = difflib.get_close_matches(given, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""


MOST_SHOWN = 60
"""Characters of a given value that a message repeats."""


def shown(given: object) -> str:
    """A given value as messages show it: short, on one line, without control characters."""
    text = given if isinstance(given, str) else reprlib.repr(given)
    text = printable(text)
    return f"'{text[:MOST_SHOWN]}...'" if len(text) > MOST_SHOWN else f"'{text}'"


def printable(text: str) -> str:
    """A text for a terminal or a page: control characters and overrides of writing direction are shown as escapes."""
    return "".join(each if each.isprintable() or each == " " else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
