"""What typical practice gives in a world: the reference D, and how growth varies there.

A fixed norm population, with chance of its own, lives a year of typical practice until the tests in spring: the first
pass, by a few of its schools, finds D nearly, the second makes it good. D is then frozen for all arms, so that typical
practice in the norm group yields the norms' mean growth and everything else is relative to it. Two years more, lived
only for tests that see transient growth, tell how much growth varies and covaries by structure; what the norms show
beyond that is transient (:mod:`plsim.engine.transient`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, cached_property

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import FALL_WEEK, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, SPRING_WEEK, SUBJECTS
from plsim.core.jit import interpreted
from plsim.engine.arm import Arm, Engine
from plsim.engine.kept import kept_numbers
from plsim.engine.parameters import World
from plsim.engine.records import Reference
from plsim.engine.setting import Setting
from plsim.engine.structure import GRADES, Structure, persistent_cv, shares_seen, structure
from plsim.engine.year import run_year
from plsim.engine.year_start import begin_year
from plsim.population.balanced import balanced
from plsim.population.model import Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.scenario.build import Plan, plan
from plsim.scenario.schema import Scenario

# The reference population's own luck. Any number does; it must never change with a run's seed.
REFERENCE_SEED = 2020
SCHOOLS = 12
FIRST_SCHOOLS = 6
"""Learning is nearly linear in D: what the luck of few schools does to a first pass hardly shows after the second."""
STRUCTURE_SCHOOLS = 24
STUDENTS_PER_SCHOOL = 504
"""As in schools of the norms. Where two teachers serve a subject, their differences alone exceed those of schools."""
FIRST_GUESS = 0.55
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
    gain: Floats | None = None
    """The growth between the tests of fall and spring that it was found from (RIT), shape (students, 2); None where it
    was kept from an earlier run."""

    @cached_property
    def persistent_cv(self) -> Floats:
        """Spread of lasting growth among students of a class, over mean growth. Shape (2, 13).

        See :func:`plsim.engine.structure.persistent_cv`.
        """
        gain = self.gain if self.gain is not None else _two_passes(self.world, self.engine)[1]
        return persistent_cv(_arm(SCHOOLS, self.world, self.reference, even=True), gain)

    @cached_property
    def structure(self) -> Structure:
        """How much growth varies and covaries by structure.

        Learning is linear in a teacher's effectiveness, so D needs no spread of teachers; this does.
        """

        def find() -> Floats:
            arm, even = (_arm(STRUCTURE_SCHOOLS, self.world, self.reference, even=even) for even in (False, True))
            for each in (arm, even):
                run_year(each, self.engine)
            return np.stack(list(vars(structure(arm, even)).values()))

        names = [each.name for each in fields(Structure)]
        found = kept_numbers("structure", self.world, self.engine, (len(names), len(SUBJECTS), GRADES), find)
        return Structure(**dict(zip(names, found, strict=True)))


@cache
def reference_population(schools: int = SCHOOLS) -> Population:
    """The fixed norm population: all grades alike, average schools and teachers by construction."""
    spec = PopulationSpec(schools=schools, students_per_school=STUDENTS_PER_SCHOOL, level_shares=(1 / 3, 1 / 3, 1 / 3))
    return balanced(from_norms(spec, seed=REFERENCE_SEED))


@cache
def _lived_in(schools: int) -> tuple[Setting, Plan]:
    scenario = Scenario(schema_version=1, name="reference", purpose="Typical practice in the norm group.")
    planned = plan(scenario, reference_population(schools), 1)
    return Setting(reference_population(schools), REFERENCE_SEED, 1, planned.class_size), planned


def _arm(schools: int, world: World, reference: Reference, *, even: bool) -> Arm:
    setting, planned = _lived_in(schools)
    return Arm(setting, planned, world, reference, even_teachers=even)


def typical(world: World, engine: Engine) -> Typical:
    """The reference of a world, from two passes."""
    gain: list[Floats] = []

    def find() -> Floats:
        reference, grown = _two_passes(world, engine)
        gain.append(grown)
        return np.stack([reference.effective, reference.slope, reference.curve])

    found = kept_numbers("reference", world, engine, (3, len(SUBJECTS), GRADES), find)
    return Typical(Reference(*found), world, engine, gain[0] if gain else None)


def _two_passes(world: World, engine: Engine) -> tuple[Reference, Floats]:
    """The reference of a world, and the growth that it was found from."""
    reference = Reference.flat(np.full((len(SUBJECTS), GRADES), FIRST_GUESS))
    for schools in (FIRST_SCHOOLS, SCHOOLS):
        arm = _arm(schools, world, reference, even=True)
        gain = _gain(arm, engine)
        reference = _found(arm, gain)
    return reference, gain


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
            z = status[band, subject]
            grades = np.arange(first, last + 1)
            causes = np.column_stack([grade[band][:, np.newaxis] == grades, z, z * z - 1.0]).astype(np.float64)
            weight = np.sqrt(rate[band])
            found = np.linalg.lstsq(causes * weight[:, np.newaxis], was[band] * weight)[0]
            middle = found[grade[band] - first]
            slope[subject, grades], curve[subject, grades] = found[-2:] / middle.mean()
        for each in range(GRADES):
            of = grade == each
            bent = at(1.0, slope[subject, each], curve[subject, each], status[of, subject], 0.0)
            level[subject, each] = (rate[of] * was[of] / bent).sum() / rate[of].sum()
    return Reference(np.maximum(level, p.reference_floor), slope, curve)
