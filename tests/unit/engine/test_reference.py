"""What typical practice gives in a world: its yardstick D, and how far growth differs for good."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.core.calendar import FALL_WEEK, HEADLINE_GRADES, LAST_ELEMENTARY_GRADE, SPRING_WEEK
from plsim.engine.arm import Arm
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import REFERENCE_SEED, Typical, reference_population, typical
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.year import run_year
from plsim.evidence import norms
from plsim.scenario.build import plan
from plsim.scenario.schema import Scenario
from plsim.validation.norms.norm_check import norm_check, norm_setting

GRADES = list(HEADLINE_GRADES)


def of(**changes: float) -> Typical:
    values = {key.replace("__", "."): value for key, value in changes.items()}
    return typical(World("other", values) if changes else CENTRAL, engine_named("batch"))


def test_lasting_growth_differs_as_it_does_in_another_population():
    found = of().persistent_cv
    check = norm_check(*norm_setting(schools=30, seed=9), engine_named("batch"))
    figures = check.of("persistent growth CV")
    grades = range(1, LAST_ELEMENTARY_GRADE + 1)  # where it was measured
    assert [(figure.subject, figure.grade) for figure in figures] == [("math", str(grade)) for grade in grades]
    off = found[0, grades] - np.array([figure.simulated for figure in figures])
    # Both have Monte Carlo error: a few hundred students a grade there, about a thousand here.
    assert abs(off.mean()) < 0.006
    assert (np.abs(off) < 0.02 + 0.1 * found[0, grades]).all()


def test_growth_differs_more_where_a_poor_match_teaches_less():
    little, much = (of(match__floor=floor).persistent_cv[:, GRADES] for floor in (0.45, 0.15))
    assert (much > little).all()


@pytest.mark.parametrize("width", [14.0, 32.0])
def test_the_reference_population_grows_as_the_norms_whatever_the_world(width):
    world = World("other", {"match.width_above": width})
    found = of(match__width_above=width)
    scenario = Scenario(schema_version=1, name="reference", purpose="Typical practice in the norm group.")
    people = reference_population()
    planned = plan(scenario, people, 1)
    setting = Setting(people, REFERENCE_SEED, 1, planned.class_size)
    arm = Arm(setting, planned, world, found.reference, even_teachers=True)
    run_year(arm, engine_named("batch"))
    fall, spring = (arm.record[0].achievement[WINDOWS.index(week)] for week in (FALL_WEEK, SPRING_WEEK))
    off = [(spring - fall)[people.grade == grade].mean(axis=0) / norms().growth[:, grade] - 1.0 for grade in GRADES]
    # A first pass by a few of the schools must not show after the second.
    assert np.abs(off).max() < 0.005
