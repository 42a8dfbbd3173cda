"""How an outcome of students is declared: its words and the function that reads it, in one file of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from plsim.core.arrays import Floats, Ints


class OutcomeWords(NamedTuple):
    """One outcome.

    ``name`` and ``unit`` stand in tables, ``label`` in a report, for people who decide, ``meaning`` in lists, for
    people who use tables; ``printed`` ones stand in the text of a run too.
    """

    name: str
    unit: str
    label: str
    meaning: str
    printed: bool = True


class StudentYear(NamedTuple):
    """What a year leaves behind for each student, in one arm.

    Attributes
    ----------
    grade
        In that year, 0 is kindergarten. Shape (students,).
    achievement
        Latent achievement at weeks 0, 4, 20, 32 and 36, in RIT. Shape (5, students, 2); the last axis is mathematics,
        reading.
    achievement_sd
        Standard deviation of observed fall scores in the norms, in the student's grade (RIT). Shape (students, 2).
    units
        Each of shape (students, 2): ``coverage`` (units taught and mastered), ``units_taught``, ``taught_mastery``
        (mastery, summed over units taught), ``unmet`` (units that ended before mastery), ``waiting`` (weeks),
        ``one_on_one`` (hours in the year), ``on_task`` and ``match`` (shares), ``profile_error`` (RIT), ``position``
        (RIT of the lesson at the end).
    self_regulation, engagement
        At the end of the year: a share, and an index with 0 for a typical student. Shape (students,).
    """

    grade: Ints
    achievement: Floats
    achievement_sd: Floats
    units: Mapping[str, Floats]
    self_regulation: Floats
    engagement: Floats


ReadStudents = Callable[[StudentYear], Floats]


class DeclaredOutcome(NamedTuple):
    """An outcome, and the function that reads it: shape (students, 2), or (students,) when both subjects share it."""

    words: OutcomeWords
    read: ReadStudents


_declared: dict[str, DeclaredOutcome] = {}


def outcome(
    name: str, *, unit: str, label: str, meaning: str, printed: bool = False
) -> Callable[[ReadStudents], ReadStudents]:
    """Declare a function as an outcome of students: every result then has it, for every group, year and world.

    Parameters
    ----------
    name
        As it stands in tables: lower case, words joined by ``_``.
    unit
        ``share``, ``RIT``, ``SD``, ``weeks``, ``minutes/week``, ``hours/week``, ``points``, ``count`` or ``index``.
    label
        In a report, for people who decide.
    meaning
        In ``plsim list outcomes``, for people who use tables.
    printed
        Whether the text of a run shows it too.

    Raises
    ------
    ValueError
        When another function has that name already.
    """

    def keep(read: ReadStudents) -> ReadStudents:
        known = _declared.get(name)
        if known is not None and known.read.__module__ != read.__module__:
            raise ValueError(f"outcome {name!r} is declared twice: {known.read.__module__}, {read.__module__}")
        _declared[name] = DeclaredOutcome(OutcomeWords(name, unit, label, meaning, printed), read)
        return read

    return keep


def declared() -> tuple[DeclaredOutcome, ...]:
    """Every outcome that has been declared so far, by name."""
    return tuple(_declared[name] for name in sorted(_declared))
