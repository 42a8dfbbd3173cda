"""The four numbers that a board sees first, and the sentences beside them."""

from __future__ import annotations

from typing import NamedTuple

from plsim.report.limits import limits, limits_sentence
from plsim.report.material import Material
from plsim.report.tables import ARMS
from plsim.report.words import (
    certainty,
    compared,
    counted,
    difference,
    gains,
    in_worlds,
    interval,
    leaning,
    level,
    number,
)


class Headline(NamedTuple):
    """One of the four: what it is about, the number, its unit, its interval and what else to know."""

    title: str
    number: str
    unit: str
    interval: str
    notes: tuple[str, ...]
    key: str = ""


def headlines(material: Material) -> tuple[Headline, ...]:
    """Learning, teachers' time, schools that lose, and money; without prices those who started lowest.

    With one school, those who started highest stand in the place of schools.
    """
    lowest = _fifth(material, "quintile:1", "Students who started lowest", "lowest")
    highest = _fifth(material, "quintile:5", "Students who started highest", "highest")
    found = [_learning(material), _teachers(material), _schools(material) or highest, _money(material) or lowest]
    return tuple(one for one in found if one is not None)


def verdict(material: Material) -> tuple[str, ...]:
    """The result in a few sentences."""
    effect = material.headline
    years = counted(material.year, "year")
    other = "the same students would under typical practice"
    apart = compared(effect.value, 1, "percentile points", other=other)
    sure = certainty(effect, material.worlds)
    if material.scenario is not None:
        sure = f"{sure} {limits_sentence(limits(material.scenario))}"
    lines = [f"After {years}, students score {apart}.", sure]
    hours = material.effects.find("teacher_hours", year=material.year)
    if hours is not None and abs(hours.value) >= 0.05:
        more = "more" if hours.value > 0.0 else "fewer"
        lines.append(f"The work asked of a teacher takes {number(abs(hours.value), 1)} {more} hours a week.")
    return tuple(lines)


def verdict_parts(material: Material) -> tuple[str, str]:
    """The verdict: direction and size with its band; then in how many worlds, and what chance does."""
    effect = material.headline
    after = f"after {counted(material.year, 'year')}"
    span = f" ({interval(effect)})" if effect.has_interval else ""
    size = f"{difference(effect)} percentile points {after}{span}"
    if not material.worlds:
        return f"{size}, under central assumptions only.", ""
    if effect.low == effect.high == 0.0:
        return f"No difference from typical practice {after}, in any world.", ""
    return f"{leaning(effect, material.worlds)}: {size}.", gains(effect, material.worlds)


def one_line(material: Material) -> str:
    """The same in one line."""
    return " ".join(part for part in verdict_parts(material) if part)


def _learning(material: Material) -> Headline:
    effect, weeks = material.headline, material.weeks()
    notes = []
    if weeks is not None:
        span = f" ({interval(weeks)})" if interval(weeks) else ""
        notes.append(f"That is {difference(weeks)} weeks of schooling{span}.")
    if where := in_worlds(effect, material.worlds):
        notes.append(f"A gain in {where}.")
    title = f"Learning after {counted(material.year, 'year')}"
    return Headline(title, difference(effect), "percentile points", interval(effect), tuple(notes))


def _teachers(material: Material) -> Headline | None:
    hours = material.effects.find("teacher_hours", year=material.year)
    if hours is None:
        return None
    arms = [material.effects.find("teacher_hours", year=material.year, arm=arm) for arm in ARMS]
    notes = []
    if arms[0] is not None and arms[1] is not None:
        notes.append(f"{level(arms[0])} hours instead of {level(arms[1])}, lessons included.")
    unit = "hours a week asked of a teacher"
    return Headline("Teachers’ time", difference(hours), unit, interval(hours), tuple(notes), "teachers")


def _schools(material: Material) -> Headline | None:
    schools = material.schools
    if len(schools.shown) < 2:
        return None
    return Headline(
        "Schools that end lower",
        f"{schools.below_zero:,} of {len(schools.shown):,}",
        "schools",
        "",
        ("Than under typical practice; in the central world.",),
    )


def _money(material: Material) -> Headline | None:
    cost = material.effects.find("budget_cost_per_student", year=material.year)
    if cost is None:
        return None
    notes = ["What the district pays, against typical practice."]
    value = material.effects.find("unpaid_hours_value", year=material.year)
    if value is not None and difference(value) != "0":
        notes.append(f"Teachers’ unpaid hours, not in it: {difference(value)}.")
    first = material.effects.find("budget_cost_per_student", year=material.effects.years[0])
    if material.year > 1 and first is not None:
        notes.append(f"In year {material.effects.years[0]}: {difference(first)}.")
    title = f"Budget in year {material.year}"
    return Headline(title, difference(cost), "US dollars per student", interval(cost), tuple(notes), "money")


def _fifth(material: Material, group: str, title: str, which: str) -> Headline | None:
    fifth = material.points(group=group)
    if fifth is None:
        return None
    return Headline(title, difference(fifth), f"percentile points, {which} fifth", interval(fifth), ())
