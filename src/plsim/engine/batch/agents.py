"""Passes over the teachers, students and schools of one school: plan and development."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plsim.core.jit import kernel
from plsim.engine.batch.rows import ADVISED, section_at
from plsim.engine.batch.scratch import AUTHORED, MATH, READING, Scratch
from plsim.engine.batch.sections import served_in, sessions_at
from plsim.engine.state import Rows, Schools, Seats, Sections, Students, Tables
from plsim.rules import levers as turning
from plsim.rules import plan, proficiency
from plsim.rules import school as schooling
from plsim.rules import sessions as beside
from plsim.rules.levers import levers_in, levers_of
from plsim.rules.records import column_reader, column_writer
from plsim.rules.week import school as school_week
from plsim.rules.week import student as student_week
from plsim.rules.week import teacher as teacher_week
from plsim.rules.week.params import Params


@kernel
def set_levers(s: int, w: int, coaching: float, seats: Seats, schools: Schools, tables: Tables, x: Scratch) -> None:
    """Writes the week's actual levers in both subjects, and how much is new."""
    lever = x.lever
    new = 0.0
    felt = 0.0
    for subject in range(2):
        turning.set_levers(
            tables.typical[s, w],
            tables.planned[s, w],
            schools.adoption[s],
            tables.owner,
            tables.applies[subject],
            coaching,
            lever[subject],
        )
        new += turning.added_intensity(tables.typical[s, w], lever[subject], turning.EVERY)
        felt += turning.added_intensity(tables.typical[s, w], lever[subject], turning.FELT)
        own = turning.added_own(tables.typical[s, w], lever[subject], tables.intensity)
        new += own
        felt += own
        for k in range(tables.feeds.shape[0]):
            practice, source, target = tables.feeds[k]
            skill = beside.mean_skill(seats.proficiency, practice, schools.first_seat[s], schools.first_seat[s + 1])
            lever[subject, target] = beside.added(
                lever[subject, target], tables.amounts[k, 0], lever[subject, source], skill, tables.amounts[k, 1]
            )
    schools.change[s] = 0.5 * new
    schools.felt[s] = 0.5 * felt


@kernel
def plan_teachers(
    s: int, rows: Rows, sections: Sections, seats: Seats, schools: Schools, tables: Tables, x: Scratch, p: Params
) -> None:
    """Hours, fidelity and delivered quality of every seat; the mean authoring hours a seat."""
    in_math, in_reading = levers_in(x.lever, MATH), levers_in(x.lever, READING)
    first, last = schools.first_seat[s], schools.first_seat[s + 1]
    for t in range(first, last):
        seats.practice_hours[t] = 0.0
    authored = 0.0
    good = schools.library[s] * schools.library_quality[s]
    first_section, last_section = schools.first_section[s], schools.first_section[s + 1]
    for k in range(first_section, last_section):
        lv = levers_in(x.lever, int(sections.subject[k]))
        t = sections.seat[k]
        students = float(sections.first_row[k + 1] - sections.first_row[k])
        seats.practice_hours[t] += teacher_week.section_demand(
            lv,
            students,
            sections.spread[k],
            sections.parallel[k],
            schooling.covered(good, lv.library_bought),
            seats.proficiency[t, 0],
            seats.proficiency[t, 1],
            seats.proficiency[t, 3],
            p,
        )
        for m in range(tables.sessions.shape[0]):
            given = sessions_at(m, x.lever[int(sections.subject[k])], tables)
            seats.practice_hours[t] += beside.unpaid_hours(given, served_in(k, given, rows, sections))
        authored += teacher_week.authoring_hours(lv, students, sections.spread[k], sections.parallel[k], p)
    enrolled = float(sections.first_row[last_section] - sections.first_row[first_section])
    section_size = enrolled / float(last_section - first_section)
    tools_math, tools_reading = teacher_week.tool_demand(in_math, p), teacher_week.tool_demand(in_reading, p)
    supply = plan.hours_supplied(in_math.planning_hours, p.plan)
    for t in range(first, last):
        advising = 0.5 * (
            teacher_week.advising_demand(in_math, section_size, seats.proficiency[t, 5], p)
            + teacher_week.advising_demand(in_reading, section_size, seats.proficiency[t, 5], p)
        )
        tools = teacher_week.of_seat(tools_math, tools_reading, seats.math_share[t])
        demand = plan.hours_demanded(seats.practice_hours[t] + advising, tools, p.plan)
        fidelity = plan.fidelity(demand, supply)
        strain = seats.strain[t]
        seats.demand[t] = demand
        seats.supply[t] = supply
        seats.fidelity[t] = fidelity
        seats.demand_sum[t] += demand
        seats.strain_sum[t] += strain
        d = teacher_week.deliver(
            seats.proficiency[t, 0],
            seats.proficiency[t, 1],
            seats.proficiency[t, 2],
            seats.proficiency[t, 3],
            seats.proficiency[t, 4],
            seats.proficiency[t, 5],
            seats.proficiency[t, 6],
            seats.proficiency[t, 7],
            fidelity,
            strain,
            seats.persistent[t] + seats.yearly[t],
            seats.experience[t],
            seats.skill[t],
            p,
        )
        for k in range(len(d)):
            x.delivered[t - first, k] = d[k]
    x.noted[AUTHORED] = authored / float(last - first)


class Lived(NamedTuple):
    """What moves a student's motives this week, as means over the student's two subjects."""

    independent: float
    peers: float
    advised: float
    taught: float
    match: float
    appeal: float


LIVED_FIELDS = len(Lived._fields)
lived_at = column_reader(Lived)
write_lived = column_writer(Lived)


@kernel
def develop_students(
    s: int, rows: Rows, students: Students, sections: Sections, schools: Schools, x: Scratch, p: Params
) -> None:
    """Motives of every student: what was lived in both subjects is gathered first, then all develop side by side."""
    sp, wk, lived = x.sp, x.wk, x.lived
    first_row = sections.first_row[schools.first_section[s]]
    first = schools.first_student[s]
    count = schools.first_student[s + 1] - first
    for j in range(count):
        in_math_row = students.row_math[np.uint64(first + j)]
        in_reading_row = students.row_reading[np.uint64(first + j)]
        m, r = np.uint64(in_math_row - first_row), np.uint64(in_reading_row - first_row)
        in_math = section_at(sp, m)
        in_reading = section_at(sp, r)
        means = Lived(
            independent=0.5 * (in_math.independent_share + in_reading.independent_share),
            peers=0.5 * (in_math.peer_share + in_reading.peer_share),
            advised=0.5
            * (student_week.advice(in_math, wk[ADVISED, m]) + student_week.advice(in_reading, wk[ADVISED, r])),
            taught=0.5 * (in_math.srl + in_reading.srl),
            match=0.5 * (rows.match[np.uint64(in_math_row)] + rows.match[np.uint64(in_reading_row)]),
            appeal=0.5 * (in_math.engagement + in_reading.engagement),
        )
        write_lived(lived, j, means)
    for j in range(count):
        i = np.uint64(first + j)
        means = lived_at(lived, j)
        new = student_week.develop(
            students.self_regulation[i],
            students.collaboration[i],
            students.engagement[i],
            students.regulation_level[i],
            students.engagement_level[i],
            means.independent,
            means.peers,
            means.advised,
            means.taught,
            means.match,
            means.appeal,
            p,
        )
        students.self_regulation[i] = new.self_regulation
        students.collaboration[i] = new.collaboration
        students.engagement[i] = new.engagement


@kernel
def develop_teachers(s: int, seats: Seats, schools: Schools, tables: Tables, x: Scratch, p: Params) -> None:
    """Proficiency, general skill, strain and buy-in of every seat of a school."""
    lever, colleagues = x.lever, x.colleagues
    lv = levers_in(lever, MATH)
    first, last = schools.first_seat[s], schools.first_seat[s + 1]
    practices = tables.intensity.shape[0]
    for k in range(practices):
        total = 0.0
        for t in range(first, last):
            total += seats.proficiency[t, k]
        colleagues[k] = total / float(last - first)
    for k in range(practices):
        helped = proficiency.help_to_learn(lv.coaching_hours, colleagues[k], schools.library[s], p.proficiency)
        for t in range(first, last):
            use = teacher_week.of_seat(
                lever[0, tables.intensity[k]], lever[1, tables.intensity[k]], seats.math_share[t]
            )
            seats.proficiency[t, k] = teacher_week.develop_practice(
                seats.proficiency[t, k], use, tables.relational[k], helped, seats.buy_in[t], schools.change[s], p
            )
    for t in range(first, last):
        excess = plan.overload(seats.demand[t], seats.supply[t])
        before = seats.strain[t]
        seats.skill[t] = proficiency.next_skill(
            seats.skill[t], lv.instruction_coaching_hours, lv.coaching_quality, p.proficiency
        )
        seats.strain[t] = proficiency.next_strain(before, excess, p.proficiency)
        seats.buy_in[t] = proficiency.next_buy_in(
            seats.buy_in[t], schools.vision[s], schools.engaged[s], before, p.proficiency
        )


@kernel
def develop_schools(
    s: int, w: int, shared: float, seats: Seats, schools: Schools, tables: Tables, x: Scratch, p: Params
) -> None:
    """Library, vision, trust, novelty, and how much of the plan is in place."""
    in_math, in_reading = levers_in(x.lever, MATH), levers_in(x.lever, READING)
    typical = levers_of(tables.typical[s, w])
    new = school_week.develop_school(
        in_math,
        schools.library[s],
        shared,
        x.noted[AUTHORED],
        schools.vision[s],
        schools.trust[s],
        schools.novelty[s],
        0.5 * (school_week.grade_change(in_math, typical) + school_week.grade_change(in_reading, typical)),
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
    for k in range(tables.intensity.shape[0]):
        schools.adoption[s, k] = schooling.adoption(
            tables.schedule[k], schools.autonomy[s], in_math.old_duties, believing, schools.reverted[s], p.school
        )
