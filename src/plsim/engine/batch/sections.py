"""Passes over the sections of one school: summaries, groups, the section's week, and values spread into row blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import compiled, kernel
from plsim.engine.batch.rows import (
    COLLABORATION,
    ENGAGEMENT,
    GROSS,
    HABITS,
    HABITS_WEIGHT,
    NORMAL,
    REGULATION,
    SEASONAL,
    SECTION_FIELDS,
    Z_PROFILE,
)
from plsim.engine.batch.scratch import DATA_DUE, MATH, READING, REGROUP_DUE, Scratch
from plsim.engine.state import Rows, Schools, Seats, Sections, Students, Tables
from plsim.rules import clocks, profile, quality, time
from plsim.rules import group as grouping
from plsim.rules import school as schooling
from plsim.rules import sessions as beside
from plsim.rules.levers import levers_in
from plsim.rules.records import column_reader, column_writer, line_reader
from plsim.rules.sessions import Served
from plsim.rules.shapes import at_least, at_most, mix
from plsim.rules.week import section as section_week
from plsim.rules.week import student as student_week
from plsim.rules.week import teacher as teacher_week
from plsim.rules.week.params import Params
from plsim.rules.week.section import Context, Section
from plsim.rules.week.teacher import Delivered

CONTEXT_FIELDS = len(Context._fields)
DELIVERED_FIELDS = len(Delivered._fields)

WHOLE, UNSUPERVISED, CONTACT, INDEPENDENT, TUTOR, TUTOR_SHARE, TUTOR_DISPLACED, QUALITY_TUTOR = (
    Section._fields.index(name)
    for name in (
        "whole",
        "unsupervised",
        "contact",
        "independent_share",
        "tutor",
        "tutor_share",
        "tutor_displaced",
        "quality_tutor",
    )
)

context_at = column_reader(Context)
write_context = column_writer(Context)
delivered_at = column_reader(Delivered)
delivered_in = line_reader(Delivered)
write_section = column_writer(Section)


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
def set_clocks(s: int, schools: Schools, x: Scratch) -> None:
    """Whether data, and regrouping, are due this week in each subject; the clocks move on."""
    noted = x.noted
    for subject in range(2):
        lv = levers_in(x.lever, subject)
        data = clocks.clock(schools.data_clock[s, subject], lv.data_rate)
        regrouping = clocks.clock(schools.regroup_clock[s, subject], lv.regroup_rate)
        schools.data_clock[s, subject] = data.rounds
        schools.regroup_clock[s, subject] = regrouping.rounds
        schools.regroupings[s] += 0.5 * regrouping.due
        noted[DATA_DUE + subject] = data.due
        noted[REGROUP_DUE + subject] = regrouping.due


@kernel
def gather_motives(s: int, rows: Rows, students: Students, sections: Sections, schools: Schools, x: Scratch) -> None:
    """Students' motives as they stand, copied into row order."""
    wk = x.wk
    first = sections.first_row[schools.first_section[s]]
    last = sections.first_row[schools.first_section[s + 1]]
    for i in range(last - first):
        j = np.uint64(rows.student[first + i])
        wk[ENGAGEMENT, i] = students.engagement[j]
        wk[REGULATION, i] = students.self_regulation[j]
        wk[COLLABORATION, i] = students.collaboration[j]
        wk[HABITS, i] = students.habits[j]


@kernel
def profile_rows(
    s: int, w: int, rows: Rows, sections: Sections, schools: Schools, tables: Tables, x: Scratch, p: Params
) -> None:
    """What the school believes of every row's level and needs, section by section."""
    sp, wk = x.sp, x.wk
    first_row = sections.first_row[schools.first_section[s]]
    first_seat = schools.first_seat[s]
    for k in range(schools.first_section[s], schools.first_section[s + 1]):
        begin = sections.first_row[k] - first_row
        end = sections.first_row[k + 1] - first_row
        subject = sections.subject[k]
        si = int(subject)
        gi = int(sections.grade[k])
        found = section_week.section_profile(
            levers_in(x.lever, si),
            delivered_in(x.delivered, sections.seat[k] - first_seat),
            float(end - begin),
            subject,
            sections.spread[k],
            sections.doubt[k],
            x.noted[DATA_DUE + si],
            x.noted[REGROUP_DUE + si],
            p,
        )
        sections.doubt[k] = found.doubt
        normal = tables.normal_rate[si, gi, w]
        class_mean = sections.class_mean[k]
        fill(sp, NORMAL, begin, end, normal)
        fill(sp, GROSS, begin, end, tables.gross[si, gi, w])
        fill(sp, SEASONAL, begin, end, tables.seasonal[si, gi, w])
        fill(sp, HABITS_WEIGHT, begin, end, found.habits_weight)
        start = sections.first_row[k]  # read once: the loop writes arrays, of which this might be one
        for i in range(end - begin):
            j = np.uint64(start + i)
            new = student_week.profile(
                rows.estimate[j],
                rows.known[j],
                rows.fit[j],
                rows.achievement[j],
                rows.effort[j],
                class_mean,
                normal,
                rows.test_error[j] * wk[Z_PROFILE, np.uint64(begin + i)],
                found.weight,
                found.one_on_one_hours,
                found.seen,
                found.told,
                found.regrouped,
                p,
            )
            rows.estimate[j] = new.estimate
            rows.known[j] = new.known
            rows.fit[j] = new.fit


@kernel
def fill(block: Any, f: int, begin: int, end: int, value: float) -> None:
    """The same value for rows ``begin`` to ``end - 1``, in field ``f`` of a block of shape (fields, rows)."""
    for i in range(end - begin):
        block[f, np.uint64(begin + i)] = value  # unsigned: nobody counts from the end, and loops stay simple


@kernel
def update_habits(s: int, students: Students, sections: Sections, schools: Schools, x: Scratch, p: Params) -> None:
    """What the school believes of each student's self-regulation, by the reader's section."""
    sp, wk = x.sp, x.wk
    first_row = sections.first_row[schools.first_section[s]]
    for j in range(schools.first_student[s], schools.first_student[s + 1]):
        i = students.row_reading[j] - first_row
        students.habits[j] = profile.updated_habits(
            students.habits[j], students.self_regulation[j], wk[Z_PROFILE, i], sp[HABITS_WEIGHT, i], p.profile
        )


@kernel
def regroup_school(s: int, rows: Rows, sections: Sections, schools: Schools, x: Scratch, p: Params) -> None:
    """Groups of every section whose regrouping is due and, as far as grouping crosses grades, of its pool."""
    keys, order, pooled = x.keys, x.order, x.pooled
    start = sections.first_row[schools.first_section[s]]
    first_seat = schools.first_seat[s]
    first, last = schools.first_section[s], schools.first_section[s + 1]
    k = first
    while k < last:
        stop = k + 1
        while stop < last and sections.pool[stop] == sections.pool[k]:
            stop += 1
        subject = int(sections.subject[k])
        if x.noted[REGROUP_DUE + subject] > 0.5:
            lv = levers_in(x.lever, subject)
            space = time.usable_space(schools.flexible_space[s], lv.flexible_space)
            together = 0.0
            for m in range(k, stop):
                begin, end = sections.first_row[m], sections.first_row[m + 1]
                on_data = at_most(lv.grouping_on_data * x.delivered[sections.seat[m] - first_seat, 4], 1.0)
                count = time.group_count(float(end - begin), lv.groups, space, p.time)
                together += count
                for i in range(begin, end):
                    keys[i - start] = grouping.grouping_key(
                        rows.estimate[i], sections.class_mean[m], sections.spread[m], rows.z_group[i], on_data
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
                begin, end = sections.first_row[k], sections.first_row[stop]
                # Across grades students are grouped by estimated level; chance plays no part.
                grouping.regroup(
                    rows.estimate[begin:end],
                    rows.estimate[begin:end],
                    int(together),
                    order[begin - start : end - start],
                    keys[begin - start : end - start],
                    pooled[begin - start : end - start],
                )
                for i in range(begin, end):
                    rows.group_mean[i] = mix(rows.group_mean[i], pooled[i - start], lv.cross_grade)
        k = stop


@compiled
def sessions_at(m: int, lever: Any, tables: Tables) -> Any:
    """Levers of the ``m``-th practice's sessions; ``lever`` has shape (levers,)."""
    first = tables.sessions[m, 1]
    return beside.sessions_of(lever[first : first + beside.SESSION_COLUMNS])


@compiled
def served_in(k: int, given: Any, rows: Rows, sections: Sections) -> float:
    """Students of a section whom sessions serve."""
    count = 0.0
    for i in range(sections.first_row[k], sections.first_row[k + 1]):
        count += 1.0 if beside.reached(given, sections.grade[k], rows.standing[i]) else 0.0
    return count


@kernel
def give_lessons(s: int, rows: Rows, sections: Sections, schools: Schools, tables: Tables, x: Scratch) -> None:
    """What sections lose of their teacher to sessions given in lessons: their students work alone meanwhile."""
    values = x.values
    first = schools.first_section[s]
    for k in range(first, schools.first_section[s + 1]):
        for m in range(tables.sessions.shape[0]):
            given = sessions_at(m, x.lever[int(sections.subject[k])], tables)
            lost = beside.lesson_hours(given, served_in(k, given, rows, sections), values[WHOLE, k - first])
            values[WHOLE, k - first] -= lost
            values[UNSUPERVISED, k - first] += lost
            values[INDEPENDENT, k - first] += lost / at_least(values[CONTACT, k - first], 0.01)


@kernel
def spread_sessions(
    s: int, rows: Rows, sections: Sections, seats: Seats, schools: Schools, tables: Tables, x: Scratch, p: Params
) -> None:
    """What each served row is taught beside the class, into row blocks: tutoring and sessions together."""
    sp = x.sp
    first_row = sections.first_row[schools.first_section[s]]
    for k in range(schools.first_section[s], schools.first_section[s + 1]):
        t = sections.seat[k]
        for m in range(tables.sessions.shape[0]):
            given = sessions_at(m, x.lever[int(sections.subject[k])], tables)
            skill = seats.proficiency[t, tables.sessions[m, 0]]
            delivered = quality.delivered(skill, seats.fidelity[t], seats.strain[t], p.quality)
            worth = beside.session_quality(given, delivered, p.quality)
            for i in range(sections.first_row[k], sections.first_row[k + 1]):
                if beside.reached(given, sections.grade[k], rows.standing[i]):
                    j = i - first_row
                    hours = sp[TUTOR, j] if rows.u_served[i] < sp[TUTOR_SHARE, j] else 0.0
                    before = Served(hours, sp[QUALITY_TUTOR, j], sp[TUTOR_DISPLACED, j])
                    now = beside.joined(before, given, worth, sp[CONTACT, j])
                    sp[TUTOR, j] = now.hours
                    sp[TUTOR_SHARE, j] = 1.0
                    sp[QUALITY_TUTOR, j] = now.quality
                    sp[TUTOR_DISPLACED, j] = now.displaced


@kernel
def section_weeks(
    first: Any, last: Any, subject: Any, lever: Any, context: Any, delivered: Any, values: Any, p: Params
) -> None:
    """The week of sections ``first`` to ``last - 1`` of a school side by side; each block is (fields, sections)."""
    lv = levers_in(lever, subject)
    for k in range(first, last):
        write_section(values, k, section_week.section_week(lv, context_at(context, k), delivered_at(delivered, k), p))


@kernel
def spread_sections(
    s: int,
    w: int,
    refill: bool,
    rows: Rows,
    sections: Sections,
    schools: Schools,
    tables: Tables,
    x: Scratch,
    p: Params,
) -> None:
    """Every section's week, into row blocks."""
    context, by_section, values, sp = x.context, x.by_section, x.values, x.sp
    first_seat = schools.first_seat[s]
    first = schools.first_section[s]
    first_row = sections.first_row[first]
    count = schools.first_section[s + 1] - first
    novelty = schooling.felt_novelty(schools.novelty[s], schools.felt[s])
    in_math = 0
    for m in range(count):
        k = first + m
        subject = sections.subject[k]
        grade = sections.grade[k]
        lv = levers_in(x.lever, int(subject))
        in_math += 1 if subject < 0.5 else 0
        for f in range(DELIVERED_FIELDS):
            by_section[f, m] = x.delivered[sections.seat[k] - first_seat, f]
        found = Context(
            students=float(sections.first_row[k + 1] - sections.first_row[k]),
            subject=subject,
            grade=grade,
            class_mean=sections.class_mean[k],
            spread=sections.spread[k],
            guide=tables.guide[int(subject), int(grade), w],
            habits_mean=sections.habits_mean[k],
            accountability=schools.accountability[s],
            library=schooling.covered(schools.library[s], lv.library_bought),
            library_quality=schools.library_quality[s],
            device_share=schools.device_share[s],
            flexible_space=schools.flexible_space[s],
            novelty=novelty,
            tool_overload=teacher_week.tool_overload(lv, p),
            teacher_scale=tables.teacher_scale[int(subject), int(grade)],
        )
        write_context(context, m, found)
    # Sections are ordered by subject.
    section_weeks(np.int64(0), in_math, MATH, x.lever, context, by_section, values, p)
    section_weeks(in_math, count, READING, x.lever, context, by_section, values, p)
    give_lessons(s, rows, sections, schools, tables, x)
    # Most of these stay what they were last week: only what changed is written.
    # Sessions write into rows, so that all is written anew.
    refill = refill or tables.sessions.shape[0] > 0
    for m in range(count):
        begin, end = sections.first_row[first + m] - first_row, sections.first_row[first + m + 1] - first_row
        for f in range(SECTION_FIELDS):
            value = values[f, m]
            if value != sections.values[first + m, f] or refill:
                sections.values[first + m, f] = value
                fill(sp, f, begin, end, value)
