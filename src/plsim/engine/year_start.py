"""The start of a year in one arm: its rows and tables, who is served, and the years of operation before the first."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.errors import EngineError
from plsim.engine.arm import SCHEDULE, Arm, Engine, plain
from plsim.engine.setting import FIRST_GRADES
from plsim.engine.state import Rows, Students, Tables, zeros
from plsim.evidence import norms, registry
from plsim.rules.levers import Levers

# 0 learned like a tool, 1 like a relationship; in the order of the practices.
RELATIONAL = (0.5, 0.5, 0.75, 0.75, 0.5, 1.0, 0.0, 1.0)
A_MIN, A_MAX = 100.0, 320.0


def begin_year(arm: Arm, engine: Engine) -> None:
    """Lay out the next year's rows and set its start."""
    arm.year += 1
    arm.week = 0
    arm.layout = arm.setting.layouts[arm.year]
    roster = arm.layout.roster
    new = roster.entered == arm.year
    if arm.year > 0:
        lasting = arm.lasting
        lasting.achievement[new] = roster.achievement[new]
        lasting.fresh[new] = 0.0
        lasting.self_regulation[new] = roster.self_regulation[new]
        lasting.collaboration[new] = arm.p.motivation.collaboration_start
        lasting.engagement[new] = roster.engagement_level[new]
        lasting.habits[new] = float(registry().value("population.self_regulation_mean"))
    weeks = slice(arm.year * WEEKS_PER_YEAR, (arm.year + 1) * WEEKS_PER_YEAR)
    own = arm.plan.own
    arm.tables = Tables(
        typical=np.ascontiguousarray(arm.plan.typical.values[:, weeks]),
        planned=np.ascontiguousarray(arm.planned[:, weeks]),
        normal_rate=arm.growth.normal_rate,
        gross=arm.gross,
        seasonal=arm.growth.seasonal,
        guide=arm.growth.level + arm.p.match.stretch,
        teacher_scale=_teacher_scale(arm),
        owner=own.owner,
        applies=arm.plan.applies,
        relational=np.array((*RELATIONAL, *own.relational)),
        schedule=np.array((*SCHEDULE, *own.schedule)),
        intensity=own.intensity,
        sessions=own.sessions,
        feeds=own.feeds,
        amounts=own.amounts,
    )
    arm.schools.first_section[:] = arm.layout.first_section
    arm.schools.data_clock[:] = 0.0
    arm.schools.regroup_clock[:] = 1.0  # groups are made in the first week,
    arm.schools.regroupings[:] = -1.0  # which is not yet a regrouping
    given = arm.layout.sections
    summaries = ("class_mean", "spread", "habits_mean", "values")
    arm.sections = given._replace(
        **{name: np.zeros_like(getattr(given, name)) for name in summaries},
        doubt=np.full(given.grade.shape[0], arm.p.profile.prior_error),
    )
    _begin_rows(arm, roster)
    _begin_seats(arm)
    engine.start_year(arm)
    if arm.year == 0:
        _earlier_years(arm, engine)


def _earlier_years(arm: Arm, engine: Engine) -> None:
    """Teachers and schools develop through the years of operation before the first, each school through its own.

    Students are those of year 1 and don't change: who they were then is not known, and nobody leaves.
    """
    before = arm.setting.population.years_in_operation
    usual = arm.flags
    arm.flags = usual._replace(with_students=False)
    for left in range(int(before.max()), 0, -1):
        kept_schools = [each.copy() for each in arm.schools]
        kept_seats = [each.copy() for each in arm.seats]
        engine.run(arm, 0, WEEKS_PER_YEAR)
        arm.rest()
        waiting = before < left
        waiting_seats = waiting[arm.setting.timeline.seats.seat_school]
        for now, then in zip(arm.schools[3:], kept_schools[3:], strict=True):
            now[waiting] = then[waiting]
        for now, then in zip(arm.seats, kept_seats, strict=True):
            now[waiting_seats] = then[waiting_seats]
    arm.flags = usual
    arm.seats.demand_sum[:] = 0.0
    arm.seats.strain_sum[:] = 0.0
    arm.week = 0


def _begin_rows(arm: Arm, roster: Any) -> None:
    lay, p = arm.layout, arm.p
    student, subject = lay.student, lay.subject
    grade = roster.grade.astype(np.int64)[student]
    keys = roster.student_key
    setting = arm.setting

    place = student * len(SUBJECTS) + subject

    def of_row(values: Floats) -> Floats:
        return values.ravel().take(place)

    achievement = of_row(arm.lasting.achievement)
    if not (achievement.min() >= A_MIN and achievement.max() <= A_MAX):
        worst = float(achievement[np.argmax(np.abs(achievement - 210.0))])
        raise EngineError(
            f"Latent achievement left {A_MIN:.0f} to {A_MAX:.0f} RIT: {worst:.1f} in year {arm.year + 1}."
        )
    estimate = achievement + p.profile.prior_error * of_row(setting.prior_draw(keys, arm.year))
    u_pace = of_row(setting.fixed_uniform("served", keys))
    u_served = setting.fixed_uniform("served", keys, year=1)
    guide = arm.tables.guide[subject, grade, 0]
    school = arm.setting.population.school[student]
    own_pace = (u_pace < _first_levers(arm, "own_pace_share")[school, subject]).astype(np.float64)
    by_standing = _first_levers(arm, "tutoring_standing")[school, subject]
    standing = _standing(arm, estimate)
    served = of_row(u_served) + by_standing * (standing - of_row(u_served))
    position = plain("pace").first_position(
        estimate, guide, arm.schools.accountability[school], own_pace, p.match.stretch
    )
    unit_rit = p.pace.unit_weeks * arm.growth.year[subject, grade] / WEEKS_PER_YEAR
    count = student.shape[0]
    homes = np.array([p.learning.home_share_math, p.learning.home_share_reading])
    errors = np.array([p.profile.test_error_math, p.profile.test_error_reading])
    arm.rows = zeros(
        Rows,
        count,
        achievement=achievement,
        fresh=of_row(arm.lasting.fresh),
        estimate=estimate,
        known=np.full(count, p.needs.start),
        effort=np.ones(count),
        position=np.minimum(position, achievement + p.match.position_lead_max),
        unit_mastery=np.full(count, p.pace.start_mastery),
        learning_rate=roster.learning_rate[student],
        attendance_rate=roster.attendance_rate[student],
        home_access=roster.home_access[student],
        u_pace=u_pace,
        u_served=np.ascontiguousarray(served),
        standing=standing,
        z_group=of_row(setting.fixed_uniform("grouping", keys, year=arm.year)) * 3.4641016151377544
        - 1.7320508075688772,
        reference=np.ascontiguousarray(
            plain("learning").reference_at(
                arm.reference.effective[subject, grade],
                arm.reference.slope[subject, grade],
                arm.reference.curve[subject, grade],
                of_row(setting.entry_status(arm.year)),
                p.learning.reference_floor,
            )
        ),
        home_share=homes[subject],
        unit_rit=unit_rit,
        grade_start=guide - unit_rit,
        test_error=errors[subject],
        key=keys[student],
        subject=subject.astype(np.uint64),
        student=student,
    )
    lasting = arm.lasting
    arm.students = Students(
        self_regulation=lasting.self_regulation.copy(),
        collaboration=lasting.collaboration.copy(),
        engagement=lasting.engagement.copy(),
        habits=lasting.habits.copy(),
        regulation_level=roster.self_regulation.copy(),
        engagement_level=roster.engagement_level.copy(),
        row_math=np.ascontiguousarray(lay.row[:, 0]),
        row_reading=np.ascontiguousarray(lay.row[:, 1]),
    )


def _first_levers(arm: Arm, name: str) -> Floats:
    """A lever in the year's first week, as adopted. Shape (schools, subjects)."""
    column = Levers._fields.index(name)
    tables, practice = arm.tables, arm.tables.owner[column]
    base = tables.typical[:, 0, column][:, np.newaxis]
    planned = tables.planned[:, 0, column][:, np.newaxis]
    adopted = arm.schools.adoption[:, practice][:, np.newaxis] if practice >= 0 else 1.0
    actual: Floats = plain("levers").actual_lever(
        base, np.where(tables.applies[:, column] > 0.5, planned, base), adopted
    )
    return actual


def _standing(arm: Arm, estimate: Floats) -> Floats:
    """Where each row's student stands in school, grade and subject by what the school believes, 0 the lowest."""
    lay = arm.layout
    people, grade = arm.setting.population, lay.roster.grade.astype(np.int64)
    cell = (people.school.astype(np.int64) * 16 + grade)[lay.student] * 2 + lay.subject
    size = np.bincount(cell)
    by = np.argsort(estimate)
    if np.any(estimate[by[1:]] == estimate[by[:-1]]):  # who is alike stays in order
        by = np.argsort(estimate, kind="stable")
    narrow = cell.astype(np.min_scalar_type(cell.max()))  # short numbers are sorted in one pass
    rank = np.empty(cell.shape[0], np.int64)
    rank[by[np.argsort(narrow[by], kind="stable")]] = np.arange(cell.shape[0])
    rank -= (np.cumsum(size) - size)[cell]
    standing: Floats = (rank + 0.5) / size[cell]
    return standing


def _teacher_scale(arm: Arm) -> Floats:
    """The ratio of a teacher's quality that one SD of a teacher's effect stands for. Shape (subjects, grades).

    In the first grades it moves a year by one SD of students; later by somewhat less, as a year teaches less.
    """
    home = np.array([[arm.p.learning.home_share_math], [arm.p.learning.home_share_reading]])
    year = arm.gross[:, :, :SPRING_WEEK].sum(axis=2) / norms().sd_fall_observed
    less = (year / year[:, :FIRST_GRADES].mean(axis=1, keepdims=True)) ** arm.world.number("teacher.effect_fall")
    scale: Floats = less / (arm.world.number("teacher.led_share") * (1.0 - home) * year)
    return scale


def _begin_seats(arm: Arm) -> None:
    spread = arm.world.number("teacher.yearly_spread")
    yearly = spread * arm.setting.yearly_draw(arm.holder, arm.year)
    arm.seats.yearly[:] = 0.0 if arm.even_teachers else yearly
    seat, subject = arm.sections.seat, arm.sections.subject
    taught = np.bincount(seat, minlength=yearly.shape[0])
    reading = np.bincount(seat, subject, minlength=yearly.shape[0])
    arm.seats.math_share[:] = 1.0 - reading / np.maximum(taught, 1)
    arm.seats.demand_sum[:] = 0.0
    arm.seats.strain_sum[:] = 0.0
