"""Claims of R. Wolfe, Education Week, 2017-11-07."""

from __future__ import annotations

from plsim.validation.claims.claim_lab import Lab
from plsim.validation.claims.claims import Collected

CLAIM = Collected("Wolfe, Education Week 2017-11-07")

FIRST_YEAR = {"population.years_in_operation_shares": (1.0,)}
SOFTWARE = {
    "practices.technology.intensity": 0.9,
    "practices.technology.tech_share": 0.35,
    "practices.learning_paths.intensity": 0.6,
}


@CLAIM(
    "3.1",
    "Schools of one label do different things",
    "of the variance of what schools of nglc_2015 and typical ones really do, the share inside these two labels",
    above=0.5,
    label="input",
)
def _one_label(lab: Lab) -> float:
    run = lab.try_("nglc_2015")
    here, there = run.intensities, run.done(typical=True)
    within = float((here.var(axis=0) + there.var(axis=0)).sum()) / 2.0
    between = float(((here.mean(axis=0) - there.mean(axis=0)) ** 2).sum()) / 4.0
    return within / (within + between)


@CLAIM(
    "3.2",
    "Digital tools come first, the relational part last",
    "teachers' proficiency with technology after a year less that in advising after two",
    above=0.0,
    label="true by construction",
)
def _tools_first(lab: Lab) -> float:
    run = lab.try_("personalized_school", years=2)
    return run.proficiency("technology", 1) - run.proficiency("advising", 2)


@CLAIM(
    "3.3",
    "A sample that leans on software sees less than one that puts students first",
    "effect of relationships_first less that of technology_first, second year (SD)",
    above=0.0,
)
def _leaning(lab: Lab) -> float:
    return lab.try_("relationships_first", years=2).effect() - lab.try_("technology_first", years=2).effect()


@CLAIM(
    "3.4",
    "Effects are small because the hard parts are as everywhere",
    "effect of nglc_2015 with goal talks, own paths and profiles raised less that as it was, second year (SD)",
    above=0.0,
    facts=("R17-16",),
)
def _hard_parts(lab: Lab) -> float:
    raised = {f"practices.{name}.intensity": 0.8 for name in ("advising", "learning_paths", "learner_profiles")}
    as_was, with_hard = lab.effects("nglc_2015", [{}, raised], years=2)
    return with_hard - as_was


@CLAIM(
    "3.5",
    "Mathematics gains more because it suits computers",
    "effect in mathematics less that in reading, software of the same share and quality in both subjects (SD)",
    above=0.0,
    facts=("R17-01", "R17-02", "R15-01", "R15-02"),
)
def _suits(lab: Lab) -> float:
    same = {f"practices.technology.content_quality_{subject}": 0.7 for subject in ("math", "reading")}
    run = lab.try_("typical_practice", {**SOFTWARE, **same})
    return run.effect(subject="math") - run.effect(subject="reading")


@CLAIM(
    "3.6",
    "Software alone does not go deep: people must talk with students",
    "effect of software with advising and one-on-one time less that of software alone, second year (SD)",
    above=0.0,
    facts=("ME-18", "AD-01", "AD-02"),
)
def _with_people(lab: Lab) -> float:
    people = {"practices.advising.intensity": 0.8, "practices.flexible_environment.intensity": 0.6}
    alone, together = lab.effects("typical_practice", [SOFTWARE, {**SOFTWARE, **people}], years=2)
    return together - alone


@CLAIM(
    "3.7",
    "Once the hard parts are in place, effects grow",
    "effect after four years less that after two, schools from their first year on (SD)",
    above=0.0,
)
def _grow(lab: Lab) -> float:
    run = lab.try_("personalized_school", FIRST_YEAR, years=4)
    return run.effect(year=4) - run.effect(year=2)


@CLAIM(
    "3.8",
    "Software without people may leave poorer students behind",
    "effect of software at home for students not eligible for lunch support less that for eligible ones (SD)",
    above=0.0,
    facts=("AD-08",),
)
def _left_behind(lab: Lab) -> float:
    run = lab.try_("typical_practice", {"programs.software": {"minutes": 120.0, "in_class": False}})
    return run.effect(group="lunch_eligible:no") - run.effect(group="lunch_eligible:yes")


@CLAIM(
    "3.9",
    "Platforms suit older students better",
    "effect of much software in grade 8 less that in grade 2, each over a normal year's growth (share)",
    above=0.0,
)
def _older(lab: Lab) -> float:
    from plsim.evidence import norms

    run = lab.try_("typical_practice", {**SOFTWARE, "practices.technology.tech_share": 0.5})
    growth = norms().growth / norms().sd_fall_observed
    return run.effect(group="grade:8") / float(growth[:, 8].mean()) - run.effect(group="grade:2") / float(
        growth[:, 2].mean()
    )
