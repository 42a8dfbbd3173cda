"""Checks of arguments that programs give: whole numbers, switches, callables; one message each."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from plsim.core.errors import InputError

ITEMS_SHOWN = 60


def given(value: object) -> str:
    """What was given, for a message."""
    return f"got {described(value)}"


def described(value: object) -> str:
    """A value short enough for a message, with its type; never the contents of a table."""
    kind = type(value).__name__
    try:
        text = repr(value) if isinstance(value, str | bytes | int | float | bool | None) else ""
    except ValueError:  # a number of too many digits
        text = ""
    return f"{text[:ITEMS_SHOWN]} ({kind})" if text else f"a {kind}"


def whole(name: str, value: Any, low: int, high: int, meaning: str = "") -> int | None:
    """A whole number in a range, or None; whatever is one without doubt is accepted (``2.0``, numpy's)."""
    if value is None:
        return None
    number = not isinstance(value, bool) and isinstance(value, numbers.Real)
    if not number or not low <= value <= high or value != value // 1:
        raise InputError(name, "", given(value), allowed=f"a whole number from {low} to {high:,}{meaning}")
    return int(value)


def switch(name: str, value: Any) -> bool:
    """True or False, numpy's too."""
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise InputError(name, "", given(value), allowed="True or False")
    return bool(value)


def callable_or_none(name: str, value: Any, meaning: str) -> Any:
    """A function, or None; ``meaning`` says what it is called with."""
    if value is not None and not callable(value):
        raise InputError(name, "", given(value), allowed=f"a function that is called with {meaning}, or None")
    return value


def listed(name: str, value: Any, kind: type | tuple[type, ...], meaning: str) -> list[Any]:
    """A list (or tuple) of things of one kind; ``meaning`` says what they are."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InputError(name, "", given(value), allowed=f"a list of {meaning}")
    for each in value:
        if not isinstance(each, kind):
            raise InputError(name, "", f"holds {described(each)}", allowed=f"a list of {meaning}")
    return list(value)
