"""Passes over the sections of one school: summaries, groups, the section's week, and values spread into row blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import kernel
from plsim.engine.batch.rows import (
    CLASS_MEAN,
    COLLABORATION,
    ENGAGEMENT,
    HABITS,
    HABITS_WEIGHT,
    NORMAL,
    PRIVATE_HOURS,
    REGULATION,
    SEASONAL,
    SECTION_FIELDS,
    WEIGHT,
    Z_PROFILE,
)
from plsim.engine.state import Rows, Schools, Sections, Students, Tables
from plsim.rules import group as grouping
from plsim.rules import profile, time, week
from plsim.rules.levers import levers_of
from plsim.rules.shapes import at_most, mix
from plsim.rules.week import Context, Delivered, Params

CONTEXT_FIELDS = len(Context._fields)
DELIVERED_FIELDS = len(Delivered._fields)


@kernel
def summarise_sections(
    s: int, rows: Rows, students: Students, sections: Sections, schools: Schools, habits: bool
) -> None:
    """Mean and SD of estimates (and mean habits, when asked) of every section, summed serially in row order."""
    for k in range(schools.first_section[s], schools.first_section[s + 1]):
        first, last = sections.first_row[k], sections.first_row[k + 1]
        total = 0.0
        for i in range(first, last):
            total += rows.estimate[i]
        n = float(last - first)
        mean = total / n
        squares = 0.0
        for i in range(first, last):
            miss = rows.estimate[i] - mean
            squares += miss * miss
        sections.class_mean[k] = mean
        sections.spread[k] = np.sqrt(squares / n)
        if habits:
            seen = 0.0
            for i in range(first, last):
                seen += students.habits[rows.student[i]]
            sections.habits_mean[k] = seen / n


@kernel
def gather_motives(n: int, first_row: int, rows: Rows, students: Students, wk: Any) -> None:
    """Students' motives as they stand, copied into row order."""
    for i in range(n):
        j = rows.student[first_row + i]
        wk[ENGAGEMENT, i] = students.engagement[j]
        wk[REGULATION, i] = students.self_regulation[j]
        wk[COLLABORATION, i] = students.collaboration[j]
        wk[HABITS, i] = students.habits[j]


@kernel
def spread_profiles(
    s: int,
    w: int,
    lever: Any,
    sections: Sections,
    schools: Schools,
    tables: Tables,
    delivered: Any,
    first_seat: int,
    sp: Any,
    data_due: bool,
) -> None:
    """What profiles need of each section, into row blocks."""
    lv = levers_of(lever)
    first_row = sections.first_row[schools.first_section[s]]
    for k in range(schools.first_section[s], schools.first_section[s + 1]):
        begin = sections.first_row[k] - first_row
        end = sections.first_row[k + 1] - first_row
        subject = sections.subject[k]
        si = int(subject)
        gi = int(sections.grade[k])
        reading = delivered[sections.seat[k] - first_seat, 0]
        weight = profile.data_weight(lv.assessment_reliability, reading, lv.own_data) if data_due else 0.0
        habits_weight = lv.habits_breadth * reading if data_due else 0.0
        private = week.private_hours(lv, float(end - begin), subject)
        normal = tables.normal_rate[si, gi, w]
        seasonal = tables.seasonal[si, gi, w]
        class_mean = sections.class_mean[k]
        for i in range(begin, end):
            sp[NORMAL, i] = normal
            sp[SEASONAL, i] = seasonal
            sp[CLASS_MEAN, i] = class_mean
            sp[WEIGHT, i] = weight
            sp[PRIVATE_HOURS, i] = private
            sp[HABITS_WEIGHT, i] = habits_weight


@kernel
def update_habits(s: int, students: Students, schools: Schools, sp: Any, wk: Any, first_row: int, p: Params) -> None:
    """Phase 2 for habits: what the school believes of each student's self-regulation, by the reader's section."""
    for j in range(schools.first_student[s], schools.first_student[s + 1]):
        i = students.row_reading[j] - first_row
        students.habits[j] = profile.updated_habits(
            students.habits[j], students.self_regulation[j], wk[Z_PROFILE, i], sp[HABITS_WEIGHT, i], p.profile
        )


@kernel
def regroup_school(
    s: int,
    lever: Any,
    rows: Rows,
    sections: Sections,
    schools: Schools,
    delivered: Any,
    keys: Any,
    order: Any,
    pooled: Any,
    p: Params,
) -> None:
    """Phase 3: groups of every section and, as far as grouping crosses grades, of its pool.

    ``keys``, ``order`` and ``pooled`` are scratch for the school's rows.
    """
    lv = levers_of(lever)
    start = sections.first_row[schools.first_section[s]]
    first_seat = schools.first_seat[s]
    space = 1.0 - (1.0 - lv.flexible_space) * (1.0 - schools.flexible_space[s])
    first, last = schools.first_section[s], schools.first_section[s + 1]
    for k in range(first, last):
        begin, end = sections.first_row[k], sections.first_row[k + 1]
        t = sections.seat[k] - first_seat
        on_data = at_most(lv.grouping_on_data * delivered[t, 4], 1.0)
        count = time.group_count(float(end - begin), lv.groups, space, p.time)
        for i in range(begin, end):
            keys[i - start] = grouping.grouping_key(
                rows.estimate[i], sections.class_mean[k], sections.spread[k], rows.z_group[i], on_data
            )
        grouping.regroup(
            keys[begin - start : end - start],
            rows.estimate[begin:end],
            int(count),
            order[begin - start : end - start],
            rows.group[begin:end],
            rows.group_mean[begin:end],
        )
    if lv.cross_grade > 0.0:
        k = first
        while k < last:
            stop = k + 1
            while stop < last and sections.pool[stop] == sections.pool[k]:
                stop += 1
            begin, end = sections.first_row[k], sections.first_row[stop]
            count = 0.0
            for m in range(k, stop):
                size = float(sections.first_row[m + 1] - sections.first_row[m])
                count += time.group_count(size, lv.groups, space, p.time)
            # Across grades students are grouped by estimated level; chance plays no part.
            grouping.regroup(
                rows.estimate[begin:end],
                rows.estimate[begin:end],
                int(count),
                order[begin - start : end - start],
                keys[begin - start : end - start],
                pooled[begin - start : end - start],
            )
            for i in range(begin, end):
                rows.group_mean[i] = mix(rows.group_mean[i], pooled[i - start], lv.cross_grade)
            k = stop


@kernel
def section_weeks(n: int, lever: Any, context: Any, delivered: Any, values: Any, p: Params) -> None:
    """Phase 4 for ``n`` sections of a school side by side; each block has shape (fields, sections)."""
    lv = levers_of(lever)
    for k in range(n):
        c = Context(
            context[0, k], context[1, k], context[2, k], context[3, k], context[4, k], context[5, k], context[6, k],
            context[7, k], context[8, k], context[9, k], context[10, k], context[11, k], context[12, k], context[13, k],
        )  # fmt: skip
        d = Delivered(
            delivered[0, k], delivered[1, k], delivered[2, k], delivered[3, k], delivered[4, k], delivered[5, k],
            delivered[6, k], delivered[7, k], delivered[8, k],
        )  # fmt: skip
        v = week.section_week(lv, c, d, p)
        values[0, k] = v.whole
        values[1, k] = v.group
        values[2, k] = v.one_on_one
        values[3, k] = v.supervised
        values[4, k] = v.unsupervised
        values[5, k] = v.peer
        values[6, k] = v.home
        values[7, k] = v.contact
        values[8, k] = v.path_share
        values[9, k] = v.home_path_share
        values[10, k] = v.target
        values[11, k] = v.grouping
        values[12, k] = v.freedom
        values[13, k] = v.quality_whole
        values[14, k] = v.quality_group
        values[15, k] = v.quality_one_on_one
        values[16, k] = v.quality_independent
        values[17, k] = v.quality_peer
        values[18, k] = v.quality_tutor
        values[19, k] = v.quality_home
        values[20, k] = v.structure
        values[21, k] = v.appeal
        values[22, k] = v.habits_mean
        values[23, k] = v.own_pace_share
        values[24, k] = v.threshold
        values[25, k] = v.wait_weeks
        values[26, k] = v.deadline_weeks
        values[27, k] = v.engagement
        values[28, k] = v.srl
        values[29, k] = v.tutor
        values[30, k] = v.tutor_share
        values[31, k] = v.tutor_displaced
        values[32, k] = v.typical_hours
        values[33, k] = v.independent_share
        values[34, k] = v.peer_share


@kernel
def spread_sections(
    s: int,
    w: int,
    lever: Any,
    sections: Sections,
    schools: Schools,
    tables: Tables,
    delivered: Any,
    first_seat: int,
    context: Any,
    by_section: Any,
    values: Any,
    sp: Any,
    refill: bool,
    p: Params,
) -> None:
    """Phase 4 for one school: every section's week, into row blocks.

    ``refill`` when the blocks held another school's rows last. ``context``, ``by_section`` and ``values`` are scratch.
    """
    lv = levers_of(lever)
    first = schools.first_section[s]
    first_row = sections.first_row[first]
    count = schools.first_section[s + 1] - first
    overload = week.tool_overload(lv, p)
    library = schools.library[s]
    covered = library if library > lv.library_bought else lv.library_bought
    novelty = schools.novelty[s] * at_most(schools.change[s], 1.0)
    for m in range(count):
        k = first + m
        subject = sections.subject[k]
        grade = sections.grade[k]
        t = sections.seat[k] - first_seat
        for f in range(DELIVERED_FIELDS):
            by_section[f, m] = delivered[t, f]
        context[0, m] = float(sections.first_row[k + 1] - sections.first_row[k])
        context[1, m] = subject
        context[2, m] = grade
        context[3, m] = sections.class_mean[k]
        context[4, m] = sections.spread[k]
        context[5, m] = tables.guide[int(subject), int(grade), w]
        context[6, m] = sections.habits_mean[k]
        context[7, m] = schools.accountability[s]
        context[8, m] = covered
        context[9, m] = schools.library_quality[s]
        context[10, m] = schools.device_share[s]
        context[11, m] = schools.flexible_space[s]
        context[12, m] = novelty
        context[13, m] = overload
    section_weeks(count, lever, context, by_section, values, p)
    # Most of these stay what they were last week: only what changed is written, one field's rows after the other.
    for f in range(SECTION_FIELDS):
        for m in range(count):
            value = values[f, m]
            if value != sections.values[first + m, f] or refill:
                sections.values[first + m, f] = value
                block = sp[f, sections.first_row[first + m] - first_row : sections.first_row[first + m + 1] - first_row]
                for i in range(block.shape[0]):
                    block[i] = value
