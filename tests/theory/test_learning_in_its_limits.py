"""Closed forms and limits of learning and pace, whatever the numbers of the world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsim.core.jit import interpreted
from plsim.engine.parameters import CENTRAL, parameters, prior_worlds
from plsim.rules.week.student import Experience

pace = interpreted("plsim.rules.pace")
learning = interpreted("plsim.rules.learning")
student_week = interpreted("plsim.rules.week.student")

WORLDS = st.sampled_from([parameters(world) for world in (CENTRAL, *prior_worlds(8, 11))])
SHARE = st.floats(0.0, 1.0)


# Learning


@given(rate=st.floats(0.0, 1.0), lost=st.floats(0.0, 1.0), own=st.floats(0.3, 2.0), home=SHARE)
def test_growth_is_the_norm_when_q_equals_d(rate, lost, own, home):
    assert learning.weekly_gain(rate + lost, lost, own, home, 1.0) == pytest.approx(rate * own, abs=1e-12)


@given(gross=st.floats(0.01, 1.0), own=st.floats(0.3, 2.0), home=SHARE, relative=st.floats(0.0, 3.0), lost=SHARE)
def test_growth_is_a_straight_line_in_effective_time(gross, own, home, relative, lost):
    gain = learning.weekly_gain(gross, lost, own, home, relative)
    at_home, school_made = gross * own * home, gross * own * (1.0 - home)
    assert gain == pytest.approx(at_home + school_made * relative - own * lost)


@given(normal=st.floats(0.05, 1.0), first=st.floats(0.05, 1.0), flatness=SHARE)
def test_gross_learning_lies_between_a_grade_s_own_growth_and_that_of_the_first_grades(normal, first, flatness):
    gross = learning.gross_rate(normal, first, flatness)
    assert normal <= gross <= max(normal, first) + 1e-12
    assert learning.gross_rate(normal, first, 0.0) == normal
    assert learning.gross_rate(normal, first, 1.0) == pytest.approx(max(normal, first))


@given(attended=SHARE, hours=st.floats(0.0, 20.0), typical=st.floats(1.0, 10.0), kappa=st.floats(0.0, 0.9))
def test_typical_hours_count_in_full_and_more_hours_count_less_and_less(attended, hours, typical, kappa):
    assert learning.effective_share(attended, 0.0, hours, typical, kappa) == 0.0
    assert learning.effective_share(1.0, typical, typical, typical, kappa) == pytest.approx(1.0)
    once, twice = (learning.effective_share(1.0, k * typical, k * typical, typical, kappa) for k in (1.0, 2.0))
    assert once <= twice <= 2.0 * once + 1e-12


@given(gain=st.floats(-10.0, 40.0), durability=SHARE)
def test_summer_leaves_a_normal_year_alone(gain, durability):
    p = parameters().learning._replace(durability=durability)
    assert learning.lasting_change(gain, gain, 0.0, 16, p) == 0.0


@given(gain=st.floats(-10.0, 40.0), normal=st.floats(0.0, 25.0), durability=SHARE)
def test_summer_leaves_just_the_durable_share_of_the_rest(gain, normal, durability):
    p = parameters().learning._replace(durability=durability)
    left = gain + learning.lasting_change(gain, normal, 0.0, 16, p) - normal
    assert left == pytest.approx(durability * (gain - normal), abs=1e-9)


@given(rate=st.floats(0.6, 1.0), days=st.floats(0.4, 1.0))
def test_attendance_is_right_on_average(rate, days):
    p = parameters().learning._replace(days_absent=days)
    draws = (np.arange(1000) + 0.5) / 1000
    seen = [learning.attended_share(rate, u, p) for u in draws.tolist()]
    assert np.mean(seen) == pytest.approx(rate, abs=1e-3)


def an_experience(**changes: float) -> Any:
    usual = dict.fromkeys(Experience._fields, 0.7)
    usual |= {name: 203.0 for name in Experience._fields if name.startswith("target")}
    return student_week.Experience(**{**usual, **changes})


def learned(p: Any, e: Any, **changes: float) -> Any:
    usual = {
        "achievement": 200.0, "fresh": 0.0, "learning_rate": 1.1, "attended": 1.0, "gross": 0.6, "loss": 0.2,
        "seasonal": -0.02, "home_share": 0.3, "reference": 0.6, "typical_hours": 5.0,
    }  # fmt: skip
    return student_week.learn(e, **{**usual, **changes}, p=p)


@given(p=WORLDS)
def test_no_hours_give_no_school_gain(p):
    nothing = learned(p, an_experience(**dict.fromkeys(student_week.TIME_FIELDS[:9], 0.0)))
    assert nothing.effort == 0.0
    # What remains comes from outside lessons, and the season.
    assert nothing.achievement - 200.0 == pytest.approx(1.1 * (0.6 * 0.3 - 0.2) - 0.02)


@given(p=WORLDS)
def test_whoever_is_absent_all_week_learns_nothing_at_school(p):
    assert learned(p, an_experience(), attended=0.0).effort == 0.0


@given(p=WORLDS, mode=st.sampled_from(("whole", "group", "one_on_one", "tutor", "peer")))
def test_worse_targets_never_help(p, mode):
    at = 200.0 + p.match.stretch
    only = dict.fromkeys(student_week.TIME_FIELDS[:9], 0.0) | {mode: 4.0, "path_share": 0.0}
    good = dict.fromkeys(student_week.TARGET_FIELDS, at)
    perfect = learned(p, an_experience(**only, **good))
    missed = learned(p, an_experience(**only, **dict.fromkeys(student_week.TARGET_FIELDS, at + 20.0)))
    assert perfect.match == pytest.approx(1.0)
    assert missed.achievement < perfect.achievement


@given(p=WORLDS, hours=st.floats(0.0, 10.0), worth=st.floats(0.0, 2.0), mode=st.sampled_from(["tutor", "extra"]))
def test_added_hours_of_a_program_never_lower_learning(p, hours, worth, mode):
    # Fails with every hour of a program counted in full: one worth less than time.hours_saturation then takes away.
    usual = {"tutor": 0.0, "extra": 0.0, f"quality_{mode}": worth}
    without, with_it = (learned(p, an_experience(**{**usual, mode: each})).achievement for each in (0.0, hours))
    assert with_it >= without - 1e-9


# Pace


@given(
    p=WORLDS,
    mastery=SHARE,
    effort=st.floats(0.0, 5.0),
    ahead=st.floats(-40.0, 40.0),
    review=st.floats(0.0, 3.0),
)
def test_unit_mastery_never_passes_one(p, mastery, effort, ahead, review):
    gain = pace.mastery_gain(mastery, effort, 200.0, 200.0 + ahead, review, p.pace)
    assert gain >= 0.0
    assert mastery + gain <= 1.0


UNITS = st.fixed_dictionaries(
    {
        "position": st.floats(150.0, 250.0),
        "unit_mastery": SHARE,
        "unit_weeks": st.integers(0, 20).map(float),
        "ready_weeks": st.integers(0, 3).map(float),
        "review": st.floats(0.0, 3.0),
        "gain": st.floats(0.0, 0.3),
        "worked_off": st.floats(0.0, 0.2),
        "z_assess": st.floats(-3.0, 3.0),
        "threshold": st.floats(0.5, 0.95),
        "wait_weeks": st.integers(0, 4).map(float),
        "deadline_weeks": st.integers(2, 1000).map(float),
    }
)


def unit_week(p: Any, unit: dict[str, float], *, own_pace: float, achievement: float = 200.0) -> Any:
    return pace.unit_week(
        **unit, achievement=achievement, own_pace=own_pace, unit_rit=1.5, lead_max=p.match.position_lead_max, p=p.pace
    )


@given(p=WORLDS, unit=UNITS, own_pace=st.sampled_from([0.0, 1.0]))
def test_at_most_one_promotion_a_week_and_no_unit_too_far_ahead(p, unit, own_pace):
    after = unit_week(p, unit, own_pace=own_pace)
    assert after.position <= unit["position"] + 1.5
    assert after.position <= 200.0 + p.match.position_lead_max
    assert after.review >= 0.0


@given(p=WORLDS, unit=UNITS)
def test_the_calendar_moves_on_regardless(p, unit):
    after = unit_week(p, unit, own_pace=0.0)
    assert after.ended == (1.0 if unit["unit_weeks"] + 1.0 >= p.pace.unit_weeks else 0.0)


@given(p=WORLDS, unit=UNITS)
def test_by_mastery_nobody_moves_on_before_being_ready_or_the_deadline(p, unit):
    # Certain assessments: the threshold is either reached or not.
    certain = {**unit, "z_assess": 0.0, "ready_weeks": 0.0, "wait_weeks": 0.0}
    after = unit_week(p, certain, own_pace=1.0)
    reached = unit["unit_mastery"] + unit["gain"] >= unit["threshold"]
    forced = unit["unit_weeks"] + 1.0 >= unit["deadline_weeks"]
    assert after.ended == (1.0 if reached or forced else 0.0)
    assert after.unmet == (1.0 if forced and not reached else 0.0)
