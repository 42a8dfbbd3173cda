"""How growth varies by structure under typical practice: what tests would show if nothing in them were transient.

Structure is what the model's rules make: learning rates, attendance, match, attention, teachers. The norms show more
variance than that, and other covariances; the difference is transient (:mod:`plsim.engine.transient`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import FALL_WEEK, SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import SUMMER_WEEKS, Arm, plain
from plsim.evidence import norms
from plsim.rules.learning import LearningParams

GRADES = 13


@dataclass(frozen=True)
class Structure:
    """Second moments of structural growth, in units of the grade's gross learning over weeks 4-32 (``unit``, RIT).

    ``growth`` is weeks 4 to 32; ``summer`` what structure adds to the change from week 32 to the next week 4: the weeks
    of school at its ends, and the loss of what does not last; ``z`` the standardized entry score, of the student or the
    school. Each array has shape (2, 13); ``within`` is among students of a school and grade, ``between`` among school
    means. ``curve_*`` say how much growth bends with status (:func:`bend`): who is far from the class learns less. The
    moments are of growth without that.
    """

    unit: Floats
    within_growth: Floats
    within_z_growth: Floats
    within_summer: Floats
    within_z_summer: Floats
    within_growth_summer: Floats
    between_growth: Floats
    between_z_growth: Floats
    curve_growth: Floats
    curve_summer: Floats


def structure(arm: Arm, even: Arm) -> Structure:
    """Structure from a year with teachers as they are and one with even teachers, of the same students.

    What teachers' differences enter is pooled over the grades of a school level, where there are few teachers; the rest
    is by grade. What hangs on the entry score is read from growth over the learning rate, which is independent of it:
    less noise. This year's first weeks stand in for the next year's: with even teachers, as those will be others.
    The curves are taken off before the moments, as the transient part takes them off.
    """
    people = arm.setting.population
    grade = arm.layout.roster.grade.astype(np.int64)
    level = people.level[people.school]
    rate = arm.layout.roster.learning_rate
    out = {name: np.zeros((len(SUBJECTS), GRADES)) for name in Structure.__dataclass_fields__}
    out["unit"] = gross_growth(arm)
    for subject in range(len(SUBJECTS)):
        z, school_z = arm.layout.roster.entry_z[:, subject], people.school_z[people.school, subject]
        bent = bend(z, school_z, subject, grade)
        gain, summer, _ = _parts(arm, subject)
        even_gain, even_summer, early = _parts(even, subject)
        for at in np.unique(grade):
            of = grade == at
            own = _alone(bent[of], (np.ones(of.sum()), z[of], school_z[of]))
            curve_growth, curve_summer, curve_early = (
                float((own * each[of] / rate[of]).sum() / (own * own).sum()) for each in (even_gain, even_summer, early)
            )
            for values in (gain, even_gain):
                values[of] -= curve_growth * bent[of]
            for values in (summer, even_summer):
                values[of] -= curve_summer * bent[of]
            early[of] -= curve_early * bent[of]
            out["curve_growth"][subject, at] = curve_growth
            out["curve_summer"][subject, at] = curve_summer + curve_early
        for each in np.unique(level):
            chosen = level == each
            cells = _Cells((people.school * GRADES + grade)[chosen])
            g, u = gain[chosen], summer[chosen]
            pooled = {
                "within_growth": cells.within(g, g),
                "within_summer": cells.within(u, u),
                "within_growth_summer": cells.within(g, u),
                "between_growth": max(cells.between(g, g, grade[chosen]), 0.0),
                "between_z_growth": cells.between(even_gain[chosen], school_z[chosen], grade[chosen]),
            }
            for at in np.unique(grade[chosen]):
                of = grade == at
                cells = _Cells(people.school[of])
                found = dict(pooled)
                found["within_summer"] += cells.within(early[of], early[of] + 2.0 * even_summer[of])
                found["within_growth_summer"] += cells.within(early[of], even_gain[of])
                found["within_z_growth"] = cells.within(z[of], even_gain[of] / rate[of])
                found["within_z_summer"] = cells.within(z[of], (even_summer[of] + early[of]) / rate[of])
                for name, value in found.items():
                    out[name][subject, at] = value
    return Structure(**out)


def gross_growth(arm: Arm) -> Floats:
    """What typical practice teaches over weeks 4-32 before losses (RIT). Shape (subjects, grades).

    What teachers do moves achievement in proportion to it, in all grades of a level alike.
    """
    total: Floats = arm.gross[:, :, FALL_WEEK:SPRING_WEEK].sum(axis=2)
    return total


def persistent_cv(arm: Arm, gain: Floats) -> Floats:
    """Spread of the growth that a student's lasting traits lead to expect, over mean growth; 0 where there is nobody.

    SD among the students of a class: of learning rate, match, self-regulation and attendance. Chance in single weeks
    is taken off. ``gain`` is latent growth over weeks 4 to 32 of the arm's first year (RIT), shape (students, 2). The
    spread has shape (2, 13).
    """
    roster = arm.setting.timeline.years[0]
    grade = roster.grade.astype(np.int64)
    out = np.zeros((len(SUBJECTS), GRADES))
    for subject in range(len(SUBJECTS)):
        chance = variance_of_absence(arm, subject)
        for at in np.unique(grade):
            of = grade == at
            seen = gain[of, subject]
            lasting = _Cells(roster.section[of, subject]).within(seen, seen) - float(chance[of].mean())
            out[subject, at] = np.sqrt(max(lasting, 0.0)) / seen.mean()
    return out


def variance_of_absence(arm: Arm, subject: int) -> Floats:
    """Variance of latent growth from which weeks a student happened to miss (RIT squared). Shape (students,)."""
    roster, p = arm.setting.timeline.years[0], arm.p.learning
    chance = (1.0 - roster.attendance_rate) / p.days_absent
    attended = p.days_absent**2 * chance * (1.0 - chance)
    home = (p.home_share_math, p.home_share_reading)[subject]
    weekly = (1.0 - home) * arm.gross[subject][roster.grade.astype(np.int64), FALL_WEEK:SPRING_WEEK]
    weekly = weekly * shares_seen(arm.p.learning)[FALL_WEEK:]
    variance: Floats = attended * ((roster.learning_rate[:, np.newaxis] * weekly) ** 2).sum(axis=1)
    return variance


@lru_cache(maxsize=16)
def shares_seen(p: LearningParams) -> Floats:
    """How much of what a week brings beyond typical practice growth between the tests shows. Shape (weeks to spring,).

    All of what the weeks between the tests bring, where forgetting has no stores; else less, and less than nothing of
    the weeks before the first test: what is forgotten of those between the tests is missing in growth.
    """
    rule = plain("learning")
    seen = np.zeros(SPRING_WEEK)
    for start in range(SPRING_WEEK):
        fresh, shown = 0.0, 0.0
        for week in range(start, SPRING_WEEK):
            inside = week >= FALL_WEEK
            shown += inside * ((week == start) - rule.forgotten(fresh, p))
            fresh = rule.next_fresh(fresh, float(week == start), p)
        seen[start] = shown
    seen.flags.writeable = False
    return seen


def bend(entry_z: Floats, school_z: Floats, subject: int, grade: Ints) -> Floats:
    """How far from average a student stands, high or low: the square of the standardized entry status, less its mean 1.

    ``entry_z`` is within the school, ``school_z`` the school's own; all arrays (students,).
    """
    within, between = norms().sd_within_fall[subject, grade], norms().sd_between_fall[subject, grade]
    away: Floats = (within * entry_z + between * school_z) ** 2 / (within**2 + between**2) - 1.0
    return away


def _alone(cause: Floats, others: Iterable[Floats]) -> Floats:
    """What of a cause the others don't explain: its regression coefficient beside them is the one on this alone.

    Written out: what a library of linear algebra gives depends, in its last digits, on processor and threads.
    """
    directions: list[Floats] = []
    for each in (*others, cause):
        rest = each.copy()
        for known in directions:
            rest -= (known * rest).sum() / (known * known).sum() * known
        directions.append(rest)
    return directions[-1]


def _parts(arm: Arm, subject: int) -> tuple[Floats, Floats, Floats]:
    """What a student's year and summer add to tested growth, less drift, in units of the grade's normal growth.

    Weeks 4 to 32; weeks 32 to 36 and what does not last of the year; and the next year's weeks 0 to 4, if they go as
    this year's did. Each (students,).
    """
    seen = [windowed[:, subject] for windowed in arm.record[0].achievement]
    grade = arm.layout.roster.grade.astype(np.int64)
    fresh = arm.by_student(arm.rows.fresh)[:, subject]
    normal, drift = arm.growth.normal_rate[subject], arm.growth.seasonal[subject]
    unit = gross_growth(arm)[subject, grade]

    def weeks(values: Floats, first: int, last: int) -> Floats:
        total: Floats = values[:, first:last].sum(axis=1)
        return total[grade]

    year = seen[4] - seen[0] - weeks(drift, 0, WEEKS_PER_YEAR)
    usual = arm.layout.roster.learning_rate * weeks(normal, 0, WEEKS_PER_YEAR)
    summer = plain("learning").lasting_change(year, usual, fresh, SUMMER_WEEKS, arm.p.learning)
    late = seen[4] - seen[3] - weeks(drift, SPRING_WEEK, WEEKS_PER_YEAR)
    early = seen[1] - seen[0] - weeks(drift, 0, FALL_WEEK)
    next_grade = np.minimum(np.arange(GRADES) + 1, GRADES - 1)
    faster = weeks(normal[next_grade], 0, FALL_WEEK) / weeks(normal, 0, FALL_WEEK)
    gain = seen[3] - seen[1] - weeks(drift, FALL_WEEK, SPRING_WEEK)
    return gain / unit, (late + summer) / unit, faster * early / unit


class _Cells:
    """Students sorted into cells; covariances inside the cells and between their means."""

    def __init__(self, cell: Ints) -> None:
        _, self.place, self.count = np.unique(cell, return_inverse=True, return_counts=True)

    def within(self, x: Floats, y: Floats) -> float:
        """Covariance of two values among students of one cell."""
        free = self.place.shape[0] - self.count.shape[0]
        return float((self._centred(x) * self._centred(y)).sum() / free)

    def between(self, x: Floats, y: Floats, group: Ints) -> float:
        """Covariance of cells' means in a group, free of what the students in the cells contribute by chance."""
        group_of = np.zeros(self.count.shape[0], np.int64)
        group_of[self.place] = group
        groups = _Cells(group_of)
        return groups.within(self._means(x), self._means(y)) - self.within(x, y) * float((1.0 / self.count).mean())

    def _means(self, x: Floats) -> Floats:
        means: Floats = np.bincount(self.place, x) / self.count
        return means

    def _centred(self, x: Floats) -> Floats:
        centred: Floats = x - self._means(x)[self.place]
        return centred
