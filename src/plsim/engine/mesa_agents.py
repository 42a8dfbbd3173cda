"""What students, teachers and schools do in a week, each through the rules, interpreted.

Mesa itself enters in :mod:`plsim.engine.mesa_model` only, which makes Mesa agents of these classes. A method here fetches
numbers from the agent's own row and from what the phase's start left on the noticeboard, calls the rule, and puts the answer
into the row: how people behave stands in ``rules``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.calendar import READING, SUBJECTS
from plsim.core.jit import interpreted
from plsim.engine.noticeboard import COACHING, Noticeboard
from plsim.rules.levers import FIRST_INTENSITY, PRACTICE_COUNT

week: Any = interpreted("plsim.rules.week")
grouping: Any = interpreted("plsim.rules.group")
learning: Any = interpreted("plsim.rules.learning")
levers: Any = interpreted("plsim.rules.levers")
planning: Any = interpreted("plsim.rules.plan")
proficiency: Any = interpreted("plsim.rules.proficiency")
profile: Any = interpreted("plsim.rules.profile")
quality: Any = interpreted("plsim.rules.quality")
schooling: Any = interpreted("plsim.rules.school")
shapes: Any = interpreted("plsim.rules.shapes")
time: Any = interpreted("plsim.rules.time")


class StudentRules:
    """A student in both subjects.

    Attributes
    ----------
    index
        The student's slot: row in the students' arrays.
    places
        Row and section in mathematics, then in reading; new every year.
    school
        The school's agent.
    attended
        Share of this week's days attended, by subject.
    """

    index: int
    board: Noticeboard
    school: SchoolRules
    places: tuple[tuple[int, int], ...]
    attended: list[float]

    def take_place(self, board: Noticeboard, school: SchoolRules) -> None:
        """Finds the student's rows and sections of a new year."""
        self.board = board
        self.school = school
        layout = board.arm.layout
        self.places = tuple(
            zip(layout.row[self.index].tolist(), layout.roster.section[self.index].tolist(), strict=True)
        )
        self.attended = [1.0] * len(SUBJECTS)

    def observe(self) -> None:
        """Phase 2: what the school comes to believe of the student's levels, and of the student's habits when data are due."""
        board = self.board
        rows, p = board.rows, board.p
        for i, k in self.places:
            class_mean, normal, weight, private_hours, _ = board.profiles[k]
            rows.estimate[i] = week.profile(
                rows.estimate[i],
                rows.achievement[i],
                class_mean,
                normal,
                rows.test_error[i] * board.z_profile[i],
                weight,
                private_hours,
                p,
            )
        if self.school.data_due:
            students, j = board.students, self.index
            i, k = self.places[READING]
            students.habits[j] = profile.updated_habits(
                students.habits[j], students.self_regulation[j], board.z_profile[i], board.profiles[k][4], p.profile
            )

    def step(self) -> None:
        """Phases 4 to 7 of a week."""
        self.attend()
        self.learn()
        self.pace()
        if self.board.students_develop:
            self.develop()

    def attend(self) -> None:
        """Sets the share of this week's days that the student is there."""
        board = self.board
        rate, draw, p = board.rows.attendance_rate, board.u_attend, board.p.learning
        self.attended = [learning.attended_share(rate[i], draw[i], p) for i, _ in self.places]

    def experience(self, row: int, section: Any) -> Any:
        """Phase 4: what the week of ``section`` holds for the student (``rules.week.Experience``)."""
        board = self.board
        rows, students, j = board.rows, board.students, self.index
        return week.experience(
            section,
            rows.estimate[row],
            rows.group_mean[row],
            rows.position[row],
            rows.unit_mastery[row],
            students.engagement[j],
            students.self_regulation[j],
            students.collaboration[j],
            students.habits[j],
            rows.home_access[row],
            1.0 if rows.u_pace[row] < section.own_pace_share else 0.0,
            rows.u_served[row],
            board.p,
        )

    def learn(self) -> None:
        """Phase 5: hours x attention x match x quality, in both subjects."""
        board = self.board
        rows, p = board.rows, board.p
        for (i, k), attended in zip(self.places, self.attended, strict=True):
            section = board.section_weeks[k]
            experience = self.experience(i, section)
            learned = week.learn(
                experience,
                rows.achievement[i],
                rows.learning_rate[i],
                attended,
                board.normal[k],
                board.seasonal[k],
                rows.home_share[i],
                rows.reference[i],
                section.typical_hours,
                p,
            )
            rows.achievement[i], rows.effort[i], rows.match[i], rows.on_task[i] = learned
            rows.one_on_one[i] += experience.one_on_one + experience.tutor

    def pace(self) -> None:
        """Phase 6: units, by mastery, calendar or deadline, in both subjects."""
        board = self.board
        rows, p = board.rows, board.p
        for i, k in self.places:
            section = board.section_weeks[k]
            position = rows.position[i]
            unit = week.pace(
                section,
                position,
                rows.unit_mastery[i],
                rows.unit_weeks[i],
                rows.ready_weeks[i],
                rows.review[i],
                rows.achievement[i],
                rows.effort[i],
                board.z_assess[i],
                1.0 if rows.u_pace[i] < section.own_pace_share else 0.0,
                rows.unit_rit[i],
                p,
            )
            (
                rows.position[i],
                rows.unit_mastery[i],
                rows.unit_weeks[i],
                rows.ready_weeks[i],
                rows.review[i],
                ended,
                mastery_at_end,
                unmet,
                waiting,
            ) = unit
            # Adding 0 changes no bit, so only weeks that end a unit or wait for it touch the tallies.
            if ended:
                if position >= rows.grade_start[i]:
                    rows.coverage[i] += mastery_at_end
                rows.units_taught[i] += ended
                rows.taught_mastery[i] += mastery_at_end
                rows.unmet[i] += unmet
            elif waiting:
                rows.waiting[i] += waiting

    def develop(self) -> None:
        """Phase 7: how the student's motives move, from the means over both subjects."""
        board = self.board
        rows, students, p, j = board.rows, board.students, board.p, self.index
        (a, k_math), (b, k_reading) = self.places
        in_math, in_reading = board.section_weeks[k_math], board.section_weeks[k_reading]
        habits = students.habits[j]
        students.self_regulation[j], students.collaboration[j], students.engagement[j] = week.develop(
            students.self_regulation[j],
            students.collaboration[j],
            students.engagement[j],
            students.regulation_level[j],
            students.engagement_level[j],
            0.5 * (week.independent_share(in_math) + week.independent_share(in_reading)),
            0.5 * (week.peer_share(in_math) + week.peer_share(in_reading)),
            0.5
            * (
                week.advice(in_math, week.structure_received(in_math, habits, p))
                + week.advice(in_reading, week.structure_received(in_reading, habits, p))
            ),
            0.5 * (rows.match[a] + rows.match[b]),
            0.5 * (in_math.engagement + in_reading.engagement),
            p,
        )


class TeacherRules:
    """A teacher: the present holder of a seat.

    Attributes
    ----------
    index
        The seat: row in the seats' arrays.
    sections
        Sections taught this year, ascending.
    school
        The school's agent.
    """

    index: int
    board: Noticeboard
    school: SchoolRules
    sections: tuple[int, ...]

    def take_place(self, board: Noticeboard, school: SchoolRules, sections: tuple[int, ...]) -> None:
        """Takes over the sections of a new year."""
        self.board = board
        self.school = school
        self.sections = sections

    def plan(self) -> None:
        """Phase 1: hours asked against hours there are; what is left of the plan, and how well it is delivered."""
        board, school, t = self.board, self.school, self.index
        seats, p, lv = board.seats, board.p, school.levers
        skill = [seats.proficiency[t, k] for k in range(PRACTICE_COUNT)]
        hours = 0.0
        for k in self.sections:
            hours += week.section_demand(
                lv, board.size[k], board.sections.spread[k], school.covered, skill[0], skill[1], skill[3], p
            )
        change = shapes.at_most(board.schools.change[school.index], 1.0)
        demand = week.teacher_demand(lv, hours, change, p)
        supply = week.teacher_supply(lv, board.schools.autonomy[school.index], change, p)
        fidelity = planning.fidelity(demand, supply)
        strain = seats.strain[t]
        seats.practice_hours[t] = hours
        seats.demand[t] = demand
        seats.supply[t] = supply
        seats.fidelity[t] = fidelity
        seats.demand_sum[t] += demand
        seats.strain_sum[t] += strain
        coherence = 0.0
        for intensity, skilled in zip(school.intensities, skill, strict=True):
            coherence += intensity * skilled
        own = quality.teacher_quality(seats.persistent[t], seats.yearly[t], seats.experience[t], strain, p.quality)
        board.delivered[t] = week.deliver(
            *skill, coherence / float(PRACTICE_COUNT), board.schools.vision[school.index], fidelity, strain, own, p
        )

    def develop(self) -> None:
        """Phase 8: proficiency in every practice, strain and buy-in."""
        board, school, t = self.board, self.school, self.index
        seats, schools, p = board.seats, board.schools, board.p
        s = school.index
        change, buy_in = schools.change[s], seats.buy_in[t]
        for k in range(PRACTICE_COUNT):
            seats.proficiency[t, k] = week.develop_practice(
                seats.proficiency[t, k], school.intensities[k], board.relational[k], school.helped[k], buy_in, change, p
            )
        strain = seats.strain[t]
        excess = planning.overload(seats.demand[t], seats.supply[t])
        seats.strain[t] = proficiency.next_strain(strain, excess, p.proficiency)
        seats.buy_in[t] = proficiency.next_buy_in(buy_in, schools.vision[s], schools.engaged[s], strain, p.proficiency)


class SchoolRules:
    """A school with its sections.

    Attributes
    ----------
    index
        Row in the schools' arrays.
    lever, levers, intensities
        This week's actual levers as a list, as ``rules.levers.Levers``, and the practices' intensities among them.
    covered
        Share of needed lesson levels that shared or bought lessons cover, by their quality.
    authored
        Mean hours a seat spends on lessons of its own this week.
    data_due, regroup_due
        Whether data, and regrouping, are due this week.
    helped
        What help multiplies teachers' learning by, per practice.
    """

    index: int
    board: Noticeboard
    seats: range
    sections: range
    lever: list[float]
    levers: Any
    intensities: list[float]
    covered: float
    authored: float
    data_due: bool
    regroup_due: bool
    helped: list[float]

    def take_place(self, board: Noticeboard) -> None:
        """Finds the school's sections and seats of a new year."""
        self.board = board
        schools, s = board.schools, self.index
        self.sections = range(schools.first_section[s], schools.first_section[s + 1])
        self.seats = range(schools.first_seat[s], schools.first_seat[s + 1])

    def set_levers(self) -> None:
        """Phase 1: this week's levers, typical practice moved toward the plan as far as adopted."""
        board, s = self.board, self.index
        schools, tables, w = board.schools, board.arm.tables, board.week
        lever = tables.planned[s, w].tolist()
        typical = tables.typical[s, w].tolist()
        adoption = [schools.adoption[s, k] for k in range(PRACTICE_COUNT)]
        for k, practice in enumerate(levers.OWNER):
            if practice >= 0:
                lever[k] = typical[k] + adoption[practice] * (lever[k] - typical[k])
        lever[COACHING] *= board.coaching[s]
        self.lever = lever
        self.levers = levers.levers_of(lever)
        self.intensities = lever[FIRST_INTENSITY:]
        change = 0.0
        for actual, before in zip(self.intensities, typical[FIRST_INTENSITY:], strict=True):
            change += shapes.at_least(actual - before, 0.0)
        schools.change[s] = change
        self.grade_change = week.grade_change(self.levers, levers.levers_of(typical))
        self._author()

    def _author(self) -> None:
        """What shared lessons cover, and the hours that teachers spend on lessons of their own."""
        board, lv = self.board, self.levers
        library = board.schools.library[self.index] * board.schools.library_quality[self.index]
        self.covered = library if library > lv.library_bought else lv.library_bought
        authored = 0.0
        for k in self.sections:
            authored += week.authoring_hours(lv, board.size[k], board.sections.spread[k], board.p)
        self.authored = authored / float(len(self.seats))

    def open_profiles(self) -> None:
        """Phase 2 begins: whether data and regrouping are due, and what new data weigh in each section."""
        board, lv = self.board, self.levers
        schools, s = board.schools, self.index
        data = schools.data_clock[s] + lv.data_rate
        self.data_due = data >= 1.0
        schools.data_clock[s] = data - 1.0 if self.data_due else data
        regrouping = schools.regroup_clock[s] + lv.regroup_rate
        self.regroup_due = regrouping >= 1.0
        schools.regroup_clock[s] = regrouping - 1.0 if self.regroup_due else regrouping
        for k in self.sections:
            delivered = board.delivered[board.sections.seat[k]].profiles
            weight = habits = 0.0
            if self.data_due:
                weight = profile.data_weight(lv.assessment_reliability, delivered, lv.own_data)
                habits = lv.habits_breadth * delivered
            private_hours = week.private_hours(lv, board.size[k], board.sections.subject[k])
            board.profiles[k] = (board.sections.class_mean[k], board.normal[k], weight, private_hours, habits)

    def summarise(self, *, habits: bool) -> None:
        """Mean and SD of estimates of every section, and mean habits when asked.

        ``bincount`` adds one by one in row order, as the compiled loop does; ``sum`` would add in another order.
        """
        arm = self.board.arm
        sections = slice(self.sections.start, self.sections.stop)
        rows = slice(*arm.sections.first_row[[self.sections.start, self.sections.stop]])
        place = self.board.section_of_row[rows] - self.sections.start
        estimate = arm.rows.estimate[rows]
        size = np.bincount(place, minlength=len(self.sections))
        mean = np.bincount(place, estimate) / size
        miss = estimate - mean[place]
        arm.sections.class_mean[sections] = mean
        arm.sections.spread[sections] = np.sqrt(np.bincount(place, miss * miss) / size)
        if habits:
            arm.sections.habits_mean[sections] = (
                np.bincount(place, arm.students.habits[arm.rows.student[rows]]) / size
            )

    def group(self) -> None:
        """Phase 3: what the school knows of its sections, and new groups when due."""
        self.summarise(habits=self.data_due)
        if self.regroup_due:
            self.board.schools.regroupings[self.index] += 1.0
            self.regroup()

    @property
    def flexible_space(self) -> float:
        """Share of space that can hold several groups, the building's and what the plan adds."""
        built: float = self.board.schools.flexible_space[self.index]
        added: float = self.levers.flexible_space
        return 1.0 - (1.0 - added) * (1.0 - built)

    def regroup(self) -> None:
        """Groups in every section and, as far as grouping crosses grades, in its pool."""
        board, lv, p = self.board, self.levers, self.board.p
        rows, sections = board.rows, board.sections
        for k in self.sections:
            begin, end = sections.first_row[k], sections.first_row[k + 1]
            on_data = shapes.at_most(lv.grouping_on_data * board.delivered[sections.seat[k]].grouping, 1.0)
            mean, spread = sections.class_mean[k], sections.spread[k]
            keys = [
                grouping.grouping_key(rows.estimate[i], mean, spread, rows.z_group[i], on_data)
                for i in range(begin, end)
            ]
            count = int(time.group_count(board.size[k], lv.groups, self.flexible_space, p.time))
            estimates = rows.estimate[begin:end].tolist()
            grouping.regroup(
                keys, estimates, count, [0] * len(keys), rows.group[begin:end], rows.group_mean[begin:end]
            )
        if lv.cross_grade > 0.0:
            for pool in self._pools():
                self._regroup_pool(pool)

    def _pools(self) -> list[list[int]]:
        """The school's sections, those of one pool together."""
        pools: list[list[int]] = []
        before = -1
        for k in self.sections:
            pool = self.board.sections.pool[k]
            if not pools or pool != before:
                pools.append([])
            pools[-1].append(k)
            before = pool
        return pools

    def _regroup_pool(self, pool: list[int]) -> None:
        """Groups by estimated level across the sections of a pool; they move what groups are taught part of the way."""
        board, lv = self.board, self.levers
        rows, sections = board.rows, board.sections
        begin, end = sections.first_row[pool[0]], sections.first_row[pool[-1] + 1]
        count = 0.0
        for k in pool:
            count += time.group_count(board.size[k], lv.groups, self.flexible_space, board.p.time)
        estimates = rows.estimate[begin:end].tolist()
        size = len(estimates)
        pooled = [0.0] * size
        grouping.regroup(estimates, estimates, int(count), [0] * size, [0.0] * size, pooled)
        for i in range(begin, end):
            rows.group_mean[i] = shapes.mix(rows.group_mean[i], pooled[i - begin], lv.cross_grade)

    def open_sections(self) -> None:
        """Phase 4 begins: the whole week of every section (``rules.week.Section``)."""
        board, lv, p, s = self.board, self.levers, self.board.p, self.index
        schools, sections = board.schools, board.sections
        overload = week.tool_overload(lv, p)
        library = schools.library[s]
        covered = library if library > lv.library_bought else lv.library_bought
        novelty = schools.novelty[s] * shapes.at_most(schools.change[s], 1.0)
        for k in self.sections:
            context = week.Context(
                board.size[k],
                sections.subject[k],
                sections.grade[k],
                sections.class_mean[k],
                sections.spread[k],
                board.guide[k],
                sections.habits_mean[k],
                schools.accountability[s],
                covered,
                schools.library_quality[s],
                schools.device_share[s],
                schools.flexible_space[s],
                novelty,
                overload,
            )
            board.section_weeks[k] = week.section_week(lv, context, board.delivered[sections.seat[k]], p)

    def open_development(self) -> None:
        """Phase 8 begins: what teachers can learn from coaches, from each other as they are now, and from shared lessons."""
        board, p = self.board, self.board.p
        self.helped = []
        for k in range(PRACTICE_COUNT):
            total = 0.0
            for t in self.seats:
                total += board.seats.proficiency[t, k]
            colleagues = total / float(len(self.seats))
            self.helped.append(
                proficiency.help_to_learn(
                    self.levers.coaching_hours, colleagues, board.schools.library[self.index], p.proficiency
                )
            )

    def develop(self) -> None:
        """Phase 9: library, vision, trust and novelty, and how much of the plan is in place."""
        board, lv, p, s = self.board, self.levers, self.board.p, self.index
        schools = board.schools
        schools.library[s], schools.vision[s], schools.trust[s], schools.novelty[s] = week.develop_school(
            lv,
            schools.library[s],
            board.shared[s],
            self.authored,
            schools.vision[s],
            schools.trust[s],
            schools.novelty[s],
            self.grade_change,
            p,
        )
        believing = 0.0
        for t in self.seats:
            believing += board.seats.buy_in[t]
        believing = believing / float(len(self.seats))
        for k, schedule in enumerate(board.schedule):
            schools.adoption[s, k] = schooling.adoption(
                schedule, schools.autonomy[s], lv.old_duties, believing, schools.reverted[s], p.school
            )
