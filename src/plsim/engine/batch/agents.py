"""Passes over the teachers, students and schools of one school: plan and development."""

from __future__ import annotations

from typing import Any

from plsim.core.jit import kernel
from plsim.engine.batch.rows import ADVISED, section_at
from plsim.engine.state import Rows, Schools, Seats, Sections, Students, Tables
from plsim.rules import plan, proficiency, quality, week
from plsim.rules import school as schooling
from plsim.rules.levers import FIRST_INTENSITY, PRACTICE_COUNT, Levers, levers_of
from plsim.rules.shapes import at_least, at_most
from plsim.rules.week import Params

COACHING = Levers._fields.index("coaching_hours")


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
def plan_teachers(
    s: int, lever: Any, sections: Sections, seats: Seats, schools: Schools, delivered: Any, p: Params
) -> float:
    """Phase 1 for one school: hours, fidelity and delivered quality of every seat; the mean authoring hours a seat."""
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
        teacher = quality.teacher_quality(seats.persistent[t], seats.yearly[t], seats.experience[t], strain, p.quality)
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
            0.5
            * (week.advice(in_math, wk[ADVISED, a - first_row]) + week.advice(in_reading, wk[ADVISED, b - first_row])),
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
    s: int,
    w: int,
    lever: Any,
    shared: float,
    authored: float,
    seats: Seats,
    schools: Schools,
    tables: Tables,
    p: Params,
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
