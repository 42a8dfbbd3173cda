"""Names of outcomes in result tables, in words."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """One outcome: its name in tables, its unit, what it is, and the heading it stands under when printed."""

    name: str
    unit: str
    meaning: str


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
)
"""What results hold. A result may hold more; this is what is printed first and in this order."""
