"""The end of a year in one arm: its record, then summer, turnover and reversion."""

from __future__ import annotations

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import SUMMER_WEEKS, Arm, experience_years, plain
from plsim.engine.records import Lasting, YearRecord
from plsim.evidence import norms
from plsim.population.draws import uniforms


def end_year(arm: Arm, achievement: Floats) -> None:
    """Record the year, then summer, turnover and reversion."""
    arm.record.append(_year_record(arm, achievement))
    roster = arm.layout.roster
    grade = roster.grade.astype(np.int64)
    each = np.arange(len(SUBJECTS))
    start, end = achievement[0], achievement[-1]
    normal = (
        roster.learning_rate[:, np.newaxis] * arm.growth.year[each, grade[:, np.newaxis]]
        + arm.growth.seasonal.sum(axis=2)[each, grade[:, np.newaxis]]
    )
    learning, p, fresh = plain("learning"), arm.p.learning, arm.by_student(arm.rows.fresh)
    lasting_change = learning.lasting_change(end - start, normal, fresh, SUMMER_WEEKS, p)
    summer = norms().summer_true[each, grade[:, np.newaxis]]
    arm.lasting = Lasting(
        end + lasting_change + summer,
        learning.fresh_after(fresh, SUMMER_WEEKS, p),
        arm.students.self_regulation.copy(),
        arm.students.collaboration.copy(),
        arm.students.engagement.copy(),
        arm.students.habits.copy(),
    )
    _revert(arm, end - start, normal)
    _change_leaders(arm)
    _turnover(arm)


def _year_record(arm: Arm, achievement: Floats) -> YearRecord:
    rows, seats, schools = arm.rows, arm.seats, arm.schools
    units = {
        "coverage": rows.coverage,
        "units_taught": rows.units_taught,
        "taught_mastery": rows.taught_mastery,
        "unmet": rows.unmet,
        "waiting": rows.waiting,
        "one_on_one": rows.one_on_one,
        "on_task": rows.on_task,
        "match": rows.match,
        "aimed": rows.aimed,
        "known": rows.known,
        "review": rows.review,
        "profile_error": np.abs(rows.estimate - rows.achievement),
        "position": rows.position,
        "fresh": rows.fresh,
    }
    taught = np.zeros(arm.holder.shape[0])
    taught[arm.sections.seat] = 1.0
    return YearRecord(
        achievement=achievement,
        units={name: arm.by_student(values) for name, values in units.items()},
        self_regulation=arm.students.self_regulation.copy(),
        engagement=arm.students.engagement.copy(),
        habits=arm.students.habits.copy(),
        demand=seats.demand_sum / WEEKS_PER_YEAR,
        supply=seats.supply.copy(),
        strain=seats.strain_sum / WEEKS_PER_YEAR,
        fidelity=seats.fidelity.copy(),
        proficiency=seats.proficiency.copy(),
        skill=seats.skill.copy(),
        buy_in=seats.buy_in.copy(),
        taught=taught,
        holder=arm.holder.copy(),
        library=schools.library.copy(),
        trust=schools.trust.copy(),
        vision=schools.vision.copy(),
        regroupings=np.maximum(schools.regroupings, 0.0),
        reverted=schools.reverted.copy(),
        adoption=schools.adoption.copy(),
    )


def _revert(arm: Arm, gain: Floats, normal: Floats) -> None:
    """The yearly draw on going back: trust, missed accountability targets, how it began."""
    if arm.flags.freeze_schools:
        return
    people, schools = arm.setting.population, arm.schools
    u = uniforms(arm.setting.seed, people.school_key, "reversion", year=arm.year)[0]
    gained = np.bincount(people.school, gain.sum(axis=1), minlength=arm.setting.schools)
    expected = np.bincount(people.school, normal.sum(axis=1), minlength=arm.setting.schools)
    school = plain("school")
    for s in range(arm.setting.schools):
        missed = float(schools.accountability[s]) * min(max(1.0 - float(gained[s]) / float(expected[s]), 0.0), 1.0)
        chance = school.revert_chance(float(schools.trust[s]), missed, float(schools.engaged[s]), arm.p.school)
        if u[s] < chance:
            schools.reverted[s] = 1.0


def _change_leaders(arm: Arm) -> None:
    """Schools whose leader is followed by another; part of what was shared goes with the old one."""
    if arm.flags.freeze_schools:
        return
    people, schools = arm.setting.population, arm.schools
    rates = [arm.world.number(f"schools.leader_turnover_{kind}") for kind in ("district", "charter")]
    chance = np.where(people.charter, rates[1], rates[0])
    new = uniforms(arm.setting.seed, people.school_key, "leadership", year=arm.year)[0] < chance
    rule = plain("school").after_new_leader
    schools.vision[new] = rule(schools.vision[new], schools.own_vision[new], arm.p.school)


def _turnover(arm: Arm) -> None:
    """Who leaves, and the summer's rest for who stays; leaving is ``u < p`` on the seat's own u."""
    seats = arm.seats
    seats.experience[:] += 1.0
    if arm.flags.freeze_teachers:
        arm.left.append(np.zeros(seats.experience.shape[0], np.bool_))
        return
    if arm.turnover_from is None:
        rule = plain("proficiency").leave_chance
        context = arm.plan.turnover
        chance = np.array([rule(strain, context, arm.p.proficiency) for strain in seats.strain.tolist()])
        left = arm.setting.turnover_draw(arm.year) < chance
    else:
        left = arm.turnover_from.left[arm.year]
    arm.left.append(left)
    arm.holder = arm.holder + left
    arm.seat_teachers(left)
    u = arm.setting.teacher_draws(arm.holder)[2]
    seats.experience[left] = experience_years(u, arm.world.number("teacher.new_experience_mean"))[left]
    arm.rest()
