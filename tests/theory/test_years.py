"""What a year and the turn of a year come to, in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plsim.core.calendar import FALL_WEEK, SPRING_WEEK
from plsim.engine.arm import Arm
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.pair import Pair, pair, population_of
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import Reference
from plsim.engine.reference import reference_population, typical
from plsim.engine.setting import WINDOWS, growth
from plsim.engine.structure import bend
from plsim.engine.transient import expected_growth, solve, transient_scores
from plsim.engine.year import run_year
from plsim.evidence import norms
from plsim.practices.levers import LeverTable
from plsim.scenario import load

EACH = np.arange(2)
REFERENCE = Reference.flat(np.full((2, 13), 0.8))


@pytest.fixture(scope="module")
def engine() -> BatchEngine:
    return BatchEngine()


@pytest.fixture(scope="module")
def both() -> Pair:
    scenario = load("nglc_2015", overrides=("population.schools=6", "population.charter_schools=2", "years=3"))
    return pair(scenario, population_of(scenario, None, 3), seed=3, years=3)


def arm_of(both: Pair, *, levers: dict[str, float] | None = None, world: World = CENTRAL) -> Arm:
    table = LeverTable(both.plan.planned.values.copy())
    for name, value in (levers or {}).items():
        table.put(name, value)
    return Arm(both.setting, replace(both.plan, planned=table), world, REFERENCE)


def test_no_lessons_and_no_homework_leave_what_comes_from_elsewhere(both, engine):
    nothing = (
        "contact_hours_math",
        "contact_hours_reading",
        "homework_minutes",
        "software_minutes",
        "tutoring_minutes",
    )
    arm = arm_of(both, levers=dict.fromkeys(nothing, 0.0))
    run_year(arm, engine)
    roster = arm.layout.roster
    grade = roster.grade.astype(int)[:, np.newaxis]
    homes = np.array([arm.p.learning.home_share_math, arm.p.learning.home_share_reading])
    gross = arm.gross.sum(axis=2)[EACH, grade]
    elsewhere = roster.learning_rate[:, np.newaxis] * (homes * gross - (gross - arm.growth.year[EACH, grade]))
    seen = arm.record[0].achievement
    np.testing.assert_allclose(
        seen[-1] - seen[0], elsewhere + arm.growth.seasonal.sum(axis=2)[EACH, grade], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("durability", [0.2, 0.6, 1.0])
def test_a_year_begins_where_the_last_one_and_its_summer_ended(durability, both, engine):
    arm = arm_of(both, world=World("durable", {"learning.durability": durability}))
    for _ in range(3):
        run_year(arm, engine)
    for year in (1, 2):
        before, after = both.setting.timeline.years[year - 1], both.setting.timeline.years[year]
        stays = after.entered < year
        grade = before.grade.astype(int)[:, np.newaxis]
        seen = arm.record[year - 1].achievement
        gain = seen[-1] - seen[0]
        normal = before.learning_rate[:, np.newaxis] * arm.growth.year[EACH, grade]
        normal += arm.growth.seasonal.sum(axis=2)[EACH, grade]
        expected = seen[0] + normal + durability * (gain - normal) + norms().summer_true[EACH, grade]
        np.testing.assert_allclose(arm.record[year].achievement[0][stays], expected[stays], rtol=1e-12)
        assert (after.grade[stays] == before.grade[stays] + 1).all()


def test_entrants_bring_the_achievement_they_were_drawn_with(both, engine):
    arm = arm_of(both)
    for _ in range(2):
        run_year(arm, engine)
    roster = both.setting.timeline.years[1]
    new = roster.entered == 1
    assert new.any()
    np.testing.assert_array_equal(arm.record[1].achievement[0][new], roster.achievement[new])


def test_normal_growth_is_the_norms_growth():
    at = growth()
    weeks = slice(FALL_WEEK, SPRING_WEEK)
    total = (at.normal_rate + at.seasonal)[:, :, weeks].sum(axis=2)
    # K and 12 are flagged: NWEA's growth is not quite a straight line of rates there.
    np.testing.assert_allclose(total[:, 1:12], norms().growth[:, 1:12], atol=0.05)
    assert (at.normal_rate > 0.0).all()
    assert (at.seasonal <= 0.0).all()


def test_the_reference_population_is_average_by_construction():
    people = reference_population()
    for level in range(3):
        chosen = people.level == level
        np.testing.assert_allclose(people.school_z[chosen].mean(axis=0), 0.0, atol=1e-12)
        np.testing.assert_allclose((people.school_z[chosen] ** 2).mean(axis=0), 1.0)
        np.testing.assert_allclose(people.practice_taste[chosen].mean(axis=0), 0.0, atol=1e-12)
        assert people.accountability[chosen].mean() == pytest.approx(people.spec.accountability.district, abs=0.01)
    for grade in range(13):
        chosen = people.grade == grade
        assert people.learning_rate[chosen].mean() == pytest.approx(1.0)
        assert people.attendance_rate[chosen].mean() == pytest.approx(people.spec.attendance_rate, abs=1e-3)
        # The scale's ends squeeze the lowest few kindergartners.
        np.testing.assert_allclose(people.entry_z[chosen].std(axis=0), 1.0, atol=0.03 if grade == 0 else 0.005)


def test_the_bend_of_growth_is_zero_on_average_and_largest_far_out():
    rng = np.random.default_rng(4)
    z, school_z = rng.standard_normal((2, 200_000))
    away = bend(z, school_z, 0, np.full(z.shape, 5))
    # The variance of a squared standard normal is 2.
    assert abs(away.mean()) < 4.0 * np.sqrt(2.0 / z.size)
    assert bend(np.zeros(1), np.zeros(1), 0, np.full(1, 5)) == -1.0


def test_what_is_transient_is_what_luck_and_the_entry_score_make_it(both, engine):
    found = typical(CENTRAL, engine)
    numbers = solve(found.structure)
    # In grades 9 to 11 of the small reference schools one teacher has a whole grade, so that teachers' differences
    # alone come near the norms' spread between schools; nowhere else does structure pass what the norms leave.
    assert not numbers.rejected[:, :9].any()
    hidden = transient_scores(both.setting, numbers)
    fall, winter, spring = (WINDOWS.index(week) for week in (FALL_WEEK, 20, SPRING_WEEK))
    entered = both.setting.timeline.years[0].entered == 0
    assert (hidden[0, fall][entered] == 0.0).all()
    # Half of the growth weeks are over at week 18; the ramp is a straight line.
    np.testing.assert_allclose(hidden[0, winter], hidden[0, spring] * (20 - 4) / 28)
    np.testing.assert_array_equal(hidden[0, spring], hidden[0, -1])
    for subject in range(2):
        luck = hidden[0, spring][:, subject] - expected_growth(both.setting, numbers, 0, subject)
        spread = np.hypot(numbers.s_g, numbers.between_s)[subject, both.setting.timeline.years[0].grade]
        # Schools share their luck, so the mean is hardly bound; the size is.
        assert 0.8 < np.sqrt((luck**2).mean() / (spread**2).mean()) < 1.2
