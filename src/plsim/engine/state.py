"""The state of a run: plain arrays in named tuples, shape and unit of each in one table.

Axes: ``rows`` are enrolment rows (student x subject) ordered by section; ``students``, ``sections``, ``seats`` (a
teacher's post with its queue of successors), ``schools`` and ``networks`` are ordered so that each level's members
are contiguous. Row order is made anew every year; what lasts is kept per student and subject in :class:`Lasting`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Ints, Keys


class Rows(NamedTuple):
    """One entry per enrolment row; shape (rows,)."""

    achievement: Floats  # latent achievement A, RIT
    fresh: Floats  # what of it was learned beyond typical practice and is not yet consolidated, RIT
    estimate: Floats  # what the school believes of it, RIT
    known: Floats  # how right the school's picture of the student's present needs is, 0-1
    fit: Floats  # how well the student's group fits those needs, 0-1
    position: Floats  # level of the unit being worked on, RIT
    unit_mastery: Floats  # 0-1
    unit_weeks: Floats  # weeks in the unit
    ready_weeks: Floats  # weeks since an assessment showed mastery
    review: Floats  # backlog of unmet units, in units
    group: Floats  # group within the section, a whole number
    group_mean: Floats  # mean estimate of the group, RIT
    coverage: Floats  # grade-level units taught and mastered this year
    units_taught: Floats  # units ended this year
    taught_mastery: Floats  # sum of mastery at the end of those units
    unmet: Floats  # units ended below the criterion this year
    waiting: Floats  # weeks this year at or above the criterion and not yet promoted
    match: Floats  # mean match of this week's work
    on_task: Floats  # on-task share of this week's hours
    aimed: Floats  # share of this week's work aimed at what the student needs
    effort: Floats  # effective time relative to typical this week
    one_on_one: Floats  # one-on-one hours this year
    learning_rate: Floats  # ratio to typical
    attendance_rate: Floats  # share of days
    home_access: Floats  # 0-1
    u_pace: Floats  # fixed uniform: who progresses by mastery
    u_served: Floats  # fixed uniform, or standing in the grade, 0 the lowest: whom a program serves
    standing: Floats  # standing in school, grade and subject as the school believed when the year began, 0 the lowest
    z_group: Floats  # fixed draw: groups made without data
    reference: Floats  # D of the row's subject, grade and entry status
    home_share: Floats  # h of the row's subject
    unit_rit: Floats  # RIT that one unit advances
    grade_start: Floats  # lowest unit level that counts as the grade's content, RIT
    test_error: Floats  # SD of one test's error, RIT
    key: Keys  # address of the person
    subject: Keys  # 0 mathematics, 1 reading
    student: Ints  # index of the student


class Students(NamedTuple):
    """One entry per student; shape (students,)."""

    self_regulation: Floats  # 0-1
    collaboration: Floats  # 0-1
    engagement: Floats  # standardized, 0 typical
    habits: Floats  # estimate of self-regulation, 0-1
    regulation_level: Floats  # where self-regulation settles
    engagement_level: Floats  # where engagement settles
    row_math: Ints
    row_reading: Ints


class Sections(NamedTuple):
    """One entry per section; ``first_row`` has one more."""

    first_row: Ints
    seat: Ints
    pool: Ints
    subject: Floats  # 0 mathematics, 1 reading
    grade: Floats  # 0 (K) to 12
    parallel: Floats  # sections of the same grade and subject that the same seat has
    class_mean: Floats  # mean estimate, RIT
    spread: Floats  # SD of estimates, RIT
    doubt: Floats  # SD of the error of estimates, as far as the school can know, RIT
    habits_mean: Floats  # mean estimate of self-regulation
    values: Floats  # this week of the section, the fields of ``rules.week.section.Section``, (sections, fields)


class Seats(NamedTuple):
    """One entry per teacher's seat; ``proficiency`` has shape (seats, practices)."""

    proficiency: Floats  # 0-1
    skill: Floats  # general skill of instruction, 0-1
    strain: Floats  # >= 0
    buy_in: Floats  # 0-1
    persistent: Floats  # effect on a year's achievement, student SD
    yearly: Floats  # this year's part of it, student SD
    experience: Floats  # years
    math_share: Floats  # share of the seat's sections that are mathematics, 0-1
    practice_hours: Floats  # hours a week asked by the practices of the seat's sections
    demand: Floats  # hours a week asked outside lessons
    supply: Floats  # hours a week there are
    fidelity: Floats  # share of the plan carried out
    demand_sum: Floats  # demand summed over this year's weeks
    strain_sum: Floats  # strain summed over this year's weeks


class Schools(NamedTuple):
    """One entry per school; ``first_*`` have one more; clocks have shape (schools, subjects)."""

    first_section: Ints
    first_student: Ints
    first_seat: Ints
    adoption: Floats  # share of the planned change that is in place, by practice
    library: Floats
    library_quality: Floats
    vision: Floats
    own_vision: Floats  # what it was before anybody changed anything
    trust: Floats
    novelty: Floats
    reverted: Floats  # 1 after going back to typical practice
    autonomy: Floats
    accountability: Floats
    device_share: Floats
    flexible_space: Floats
    engaged: Floats
    data_clock: Floats  # rounds of data due, fractional
    regroup_clock: Floats
    regroupings: Floats  # regroupings this year
    change: Floats  # summed added intensity of all practices
    felt: Floats  # that of the practices that students feel


class Networks(NamedTuple):
    """One entry per network of schools; ``first_school`` has one more."""

    first_school: Ints
    coaching_capacity: Floats  # coaching hours a week of the support pool; 0 is unlimited


class Tables(NamedTuple):
    """What does not change within a year."""

    typical: Floats  # levers of typical practice, (schools, weeks, levers)
    planned: Floats  # levers of the plan, same shape
    normal_rate: Floats  # floored normal weekly growth, RIT, (subjects, grades, weeks)
    gross: Floats  # what typical practice teaches before losses, RIT a week, same shape
    seasonal: Floats  # the drift that makes up the difference, same shape
    guide: Floats  # level of the pacing guide, same shape
    teacher_scale: Floats  # ratio of quality that moves a year by one student SD, (subjects, grades)
    owner: Ints  # practice that owns a lever, -1 for none, (levers,)
    applies: Floats  # 1 for levers that the plan turns in a subject, (subjects, levers)
    relational: Floats  # 0 tools to 1 relational, (practices,)
    schedule: Floats  # 1 for practices that change schedules and staffing, (practices,)
    intensity: Ints  # column of each practice's intensity, (practices,)
    sessions: Ints  # practice and first column of each practice's sessions, (practices with sessions, 2)
    feeds: Ints  # practice, own lever and lever that it adds to, (feeds, 3)
    amounts: Floats  # what one unit adds, and the highest value of what it is added to, (feeds, 2)


class Flags(NamedTuple):
    """Switches of a run. Freezing holds dynamics still, for decomposition."""

    freeze_students: bool
    freeze_teachers: bool
    freeze_schools: bool
    freeze_novelty: bool
    with_students: bool  # False: only teachers and schools develop, for years before the first
    trace: bool  # record every row's experience, and hold what is to be held


class Trace(NamedTuple):
    """What every row lived through this week, and what of it is held at another arm's values.

    For decomposition and tests. Without tracing the blocks are empty.
    """

    experience: Floats  # fields of ``rules.week.student.Experience``, (fields, rows)
    held: Floats  # 1 for fields that are held, (fields,)
    base: Floats  # the values to hold them at, (fields, rows)


def zeros(kind: type[Any], size: int, **other: Any) -> Any:
    """A named tuple of zeroed float arrays of length ``size``; ``other`` gives the fields that are not that."""
    return kind(**{name: other[name] if name in other else np.zeros(size) for name in kind._fields})
