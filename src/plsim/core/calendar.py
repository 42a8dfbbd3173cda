"""The school year: weeks, MAP windows, years.

Week ``w`` is the interval from ``w`` to ``w + 1``. A measurement "at week 4" sees the state when weeks 0 to 3 are over.
NWEA's instructional-week convention puts the three windows at weeks 4, 20 and 32.
"""

from __future__ import annotations

WEEKS_PER_YEAR = 36
FALL_WEEK = 4
WINTER_WEEK = 20
SPRING_WEEK = 32
GROWTH_WEEKS = SPRING_WEEK - FALL_WEEK
MAX_YEARS = 8

MATH = 0
READING = 1
SUBJECTS = ("math", "reading")

GRADES = ("K", *(str(grade) for grade in range(1, 13)))
"""Grade labels; a grade's index is its number, K being 0."""

HEADLINE_GRADES = tuple(range(1, 11))
"""Grades in headlines. K, 11 and 12 run too, and are flagged: selected test-takers, near-zero growth."""

LAST_ELEMENTARY_GRADE = 5
LAST_MIDDLE_GRADE = 8
