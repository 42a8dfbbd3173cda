"""Sections on what students learn: the effect, who gains, growth week by week."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plsim.core.calendar import SUBJECTS
from plsim.evidence import fact
from plsim.measures.vocabulary import joined
from plsim.report.figures import Point, effect_figure, growth_figure, schools_figure
from plsim.report.material import DataTable, Material, Picture
from plsim.report.tables import BOTH, Curves, ReportedEstimate, growth_curves
from plsim.report.words import (
    compared,
    counted,
    difference,
    estimator_name,
    group_name,
    in_worlds,
    interval,
    number,
    signed,
    subject_name,
    with_interval,
)

BENCHMARK = "R17-03"
"""The published effect that a reader may know: RAND 2017, in percentile points."""
STUDY = "study_other_schools"
INTENTION_TO_TREAT = "intention_to_treat"
"""A group of the exact comparison: everybody who started, movers too."""
_POINTS_AXIS = "percentile points"
_SCHOOLS_LISTED = 200
_FAMILIES_APART = ("quintile", "grade")


def effect_pictures(material: Material) -> tuple[Picture, ...]:
    """The effect by subject, one picture a year."""
    years = material.effects.years[-2:] if len(material.effects.years) > 1 else material.effects.years
    shown = {year: effect_by_subject(material, year) for year in years}
    limits = _limits(estimate for rows in shown.values() for _, estimate in rows)
    pictures = []
    for year, rows in shown.items():
        points = [_point(subject_name(subject), estimate, material.worlds) for subject, estimate in rows]
        says = f"Effect after year {year}, in percentile points. {_spoken(points)}"
        svg = effect_figure(points, name=f"effect-{year}", says=says, axis=_POINTS_AXIS, limits=limits)
        pictures.append(Picture(svg, f"After year {year}", effect_table(material, year)))
    return tuple(pictures)


def effect_by_subject(material: Material, year: int) -> list[tuple[str, ReportedEstimate]]:
    """The effect in percentile points by subject, as far as there are subjects."""
    found = ((subject, material.points(subject=subject, year=year)) for subject in (*SUBJECTS, BOTH))
    return [(subject, estimate) for subject, estimate in found if estimate is not None]


def effect_table(material: Material, year: int) -> DataTable:
    """The effect of a year on every scale."""
    lines = [_effect_row(material, subject, year) for subject, _ in effect_by_subject(material, year)]
    scales = ("Percentile points", "Weeks of schooling", "SD of the norms", "MAP points (RIT)", "Positive in")
    return DataTable(f"Effect after year {year}, with 90% intervals over worlds", ("Subject", *scales), tuple(lines))


def effect_sentences(material: Material) -> tuple[str, ...]:
    """What the effect means, on scales that people know."""
    effect, weeks = material.headline, material.weeks()
    lines = [
        "A student who would have stood exactly in the middle of the nation, at percentile 50, stands at percentile "
        f"{number(50.0 + effect.value, 1)}" + _span(50.0 + effect.low, 50.0 + effect.high) + " instead."
    ]
    rit = material.effects.find("achievement", subject=material.subject, year=material.year, unit="RIT")
    if weeks is not None and rit is not None:
        lines.append(
            f"The difference is {number(abs(rit.value), 2)} points of the MAP test. In these grades a typical student "
            f"gains {number(material.weekly_growth[material.subject], 2)} points in a week of school, so this is worth "
            f"about {number(abs(weeks.value), 1)} weeks of schooling{' lost' if weeks.value < 0.0 else ''}"
            + (f" (between {interval(weeks).replace(' to ', ' and ')})" if weeks.has_interval else "")
            + "."
        )
    known = fact(BENCHMARK)
    if known.value is not None:
        lines.append(
            f"For scale: {known.study} ({known.year}) reported a gain of about {number(known.value, 0)} percentile "
            "points. That study compared with students of other schools, so it is not the same measure."
        )
    return tuple(lines)


def study_table(material: Material) -> DataTable | None:
    """The same effect as other designs would have estimated it; ``None`` when only the exact one is there."""
    ways = [(estimator_name(estimator), estimator, "all") for estimator in material.effects.estimators]
    if INTENTION_TO_TREAT in material.effects.groups:
        ways.insert(1, (estimator_name(INTENTION_TO_TREAT), "paired", INTENTION_TO_TREAT))
    rows = []
    for name, estimator, group in ways:
        found = [_in_sd(material, subject, estimator, group) for subject in SUBJECTS]
        if any(found):
            rows.append((name, *(with_interval(one) if one else "" for one in found)))
    header = ("Way of measuring", *(subject_name(subject) for subject in SUBJECTS))
    caption = f"Effect after year {material.year} in SD of the norms, as different studies would find it"
    return DataTable(caption, header, tuple(rows)) if len(rows) > 1 else None


def study_sentence(material: Material) -> str:
    """How far a study with other schools would have been off, and why."""
    pairs = [
        (subject, _in_sd(material, subject, STUDY, "all"), _in_sd(material, subject, "paired", "all"))
        for subject in SUBJECTS
    ]
    known = [(subject_name(subject).lower(), study, exact) for subject, study, exact in pairs if study and exact]
    if not known:
        return ""
    found = joined([f"{difference(study)} in {subject}" for subject, study, _ in known])
    truth = joined([difference(exact) for _, _, exact in known])
    return (
        f"Here a study with other schools would typically have found {found}, where the exact comparison finds "
        f"{truth}. What lies between the two is no effect: it is the bias of the design, and chance in which "
        "schools it compares with."
    )


def _in_sd(material: Material, subject: str, estimator: str, group: str) -> ReportedEstimate | None:
    """An effect of the last year in SD."""
    return material.effects.find(
        "achievement", subject=subject, year=material.year, estimator=estimator, group=group, unit="SD"
    )


class Groups(NamedTuple):
    """Groups of students that are shown together: the effect on each in percentile points."""

    key: str
    title: str
    rows: tuple[tuple[str, ReportedEstimate], ...]
    table: DataTable


def who_gains(material: Material) -> tuple[Groups, ...]:
    """Fifths, other groups, and grades."""
    families = material.effects.families()
    others = [group for family, groups in families.items() if family not in _FAMILIES_APART for group in groups]
    chosen = {
        "fifths": ("By score at the start", families.get("quintile", ())),
        "groups": ("By school and student (descriptive)", tuple(others)),
        "grades": ("By grade", families.get("grade", ())),
    }
    found = []
    for key, (title, groups) in chosen.items():
        if rows := _by_group(material, groups):
            table = _groups_table(material, title, [group for group, _ in rows])
            found.append(Groups(key, title, tuple(rows), table))
    return tuple(found)


def who_pictures(material: Material) -> tuple[Picture, ...]:
    """The same, drawn."""
    shown = who_gains(material)
    shared = _limits(estimate for each in shown if each.key != "grades" for _, estimate in each.rows)
    pictures = []
    for key, title, rows, table in shown:
        points = [_point(group_name(group), one, material.worlds) for group, one in rows]
        says = f"{title}: effect after year {material.year}, in percentile points. {_spoken(points)}"
        limits = _limits(one for _, one in rows) if key == "grades" else shared
        svg = effect_figure(points, name=f"who-{key}", says=says, axis=_POINTS_AXIS, limits=limits)
        pictures.append(Picture(svg, title, table))
    return tuple(pictures)


def fifths_sentence(material: Material) -> str:
    """Whether those who started lowest gain more, and whether that can be told."""
    low, high = material.points(group="quintile:1"), material.points(group="quintile:5")
    if low is None or high is None:
        return ""
    lowest = compared(low.value, 1, "percentile points", other="under typical practice")
    highest = compared(high.value, 1, "percentile points", other="under typical practice")
    text = f"The fifth of students who started lowest ends {lowest}. The fifth who started highest ends {highest}."
    apart = abs(low.value - high.value)
    if low.has_interval and apart < 0.5 * min(low.high - low.low, high.high - high.low):
        text += " That difference is small beside the uncertainty: do not read it as closing or widening a gap."
    return text


def schools_picture(material: Material) -> Picture | None:
    """Every school's effect."""
    schools = material.schools
    if len(schools.shown) < 2:
        return None
    low, high = schools.shown[0], schools.shown[-1]
    says = (
        f"Effect of each of {counted(len(schools.shown), 'school')}, from lowest to highest: {schools.below_zero:,} "
        f"below zero; the lowest {signed(low.effect, 2)}, the highest {signed(high.effect, 2)} MAP points."
    )
    svg = schools_figure(schools.shown, name="schools", says=says, axis="MAP points (RIT)")
    rows = [
        (one.school, "charter" if one.charter else "district", f"{one.students:,}", signed(one.effect, 2))
        for one in schools.shown[:_SCHOOLS_LISTED]
    ]
    caption = f"Effect by school after year {material.year}, central world"
    if len(schools.shown) > _SCHOOLS_LISTED:
        caption += f": the {_SCHOOLS_LISTED} lowest of {len(schools.shown):,}"
    table = DataTable(caption, ("School", "Kind", "Students", "MAP points (RIT)"), tuple(rows))
    return Picture(svg, "School by school, in MAP points (central world)", table)


def growth_pictures(material: Material) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """Growth by week in each subject, and what is to be seen there."""
    pictures, lines = [], []
    weekly = material.folder.weekly
    present = [subject for subject in SUBJECTS if (weekly["subject"] == subject).any()]
    every = {subject: growth_curves(weekly, material.folder.schools, subject) for subject in present}
    ahead_at = [ahead for curves in every.values() for year in curves.lead() for ahead in year]
    # The same scale in both subjects: a thousandth of a point should not look like a gain.
    reach = max((abs(ahead) for ahead in ahead_at), default=0.0) or 0.1
    limits = (
        min(-0.25 * reach, 1.25 * min(ahead_at, default=0.0)),
        max(0.25 * reach, 1.25 * max(ahead_at, default=0.0)),
    )
    for subject, curves in every.items():
        title = subject_name(subject)
        lines.append(growth_sentence(title, curves))
        svg = growth_figure(curves, name=f"growth-{subject}", says=f"Growth by week. {lines[-1]}", limits=limits)
        pictures.append(Picture(svg, title, growth_table(title, curves)))
    return tuple(pictures), tuple(lines)


def growth_sentence(title: str, curves: Curves) -> str:
    """What a picture of growth shows at its end."""
    gained, ahead = curves.counterfactual[-1][-1], curves.lead()[-1][-1]
    return (
        f"{title}: in year {len(curves.week)} typical practice brings {number(gained, 1)} points from the first "
        f"week to the last. The scenario ends {compared(ahead, 2, 'points', other='that')}."
    )


def growth_table(title: str, curves: Curves) -> DataTable:
    """Every fourth week."""
    rows = [
        (f"Year {year + 1}, week {index + 1}", number(typical, 2), number(scenario, 2), signed(scenario - typical, 2))
        for year, (typicals, scenarios) in enumerate(zip(curves.counterfactual, curves.scenario, strict=True))
        for index, (typical, scenario) in enumerate(zip(typicals, scenarios, strict=True))
        if (index + 1) % 4 == 0
    ]
    header = ("Week", "Typical practice", "This scenario", "Ahead by")
    return DataTable(f"{title}: points (RIT) gained since the year began", header, tuple(rows))


def _by_group(material: Material, groups: Sequence[str]) -> list[tuple[str, ReportedEstimate]]:
    found = ((group, material.points(group=group)) for group in groups)
    return [(group, estimate) for group, estimate in found if estimate is not None]


def _groups_table(material: Material, title: str, groups: Sequence[str]) -> DataTable:
    subjects = [*material.effects.subjects("percentile_points", year=material.year)]
    rows = []
    for group in groups:
        cells = [material.points(subject=subject, group=group) for subject in subjects]
        rows.append((group_name(group), *(with_interval(one) if one else "" for one in cells)))
    caption = f"{title}: effect after year {material.year} in percentile points, with 90% intervals over worlds"
    return DataTable(caption, ("Group", *(subject_name(subject) for subject in subjects)), tuple(rows))


def _effect_row(material: Material, subject: str, year: int) -> tuple[str, ...]:
    points, weeks = material.points(subject=subject, year=year), material.weeks(subject=subject, year=year)
    find = material.effects.find
    scales = [find("achievement", subject=subject, year=year, unit=unit) for unit in ("SD", "RIT")]
    cells = [with_interval(one) if one is not None else "" for one in (points, weeks, *scales)]
    return (subject_name(subject), *cells, in_worlds(points, material.worlds) if points is not None else "")


def _point(label: str, estimate: ReportedEstimate, worlds: int) -> Point:
    return Point(label, estimate.value, estimate.low, estimate.high, hollow=estimate.is_open(worlds))


def _limits(estimates: Iterable[ReportedEstimate]) -> tuple[float, float]:
    """An axis that holds every interval, zero, and room for labels."""
    ends = [end for one in estimates for end in (one.value, one.low, one.high) if math.isfinite(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.12 * (high - low) or 1.0
    return low - room, high + room


def _spoken(points: Sequence[Point]) -> str:
    said = []
    for point in points:
        span = ""
        if math.isfinite(point.low) and math.isfinite(point.high):
            span = f", between {signed(point.low, 1)} and {signed(point.high, 1)}"
        said.append(f"{point.label.removesuffix(' *')}: {signed(point.value, 1)}{span}")
    return "; ".join(said) + "."


def _span(low: float, high: float) -> str:
    return f" (between {number(low, 1)} and {number(high, 1)})" if math.isfinite(low) and math.isfinite(high) else ""
