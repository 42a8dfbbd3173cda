"""Passes over the enrolment rows of one school: what students live through in a week.

Loops are written so that LLVM turns them into SIMD code: ``range(n)`` over slices, no gather inside, section values
spread into row blocks first (``sp``, fields of ``rules.week.Section`` and a few more), students' motives copied into
row order (``wk``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import compiled, kernel
from plsim.core.noise import STREAMS, place, weekly_draws
from plsim.engine.state import Rows
from plsim.rules import learning, week
from plsim.rules.week import Experience, Params, Section

SECTION_FIELDS = len(Section._fields)
EXPERIENCE_FIELDS = len(Experience._fields)
# Further section values that rows need, spread behind those of Section.
NORMAL, SEASONAL, CLASS_MEAN, WEIGHT, PRIVATE_HOURS, HABITS_WEIGHT = range(SECTION_FIELDS, SECTION_FIELDS + 6)
SPREAD_FIELDS = SECTION_FIELDS + 6
# Weekly values of a row: gathered from students, or drawn.
ENGAGEMENT, REGULATION, COLLABORATION, HABITS, ATTENDED, Z_PROFILE, Z_ASSESS, ADVISED = range(8)
ROW_FIELDS = 8
WEEKLY_STREAM = np.uint64(STREAMS["weekly"])


@compiled
def section_at(sp: Any, i: int) -> Section:
    """The section values of row ``i`` of a spread block."""
    return Section(
        sp[0, i], sp[1, i], sp[2, i], sp[3, i], sp[4, i], sp[5, i], sp[6, i], sp[7, i], sp[8, i], sp[9, i], sp[10, i],
        sp[11, i], sp[12, i], sp[13, i], sp[14, i], sp[15, i], sp[16, i], sp[17, i], sp[18, i], sp[19, i], sp[20, i],
        sp[21, i], sp[22, i], sp[23, i], sp[24, i], sp[25, i], sp[26, i], sp[27, i], sp[28, i], sp[29, i], sp[30, i],
        sp[31, i], sp[32, i], sp[33, i], sp[34, i],
    )  # fmt: skip


@compiled
def experience_at(block: Any, i: int) -> Experience:
    """The experience of row ``i`` in a block."""
    return Experience(
        block[0, i], block[1, i], block[2, i], block[3, i], block[4, i], block[5, i], block[6, i], block[7, i],
        block[8, i], block[9, i], block[10, i], block[11, i], block[12, i], block[13, i], block[14, i], block[15, i],
        block[16, i], block[17, i], block[18, i], block[19, i], block[20, i], block[21, i], block[22, i], block[23, i],
        block[24, i], block[25, i],
    )  # fmt: skip


@compiled
def rows_between(rows: Rows, a: int, b: int) -> Rows:
    """Rows ``a`` to ``b - 1``, as views."""
    return Rows(
        rows.achievement[a:b],
        rows.estimate[a:b],
        rows.position[a:b],
        rows.unit_mastery[a:b],
        rows.unit_weeks[a:b],
        rows.ready_weeks[a:b],
        rows.review[a:b],
        rows.group[a:b],
        rows.group_mean[a:b],
        rows.coverage[a:b],
        rows.units_taught[a:b],
        rows.taught_mastery[a:b],
        rows.unmet[a:b],
        rows.waiting[a:b],
        rows.match[a:b],
        rows.on_task[a:b],
        rows.effort[a:b],
        rows.one_on_one[a:b],
        rows.learning_rate[a:b],
        rows.attendance_rate[a:b],
        rows.home_access[a:b],
        rows.u_pace[a:b],
        rows.u_served[a:b],
        rows.z_group[a:b],
        rows.reference[a:b],
        rows.home_share[a:b],
        rows.unit_rit[a:b],
        rows.grade_start[a:b],
        rows.test_error[a:b],
        rows.key[a:b],
        rows.subject[a:b],
        rows.student[a:b],
    )


@kernel
def draw_rows(n: int, seed: Any, year: Any, w: Any, rows: Rows, wk: Any, p: Params) -> None:
    """Draws of every row for the week: attended share, profile noise, assessment noise."""
    for i in range(n):
        where = place(WEEKLY_STREAM, rows.subject[i], year)
        u, z_profile, z_assess = weekly_draws(seed, rows.key[i], where, w)
        wk[ATTENDED, i] = learning.attended_share(rows.attendance_rate[i], u, p.learning)
        wk[Z_PROFILE, i] = z_profile
        wk[Z_ASSESS, i] = z_assess


@kernel
def profile_rows(n: int, rows: Rows, sp: Any, wk: Any, p: Params) -> None:
    """Phase 2: what the school believes of every row's level."""
    for i in range(n):
        rows.estimate[i] = week.profile(
            rows.estimate[i],
            rows.achievement[i],
            sp[CLASS_MEAN, i],
            sp[NORMAL, i],
            rows.test_error[i] * wk[Z_PROFILE, i],
            sp[WEIGHT, i],
            sp[PRIVATE_HOURS, i],
            p,
        )


@compiled
def own_pace_of(i: int, section: Section, rows: Rows) -> float:
    """1 for a row whose student progresses by mastery, else 0."""
    return 1.0 if rows.u_pace[i] < section.own_pace_share else 0.0


@compiled
def met(i: int, section: Section, own_pace: float, wk: Any, rows: Rows, p: Params) -> Experience:
    """Phase 4 for one row."""
    return week.experience(
        section,
        rows.estimate[i],
        rows.group_mean[i],
        rows.position[i],
        rows.unit_mastery[i],
        wk[ENGAGEMENT, i],
        wk[REGULATION, i],
        wk[COLLABORATION, i],
        wk[HABITS, i],
        rows.home_access[i],
        own_pace,
        rows.u_served[i],
        p,
    )


@compiled
def taken_in(i: int, section: Section, e: Experience, own_pace: float, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """Phases 5 and 6 for one row: learn, pace."""
    learned = week.learn(
        e,
        rows.achievement[i],
        rows.learning_rate[i],
        wk[ATTENDED, i],
        sp[NORMAL, i],
        sp[SEASONAL, i],
        rows.home_share[i],
        rows.reference[i],
        section.typical_hours,
        p,
    )
    unit = week.pace(
        section,
        rows.position[i],
        rows.unit_mastery[i],
        rows.unit_weeks[i],
        rows.ready_weeks[i],
        rows.review[i],
        learned.achievement,
        learned.effort,
        wk[Z_ASSESS, i],
        own_pace,
        rows.unit_rit[i],
        p,
    )
    counted = unit.ended if rows.position[i] >= rows.grade_start[i] else 0.0
    wk[ADVISED, i] = week.structure_received(section, wk[HABITS, i], p)
    rows.achievement[i] = learned.achievement
    rows.match[i] = learned.match
    rows.on_task[i] = learned.on_task
    rows.effort[i] = learned.effort
    rows.one_on_one[i] += e.one_on_one + e.tutor
    rows.position[i] = unit.position
    rows.unit_mastery[i] = unit.unit_mastery
    rows.unit_weeks[i] = unit.unit_weeks
    rows.ready_weeks[i] = unit.ready_weeks
    rows.review[i] = unit.review
    rows.coverage[i] += counted * unit.mastery_at_end
    rows.units_taught[i] += unit.ended
    rows.taught_mastery[i] += unit.ended * unit.mastery_at_end
    rows.unmet[i] += unit.unmet
    rows.waiting[i] += unit.waiting


@kernel
def learn_rows(n: int, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """Phases 4 to 6 for every row: target, learn, pace."""
    for i in range(n):
        section = section_at(sp, i)
        own_pace = own_pace_of(i, section, rows)
        taken_in(i, section, met(i, section, own_pace, wk, rows, p), own_pace, sp, wk, rows, p)


@kernel
def learn_rows_traced(n: int, sp: Any, wk: Any, rows: Rows, experience: Any, held: Any, base: Any, p: Params) -> None:
    """The same, noting every row's experience in ``experience`` and holding the ``held`` fields at those of ``base``.

    Both blocks have shape (fields, rows of the school).
    """
    for i in range(n):
        section = section_at(sp, i)
        own_pace = own_pace_of(i, section, rows)
        e = met(i, section, own_pace, wk, rows, p)
        for f in range(EXPERIENCE_FIELDS):
            experience[f, i] = base[f, i] if held[f] > 0.5 else e[f]
        taken_in(i, section, experience_at(experience, i), own_pace, sp, wk, rows, p)
