"""What typical practice gives in a world: the reference D, and how growth varies there.

A fixed norm population, with chance of its own, lives a year of typical practice until the tests in spring, which finds
D. It begins near it (:mod:`plsim.engine.first_guess`), for learning is only nearly linear in D; where it was not near,
another pass follows. D is then frozen for all arms, so that typical practice in the norm group yields the norms' mean
growth and everything else is relative to it. Two years more of another such population, lived only for tests that see
transient growth, tell how much growth varies and covaries by structure; what the norms show beyond that is transient
(:mod:`plsim.engine.transient`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, cached_property

import numpy as np

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import FALL_WEEK, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, SPRING_WEEK, SUBJECTS
from plsim.core.jit import interpreted
from plsim.engine.arm import Arm, Engine
from plsim.engine.first_guess import first_guess
from plsim.engine.kept import kept_numbers
from plsim.engine.parameters import World
from plsim.engine.records import Reference
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.structure import GRADES, Structure, persistent_cv, shares_seen, structure
from plsim.engine.year import run_year
from plsim.engine.year_start import begin_year
from plsim.population.balanced import balanced
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.scenario.build import Plan, plan
from plsim.scenario.schema import Scenario

SCHOOLS = 6
REFERENCE_SEED = 25
"""The reference population's own chance, which never changes with a run's seed. Of 160 seeds the one with which six
schools come nearest to what 96 schools find; a slow test compares them again."""
STRUCTURE_SCHOOLS = 24
STRUCTURE_SEED = 2020
STUDENTS_PER_SCHOOL = 504
"""As in schools of the norms. Where two teachers serve a subject, their differences alone exceed those of schools."""
NEAR = 0.04
"""How far from what it finds a pass may begin, in the mean: where more passes would lead is then 0.2% away, at most 1%
in single grades."""
PASSES = 5
"""At most. No world of the prior needs more than two."""
BANDS = (
    (0, 2),
    (3, LAST_ELEMENTARY_GRADE),
    (LAST_ELEMENTARY_GRADE + 1, LAST_MIDDLE_GRADE),
    (LAST_MIDDLE_GRADE + 1, 12),
)
"""First and last grade of each band: D bends with status alike in all grades of one."""


@dataclass(frozen=True)
class Typical:
    """What typical practice gives in a world.

    Attributes
    ----------
    reference
        D, by subject, grade and status.
    world, engine
        Whose it is, and who runs the years that tell more of growth, when it is asked for.
    """

    reference: Reference
    world: World
    engine: Engine

    @property
    def structure(self) -> Structure:
        """How much growth varies and covaries by structure.

        Learning is linear in a teacher's effectiveness, so D needs no spread of teachers; this does.
        """
        return Structure(*self._growth[:-1])

    @property
    def persistent_cv(self) -> Floats:
        """Spread of lasting growth among students of a class, over mean growth. Shape (2, 13).

        See :func:`plsim.engine.structure.persistent_cv`.
        """
        found: Floats = self._growth[-1]
        return found

    @cached_property
    def _growth(self) -> Floats:
        """The structure's moments, and the spread of lasting growth: from a year with even teachers and one without."""

        def find() -> Floats:
            lived_in = _lived_in(STRUCTURE_SCHOOLS, STRUCTURE_SEED)
            arm, even = (Arm(*lived_in, self.world, self.reference, even_teachers=even) for even in (False, True))
            for each in (arm, even):
                run_year(each, self.engine)
            fall, spring = (even.record[0].achievement[WINDOWS.index(week)] for week in (FALL_WEEK, SPRING_WEEK))
            return np.stack([*vars(structure(arm, even)).values(), persistent_cv(even, spring - fall)])

        shape = (len(fields(Structure)) + 1, len(SUBJECTS), GRADES)
        return kept_numbers("growth", self.world, self.engine, shape, find)


def reference_population() -> Population:
    """The fixed norm population: all grades alike, average schools and teachers by construction."""
    return norm_group(SCHOOLS, REFERENCE_SEED)


@cache
def norm_group(schools: int, seed: int) -> Population:
    """A balanced population of the norms' schools, with a third of them on each level."""
    spec = PopulationSpec(schools=schools, students_per_school=STUDENTS_PER_SCHOOL, level_shares=(1 / 3, 1 / 3, 1 / 3))
    return balanced(from_norms(spec, seed=seed))


@cache
def _lived_in(schools: int, seed: int) -> tuple[Setting, Plan]:
    scenario = Scenario(schema_version=1, name="reference", purpose="Typical practice in the norm group.")
    people = norm_group(schools, seed)
    planned = plan(scenario, people, 1)
    return Setting(people, seed, 1, planned.class_size), planned


def typical(world: World, engine: Engine) -> Typical:
    """What typical practice gives in a world: its reference now, more of growth when it is asked for."""

    def find() -> Floats:
        reference = found_from(first_guess(world), world, engine)
        return np.stack([reference.effective, reference.slope, reference.curve])

    return Typical(
        Reference(*kept_numbers("reference", world, engine, (3, len(SUBJECTS), GRADES), find)), world, engine
    )


def found_from(start: Reference, world: World, engine: Engine) -> Reference:
    """The reference of a world, in as many passes as it takes from a start."""
    for _ in range(PASSES):
        found = one_pass(start, world, engine)
        if abs(float((found.effective / start.effective).mean()) - 1.0) <= NEAR:
            break
        start = found
    return found


def one_pass(
    start: Reference, world: World, engine: Engine, *, schools: int = SCHOOLS, seed: int = REFERENCE_SEED
) -> Reference:
    """D as a year of typical practice shows it that began with another."""
    arm = Arm(*_lived_in(schools, seed), world, start, even_teachers=True)
    return _found(arm, _gain(arm, engine))


def _gain(arm: Arm, engine: Engine) -> Floats:
    """Growth between the tests of fall and spring (RIT). Shape (students, 2)."""
    begin_year(arm, engine)
    engine.run(arm, 0, FALL_WEEK)
    fall = arm.by_student(arm.rows.achievement)
    engine.run(arm, FALL_WEEK, SPRING_WEEK)
    return arm.by_student(arm.rows.achievement) - fall


def _found(arm: Arm, gain: Floats) -> Reference:
    """D by subject, grade and status: solves mean growth of weeks 4-32 for it.

    What a student's Q was follows from growth. Over status it is a curve, the same in every grade of a band: typical
    growth is then as flat in status as the norms', whatever gaps and needs do. The grade's mean growth is exact.
    """
    roster, p = arm.layout.roster, arm.p.learning
    grade, rate = roster.grade.astype(np.int64), roster.learning_rate
    status = arm.setting.entry_status(0)
    weeks = slice(FALL_WEEK, SPRING_WEEK)
    shape = (len(SUBJECTS), GRADES)
    seen, between = shares_seen(p), np.arange(SPRING_WEEK) >= FALL_WEEK
    level, slope, curve = np.ones(shape), np.zeros(shape), np.zeros(shape)
    at = interpreted("plsim.rules.learning").reference_at
    for subject, home in enumerate((p.home_share_math, p.home_share_reading)):
        before = at(
            arm.reference.effective[subject, grade],
            arm.reference.slope[subject, grade],
            arm.reference.curve[subject, grade],
            status[:, subject],
            p.reference_floor,
        )
        gross = arm.gross[subject, :, weeks].sum(axis=1)[grade]
        normal = arm.growth.normal_rate[subject, :, weeks].sum(axis=1)[grade]
        drift = arm.growth.seasonal[subject, :, weeks].sum(axis=1)[grade]
        by_rate = (gain[:, subject] - drift) / rate
        # Forgetting that takes from what is beyond typical practice hides some of what was learned: bring it back.
        taught = arm.gross[subject, :, :SPRING_WEEK]
        hidden = (taught * between).sum(axis=1) / (taught * seen).sum(axis=1) - 1.0
        by_rate = by_rate + hidden[grade] * (by_rate - normal)
        was = before * (by_rate - home * gross + (gross - normal)) / ((1.0 - home) * gross)
        for first, last in BANDS:
            band = (grade >= first) & (grade <= last)
            if not band.any():
                continue
            grades = np.arange(first, last + 1)
            z = status[band, subject]
            middle, found = _bent(was[band], z, grade[band] - first, rate[band])
            slope[subject, grades], curve[subject, grades] = found / middle.mean()
        for each in range(GRADES):
            of = grade == each
            bent = at(1.0, slope[subject, each], curve[subject, each], status[of, subject], 0.0)
            level[subject, each] = (rate[of] * was[of] / bent).sum() / rate[of].sum()
    return Reference(np.maximum(level, p.reference_floor), slope, curve)


def _bent(values: Floats, z: Floats, group: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """A curve over status, the same in all groups, by weighted least squares.

    Returns the middle of each student's group, and slope and curve. Written out: what a library of linear algebra gives
    depends, in its last digits, on processor and threads.
    """
    total = np.bincount(group, weight)

    def mean(of: Floats) -> Floats:
        means: Floats = np.bincount(group, weight * of) / total
        return means[group]

    causes = (z, z * z - 1.0)
    (x, y), v = (each - mean(each) for each in causes), values - mean(values)
    xx, xy, yy = (weight * x * x).sum(), (weight * x * y).sum(), (weight * y * y).sum()
    xv, yv = (weight * x * v).sum(), (weight * y * v).sum()
    found = np.array([yy * xv - xy * yv, xx * yv - xy * xv]) / (xx * yy - xy * xy)
    return mean(values - found[0] * causes[0] - found[1] * causes[1]), found
