"""What typical practice gives in a world: the reference D, and how growth varies there.

A fixed norm population, with chance of its own, lives a year of typical practice: the first pass finds D, the second
makes it good. D is then frozen for all arms, so that typical practice in the norm group yields the norms' mean growth
and everything else is relative to it. A third pass, made only for tests that see transient growth, tells how much
growth varies and covaries by structure; what the norms show beyond that is transient (:mod:`plsim.engine.transient`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from plsim.core.calendar import FALL_WEEK, SPRING_WEEK, SUBJECTS
from plsim.engine.arm import Arm, Engine, Reference
from plsim.engine.parameters import World
from plsim.engine.setting import WINDOWS, Setting, growth
from plsim.engine.state import Floats
from plsim.engine.structure import GRADES, Structure, structure
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


@dataclass(frozen=True)
class Typical:
    """The reference of a world and the structure of growth in it.

    Attributes
    ----------
    reference
        D.
    even
        The year that made D good, with teachers alike.
    engine
        Who runs the year that tells the structure, when it is asked for.
    """

    reference: Reference
    even: Arm
    engine: Engine

    @cached_property
    def structure(self) -> Structure:
        """How much growth varies and covaries by structure.

        Learning is linear in a teacher's effectiveness, so D needs no spread of teachers; this does.
        """
        even = self.even
        arm = Arm(even.setting, even.plan, even.planned, even.world, self.reference, even.growth)
        arm.run_year(self.engine)
        return structure(arm, even)


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
    """The reference of a world, from two passes."""
    setting, scenario = _setting()
    normal = growth()
    planned = plan(scenario, setting.population, 1)
    reference = Reference(np.full((len(SUBJECTS), GRADES), FIRST_GUESS))
    for _ in range(2):
        arm = Arm(setting, planned, planned.planned.values, world, reference, normal, even_teachers=True)
        arm.run_year(engine)
        reference = Reference(_effective(arm, reference))
    return Typical(reference, arm, engine)


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
