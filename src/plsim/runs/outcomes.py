"""From the records of two arms to the outcomes of each year."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Bools, Floats, Ints
from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.engine.arm import Arm
from plsim.engine.records import YearRecord
from plsim.engine.setting import Setting
from plsim.evidence import norms, registry
from plsim.measures.costs import Costs, costs, per_student, unpaid_value
from plsim.measures.disclosure import protected, shown_of
from plsim.measures.effects import GroupOutcome, StudentOutcome, YearOutcomes
from plsim.measures.groups import (
    SMALLEST_GROUP,
    Partition,
    by_flag,
    by_governance,
    by_grade,
    by_labels,
    by_level,
    by_quintile,
    everyone,
    headline,
)
from plsim.measures.outcomes import DeclaredOutcome, StudentYear, student_outcomes
from plsim.runs.spending import teachers_of, use
from plsim.runs.survey_outcomes import surveys

SPRING = 3
SCORE_OUTCOMES = frozenset({"achievement", "percentile_points", "achievement_cross_section"})
"""What is read from latent achievement alone."""
_WITHOUT_SURVEYS = SCORE_OUTCOMES | {
    "aligned_test", "on_grade", "unmet_lesson_share", "one_on_one_minutes", "on_task_share", "match",
    "self_regulation", "engagement", "teacher_hours", "strain", "fidelity", "proficiency",
    "regroupings_per_month", "trust", "library", "reverted", "unpaid_teacher_hours", "budget_cost_per_student",
    "unpaid_hours_value", "cost_per_student",
    *(f"cost_{name}" for name in Costs._fields),
}  # fmt: skip
"""Whoever asks for nothing else is spared the surveys, which take as long as all of these."""
WEEKS_PER_MONTH = 52.0 / 12.0


def followed(setting: Setting, *, headlines: bool = True) -> Bools:
    """Students who are there in every year of the run, from the first week on: one set for all its years.

    In headline grades throughout, unless ``headlines`` is False. Where no such student is left (no grade of a school is
    as far from its last as the run is long), all who were there in the first week. Shape (students,).
    """
    first, last = setting.timeline.years[0], setting.timeline.years[-1]
    throughout = last.entered == 0
    grades = [each.grade.astype(np.int64) for each in (first, last)]
    shown = throughout & headline(grades[0]) & headline(grades[1]) if headlines else throughout
    if not shown.any():
        shown = throughout
    return np.asarray(shown if shown.any() else np.ones_like(throughout))


def still_there(setting: Setting, year: int) -> Bools:
    """First-year students who are there in a year (from 0), in headline grades if any are. Shape (students,)."""
    roster = setting.timeline.years[year]
    stays = roster.entered == 0
    shown = stays & headline(roster.grade.astype(np.int64))
    return np.asarray(shown if shown.any() else stays)


def partitions(setting: Setting, year: int) -> tuple[Partition, ...]:
    """The groups of a year, each of the same students in every year of the run (:func:`followed`)."""
    people, roster = setting.population, setting.timeline.years[year]
    here = roster.entered == 0
    grade = roster.grade.astype(np.int64)
    counted = followed(setting) & here
    first = setting.timeline.years[0]
    each = np.arange(2)
    first_grade = first.grade.astype(np.int64)[:, np.newaxis]
    baseline = (people.achievement - norms().week0_mean[each, first_grade]) / norms().sd_fall_observed[
        each, first_grade
    ]
    parts = [
        everyone(counted),
        by_quintile(baseline, counted),
        by_governance(people.charter[people.school], counted),
        by_level(first_grade[:, 0], counted),
        by_flag("lunch_eligible", people.lunch_eligible, counted),
        by_grade(grade, followed(setting, headlines=False) & here),
    ]
    parts += [by_labels(name, labels, counted) for name, labels in people.subgroups.items()]
    return protected(parts) if people.are_people else tuple(parts)


class YearGroups(NamedTuple):
    """The groups of a year, the same in every world of a run.

    ``cross_section`` is of whoever of the first year is still there, other students every year; None in a single year
    and where that adds too few to show.
    """

    partitions: tuple[Partition, ...]
    cross_section: Partition | None


def year_groups(setting: Setting, year: int) -> YearGroups:
    """What the outcomes of a year are shown for."""
    parts, here = partitions(setting, year), still_there(setting, year)
    if setting.years == 1 or 0 < np.count_nonzero(here & ~followed(setting)) < SMALLEST_GROUP:
        return YearGroups(parts, None)
    if setting.population.are_people and not shown_of(np.where(here, 0, -1), 1, parts)[0]:
        return YearGroups(parts, None)
    return YearGroups(parts, everyone(here))


def schools_shown(setting: Setting, year: int) -> Bools:
    """Schools whose means may be shown beside all groups of a year. Shape (schools,)."""
    people = setting.population
    if not people.are_people:
        return np.ones(setting.schools, bool)
    stays = setting.timeline.years[year].entered == 0
    codes = np.where(stays, people.school.astype(np.int64), -1)
    return shown_of(codes, setting.schools, partitions(setting, year))


def year_outcomes(
    setting: Setting,
    scenario: Arm,
    counterfactual: Arm,
    year: int,
    *,
    groups: YearGroups | None = None,
    only: Collection[str] | None = None,
) -> YearOutcomes:
    """Outcomes of one year of a pair of arms.

    Parameters
    ----------
    groups
        Groups of students, when they are known; else those of :func:`year_groups`.
    only
        Names of the outcomes to make, for sweeps that ask for few; else all.
    """
    if groups is None:
        groups = year_groups(setting, year)
    a, b = scenario.record[year], counterfactual.record[year]
    grade = setting.timeline.years[year].grade.astype(np.int64)
    sd = norms().sd_fall_observed[np.arange(2), grade[:, np.newaxis]]
    scores = _scores(a, b, sd, groups.cross_section)
    if only is not None and set(only) <= SCORE_OUTCOMES:
        return YearOutcomes(year + 1, groups.partitions, scores, ())
    unsurveyed = _WITHOUT_SURVEYS.union(each.words.name for each in student_outcomes())
    asked = only is None or not unsurveyed.issuperset(only)
    of_surveys = surveys(scenario, counterfactual, year) if asked else ((), ())
    units_a_year = WEEKS_PER_YEAR / registry().value("pace.unit_weeks")

    def student(name: str, unit: str, of: str, scale: float = 1.0, *, per: str | None = None) -> StudentOutcome:
        def read(record: YearRecord) -> Floats:
            values = record.units[of] * scale
            return values if per is None else values / np.maximum(record.units[per], 1.0)

        return StudentOutcome(name, unit, read(a), read(b))

    def shared(name: str, unit: str, of: str) -> StudentOutcome:
        return StudentOutcome(name, unit, getattr(a, of)[:, np.newaxis], getattr(b, of)[:, np.newaxis])

    students: tuple[StudentOutcome, ...] = (
        *scores,
        student("aligned_test", "share", "taught_mastery", 1.0 / units_a_year),
        student("on_grade", "share", "coverage", 1.0 / units_a_year),
        student("unmet_lesson_share", "share", "unmet", per="units_taught"),
        student("one_on_one_minutes", "minutes/week", "one_on_one", 60.0 / WEEKS_PER_YEAR)._replace(total=True),
        student("on_task_share", "share", "on_task"),
        student("match", "share", "match"),
        *_declared_outcomes(a, b, grade, sd),
        shared("self_regulation", "share", "self_regulation"),
        shared("engagement", "index", "engagement"),
        *of_surveys[0],
    )
    of_groups = (
        *_group_outcomes(setting, scenario, counterfactual, year),
        *_cost_outcomes(setting, scenario, counterfactual, year),
        *of_surveys[1],
    )
    if only is not None:
        # Percentile points are read from achievement.
        wanted = {*only, "achievement"} if "percentile_points" in only else set(only)
        students = tuple(each for each in students if each.name in wanted)
        of_groups = tuple(each for each in of_groups if each.name in only)
    return YearOutcomes(year + 1, groups.partitions, students, of_groups)


def _declared_outcomes(a: YearRecord, b: YearRecord, grade: Ints, sd: Floats) -> tuple[StudentOutcome, ...]:
    """The outcomes that :mod:`plsim.measures.outcomes` declares."""
    years = [
        StudentYear(
            grade=grade,
            achievement=record.achievement,
            achievement_sd=sd,
            units=record.units,
            self_regulation=record.self_regulation,
            engagement=record.engagement,
        )
        for record in (a, b)
    ]

    def read(each: DeclaredOutcome, of: StudentYear) -> Floats:
        values = np.asarray(each.read(of), dtype=np.float64)
        return values if values.ndim == 2 else values[:, np.newaxis]

    return tuple(
        StudentOutcome(each.words.name, each.words.unit, read(each, years[0]), read(each, years[1]))
        for each in student_outcomes()
    )


def _scores(a: YearRecord, b: YearRecord, sd: Floats, cross_section: Partition | None) -> tuple[StudentOutcome, ...]:
    """Latent achievement at week 32, in SD of the norms' observed fall scores and in RIT."""
    rit = [record.achievement[SPRING] for record in (a, b)]
    effect = StudentOutcome("achievement", "SD", rit[0] / sd, rit[1] / sd)
    scores = (effect, StudentOutcome("achievement", "RIT", rit[0], rit[1]))
    if cross_section is None:
        return scores
    return (*scores, effect._replace(name="achievement_cross_section", partitions=(cross_section,)))


def _group_outcomes(setting: Setting, scenario: Arm, counterfactual: Arm, year: int) -> tuple[GroupOutcome, ...]:
    """Outcomes of teachers and schools."""
    a, b = scenario.record[year], counterfactual.record[year]
    instruction = registry().value("measures.instruction_hours")
    labels = ("all", "governance:district", "governance:charter")

    def seats(name: str, unit: str, of: str, plus: float = 0.0) -> GroupOutcome:
        def read(arm: Arm, record: YearRecord) -> Floats:
            charter = setting.population.charter[arm.setting.timeline.seats.seat_school]
            taught = record.taught > 0.0
            values = getattr(record, of)
            values = values.mean(axis=1) if values.ndim == 2 else values
            return np.array([_mean(values[taught & chosen]) + plus for chosen in (taught, ~charter, charter)])

        return GroupOutcome(name, unit, labels, read(scenario, a), read(counterfactual, b))

    def schools(name: str, unit: str, of: str, scale: float = 1.0) -> GroupOutcome:
        charter = setting.population.charter

        def read(record: YearRecord) -> Floats:
            values = getattr(record, of) * scale
            return np.array([_mean(values), _mean(values[~charter]), _mean(values[charter])])

        return GroupOutcome(name, unit, labels, read(a), read(b))

    return (
        seats("teacher_hours", "hours/week", "demand", instruction),
        seats("strain", "index", "strain"),
        seats("fidelity", "share", "fidelity"),
        seats("proficiency", "share", "proficiency"),
        schools("regroupings_per_month", "count", "regroupings", WEEKS_PER_MONTH / WEEKS_PER_YEAR),
        schools("trust", "share", "trust"),
        schools("library", "share", "library"),
        schools("reverted", "share", "reverted"),
    )


def _cost_outcomes(setting: Setting, scenario: Arm, counterfactual: Arm, year: int) -> tuple[GroupOutcome, ...]:
    """What the district pays, in all and by kind; the hours that nobody pays, and their value; the sum of both."""
    charter = setting.population.charter
    labels = ("all", "governance:district", "governance:charter")
    arms = (scenario, counterfactual)
    uses = [use(arm, year) for arm in arms]
    spent = [costs(each, arm.world.number) for each, arm in zip(uses, arms, strict=True)]
    unpaid = [unpaid_value(each, arm.world.number) for each, arm in zip(uses, arms, strict=True)]

    def outcome(
        name: str, amounts: list[Floats], *, unit: str = "USD", over: list[Floats] | None = None
    ) -> GroupOutcome:
        shared = over or [uses[0].students] * 2
        both = [
            np.array([per_student(each, by, chosen) for chosen in (charter | True, ~charter, charter)])
            for each, by in zip(amounts, shared, strict=True)
        ]
        return GroupOutcome(name, unit, labels, both[0], both[1])

    hours = [each.unpaid_hours / WEEKS_PER_YEAR for each in uses]
    kinds = [outcome(f"cost_{name}", [getattr(each, name) for each in spent]) for name in Costs._fields]
    return (
        outcome("unpaid_teacher_hours", hours, unit="hours/week", over=[teachers_of(arm, year) for arm in arms]),
        outcome("budget_cost_per_student", [each.budget for each in spent]),
        outcome("unpaid_hours_value", unpaid),
        outcome("cost_per_student", [each.budget + more for each, more in zip(spent, unpaid, strict=True)]),
        *kinds,
    )


def _mean(values: Floats) -> float:
    """Mean, summed serially; NaN of nothing."""
    return (
        float(np.bincount(np.zeros(values.shape[0], np.int64), values)[0] / values.shape[0])
        if values.size
        else float("nan")
    )
