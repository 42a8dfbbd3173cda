"""A TOML document that somebody wrote: its values, where each key stands, and what is wrong with it.

Scenarios, studies, published experiments and demonstrations are all read through :class:`Document`, so their messages
have one form: file and line, key, what was given, what is allowed, the likely fix; everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from plsim.core.errors import InputError, together
from plsim.documents.lines import KeyPath, key_lines
from plsim.documents.problems import problems_of
from plsim.documents.texts import text_of, toml_of

E = TypeVar("E", bound=InputError)
Model = TypeVar("Model", bound=BaseModel)


class Document(Generic[E]):
    """A document and the error class that its problems are told by.

    Parameters
    ----------
    text
        The TOML text.
    where
        What messages call it: the file.
    kind
        Error class of this kind of document.
    """

    def __init__(self, text: str, where: str, kind: type[E]) -> None:
        self.text, self.where, self.kind = text, where, kind
        self.values: dict[str, Any] = toml_of(text, where, kind)
        self.lines = key_lines(text)

    @classmethod
    def read(cls, path: Path, kind: type[E]) -> Document[E]:
        """The document in a file."""
        return cls(text_of(path, kind), str(path), kind)

    def line(self, path: KeyPath) -> int:
        """Line of a key, or of the nearest table around it; 0 when unknown."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)

    def place(self, path: KeyPath) -> str:
        """``rural.toml:12``."""
        line = self.line(path)
        return f"{self.where}:{line}" if line else self.where

    def error(self, path: KeyPath, problem: str, *, allowed: str = "", fix: str = "") -> E:
        """A problem with a key."""
        return self.kind(self.place(path), ".".join(path), problem, allowed=allowed, fix=fix)

    def moved(self, path: KeyPath, problem: InputError) -> E:
        """A problem that something else found, told of a key of this document."""
        return self.error(path, problem.problem, allowed=problem.allowed, fix=problem.fix)

    def require(self, key: str, needed: object) -> None:
        """Raise unless a top-level key holds just this value, as a schema's version does."""
        given = self.values.get(key)
        if type(given) is not type(needed) or given != needed:
            said = "missing" if key not in self.values else f"{given!r} is not a value that this plsim reads"
            shown = f"{needed!r}".replace("'", '"')
            raise self.kind(
                self.place((key,)), key, said, allowed=shown, fix=f"Write {key} = {shown} at the top of the file."
            )

    def problems(
        self, error: ValidationError, schema: type[BaseModel], *, prefix: KeyPath = (), extra_known: Iterable[str] = ()
    ) -> list[E]:
        """What a schema found wrong with the document, or with the table at ``prefix``, line by line."""
        found = problems_of(error, schema, where=self.place, kind=self.kind, prefix=prefix, extra_known=extra_known)
        return in_order(found)

    def checked(self, schema: type[Model], values: Any = None, *, prefix: KeyPath = ()) -> Model:
        """The document, or the table at ``prefix``, by its schema.

        Raises
        ------
        InputError
            Of the document's kind, with everything that is wrong.
        """
        given = self.values if values is None and not prefix else values
        if not isinstance(given, dict):
            raise self.error(prefix, "is not a table", allowed="a table")
        try:
            return schema.model_validate(given)
        except ValidationError as error:
            raise together(self.problems(error, schema, prefix=prefix)) from None


def in_order(problems: Iterable[E]) -> list[E]:
    """Each problem once, line by line."""
    once = {str(problem): problem for problem in problems}

    def line(problem: E) -> int:
        number = problem.where.rpartition(":")[2]
        return int(number) if number.isdigit() else 0

    return sorted(once.values(), key=line)


def raise_problems(problems: list[E]) -> None:
    """Raise the one problem, or all of several as one error; do nothing when there is none."""
    if problems:
        raise together(problems)
