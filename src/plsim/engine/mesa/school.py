"""What a school does in a week, each step through the rules, interpreted: levers, profiles, groups, sections."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.calendar import MATH, READING, SUBJECTS
from plsim.core.jit import interpreted
from plsim.engine.mesa.week_context import WeekContext, own, quick

school_week: Any = interpreted("plsim.rules.week.school")
section_week: Any = interpreted("plsim.rules.week.section")
teacher_week: Any = interpreted("plsim.rules.week.teacher")
grouping: Any = interpreted("plsim.rules.group")
levers: Any = interpreted("plsim.rules.levers")
clocks: Any = interpreted("plsim.rules.clocks")
proficiency: Any = interpreted("plsim.rules.proficiency")
schooling: Any = interpreted("plsim.rules.school")
shapes: Any = interpreted("plsim.rules.shapes")
quality: Any = interpreted("plsim.rules.quality")
sessions: Any = interpreted("plsim.rules.sessions")
time: Any = interpreted("plsim.rules.time")


def _ranked(keys: list[float], order: list[int]) -> None:
    """The order that ``rules.group.ranked`` finds by n * n comparisons, which pay only when compiled."""
    order[:] = sorted(range(len(keys)), key=keys.__getitem__)


grouping.ranked = _ranked


_OF_THE_WEEK = (
    "levers",
    "actual",
    "intensities",
    "section_size",
    "authored",
    "data_due",
    "regroup_due",
    "helped",
    "grade_change",
)


class SchoolRules:
    """A school with its sections.

    Attributes
    ----------
    index, name
        Row in the schools' arrays, and the name in tables.
    seats, sections
        The school's, as ranges of indices.
    levers
        This week's actual levers (``rules.levers.Levers``) in mathematics and in reading.
    actual
        The same as plain rows of all levers, those of practices' own among them.
    intensities
        The practices' intensities among them, by subject.
    authored
        Mean hours a seat spends on lessons of its own this week.
    data_due, regroup_due
        1 where data, and regrouping, are due this week, by subject; else 0.
    helped
        What help multiplies teachers' learning by, per practice.
    grade_change
        Added share of students graded by competency this week.
    """

    index: int
    name: str
    context: WeekContext
    seats: range
    sections: range
    levers: tuple[Any, Any]
    actual: tuple[list[float], list[float]]
    intensities: tuple[list[float], ...]
    section_size: float
    authored: float
    data_due: list[float]
    regroup_due: list[float]
    helped: list[float]
    grade_change: float

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is made anew in the first phase of every week."""
        return {name: value for name, value in self.__dict__.items() if name not in _OF_THE_WEEK}

    def take_place(self, context: WeekContext) -> None:
        """Finds the school's sections and seats of a new year."""
        self.context = context
        schools, s = context.schools, self.index
        self.sections = range(schools.first_section[s], schools.first_section[s + 1])
        self.seats = range(schools.first_seat[s], schools.first_seat[s + 1])

    def _rows(self) -> slice:
        """Rows of the school's students."""
        first_row = self.context.sections.first_row
        return slice(first_row[self.sections.start], first_row[self.sections.stop])

    def set_levers(self) -> None:
        """The plan begins: this week's levers in both subjects, typical practice moved toward the plan as adopted."""
        context, s = self.context, self.index
        schools, tables, w = context.schools, context.arm.tables, context.week
        planned, typical = tables.planned[s, w].tolist(), tables.typical[s, w].tolist()
        adoption = [schools.adoption[s, k] for k in range(len(context.intensity))]
        actual = []
        new = 0.0
        felt = 0.0
        for subject in range(len(SUBJECTS)):
            lever = list(planned)
            levers.set_levers(
                typical, planned, adoption, context.owner, context.applies[subject], context.coaching[s], lever
            )
            new += levers.added_intensity(typical, lever, levers.EVERY)
            felt += levers.added_intensity(typical, lever, levers.FELT)
            own = levers.added_own(typical, lever, context.intensity)
            new += own
            felt += own
            self._feed(lever)
            actual.append(lever)
        self.levers = (levers.levers_of(actual[MATH]), levers.levers_of(actual[READING]))
        self.actual = (actual[MATH], actual[READING])
        self.intensities = tuple([lever[column] for column in context.intensity] for lever in actual)
        schools.change[s] = 0.5 * new
        schools.felt[s] = 0.5 * felt
        usual = levers.levers_of(typical)
        self.grade_change = 0.5 * (
            school_week.grade_change(self.levers[MATH], usual) + school_week.grade_change(self.levers[READING], usual)
        )
        if context.sessions:
            for k in self.sections:
                context.sessions_of_section[k] = self._sessions_of(k)
        self._author()

    def _feed(self, lever: list[float]) -> None:
        """What practices' own levers add to others."""
        tables = self.context.arm.tables
        for (practice, source, target), (amount, highest) in zip(
            tables.feeds.tolist(), tables.amounts.tolist(), strict=True
        ):
            skill = sessions.mean_skill(self.context.seats.proficiency, practice, self.seats.start, self.seats.stop)
            lever[target] = sessions.added(lever[target], amount, lever[source], skill, highest)

    def _sessions_of(self, section: int) -> list[tuple[int, Any, list[int]]]:
        """Practice, levers and served rows of all sessions in a section's week."""
        context = self.context
        first_row, grade = context.sections.first_row, context.sections.grade[section]
        lever = self.actual[int(context.sections.subject[section])]
        found = []
        for practice, first in context.sessions:
            given = sessions.sessions_of(lever[first : first + sessions.SESSION_COLUMNS])
            rows = range(first_row[section], first_row[section + 1])
            found.append(
                (practice, given, [i for i in rows if sessions.reached(given, grade, context.rows.standing[i])])
            )
        return found

    def _give_sessions(self, k: int, section: Any) -> Any:
        """A section's week less what its sessions take of it; what served rows get is noted for them."""
        context, p = self.context, self.context.p
        t = context.sections.seat[k]
        for _, given, served in context.sessions_of_section[k]:
            lost = sessions.lesson_hours(given, float(len(served)), section.whole)
            section = section._replace(
                whole=section.whole - lost,
                unsupervised=section.unsupervised + lost,
                independent_share=section.independent_share + lost / shapes.at_least(section.contact, 0.01),
            )
        for practice, given, served in context.sessions_of_section[k]:
            skill = context.seats.proficiency[t, practice]
            delivered = quality.delivered(skill, context.seats.fidelity[t], context.seats.strain[t], p.quality)
            worth = sessions.session_quality(given, delivered, p.quality)
            for i in served:
                now = context.served.get(i, section)
                hours = now.tutor if context.rows.u_served[i] < now.tutor_share else 0.0
                before = sessions.Served(hours, now.quality_tutor, now.tutor_displaced)
                joined = sessions.joined(before, given, worth, section.contact)
                context.served[i] = section._replace(
                    tutor=joined.hours,
                    tutor_share=1.0,
                    quality_tutor=joined.quality,
                    tutor_displaced=joined.displaced,
                )
        return section

    def lever_of(self, section: int) -> Any:
        """The levers of a section's subject."""
        return self.levers[int(self.context.sections.subject[section])]

    def _author(self) -> None:
        """Mean size of the school's sections, and the hours that teachers spend on lessons of their own."""
        context = self.context
        authored = 0.0
        for k in self.sections:
            authored += teacher_week.authoring_hours(
                self.lever_of(k), context.size[k], context.sections.spread[k], context.sections.parallel[k], context.p
            )
        rows = self._rows()
        self.section_size = float(rows.stop - rows.start) / float(len(self.sections))
        self.authored = authored / float(len(self.seats))

    def open_profiles(self) -> None:
        """What can be learned of students begins: what is due, and what data and adults tell in each section."""
        context = self.context
        schools, s = context.schools, self.index
        self.data_due, self.regroup_due = [], []
        for subject, lv in enumerate(self.levers):
            data = clocks.clock(schools.data_clock[s, subject], lv.data_rate)
            regrouping = clocks.clock(schools.regroup_clock[s, subject], lv.regroup_rate)
            schools.data_clock[s, subject] = data.rounds
            schools.regroup_clock[s, subject] = regrouping.rounds
            schools.regroupings[s] += 0.5 * regrouping.due
            self.data_due.append(data.due)
            self.regroup_due.append(regrouping.due)
        sections = context.sections
        for k in self.sections:
            subject = int(sections.subject[k])
            found = section_week.section_profile(
                self.levers[subject],
                context.delivered[sections.seat[k]],
                context.size[k],
                sections.subject[k],
                sections.spread[k],
                sections.doubt[k],
                self.data_due[subject],
                self.regroup_due[subject],
                context.p,
            )
            sections.doubt[k] = found.doubt
            context.profiles[k] = found

    def summarise(self, *, habits: bool) -> None:
        """Mean and SD of estimates of every section, and mean habits when asked.

        ``bincount`` adds one by one in row order, as the compiled loop does; ``sum`` would add in another order.
        """
        arm = self.context.arm
        sections = slice(self.sections.start, self.sections.stop)
        rows = self._rows()
        place = self.context.section_of_row[rows] - self.sections.start
        estimate = arm.rows.estimate[rows]
        size = np.bincount(place, minlength=len(self.sections))
        mean = np.bincount(place, estimate) / size
        miss = estimate - mean[place]
        arm.sections.class_mean[sections] = mean
        arm.sections.spread[sections] = np.sqrt(np.bincount(place, miss * miss) / size)
        if habits:
            arm.sections.habits_mean[sections] = np.bincount(place, arm.students.habits[arm.rows.student[rows]]) / size

    def group(self) -> None:
        """What the school knows of its sections, and new groups in the subjects in which they are due."""
        self.summarise(habits=sum(self.data_due) > 0.5)
        if sum(self.regroup_due) > 0.5:
            self.regroup()

    def regroup(self) -> None:
        """New groups in the subjects in which they are due, pool by pool."""
        for pool in self._pools():
            if self.regroup_due[int(self.context.sections.subject[pool[0]])] > 0.5:
                self._regroup_pool(pool)

    def _pools(self) -> list[list[int]]:
        """The school's sections, those of one pool together."""
        pools: list[list[int]] = []
        before = -1
        for k in self.sections:
            pool = self.context.sections.pool[k]
            if not pools or pool != before:
                pools.append([])
            pools[-1].append(k)
            before = pool
        return pools

    def _regroup_pool(self, pool: list[int]) -> None:
        """Groups in every section of a pool and, as far as grouping crosses grades, in all of it."""
        context, p = self.context, self.context.p
        rows, sections = context.rows, context.sections
        lv = self.lever_of(pool[0])
        space = time.usable_space(context.schools.flexible_space[self.index], lv.flexible_space)
        together = 0.0
        for k in pool:
            begin, end = sections.first_row[k], sections.first_row[k + 1]
            on_data = shapes.at_most(lv.grouping_on_data * context.delivered[sections.seat[k]].grouping, 1.0)
            mean, spread = sections.class_mean[k], sections.spread[k]
            keys = [
                grouping.grouping_key(rows.estimate[i], mean, spread, rows.z_group[i], on_data)
                for i in range(begin, end)
            ]
            count = time.group_count(context.size[k], lv.groups, space, p.time)
            together += count
            estimates = rows.estimate[begin:end].tolist()
            grouping.regroup(
                keys, estimates, int(count), [0] * len(keys), rows.group[begin:end], rows.group_mean[begin:end]
            )
        if lv.cross_grade > 0.0:
            begin, end = sections.first_row[pool[0]], sections.first_row[pool[-1] + 1]
            estimates = rows.estimate[begin:end].tolist()
            size = len(estimates)
            pooled = [0.0] * size
            grouping.regroup(estimates, estimates, int(together), [0] * size, [0.0] * size, pooled)
            for i in range(begin, end):
                rows.group_mean[i] = shapes.mix(rows.group_mean[i], pooled[i - begin], lv.cross_grade)

    def open_sections(self) -> None:
        """The whole week of every section (``rules.week.section.Section``)."""
        context, p, s = self.context, self.context.p, self.index
        schools, sections = context.schools, context.sections
        novelty = schooling.felt_novelty(schools.novelty[s], schools.felt[s])
        overload = [teacher_week.tool_overload(lv, p) for lv in self.levers]
        for k in self.sections:
            lv = self.lever_of(k)
            of_section = section_week.Context(
                students=context.size[k],
                subject=sections.subject[k],
                grade=sections.grade[k],
                class_mean=sections.class_mean[k],
                spread=sections.spread[k],
                guide=context.guide[k],
                habits_mean=sections.habits_mean[k],
                accountability=schools.accountability[s],
                library=schooling.covered(schools.library[s], lv.library_bought),
                library_quality=schools.library_quality[s],
                device_share=schools.device_share[s],
                flexible_space=schools.flexible_space[s],
                novelty=novelty,
                tool_overload=overload[int(sections.subject[k])],
                teacher_scale=context.teacher_scale[k],
            )
            section = section_week.section_week(lv, of_section, context.delivered[sections.seat[k]], p)
            section = self._give_sessions(k, section)
            context.section_weeks[k] = quick(section)
            context.arm.sections.values[k] = section

    def open_development(self) -> None:
        """Teachers' development begins: help from coaches, from colleagues as they are now, and from shared lessons."""
        context, p = self.context, self.context.p
        self.helped = []
        for k in range(len(context.intensity)):
            total = 0.0
            for t in self.seats:
                total += context.seats.proficiency[t, k]
            colleagues = total / float(len(self.seats))
            self.helped.append(
                proficiency.help_to_learn(
                    self.levers[MATH].coaching_hours, colleagues, context.schools.library[self.index], p.proficiency
                )
            )

    def develop(self) -> None:
        """Library, vision, trust and novelty, and how much of the plan is in place."""
        context, lv, p, s = self.context, self.levers[MATH], self.context.p, self.index
        schools = context.schools
        schools.library[s], schools.vision[s], schools.trust[s], schools.novelty[s] = school_week.develop_school(
            lv,
            schools.library[s],
            context.shared[s],
            self.authored,
            schools.vision[s],
            schools.trust[s],
            schools.novelty[s],
            self.grade_change,
            p,
        )
        believing = 0.0
        for t in self.seats:
            believing += context.seats.buy_in[t]
        believing = believing / float(len(self.seats))
        for k, schedule in enumerate(context.schedule):
            schools.adoption[s, k] = schooling.adoption(
                schedule, schools.autonomy[s], lv.old_duties, believing, schools.reverted[s], p.school
            )

    library = own("schools", "library", "Share of needed lesson levels that the library covers")
    trust = own("schools", "trust", "Trust of families, 0 to 1")
    vision = own("schools", "vision", "Shared vision, 0 to 1")
    change = own("schools", "change", "Summed added intensity of all practices this week")
    regroupings = own("schools", "regroupings", "Regroupings this year")

    @property
    def school_id(self) -> str:
        """Name of the school, for tables."""
        return self.name

    @property
    def achievement(self) -> float:
        """Mean latent achievement of the school's students, both subjects (RIT)."""
        return float(self.context.arm.rows.achievement[self._rows()].mean())
