"""How much of the time students are on task: with a teacher by engagement, alone by self-regulation and structure.

Sources: 72% on task (P068); self-pacing without structure is slow (claim 2.7, ME-15, P096); choice helps up to a few
options (ME-16); technology has a sweet spot (claim 0.18), worse for the young (claim 3.9); self-regulation and goals
that students set (P092, P097, P098); groups at one level (ME-01, ME-06).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, bell, clamp, mix, saturate


class AttentionParams(NamedTuple):
    """Numbers about attention; registry group ``attention``."""

    led: float
    led_engagement: float
    led_regulation: float
    group_gain: float
    low_group_loss: float
    station_support: float
    voice_boost: float
    one_on_one: float
    alone_floor: float
    alone_ceiling: float
    alone_engagement: float
    supervision: float
    structure_half_minutes: float
    structure_max: float
    own_data_boost: float
    low_habits_focus: float
    choice_gain: float
    choice_best: float
    choice_width: float
    relevance_gain: float
    device_gain: float
    device_best: float
    device_loss: float
    device_loss_young: float
    peer: float
    peer_collaboration: float


@compiled
def led_attention(engagement: float, self_regulation: float, p: AttentionParams) -> float:
    """Share of teacher-led time a student is on task.

    ``engagement`` is standardized, 0 typical; ``self_regulation`` runs 0 to 1, one half typical.
    """
    return clamp(p.led + p.led_engagement * engagement + p.led_regulation * (self_regulation - 0.5), 0.05, 0.98)


@compiled
def group_attention(led: float, low: float, p: AttentionParams) -> float:
    """The same in small groups: part of the way to one-on-one; poorer in low groups that nobody knows (``low``)."""
    return mix(led, p.one_on_one, p.group_gain) * (1.0 - p.low_group_loss * low)


@compiled
def structure(advising_minutes: float, own_data: float, voice: float, delivered: float, p: AttentionParams) -> float:
    """How much goal talks and instruction in self-regulation stand in for a student's own, 0 to 1.

    Grows with minutes and saturates; own data, and a ``voice`` in one's goals (0 to 1), make the same minutes worth
    more; untrained or hurried advising gives less.
    """
    minutes = advising_minutes * (1.0 + p.own_data_boost * own_data + p.voice_boost * voice)
    return p.structure_max * saturate(minutes / p.structure_half_minutes) * delivered


@compiled
def focus_on(habits: float, habits_mean: float, p: AttentionParams) -> float:
    """A student's part of advising and supervision, 1 being equal: those with low estimated habits come first."""
    return clamp(1.0 + p.low_habits_focus * (habits_mean - habits), 0.0, 2.0)


@compiled
def alone_attention(
    self_regulation: float, engagement: float, support: float, appeal: float, p: AttentionParams
) -> float:
    """Share of independent time a student is on task.

    Parameters
    ----------
    self_regulation
        Capacity to work this way, 0 to 1.
    support
        Supervision and structure together, 0 to 1; they stand in for what self-regulation lacks.
    appeal
        What choice, relevance and devices multiply attention by, about 1.
    """
    steered = self_regulation + (1.0 - self_regulation) * at_most(support, 1.0)
    base = p.alone_floor + (p.alone_ceiling - p.alone_floor) * steered
    return clamp((base + p.alone_engagement * engagement) * appeal, 0.02, 0.98)


@compiled
def choice_appeal(options: float, relevance: float, p: AttentionParams) -> float:
    """What choice and relevance multiply independent attention by: best at a few options, 1 with neither."""
    offered = at_least(options - 1.0, 0.0)
    choosing = offered / (0.5 + offered) * bell((options - p.choice_best) / p.choice_width)
    return 1.0 + p.choice_gain * choosing + p.relevance_gain * relevance


@compiled
def device_appeal(tech_share: float, grade: float, p: AttentionParams) -> float:
    """What software multiplies independent attention by.

    A gain at a moderate share of *contact* time, a loss beyond it, more for the young.
    """
    over = at_least(tech_share - p.device_best, 0.0)
    young = clamp((6.0 - grade) / 6.0, 0.0, 1.0)
    loss = mix(p.device_loss, p.device_loss_young, young)
    return at_least(1.0 + p.device_gain * at_most(tech_share / p.device_best, 1.0) - loss * over, 0.2)


@compiled
def peer_attention(collaboration: float, engagement: float, p: AttentionParams) -> float:
    """Share of peer work on task; ``collaboration`` (0 to 1) is learned by doing it."""
    return clamp(p.peer + p.peer_collaboration * (collaboration - 0.5) + p.led_engagement * engagement, 0.05, 0.98)
