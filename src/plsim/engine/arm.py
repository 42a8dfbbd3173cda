"""One arm of a run in one world: its state, and what happens between the years.

Both engines use this file for the turn of the year (promotion, summer, turnover, reversion); they differ only in who
runs the weeks. Arithmetic on whole arrays is exact elementwise, so the bits are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from plsim.core.arrays import Bools, Floats, Ints
from plsim.core.calendar import SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.errors import EngineError
from plsim.core.jit import interpreted
from plsim.engine.parameters import World, parameters
from plsim.engine.records import Lasting, Reference, YearRecord
from plsim.engine.setting import FIRST_GRADES, WINDOWS, Growth, Layout, Setting
from plsim.engine.state import Flags, Networks, Rows, Schools, Seats, Sections, Students, Tables, Trace, zeros
from plsim.evidence import norms, registry
from plsim.population.draws import uniforms
from plsim.rules.levers import OWNER, Levers
from plsim.rules.week import Experience
from plsim.scenario.build import Plan

EXPERIENCE_FIELDS = len(Experience._fields)
SUMMER_WEEKS = 52 - WEEKS_PER_YEAR
# 0 learned like a tool, 1 like a relationship; in the order of the practices.
RELATIONAL = (0.5, 0.5, 0.75, 0.75, 0.5, 1.0, 0.0, 1.0)
# Practices that change schedules, space and staffing.
SCHEDULE = (0.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.0, 0.0)
A_MIN, A_MAX = 100.0, 320.0
_COACHING_QUALITY = Levers._fields.index("coaching_quality")


@cache
def plain(topic: str) -> Any:
    """A topic of the rules, interpreted: for whole arrays, and for the few calls a year."""
    return interpreted(f"plsim.rules.{topic}")


class Engine(Protocol):
    """Who runs the weeks of an arm."""

    def start_year(self, arm: Arm) -> None:
        """Section summaries before the first week."""

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks ``first_week`` to ``last_week - 1`` of the arm's present year."""


@dataclass
class Arm:
    """One arm of a run in one world.

    ``even_teachers`` makes all teachers alike: equally effective, experienced and proficient. What typical practice
    gives in the reference population is then free of the luck of who teaches there. With ``turnover_from`` the same
    seats fall vacant as in that arm, which must have lived the year before.
    """

    setting: Setting
    plan: Plan
    planned: Floats
    world: World
    reference: Reference
    growth: Growth
    even_teachers: bool = False
    turnover_from: Arm | None = None
    record: list[YearRecord] = field(default_factory=list)
    left: list[Bools] = field(default_factory=list)
    """Whose teacher left at the end of each year that is over; each (seats,)."""

    def __post_init__(self) -> None:
        self.p = parameters(self.world)
        self.gross = self.growth.gross(self.p.learning.flatness)
        self.year = -1
        self.week = 0
        freeze = self.plan.freeze
        self.flags = Flags(
            freeze.students, freeze.teachers, freeze.schools, freeze.novelty, with_students=True, trace=False
        )
        self._first_schools()
        self._first_seats()
        self.lasting = self._first_students()
        self.trace = Trace(
            np.zeros((EXPERIENCE_FIELDS, 0)), np.zeros(EXPERIENCE_FIELDS), np.zeros((EXPERIENCE_FIELDS, 0))
        )
        self.networks = Networks(
            self.setting.first_school, np.full(self.setting.first_school.shape[0] - 1, self.plan.coaching_capacity)
        )
        self.rows: Rows
        self.students: Students
        self.sections: Sections
        self.layout: Layout
        self.tables: Tables

    # Before the first year
    # ----------------------------------------------------------------------------------------------

    def _first_schools(self) -> None:
        people = self.setting.population
        count = self.setting.schools
        self.schools: Schools = zeros(
            Schools,
            count,
            first_section=np.zeros(count + 1, np.int64),
            first_student=self.setting.first_student,
            first_seat=self.setting.first_seat,
            adoption=np.zeros((count, self.plan.own.practices)),
            data_clock=np.zeros((count, len(SUBJECTS))),
            regroup_clock=np.zeros((count, len(SUBJECTS))),
            library=people.library.copy(),
            library_quality=people.library_quality.copy(),
            vision=people.vision.copy(),
            own_vision=people.vision.copy(),
            trust=people.trust.copy(),
            autonomy=people.autonomy.copy(),
            accountability=people.accountability.copy(),
            device_share=people.device_share.copy(),
            flexible_space=people.flexible_space.copy(),
            engaged=self.plan.engaged.astype(np.float64),
        )
        self.schools.novelty[:] = 0.0 if self.flags.freeze_novelty else 1.0

    def _first_seats(self) -> None:
        count = self.setting.timeline.seats.seat_key.shape[0]
        self.holder: Ints = np.zeros(count, np.int64)
        self.seats: Seats = zeros(Seats, count, proficiency=np.zeros((count, self.plan.own.practices)))
        mean = self.world.number("teacher.experience_mean")
        self.seats.experience[:] = self._experience(self.setting.teacher_draws(self.holder)[2], mean)
        if self.even_teachers:
            # The years at which a teacher is worth what all are worth on average.
            years = self._experience(np.linspace(0.0005, 0.9995, 1000), mean)
            half = self.p.quality.experience_half_years
            worth = float((years / (half + years)).mean())
            self.seats.experience[:] = half * worth / (1.0 - worth)
        self._new_teachers(np.ones(count, bool))
        schools = self.schools
        believing = self.world.number("teacher.buy_in_start")
        school = plain("school")
        for s in range(self.setting.schools):
            old_duties = float(self.plan.old_duties)
            for k, schedule in enumerate((*SCHEDULE, *self.plan.own.schedule)):
                schools.adoption[s, k] = school.adoption(
                    schedule, float(schools.autonomy[s]), old_duties, believing, 0.0, self.p.school
                )

    def _experience(self, u: Floats, mean: float) -> Floats:
        """Years of experience from uniforms. Exponential: most teachers are rather new, a few very old hands."""
        years: Floats = np.minimum(-mean * np.log(u), 45.0)
        return years

    def _new_teachers(self, chosen: Any) -> None:
        """Effectiveness, proficiency, skill and buy-in of the present holders of ``chosen`` seats.

        All begin where typical practice in schools like theirs leads, so that typical practice is at rest.
        """
        own = self.plan.own
        z, start, _ = self.setting.teacher_draws(self.holder)
        start = np.column_stack([start, *(self.setting.skill_draw(self.holder, stream) for stream in own.streams)])
        effect = self.world.number("teacher.effectiveness_spread") * z
        if self.even_teachers:
            effect, start = np.zeros_like(effect), np.zeros_like(start)
        usual = self.plan.typical.values[self.setting.timeline.seats.seat_school, 0]
        rules = plain("proficiency")
        p = self.p.proficiency
        first = rules.sustained(usual[:, own.intensity], p) + p.start_spread * start
        hours, quality = usual[:, Levers._fields.index("instruction_coaching_hours")], usual[:, _COACHING_QUALITY]
        skill = [rules.coached_skill(h, q, p) for h, q in zip(hours.tolist(), quality.tolist(), strict=True)]
        self.seats.persistent[chosen] = effect[chosen]
        self.seats.proficiency[chosen] = np.clip(first, 0.05, 0.95)[chosen]
        self.seats.skill[chosen] = np.array(skill)[chosen]
        self.seats.buy_in[chosen] = self.world.number("teacher.buy_in_start")
        self.seats.strain[chosen] = 0.0

    def _first_students(self) -> Lasting:
        people = self.setting.population
        count = self.setting.students
        return Lasting(
            achievement=people.achievement.copy(),
            self_regulation=people.self_regulation.copy(),
            collaboration=np.full(count, self.p.motivation.collaboration_start),
            engagement=people.engagement_level.copy(),
            habits=np.full(count, float(registry().value("population.self_regulation_mean"))),
        )

    # A year
    # -------------------------------------------------------------------------------------------------------------

    def begin_year(self, engine: Engine) -> None:
        """Lay out the next year's rows and set its start."""
        self.year += 1
        self.week = 0
        self.layout = self.setting.layouts[self.year]
        roster = self.layout.roster
        new = roster.entered == self.year
        if self.year > 0:
            lasting = self.lasting
            lasting.achievement[new] = roster.achievement[new]
            lasting.self_regulation[new] = roster.self_regulation[new]
            lasting.collaboration[new] = self.p.motivation.collaboration_start
            lasting.engagement[new] = roster.engagement_level[new]
            lasting.habits[new] = float(registry().value("population.self_regulation_mean"))
        weeks = slice(self.year * WEEKS_PER_YEAR, (self.year + 1) * WEEKS_PER_YEAR)
        own = self.plan.own
        self.tables = Tables(
            typical=np.ascontiguousarray(self.plan.typical.values[:, weeks]),
            planned=np.ascontiguousarray(self.planned[:, weeks]),
            normal_rate=self.growth.normal_rate,
            gross=self.gross,
            seasonal=self.growth.seasonal,
            guide=self.growth.level + self.p.match.stretch,
            teacher_scale=self._teacher_scale(),
            owner=own.owner,
            applies=self.plan.applies,
            relational=np.array((*RELATIONAL, *own.relational)),
            schedule=np.array((*SCHEDULE, *own.schedule)),
            intensity=own.intensity,
            sessions=own.sessions,
            feeds=own.feeds,
            amounts=own.amounts,
        )
        self.schools.first_section[:] = self.layout.first_section
        self.schools.data_clock[:] = 0.0
        self.schools.regroup_clock[:] = 1.0  # groups are made in the first week,
        self.schools.regroupings[:] = -1.0  # which is not yet a regrouping
        given = self.layout.sections
        summaries = ("class_mean", "spread", "habits_mean", "values")
        self.sections = given._replace(
            **{name: np.zeros_like(getattr(given, name)) for name in summaries},
            doubt=np.full(given.grade.shape[0], self.p.profile.prior_error),
        )
        self._begin_rows(roster)
        self._begin_seats()
        engine.start_year(self)
        if self.year == 0:
            self._earlier_years(engine)

    def _earlier_years(self, engine: Engine) -> None:
        """Teachers and schools develop through the years of operation before the first, each school through its own.

        Students are those of year 1 and don't change: who they were then is not known, and nobody leaves.
        """
        before = self.setting.population.years_in_operation
        usual = self.flags
        self.flags = usual._replace(with_students=False)
        for left in range(int(before.max()), 0, -1):
            kept_schools = [each.copy() for each in self.schools]
            kept_seats = [each.copy() for each in self.seats]
            engine.run(self, 0, WEEKS_PER_YEAR)
            self._rest()
            waiting = before < left
            waiting_seats = waiting[self.setting.timeline.seats.seat_school]
            for now, then in zip(self.schools[3:], kept_schools[3:], strict=True):
                now[waiting] = then[waiting]
            for now, then in zip(self.seats, kept_seats, strict=True):
                now[waiting_seats] = then[waiting_seats]
        self.flags = usual
        self.seats.demand_sum[:] = 0.0
        self.seats.strain_sum[:] = 0.0
        self.week = 0

    def _rest(self) -> None:
        """A summer without school: strain heals."""
        for _ in range(SUMMER_WEEKS):
            self.seats.strain[:] -= self.p.proficiency.strain_recovery * self.seats.strain

    def _begin_rows(self, roster: Any) -> None:
        lay, p = self.layout, self.p
        student, subject = lay.student, lay.subject
        grade = roster.grade.astype(np.int64)[student]
        keys = roster.student_key
        setting = self.setting

        def of_row(values: Floats) -> Floats:
            return np.ascontiguousarray(values[student, subject])

        achievement = of_row(self.lasting.achievement)
        if not (achievement.min() >= A_MIN and achievement.max() <= A_MAX):
            worst = float(achievement[np.argmax(np.abs(achievement - 210.0))])
            raise EngineError(
                f"Latent achievement left {A_MIN:.0f} to {A_MAX:.0f} RIT: {worst:.1f} in year {self.year + 1}."
            )
        estimate = achievement + p.profile.prior_error * of_row(setting.prior_draw(keys, self.year))
        u_pace = of_row(setting.fixed_uniform("served", keys))
        u_served = setting.fixed_uniform("served", keys, year=1)
        guide = self.tables.guide[subject, grade, 0]
        school = self.setting.population.school[student]
        own_pace = (u_pace < self._first_levers("own_pace_share")[school, subject]).astype(np.float64)
        by_standing = self._first_levers("tutoring_standing")[school, subject]
        standing = self._standing(estimate)
        served = of_row(u_served) + by_standing * (standing - of_row(u_served))
        position = plain("pace").first_position(
            estimate, guide, self.schools.accountability[school], own_pace, p.match.stretch
        )
        unit_rit = p.pace.unit_weeks * self.growth.year[subject, grade] / WEEKS_PER_YEAR
        count = student.shape[0]
        homes = np.array([p.learning.home_share_math, p.learning.home_share_reading])
        errors = np.array([p.profile.test_error_math, p.profile.test_error_reading])
        self.rows = zeros(
            Rows,
            count,
            achievement=achievement,
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
            z_group=of_row(setting.fixed_uniform("grouping", keys, year=self.year)) * 3.4641016151377544
            - 1.7320508075688772,
            reference=np.ascontiguousarray(
                plain("learning").reference_at(
                    self.reference.effective[subject, grade],
                    self.reference.slope[subject, grade],
                    self.reference.curve[subject, grade],
                    of_row(setting.entry_status(self.year)),
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
        lasting = self.lasting
        self.students = Students(
            self_regulation=lasting.self_regulation.copy(),
            collaboration=lasting.collaboration.copy(),
            engagement=lasting.engagement.copy(),
            habits=lasting.habits.copy(),
            regulation_level=roster.self_regulation.copy(),
            engagement_level=roster.engagement_level.copy(),
            row_math=np.ascontiguousarray(lay.row[:, 0]),
            row_reading=np.ascontiguousarray(lay.row[:, 1]),
        )

    def _first_levers(self, name: str) -> Floats:
        """A lever in the year's first week, as adopted. Shape (schools, subjects)."""
        column = Levers._fields.index(name)
        tables, practice = self.tables, OWNER[column]
        base = tables.typical[:, 0, column][:, np.newaxis]
        planned = tables.planned[:, 0, column][:, np.newaxis]
        adopted = self.schools.adoption[:, practice][:, np.newaxis] if practice >= 0 else 1.0
        actual: Floats = plain("levers").actual_lever(
            base, np.where(tables.applies[:, column] > 0.5, planned, base), adopted
        )
        return actual

    def _standing(self, estimate: Floats) -> Floats:
        """Where each row's student stands in school, grade and subject by what the school believes, 0 the lowest."""
        lay = self.layout
        people, grade = self.setting.population, lay.roster.grade.astype(np.int64)
        cell = (people.school[lay.student].astype(np.int64) * 16 + grade[lay.student]) * 2 + lay.subject
        order = np.lexsort((estimate, cell))
        _, first, size = np.unique(cell[order], return_index=True, return_counts=True)
        standing = np.empty(estimate.shape[0])
        rank = np.arange(estimate.shape[0]) - np.repeat(first, size)
        standing[order] = (rank + 0.5) / np.repeat(size, size)
        return standing

    def _teacher_scale(self) -> Floats:
        """The ratio of a teacher's quality that one SD of a teacher's effect stands for. Shape (subjects, grades).

        In the first grades it moves a year by one SD of students; later by somewhat less, as a year teaches less.
        """
        home = np.array([[self.p.learning.home_share_math], [self.p.learning.home_share_reading]])
        year = self.gross[:, :, :SPRING_WEEK].sum(axis=2) / norms().sd_fall_observed
        less = (year / year[:, :FIRST_GRADES].mean(axis=1, keepdims=True)) ** self.world.number("teacher.effect_fall")
        scale: Floats = less / (self.world.number("teacher.led_share") * (1.0 - home) * year)
        return scale

    def _begin_seats(self) -> None:
        spread = self.world.number("teacher.yearly_spread")
        yearly = spread * self.setting.yearly_draw(self.holder, self.year)
        self.seats.yearly[:] = 0.0 if self.even_teachers else yearly
        seat, subject = self.sections.seat, self.sections.subject
        taught = np.bincount(seat, minlength=yearly.shape[0])
        reading = np.bincount(seat, subject, minlength=yearly.shape[0])
        self.seats.math_share[:] = 1.0 - reading / np.maximum(taught, 1)
        self.seats.demand_sum[:] = 0.0
        self.seats.strain_sum[:] = 0.0

    def run_year(self, engine: Engine) -> None:
        """A whole year, with measurements at the windows."""
        self.begin_year(engine)
        seen = [self.by_student(self.rows.achievement)]
        for first, last in pairwise(WINDOWS):
            engine.run(self, first, last)
            seen.append(self.by_student(self.rows.achievement))
        self.end_year(np.stack(seen))

    def by_student(self, row_values: Floats) -> Floats:
        """Row values as (students, 2)."""
        return np.ascontiguousarray(row_values[self.layout.row])

    # The turn of the year
    # -----------------------------------------------------------------------------------------------

    def end_year(self, achievement: Floats) -> None:
        """Record the year, then summer, turnover and reversion."""
        self.record.append(self._year_record(achievement))
        roster = self.layout.roster
        grade = roster.grade.astype(np.int64)
        each = np.arange(len(SUBJECTS))
        start, end = achievement[0], achievement[-1]
        normal = (
            roster.learning_rate[:, np.newaxis] * self.growth.year[each, grade[:, np.newaxis]]
            + self.growth.seasonal.sum(axis=2)[each, grade[:, np.newaxis]]
        )
        lasting_change = plain("learning").lasting_change(end - start, normal, self.p.learning.durability)
        summer = norms().summer_true[each, grade[:, np.newaxis]]
        self.lasting = Lasting(
            end + lasting_change + summer,
            self.students.self_regulation.copy(),
            self.students.collaboration.copy(),
            self.students.engagement.copy(),
            self.students.habits.copy(),
        )
        self._revert(end - start, normal)
        self._change_leaders()
        self._turnover()

    def _year_record(self, achievement: Floats) -> YearRecord:
        rows, seats, schools = self.rows, self.seats, self.schools
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
        }
        taught = np.zeros(self.holder.shape[0])
        taught[self.sections.seat] = 1.0
        return YearRecord(
            achievement=achievement,
            units={name: self.by_student(values) for name, values in units.items()},
            self_regulation=self.students.self_regulation.copy(),
            engagement=self.students.engagement.copy(),
            habits=self.students.habits.copy(),
            demand=seats.demand_sum / WEEKS_PER_YEAR,
            supply=seats.supply.copy(),
            strain=seats.strain_sum / WEEKS_PER_YEAR,
            fidelity=seats.fidelity.copy(),
            proficiency=seats.proficiency.copy(),
            skill=seats.skill.copy(),
            buy_in=seats.buy_in.copy(),
            taught=taught,
            holder=self.holder.copy(),
            library=schools.library.copy(),
            trust=schools.trust.copy(),
            vision=schools.vision.copy(),
            regroupings=np.maximum(schools.regroupings, 0.0),
            reverted=schools.reverted.copy(),
            adoption=schools.adoption.copy(),
        )

    def _revert(self, gain: Floats, normal: Floats) -> None:
        """The yearly draw on going back: trust, missed accountability targets, how it began."""
        if self.flags.freeze_schools:
            return
        people, schools = self.setting.population, self.schools
        u = uniforms(self.setting.seed, people.school_key, "reversion", year=self.year)[0]
        gained = np.bincount(people.school, gain.sum(axis=1), minlength=self.setting.schools)
        expected = np.bincount(people.school, normal.sum(axis=1), minlength=self.setting.schools)
        school = plain("school")
        for s in range(self.setting.schools):
            missed = float(schools.accountability[s]) * min(max(1.0 - float(gained[s]) / float(expected[s]), 0.0), 1.0)
            chance = school.revert_chance(float(schools.trust[s]), missed, float(schools.engaged[s]), self.p.school)
            if u[s] < chance:
                schools.reverted[s] = 1.0

    def _change_leaders(self) -> None:
        """Schools whose leader is followed by another; part of what was shared goes with the old one."""
        if self.flags.freeze_schools:
            return
        people, schools = self.setting.population, self.schools
        rates = [self.world.number(f"schools.leader_turnover_{kind}") for kind in ("district", "charter")]
        chance = np.where(people.charter, rates[1], rates[0])
        new = uniforms(self.setting.seed, people.school_key, "leadership", year=self.year)[0] < chance
        rule = plain("school").after_new_leader
        schools.vision[new] = rule(schools.vision[new], schools.own_vision[new], self.p.school)

    def _turnover(self) -> None:
        """Who leaves, and the summer's rest for who stays; leaving is ``u < p`` on the seat's own u."""
        seats = self.seats
        seats.experience[:] += 1.0
        if self.flags.freeze_teachers:
            self.left.append(np.zeros(seats.experience.shape[0], np.bool_))
            return
        if self.turnover_from is None:
            rule = plain("proficiency").leave_chance
            context = self.plan.turnover
            chance = np.array([rule(strain, context, self.p.proficiency) for strain in seats.strain.tolist()])
            left = self.setting.turnover_draw(self.year) < chance
        else:
            left = self.turnover_from.left[self.year]
        self.left.append(left)
        self.holder = self.holder + left
        self._new_teachers(left)
        u = self.setting.teacher_draws(self.holder)[2]
        seats.experience[left] = self._experience(u, self.world.number("teacher.new_experience_mean"))[left]
        self._rest()
