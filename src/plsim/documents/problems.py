"""What is wrong with a scenario, in words: where, what was given, what is allowed, the likely fix."""

from __future__ import annotations

import difflib
import reprlib
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from plsim.core.errors import ScenarioError, nearest
from plsim.documents.lines import KeyPath

_SHOWN_CHARACTERS = 60


class ScenarioFileError(ScenarioError):
    """Several things are wrong with a scenario; one message tells all of them, a line each.

    Attributes
    ----------
    problems
        Each as an error of its own.
    """

    def __init__(self, problems: Sequence[ScenarioError]) -> None:
        first = problems[0]
        super().__init__(first.where, first.key, first.problem, allowed=first.allowed, fix=first.fix)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(problem) for problem in problems),)


def raise_problems(problems: Sequence[ScenarioError]) -> None:
    """Raise the one problem, or all of several; do nothing when there is none."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ScenarioFileError(problems)


def problems_of(
    error: ValidationError, schema: type[BaseModel], *, where: Callable[[KeyPath], str], extra_known: Iterable[str] = ()
) -> list[ScenarioError]:
    """The problems that the schema found, in the schema's order.

    Parameters
    ----------
    where
        File and line of a key path.
    extra_known
        Top-level keys that a file may hold beside the schema's.
    """
    problems = []
    for item in error.errors(include_url=False, include_context=False):
        path = tuple(str(part) for part in item["loc"])
        kind = str(item["type"])
        if kind == "extra_forbidden":
            problems.append(_unknown_key(schema, path, where(path), tuple(extra_known)))
        else:
            given, message = item["input"], str(item["msg"])
            problems.append(_wrong_value(schema, path, where(path), kind=kind, message=message, given=given))
    return problems


def _unknown_key(schema: type[BaseModel], path: KeyPath, where: str, extra_known: tuple[str, ...]) -> ScenarioError:
    parent = _table_at(schema, path[:-1])
    known = [*(parent.model_fields if parent else ()), *(extra_known if len(path) == 1 else ())]
    what = "unknown practice" if path[:-1] == ("practices",) else "unknown key"
    elsewhere = _elsewhere(schema, path[-1])
    fix = nearest(path[-1], known) or (f"Did you mean '{elsewhere}'?" if elsewhere else "")
    return ScenarioError(where, ".".join(path), what, fix=f"{fix} Known: {', '.join(known)}.".strip())


def _wrong_value(
    schema: type[BaseModel], path: KeyPath, where: str, *, kind: str, message: str, given: Any
) -> ScenarioError:
    key = ".".join(path)
    if kind == "missing":
        return ScenarioError(where, key, "missing", allowed=_allowed(schema, path))
    if kind == "value_error":
        return ScenarioError(where, key, message.removeprefix("Value error, "))
    shown = _shown(given)
    problem = f"{shown} is out of range" if _is_number(given) and "than" in kind else f"{shown} is not allowed"
    return ScenarioError(where, key, problem, allowed=_allowed(schema, path), fix=_likely_fix(schema, path, given))


def _likely_fix(schema: type[BaseModel], path: KeyPath, given: Any) -> str:
    field = _field_at(schema, path)
    if field is None:
        return ""
    low, high = _bounds(field.metadata)
    if _is_number(given) and (low, high) == (0.0, 1.0) and 1.0 < given <= 100.0:
        return f"Shares run from 0 to 1: {given / 100.0:g} is {given:g}%."
    if isinstance(given, str):
        choices = [choice for choice in _choices(field.annotation) if isinstance(choice, str)]
        if choices:
            return nearest(given, choices)
        try:
            float(given)
        except ValueError:
            return ""
        return "Write numbers without quotes."
    return ""


def _allowed(schema: type[BaseModel], path: KeyPath) -> str:
    """What a key may hold, in words."""
    while path:
        field = _field_at(schema, path)
        if field is not None:
            return _kind(field.annotation, field.metadata)
        path = path[:-1]
    return ""


def _kind(annotation: Any, metadata: Sequence[Any]) -> str:
    choices = _choices(annotation)
    if choices:
        return ", ".join(repr(choice).replace("'", '"') for choice in choices)
    options = [option for option in _members(annotation) if option is not types.NoneType]
    plain = options[0] if options else annotation
    low, high = _bounds(metadata)
    span = f" from {_plain(low)} to {_plain(high)}" if low is not None and high is not None else ""
    if get_origin(plain) is tuple:
        return "an array of numbers"
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return "a table"
    names = {bool: "true or false", int: f"a whole number{span}", float: f"a number{span}"}
    return names.get(plain, "a text of letters, digits, '_', '-', '.'" if _pattern(metadata) else "a text")


def _plain(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, dict):
        return "a table"
    text = reprlib.repr(given)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."


def _is_number(given: Any) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def _bounds(metadata: Sequence[Any]) -> tuple[float | None, float | None]:
    lows = [item.ge for item in metadata if hasattr(item, "ge")]
    highs = [item.le for item in metadata if hasattr(item, "le")]
    return (lows[0] if lows else None, highs[0] if highs else None)


def _pattern(metadata: Sequence[Any]) -> bool:
    return any(getattr(item, "pattern", None) for item in metadata)


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _choices(annotation: Any) -> tuple[Any, ...]:
    return tuple(
        choice for member in _members(annotation) if get_origin(member) is Literal for choice in get_args(member)
    )


def _table_at(schema: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The model of the table at a path."""
    table: type[BaseModel] | None = schema
    for key in path:
        field = table.model_fields.get(key) if table else None
        members = _members(field.annotation) if field else ()
        table = next((member for member in members if isinstance(member, type) and issubclass(member, BaseModel)), None)
    return table


def _field_at(schema: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    table = _table_at(schema, path[:-1])
    return table.model_fields.get(path[-1]) if table else None


def _elsewhere(schema: type[BaseModel], key: str) -> str:
    """Full path of the one key in any table that is named (nearly) like this; empty for none or several."""
    paths: dict[str, list[str]] = {}
    pending: list[tuple[type[BaseModel], KeyPath]] = [(schema, ())]
    while pending:
        table, path = pending.pop()
        for name in table.model_fields:
            paths.setdefault(name, []).append(".".join((*path, name)))
            inner = _table_at(schema, (*path, name))
            if inner is not None:
                pending.append((inner, (*path, name)))
    close = difflib.get_close_matches(key, paths, n=1, cutoff=0.8)
    return paths[close[0]][0] if close and len(paths[close[0]]) == 1 else ""
