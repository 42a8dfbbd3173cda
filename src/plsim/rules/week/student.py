"""A student's week in one subject: what the school knows, what the week holds, what is learned, how motives move."""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .. import attention, learning, motivation, needs, quality
from .. import match as matching
from .. import pace as pacing
from .. import profile as profiling
from ..shapes import at_least, at_most, clamp, mix
from .params import Params
from .section import Section


class Experience(NamedTuple):
    """One student's week in one subject: hours, targets (RIT), on-task shares, aims and quality of each mode.

    Achievement depends on practices through these numbers and in no other way: with them held, the effect is exactly 0.
    """

    whole: float
    group: float
    one_on_one: float
    supervised: float
    unsupervised: float
    peer: float
    tutor: float
    home: float
    extra: float
    path_share: float
    home_path_share: float
    target_whole: float
    target_group: float
    target_path: float
    target_one_on_one: float
    on_task_led: float
    on_task_group: float
    on_task_supervised: float
    on_task_unsupervised: float
    on_task_peer: float
    on_task_home: float
    aimed_whole: float
    aimed_group: float
    aimed_one_on_one: float
    aimed_independent: float
    aimed_home: float
    aimed_extra: float
    gap: float
    quality_whole: float
    quality_group: float
    quality_one_on_one: float
    quality_independent: float
    quality_peer: float
    quality_tutor: float
    quality_home: float
    quality_extra: float


TIME_FIELDS = Experience._fields[:11]
TARGET_FIELDS = Experience._fields[11:15]
ATTENTION_FIELDS = Experience._fields[15:21]
NEEDS_FIELDS = Experience._fields[21:28]
QUALITY_FIELDS = Experience._fields[28:]


class Known(NamedTuple):
    """What the school knows of a student in one subject after a week: level (RIT), needs and the group's fit (0-1)."""

    estimate: float
    known: float
    fit: float


class Learned(NamedTuple):
    """What a week did: new achievement and fresh store (RIT), effort relative to typical, mean match, on-task, aim."""

    achievement: float
    fresh: float
    effort: float
    match: float
    on_task: float
    aimed: float


class Developed(NamedTuple):
    """A student's motives at the end of the week."""

    self_regulation: float
    collaboration: float
    engagement: float


@compiled
def profile(
    estimate: float,
    known: float,
    fit: float,
    achievement: float,
    effort: float,
    class_mean: float,
    normal_gain: float,
    error: float,
    weight: float,
    one_on_one_hours: float,
    seen: float,
    told: float,
    regrouped: float,
    p: Params,
) -> Known:
    """What the school believes of a student's level after this week (RIT), and how right it is about needs.

    The belief ages; data move it by ``weight`` (0 when none are due); talking one-on-one tells a little every week.
    Needs pass with ``effort``; adults see some (``seen``), data tell more when they are due (``told``); groups made
    this week (``regrouped`` 1) fit what is known.
    """
    aged = profiling.aged_estimate(estimate, class_mean, normal_gain, p.profile)
    talked = aged + profiling.heard(one_on_one_hours, p.profile) * (achievement - aged)
    passed = needs.needs_passed(effort, p.needs)
    now = needs.next_known(known, passed, seen, told)
    return Known(
        profiling.updated_estimate(talked, achievement, error, weight), now, needs.next_fit(fit, now, passed, regrouped)
    )


@compiled
def structure_received(s: Section, habits: float, p: Params) -> float:
    """Structure (0 to 1) that advising gives this student: those with low estimated habits come first."""
    return clamp(s.structure * attention.focus_on(habits, s.habits_mean, p.attention), 0.0, 1.0)


@compiled
def experience(
    s: Section,
    estimate: float,
    known: float,
    fit: float,
    review: float,
    group_mean: float,
    position: float,
    unit_mastery: float,
    engagement: float,
    self_regulation: float,
    collaboration: float,
    habits: float,
    home_access: float,
    own_pace: float,
    u_served: float,
    p: Params,
) -> Experience:
    """What this week holds for one student in one subject.

    ``known`` and ``fit`` are what the school, and the student's group, know of the student's needs; ``review`` the
    backlog of unmet units; ``own_pace`` is 1 for a student who progresses by mastery; ``u_served`` is the student's
    fixed uniform (or standing) for being served by a program.
    """
    tutor = s.tutor if u_served < s.tutor_share else 0.0
    extra = s.extra if u_served < s.extra_share else 0.0
    kept = 1.0 - at_most(s.tutor_displaced * tutor, 1.0)
    focus = attention.focus_on(habits, s.habits_mean, p.attention)
    support = structure_received(s, habits, p)
    low = matching.low_unknown(s.class_mean, group_mean, s.grouping, fit, p.match)
    led = attention.led_attention(engagement, self_regulation, p.attention)
    in_view = attention.alone_attention(
        self_regulation, engagement, support + p.attention.supervision * focus, s.appeal, p.attention
    )
    return Experience(
        whole=s.whole * kept,
        group=s.group * kept,
        one_on_one=s.one_on_one * kept,
        supervised=s.supervised * kept,
        unsupervised=s.unsupervised * kept,
        peer=s.peer * kept,
        tutor=tutor,
        home=s.home * home_access,
        extra=extra,
        path_share=s.path_share,
        home_path_share=s.home_path_share,
        target_whole=s.target,
        target_group=matching.group_target(s.target, group_mean, s.grouping, low, p.match),
        target_path=matching.path_target(s.target, estimate, position, own_pace, s.freedom, p.match),
        target_one_on_one=estimate + p.match.stretch,
        on_task_led=led,
        on_task_group=attention.group_attention(led, low, p.attention),
        on_task_supervised=in_view,
        on_task_unsupervised=attention.alone_attention(
            self_regulation, engagement, support + s.station_support, s.appeal, p.attention
        )
        * (1.0 - p.attention.low_group_loss * low),
        on_task_peer=attention.peer_attention(collaboration, engagement, p.attention),
        on_task_home=attention.alone_attention(self_regulation, engagement, support, 1.0, p.attention),
        aimed_whole=needs.aimed_whole(known, p.needs),
        aimed_group=needs.aimed_group(known, fit, s.grouped, p.needs),
        aimed_one_on_one=needs.aimed_one_on_one(known, p.needs),
        aimed_independent=needs.aimed_alone(known, fit, s.path_aim, s.station_aim, s.own_data, s.software_aim, p.needs),
        aimed_home=needs.aimed_alone(known, fit, 0.0, 0.0, s.own_data, s.home_software_aim, p.needs),
        aimed_extra=needs.aimed_alone(known, fit, 0.0, 0.0, s.own_data, s.content, p.needs),
        gap=needs.gap(review, p.needs),
        quality_whole=s.quality_whole,
        quality_group=s.quality_group,
        quality_one_on_one=s.quality_one_on_one,
        quality_independent=s.quality_independent * quality.unit_value(unit_mastery, p.quality),
        quality_peer=s.quality_peer,
        quality_tutor=s.quality_tutor,
        quality_home=s.quality_home,
        quality_extra=s.quality_extra,
    )


@compiled
def learn(
    e: Experience,
    achievement: float,
    fresh: float,
    learning_rate: float,
    attended: float,
    gross: float,
    loss: float,
    seasonal: float,
    home_share: float,
    reference: float,
    typical_hours: float,
    p: Params,
) -> Learned:
    """One week of learning in one subject.

    Parameters
    ----------
    fresh
        What was learned beyond typical practice and is not yet consolidated (RIT); 0 where forgetting has no stores.
    gross, loss, seasonal
        What typical practice teaches this week and what is lost of it (RIT), and the practice-independent drift that
        makes up the difference to the norms where those hardly grow.
    home_share
        Share of gross learning from outside the subject's lessons.
    reference
        D: what Q is under typical practice for a student of this standing.
    """
    m_whole = matching.match(e.target_whole, achievement, p.match)
    m_group = matching.match(e.target_group, achievement, p.match)
    m_path = matching.match(e.target_path, achievement, p.match)
    m_one = matching.match(e.target_one_on_one, achievement, p.match)
    m_alone = mix(m_whole, m_path, e.path_share)
    m_home = mix(m_whole, m_path, e.home_path_share)
    common = needs.hour_value(e.aimed_whole, e.gap, p.needs)

    led_whole = e.whole * e.on_task_led
    led_group = e.group * e.on_task_group
    private = e.one_on_one * p.attention.one_on_one
    alone = e.supervised * e.on_task_supervised + e.unsupervised * e.on_task_unsupervised
    peers = e.peer * e.on_task_peer
    tutored = e.tutor * p.attention.one_on_one
    at_home = e.home * e.on_task_home
    after = e.extra * e.on_task_supervised

    on_task_hours = led_whole + led_group + private + alone + peers + tutored + at_home + after
    matched_hours = (
        led_whole * m_whole
        + led_group * m_group
        + (private + tutored) * m_one
        + alone * m_alone
        + peers * m_whole
        + at_home * m_home
        + after * m_path
    )
    aimed_hours = (
        (led_whole + peers) * e.aimed_whole
        + led_group * e.aimed_group
        + (private + tutored) * e.aimed_one_on_one
        + alone * e.aimed_independent
        + at_home * e.aimed_home
        + after * e.aimed_extra
    )
    one_on_one_value = m_one * needs.hour_value(e.aimed_one_on_one, e.gap, p.needs)
    extra_value = m_path * needs.hour_value(e.aimed_extra, e.gap, p.needs)
    program_effect = tutored * e.quality_tutor * one_on_one_value + after * e.quality_extra * extra_value
    usual_effect = (
        (led_whole * e.quality_whole + peers * e.quality_peer) * m_whole * common
        + led_group * m_group * e.quality_group * needs.hour_value(e.aimed_group, e.gap, p.needs)
        + private * e.quality_one_on_one * one_on_one_value
        + alone * m_alone * e.quality_independent * needs.hour_value(e.aimed_independent, e.gap, p.needs)
        + at_home * m_home * e.quality_home * needs.hour_value(e.aimed_home, e.gap, p.needs)
    )
    usual_hours = e.whole + e.group + e.one_on_one + e.supervised + e.unsupervised + e.peer + e.home
    program_hours = e.tutor + e.extra
    hours = usual_hours + program_hours
    # A program's hours use up returns to time only as far as they are worth the student's usual ones.
    worth = program_effect * usual_hours / at_least(usual_effect, 0.001)
    counted = usual_hours + at_most(program_hours, worth)
    effective = learning.effective_share(
        attended, usual_effect + program_effect, counted, typical_hours, p.time.hours_saturation
    )
    relative = effective / reference
    per_hour = 1.0 / at_least(on_task_hours, 0.001)
    gain = learning.weekly_gain(gross, loss, learning_rate, home_share, relative)
    excess = learning.fresh_gain(gross, learning_rate, home_share, relative)
    return Learned(
        achievement=achievement + (gain - learning.forgotten(fresh, p.learning)) + seasonal,
        fresh=learning.next_fresh(fresh, excess, p.learning),
        effort=learning_rate * relative,
        match=matched_hours * per_hour,
        on_task=on_task_hours / at_least(hours, 0.001),
        aimed=aimed_hours * per_hour,
    )


@compiled
def pace(
    s: Section,
    position: float,
    unit_mastery: float,
    unit_weeks: float,
    ready_weeks: float,
    review: float,
    achievement: float,
    effort: float,
    aimed: float,
    z_assess: float,
    own_pace: float,
    unit_rit: float,
    p: Params,
) -> pacing.UnitWeek:
    """One week of a student's unit in one subject; ``unit_rit`` is the RIT that one unit advances.

    ``aimed`` is the share of the week's work aimed at what the student needs: it works off the backlog.
    """
    gain = pacing.mastery_gain(unit_mastery, effort, achievement, position, review, p.pace)
    return pacing.unit_week(
        position,
        unit_mastery,
        unit_weeks,
        ready_weeks,
        review,
        gain,
        p.needs.gap_closing * aimed * effort,
        achievement,
        z_assess,
        own_pace,
        s.threshold,
        s.wait_weeks,
        s.deadline_weeks,
        unit_rit,
        p.match.position_lead_max,
        p.pace,
    )


@compiled
def advice(s: Section, structure: float) -> float:
    """Advised practice in self-regulation that a student gets (0 to 1): structure received and instruction in it."""
    return at_most(structure + s.srl, 1.0)


@compiled
def develop(
    self_regulation: float,
    collaboration: float,
    engagement: float,
    regulation_level: float,
    engagement_level: float,
    independent: float,
    peers: float,
    advised: float,
    taught: float,
    match: float,
    appeal: float,
    p: Params,
) -> Developed:
    """How a student's motives move this week; the inputs are means over the student's two subjects."""
    return Developed(
        motivation.next_self_regulation(self_regulation, regulation_level, independent, advised, taught, p.motivation),
        motivation.next_collaboration(collaboration, peers, p.motivation),
        motivation.next_engagement(engagement, engagement_level, match, appeal, p.motivation),
    )
