"""Plain words for what can be set on the page, and the ends of sliders that are no shares.

Meanings, units, typical values and evidence come from the registry; here stand only short titles.
"""

from __future__ import annotations

import re
from pathlib import Path

from plsim.measures.vocabulary import PRACTICE_LABELS
from plsim.scenario.shipped import first_line

_REFERENCE = re.compile(r" \([^()]*\b(?:claims? \d|[A-Z]{2}-\d\d)[^()]*\)")
"""What points to another page of the documentation, and says nothing to who does not have it at hand."""

GROUPS = {
    **{name: (label, "") for name, label in PRACTICE_LABELS.items()},
    "support": (
        "Support for schools and teachers",
        "What a district, network or leader gives so that practices can work.",
    ),
    "tutoring": ("Tutoring", "Tutors beside the class, for some students."),
    "class_size": ("Class size", "Smaller (or larger) sections all year."),
    "sections": ("Sections by level", "Whole classes formed by earlier scores instead of at random."),
    "hours": ("More lessons", "Lessons beyond the usual ones, in mathematics or reading."),
    "lesson_library": ("Bought lessons", "Lessons at many levels, bought or given."),
    "coaching": ("Coaching program", "Coaching added to what support gives."),
    "software": ("Software program", "Learning software in class, at home, or in supervised hours beyond class."),
    "context": ("Conditions", "What a school cannot choose. Typical practice is compared under the same conditions."),
    "population": ("Schools and students", "Who is simulated, drawn from national norms. Nobody is real."),
}

TITLES = {
    "intensity": "How much of it", "subjects": "Subjects it serves", "spread": "How unlike schools are in it",
    "first_week": "Begins in week (0 is the year’s first)", "last_week": "Ends with week (35 is the year’s last)",
    "last_year": "How many years it goes on",
}  # fmt: skip
"""Of what every practice or every program has."""

MAIN = frozenset({
    "support.coaching_hours", "support.planning_hours", "support.vision", "support.leadership",
    "support.community_engagement", "support.structure", "context.contact_hours_math",
    "context.contact_hours_reading", "context.class_size", "context.turnover", "population.schools",
    "population.students_per_school", "population.charter_schools", "population.grades", "population.lunch_share",
    "population.level_sd", "programs.tutoring.share", "programs.tutoring.minutes", "programs.tutoring.aim",
    "programs.class_size.students", "programs.hours.math", "programs.hours.reading", "programs.sections.by_level",
    "programs.lesson_library.coverage", "programs.coaching.hours", "programs.coaching.quality",
    "programs.software.minutes", "programs.software.extra_minutes", "programs.software.extra_share",
})  # fmt: skip
"""Shown before "more settings" is opened, beside how much there is of each practice."""

FIRST = (
    "practices.flexible_environment.one_on_one_share", "support.planning_hours", "support.coaching_hours",
    "practices.technology.intensity", "practices.learning_paths.intensity", "practices.data_driven_grouping.intensity",
)  # fmt: skip
"""Shown above all others, in this order."""

LABELS = {
    "practices.learner_profiles.data_interval_weeks": "Weeks between looks at data",
    "practices.learner_profiles.assessment_reliability": "Reliability of the data",
    "practices.learner_profiles.habits": "Habits in the profile",
    "practices.learner_profiles.own_data": "Students use their own data",
    "practices.learning_paths.path_share": "Lesson time on an own path",
    "practices.learning_paths.options": "Choices for one objective",
    "practices.learning_paths.relevance": "Tasks connect to the world outside",
    "practices.competency_progression.mastery_threshold": "Mastery at which a unit is done",
    "practices.competency_progression.assessment_wait_weeks": "Weeks waiting for the test",
    "practices.competency_progression.deadline_weeks": "Deadline of a unit (0 is none)",
    "practices.flexible_environment.rotation_share": "Lesson time in small groups",
    "practices.flexible_environment.groups": "Groups in a class",
    "practices.flexible_environment.regroup_interval_weeks": "Weeks between regroupings",
    "practices.flexible_environment.cross_grade": "Groups across grades",
    "practices.flexible_environment.one_on_one_share": "Teacher’s time one-on-one",
    "practices.flexible_environment.adult_hours": "Further adults in class",
    "practices.flexible_environment.flexible_space": "Space that can be rearranged",
    "practices.advising.minutes": "Talk about goals, each student",
    "practices.advising.goal_voice": "Students’ say in their goals",
    "practices.advising.srl_instruction": "Teaching how to learn on one’s own",
    "practices.technology.tech_share": "Lesson time with software",
    "practices.technology.content_quality_math": "Quality of mathematics software",
    "practices.technology.content_quality_reading": "Quality of reading software",
    "practices.technology.tools": "Digital tools for a teacher",
    "practices.belonging.peer_work": "Lesson time in work with classmates",
    "practices.belonging.college_career_minutes": "College and career work",
    "support.coaching_hours": "Coaching for each teacher",
    "support.instruction_coaching_hours": "Coaching of teaching in general",
    "support.coaching_quality": "Quality of that coaching (less at scale)",
    "support.planning_hours": "Extra planning time for each teacher",
    "support.library_access": "Shared lesson library open to the school",
    "support.library_support": "Help to find and use shared lessons",
    "support.vision": "Shared vision",
    "support.community_engagement": "Families take part and are told why",
    "support.leadership": "Leadership for the change",
    "support.initiation": "How it began",
    "support.rollout": "How it is introduced",
    "support.rollout_weeks": "Weeks that a phased start takes",
    "support.structure": "Old duties and schedules",
    "support.network_schools": "Schools that share library and support",
    "support.pool_coaching_hours": "Coaching a network can give (0: all that is asked)",
    "programs.tutoring.minutes": "Tutoring, each subject",
    "programs.tutoring.ratio": "Students for each tutor",
    "programs.tutoring.quality": "Quality of tutors",
    "programs.tutoring.share": "Students served",
    "programs.tutoring.aim": "Whom it serves",
    "programs.tutoring.first_grade": "First grade served (0 is kindergarten)",
    "programs.tutoring.last_grade": "Last grade served",
    "programs.tutoring.displaced": "Taken from class time",
    "programs.hours.math": "More mathematics lessons",
    "programs.hours.reading": "More reading lessons",
    "programs.sections.by_level": "How far classes follow earlier scores",
    "programs.class_size.students": "Students in a class",
    "programs.lesson_library.coverage": "Lesson levels covered",
    "programs.lesson_library.quality": "How good the lessons are",
    "programs.coaching.hours": "Coaching for each teacher",
    "programs.coaching.instruction": "Of it, on teaching in general",
    "programs.coaching.quality": "Quality of coaches (less at scale)",
    "programs.software.minutes": "Software, each subject",
    "programs.software.in_class": "In class time (else at home)",
    "programs.software.extra_minutes": "Supervised time beyond class, each subject",
    "programs.software.extra_share": "Students in supervised time",
    "context.contact_hours_math": "Mathematics lessons",
    "context.contact_hours_reading": "Reading and English lessons",
    "context.charter_hours_ratio": "Charter schools’ hours, over district schools’",
    "context.homework_minutes": "Homework, each subject",
    "context.curriculum_fragmentation": "Materials do not build on each other",
    "context.base_tools": "Digital tools used anyway",
    "context.autonomy_charter": "Freedom of charter schools",
    "context.autonomy_district": "Freedom of district schools",
    "context.accountability_charter": "Weight of grade standards, charter schools",
    "context.accountability_district": "Weight of grade standards, district schools",
    "context.class_size": "Class size",
    "context.turnover": "Teachers leaving, over typical",
    "context.mobility": "Students moving between schools, over typical",
    "population.schools": "Schools",
    "population.students_per_school": "Students in a school",
    "population.charter_schools": "Of these, charter schools",
    "population.grades": "Grades",
    "population.lunch_share": "Eligible for free or reduced-price lunch",
    "population.english_learner_share": "English learners",
    "population.special_education_share": "In special education",
    "population.level_sd": "Achievement at the start, against the norms",
    "population.attendance_rate": "Attendance",
    "population.self_regulation": "Students’ capacity to work on their own",
    "population.trust": "Families’ trust",
    "population.library": "Lesson levels that own materials cover",
    "population.device_share": "Devices for each student",
    "population.flexible_space": "Space that can be rearranged",
    "population.condition_spread": "How unlike schools are",
    "population.engaged_share": "Schools that began by engaging people",
}

CHOICES: dict[str, tuple[tuple[str | int, str], ...]] = {
    "subjects": (("both", "mathematics and reading"), ("math", "mathematics only"), ("reading", "reading only")),
    "last_year": (
        ("", "all years"), (1, "the first year"), (2, "two years"), (3, "three years"), (4, "four years"),
        (5, "five years"), (6, "six years"), (7, "seven years"),
    ),
    "population.grades": (
        ("", "all that a school teaches"), ("K-2", "kindergarten to grade 2"), ("3-5", "grades 3 to 5"),
        ("K-5", "kindergarten to grade 5"), ("6-8", "grades 6 to 8"), ("9-12", "grades 9 to 12"),
        ("3-8", "grades 3 to 8"), (3, "grade 3 only"), (4, "grade 4 only"), (5, "grade 5 only"), (6, "grade 6 only"),
        (7, "grade 7 only"), (8, "grade 8 only"), (9, "grade 9 only"), (10, "grade 10 only"),
    ),
    "programs.tutoring.aim": (("lot", "some by lot, for good"), ("standing", "every year those who stand lowest")),
    "support.initiation": (
        ("", "as each school has it"), ("engaged", "teachers and families took part"),
        ("imposed", "imposed from above"),
    ),
    "support.rollout": (("big_bang", "everything in the first week"), ("phased", "one practice after the other")),
    "support.structure": (("overlay", "stay as they were"), ("redesign", "are released")),
}  # fmt: skip
"""By key, or by name where several have it."""

SPANS = {
    "practices.learner_profiles.data_interval_weeks": (1.0, 36.0, 1.0),
    "practices.learning_paths.options": (1.0, 12.0, 1.0),
    "practices.competency_progression.assessment_wait_weeks": (0.0, 12.0, 0.5),
    "practices.competency_progression.deadline_weeks": (0.0, 36.0, 1.0),
    "practices.flexible_environment.groups": (1.0, 10.0, 1.0),
    "practices.flexible_environment.regroup_interval_weeks": (1.0, 36.0, 1.0),
    "practices.flexible_environment.adult_hours": (0.0, 10.0, 0.25),
    "practices.advising.minutes": (0.0, 90.0, 5.0),
    "practices.technology.tools": (0.0, 40.0, 1.0),
    "practices.belonging.college_career_minutes": (0.0, 180.0, 5.0),
    "support.coaching_hours": (0.0, 5.0, 0.1),
    "support.instruction_coaching_hours": (0.0, 5.0, 0.05),
    "support.planning_hours": (0.0, 10.0, 0.25),
    "support.rollout_weeks": (8.0, 288.0, 4.0),
    "support.network_schools": (0.0, 60.0, 1.0),
    "support.pool_coaching_hours": (0.0, 200.0, 5.0),
    "programs.tutoring.minutes": (0.0, 300.0, 15.0),
    "programs.tutoring.ratio": (1.0, 8.0, 1.0),
    "programs.hours.math": (0.0, 10.0, 0.25),
    "programs.hours.reading": (0.0, 10.0, 0.25),
    "programs.software.extra_minutes": (0.0, 600.0, 15.0),
    "programs.class_size.students": (8.0, 40.0, 1.0),
    "programs.coaching.hours": (0.0, 5.0, 0.1),
    "programs.software.minutes": (0.0, 180.0, 5.0),
    "context.contact_hours_math": (2.0, 12.0, 0.25),
    "context.contact_hours_reading": (2.0, 15.0, 0.25),
    "context.charter_hours_ratio": (0.8, 1.5, 0.05),
    "context.homework_minutes": (0.0, 300.0, 10.0),
    "context.base_tools": (0.0, 20.0, 1.0),
    "context.class_size": (8.0, 40.0, 1.0),
    "context.turnover": (0.0, 4.0, 0.1),
    "context.mobility": (0.0, 4.0, 0.1),
    "population.schools": (1.0, 60.0, 1.0),
    "population.students_per_school": (50.0, 1000.0, 10.0),
    "population.charter_schools": (0.0, 60.0, 1.0),
    "population.level_sd": (-1.5, 1.5, 0.05),
    "population.condition_spread": (0.0, 1.5, 0.05),
}
"""Ends and steps of sliders that are no shares; what lies beyond can be had with a scenario file."""

MORE_EVIDENCE = {
    "support.coaching_hours": ("programs.coaching_hours",),
    "support.vision": ("schools.vision",),
    "context.class_size": (
        "context.class_size_elementary", "context.class_size_secondary", "programs.class_size_students",
    ),
}  # fmt: skip
"""Registry entries beside the one that gives an option its typical value."""

UNITS = {
    "context.class_size": "students",
    "context.turnover": "times",
    "context.mobility": "times",
    "programs.hours.math": "hours/week",
    "programs.hours.reading": "hours/week",
    "programs.software.extra_minutes": "minutes/week",
    "population.schools": "",
    "population.level_sd": "SD",
    "population.condition_spread": "",
    "support.pool_coaching_hours": "hours/week",
}
"""Units of what has no entry in the registry, or one that only statisticians know."""

MEANINGS = {
    "intensity": "How much of this the schools do: 0% is none of it, 100% is all that the settings below describe.",
    "subjects": "Lessons of which subjects change: of both, or of one only.",
    "first_week": "In which week of every year it begins: 0 is the first of 36.",
    "last_week": "With which week of every year it ends: 35 is the last.",
    "last_year": "After how many years it ends; what it brought may last longer.",
    "population.grades": "Who is simulated: only students of these grades, in schools that teach them.",
    "spread": "How far schools are apart in it: in about two of three, how much of it is this near the mean.",
    "support.initiation": "Whether teachers and families took part in the decision to start, or had it imposed.",
    "support.rollout": "Whether all practices begin in the first week, or one after the other.",
    "support.structure": "Whether old duties and schedules stay beside the new ones, or are released at a cost, once.",
    "support.pool_coaching_hours": "Coaching that one network can give to all its schools together; 0 is no limit.",
    "programs.software.in_class": "Whether software takes the place of class time, or comes on top, at home.",
    "programs.tutoring.aim": "Chosen once by lot, or every year those in a grade who seem to stand lowest.",
    "programs.hours.math": "Hours a week of mathematics beyond the usual lessons: a second class, a longer day.",
    "programs.hours.reading": "Hours a week of reading beyond the usual lessons: a second class, a longer day.",
    "programs.software.extra_minutes": "Minutes with software and an adult beyond lessons and homework, where served.",
    "context.mobility": "How many students move between schools, as a multiple of what is typical.",
    "context.turnover": "How many teachers leave, as a multiple of what is typical.",
    "population.schools": "How many schools are simulated: more of them, less chance in the answer.",
    "population.students_per_school": "How many students each school has.",
    "population.charter_schools": "How many of the schools are charter schools; the others belong to a district.",
    "population.level_sd": "How far above or below the national norms students begin, in standard deviations (SD).",
}
"""What no entry of the registry explains; by key, or by name where every practice has it."""

STARTS = {
    "First steps": {
        "typical_practice": "Typical schools",
        "personalized_school": "Schools that personalize, with ordinary support",
        "one_school_demo": "One elementary school, quick to try",
    },
    "Schools like those of studies": {
        "nglc_2015": "Forty early adopters (NGLC, 2015)",
        "early_adopters": "62 well supported early adopters (RAND, 2015)",
        "small_classes": "Small classes (as in Tennessee’s STAR)",
        "software_homework": "Homework on software (as in Maine)",
        "tutoring_program": "Tutoring for one student in five",
    },
    "One idea at a time": {
        "coached_teachers": "A coach for every teacher",
        "competency_based": "Moving on by mastery",
        "flexible_grouping": "Flexible small groups",
        "cross_grade_pools": "Groups across grades",
        "relationships_first": "People first",
        "technology_first": "Technology first",
        "self_paced_without_support": "Own pace, without support",
        "shared_library_network": "Schools that share a lesson library",
    },
    "Ways to introduce it": {
        "big_bang": "Everything from the first day",
        "phased_rollout": "One practice after the other",
        "gentle_start": "A gentle start",
        "engaged": "Begun with teachers and families",
        "imposed": "Imposed from above",
        "overlay_on_old_schedule": "On top of the old schedule",
        "redesigned_school": "With redesigned schedules",
        "district_scale_up": "Scaled up to ordinary district schools",
    },
}
"""Shipped scenarios in plain words, in the order in which they are offered."""


def start_title(name: str) -> str:
    """What a starting point is called on the page."""
    plain = name.replace("_", " ").capitalize()
    return next((titles[name] for titles in STARTS.values() if name in titles), plain)


def start_about(path: Path) -> str:
    """What a starting point is, from the first line of its file."""
    return _REFERENCE.sub("", first_line(path))
