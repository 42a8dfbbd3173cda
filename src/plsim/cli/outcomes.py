"""Names of outcomes in result tables, in words."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """One outcome: its name in tables, its unit, and what it is; ``printed`` ones stand in the text of a run."""

    name: str
    unit: str
    meaning: str
    printed: bool = True


OUTCOMES = (
    Outcome("achievement", "SD, RIT", "Score on a broad test such as NWEA MAP; SD are the norms'."),
    Outcome("percentile_points", "points", "Gain in the norms' percentiles of a student who would have been average."),
    Outcome("aligned_test", "share", "Share of the taught content that is mastered."),
    Outcome("on_grade", "share", "Share of the grade's units taught and mastered."),
    Outcome("teacher_hours", "hours/week", "Hours a teacher works a week."),
    Outcome("strain", "index", "How far demands on teachers stay above what they can do; 0 is none."),
    Outcome("one_on_one_minutes", "minutes/week", "Minutes a week that a student has a teacher alone, per subject."),
    Outcome("regroupings_per_month", "count", "Times a month that groups are made anew."),
    Outcome("unmet_lesson_share", "share", "Share of the planned lessons for which time did not suffice."),
    Outcome("cost_per_student", "USD", "Cost per student and year, teachers' hours included, whoever pays."),
    Outcome("cost_per_tenth_sd", "USD", "Cost per student, up to that year, of a tenth of an SD, if there is a gain."),
    Outcome("cost_teachers", "USD", "Hours asked of teachers, lessons included, at salary and benefits per paid hour."),
    Outcome("cost_adults", "USD", "Hours of further adults in class."),
    Outcome("cost_tutoring", "USD", "Hours of tutors."),
    Outcome("cost_coaching", "USD", "Coaching of teachers."),
    Outcome("cost_licences", "USD", "Licences of products in use."),
    Outcome("cost_devices", "USD", "Devices, by the share of lessons on them; one each where homework needs it."),
    Outcome("cost_library", "USD", "Access to lessons that others wrote."),
    Outcome("cost_turnover", "USD", "Replacing teachers who leave."),
    Outcome("cost_startup", "USD", "Starting: redesign of the school, and technology, once."),
    Outcome("on_task_share", "share", "Share of hours in which students are on task."),
    Outcome("match", "share", "How well the work fits the student; 1 is a perfect fit."),
    Outcome("self_regulation", "share", "Students' capacity to learn in a self-directed way."),
    Outcome("engagement", "index", "Students' engagement; 0 is typical."),
    Outcome("fidelity", "share", "Share of the plan that teachers have the hours to carry out."),
    Outcome("proficiency", "share", "Teachers' skill in the practices, mean."),
    Outcome("trust", "share", "Families' trust."),
    Outcome("library", "share", "Lesson levels that the school's materials cover."),
    Outcome("reverted", "share", "Schools that went back to typical practice."),
    Outcome("implementation", "share", "Adopted intensity of the eight practices, mean.", printed=False),
    Outcome("implementation_slope", "SD", "Rise of schools' effects per SD of a survey's index of it.", printed=False),
    Outcome("surpass_comparison", "share", "Chance to end above a matched student of another school.", printed=False),
    Outcome("profile_error", "RIT", "How far the school's picture of a student's level is off.", printed=False),
    Outcome("habits_error", "share", "How far its picture of a student's self-regulation is off.", printed=False),
    Outcome(
        "pace_weeks", "weeks", "Weeks ahead of the pacing guide at the end of the year, 36 at most.", printed=False
    ),
    Outcome("behind_pace", "share", "Students more than one unit behind the guide.", printed=False),
    Outcome("waiting_weeks", "weeks", "Weeks a year at mastery and not yet promoted.", printed=False),
    Outcome("wait_per_unit", "weeks", "The same per unit.", printed=False),
    Outcome("individual_hours", "hours/week", "Hours a teacher works with students individually.", printed=False),
    Outcome("individual_5_hours", "share", "Teachers with five and more such hours.", printed=False),
    Outcome("obstacle_time", "share", "Teachers who would name lack of time as an obstacle.", printed=False),
    Outcome("obstacle_tools", "share", "Schools that would name the number of tools.", printed=False),
    Outcome("obstacle_parents", "share", "Schools that would name parents' distrust.", printed=False),
    Outcome("obstacle_slow_pace", "share", "Schools that would name students who go too slowly.", printed=False),
    Outcome("obstacle_standards", "share", "Schools that would name standards against choice.", printed=False),
    Outcome("products_distinct", "count", "Digital curricula and assessments named by any school.", printed=False),
    Outcome("products_shared", "count", "Of these, named by more than one school.", printed=False),
)
"""What results hold, in the order in which it is printed. A result may hold more."""
