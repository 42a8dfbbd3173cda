"""The batch engine: whole weeks of whole networks, compiled, without touching Python.

The loops here only carry numbers to the rules and back; how people behave stands in ``rules``. A week runs through
``rules.week``'s numbered phases, school by school; a network is the shard, so threads over networks change no bit.

Loops over rows are written so that LLVM turns them into SIMD code: ``range(n)`` over slices, no gather inside, section
values spread into row blocks first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import compiled, entry, kernel
from plsim.core.noise import place, weekly_draws
from plsim.engine.state import Flags, Networks, Rows, Schools, Seats, Sections, Students, Tables, Trace
from plsim.rules import group as grouping
from plsim.rules import learning, plan, proficiency, profile, quality, time, week
from plsim.rules import school as schooling
from plsim.rules.levers import FIRST_INTENSITY, PRACTICE_COUNT, Levers, levers_of
from plsim.rules.shapes import at_least, at_most, mix
from plsim.rules.week import Context, Delivered, Experience, Params, Section

SECTION_FIELDS = len(Section._fields)
CONTEXT_FIELDS = len(Context._fields)
DELIVERED_FIELDS = len(Delivered._fields)
EXPERIENCE_FIELDS = len(Experience._fields)
# Further section values that rows need, spread behind those of Section.
NORMAL, SEASONAL, CLASS_MEAN, WEIGHT, PRIVATE_HOURS, HABITS_WEIGHT = range(SECTION_FIELDS, SECTION_FIELDS + 6)
SPREAD_FIELDS = SECTION_FIELDS + 6
# Weekly values of a row: gathered from students, or drawn.
ENGAGEMENT, REGULATION, COLLABORATION, HABITS, ATTENDED, Z_PROFILE, Z_ASSESS, ADVISED = range(8)
ROW_FIELDS = 8
WEEKLY_STREAM = np.uint64(1)
COACHING = Levers._fields.index("coaching_hours")


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


@kernel
def set_levers(s: int, w: int, schools: Schools, tables: Tables, coaching: float, lever: Any) -> None:
    """Writes this week's actual levers of school ``s``: typical practice, moved toward the plan as far as adopted."""
    change = 0.0
    for k in range(len(lever)):
        base = tables.typical[s, w, k]
        aim = tables.planned[s, w, k]
        owner = tables.owner[k]
        if owner >= 0:
            lever[k] = base + schools.adoption[s, owner] * (aim - base)
        else:
            lever[k] = aim
        if k == COACHING:
            lever[k] = lever[k] * coaching
        if k >= FIRST_INTENSITY:
            change += at_least(lever[k] - base, 0.0)
    schools.change[s] = change


@kernel
def summarise_sections(s: int, rows: Rows, students: Students, sections: Sections, schools: Schools, habits: bool) -> None:
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
def plan_teachers(
    s: int, lever: Any, sections: Sections, seats: Seats, schools: Schools, delivered: Any, p: Params
) -> float:
    """Phase 1 for one school: hours, fidelity and delivered quality of every seat. Returns mean authoring hours a seat."""
    lv = levers_of(lever)
    change = at_most(schools.change[s], 1.0)
    first, last = schools.first_seat[s], schools.first_seat[s + 1]
    for t in range(first, last):
        seats.practice_hours[t] = 0.0
    authored = 0.0
    library = schools.library[s] * schools.library_quality[s]
    covered = library if library > lv.library_bought else lv.library_bought
    for k in range(schools.first_section[s], schools.first_section[s + 1]):
        t = sections.seat[k]
        students = float(sections.first_row[k + 1] - sections.first_row[k])
        seats.practice_hours[t] += week.section_demand(
            lv,
            students,
            sections.spread[k],
            covered,
            seats.proficiency[t, 0],
            seats.proficiency[t, 1],
            seats.proficiency[t, 3],
            p,
        )
        authored += week.authoring_hours(lv, students, sections.spread[k], p)
    supply = week.teacher_supply(lv, schools.autonomy[s], change, p)
    for t in range(first, last):
        demand = week.teacher_demand(lv, seats.practice_hours[t], change, p)
        seats.demand[t] = demand
        seats.supply[t] = supply
        fidelity = plan.fidelity(demand, supply)
        seats.fidelity[t] = fidelity
        seats.demand_sum[t] += demand
        strain = seats.strain[t]
        seats.strain_sum[t] += strain
        coherence = 0.0
        for k in range(PRACTICE_COUNT):
            coherence += lever[FIRST_INTENSITY + k] * seats.proficiency[t, k]
        coherence = coherence / float(PRACTICE_COUNT)
        teacher = quality.teacher_quality(
            seats.persistent[t], seats.yearly[t], seats.experience[t], strain, p.quality
        )
        d = week.deliver(
            seats.proficiency[t, 0],
            seats.proficiency[t, 1],
            seats.proficiency[t, 2],
            seats.proficiency[t, 3],
            seats.proficiency[t, 4],
            seats.proficiency[t, 5],
            seats.proficiency[t, 6],
            seats.proficiency[t, 7],
            coherence,
            schools.vision[s],
            fidelity,
            strain,
            teacher,
            p,
        )
        for k in range(len(d)):
            delivered[t - first, k] = d[k]
    return authored / float(last - first)


@kernel
def draw_rows(n: int, seed: Any, year: Any, w: Any, key: Any, subject: Any, attendance_rate: Any, wk: Any, p: Params) -> None:
    """This week's draws of every row: attended share, profile noise, assessment noise."""
    for i in range(n):
        u, z_profile, z_assess = weekly_draws(seed, key[i], place(WEEKLY_STREAM, subject[i], year), w)
        wk[ATTENDED, i] = learning.attended_share(attendance_rate[i], u, p.learning)
        wk[Z_PROFILE, i] = z_profile
        wk[Z_ASSESS, i] = z_assess


@kernel
def profile_rows(n: int, estimate: Any, achievement: Any, test_error: Any, sp: Any, wk: Any, p: Params) -> None:
    """Phase 2: what the school believes of every row's level."""
    for i in range(n):
        estimate[i] = week.profile(
            estimate[i],
            achievement[i],
            sp[CLASS_MEAN, i],
            sp[NORMAL, i],
            test_error[i] * wk[Z_PROFILE, i],
            sp[WEIGHT, i],
            sp[PRIVATE_HOURS, i],
            p,
        )


@kernel
def learn_rows(
    n: int,
    sp: Any,
    wk: Any,
    achievement: Any,
    estimate: Any,
    position: Any,
    unit_mastery: Any,
    unit_weeks: Any,
    ready_weeks: Any,
    review: Any,
    group_mean: Any,
    coverage: Any,
    units_taught: Any,
    taught_mastery: Any,
    unmet: Any,
    waiting: Any,
    match: Any,
    on_task: Any,
    effort: Any,
    one_on_one: Any,
    learning_rate: Any,
    home_access: Any,
    u_pace: Any,
    u_served: Any,
    reference: Any,
    home_share: Any,
    unit_rit: Any,
    grade_start: Any,
    p: Params,
) -> None:
    """Phases 4 to 6 for every row: target, learn, pace."""
    for i in range(n):
        section = section_at(sp, i)
        own_pace = 1.0 if u_pace[i] < section.own_pace_share else 0.0
        e = week.experience(
            section,
            estimate[i],
            group_mean[i],
            position[i],
            unit_mastery[i],
            wk[ENGAGEMENT, i],
            wk[REGULATION, i],
            wk[COLLABORATION, i],
            wk[HABITS, i],
            home_access[i],
            own_pace,
            u_served[i],
            p,
        )
        learned = week.learn(
            e,
            achievement[i],
            learning_rate[i],
            wk[ATTENDED, i],
            sp[NORMAL, i],
            sp[SEASONAL, i],
            home_share[i],
            reference[i],
            section.typical_hours,
            p,
        )
        unit = week.pace(
            section,
            position[i],
            unit_mastery[i],
            unit_weeks[i],
            ready_weeks[i],
            review[i],
            learned.achievement,
            learned.effort,
            wk[Z_ASSESS, i],
            own_pace,
            unit_rit[i],
            p,
        )
        counted = unit.ended if position[i] >= grade_start[i] else 0.0
        wk[ADVISED, i] = week.structure_received(section, wk[HABITS, i], p)
        achievement[i] = learned.achievement
        match[i] = learned.match
        on_task[i] = learned.on_task
        effort[i] = learned.effort
        one_on_one[i] += e.one_on_one + e.tutor
        position[i] = unit.position
        unit_mastery[i] = unit.unit_mastery
        unit_weeks[i] = unit.unit_weeks
        ready_weeks[i] = unit.ready_weeks
        review[i] = unit.review
        coverage[i] += counted * unit.mastery_at_end
        units_taught[i] += unit.ended
        taught_mastery[i] += unit.ended * unit.mastery_at_end
        unmet[i] += unit.unmet
        waiting[i] += unit.waiting


@kernel
def learn_rows_traced(
    n: int,
    sp: Any,
    wk: Any,
    achievement: Any,
    estimate: Any,
    position: Any,
    unit_mastery: Any,
    unit_weeks: Any,
    ready_weeks: Any,
    review: Any,
    group_mean: Any,
    coverage: Any,
    units_taught: Any,
    taught_mastery: Any,
    unmet: Any,
    waiting: Any,
    match: Any,
    on_task: Any,
    effort: Any,
    one_on_one: Any,
    learning_rate: Any,
    home_access: Any,
    u_pace: Any,
    u_served: Any,
    reference: Any,
    home_share: Any,
    unit_rit: Any,
    grade_start: Any,
    p: Params,
    experience: Any,
    held: Any,
    base: Any,
) -> None:
    """The same, noting every row's experience in ``experience`` and holding the ``held`` fields at those of ``base``.

    Both blocks have shape (fields, rows of the school).
    """
    for i in range(n):
        section = section_at(sp, i)
        own_pace = 1.0 if u_pace[i] < section.own_pace_share else 0.0
        e = week.experience(
            section,
            estimate[i],
            group_mean[i],
            position[i],
            unit_mastery[i],
            wk[ENGAGEMENT, i],
            wk[REGULATION, i],
            wk[COLLABORATION, i],
            wk[HABITS, i],
            home_access[i],
            own_pace,
            u_served[i],
            p,
        )
        for f in range(EXPERIENCE_FIELDS):
            experience[f, i] = base[f, i] if held[f] > 0.5 else e[f]
        e = experience_at(experience, i)
        learned = week.learn(
            e,
            achievement[i],
            learning_rate[i],
            wk[ATTENDED, i],
            sp[NORMAL, i],
            sp[SEASONAL, i],
            home_share[i],
            reference[i],
            section.typical_hours,
            p,
        )
        unit = week.pace(
            section,
            position[i],
            unit_mastery[i],
            unit_weeks[i],
            ready_weeks[i],
            review[i],
            learned.achievement,
            learned.effort,
            wk[Z_ASSESS, i],
            own_pace,
            unit_rit[i],
            p,
        )
        counted = unit.ended if position[i] >= grade_start[i] else 0.0
        wk[ADVISED, i] = week.structure_received(section, wk[HABITS, i], p)
        achievement[i] = learned.achievement
        match[i] = learned.match
        on_task[i] = learned.on_task
        effort[i] = learned.effort
        one_on_one[i] += e.one_on_one + e.tutor
        position[i] = unit.position
        unit_mastery[i] = unit.unit_mastery
        unit_weeks[i] = unit.unit_weeks
        ready_weeks[i] = unit.ready_weeks
        review[i] = unit.review
        coverage[i] += counted * unit.mastery_at_end
        units_taught[i] += unit.ended
        taught_mastery[i] += unit.ended * unit.mastery_at_end
        unmet[i] += unit.unmet
        waiting[i] += unit.waiting


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
    p: Params,
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

    ``refill`` when the blocks held another school's rows last. ``context``, ``by_section`` and ``values`` are scratch."""
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


@kernel
def update_habits(s: int, rows: Rows, students: Students, schools: Schools, sp: Any, wk: Any, first_row: int, p: Params) -> None:
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
    seats: Seats,
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
def gather_motives(s: int, n: int, first_row: int, rows: Rows, students: Students, wk: Any) -> None:
    """Students' motives as they stand, copied into row order."""
    for i in range(n):
        j = rows.student[first_row + i]
        wk[ENGAGEMENT, i] = students.engagement[j]
        wk[REGULATION, i] = students.self_regulation[j]
        wk[COLLABORATION, i] = students.collaboration[j]
        wk[HABITS, i] = students.habits[j]


@kernel
def develop_students(
    s: int, first_row: int, rows: Rows, students: Students, schools: Schools, sp: Any, wk: Any, p: Params
) -> None:
    """Phase 7: motives of every student, from the means over both subjects."""
    for j in range(schools.first_student[s], schools.first_student[s + 1]):
        a = students.row_math[j]
        b = students.row_reading[j]
        in_math = section_at(sp, a - first_row)
        in_reading = section_at(sp, b - first_row)
        new = week.develop(
            students.self_regulation[j],
            students.collaboration[j],
            students.engagement[j],
            students.regulation_level[j],
            students.engagement_level[j],
            0.5 * (in_math.independent_share + in_reading.independent_share),
            0.5 * (in_math.peer_share + in_reading.peer_share),
            0.5 * (week.advice(in_math, wk[ADVISED, a - first_row]) + week.advice(in_reading, wk[ADVISED, b - first_row])),
            0.5 * (rows.match[a] + rows.match[b]),
            0.5 * (in_math.engagement + in_reading.engagement),
            p,
        )
        students.self_regulation[j] = new.self_regulation
        students.collaboration[j] = new.collaboration
        students.engagement[j] = new.engagement


@kernel
def develop_teachers(
    s: int, lever: Any, seats: Seats, schools: Schools, tables: Tables, colleagues: Any, p: Params
) -> None:
    """Phase 8: proficiency, strain and buy-in of every seat of a school."""
    lv = levers_of(lever)
    first, last = schools.first_seat[s], schools.first_seat[s + 1]
    for k in range(PRACTICE_COUNT):
        total = 0.0
        for t in range(first, last):
            total += seats.proficiency[t, k]
        colleagues[k] = total / float(last - first)
    for k in range(PRACTICE_COUNT):
        helped = proficiency.help_to_learn(lv.coaching_hours, colleagues[k], schools.library[s], p.proficiency)
        use = lever[FIRST_INTENSITY + k]
        for t in range(first, last):
            seats.proficiency[t, k] = week.develop_practice(
                seats.proficiency[t, k], use, tables.relational[k], helped, seats.buy_in[t], schools.change[s], p
            )
    for t in range(first, last):
        excess = plan.overload(seats.demand[t], seats.supply[t])
        before = seats.strain[t]
        seats.strain[t] = proficiency.next_strain(before, excess, p.proficiency)
        seats.buy_in[t] = proficiency.next_buy_in(
            seats.buy_in[t], schools.vision[s], schools.engaged[s], before, p.proficiency
        )


@kernel
def develop_schools(
    s: int, w: int, lever: Any, shared: float, authored: float, seats: Seats, schools: Schools, tables: Tables, p: Params
) -> None:
    """Phase 9 for one school: library, vision, trust, novelty, and how much of the plan is in place."""
    lv = levers_of(lever)
    new = week.develop_school(
        lv,
        schools.library[s],
        shared,
        authored,
        schools.vision[s],
        schools.trust[s],
        schools.novelty[s],
        week.grade_change(lv, levers_of(tables.typical[s, w])),
        p,
    )
    schools.library[s] = new.library
    schools.vision[s] = new.vision
    schools.trust[s] = new.trust
    schools.novelty[s] = new.novelty
    first, last = schools.first_seat[s], schools.first_seat[s + 1]
    believing = 0.0
    for t in range(first, last):
        believing += seats.buy_in[t]
    believing = believing / float(last - first)
    for k in range(PRACTICE_COUNT):
        schools.adoption[s, k] = schooling.adoption(
            tables.schedule[k], schools.autonomy[s], lv.old_duties, believing, schools.reverted[s], p.school
        )


@kernel
def clocks_due(s: int, lever: Any, schools: Schools) -> tuple[bool, bool]:
    """Whether data, and regrouping, are due this week; the clocks move on."""
    lv = levers_of(lever)
    data = schools.data_clock[s] + lv.data_rate
    data_due = data >= 1.0
    schools.data_clock[s] = data - 1.0 if data_due else data
    regrouping = schools.regroup_clock[s] + lv.regroup_rate
    regroup_due = regrouping >= 1.0
    schools.regroup_clock[s] = regrouping - 1.0 if regroup_due else regrouping
    if regroup_due:
        schools.regroupings[s] += 1.0
    return data_due, regroup_due


@kernel
def school_week(
    s: int,
    w: int,
    seed: Any,
    year: Any,
    shared: float,
    coaching: float,
    refill: bool,
    rows: Rows,
    students: Students,
    sections: Sections,
    seats: Seats,
    schools: Schools,
    tables: Tables,
    flags: Flags,
    trace: Trace,
    p: Params,
    lever: Any,
    delivered: Any,
    context: Any,
    by_section: Any,
    section_values: Any,
    sp: Any,
    wk: Any,
    keys: Any,
    order: Any,
    pooled: Any,
    colleagues: Any,
) -> None:
    """One school through one week, phases 1 to 9 of ``rules.week``."""
    set_levers(s, w, schools, tables, coaching, lever)
    authored = plan_teachers(s, lever, sections, seats, schools, delivered, p)
    if flags.with_students:
        a = sections.first_row[schools.first_section[s]]
        b = sections.first_row[schools.first_section[s + 1]]
        n = b - a
        data_due, regroup_due = clocks_due(s, lever, schools)
        draw_rows(n, seed, year, np.uint64(w), rows.key[a:b], rows.subject[a:b], rows.attendance_rate[a:b], wk, p)
        first_seat = schools.first_seat[s]
        spread_profiles(s, w, lever, sections, schools, tables, delivered, first_seat, sp, data_due, p)
        profile_rows(n, rows.estimate[a:b], rows.achievement[a:b], rows.test_error[a:b], sp, wk, p)
        if data_due:
            update_habits(s, rows, students, schools, sp, wk, a, p)
        summarise_sections(s, rows, students, sections, schools, data_due)
        if regroup_due:
            regroup_school(s, lever, rows, sections, seats, schools, delivered, keys, order, pooled, p)
        spread_sections(
            s, w, lever, sections, schools, tables, delivered, first_seat, context, by_section, section_values, sp, refill, p
        )
        gather_motives(s, n, a, rows, students, wk)
        if flags.trace:
            learn_rows_traced(
                n,
                sp,
                wk,
                rows.achievement[a:b],
                rows.estimate[a:b],
                rows.position[a:b],
                rows.unit_mastery[a:b],
                rows.unit_weeks[a:b],
                rows.ready_weeks[a:b],
                rows.review[a:b],
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
                rows.home_access[a:b],
                rows.u_pace[a:b],
                rows.u_served[a:b],
                rows.reference[a:b],
                rows.home_share[a:b],
                rows.unit_rit[a:b],
                rows.grade_start[a:b],
                p,
                trace.experience[:, a:b],
                trace.held,
                trace.base[:, a:b],
            )
        else:
            learn_rows(
                n,
                sp,
                wk,
                rows.achievement[a:b],
                rows.estimate[a:b],
                rows.position[a:b],
                rows.unit_mastery[a:b],
                rows.unit_weeks[a:b],
                rows.ready_weeks[a:b],
                rows.review[a:b],
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
                rows.home_access[a:b],
                rows.u_pace[a:b],
                rows.u_served[a:b],
                rows.reference[a:b],
                rows.home_share[a:b],
                rows.unit_rit[a:b],
                rows.grade_start[a:b],
                p,
            )
        if not flags.freeze_students:
            develop_students(s, a, rows, students, schools, sp, wk, p)
    if not flags.freeze_teachers:
        develop_teachers(s, lever, seats, schools, tables, colleagues, p)
    if not flags.freeze_schools:
        develop_schools(s, w, lever, shared, authored, seats, schools, tables, p)


@entry
def run_weeks(
    first_network: int,
    last_network: int,
    first_week: int,
    last_week: int,
    seed: Any,
    year: Any,
    rows: Rows,
    students: Students,
    sections: Sections,
    seats: Seats,
    schools: Schools,
    networks: Networks,
    tables: Tables,
    flags: Flags,
    trace: Trace,
    p: Params,
) -> None:
    """Weeks ``first_week`` to ``last_week - 1`` of a year for networks ``first_network`` to ``last_network - 1``.

    ``seed`` and ``year`` are unsigned 64-bit integers; the year is part of every draw's address. Nothing is shared between
    networks, so callers may run them in any order and on any number of threads.
    """
    block = 1
    most_seats = 1
    most_sections = 1
    for s in range(networks.first_school[first_network], networks.first_school[last_network]):
        size = sections.first_row[schools.first_section[s + 1]] - sections.first_row[schools.first_section[s]]
        block = size if size > block else block
        many = schools.first_seat[s + 1] - schools.first_seat[s]
        most_seats = many if many > most_seats else most_seats
        held = schools.first_section[s + 1] - schools.first_section[s]
        most_sections = held if held > most_sections else most_sections
    lever = np.zeros(tables.owner.shape[0])
    delivered = np.zeros((most_seats, DELIVERED_FIELDS))
    context = np.zeros((CONTEXT_FIELDS, most_sections))
    by_section = np.zeros((DELIVERED_FIELDS, most_sections))
    section_values = np.zeros((SECTION_FIELDS, most_sections))
    sp = np.zeros((SPREAD_FIELDS, block))
    wk = np.zeros((ROW_FIELDS, block))
    keys = np.zeros(block)
    pooled = np.zeros(block)
    order = np.zeros(block, np.int64)
    colleagues = np.zeros(PRACTICE_COUNT)
    for network in range(first_network, last_network):
        first, last = networks.first_school[network], networks.first_school[network + 1]
        alone = last - first == 1
        for w in range(first_week, last_week):
            refill = w == first_week or not alone
            shared = 0.0
            asked = 0.0
            for s in range(first, last):
                shared += schools.library[s]
                asked += tables.planned[s, w, COACHING] * float(schools.first_seat[s + 1] - schools.first_seat[s])
            shared = shared / float(last - first)
            coaching = schooling.pool_share(networks.coaching_capacity[network], asked)
            for s in range(first, last):
                school_week(
                    s, w, seed, year, shared, coaching, refill, rows, students, sections, seats, schools, tables, flags, trace, p,
                    lever, delivered, context, by_section, section_values, sp, wk, keys, order, pooled, colleagues,
                )  # fmt: skip


@entry
def first_summaries(rows: Rows, students: Students, sections: Sections, schools: Schools) -> None:
    """Section summaries as they stand before a year's first week."""
    for s in range(schools.first_section.shape[0] - 1):
        summarise_sections(s, rows, students, sections, schools, True)
