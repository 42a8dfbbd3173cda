"""Claims of NWEA on RAND's report of 2015, and of our own notes on the evidence: their yardstick, and two cautions."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from plsim.core.calendar import FALL_WEEK, MATH, READING, SPRING_WEEK
from plsim.evidence import norms
from plsim.practices.levers import INTENSITIES
from plsim.scenario.schema import typical_again
from plsim.validation.claims.claim_lab import Lab, shipped
from plsim.validation.claims.claims import Collected, interior, rises

CLAIM = Collected("NWEA on the 2015 report")

RAISED = (
    "data_driven_grouping", "learner_profiles", "flexible_environment", "advising", "technology",
    "competency_progression",
)  # fmt: skip
PRACTISED = {"population.years_in_operation_shares": (0.0, 1.0)}


@CLAIM(
    "4.1",
    "No standard: every school implements in its own way",
    "different implementations among 32 schools, told apart by tenths of intensity",
    above=31.5,
    label="input",
    facts=("R15-14",),
)
def _own_way(lab: Lab) -> float:
    planned = lab.try_("early_adopters", schools=32, students=20).program.arm.planned[:, 0, INTENSITIES]
    return float(len(np.unique(np.round(10.0 * planned), axis=0)))


@CLAIM(
    "4.2",
    "62 schools, some 11,000 students, 80% eligible for free or reduced-price lunch, tested on a vertical scale",
    "of these three features, how many the shipped scenario has",
    above=2.5,
    label="input",
    facts=("R15-05", "R15-06"),
)
def _sample(lab: Lab) -> float:  # noqa: ARG001
    of = shipped("early_adopters").population
    fits = (of.schools == 62, abs(of.schools * of.students_per_school - 11_000) < 500, of.lunch_share == 0.8)
    return float(sum(fits))


@CLAIM(
    "4.3",
    "Both subjects gain, the lowest students most in mathematics",
    "the smallest of: effect in mathematics, in reading, lowest less highest fifth in mathematics (SD, two years)",
    above=0.0,
    facts=("R15-01", "R15-02", "R15-11"),
)
def _both(lab: Lab) -> float:
    run = lab.try_("early_adopters", years=2)
    lowest, highest = (run.effect(subject="math", group=f"quintile:{fifth}") for fifth in (1, 5))
    return min(run.effect(subject="math"), run.effect(subject="reading"), lowest - highest)


@CLAIM(
    "4.4",
    "Most schools have significantly positive effects",
    "share of schools that a study would find significantly positive after two years, early_adopters",
    above=0.5,
    facts=("R15-10",),
)
def _most_schools(lab: Lab) -> float:
    from plsim.measures.matching import MATCHES
    from plsim.validation.facts.sampling import school_noise, student_noise

    run = lab.try_("early_adopters", years=2)
    grade = run.setting.population.grade.astype(np.int64)
    students = float(student_noise(grade).mean()) * (1.0 + 1.0 / MATCHES) / 177.0 / 2.0
    schools = students + float(school_noise(grade, 4.0).mean()) / 2.0
    return float(ndtr((run.school_effects() - 1.96 * np.sqrt(students)) / np.sqrt(schools)).mean())


@CLAIM(
    "4.5",
    "College and career work is part of it, and no test shows it soon",
    "what ninety minutes a week of it change in the effect of a year, either way (SD)",
    below=0.03,
)
def _fifth_dial(lab: Lab) -> float:
    key = "practices.belonging.college_career_minutes"
    little, much = lab.effects("early_adopters", [{key: 40.0}, {key: 90.0}])
    return abs(much - little)


BUNDLE = ("learner_profiles", "data_driven_grouping")


@CLAIM(
    "4.6",
    "Using data for instructional grouping had the greatest impact",
    "loss without profiles and grouping on them less the largest loss without any other practice, early_adopters (SD)",
    above=0.0,
    facts=("R15-15", "ME-01", "ME-02", "ME-03", "ME-06"),
)
def _grouping_first(lab: Lab) -> float:
    together = {key: value for name in BUNDLE for key, value in typical_again(name).items()}
    others = [typical_again(each) for each in RAISED if each not in BUNDLE]
    with_all, *without = lab.effects(
        "early_adopters", [PRACTISED, *({**PRACTISED, **each} for each in (together, *others))]
    )
    losses = [with_all - each for each in without]
    return losses[0] - max(losses[1:])


@CLAIM(
    "4.7",
    "Students are met where they are, and that does the work",
    "effect of profiles and groups made from them with reliable data less that with data that say nothing (SD)",
    above=0.0,
    facts=("AD-12", "AD-13"),
)
def _met(lab: Lab) -> float:
    key = "practices.learner_profiles.assessment_reliability"
    blind, seeing = lab.effects("flexible_grouping", [{key: each} for each in (0.0, 0.85)], years=2)
    return seeing - blind


@CLAIM(
    "4.8",
    "Personalized time works best as part of the day, not all of it",
    "best effect at 20, 40 or 60% of time on own paths less the better of none and 95% (SD)",
    above=0.0,
)
def _part_of_day(lab: Lab) -> float:
    each = [
        {"practices.learning_paths.intensity": 1.0, "practices.learning_paths.path_share": share}
        for share in (0.0, 0.2, 0.4, 0.6, 0.95)
    ]
    return interior(lab.effects("personalized_school", each))


@CLAIM(
    "4.9",
    "Good data and tools are the ground it stands on",
    "smallest step of the effect as the reliability of assessments rises: 0.3, 0.6, 0.9 (SD, second year)",
    above=0.0,
)
def _good_data(lab: Lab) -> float:
    key = "practices.learner_profiles.assessment_reliability"
    return rises(lab.effects("flexible_grouping", [{key: each} for each in (0.3, 0.6, 0.9)], years=2))


@CLAIM(
    "4.10",
    "It must work for all, not only for the affluent",
    "the smaller effect of students eligible for lunch support and others, early_adopters, two years (SD)",
    above=0.0,
)
def _for_all(lab: Lab) -> float:
    run = lab.try_("early_adopters", years=2)
    return min(run.effect(group=f"lunch_eligible:{each}") for each in ("no", "yes"))


YARDSTICK = range(2, 11)
"""Grades of the notes' table of normal growth."""


def _off_the_yardstick(lab: Lab, subject: int) -> float:
    run = lab.try_("typical_practice")
    grade = run.setting.timeline.years[0].grade.astype(np.int64)
    tests = run.typical.tests
    gain = (tests[0, SPRING_WEEK].achievement - tests[0, FALL_WEEK].achievement)[:, subject]
    n = norms()
    away = [
        (float(gain[grade == each].mean()) - n.growth[subject, each]) / n.sd_fall_observed[subject, each]
        for each in YARDSTICK
    ]
    return float(np.abs(away).max())


@CLAIM(
    "F.1",
    "A year of typical practice brings the norms' growth in mathematics, grade by grade",
    "largest gap, grades 2 to 10, between growth from fall to spring under typical practice and in the norms (SD)",
    below=0.1,
    label="input",
    facts=("MAP-3m", "MAP-5m", "MAP-8m"),
)
def _mathematics_year(lab: Lab) -> float:
    return _off_the_yardstick(lab, MATH)


@CLAIM(
    "F.2",
    "A year of typical practice brings the norms' growth in reading, grade by grade",
    "largest gap, grades 2 to 10, between growth from fall to spring under typical practice and in the norms (SD)",
    below=0.1,
    label="input",
    facts=("MAP-3r", "MAP-5r", "MAP-8r"),
)
def _reading_year(lab: Lab) -> float:
    return _off_the_yardstick(lab, READING)


@CLAIM(
    "G.2",
    "The kind of test changes the size of mastery effects several-fold",
    "effect of progression by mastery on a test of what was taught, over that on a broad test (both in SD)",
    above=2.0,
    facts=("ME-11", "ME-14"),
)
def _kind_of_test(lab: Lab) -> float:
    run = lab.try_("competency_based", PRACTISED)
    aligned = run.program.tests[0, 32].aligned - run.typical.tests[0, 32].aligned
    sd = run.typical.tests[0, 32].aligned.std(axis=0) / np.sqrt(0.85)
    # A broad effect near or below zero makes the ratio as large as can be told.
    return float((aligned / sd).mean()) / max(run.effect(), 0.01)


@CLAIM(
    "G.4",
    "Grouping pays only where teaching is adapted to the groups",
    "what groups by level add to groups of mixed level: with fresh data and help for teachers less without (SD)",
    above=0.0,
    facts=("ME-02", "ME-06"),
)
def _adapted(lab: Lab) -> float:
    adapted: dict[str, object] = {
        "practices.learner_profiles.intensity": 1.0,
        "support.coaching_hours": 0.8,
        "support.planning_hours": 2.0,
    }

    def by_level(help_: dict[str, object]) -> float:
        groups = {"practices.flexible_environment.intensity": 0.7, **PRACTISED, **help_}
        mixed, level = lab.effects(
            "typical_practice",
            [{**groups, "practices.data_driven_grouping.intensity": intensity} for intensity in (0.0, 1.0)],
        )
        return level - mixed

    return by_level(adapted) - by_level({"practices.learner_profiles.intensity": 0.0})
