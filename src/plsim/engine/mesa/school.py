"""What a school does in a week, each step through the rules, interpreted: levers, profiles, groups, sections."""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import interpreted
from plsim.engine.mesa.week_context import COACHING, Noticeboard, own, quick
from plsim.rules.levers import FIRST_INTENSITY, PRACTICE_COUNT

week: Any = interpreted("plsim.rules.week")
grouping: Any = interpreted("plsim.rules.group")
levers: Any = interpreted("plsim.rules.levers")
proficiency: Any = interpreted("plsim.rules.proficiency")
profile: Any = interpreted("plsim.rules.profile")
schooling: Any = interpreted("plsim.rules.school")
shapes: Any = interpreted("plsim.rules.shapes")
time: Any = interpreted("plsim.rules.time")


def _ranked(keys: list[float], order: list[int]) -> None:
    """The order that ``rules.group.ranked`` finds by n * n comparisons, which pay only when compiled."""
    order[:] = sorted(range(len(keys)), key=keys.__getitem__)


grouping.ranked = _ranked


class SchoolRules:
    """A school with its sections.

    Attributes
    ----------
    index, name
        Row in the schools' arrays, and the name in tables.
    seats, sections
        The school's, as ranges of indices.
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
    grade_change
        Added share of students graded by competency this week.
    """

    index: int
    name: str
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
    grade_change: float

    def take_place(self, board: Noticeboard) -> None:
        """Finds the school's sections and seats of a new year."""
        self.board = board
        schools, s = board.schools, self.index
        self.sections = range(schools.first_section[s], schools.first_section[s + 1])
        self.seats = range(schools.first_seat[s], schools.first_seat[s + 1])

    def _rows(self) -> slice:
        """Rows of the school's students."""
        first_row = self.board.sections.first_row
        return slice(first_row[self.sections.start], first_row[self.sections.stop])

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
        rows = self._rows()
        place = self.board.section_of_row[rows] - self.sections.start
        estimate = arm.rows.estimate[rows]
        size = np.bincount(place, minlength=len(self.sections))
        mean = np.bincount(place, estimate) / size
        miss = estimate - mean[place]
        arm.sections.class_mean[sections] = mean
        arm.sections.spread[sections] = np.sqrt(np.bincount(place, miss * miss) / size)
        if habits:
            arm.sections.habits_mean[sections] = np.bincount(place, arm.students.habits[arm.rows.student[rows]]) / size

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
            grouping.regroup(keys, estimates, count, [0] * len(keys), rows.group[begin:end], rows.group_mean[begin:end])
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
            section = week.section_week(lv, context, board.delivered[sections.seat[k]], p)
            board.section_weeks[k] = quick(section)
            board.arm.sections.values[k] = section

    def open_development(self) -> None:
        """Phase 8 begins: help from coaches, from colleagues as they are now, and from shared lessons."""
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
        return float(self.board.arm.rows.achievement[self._rows()].mean())
