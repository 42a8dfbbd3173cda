"""What a schema finds wrong with a document, in words: where, what was given, what is allowed, the likely fix."""

from __future__ import annotations

import difflib
import reprlib
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from plsim.core.errors import InputError, nearest
from plsim.documents.lines import KeyPath

_SHOWN_CHARACTERS = 60
_NO_KEYS = frozenset({"str", "tuple[str, ...]"})
"""What the schema's library puts into paths for the members of a union."""

E = TypeVar("E", bound=InputError)


def problems_of(
    error: ValidationError,
    schema: type[BaseModel],
    *,
    where: Callable[[KeyPath], str],
    kind: type[E],
    prefix: KeyPath = (),
    extra_known: Iterable[str] = (),
) -> list[E]:
    """The problems that the schema found, in the schema's order.

    Parameters
    ----------
    where
        File and line of a key path.
    kind
        What errors about this kind of document are.
    prefix
        Path of the table that was checked, put before its keys.
    extra_known
        Top-level keys that a file may hold beside the schema's.
    """
    problems = []
    items = error.errors(include_url=False, include_context=False)
    inner = {item["loc"][0] for item in items if len(item["loc"]) > 1}
    for item in items:
        if item["type"] == "too_short" and len(item["loc"]) == 1 and item["loc"][0] in inner:
            continue  # only short because what is in it is wrong
        path = tuple(str(part) for part in item["loc"] if part not in _NO_KEYS)
        place, key = where((*prefix, *path)), _words((*prefix, *path))
        fault = str(item["type"])
        if fault == "extra_forbidden":
            fix, what = _unknown_key(schema, path, tuple(extra_known))
            problems.append(kind(place, key, what, fix=fix))
        elif fault == "missing":
            problems.append(kind(place, key, "missing", allowed=_allowed(schema, path)))
        elif fault == "value_error":
            problems.append(kind(place, key, str(item["msg"]).removeprefix("Value error, ")))
        else:
            given, shown = item["input"], _shown(item["input"])
            out = _is_number(given) and "than" in fault
            problem = f"{shown} is out of range" if out else f"{shown} is not allowed"
            allowed = _allowed(schema, path) or str(item["msg"])
            problems.append(kind(place, key, problem, allowed=allowed, fix=_likely_fix(schema, path, given)))
    return problems


def _words(path: KeyPath) -> str:
    """A path for people, who count from 1: ``steps.2.options.0.when`` is ``step 3, option 1, when``."""
    if not any(part.isdigit() for part in path):
        return ".".join(path)
    parts: list[str] = []
    for part in path:
        if part.isdigit() and parts:
            parts[-1] = f"{parts[-1].removesuffix('s')} {int(part) + 1}"
        else:
            parts.append(part)
    return ", ".join(parts)


def _unknown_key(schema: type[BaseModel], path: KeyPath, extra_known: tuple[str, ...]) -> tuple[str, str]:
    """The likely fix, and what is wrong."""
    parent = _table_at(schema, path[:-1])
    known = [*(parent.model_fields if parent else ()), *(extra_known if len(path) == 1 else ())]
    what = "unknown practice" if path[:-1] == ("practices",) else "unknown key"
    elsewhere = _elsewhere(schema, path[-1])
    fix = nearest(path[-1], known) or (f"Did you mean '{elsewhere}'?" if elsewhere else "")
    return f"{fix} Known: {', '.join(known)}.".strip(), what


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
    """The model of the table at a path; numbers of arrays and names of keyed tables lead to what they hold."""
    table: type[BaseModel] | None = schema
    for key in path:
        field = table.model_fields.get(key) if table else None
        if field is None and table is not None and table is not schema and key not in table.model_fields:
            continue
        table = _model_in(field.annotation) if field else None
    return table


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation: of a table, of the tables of an array, of keyed tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)


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
