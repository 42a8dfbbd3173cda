"""One arm of a run in one world: its state, and how schools, teachers and students begin.

Both engines use this file and the turn of the year (:mod:`~plsim.engine.year_start`, :mod:`~plsim.engine.year_end`);
they differ only in who runs the weeks. Arithmetic on whole arrays is exact elementwise, so the bits are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np

from plsim.core.arrays import Bools, Floats, Ints
from plsim.core.calendar import SUBJECTS, WEEKS_PER_YEAR
from plsim.core.jit import interpreted
from plsim.engine.parameters import World, parameters
from plsim.engine.records import Lasting, Reference, YearRecord
from plsim.engine.setting import Layout, Setting, growth
from plsim.engine.state import Flags, Networks, Rows, Schools, Seats, Sections, Students, Tables, Trace, zeros
from plsim.evidence import registry
from plsim.rules.levers import Levers
from plsim.rules.week.student import Experience
from plsim.scenario.build import Plan

EXPERIENCE_FIELDS = len(Experience._fields)
SUMMER_WEEKS = 52 - WEEKS_PER_YEAR
# Practices that change schedules, space and staffing.
SCHEDULE = (0.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.0, 0.0)
_COACHING_QUALITY = Levers._fields.index("coaching_quality")


@cache
def plain(topic: str) -> Any:
    """A topic of the rules, interpreted: for whole arrays, and for the few calls a year."""
    return interpreted(f"plsim.rules.{topic}")


def experience_years(u: Floats, mean: float) -> Floats:
    """Years of experience from uniforms. Exponential: most teachers are rather new, a few very old hands."""
    years: Floats = np.minimum(-mean * np.log(u), 45.0)
    return years


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
    gives in the reference population then does not depend on who teaches there. With ``turnover_from`` the same
    seats fall vacant as in that arm, which must have lived the year before.
    """

    setting: Setting
    plan: Plan
    world: World
    reference: Reference
    even_teachers: bool = False
    turnover_from: Arm | None = None
    record: list[YearRecord] = field(default_factory=list)
    left: list[Bools] = field(default_factory=list)
    """Whose teacher left at the end of each year that is over; each (seats,)."""

    def __post_init__(self) -> None:
        self.p = parameters(self.world)
        self.planned = self.plan.planned.values
        self.growth = growth()
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
        self.seats.experience[:] = experience_years(self.setting.teacher_draws(self.holder)[2], mean)
        if self.even_teachers:
            # The years at which a teacher is worth what all are worth on average.
            years = experience_years(np.linspace(0.0005, 0.9995, 1000), mean)
            half = self.p.quality.experience_half_years
            worth = float((years / (half + years)).mean())
            self.seats.experience[:] = half * worth / (1.0 - worth)
        self.seat_teachers(np.ones(count, bool))
        schools = self.schools
        believing = self.world.number("teacher.buy_in_start")
        school = plain("school")
        for s in range(self.setting.schools):
            old_duties = float(self.plan.old_duties)
            for k, schedule in enumerate((*SCHEDULE, *self.plan.own.schedule)):
                schools.adoption[s, k] = school.adoption(
                    schedule, float(schools.autonomy[s]), old_duties, believing, 0.0, self.p.school
                )

    def seat_teachers(self, chosen: Any) -> None:
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
            fresh=np.zeros_like(people.achievement),
            self_regulation=people.self_regulation.copy(),
            collaboration=np.full(count, self.p.motivation.collaboration_start),
            engagement=people.engagement_level.copy(),
            habits=np.full(count, float(registry().value("population.self_regulation_mean"))),
        )

    def take_over(self, other: Arm) -> None:
        """The year that another arm has lived to its last week, as if it had been this one's own.

        Both must begin alike and differ in nothing that a week reads. What a year's end moves is copied.
        """
        self.year, self.week, self.layout, self.tables = other.year, other.week, other.layout, other.tables
        self.rows, self.students, self.sections, self.holder = other.rows, other.students, other.sections, other.holder
        self.schools = Schools._make(each.copy() for each in other.schools)
        self.seats = Seats._make(each.copy() for each in other.seats)

    def rest(self) -> None:
        """A summer without school: strain heals."""
        for _ in range(SUMMER_WEEKS):
            self.seats.strain[:] -= self.p.proficiency.strain_recovery * self.seats.strain

    def by_student(self, row_values: Floats) -> Floats:
        """Row values as (students, 2)."""
        return row_values.take(self.layout.row)
