"""Claims of B. Herold, Education Week, 2017-07-11."""

from __future__ import annotations

import numpy as np

from plsim.measures.least_squares import slope
from plsim.validation.claims.claim_lab import Lab, Tried, shipped
from plsim.validation.claims.claims import Collected

CLAIM = Collected("Herold, Education Week 2017-07-11")

FIRST_YEAR = {"population.years_in_operation_shares": (1.0,)}
PATHS = "practices.learning_paths.intensity"
PACE = "practices.competency_progression"
NGLC_SCHOOLS = 40


@CLAIM(
    "2.1",
    "Personalized schools are hard to tell from others",
    "chance that a survey's index of implementation is higher in a school of nglc_2015 than in another",
    above=0.5,
    below=0.9,
    label="input",
)
def _hard_to_tell(lab: Lab) -> float:
    from scipy.stats import norm  # takes a second to import, and stored claims do not need it

    run = lab.try_("nglc_2015")
    here, there = run.implementation(), run.implementation(typical=True)
    reliability = lab.number("surveys.index_reliability")
    # The survey's noise comes on top of what schools differ in truly; both sides were asked the same questions.
    both = float(here.var(ddof=1) + there.var(ddof=1)) / reliability
    return float(norm.cdf((here.mean() - there.mean()) / np.sqrt(both)))


@CLAIM(
    "2.2",
    "Forty schools, some 10,600 students, mostly charter, 80% eligible for free or reduced-price lunch",
    "of these four features, how many the shipped scenario has",
    above=3.5,
    label="input",
    facts=("R17-05", "R17-06"),
)
def _sample(lab: Lab) -> float:  # noqa: ARG001
    of = shipped("nglc_2015").population
    fits = (
        of.schools == NGLC_SCHOOLS,
        abs(of.schools * of.students_per_school - 10_600) < 500,
        of.charter_schools == 31,
        of.lunch_share == 0.8,
    )
    return float(sum(fits))


@CLAIM(
    "2.3",
    "Choice of topics is rare here as elsewhere",
    "options offered for one objective in nglc_2015, as really offered",
    below=2.0,
    label="input",
    facts=("R17-16",),
)
def _rare_choice(lab: Lab) -> float:
    return float(lab.try_("nglc_2015").lever("choice_options").mean())


@CLAIM(
    "2.4",
    "Good digital materials are lacking: schools find products one by one, and share few",
    "share of the products named by forty schools that more than one school names",
    above=0.0,
    below=0.35,
    facts=("R17-13", "R17-14", "R17-15"),
    label="input",
)
def _products(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    distinct, shared = (run.get(f"products_{name}", arm="scenario") for name in ("distinct", "shared"))
    return shared / distinct


@CLAIM(
    "2.5",
    "There is not enough time to make lessons fit",
    "share of plans that teachers carry out for own paths: with a bought library less without any",
    above=0.0,
)
def _no_time(lab: Lab) -> float:
    paths = {PATHS: 0.9, "population.library": 0.1}
    bought = {"programs.lesson_library": {"coverage": 0.9}}
    without, with_library = (
        lab.try_("personalized_school", {**paths, **each}).get("fidelity", arm="scenario") for each in ({}, bought)
    )
    return with_library - without


@CLAIM(
    "2.6",
    "Personalizing competes with common standards: the growth test rises where the grade's test does not",
    "own paths and pace: the smaller of the effect on the growth test (SD) and the share lost of the grade's content",
    above=0.0,
)
def _common_standards(lab: Lab) -> float:
    run = lab.try_("competency_based", {PATHS: 0.7, f"{PACE}.deadline_weeks": 0.0}, years=1)
    return min(run.effect(), -run.get("on_grade") / run.get("on_grade", arm="counterfactual"))


@CLAIM(
    "2.7",
    "Left to their own pace, many students go too slowly",
    "share of students behind the grade's pace without a deadline: the smaller of what it is above that in typical "
    "practice, and above that with a deadline of four weeks",
    above=0.0,
    facts=("ME-15",),
)
def _too_slow(lab: Lab) -> float:
    alone, floor = (
        lab.try_("self_paced_without_support", {f"{PACE}.deadline_weeks": weeks}).get("behind_pace")
        for weeks in (0.0, 4.0)
    )
    return min(alone, alone - floor)


@CLAIM(
    "2.8",
    "There is more one-on-one time",
    "minutes a week that a student has a teacher alone: nglc_2015 less typical practice",
    above=0.0,
    facts=("R17-17", "ME-25"),
    label="input",
)
def _one_on_one(lab: Lab) -> float:
    return lab.try_("nglc_2015").get("one_on_one_minutes")


@CLAIM(
    "2.9",
    "Groups are made anew more often",
    "regroupings a month: nglc_2015 less typical practice",
    above=0.0,
    facts=("R17-17",),
    label="input",
)
def _regrouping(lab: Lab) -> float:
    return lab.try_("nglc_2015").get("regroupings_per_month")


@CLAIM(
    "2.10",
    "Some three percentile points in a year",
    "percentile points that an average student gains, both subjects, nglc_2015",
    above=1.0,
    below=6.0,
    facts=("R17-01", "R17-02", "R17-03"),
)
def _points(lab: Lab) -> float:
    return lab.try_("nglc_2015").get("percentile_points")


@CLAIM(
    "2.11",
    "Students who are behind gain slightly more",
    "rise of the effect from one fifth of students, by baseline, to the next (SD)",
    above=-0.05,
    below=0.0,
    facts=("R17-10",),
)
def _behind_gain(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    return slope(np.arange(5.0), np.array([run.effect(group=f"quintile:{fifth}") for fifth in range(1, 6)]))


@CLAIM(
    "2.12",
    "Effects accumulate after the second year",
    "the smaller of: effect after one year, what the second year adds (SD)",
    above=0.0,
    facts=("R17-07", "R15-12"),
)
def _accumulate(lab: Lab) -> float:
    run = lab.try_("nglc_2015", FIRST_YEAR, years=2)
    return min(run.effect(year=1), run.effect(year=2) - run.effect(year=1))


@CLAIM(
    "2.13",
    "Later cohorts gain less than the first, strong networks",
    "effect a year of early_adopters less that of nglc_2015 (SD)",
    above=0.0,
    facts=("R14-02", "R15-01", "R17-01"),
    label="input",
)
def _later_less(lab: Lab) -> float:
    return lab.try_("early_adopters", years=2).effect() / 2.0 - lab.try_("nglc_2015").effect()


@CLAIM(
    "2.14",
    "Charter schools outperform district schools, many of which drop",
    "the smaller of: effect in charter schools less that in district schools (SD), share of district schools with an "
    "effect below zero less a tenth",
    above=0.0,
    facts=("R17-12", "R15-08", "R15-09"),
)
def _charter(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    contrast = run.effect(group="governance:charter") - run.effect(group="governance:district")
    drops = run.school_effects()[~run.setting.population.charter] < 0.0
    return min(contrast, float(drops.mean()) - 0.1)


@CLAIM(
    "2.15",
    "Scaling up depends on support: the same support for more schools does less for each",
    "effect of district_scale_up with a pool of coaches for four schools less that with the same pool for sixteen (SD)",
    above=0.0,
)
def _scaling(lab: Lab) -> float:
    pool = {"support.coaching_hours": 1.5, "support.pool_coaching_hours": 60.0}
    few, many = (
        lab.try_("district_scale_up", {**pool, "support.network_schools": count}).effect() for count in (4, 16)
    )
    return few - many


def _expected_t(run: Tried, schools: int) -> float:
    """Largest t that forty schools would show on average for any one practice, all in one regression."""
    from plsim.validation.facts.sampling import school_noise, student_noise

    effects, practices = run.school_effects(), run.intensities
    practices = practices[:, practices.std(axis=0) > 1e-6]
    covariates = practices - practices.mean(axis=0)
    slopes = np.linalg.lstsq(covariates, effects - effects.mean(), rcond=None)[0]
    left = effects - effects.mean() - covariates @ slopes
    freedom = max(len(effects) - covariates.shape[1] - 1, 1)
    grade = run.setting.population.grade.astype(np.int64)
    noise = float((school_noise(grade, 4.0) + student_noise(grade) / 265.0).mean()) / 2.0
    variance = float(left @ left) / freedom + 2.0 * noise
    inverse = np.linalg.inv(covariates.T @ covariates / len(effects))
    return float((np.abs(slopes) / np.sqrt(variance * np.diag(inverse) / schools)).max())


@CLAIM(
    "2.16",
    "Forty schools cannot say which practice matters",
    "largest t that any one practice would show on average in a regression over forty schools",
    below=2.0,
)
def _which_practice(lab: Lab) -> float:
    return _expected_t(lab.try_("nglc_2015"), NGLC_SCHOOLS)


@CLAIM(
    "2.17",
    "Laid over old structures it fails; redesign does better",
    "effect with old duties and schedules released less that of an overlay, second year (SD)",
    above=0.0,
)
def _overlay(lab: Lab) -> float:
    laid_over, redesigned = (
        lab.try_(name, years=2).effect() for name in ("overlay_on_old_schedule", "redesigned_school")
    )
    return redesigned - laid_over


@CLAIM(
    "2.18",
    "Slow and steady wins",
    "effect in the third year of a rollout over two years less that of a start with everything at once (SD)",
    above=0.0,
    facts=("PL-10",),
)
def _slow(lab: Lab) -> float:
    at_once, steadily = lab.effects(
        "personalized_school",
        [{"support.rollout": "big_bang"}, {"support.rollout": "phased", "support.rollout_weeks": 72}],
        years=3,
    )
    return steadily - at_once


@CLAIM(
    "2.19",
    "Policy should relax grade-level standards",
    "effect of personalized_school under weak less that under strong accountability for grade-level standards (SD)",
    above=0.0,
)
def _relax(lab: Lab) -> float:
    strict, flexible = lab.effects(
        "personalized_school", [{"context.accountability_district": weight} for weight in (0.9, 0.2)]
    )
    return flexible - strict


@CLAIM(
    "2.20",
    "A path for every student may be too much for teachers",
    "hours a week asked of a teacher by own paths for nearly all of the time less for little of it",
    above=0.5,
)
def _too_much(lab: Lab) -> float:
    little, much = (
        lab.try_("typical_practice", {PATHS: share, "population.library": 0.1}).get("teacher_hours", arm="scenario")
        for share in (0.1, 1.0)
    )
    return much - little


PORTFOLIO = (
    "nglc_2015",
    "personalized_school",
    "technology_first",
    "relationships_first",
    "flexible_grouping",
    "competency_based",
    "self_paced_without_support",
    "overlay_on_old_schedule",
    "tutoring_program",
    "software_homework",
)


@CLAIM(
    "2.21",
    "Evidence is thin, popularity ahead of it: an effect near zero must be possible",
    "share of ten shipped programs whose effect in the first year is at most 0.05 SD",
    above=0.1,
    facts=("ME-28",),
)
def _near_zero(lab: Lab) -> float:
    return float(np.mean([lab.try_(name).effect() <= 0.05 for name in PORTFOLIO]))
