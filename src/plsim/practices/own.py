"""What a practice beyond the eight may have of its own: levers, sessions, and a skill that teachers learn.

A practice says so in its class variable ``own``. It then has an intensity among the levers, is adopted by itself, and
is delivered with a proficiency of its own, which grows with use by the same rule as the eight's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from plsim.practices.levers import FIRST_INTENSITY, LEVER_INDEX, LEVERS, PRACTICES, FloatArray, Lever, add_levers

IntArray = npt.NDArray[np.int64]

_MOST_HOURS = 600.0
_NOT_FED = ("own_pace_share",)
"""Fixed for a student in a year's first week, so what is added week by week would not reach it."""


class OwnLever(NamedTuple):
    """A lever that a practice has beside those of the core.

    Attributes
    ----------
    name, unit, meaning
        As for every lever; its column is called ``<practice>_<name>``.
    low, high
        What it may be; anything else is refused.
    default
        What it is where nobody turns it.
    ramps
        True for a dose, which is adopted by degrees; False for a kind or quality, which holds at once.
    adds
        What one unit of it adds to doses of the eight practices, done by teachers with full skill in this practice.
    """

    name: str
    unit: str
    meaning: str
    low: float
    high: float
    default: float = 0.0
    ramps: bool = True
    adds: Mapping[str, float] = MappingProxyType({})


class Own(NamedTuple):
    """What a practice has of its own.

    Attributes
    ----------
    levers
        Levers beside the practice's intensity and its sessions'.
    sessions
        Whether it gives some students sessions (:meth:`plsim.practices.LeverTable.give_sessions`).
    relational
        How its skill is learned: 0 like a tool, fast, to 1 like a relationship, slowly.
    schedule
        How far it changes schedules and staffing, 0 to 1, which rules may cap.
    """

    levers: tuple[OwnLever, ...] = ()
    sessions: bool = False
    relational: float = 1.0
    schedule: float = 0.0


SESSION_LEVERS = (
    OwnLever("minutes", "minutes/week", "Sessions per served student, week and subject.", 0.0, _MOST_HOURS),
    OwnLever("group_size", "students", "Students per session.", 1.0, 60.0, 1.0, ramps=False),
    OwnLever(
        "quality", "share", "Quality of a session with full skill; 1 is an expert tutor's.", 0.0, 1.0, ramps=False
    ),
    OwnLever("first_grade", "grade", "First grade served; 0 is kindergarten.", 0.0, 12.0, ramps=False),
    OwnLever("last_grade", "grade", "Last grade served.", 0.0, 12.0, 12.0, ramps=False),
    OwnLever(
        "standing_from", "share", "Served from this standing in the grade on; 0 the lowest.", 0.0, 1.0, ramps=False
    ),
    OwnLever("standing_to", "share", "Served below this standing.", 0.0, 1.0, 1.0, ramps=False),
    OwnLever("in_lessons", "share", "Share of sessions given while the class works alone.", 0.0, 1.0, ramps=False),
    OwnLever("paid", "share", "Paid share of sessions given at other times.", 0.0, 1.0, ramps=False),
)
"""Levers of every practice's sessions, in the order of ``rules.sessions.Sessions``."""


class _Taken(NamedTuple):
    """A practice with something of its own, as taken up: the column of its intensity, after which come its others."""

    name: str
    own: Own
    column: int


_taken: list[_Taken] = []


def take_up(name: str, own: Own) -> None:
    """Give a practice's own levers their columns.

    Raises
    ------
    ValueError
        When a lever is there already, has no sound range, or adds to what cannot be added to.
    """
    if any(each.name == name for each in _taken):
        return
    for share, value in (("relational", own.relational), ("schedule", own.schedule)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"practice {name}: {share} is {value}, but has to be a share from 0 to 1")
    for lever in own.levers:
        _check(name, lever)
    given = [*(SESSION_LEVERS if own.sessions else ()), *own.levers]
    levers = [
        Lever(f"intensity_{name}", name, "share", f"Intensity of {name.replace('_', ' ')}."),
        *(Lever(f"{name}_{lever.name}", name, lever.unit, lever.meaning, lever.ramps) for lever in given),
    ]
    _taken.append(_Taken(name, own, add_levers(levers, [0.0, *(lever.default for lever in given)])))


def _owner(lever: Lever) -> int:
    """The one of the eight whose adoption moves a lever, -1 for none: kinds and qualities hold at once."""
    return PRACTICES.index(lever.practice) if lever.ramps and lever.practice in PRACTICES else -1


def _check(name: str, lever: OwnLever) -> None:
    where = f"practice {name}: lever {lever.name}"
    numbers = (lever.low, lever.default, lever.high, *lever.adds.values())
    if not all(isfinite(number) for number in numbers) or not lever.low <= lever.default <= lever.high:
        raise ValueError(f"{where} needs low <= default <= high, all of them finite")
    for target in lever.adds:
        place = LEVER_INDEX.get(target, len(LEVERS))
        if place >= FIRST_INTENSITY or _owner(LEVERS[place]) < 0 or target in _NOT_FED:
            raise ValueError(f"{where} adds to {target}, but can add to doses of the eight practices only")


def out_of_range(name: str, values: FloatArray) -> Iterator[str]:
    """Own levers of a practice outside their range, in words; ``values`` has shape (..., levers)."""
    for _, own, column in (each for each in _taken if each.name == name):
        for place, lever in enumerate((*(SESSION_LEVERS if own.sessions else ()), *own.levers), start=column + 1):
            low, high = float(values[..., place].min()), float(values[..., place].max())
            if not (lever.low <= low and high <= lever.high):
                worst = high if low >= lever.low else low
                yield f"lever {name}_{lever.name} is {worst:g}, but may be {lever.low:g} to {lever.high:g}"


@dataclass(frozen=True)
class OwnTables:
    """What engines need to know of practices and their columns; the eight come first.

    Attributes
    ----------
    streams
        Where the luck of each further practice's first skill is found (a word of an address).
    intensity
        Column of each practice's intensity. Shape (practices,).
    relational, schedule
        Of the further practices; each (practices - 8,).
    owner
        The practice that a lever's adoption belongs to, -1 for none, as ``rules.levers.OWNER``. Shape (levers,).
    sessions
        Practice and first column of every practice's sessions. Shape (practices with sessions, 2).
    feeds
        Practice, own lever and lever that it adds to. Shape (feeds, 3).
    amounts
        What one unit adds, and the highest value of what it is added to. Shape (feeds, 2).
    """

    streams: tuple[int, ...]
    intensity: IntArray
    relational: tuple[float, ...]
    schedule: tuple[float, ...]
    owner: IntArray
    sessions: IntArray
    feeds: IntArray
    amounts: FloatArray

    @property
    def practices(self) -> int:
        """Practices with a skill of their own: the eight, and those beyond."""
        return int(self.intensity.shape[0])


def own_tables() -> OwnTables:
    """The tables of all practices taken up so far."""
    eight = len(PRACTICES)
    owner = [_owner(lever) for lever in LEVERS]
    sessions: list[tuple[int, int]] = []
    feeds: list[tuple[int, int, int]] = []
    amounts: list[tuple[float, float]] = []
    for practice, (_, own, column) in enumerate(_taken, start=eight):
        given = (*(SESSION_LEVERS if own.sessions else ()), *own.levers)
        owner += [practice, *(practice if lever.ramps else -1 for lever in given)]
        if own.sessions:
            sessions.append((practice, column + 1))
        for place, lever in enumerate(given, start=column + 1):
            for target, amount in lever.adds.items():
                to = LEVER_INDEX[target]
                feeds.append((practice, place, to))
                amounts.append((amount, 1.0 if LEVERS[to].unit == "share" else inf))
    return OwnTables(
        # The eight use 0 to 2, experience 9.
        streams=tuple(16 + crc32(each.name.encode()) % 240 for each in _taken),
        intensity=np.array(
            [*range(FIRST_INTENSITY, FIRST_INTENSITY + eight), *(each.column for each in _taken)], np.int64
        ),
        relational=tuple(each.own.relational for each in _taken),
        schedule=tuple(each.own.schedule for each in _taken),
        owner=np.array(owner, np.int64),
        sessions=_table(sessions, 2, np.int64),
        feeds=_table(feeds, 3, np.int64),
        amounts=_table(amounts, 2, np.float64),
    )


def _table(rows: list[Any], columns: int, kind: type[Any]) -> Any:
    return np.array(rows, kind).reshape(len(rows), columns)
