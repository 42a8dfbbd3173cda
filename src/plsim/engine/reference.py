"""What typical practice gives in a world: the reference D, and how growth varies there.

A fixed norm population, with chance of its own, lives a year of typical practice: the first pass finds D, the second
makes it good. D is then frozen for all arms, so that typical practice in the norm group yields the norms' mean growth
and everything else is relative to it. A third pass tells how much growth varies and covaries by structure; what the
norms show beyond that is transient (:mod:`plsim.engine.transient`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from plsim.core.calendar import FALL_WEEK, SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import Arm, Engine, Reference
from plsim.engine.parameters import World
from plsim.engine.setting import WINDOWS, Setting, growth
from plsim.engine.state import Floats, Ints
from plsim.evidence import norms
from plsim.population.balanced import balanced
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.scenario.build import plan
from plsim.scenario.schema import Scenario

# The reference population's own luck. Any number does; it must never change with a run's seed.
REFERENCE_SEED = 2020
SCHOOLS = 24
STUDENTS_PER_SCHOOL = 252
FIRST_GUESS = 0.55
GRADES = 13


@dataclass(frozen=True)
class Structure:
    """Second moments of structural growth under typical practice, in units of the grade's normal growth over weeks 4-32.

    ``growth`` is weeks 4 to 32; ``summer`` what structure adds to the change from week 32 to the next week 4: the weeks of
    school at its ends, and the loss of what does not last; ``z`` the standardized entry score, of the student or the school.
    Each array has shape (2, 13); ``within`` is among students of a school and grade, ``between`` among school means.
    ``curve_*`` say how much growth bends with status (:func:`bend`): who is far from the class learns less. The moments are
    of growth without that.
    """

    within_growth: Floats
    within_z_growth: Floats
    within_summer: Floats
    within_z_summer: Floats
    within_growth_summer: Floats
    between_growth: Floats
    between_z_growth: Floats
    curve_growth: Floats
    curve_summer: Floats


@dataclass(frozen=True)
class Typical:
    """The reference of a world and the structure of growth in it."""

    reference: Reference
    structure: Structure
    fall_match: float


@cache
def reference_population() -> Population:
    """The fixed norm population: all grades alike, average schools and teachers by construction."""
    spec = PopulationSpec(schools=SCHOOLS, students_per_school=STUDENTS_PER_SCHOOL, level_shares=(1 / 3, 1 / 3, 1 / 3))
    return balanced(from_norms(spec, seed=REFERENCE_SEED))


@cache
def _setting() -> tuple[Setting, Scenario]:
    scenario = Scenario(schema_version=1, name="reference", purpose="Typical practice in the norm group.")
    people = reference_population()
    class_size = plan(scenario, people, 1).class_size
    return Setting(people, REFERENCE_SEED, 1, class_size), scenario


def typical(world: World, engine: Engine) -> Typical:
    """The reference of a world, from two passes, and the structure of growth, from a third."""
    setting, scenario = _setting()
    normal = growth()
    planned = plan(scenario, setting.population, 1)
    reference = Reference(np.full((len(SUBJECTS), GRADES), FIRST_GUESS))
    for _ in range(2):
        arm = Arm(setting, planned, planned.planned.values, world, reference, normal, even_teachers=True)
        arm.run_year(engine)
        reference = Reference(_effective(arm, reference))
    # Learning is linear in a teacher's effectiveness, so D needs no spread of teachers; the structure of growth does.
    even = arm
    arm = Arm(setting, planned, planned.planned.values, world, reference, normal)
    arm.run_year(engine)
    return Typical(reference, _structure(arm, even), float(arm.record[0].units["match"].mean()))


def _effective(arm: Arm, before: Reference) -> Floats:
    """D by subject and grade: solves mean growth of weeks 4-32 for it. Shape (2, 13)."""
    found = np.empty_like(before.effective)
    roster = arm.layout.roster
    seen = arm.record[0].achievement
    gain = seen[WINDOWS.index(SPRING_WEEK)] - seen[WINDOWS.index(FALL_WEEK)]
    weeks = slice(FALL_WEEK, SPRING_WEEK)
    homes = (arm.p.learning.home_share_math, arm.p.learning.home_share_reading)
    for subject, home in enumerate(homes):
        for grade in range(GRADES):
            chosen = roster.grade == grade
            normal = arm.growth.normal_rate[subject, grade, weeks].sum() * roster.learning_rate[chosen].mean()
            school_made = (
                gain[chosen, subject].mean() - arm.growth.seasonal[subject, grade, weeks].sum() - home * normal
            )
            found[subject, grade] = before.effective[subject, grade] * school_made / ((1.0 - home) * normal)
    return np.maximum(found, arm.p.learning.reference_floor)


def _structure(arm: Arm, even: Arm) -> Structure:
    """Second moments of structural growth, from a year with teachers as they are and one with even teachers.

    What teachers' differences enter is pooled over the grades of a school level, where there are few teachers; the rest is by
    grade. What hangs on the entry score is read from growth over the learning rate, which is independent of it: less noise.
    Next year's first weeks stand in this year's for, with even teachers, as next year's teachers are others. The curves are
    taken off before the moments, as the transient part takes them off.
    """
    people = arm.setting.population
    grade = arm.layout.roster.grade.astype(np.int64)
    level = people.level[people.school]
    rate = arm.layout.roster.learning_rate
    out = {name: np.zeros((len(SUBJECTS), GRADES)) for name in Structure.__dataclass_fields__}
    for subject in range(len(SUBJECTS)):
        z, school_z = arm.layout.roster.entry_z[:, subject], people.school_z[people.school, subject]
        bent = bend(z, school_z, subject, grade)
        gain, summer, _ = _parts(arm, subject)
        even_gain, even_summer, early = _parts(even, subject)
        for at in np.unique(grade):
            of = grade == at
            causes = np.stack([np.ones(of.sum()), z[of], school_z[of], bent[of]], axis=1)
            curves = np.linalg.lstsq(
                causes, np.stack([even_gain, even_summer, early], axis=1)[of] / rate[of, np.newaxis]
            )
            curve_growth, curve_summer, curve_early = curves[0][-1]
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


def bend(entry_z: Floats, school_z: Floats, subject: int, grade: Ints) -> Floats:
    """How far from average a student stands, high or low: the square of the standardized entry status, less its mean 1.

    ``entry_z`` is within the school, ``school_z`` the school's own; all arrays (students,).
    """
    within, between = norms().sd_within_fall[subject, grade], norms().sd_between_fall[subject, grade]
    away: Floats = (within * entry_z + between * school_z) ** 2 / (within**2 + between**2) - 1.0
    return away


def _parts(arm: Arm, subject: int) -> tuple[Floats, Floats, Floats]:
    """What a student's year and summer add to tested growth, less drift, in units of the grade's normal growth.

    Weeks 4 to 32; weeks 32 to 36 and what does not last of the year; and the next year's weeks 0 to 4, if they go as this
    year's did. Each (students,).
    """
    seen = [windowed[:, subject] for windowed in arm.record[0].achievement]
    grade = arm.layout.roster.grade.astype(np.int64)
    normal, drift = arm.growth.normal_rate[subject], arm.growth.seasonal[subject]
    unit = norms().growth[subject, grade]

    def weeks(values: Floats, first: int, last: int) -> Floats:
        total: Floats = values[:, first:last].sum(axis=1)
        return total[grade]

    year = seen[4] - seen[0] - weeks(drift, 0, WEEKS_PER_YEAR)
    beyond = year - arm.layout.roster.learning_rate * weeks(normal, 0, WEEKS_PER_YEAR)
    late = seen[4] - seen[3] - weeks(drift, SPRING_WEEK, WEEKS_PER_YEAR)
    early = seen[1] - seen[0] - weeks(drift, 0, FALL_WEEK)
    next_grade = np.minimum(np.arange(GRADES) + 1, GRADES - 1)
    faster = weeks(normal[next_grade], 0, FALL_WEEK) / weeks(normal, 0, FALL_WEEK)
    gain = seen[3] - seen[1] - weeks(drift, FALL_WEEK, SPRING_WEEK)
    return gain / unit, (late - (1.0 - arm.p.learning.durability) * beyond) / unit, faster * early / unit


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
