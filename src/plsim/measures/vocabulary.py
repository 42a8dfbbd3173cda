"""What results hold, in words: the one place that says what each outcome is called and means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plsim.measures.outcomes import OutcomeWords, student_outcomes

PRACTICE_LABELS = {
    "learner_profiles": "Learner profiles",
    "learning_paths": "Learning paths",
    "competency_progression": "Competency progression",
    "flexible_environment": "Flexible environment",
    "data_driven_grouping": "Data-driven grouping",
    "advising": "Advising",
    "technology": "Technology",
    "belonging": "Belonging",
}
"""What the practices are called, in the order in which they are shown."""


def practice_label(name: str) -> str:
    """A practice in plain words; its name if nobody has given it words."""
    return PRACTICE_LABELS.get(name, name.replace("_", " ").capitalize())


_WRITTEN_HERE = (
    OutcomeWords(
        "achievement", "SD, RIT", "Achievement on a broad test such as NWEA MAP",
        "Score on a broad test such as NWEA MAP; SD are the norms'.",
    ),
    OutcomeWords(
        "achievement_cross_section", "SD", "Achievement of students still enrolled, a different group every year",
        "The effect on whoever of the first year is still there, other students every year: those of the achievement "
        "rows are the same in all years.",
    ),
    OutcomeWords(
        "percentile_points", "points", "Achievement, for a student who would have been average",
        "Gain in the norms' percentiles of a student who would have been average.",
    ),
    OutcomeWords(
        "aligned_test", "share", "Units taught, as far as mastered (a test of what was taught)",
        "Share of the taught content that is mastered: what a test of just that content would see.",
    ),
    OutcomeWords(
        "on_grade", "share", "The grade’s content that was taught and mastered",
        "Share of the grade's units taught and mastered: what a test of the grade's standards would see.",
    ),
    OutcomeWords(
        "teacher_hours", "hours/week", "Hours of work asked of a teacher, lessons included",
        "Hours a week asked of a teacher, lessons included, whether or not there is time for them.",
    ),
    OutcomeWords(
        "strain", "index", "Teachers’ strain (0 is none)",
        "How far demands on teachers stay above what they can do; 0 is none.",
    ),
    OutcomeWords(
        "one_on_one_minutes", "minutes/week", "Time a student has a teacher one-on-one",
        "Minutes a week that a student has a teacher alone, by subject and in both together.",
    ),
    OutcomeWords(
        "regroupings_per_month", "count", "Times a month that groups are re-formed",
        "Times a month that groups are re-formed.",
    ),
    OutcomeWords(
        "unmet_lesson_share", "share", "Lessons that ended before the student had mastered them",
        "Share of units that ended before the student had mastered them.",
    ),
    OutcomeWords(
        "unpaid_teacher_hours", "hours/week", "Unpaid hours asked of a teacher",
        "Hours a week asked of a teacher beyond those that contract and paid planning time cover.",
    ),
    OutcomeWords(
        "budget_cost_per_student", "USD", "Budget cost per student",
        "What the district pays, per student and year; unpaid hours of teachers are not in it.",
    ),
    OutcomeWords(
        "unpaid_hours_value", "USD", "Value of teachers’ unpaid hours per student",
        "Teachers' unpaid hours at their pay, per student and year: a cost to teachers that no budget shows.",
    ),
    OutcomeWords(
        "cost_per_student", "USD", "Budget cost and value of unpaid hours together",
        "Sum of budget_cost_per_student and unpaid_hours_value; kept for one release, use those two.", printed=False,
    ),
    OutcomeWords(
        "cost_per_tenth_sd", "USD", "Budget cost of a gain of a tenth of an SD",
        "Budget cost per student, up to that year, of a tenth of an SD, if there is a gain and it costs something.",
    ),
    OutcomeWords("cost_teachers", "USD", "Teachers’ pay", "Salary and benefits of the teachers that sections need."),
    OutcomeWords(
        "cost_planning", "USD", "Paid planning time",
        "Planning time beyond the contract, at salary and benefits per paid hour.",
    ),
    OutcomeWords("cost_adults", "USD", "Additional adults in class", "Hours of further adults in class."),
    OutcomeWords("cost_tutoring", "USD", "Tutors", "Hours of tutors."),
    OutcomeWords("cost_coaching", "USD", "Coaching of teachers", "Coaching of teachers."),
    OutcomeWords("cost_licences", "USD", "Licences", "Licences of products in use."),
    OutcomeWords(
        "cost_devices", "USD", "Devices",
        "Devices, by the share of lessons on them; one each where homework needs it.",
    ),
    OutcomeWords("cost_library", "USD", "Lesson library", "Access to lessons that others wrote."),
    OutcomeWords("cost_turnover", "USD", "Replacing teachers who leave", "Replacing teachers who leave."),
    OutcomeWords(
        "cost_startup", "USD", "Redesign and start-up (once)",
        "Starting: redesign of the school, and technology, once.",
    ),
    OutcomeWords(
        "on_task_share", "share", "Time in which students are on task",
        "Share of hours in which students are on task.",
    ),
    OutcomeWords(
        "match", "share", "How well the work fits the student (100% is a perfect fit)",
        "How well the work fits the student; 1 is a perfect fit.",
    ),
    OutcomeWords(
        "self_regulation", "share", "Students’ capacity to work on their own (0 to 100%)",
        "Students' capacity to learn in a self-directed way.",
    ),
    OutcomeWords(
        "engagement", "index", "Students’ engagement (0 is typical)", "Students' engagement; 0 is typical."
    ),
    OutcomeWords(
        "fidelity", "share", "Planned practice that teachers have the hours for",
        "Share of the plan that teachers have the hours to carry out.",
    ),
    OutcomeWords(
        "proficiency", "share", "Teachers’ skill in the practices (100% is full)",
        "Teachers' skill in the practices, mean.",
    ),
    OutcomeWords("trust", "share", "Families’ trust (0 to 100%)", "Families' trust."),
    OutcomeWords(
        "library", "share", "Lesson levels that the school’s materials cover",
        "Lesson levels that the school's materials cover.",
    ),
    OutcomeWords(
        "reverted", "share", "Schools that went back to typical practice",
        "Schools that went back to typical practice; of the scenario only.",
    ),
    OutcomeWords(
        "implementation", "share", "All practices together, as actually in use (100% is full use)",
        "Adopted intensity of the eight practices, mean.", printed=False,
    ),
    OutcomeWords(
        "implementation_slope", "SD", "How much more schools gain that do more (per SD of a survey’s index)",
        "Rise of schools' effects per SD of a survey's index of implementation.", printed=False,
    ),
    OutcomeWords(
        "surpass_comparison", "share", "Students who end above a similar student of another school",
        "Chance to end above a matched student of another school.", printed=False,
    ),
    OutcomeWords(
        "habits_error", "share", "How far its picture of how a student works alone is off",
        "How far its picture of a student's self-regulation is off.", printed=False,
    ),
    OutcomeWords(
        "pace_weeks", "weeks", "Weeks of lessons ahead of the grade’s calendar at the end of the year",
        "Weeks ahead of the pacing guide at the end of the year (behind it: below zero), 36 at most.", printed=False,
    ),
    OutcomeWords(
        "behind_pace", "share", "Students more than one unit behind the grade’s calendar",
        "Students more than one unit behind the pacing guide.", printed=False,
    ),
    OutcomeWords(
        "wait_per_unit", "weeks", "Weeks spent waiting to move on, for each unit taught",
        "Weeks at mastery and not yet promoted, for each unit taught.", printed=False,
    ),
    OutcomeWords(
        "individual_hours", "hours/week", "Hours in which a teacher works with one student at a time",
        "Hours a teacher works with students individually.", printed=False,
    ),
    OutcomeWords(
        "individual_5_hours", "share", "Teachers with five or more such hours",
        "Teachers with five and more such hours.", printed=False,
    ),
    OutcomeWords(
        "obstacle_time", "share", "Teachers who would name lack of time as an obstacle",
        "Teachers who would name lack of time as an obstacle.", printed=False,
    ),
    OutcomeWords(
        "obstacle_tools", "share", "Schools that would name too many tools as an obstacle",
        "Schools that would name the number of tools.", printed=False,
    ),
    OutcomeWords(
        "obstacle_parents", "share", "Schools that would name parents’ distrust as an obstacle",
        "Schools that would name parents' distrust.", printed=False,
    ),
    OutcomeWords(
        "obstacle_slow_pace", "share", "Schools that would name students who go too slowly as an obstacle",
        "Schools that would name students who go too slowly.", printed=False,
    ),
    OutcomeWords(
        "obstacle_standards", "share", "Schools that would name required standards as an obstacle to choice",
        "Schools that would name standards against choice.", printed=False,
    ),
    OutcomeWords(
        "products_distinct", "count", "Different digital products that schools would name",
        "Digital curricula and assessments named by any school.", printed=False,
    ),
    OutcomeWords(
        "products_shared", "count", "Of these, products that more than one school would name",
        "Of these, named by more than one school.", printed=False,
    ),
)  # fmt: skip

OUTCOMES = (*_WRITTEN_HERE, *(each.words for each in student_outcomes()))
"""What results hold, in the order in which it is shown. A result may hold more."""

ONE_ARM = frozenset({"reverted"})
"""Outcomes that mean nothing under typical practice, and so have no difference: one cannot go back from there."""
MEASURES_OF_LEARNING = ("aligned_test", "on_grade")
"""What other tests than a broad one would see."""
ALIKE_IN_SUBJECTS = frozenset({"self_regulation", "engagement"})
"""Traits of a student: the same in both subjects."""

MORE_IS_BETTER = frozenset(
    {"achievement", "percentile_points", "aligned_test", "on_grade", "on_task_share", "match", "self_regulation",
     "engagement", "fidelity", "proficiency", "trust", "surpass_comparison"}
)  # fmt: skip
"""More of these is a gain."""
LESS_IS_BETTER = frozenset(
    {"teacher_hours", "strain", "unmet_lesson_share", "reverted", "profile_error", "habits_error", "behind_pace",
     "waiting_weeks", "wait_per_unit", "obstacle_time", "obstacle_tools", "obstacle_parents", "obstacle_slow_pace",
     "obstacle_standards"}
)  # fmt: skip
"""Less of these is better, as is less of whatever costs money."""

_BY_NAME = {outcome.name: outcome for outcome in OUTCOMES}


def in_order(names: Iterable[str]) -> list[str]:
    """Names of outcomes in the order of :data:`OUTCOMES`, those without words last."""
    known = list(_BY_NAME)
    return sorted(names, key=lambda name: known.index(name) if name in _BY_NAME else len(known))


def outcome_unit(name: str, asked: str) -> str:
    """The unit of an outcome: its own where it has only one, whatever was asked for; else the one asked for."""
    own = _BY_NAME[name].unit if name in _BY_NAME else asked
    return asked if "," in own else own


def better(name: str) -> int:
    """1 when more of an outcome is better, -1 when less is, 0 when neither: then no change is a gain or a loss."""
    if name in MORE_IS_BETTER:
        return 1
    costs = name in _BY_NAME and _BY_NAME[name].unit == "USD"
    return -1 if name in LESS_IS_BETTER or costs or "gap" in name.split("_") else 0


def outcome_label(name: str) -> str:
    """An outcome in plain words; its name if nobody has given it words."""
    return _BY_NAME[name].label if name in _BY_NAME else name.replace("_", " ").capitalize()


def untold(years: Sequence[int]) -> str:
    """Why there is no effect on students in years at the end; empty without such years."""
    if not years:
        return ""
    told = f"Year {years[0]} is" if len(years) == 1 else f"Years {years[0]} to {years[-1]} are"
    return (
        f"{told} not told: too few of the students who were there in the first week are still in grades 1 to 10 of "
        "these schools, as when all pass the highest grade that the schools teach."
    )


def in_worlds(positive: float, worlds: int) -> str:
    """In how many worlds something holds: ``37 of 40 worlds (93%)``; the one way in which that is written.

    Parameters
    ----------
    positive
        The share of worlds, 0 to 1.
    worlds
        How many there are.
    """
    count = round(positive * worlds)
    # Halves go up, as readers expect: 37 of 40 are 93%.
    return f"{count:,} of {worlds:,} worlds ({int(100.0 * count / worlds + 0.5)}%)"


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
