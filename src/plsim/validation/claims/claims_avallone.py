"""Claims of A. Avallone (NGLC), Education Week, 2017-08-04."""

from __future__ import annotations

import numpy as np

from plsim.evidence import norms
from plsim.measures.least_squares import slope
from plsim.practices.levers import PRACTICES
from plsim.scenario.schema import typical_again
from plsim.validation.claims.claim_lab import Lab, Tried, shipped
from plsim.validation.claims.claims import MARGIN, Collected, interior, rises

CLAIM = Collected("Avallone, Education Week 2017-08-04")

FIRST_YEAR = {"population.years_in_operation_shares": (1.0,)}
PATHS = "practices.learning_paths.intensity"
TECHNOLOGY = "practices.technology.intensity"


@CLAIM(
    "0.1",
    "Personalized learning helps students at every level",
    "the smallest effect in any fifth of students by baseline, nglc_2015 (SD)",
    above=0.0,
    facts=("R17-09",),
)
def _at_every_level(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    return min(run.effect(group=f"quintile:{fifth}") for fifth in range(1, 6))


@CLAIM(
    "0.2",
    "The largest gains come in the second year: there is a learning curve",
    "what the second year adds to the effect less what the first brought, schools from their first year on (SD)",
    above=0.0,
    facts=("R17-08", "AD-01", "AD-02"),
)
def _second_year(lab: Lab) -> float:
    run = lab.try_("nglc_2015", FIRST_YEAR, years=2)
    return run.effect(year=2) - 2.0 * run.effect(year=1)


@CLAIM(
    "0.3",
    "Deeper implementation goes with larger effects",
    "rise of schools' effects with one SD of what they really implement, nglc_2015 (SD)",
    above=0.0,
    facts=("R17-11",),
)
def _deeper(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    found = run.implementation()
    return slope(found, run.school_effects()) * float(found.std())


def _rise(run: Tried) -> float:
    return run.effect(year=2) - run.effect(year=1)


@CLAIM(
    "0.4",
    "The learning curve is capacity: of students, of educators, in shares that nobody has measured",
    "the larger of the shares of the rise from year 1 to 2 that is lost when students, or teachers, do not develop",
    above=0.1,
)
def _whose_curve(lab: Lab) -> float:
    whole, *frozen = (
        _rise(lab.try_("nglc_2015", {**FIRST_YEAR, **freeze}, years=2))
        for freeze in ({}, {"freeze.students": True}, {"freeze.teachers": True})
    )
    return max(1.0 - each / whole for each in frozen) if whole > MARGIN else 0.0


def _regulation_slope(run: Tried) -> float:
    effects, keep = run.student_effects()
    own = run.setting.population.self_regulation[keep]
    return slope(own, effects[keep]) * float(own.std())


@CLAIM(
    "0.5",
    "Students need support in managing themselves",
    "rise of effects with one SD of self-regulation at their own pace: without support less with advising (SD)",
    above=0.0,
)
def _need_support(lab: Lab) -> float:
    with_support = {"practices.advising.intensity": 0.8, "practices.advising.srl_instruction": 0.8}
    alone, helped = (_regulation_slope(lab.try_("self_paced_without_support", each)) for each in ({}, with_support))
    return alone - helped


@CLAIM(
    "0.6",
    "Teachers need professional learning for the new role",
    "effect with two hours of coaching a week less that with none, personalized_school, second year (SD)",
    above=0.0,
)
def _professional_learning(lab: Lab) -> float:
    none, much = lab.effects("personalized_school", [{"support.coaching_hours": h} for h in (0.0, 2.0)], years=2)
    return much - none


@CLAIM(
    "0.7",
    "What the studies did not measure matters: relationships, belonging, self-regulation",
    "effect of relationship work and taught self-regulation alone, which no index of the study holds, second year (SD)",
    above=0.0,
    facts=("ME-31", "ME-32"),
)
def _unstudied(lab: Lab) -> float:
    unseen = {
        "practices.belonging.intensity": 0.9,
        "practices.advising.intensity": 0.6,
        "practices.advising.srl_instruction": 0.8,
    }
    return lab.try_("typical_practice", unseen, years=2).effect()


@CLAIM(
    "0.8",
    "Regrouping on data and time one-on-one mark these schools out",
    "the smaller contrast with typical practice, as a share of typical: regroupings a month, minutes one-on-one",
    above=0.1,
    facts=("R17-17",),
    label="input",
)
def _marks(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    names = ("regroupings_per_month", "one_on_one_minutes")
    return min(run.get(name) / run.get(name, arm="counterfactual") for name in names)


@CLAIM(
    "0.9",
    "Charter schools can give adults other roles",
    "minutes one-on-one that the program adds: charter schools less district schools (minutes a week)",
    above=0.0,
    label="true by construction",
)
def _adult_roles(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    charter, district = (run.get("one_on_one_minutes", group=f"governance:{kind}") for kind in ("charter", "district"))
    return charter - district


OBSTACLES = ("obstacle_time", "obstacle_tools", "obstacle_parents", "obstacle_slow_pace", "obstacle_standards")


@CLAIM(
    "0.10",
    "Flexible schools meet fewer obstacles",
    "obstacles named, of five, where schools have little freedom less where they have much; personalized_school",
    above=0.0,
    facts=("R17-17",),
)
def _obstacles(lab: Lab) -> float:
    named = []
    for autonomy, structure in ((0.2, "overlay"), (0.9, "redesign")):
        run = lab.try_(
            "personalized_school",
            {"context.autonomy_district": autonomy, "support.structure": structure},
        )
        named.append(sum(run.get(name, arm="scenario") for name in OBSTACLES))
    return named[0] - named[1]


@CLAIM(
    "0.11",
    "Groups across grades do more than groups within grades",
    "effect of flexible_grouping with groups across the grades of a pool less that without (SD)",
    above=0.0,
    facts=("ME-03", "ME-04"),
)
def _across_grades(lab: Lab) -> float:
    key = "practices.flexible_environment.cross_grade"
    within, across = lab.effects("flexible_grouping", [{key: 0.0}, {key: 1.0}])
    return across - within


@CLAIM(
    "0.12",
    "Change that a community is engaged in lasts; imposed change does not",
    "share of schools gone back after five years: imposed less engaged",
    above=0.0,
    facts=("PL-09",),
    label="true by construction",
)
def _engaged(lab: Lab) -> float:
    gone = [lab.try_(name, years=5).get("reverted", arm="scenario") for name in ("imposed", "engaged")]
    return gone[0] - gone[1]


@CLAIM(
    "0.13",
    "Technology makes individual paths cheaper in teachers' time",
    "hours a week asked of teachers for paths with hardly any software less those with a few tools well used",
    above=0.0,
)
def _efficient(lab: Lab) -> float:
    hours = [
        lab.try_("typical_practice", {PATHS: 0.8, TECHNOLOGY: share, "practices.technology.tools": 4.0}).get(
            "teacher_hours", arm="scenario"
        )
        for share in (0.1, 0.8)
    ]
    return hours[0] - hours[1]


@CLAIM(
    "0.14",
    "Assessment on demand lets students move on when they are ready",
    "assessment on demand instead of every four weeks, competency_based: weeks of lessons further on at the year's end",
    above=0.0,
)
def _on_demand(lab: Lab) -> float:
    key = "practices.competency_progression.assessment_wait_weeks"
    late, prompt = (lab.try_("competency_based", {key: wait}) for wait in (4.0, 0.0))
    return prompt.get("pace_weeks", arm="scenario") - late.get("pace_weeks", arm="scenario")


@CLAIM(
    "0.15",
    "Frequent data keep the picture of a student's needs up to date, and groups made from it teach more",
    "smallest step of the effect from data every 12 weeks to 6, 3 and 1.5, flexible_grouping, second year (SD)",
    above=0.0,
    facts=("ME-10",),
)
def _frequent(lab: Lab) -> float:
    key = "practices.learner_profiles.data_interval_weeks"
    return rises(lab.effects("flexible_grouping", [{key: weeks} for weeks in (12.0, 6.0, 3.0, 1.5)], years=2))


@CLAIM(
    "0.16",
    "Playlists widen choice, and technology opens time out of class",
    "effect of an hour and a half a week of software at home in place of an hour of homework (SD)",
    above=0.0,
)
def _anytime(lab: Lab) -> float:
    return lab.try_(
        "typical_practice", {"programs.software": {"minutes": 90.0, "in_class": False}, "population.device_share": 1.0}
    ).effect()


@CLAIM(
    "0.17",
    "Technology is a means: the quality of content decides",
    "much software: the smaller of its effect with good content, and what that is above the effect with poor (SD)",
    above=0.0,
    facts=("AD-14",),
)
def _means(lab: Lab) -> float:
    def content(quality: float) -> dict[str, object]:
        return {
            TECHNOLOGY: 1.0,
            "practices.technology.tech_share": 0.4,
            "practices.technology.content_quality_math": quality,
            "practices.technology.content_quality_reading": quality,
        }

    poor, good = lab.effects("typical_practice", [content(0.3), content(0.9)])
    return min(good, good - poor)


@CLAIM(
    "0.18",
    "Technology has a sweet spot",
    "best effect at 15, 30 or 45% of time with software less the better of 0 and 80%, good content (SD)",
    above=0.0,
    facts=("AD-08",),
)
def _sweet_spot(lab: Lab) -> float:
    each = [
        {
            TECHNOLOGY: 1.0,
            "practices.technology.tools": 4.0,
            "practices.technology.tech_share": share,
            "practices.technology.content_quality_math": 0.8,
            "practices.technology.content_quality_reading": 0.8,
        }
        for share in (0.0, 0.15, 0.3, 0.45, 0.8)
    ]
    return interior(lab.effects("typical_practice", each))


@CLAIM(
    "0.19",
    "A shared library gives choice without overwhelming teachers",
    "hours a week asked of teachers for paths: schools on their own less schools that share a library, second year",
    above=0.0,
)
def _shared_library(lab: Lab) -> float:
    shared = {"support.network_schools": 8, "support.library_access": 0.9, "support.library_support": 0.8}
    own, pooled = (
        lab.try_("personalized_school", {PATHS: 0.8, **each}, years=2).get("teacher_hours", arm="scenario")
        for each in ({}, shared)
    )
    return own - pooled


@CLAIM(
    "0.20",
    "Schools see achievement well and habits badly",
    "error of the picture of habits over their spread less that of achievement over its spread",
    above=0.0,
    label="input",
)
def _habits(lab: Lab) -> float:
    run = lab.try_("personalized_school")
    spread = float(norms().sd_fall_observed[:, 1:11].mean())
    habits = run.get("habits_error", arm="scenario") / float(run.setting.population.self_regulation.std())
    return habits - run.get("profile_error", arm="scenario") / spread


@CLAIM(
    "0.21",
    "Data need time and skill to be read",
    "effect of weekly data with time and coaching to read them, less that of data alone and that of time and coaching "
    "alone (SD)",
    above=0.0,
    facts=("ME-08",),
)
def _time_to_read(lab: Lab) -> float:
    data = {"practices.learner_profiles.intensity": 1.0, "practices.learner_profiles.data_interval_weeks": 1.0}
    time = {"support.planning_hours": 3.0, "support.coaching_hours": 1.0}
    alone, unread, read = lab.effects("typical_practice", [data, time, {**data, **time}])
    return read - alone - unread


@CLAIM(
    "0.22",
    "The whole is greater than the sum",
    "effect of all practices of personalized_school less the sum of each alone, third year (SD)",
    above=0.0,
)
def _whole(lab: Lab) -> float:
    scenario = shipped("personalized_school")
    usual = shipped("typical_practice")
    raised = [name for name in PRACTICES if scenario.practices[name] != usual.practices[name]]
    joint, nothing = lab.effects(
        "personalized_school",
        [{}, {key: value for name in raised for key, value in typical_again(name).items()}],
        years=3,
    )
    alone = [
        {key: value for name in raised if name != kept for key, value in typical_again(name).items()} for kept in raised
    ]
    singles = lab.effects("personalized_school", alone, years=3)
    return (joint - nothing) - sum(each - nothing for each in singles)


@CLAIM(
    "0.23",
    "A shared vision amplifies practices",
    "effect of personalized_school with a strong shared vision less that with a weak one, second year (SD)",
    above=0.0,
    facts=("ME-08",),
)
def _vision(lab: Lab) -> float:
    weak, strong = lab.effects("personalized_school", [{"support.vision": v} for v in (0.1, 0.9)], years=2)
    return strong - weak


@CLAIM(
    "0.24",
    "New schools in small samples: 0.09 may be significant where 0.07 is not",
    "standard error of the effect in one subject in a study of forty schools on each side (SD)",
    above=0.02,
    below=0.06,
    facts=("R17-01", "R17-02"),
    label="true by construction",
)
def _sampling(lab: Lab) -> float:
    from plsim.validation.facts.sampling import school_noise, student_noise

    run = lab.try_("nglc_2015")
    grade = run.setting.population.grade.astype(np.int64)
    noise = float((school_noise(grade, 4.0) + student_noise(grade) / 265.0)[0])
    return float(np.sqrt((2.0 * noise + np.var(run.school_effects(), ddof=1)) / 40.0))
