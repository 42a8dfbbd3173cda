"""What is read from an experiment: the statistics that fact files may name.

Each is low in noise. Both arms of an experiment hold the same students with the same random draws, and a study that
compared with other schools is read as what it is on average: the effect in these schools plus what their conditions do,
found by putting the same students into ordinary schools. Sampling error of schools, tests and matches is left out here;
it is part of a published number's standard error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from plsim.measures import effects
from plsim.measures.groups import QUINTILES
from plsim.measures.least_squares import slope
from plsim.validation.facts.fact_files import FactTable
from plsim.validation.facts.registry import register
from plsim.validation.facts.view import View


@register()
def effect(view: View, fact: FactTable) -> Sequence[float]:
    """Mean effect at the end of a year, in the design's SD."""
    return (view.mean(fact.subject, fact.group, fact.year),)


@register()
def share_left(view: View, fact: FactTable) -> Sequence[float]:
    """Effect on a cohort in a later year over that in the first; its grades are the two groups."""
    first, later = (view.mean(fact.subject, *at) for at in zip(fact.groups, (1, fact.year), strict=True))
    return (later / max(first, 0.02),)


@register()
def later_minus_first(view: View, fact: FactTable) -> Sequence[float]:
    """Effect on a cohort in a later year less that in the first; its grades are the two groups (SD)."""
    first, later = (view.mean(fact.subject, *at) for at in zip(fact.groups, (1, fact.year), strict=True))
    return (later - first,)


@register()
def gain_over_norm(view: View, fact: FactTable) -> Sequence[float]:
    """Growth of the program's students from fall to spring above the norms' growth in their grades, as a fraction."""
    return (view.gain_over_norm(fact.subject, fact.group, fact.year),)


@register()
def percentile_points(view: View, fact: FactTable) -> Sequence[float]:
    """The same in percentile points of an average student."""
    return (float(effects.percentile_points(view.mean(fact.subject, fact.group, fact.year))),)


@register()
def second_year_minus_first(view: View, fact: FactTable) -> Sequence[float]:
    """What the second year added to the cumulative effect, less what the first had brought (SD)."""
    first, both = (view.mean(fact.subject, fact.group, year) for year in (1, 2))
    return (both - first - first,)


@register()
def year_increment(view: View, fact: FactTable) -> Sequence[float]:
    """What a year added to the cumulative effect (SD)."""
    before = view.mean(fact.subject, fact.group, fact.year - 1) if fact.year > 1 else 0.0
    return (view.mean(fact.subject, fact.group, fact.year) - before,)


@register()
def governance_contrast(view: View, fact: FactTable) -> Sequence[float]:
    """Effect in charter schools less that in district schools (SD)."""
    charter, district = (view.mean(fact.subject, f"governance:{kind}", fact.year) for kind in ("charter", "district"))
    return (charter - district,)


@register()
def group_contrast(view: View, fact: FactTable) -> Sequence[float]:
    """Effect in the first of two groups less that in the second (SD)."""
    first, second = (view.mean(fact.subject, group, fact.year) for group in fact.groups)
    return (first - second,)


@register()
def subject_contrast(view: View, fact: FactTable) -> Sequence[float]:
    """Effect in mathematics less that in reading (SD)."""
    return (view.mean("math", fact.group, fact.year) - view.mean("reading", fact.group, fact.year),)


@register()
def quintile_slope(view: View, fact: FactTable) -> Sequence[float]:
    """Rise of the effect from one fifth of students, by baseline, to the next (SD)."""
    by_fifth = [view.mean(fact.subject, f"quintile:{fifth + 1}", fact.year) for fifth in range(QUINTILES)]
    middle = np.arange(QUINTILES) - (QUINTILES - 1) / 2.0
    return (float(middle @ np.array(by_fifth) / (middle @ middle)),)


def _fifths(_: FactTable) -> tuple[str, ...]:
    return tuple(f"quintile:{fifth + 1}" for fifth in range(QUINTILES))


@register(labels=_fifths)
def share_surpassing_match(view: View, fact: FactTable) -> Sequence[float]:
    """Chance to end above a matched student, in each fifth of students by baseline."""
    spread = view.spread_of_match(fact.year)
    return [float(ndtr(view.mean(fact.subject, label, fact.year) / spread)) for label in _fifths(fact)]


@register()
def share_of_schools_below(view: View, fact: FactTable) -> Sequence[float]:
    """Share of schools that a study would find below their comparison.

    Every school has a chance of that, given its effect and the chance variation of a school's year; this is their mean.
    """
    means, counted = view.school_means(fact.subject, fact.group, fact.year)
    return (float(ndtr(-means[counted] / view.school_error(fact.subject)).mean()),)


@register()
def share_of_schools_significant(view: View, fact: FactTable) -> Sequence[float]:
    """Share of schools that a study would find significantly above their comparison.

    As reports of single schools do it: the error counts students only, so chance in a school's year adds stars.
    """
    means, counted = view.school_means(fact.subject, fact.group, fact.year)
    critical = 1.96 * view.student_error(fact.subject)
    return (float(ndtr((means[counted] - critical) / view.school_error(fact.subject)).mean()),)


def _practices(fact: FactTable) -> tuple[str, ...]:
    return fact.practices


@register(labels=_practices, leaves_out=True)
def loss_without(view: View, fact: FactTable) -> Sequence[float]:
    """What is lost when one practice goes back to typical, for each of some practices (SD)."""
    return [
        view.mean(fact.subject, fact.group, fact.year, against=f"without:{practice}") for practice in fact.practices
    ]


@register()
def ratio_low_to_all(view: View, fact: FactTable) -> Sequence[float]:
    """Effect in the lowest fifth over that for everybody."""
    return (view.mean(fact.subject, "quintile:1", fact.year) / max(view.mean(fact.subject, "all", fact.year), 0.01),)


def _groups(fact: FactTable) -> tuple[str, ...]:
    return fact.groups


@register(labels=_groups)
def effect_by_group(view: View, fact: FactTable) -> Sequence[float]:
    """Mean effect in each of some groups, in the design's SD."""
    return [view.mean(fact.subject, group, fact.year) for group in fact.groups]


def _outcomes(fact: FactTable) -> tuple[str, ...]:
    return fact.outcomes if len(fact.outcomes) > 1 else ("",)


@register(labels=_outcomes, whole_year=True)
def outcome(view: View, fact: FactTable) -> Sequence[float]:
    """Outcomes of a run: survey items, logs, hours, shares."""
    return [view.outcome(name, fact.subject, fact.year, fact.group, fact.arm) for name in fact.outcomes]


@register()
def days_of_learning(view: View, fact: FactTable) -> Sequence[float]:
    """The effect in days of school, where a quarter of an SD is a school year of 180 days (CREDO's convention)."""
    return (720.0 * view.mean(fact.subject, fact.group, fact.year),)


@register()
def norm_percentile_gain(view: View, fact: FactTable) -> Sequence[float]:
    """Percentile points that students rise in the norms from fall to spring."""
    fall, spring = (view.standing(fact.subject, fact.group, fact.year, at) for at in ("fall", "spring"))
    return (100.0 * float(ndtr(spring) - ndtr(fall)),)


@register()
def norm_level(view: View, fact: FactTable) -> Sequence[float]:
    """Mean standing in the norms at the end of a year (SD)."""
    return (view.standing(fact.subject, fact.group, fact.year, "spring"),)


@register()
def normal_growth(view: View, fact: FactTable) -> Sequence[float]:
    """Growth of the comparison's students from fall to spring (SD of fall scores)."""
    return (view.growth(fact.subject, fact.group, fact.year),)


@register()
def persistent_growth_cv(view: View, fact: FactTable) -> Sequence[float]:
    """Spread of lasting growth over mean growth under typical practice, in a subject and level of school.

    The largest over the levels and subjects asked for; grades 1 to 10, those of a level count alike.
    """
    return (max(float(np.sqrt((cv**2).mean())) for cv in view.persistent_cv(fact.subject, fact.group)),)


@register()
def distinct_implementations(view: View, fact: FactTable) -> Sequence[float]:  # noqa: ARG001
    """Different implementations among the schools: practice intensities, told apart by tenths."""
    return (float(len(np.unique(np.round(10.0 * view.intensities), axis=0))),)


@register(whole_year=True)
def implementation_slope(view: View, fact: FactTable) -> Sequence[float]:
    """Rise of schools' effects with one SD of the implementation index that a survey would find (SD)."""
    means, counted = view.school_means(fact.subject, fact.group, fact.year)
    found = view.implementation(fact.year)
    rise = slope(found[counted], means[counted]) * float(found[counted].std())
    return (rise * float(np.sqrt(view.number("surveys.index_reliability"))),)


@register()
def condition_slope(view: View, fact: FactTable) -> Sequence[float]:
    """Rise of schools' effects with one SD of a condition that they started with (SD)."""
    means, counted = view.school_means(fact.subject, fact.group, fact.year)
    condition = view.condition(fact.condition)
    return (slope(condition[counted], means[counted]) * float(condition[counted].std()),)
