"""Words for numbers: how they are written, what outcomes, groups and practices are called, what an effect means."""

from __future__ import annotations

import math
from typing import NamedTuple

from plsim.measures import vocabulary
from plsim.measures.findings import reach_of_chance
from plsim.report.tables import ReportedEstimate

MINUS = "−"
_FEW_WORLDS = 20
"""With fewer, a 90% interval is hardly more than the lowest and the highest."""


class Unit(NamedTuple):
    """How a unit is shown: factor and decimals, and what stands behind a level and behind a difference."""

    factor: float
    digits: int
    level: str
    difference: str


_UNITS = {
    "points": Unit(1.0, 1, "percentile points", "percentile points"),
    "weeks": Unit(1.0, 1, "weeks", "weeks"),
    "SD": Unit(1.0, 2, "SD", "SD"),
    "RIT": Unit(1.0, 2, "MAP points (RIT)", "MAP points (RIT)"),
    "share": Unit(100.0, 1, "%", "percentage points"),
    "hours/week": Unit(1.0, 1, "hours a week", "hours a week"),
    "minutes/week": Unit(1.0, 1, "minutes a week", "minutes a week"),
    "hours/year": Unit(1.0, 0, "hours a year", "hours a year"),
    "USD": Unit(1.0, 0, "US dollars", "US dollars"),
    "count": Unit(1.0, 2, "", ""),
    "index": Unit(1.0, 2, "", ""),
}
_PLAIN = Unit(1.0, 2, "", "")

_SUBJECTS = {"math": "Mathematics", "reading": "Reading", "both": "Both subjects"}
_QUINTILES = {
    "1": "Lowest fifth at the start",
    "2": "Second fifth",
    "3": "Middle fifth",
    "4": "Fourth fifth",
    "5": "Highest fifth at the start",
}
_GROUPS = {
    "governance:district": "District schools",
    "governance:charter": "Charter schools",
    "level:elementary": "Elementary grades (K to 5)",
    "level:middle": "Middle grades (6 to 8)",
    "level:high": "High school grades (9 to 12)",
    "lunch_eligible:yes": "Eligible for free or reduced-price lunch",
    "lunch_eligible:no": "Not eligible for free or reduced-price lunch",
}
FLAGGED_GRADES = ("K", "11", "12")
_ESTIMATORS = {
    "paired": "The same schools, with and without the change (this report)",
    "intention_to_treat": "The same, with everybody who started: also who has moved away",
    "direct": "The same, with classes and staff kept as in typical practice",
    "study_other_schools": "A study that compares with similar students of other schools",
    "within_school_rct": "A trial by lottery inside the same schools",
}
MODES = {
    "whole": "With the teacher, whole class",
    "group": "With the teacher, small group",
    "one_on_one": "With the teacher, alone",
    "supervised": "Own work or screen, an adult near",
    "peer": "Work with classmates",
    "unsupervised": "Own work, no adult free",
    "home": "Homework",
}


def number(value: float, digits: int) -> str:
    """A number with so many decimals, commas at thousands and a proper minus; no minus before a zero."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0.0 and any(character in "123456789" for character in text) else text


def signed(value: float, digits: int) -> str:
    """The same with a plus before what is above zero."""
    text = number(value, digits)
    return "+" + text if value > 0.0 and any(character in "123456789" for character in text) else text


def unit_of(name: str) -> Unit:
    """How a unit of result tables is shown."""
    return _UNITS.get(name, _PLAIN._replace(level=name, difference=name))


def _unit(estimate: ReportedEstimate) -> Unit:
    """How an estimate is shown: whole things are counted in whole numbers."""
    unit = unit_of(estimate.unit)
    whole = all(value.is_integer() for value in estimate[:3] if math.isfinite(value))
    return unit._replace(digits=0) if estimate.unit == "count" and whole else unit


def difference(estimate: ReportedEstimate) -> str:
    """The value of a difference, without its unit."""
    unit = _unit(estimate)
    return signed(estimate.value * unit.factor, unit.digits)


def level(estimate: ReportedEstimate) -> str:
    """The value of a level, without its unit."""
    unit = _unit(estimate)
    return number(estimate.value * unit.factor, unit.digits)


def interval(estimate: ReportedEstimate) -> str:
    """``−0.5 to +1.5``; empty without worlds."""
    if not estimate.has_interval:
        return ""
    unit = _unit(estimate)
    return " to ".join(signed(bound * unit.factor, unit.digits) for bound in (estimate.low, estimate.high))


def level_with_interval(estimate: ReportedEstimate) -> str:
    """``663 (487 to 824)``: the size of something, not a difference."""
    unit = unit_of(estimate.unit)
    ends = " to ".join(number(bound * unit.factor, unit.digits) for bound in (estimate.low, estimate.high))
    return f"{level(estimate)} ({ends})" if estimate.has_interval else level(estimate)


def with_interval(estimate: ReportedEstimate) -> str:
    """``+0.5 (−0.5 to +1.5)``."""
    span = interval(estimate)
    return f"{difference(estimate)} ({span})" if span else difference(estimate)


def in_worlds(estimate: ReportedEstimate, worlds: int) -> str:
    """In how many worlds it is positive: ``7 of 10 worlds (70%)``; empty without worlds."""
    if not worlds or not math.isfinite(estimate.positive):
        return ""
    return vocabulary.in_worlds(estimate.positive, worlds)


def subject_name(name: str) -> str:
    """A subject in words."""
    return _SUBJECTS.get(name, name.capitalize())


def estimator_name(name: str) -> str:
    """A way to estimate an effect, in words."""
    return _ESTIMATORS.get(name, name.replace("_", " ").capitalize())


def group_name(group: str) -> str:
    """A group in words; grades that are read with care carry a mark."""
    family, _, label = group.partition(":")
    if family == "quintile":
        return _QUINTILES.get(label, f"Fifth {label}")
    if family == "grade":
        name = "Kindergarten" if label == "K" else f"Grade {label}"
        return f"{name} *" if label in FLAGGED_GRADES else name
    return _GROUPS.get(group, f"{family.replace('_', ' ').capitalize()}: {label}")


def counted(count: int, one: str, many: str = "") -> str:
    """``1 school``, ``40 schools``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def compared(value: float, digits: int, of: str, *, other: str) -> str:
    """``0.5 points higher than`` the other; ``about as high as`` it when the difference rounds to zero."""
    text = number(abs(value), digits)
    if not any(character in "123456789" for character in text):
        return f"about as high as {other} (less than {10.0**-digits / 2.0:g} {of} apart)"
    return f"{text} {of} {'higher' if value > 0.0 else 'lower'} than {other}"


def certainty(estimate: ReportedEstimate, worlds: int) -> str:
    """What worlds and other draws say of the sign of an effect, in a sentence or two: in how many worlds it is a gain.

    What chance does is told where it was tried.
    """
    if not worlds or not math.isfinite(estimate.positive):
        return "Only one set of assumptions was run, so nothing can be said about how sure this is."
    if estimate.low == estimate.high == 0.0:
        return f"It makes no difference in any of the {worlds:,} worlds."
    lines = [f"It is a gain in {in_worlds(estimate, worlds)}."]
    if worlds < _FEW_WORLDS:
        lines.append("That is too few worlds to say more.")
    if moved := by_chance(estimate):
        chance = estimate.direction(worlds).limit == "chance"
        enough = ", enough to have made this effect" if chance else ""
        lines.append(f"Other students, teachers and years of the same kind would move it by up to {moved}{enough}.")
    return " ".join(lines)


def by_chance(estimate: ReportedEstimate) -> str:
    """How far other students, teachers and years move an effect in 19 of 20 draws: ``±0.4``; empty if not tried."""
    reach = reach_of_chance(estimate.luck, estimate.seeds)
    unit = unit_of(estimate.unit)
    return f"±{number(reach * unit.factor, unit.digits)}" if math.isfinite(reach) else ""


_LEANING = {1: "Ahead", -1: "Behind", 0: "Not clear"}


def leaning(estimate: ReportedEstimate, worlds: int) -> str:
    """``Ahead``, ``Behind`` or ``Not clear``: the direction of an effect, by :func:`plsim.measures.findings.direction`.

    ``Not clear yet`` as long as no other draws of students, teachers and years were tried.
    """
    sign, limit = estimate.direction(worlds)
    return "Not clear yet" if limit == "chance" and not estimate.seeds else _LEANING[sign]


def gains(estimate: ReportedEstimate, worlds: int) -> str:
    """In how many worlds an effect is a gain, and what chance does to it: what stands behind a verdict."""
    told, moved = f"A gain in {in_worlds(estimate, worlds)}", by_chance(estimate)
    if not moved:
        return f"{told}; other students and teachers are still to be tried."
    link = ", but" if estimate.direction(worlds).limit == "chance" else ";"
    return f"{told}{link} other students and teachers would move it by up to {moved}."
