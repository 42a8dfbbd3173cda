"""Sections on what it takes: teachers' hours and strain, students' time, money."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.measures.effects import percentile_points
from plsim.measures.vocabulary import ONE_ARM, in_order, outcome_label
from plsim.report.figures import MODE_COLOURS, load_figure, time_figure
from plsim.report.material import DataTable, Material, Picture
from plsim.report.tables import ARMS, BOTH, MODES, Curves, HoursByMode, ReportedEstimate, short_of_time, teacher_curves
from plsim.report.words import MODES as MODE_NAMES
from plsim.report.words import (
    difference,
    interval,
    level,
    level_with_interval,
    number,
    signed,
    unit_of,
    with_interval,
)

_LEVELS = ("counterfactual", "scenario", "difference")
_LESSONS = "measures.instruction_hours"
_BUDGET, _UNPAID, _VALUE, _PRICE = (
    "budget_cost_per_student", "unpaid_teacher_hours", "unpaid_hours_value", "cost_per_tenth_sd",
)  # fmt: skip
_OLD_SUM = "cost_per_student"
"""Results of earlier versions hold only this sum of budget and unpaid hours."""
_TENTH = 0.1
_HOURS_SPAN, _STRAIN_SPAN = 6.0, 0.1
"""Axes hold at least so much: a difference that does not matter should not fill the picture."""


class TimeLine(NamedTuple):
    """Where one part of a student's week goes; ``colour`` is that of the picture."""

    colour: str
    name: str
    typical: str
    here: str
    change: str


def teacher_sentences(material: Material) -> tuple[str, ...]:
    """What teachers pay, in hours, strain and what is left undone."""
    find, year = material.effects.find, material.year
    lines = []
    hours, here, typical = (find("teacher_hours", year=year, arm=arm) for arm in ("difference", *ARMS))
    if hours is not None and here is not None and typical is not None:
        work = f"In year {year} the work asked of a teacher takes {level(here)} hours a week, lessons included"
        more = "more" if hours.value > 0.0 else "fewer"
        span = f" ({interval(hours)})" if hours.has_interval else ""
        lines.append(
            f"{work}, as under typical practice."
            if abs(hours.value) < 0.05
            else f"{work}, instead of {level(typical)}: {number(abs(hours.value), 1)} {more}{span}, or about "
            f"{number(abs(hours.value) * WEEKS_PER_YEAR, 0)} hours in a school year."
        )
    short = [short_of_time(material.folder.teachers, year, arm) for arm in ARMS]
    if all(math.isfinite(share) for share in short):
        lines.append(
            f"{number(100.0 * short[0], 0)}% of teachers are asked for more hours than they have, against "
            f"{number(100.0 * short[1], 0)}% under typical practice (central world)."
        )
    strain, here, typical = (find("strain", year=year, arm=arm) for arm in ("difference", *ARMS))
    if strain is not None and here is not None and typical is not None:
        lines.append(
            f"Strain builds up when what is asked stays above what there is time for; 0 is none. It is {level(here)} "
            f"instead of {level(typical)}. Strain lowers the quality of teaching and makes more teachers leave."
        )
    here, typical = (find("fidelity", year=year, arm=arm) for arm in ARMS)
    if here is not None and typical is not None:
        lines.append(
            f"Of what is planned, {level(here)}% is really delivered, against {level(typical)}% under typical practice."
        )
    return tuple(lines)


def teacher_pictures(material: Material) -> tuple[Picture, ...]:
    """Hours and strain by week."""
    folder = material.folder
    pictures = []
    hours = teacher_curves(folder.weekly, folder.teachers, "hours_demanded")
    lessons = dict(folder.manifest.get("parameters") or {}).get(_LESSONS)
    if hours is not None:
        title = "Hours a week outside lessons" if lessons is None else "Hours a week, lessons included"
        hours = hours if lessons is None else hours.plus(float(lessons))
        svg = load_figure(
            hours,
            name="hours",
            says=curve_spoken(title, hours, 1),
            title=f"{title} (axis not from 0)",
            from_zero=False,
            digits=0,
            span=_HOURS_SPAN,
        )
        pictures.append(Picture(svg, "Hours asked of a teacher (central world)", curve_table(title, hours, 1)))
    strain = teacher_curves(folder.weekly, folder.teachers, "strain")
    if strain is not None:
        title = "Strain (0 is none)"
        svg = load_figure(
            strain,
            name="strain",
            says=curve_spoken(title, strain, 2),
            title=title,
            from_zero=True,
            digits=2,
            span=_STRAIN_SPAN,
        )
        pictures.append(Picture(svg, "Strain of an average teacher (central world)", curve_table(title, strain, 2)))
    return tuple(pictures)


def time_lines(hours: HoursByMode) -> tuple[TimeLine, ...]:
    """Where a student's week goes in both arms, in words."""
    here, typical = (hours[arm] for arm in ARMS)
    return tuple(
        TimeLine(
            colour, MODE_NAMES[mode], number(typical[mode], 2), number(here[mode], 2),
            f"{signed(60.0 * (here[mode] - typical[mode]), 0)} min",
        )
        for colour, mode in zip(MODE_COLOURS, MODES, strict=True)
    )  # fmt: skip


def time_picture(material: Material) -> tuple[str, tuple[TimeLine, ...]]:
    """Where a student's week goes in both arms: the drawing, and the lines that are its key."""
    hours = material.hours
    here, typical = (hours[arm] for arm in ARMS)
    lines = time_lines(hours)
    spoken = "; ".join(f"{line.name}: {line.typical} and {line.here} hours" for line in lines)
    bars = [("Typical practice", [typical[mode] for mode in MODES]), ("This scenario", [here[mode] for mode in MODES])]
    axis = "hours a week in mathematics and reading"
    says = f"Where a week goes, typical practice and this scenario. {spoken}."
    return time_figure(bars, name="time", says=says, axis=axis), lines


def time_sentence(hours: HoursByMode, *, tutored: bool) -> str:
    """What changes most for a student; tutoring stands beside it."""
    change = {mode: 60.0 * (hours[ARMS[0]][mode] - hours[ARMS[1]][mode]) for mode in MODES}
    most, least = max(MODES, key=lambda mode: change[mode]), min(MODES, key=lambda mode: change[mode])
    beside = " Tutoring, and lessons missed for it, are not in it." if tutored else ""
    if change[most] < 0.5 and change[least] > -0.5:
        return f"In lessons students’ time is spent as under typical practice.{beside}"
    return (
        f"The most added: {number(change[most], 0)} minutes a week of “{MODE_NAMES[most].lower()}”. "
        f"The most taken away: {number(-change[least], 0)} minutes of “{MODE_NAMES[least].lower()}”.{beside}"
    )


def cost_sentences(material: Material) -> tuple[str, ...]:
    """What a district pays, what it asks of teachers unpaid, and what a gain costs, or why that cannot be said."""
    find, year = material.effects.find, material.year
    cost, price = find(_BUDGET, year=year), find(_PRICE, year=year)
    if cost is None:
        old = find(_OLD_SUM, year=year)
        if old is None:
            none = "This result holds no costs in dollars."
            return (f"{none} Teachers’ hours, above, are a cost whether or not they are paid.",)
        both = "Budget and the value of teachers’ unpaid hours together"
        return (
            f"{both}: {with_interval(old)} US dollars per student in year {year}, against typical practice.",
            "This result was made before the two were told apart; run it again.",
        )
    lines = [f"{budget_sentence(cost, year)} Unpaid hours of teachers are not in it."]
    if unpaid := unpaid_sentence(material):
        lines.append(unpaid)
    if price is not None:
        points = number(float(percentile_points(_TENTH)), 0)
        lines.append(
            f"A gain of a tenth of a standard deviation (about {points} percentile points) costs the district "
            f"{level_with_interval(price)} US dollars per student, counting all that was spent up to the end of "
            f"year {year}."
        )
    else:
        lines.append("No price per gain: the gain may be close to zero or a loss, or it costs the district nothing.")
    return tuple(lines)


def budget_sentence(cost: ReportedEstimate, year: int) -> str:
    """What a district pays, in a sentence."""
    span = f" ({interval(cost)})" if cost.has_interval else ""
    if difference(cost) == "0":
        return f"In year {year} the district pays about what typical practice costs{span}."
    more = "more" if cost.value > 0.0 else "less"
    pays = f"In year {year} the district pays {level(_size(cost))} US dollars {more} per student"
    return f"{pays} than for typical practice{span}."


def unpaid_sentence(material: Material) -> str:
    """Hours that nobody pays, and what they would cost; empty where a result does not hold them."""
    hours, value = (material.effects.find(name, year=material.year) for name in (_UNPAID, _VALUE))
    if hours is None or value is None:
        return ""
    if difference(hours) in {"0.0", "0"}:
        return "Teachers are asked for about as many unpaid hours as under typical practice."
    more = "more" if hours.value > 0.0 else "fewer"
    worth = "worth" if hours.value > 0.0 else "a relief worth"
    span = f" ({interval(hours)})" if hours.has_interval else ""
    return (
        f"Each teacher is asked for {level(_size(hours))} {more} unpaid hours a week{span}, {worth} "
        f"{level(_size(value))} US dollars per student and year at teachers’ pay; no budget shows them."
    )


def _size(estimate: ReportedEstimate) -> ReportedEstimate:
    return estimate._replace(value=abs(estimate.value))


def cost_table(material: Material) -> DataTable | None:
    """Dollars by year, against typical practice: what the district pays, in all and by kind; unpaid hours apart."""
    years = material.effects.years
    kinds = [name for name in in_order(material.effects.outcomes) if name.startswith("cost_")]
    kinds = [name for name in kinds if name not in {_PRICE, _OLD_SUM}]
    rows = []
    for kind in (_BUDGET, *kinds, _VALUE):
        found = [material.effects.find(kind, year=year) for year in years]
        if any(one is not None and difference(one) != "0" for one in found):
            label = f"of this: {outcome_label(kind)}" if kind in kinds else outcome_label(kind)
            rows.append((label, *(with_interval(one) if one is not None else "" for one in found)))
    caption = "US dollars per student and year, against typical practice; kinds that do not differ are left out"
    return DataTable(caption, ("What for", *(f"Year {year}" for year in years)), tuple(rows)) if rows else None


def everything_table(material: Material) -> DataTable:
    """Every outcome but money for all students in the last year."""
    rows = []
    for name in in_order(material.effects.outcomes):
        if name in {"percentile_points", _BUDGET, _VALUE} or name.startswith("cost_"):
            continue
        unit = "RIT" if name == "achievement" else ""
        find = partial(material.effects.find, name, year=material.year, unit=unit)
        subject = material.subject if find(subject=material.subject) is not None else BOTH
        shown = ("scenario",) if name in ONE_ARM else _LEVELS
        found = [find(subject=subject, arm=arm) if arm in shown else None for arm in _LEVELS]
        known = next((one for one in reversed(found) if one is not None), None)
        if known is None:
            continue
        arms = [f"{level(one)}{'%' if one.unit == 'share' else ''}" if one is not None else "" for one in found[:2]]
        unit = unit_of(known.unit).difference if found[2] is not None else ""
        apart = with_interval(found[2]) if found[2] is not None else ""
        rows.append((outcome_label(name), unit, *arms, apart))
    header = ("Outcome", "Difference in", "Typical practice", "This scenario", "Difference")
    caption = f"All outcomes, all students, year {material.year}"
    return DataTable(caption, header, tuple(rows))


def curve_spoken(title: str, curves: Curves, digits: int) -> str:
    """Both curves as a sentence."""
    parts = [
        f"year {index + 1} from {number(scenario[0], digits)} to {number(scenario[-1], digits)}, under typical "
        f"practice from {number(typical[0], digits)} to {number(typical[-1], digits)}"
        for index, (scenario, typical) in enumerate(zip(curves.scenario, curves.counterfactual, strict=True))
    ]
    return f"{title}, by week: {'; '.join(parts)}."


def curve_table(title: str, curves: Curves, digits: int) -> DataTable:
    """Both curves, the first week of each year and every fourth."""
    rows = [
        (f"Year {year + 1}, week {index + 1}", number(typicals[index], digits), number(scenarios[index], digits))
        for year, (typicals, scenarios) in enumerate(zip(curves.counterfactual, curves.scenario, strict=True))
        for index in range(len(scenarios))
        if (index + 1) % 4 == 0 or index == 0
    ]
    return DataTable(title, ("Week", "Typical practice", "This scenario"), tuple(rows))
