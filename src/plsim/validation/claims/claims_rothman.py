"""Claims of R. Rothman, Education Week, 2017-07-12."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from plsim.core.calendar import FALL_WEEK, SPRING_WEEK
from plsim.evidence import norms
from plsim.validation.claims.claim_lab import Lab, Tried
from plsim.validation.claims.claims import Collected, rises

CLAIM = Collected("Rothman, Education Week 2017-07-12")

FIRST_YEAR = {"population.years_in_operation_shares": (1.0,)}
SAME_AS_NATIONAL = ("advising_minutes", "choice_options", "path_share")


@CLAIM(
    "1.1",
    "Gains are modest, mainly in mathematics",
    "effect in mathematics less that in reading, nglc_2015 (SD)",
    above=0.0,
    below=0.2,
    facts=("R17-01", "R17-02"),
)
def _mainly_mathematics(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    return run.effect(subject="math") - run.effect(subject="reading")


DIALS = ("learner_profiles", "learning_paths", "competency_progression", "flexible_environment")


@CLAIM(
    "1.2",
    "Four approaches, each a dial of its own: profiles, paths, progression by competency, flexible environments",
    "the smallest difference that switching one of the four off makes in personalized_school (SD, either way)",
    above=0.0001,
)
def _four_dials(lab: Lab) -> float:
    with_all, *without = lab.effects(
        "personalized_school", [{}, *({f"practices.{dial}.intensity": 0.0} for dial in DIALS)]
    )
    return min(abs(with_all - each) for each in without)


@CLAIM(
    "1.3",
    "The approaches are implemented to varying degrees",
    "spread over schools of how much they really do of each practice of nglc_2015, mean of the practices",
    above=0.05,
    label="input",
)
def _varying(lab: Lab) -> float:
    return float(lab.try_("nglc_2015").intensities.std(axis=0).mean())


@CLAIM(
    "1.4",
    "Goal talks, choice and tailoring are as in the national sample",
    "largest contrast with typical schools in minutes of goal talks, options and own paths, as a share of typical",
    below=0.05,
    label="input",
    facts=("R17-16",),
)
def _as_national(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    here, there = ([run.lever(name, typical=each).mean() for name in SAME_AS_NATIONAL] for each in (False, True))
    return float(max(abs(a - b) / b for a, b in zip(here, there, strict=True)))


def standing(run: Tried, week: int) -> float:
    """Mean place of the program's first-year students in the norms (SD)."""
    n, each = norms(), np.arange(2)
    grade = run.setting.timeline.years[0].grade.astype(np.int64)
    _, keep = run.student_effects(1)
    mean, sd = (n.fall_mean, n.sd_fall_observed) if week == FALL_WEEK else (n.spring_mean, n.sd_spring_observed)
    scores = run.program.tests[0, week].achievement[keep]
    of = grade[keep][:, np.newaxis]
    return float(((scores - mean[each, of]) / sd[each, of]).mean())


@CLAIM(
    "1.5",
    "Students start below the norms and come nearer",
    "percentile points in the norms from fall to spring, nglc_2015",
    above=0.0,
    facts=("R17-04", "R15-13"),
)
def _nearer(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    fall, spring = standing(run, FALL_WEEK), standing(run, SPRING_WEEK)
    return 100.0 * float(ndtr(spring) - ndtr(fall)) if fall < 0.0 else -1.0


@CLAIM(
    "1.6",
    "In schools with two years of data gains go on",
    "cumulative effect after two years less that after one (SD)",
    above=0.0,
    facts=("R17-07",),
)
def _go_on(lab: Lab) -> float:
    run = lab.try_("nglc_2015", FIRST_YEAR, years=2)
    return run.effect(year=2) - run.effect(year=1)


@CLAIM(
    "1.7",
    "More of it, more effect",
    "smallest step of the effect as grouping on data, flexible time and profiles rise from a third to all of plan (SD)",
    above=0.0,
    facts=("R17-11",),
)
def _dose(lab: Lab) -> float:
    plan = {"flexible_environment": (0.35, 0.7), "data_driven_grouping": (0.35, 0.8), "learner_profiles": (0.5, 0.9)}
    doses = [
        {f"practices.{name}.intensity": low + dose * (high - low) for name, (low, high) in plan.items()}
        for dose in (1 / 3, 2 / 3, 1.0)
    ]
    return rises(lab.effects("flexible_grouping", doses, years=2))


@CLAIM(
    "1.8",
    "There is too little time to make lessons personal",
    "share of teachers short of time: personalized_school less typical practice",
    above=0.0,
    facts=("ME-23", "ME-24"),
)
def _short_of_time(lab: Lab) -> float:
    return lab.try_(
        "personalized_school", {"support.planning_hours": 0.0, "practices.learning_paths.intensity": 0.8}
    ).get("obstacle_time")


@CLAIM(
    "1.9",
    "Choice pulls against the standards",
    "many own paths, paces and choices instead of few: the smaller of the grade's content lost (share taught and "
    "mastered) and engagement won (SD)",
    above=0.0,
    facts=("ME-16",),
)
def _choice(lab: Lab) -> float:
    def choice(intensity: float) -> dict[str, object]:
        return {
            "practices.learning_paths.intensity": intensity,
            "practices.learning_paths.options": 4.0,
            "practices.competency_progression.intensity": intensity,
        }

    few, many = (lab.try_("typical_practice", choice(each)) for each in (0.1, 0.9))
    lost, won = (many.get(name, arm="scenario") - few.get(name, arm="scenario") for name in ("on_grade", "engagement"))
    return min(-lost, won)


@CLAIM(
    "1.10",
    "Grades by competency cost parents' trust unless they are explained",
    "trust after two years of progression by competency: explained to families less unexplained (share)",
    above=0.0,
    facts=("PL-09",),
    label="true by construction",
)
def _trust(lab: Lab) -> float:
    reform = {"practices.competency_progression.intensity": 0.8}
    silent, told = (
        lab.try_("typical_practice", {**reform, "support.community_engagement": each}, years=2).get("trust")
        for each in (0.1, 0.8)
    )
    return told - silent if silent < 0.0 else silent


@CLAIM(
    "1.11",
    "It works only with capable, supported teachers",
    "the smaller of: effect with three years of use and a coach less that of novices without, and 0.02 less that of "
    "novices (SD)",
    above=0.0,
)
def _capable(lab: Lab) -> float:
    novices, experts = lab.effects(
        "personalized_school",
        [
            {"support.coaching_hours": 0.0, **FIRST_YEAR},
            {"support.coaching_hours": 1.5, "population.years_in_operation_shares": (0.0, 0.0, 0.0, 1.0)},
        ],
    )
    return min(experts - novices, 0.02 - novices)
