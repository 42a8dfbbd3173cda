"""Passes over the enrolment rows of one school: what students live through in a week.

Loops are written so that LLVM turns them into SIMD code: ``range(n)`` over slices, no gather inside, section values
spread into row blocks first (``sp``, fields of ``week.section.Section`` and a few more), students' motives copied
into row order (``wk``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import compiled, kernel
from plsim.core.noise import STREAMS, place, weekly_draws
from plsim.engine.state import Rows
from plsim.rules import learning
from plsim.rules import pace as pacing
from plsim.rules.records import column_reader, column_writer, slicer
from plsim.rules.week import student as student_week
from plsim.rules.week.params import Params
from plsim.rules.week.section import Section
from plsim.rules.week.student import Experience

SECTION_FIELDS = len(Section._fields)
EXPERIENCE_FIELDS = len(Experience._fields)
# Further section values that rows need, spread behind those of Section.
NORMAL, GROSS, SEASONAL, HABITS_WEIGHT = range(SECTION_FIELDS, SECTION_FIELDS + 4)
SPREAD_FIELDS = SECTION_FIELDS + 4
# Weekly values of a row: gathered from students, or drawn.
ENGAGEMENT, REGULATION, COLLABORATION, HABITS, ATTENDED, Z_PROFILE, Z_ASSESS, ADVISED = range(8)
ROW_FIELDS = 8
WEEKLY_STREAM = np.uint64(STREAMS["weekly"])

section_at = column_reader(Section)
"""The section values of row ``i`` of a spread block."""
experience_at = column_reader(Experience)
"""The experience of row ``i`` in a block of shape (fields, rows)."""
write_experience = column_writer(Experience)
"""Writes an experience as row ``i`` of such a block."""
rows_between = slicer(Rows)
"""Rows ``a`` to ``b - 1``, as views."""


@kernel
def draw_rows(n: int, seed: Any, year: Any, w: Any, rows: Rows, wk: Any, p: Params) -> None:
    """Draws of every row for the week: attended share, profile noise, assessment noise."""
    for i in range(n):
        where = place(WEEKLY_STREAM, rows.subject[i], year)
        u, z_profile, z_assess = weekly_draws(seed, rows.key[i], where, w)
        wk[ATTENDED, i] = learning.attended_share(rows.attendance_rate[i], u, p.learning)
        wk[Z_PROFILE, i] = z_profile
        wk[Z_ASSESS, i] = z_assess


@compiled
def met(i: int, section: Section, own_pace: float, wk: Any, rows: Rows, p: Params) -> Experience:
    """What the week holds for one row."""
    return student_week.experience(
        section,
        rows.estimate[i],
        rows.known[i],
        rows.fit[i],
        rows.review[i],
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
def taken_in(i: int, section: Section, e: Experience, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """Learning of one row."""
    learned = student_week.learn(
        e,
        rows.achievement[i],
        rows.fresh[i],
        rows.learning_rate[i],
        wk[ATTENDED, i],
        sp[GROSS, i],
        sp[GROSS, i] - sp[NORMAL, i],
        sp[SEASONAL, i],
        rows.home_share[i],
        rows.reference[i],
        section.typical_hours,
        p,
    )
    wk[ADVISED, i] = student_week.structure_received(section, wk[HABITS, i], p)
    rows.achievement[i] = learned.achievement
    rows.fresh[i] = learned.fresh
    rows.match[i] = learned.match
    rows.on_task[i] = learned.on_task
    rows.aimed[i] = learned.aimed
    rows.effort[i] = learned.effort
    rows.one_on_one[i] += e.one_on_one + e.tutor


@compiled
def learn_all(n: int, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """What the week holds for every row, and learning."""
    for i in range(n):
        section = section_at(sp, i)
        own_pace = pacing.own_pace(rows.u_pace[i], section.own_pace_share)
        taken_in(i, section, met(i, section, own_pace, wk, rows, p), sp, wk, rows, p)


@kernel
def learn_rows(n: int, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """The same, compiled once for each form of match: a loop that has to choose would work out both for every row."""
    if p.match.form > 0.5:
        learn_all(n, sp, wk, rows, p)
    else:
        learn_all(n, sp, wk, rows, p)


@kernel
def learn_rows_traced(n: int, sp: Any, wk: Any, rows: Rows, experience: Any, held: Any, base: Any, p: Params) -> None:
    """The same, noting every row's experience in ``experience`` and holding the ``held`` fields at those of ``base``.

    Both blocks have shape (fields, rows of the school).
    """
    for i in range(n):
        section = section_at(sp, i)
        own_pace = pacing.own_pace(rows.u_pace[i], section.own_pace_share)
        write_experience(experience, i, met(i, section, own_pace, wk, rows, p))
        for f in range(EXPERIENCE_FIELDS):
            experience[f, i] = base[f, i] if held[f] > 0.5 else experience[f, i]
        taken_in(i, section, experience_at(experience, i), sp, wk, rows, p)


@kernel
def pace_rows(n: int, sp: Any, wk: Any, rows: Rows, p: Params) -> None:
    """Pace of every row.

    A pass of its own: here each number waits for the last, and a short loop lets the processor begin the next rows.
    """
    for i in range(n):
        section = section_at(sp, i)
        own_pace = pacing.own_pace(rows.u_pace[i], section.own_pace_share)
        unit = student_week.pace(
            section,
            rows.position[i],
            rows.unit_mastery[i],
            rows.unit_weeks[i],
            rows.ready_weeks[i],
            rows.review[i],
            rows.achievement[i],
            rows.effort[i],
            rows.aimed[i],
            wk[Z_ASSESS, i],
            own_pace,
            rows.unit_rit[i],
            p,
        )
        of_grade = 1.0 if rows.position[i] >= rows.grade_start[i] else 0.0
        counts = pacing.counted(
            rows.coverage[i],
            rows.units_taught[i],
            rows.taught_mastery[i],
            rows.unmet[i],
            rows.waiting[i],
            unit,
            of_grade,
        )
        rows.position[i] = unit.position
        rows.unit_mastery[i] = unit.unit_mastery
        rows.unit_weeks[i] = unit.unit_weeks
        rows.ready_weeks[i] = unit.ready_weeks
        rows.review[i] = unit.review
        rows.coverage[i] = counts.coverage
        rows.units_taught[i] = counts.units_taught
        rows.taught_mastery[i] = counts.taught_mastery
        rows.unmet[i] = counts.unmet
        rows.waiting[i] = counts.waiting
