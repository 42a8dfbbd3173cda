"""Plain words for what can be set on the page, and the ends of sliders that are no shares.

Meanings, units, typical values and evidence come from the registry; here stand only short titles.
"""

from __future__ import annotations

GROUPS = {
    "learner_profiles": ("Learner profiles", ""),
    "learning_paths": ("Personal learning paths", ""),
    "competency_progression": ("Moving on by mastery", ""),
    "flexible_environment": ("Groups, one-on-one time, space", ""),
    "data_driven_grouping": ("Grouping by data", ""),
    "advising": ("Advising", ""),
    "technology": ("Technology", ""),
    "belonging": ("Relationships and belonging", ""),
    "support": (
        "Support for schools and teachers",
        "What a district, network or leader gives so that practices can work.",
    ),
    "tutoring": ("Tutoring", "Tutors beside the class, for some students."),
    "class_size": ("Class size", "Smaller (or larger) sections all year."),
    "lesson_library": ("Bought lessons", "Lessons at many levels, bought or given."),
    "coaching": ("Coaching program", "Coaching added to what support gives."),
    "software": ("Software program", "A dose of learning software, in class or at home."),
    "context": ("Conditions", "What a school cannot choose. Typical practice is compared under the same conditions."),
    "population": ("Schools and students", "Who is simulated, drawn from national norms. Nobody is real."),
}

TITLES = {"intensity": "How much of it", "spread": "How unlike schools are in it"}
"""Of what every practice has."""

MAIN = frozenset({
    "support.coaching_hours", "support.planning_hours", "support.vision", "support.leadership",
    "support.community_engagement", "support.structure", "context.contact_hours_math",
    "context.contact_hours_reading", "context.class_size", "context.turnover", "population.schools",
    "population.students_per_school", "population.charter_schools", "population.lunch_share",
    "population.level_sd", "programs.tutoring.share", "programs.tutoring.minutes", "programs.class_size.students",
    "programs.lesson_library.coverage", "programs.coaching.hours", "programs.software.minutes",
})  # fmt: skip
"""Shown before "more settings" is opened, beside how much there is of each practice."""

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
    "practices.advising.srl_instruction": "Teaching how to learn on one’s own",
    "practices.technology.tech_share": "Lesson time with software",
    "practices.technology.content_quality_math": "Quality of mathematics software",
    "practices.technology.content_quality_reading": "Quality of reading software",
    "practices.technology.tools": "Digital tools for a teacher",
    "practices.belonging.peer_work": "Lesson time in work with classmates",
    "practices.belonging.college_career_minutes": "College and career work",
    "support.coaching_hours": "Coaching for each teacher",
    "support.planning_hours": "Extra planning time for each teacher",
    "support.library_access": "Shared lesson library open to the school",
    "support.library_support": "Help to find and use shared lessons",
    "support.vision": "Shared vision",
    "support.community_engagement": "Families take part and are told why",
    "support.leadership": "Leadership for the change",
    "support.initiation": "How it began",
    "support.rollout": "How it is brought in",
    "support.rollout_weeks": "Weeks that a phased start takes",
    "support.structure": "Old duties and schedules",
    "support.network_schools": "Schools that share library and support",
    "support.pool_coaching_hours": "Coaching a network can give (0: all that is asked)",
    "programs.tutoring.minutes": "Tutoring, each subject",
    "programs.tutoring.ratio": "Students for each tutor",
    "programs.tutoring.quality": "Quality of tutors",
    "programs.tutoring.share": "Students served",
    "programs.tutoring.displaced": "Taken from class time",
    "programs.class_size.students": "Students in a class",
    "programs.lesson_library.coverage": "Lesson levels covered",
    "programs.coaching.hours": "Coaching for each teacher",
    "programs.software.minutes": "Software, each subject",
    "programs.software.in_class": "In class time (else at home)",
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
    "population.schools": "Schools",
    "population.students_per_school": "Students in a school",
    "population.charter_schools": "Of these, charter schools",
    "population.lunch_share": "Eligible for free or reduced-price lunch",
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

CHOICES = {
    "support.initiation": (
        ("", "as each school has it"), ("engaged", "teachers and families took part"),
        ("imposed", "imposed from above"),
    ),
    "support.rollout": (("big_bang", "everything in the first week"), ("phased", "one practice after the other")),
    "support.structure": (("overlay", "stay as they were"), ("redesign", "are released")),
}  # fmt: skip

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
    "support.planning_hours": (0.0, 10.0, 0.25),
    "support.rollout_weeks": (8.0, 288.0, 4.0),
    "support.network_schools": (0.0, 60.0, 1.0),
    "support.pool_coaching_hours": (0.0, 200.0, 5.0),
    "programs.tutoring.minutes": (0.0, 300.0, 15.0),
    "programs.tutoring.ratio": (1.0, 8.0, 1.0),
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
    "population.schools": "",
    "population.level_sd": "SD",
}
"""Units of what has no entry in the registry."""
