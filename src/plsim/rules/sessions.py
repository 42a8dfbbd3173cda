"""Sessions: what a practice with levers of its own gives some students, in groups, by the teacher of their section.

They are hours like a tutor's: worth what the group's size, their quality and the teacher's skill in the practice make
of them (``rules.quality``). Whoever gives them has the time from somewhere: from lessons, from time outside lessons
that nobody pays, or paid, which takes nothing from other work.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled

from . import quality as qua
from .quality import QualityParams
from .records import row_reader
from .shapes import at_least, at_most, clamp


class Sessions(NamedTuple):
    """Levers of a practice's sessions; both standings are shares of a grade by what the school believes, 0 the lowest.

    ``in_lessons`` is the share of the sessions given while the class works on its own; ``paid`` the paid share of those
    given at other times.
    """

    minutes: float
    group_size: float
    quality: float
    first_grade: float
    last_grade: float
    standing_from: float
    standing_to: float
    in_lessons: float
    paid: float


class Served(NamedTuple):
    """Hours a week that one student is taught beside the class, their quality, and class time lost per hour."""

    hours: float
    quality: float
    displaced: float


SESSION_COLUMNS = len(Sessions._fields)
sessions_of = row_reader(Sessions)
"""The sessions in an array of shape (fields,)."""


@compiled
def reached(v: Sessions, grade: float, standing: float) -> bool:
    """Whether sessions serve a student of this grade (0 is kindergarten) and standing (0 to 1)."""
    in_grades = v.first_grade <= grade <= v.last_grade
    return in_grades and v.standing_from <= standing < v.standing_to


@compiled
def hours_given(v: Sessions, students: float) -> float:
    """Hours a week that sessions for so many students of a section take from who gives them."""
    return v.minutes / 60.0 * students / v.group_size


@compiled
def unpaid_hours(v: Sessions, students: float) -> float:
    """What of these hours is asked of the teacher beside lessons without pay."""
    return hours_given(v, students) * (1.0 - v.in_lessons) * (1.0 - v.paid)


@compiled
def lesson_hours(v: Sessions, students: float, whole: float) -> float:
    """What of these hours the class works on its own instead of with its teacher; at most ``whole``."""
    return at_most(hours_given(v, students) * v.in_lessons, whole)


@compiled
def session_quality(v: Sessions, delivered: float, p: QualityParams) -> float:
    """Quality of an hour of a session by a teacher who delivers the practice so well (0 to 1)."""
    return qua.tutor_quality(v.quality * delivered, v.group_size, p)


@compiled
def joined(before: Served, v: Sessions, quality: float, contact: float) -> Served:
    """What a student gets beside the class when sessions come on top; ``contact`` is the class's hours a week."""
    more = v.minutes / 60.0
    hours = before.hours + more
    each = 1.0 / at_least(hours, 0.0001)
    lost = v.in_lessons / at_least(contact, 0.01)
    return Served(
        hours,
        (before.hours * before.quality + more * quality) * each,
        (before.hours * before.displaced + more * lost) * each,
    )


@compiled
def mean_skill(proficiency: Any, practice: int, first: int, last: int) -> float:
    """Mean proficiency in a practice of seats ``first`` to ``last - 1``; ``proficiency`` is (seats, practices)."""
    total = 0.0
    for t in range(first, last):
        total += proficiency[t, practice]
    return total / float(last - first)


@compiled
def added(value: float, amount: float, own: float, skill: float, highest: float) -> float:
    """A lever with what a practice's own lever adds: ``amount`` per unit, as far as the school's teachers can do it."""
    return clamp(value + amount * own * skill, 0.0, highest)
