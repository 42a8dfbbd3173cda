"""What a student does in a week, each step through the rules, interpreted.

Mesa itself enters in :mod:`plsim.engine.mesa.model` only, which makes Mesa agents of these classes. A method fetches
numbers from the agent's own row and from what the phase's start left in the week's context, calls the rule, and puts
the answer into the row: how people behave stands in ``rules``.
"""

from __future__ import annotations

from typing import Any

from plsim.core.calendar import GRADES, MATH, READING
from plsim.core.jit import interpreted
from plsim.engine.mesa.school import SchoolRules
from plsim.engine.mesa.week_context import WeekContext, own

student_week: Any = interpreted("plsim.rules.week.student")
learning: Any = interpreted("plsim.rules.learning")
pacing: Any = interpreted("plsim.rules.pace")
profile: Any = interpreted("plsim.rules.profile")


def _mean_of(name: str, meaning: str) -> property:
    """A reading of both subjects' rows: their mean."""

    def read(student: StudentRules) -> float:
        return 0.5 * (student.in_subject(name, MATH) + student.in_subject(name, READING))

    return property(read, doc=f"{meaning}, mean of both subjects.")


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
    context: WeekContext
    school: SchoolRules
    places: tuple[tuple[int, int], ...]
    attended: tuple[float, float]

    def take_place(self, context: WeekContext, school: SchoolRules) -> None:
        """Finds the student's rows and sections of a new year."""
        self.context = context
        self.school = school
        layout = context.arm.layout
        self.places = tuple(
            zip(layout.row[self.index].tolist(), layout.roster.section[self.index].tolist(), strict=True)
        )
        self.attended = (1.0, 1.0)

    def observe(self) -> None:
        """What the school knows of the student: level, needs and, when data are due, habits."""
        context = self.context
        rows, p = context.rows, context.p
        for i, k in self.places:
            found = context.profiles[k]
            rows.estimate[i], rows.known[i], rows.fit[i] = student_week.profile(
                rows.estimate[i],
                rows.known[i],
                rows.fit[i],
                rows.achievement[i],
                rows.effort[i],
                context.sections.class_mean[k],
                context.normal[k],
                rows.test_error[i] * context.z_profile[i],
                found.weight,
                found.one_on_one_hours,
                found.seen,
                found.told,
                found.regrouped,
                p,
            )
        if sum(self.school.data_due) > 0.5:
            students, j = context.students, self.index
            i, k = self.places[READING]
            students.habits[j] = profile.updated_habits(
                students.habits[j],
                students.self_regulation[j],
                context.z_profile[i],
                context.profiles[k].habits_weight,
                p.profile,
            )

    def step(self) -> None:
        """The phases in which a student reads nobody but itself: learning, pace, development."""
        self.attend()
        self.learn()
        self.pace()
        if not self.context.flags.freeze_students:
            self.develop()

    def attend(self) -> None:
        """Sets the share of this week's days that the student is there."""
        context = self.context
        rate, draw, p = context.rows.attendance_rate, context.u_attend, context.p.learning
        (a, _), (b, _) = self.places
        self.attended = (
            learning.attended_share(rate[a], draw[a], p),
            learning.attended_share(rate[b], draw[b], p),
        )

    def experience(self, row: int, section: Any) -> Any:
        """What the week of ``section`` holds for the student (``rules.week.student.Experience``)."""
        context = self.context
        rows, students, j = context.rows, context.students, self.index
        return student_week.experience(
            section,
            rows.estimate[row],
            rows.known[row],
            rows.fit[row],
            rows.review[row],
            rows.group_mean[row],
            rows.position[row],
            rows.unit_mastery[row],
            students.engagement[j],
            students.self_regulation[j],
            students.collaboration[j],
            students.habits[j],
            rows.home_access[row],
            pacing.own_pace(rows.u_pace[row], section.own_pace_share),
            rows.u_served[row],
            context.p,
        )

    def learn(self) -> None:
        """Hours x attention x match x aim x quality, in both subjects."""
        context = self.context
        rows, p = context.rows, context.p
        for (i, k), attended in zip(self.places, self.attended, strict=True):
            section = context.week_of(i, k)
            experience = self.experience(i, section)
            if context.flags.trace:
                experience = context.traced(i, experience)
            learned = student_week.learn(
                experience,
                rows.achievement[i],
                rows.fresh[i],
                rows.learning_rate[i],
                attended,
                context.gross[k],
                context.gross[k] - context.normal[k],
                context.seasonal[k],
                rows.home_share[i],
                rows.reference[i],
                section.typical_hours,
                p,
            )
            rows.achievement[i] = learned.achievement
            rows.fresh[i] = learned.fresh
            rows.effort[i] = learned.effort
            rows.match[i] = learned.match
            rows.on_task[i] = learned.on_task
            rows.aimed[i] = learned.aimed
            rows.one_on_one[i] += experience.one_on_one + experience.tutor

    def pace(self) -> None:
        """Units, by mastery, calendar or deadline, in both subjects."""
        context = self.context
        rows, p = context.rows, context.p
        for i, k in self.places:
            section = context.section_weeks[k]
            position = rows.position[i]
            unit = student_week.pace(
                section,
                position,
                rows.unit_mastery[i],
                rows.unit_weeks[i],
                rows.ready_weeks[i],
                rows.review[i],
                rows.achievement[i],
                rows.effort[i],
                rows.aimed[i],
                context.z_assess[i],
                pacing.own_pace(rows.u_pace[i], section.own_pace_share),
                rows.unit_rit[i],
                p,
            )
            rows.position[i] = unit.position
            rows.unit_mastery[i] = unit.unit_mastery
            rows.unit_weeks[i] = unit.unit_weeks
            rows.ready_weeks[i] = unit.ready_weeks
            rows.review[i] = unit.review
            # Counting nothing changes no bit, so only weeks that end a unit or wait for it are counted.
            if unit.ended or unit.waiting:
                (
                    rows.coverage[i],
                    rows.units_taught[i],
                    rows.taught_mastery[i],
                    rows.unmet[i],
                    rows.waiting[i],
                ) = pacing.counted(
                    rows.coverage[i],
                    rows.units_taught[i],
                    rows.taught_mastery[i],
                    rows.unmet[i],
                    rows.waiting[i],
                    unit,
                    1.0 if position >= rows.grade_start[i] else 0.0,
                )

    def develop(self) -> None:
        """How the student's motives move, from the means over both subjects."""
        context = self.context
        rows, students, p, j = context.rows, context.students, context.p, self.index
        (a, k_math), (b, k_reading) = self.places
        in_math, in_reading = context.section_weeks[k_math], context.section_weeks[k_reading]
        habits = students.habits[j]
        students.self_regulation[j], students.collaboration[j], students.engagement[j] = student_week.develop(
            students.self_regulation[j],
            students.collaboration[j],
            students.engagement[j],
            students.regulation_level[j],
            students.engagement_level[j],
            0.5 * (in_math.independent_share + in_reading.independent_share),
            0.5 * (in_math.peer_share + in_reading.peer_share),
            0.5
            * (
                student_week.advice(in_math, student_week.structure_received(in_math, habits, p))
                + student_week.advice(in_reading, student_week.structure_received(in_reading, habits, p))
            ),
            0.5 * (in_math.srl + in_reading.srl),
            0.5 * (rows.match[a] + rows.match[b]),
            0.5 * (in_math.engagement + in_reading.engagement),
            p,
        )

    def in_subject(self, name: str, subject: int) -> float:
        """A number of the student's row in a subject (0 mathematics, 1 reading), named as in ``engine.state.Rows``."""
        return float(getattr(self.context.rows, name)[self.places[subject][0]])

    achievement = _mean_of("achievement", "Latent achievement (RIT)")
    estimate = _mean_of("estimate", "What the school believes of it (RIT)")
    on_task = _mean_of("on_task", "On-task share of the last week's hours")
    match = _mean_of("match", "Match of the last week's work")
    aimed = _mean_of("aimed", "Share of the last week's work aimed at what the student needs")
    known = _mean_of("known", "How right the school's picture of the student's needs is (0 to 1)")
    effort = _mean_of("effort", "Effective time of the last week relative to typical")
    unit_mastery = _mean_of("unit_mastery", "Mastery of the present unit (0 to 1)")
    coverage = _mean_of("coverage", "Grade-level units taught and mastered this year")
    engagement = own("students", "engagement", "Engagement, standardized, 0 typical")
    self_regulation = own("students", "self_regulation", "Self-regulation, 0 to 1")
    collaboration = own("students", "collaboration", "Skill of working together, 0 to 1")
    habits = own("students", "habits", "What the school believes of self-regulation, 0 to 1")

    @property
    def grade(self) -> int:
        """0 (K) to 12."""
        return int(self.context.arm.layout.roster.grade[self.index])

    @property
    def grade_label(self) -> str:
        """``"K"`` to ``"12"``."""
        return GRADES[self.grade]

    @property
    def school_id(self) -> str:
        """Name of the school, for tables."""
        return self.school.name

    @property
    def section(self) -> tuple[int, int]:
        """Sections this year, in mathematics and in reading."""
        return self.places[MATH][1], self.places[READING][1]

    @property
    def lunch_eligible(self) -> bool:
        """For reports; no rule reads it."""
        return bool(self.context.arm.layout.roster.lunch_eligible[self.index])
