"""Every error plsim raises on purpose.

::

    PlsimError
    ├── InputError            what somebody gave us is wrong        exit status 2
    │   ├── ScenarioError     a scenario file or an override
    │   ├── PopulationError   a district's export, a roster
    │   │   └── PopulationFileError    several things in the files, a line each
    │   ├── EvidenceError     the registry of numbers
    │   └── StudyError        a study file
    └── RunError              a run went wrong on good input        exit status 1
        └── EngineError       an engine cannot work here, or a state left its bounds

Several things that are wrong with one file are one error, with a line each and ``problems``: see :func:`together`.
"""

from __future__ import annotations

import difflib
import reprlib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar


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

    Attributes
    ----------
    problems
        Where several things are wrong: each as an error of its own. Else empty.
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
        super().__init__(printable(" ".join(sentences)))
        self.problems: tuple[Any, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """An error that a worker raised arrives whole in the process that waits for it."""
        return _again, (type(self), vars(self), self.args)


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


def _again(kind: type[InputError], parts: dict[str, Any], args: tuple[Any, ...]) -> InputError:
    """An error as it was, from its parts."""
    error = kind.__new__(kind)
    vars(error).update(parts)
    error.args = args
    return error


E = TypeVar("E", bound=InputError)
MOST_TOLD = 20
"""Problems that one message tells; whoever mends these sees the next."""


def together(problems: Sequence[E]) -> E:
    """One error that tells all problems, a line each; the problem itself when there is only one.

    Examples
    --------
    >>> both = together([InputError("a.toml:1", "seed", "missing"), InputError("a.toml:2", "years", "missing")])
    >>> print(both)
    a.toml:1: seed: missing.
    a.toml:2: years: missing.
    """
    first = problems[0]
    if len(problems) == 1:
        return first
    told = [str(problem) for problem in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        told.append(f"... and {len(problems) - MOST_TOLD:,} more.")
    error: E = _again(type(first), dict(vars(first)), ("\n".join(told),))  # type: ignore[assignment]
    error.problems = tuple(problems)
    return error


def nearest(given: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, or an empty string when none is near."""
    close = difflib.get_close_matches(given, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""


MOST_SHOWN = 60
"""Characters of a given value that a message repeats."""


def shown(given: object) -> str:
    """A given value as messages show it: short, on one line, and whatever cannot be seen as an escape."""
    try:
        text = given if isinstance(given, str) else reprlib.repr(given)
    except ValueError:  # a number of too many digits
        text = type(given).__name__
    text = "".join(each if each.isprintable() else _escape(each) for each in printable(text))
    return f"'{text[:MOST_SHOWN]}...'" if len(text) > MOST_SHOWN else f"'{text}'"


_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""What changes the direction of writing around it, so that a page or a terminal shows another text than is there."""


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def printable(text: object) -> str:
    r"""A text or path for a terminal or a page: control characters and turns of writing direction show as escapes.

    Examples
    --------
    >>> printable("safe\x1b[2Jtxt")
    'safe\\x1b[2Jtxt'
    """
    return "".join(
        _escape(each) if each in _TURNING or unicodedata.category(each) in _UNSEEN else each for each in str(text)
    )


def turned_off(text: str) -> str:
    """A text of many lines in which nothing changes the direction of writing, and nothing is a control character."""
    hidden = (each for each in set(text) - {"\n", "\t"} if each in _TURNING or unicodedata.category(each) in _UNSEEN)
    return text.translate(dict.fromkeys(map(ord, hidden), "\N{REPLACEMENT CHARACTER}"))
