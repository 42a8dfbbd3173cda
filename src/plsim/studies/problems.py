"""What is wrong with a study file, in words; the same form as for scenario files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ValidationError

from plsim.core.errors import InputError, StudyError
from plsim.documents.lines import KeyPath, key_lines
from plsim.documents.problems import problems_of

_OUTCOMES = re.compile(r"^\s*\[\[\s*outcomes\s*\]\]")


class StudyFileError(StudyError):
    """Several things are wrong with a study; one message tells all of them, a line each.

    Attributes
    ----------
    problems
        Each as an error of its own.
    """

    def __init__(self, problems: Sequence[InputError]) -> None:
        first = problems[0]
        super().__init__(first.where, first.key, first.problem, allowed=first.allowed, fix=first.fix)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(problem) for problem in problems),)


def raise_problems(problems: Sequence[StudyError]) -> None:
    """Raise the one problem, or all of several; do nothing when there is none."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise StudyFileError(problems)


class Places:
    """File and line of every key of a study file."""

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self._lines = key_lines(text)
        table, inside = -1, False
        for number, line in enumerate(text.splitlines(), start=1):
            if line.lstrip().startswith("["):
                inside = bool(_OUTCOMES.match(line))
                table += int(inside)
                if inside:
                    self._lines[("outcomes", str(table))] = number
            elif inside and "=" in line:
                self._lines[("outcomes", str(table), line.partition("=")[0].strip())] = number

    def line(self, path: KeyPath) -> int:
        """Line of a key, or of the nearest table around it; 0 when unknown."""
        return next((self._lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._lines), 0)

    def __call__(self, path: KeyPath) -> str:
        """``rural.toml:12``."""
        line = self.line(path)
        return f"{self.name}:{line}" if line else self.name

    def error(self, path: KeyPath, problem: str, *, allowed: str = "", fix: str = "") -> StudyError:
        """A problem with a key."""
        return StudyError(self(path), ".".join(path), problem, allowed=allowed, fix=fix)

    def moved(self, path: KeyPath, problem: InputError) -> StudyError:
        """A problem that something else found, told of a key of this file."""
        return StudyError(self(path), ".".join(path), problem.problem, allowed=problem.allowed, fix=problem.fix)


def schema_problems(
    error: ValidationError, schema: type[BaseModel], *, prefix: KeyPath, places: Places
) -> list[StudyError]:
    """What a table's schema found wrong, with the table's path before its keys."""
    where: Callable[[KeyPath], str] = lambda path: places((*prefix, *path))  # noqa: E731
    found = []
    for problem in problems_of(error, schema, where=where):
        key = ".".join(part for part in (*prefix, problem.key) if part)
        found.append(StudyError(problem.where, key, problem.problem, allowed=problem.allowed, fix=problem.fix))
    return found
