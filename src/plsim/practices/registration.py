"""The list of practices: a file in this folder registers its class, and the scenario's schema takes it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from plsim.practices.levers import PRACTICES
from plsim.practices.options import Practice
from plsim.practices.own import take_up

P = TypeVar("P", bound=type[Practice])

_known: dict[str, type[Practice]] = {}


def register(name: str) -> Callable[[P], P]:
    """Make a practice known under this name, which is its key in scenario files."""

    def keep(practice: P) -> P:
        if name in _known and _known[name].__module__ != practice.__module__:
            raise ValueError(f"practice {name!r} is registered twice: {_known[name].__module__}, {practice.__module__}")
        if practice.own is not None:
            take_up(name, practice.own)
        practice.name = name
        _known[name] = practice
        return practice

    return keep


def known_practices() -> Mapping[str, type[Practice]]:
    """Every registered practice by name: the eight of :data:`PRACTICES` first, in their order, then any others."""
    names = [*(name for name in PRACTICES if name in _known), *(name for name in _known if name not in PRACTICES)]
    return MappingProxyType({name: _known[name] for name in names})
