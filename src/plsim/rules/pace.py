"""How students move through units: by calendar, by mastery, by deadline.

Sources: opportunities to mastery (P046-P049), mastery criteria (P059, P060), pacing contingencies speed students up
without changing the exam (ME-15), on-demand assessment shortens waits (claim 0.14), mastery helps most who are behind
(ME-12).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, clamp, saturate


class PaceParams(NamedTuple):
    """Numbers about units; registry group ``pace``."""

    unit_weeks: float
    mastery_rate: float
    ease_slope: float
    assessment_error: float
    hysteresis: float
    review_share: float
    start_mastery: float
    calendar_threshold: float


class Tallies(NamedTuple):
    """What is counted of a student's units in a year, at the end of a week."""

    coverage: float
    units_taught: float
    taught_mastery: float
    unmet: float
    waiting: float


class UnitWeek(NamedTuple):
    """A student's unit at the end of a week."""

    position: float
    unit_mastery: float
    unit_weeks: float
    ready_weeks: float
    review: float
    ended: float
    mastery_at_end: float
    unmet: float
    waiting: float


@compiled
def mastery_gain(
    unit_mastery: float, effort: float, achievement: float, position: float, review: float, p: PaceParams
) -> float:
    """Mastery of the unit gained in a week; it shrinks as mastery nears 1.

    Parameters
    ----------
    effort
        Effective time this week relative to typical (Q/D times learning rate).
    position
        Level of the unit (RIT); a unit far above the student's achievement goes slowly, one far below fast.
    review
        Backlog of unmet units (in units); it takes its share of the time until worked off.
    """
    ease = clamp(1.0 + p.ease_slope * (achievement - position), 0.25, 2.0)
    share = 1.0 - p.review_share if review > 0.0 else 1.0
    return (1.0 - unit_mastery) * saturate(p.mastery_rate * effort * ease * share)


@compiled
def unit_week(
    position: float,
    unit_mastery: float,
    unit_weeks: float,
    ready_weeks: float,
    review: float,
    gain: float,
    worked_off: float,
    achievement: float,
    z_assess: float,
    own_pace: float,
    threshold: float,
    wait_weeks: float,
    deadline_weeks: float,
    unit_rit: float,
    lead_max: float,
    p: PaceParams,
) -> UnitWeek:
    """One week of a student's unit; at most one promotion.

    Calendar pacing (``own_pace`` 0) moves on after ``unit_weeks`` regardless. By mastery (1) a student is ready once an
    assessment with error shows the threshold, stops being ready when it falls ``hysteresis`` below, and is promoted
    after ``wait_weeks`` of being ready; a deadline forces the pace and leaves the unmet rest for review.
    ``worked_off`` is what time aimed at needs takes off the backlog of unmet units.
    """
    mastery = unit_mastery + gain
    weeks = unit_weeks + 1.0
    criterion = threshold if own_pace > 0.5 else p.calendar_threshold
    seen = mastery + p.assessment_error * z_assess
    still = seen >= criterion - p.hysteresis if ready_weeks > 0.0 else seen >= criterion
    ready = ready_weeks + 1.0 if still else 0.0
    mastered = ready > wait_weeks and own_pace > 0.5
    limit = deadline_weeks if own_pace > 0.5 else p.unit_weeks
    ended = mastered or weeks >= limit
    missing = at_least(criterion - mastery, 0.0) if ended else 0.0
    reviewed = p.review_share * gain if review > 0.0 else 0.0
    moved = position + unit_rit if ended else position
    going_on = 0.0 if ended else 1.0
    unmet = 1.0 if missing > 0.0 else 0.0
    reached = 1.0 if mastery >= criterion else 0.0
    next_mastery = p.start_mastery if ended else mastery
    return UnitWeek(
        position=at_most(moved, achievement + lead_max),
        unit_mastery=next_mastery,
        unit_weeks=going_on * weeks,
        ready_weeks=going_on * ready,
        review=at_least(review + missing - reviewed - worked_off, 0.0),
        ended=1.0 - going_on,
        mastery_at_end=mastery,
        unmet=unmet,
        waiting=reached * going_on,
    )


@compiled
def aligned_score(taught_mastery: Any, units_taught: Any, weeks: float, p: PaceParams) -> Any:
    """Score on a study's own test: of the units that a student was taught, how far they are mastered.

    Such tests hold what both arms were taught, so who is slower than the calendar is asked for fewer units. Who
    finishes early goes on and scores above 1. Plain numbers or whole arrays; ``weeks`` of the year that are over.
    """
    of_calendar = at_least(weeks / p.unit_weeks, 1.0)
    late = units_taught < of_calendar
    asked = late * units_taught + (1.0 - late) * of_calendar
    some = asked < 1.0
    return taught_mastery / (some * 1.0 + (1.0 - some) * asked)


@compiled
def own_pace(u: float, share: float) -> float:
    """1 for a student who progresses by mastery, else 0; ``u`` is the student's fixed draw, ``share`` the school's."""
    return 1.0 if u < share else 0.0


@compiled
def counted(
    coverage: float,
    units_taught: float,
    taught_mastery: float,
    unmet: float,
    waiting: float,
    unit: UnitWeek,
    of_grade: float,
) -> Tallies:
    """The year's counts with this week's; ``of_grade`` is 1 where the unit is of the grade's content or beyond it."""
    return Tallies(
        coverage + of_grade * unit.ended * unit.mastery_at_end,
        units_taught + unit.ended,
        taught_mastery + unit.ended * unit.mastery_at_end,
        unmet + unit.unmet,
        waiting + unit.waiting,
    )


@compiled
def first_position(estimate: float, guide: float, accountability: float, own_pace: float, stretch: float) -> float:
    """Level of the first unit of a year (RIT): the guide's; at an own pace, the student's as far as standards allow.

    No branches, so that whole arrays can be given too.
    """
    placed = estimate + stretch + accountability * (guide - estimate - stretch)
    return guide + own_pace * (placed - guide)
