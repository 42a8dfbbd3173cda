"""How teachers change: proficiency per practice, strain, buy-in.

Proficiency settles where use sustains it, so typical practice is at rest: its teachers, and those who join it, are as
proficient as typical use makes them.

Sources: professional development works from about 14 hours and with coaching (P101, P102); full implementation takes
2 to 4 years (P103); no gain in the first year, a gain in the second (P104, P105); coaching of instruction and its scale
(ME-26); burnout (P110); turnover (P108, P109).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, clamp, saturate


class ProficiencyParams(NamedTuple):
    """Numbers about teachers' learning; registry group ``proficiency``."""

    start: float
    start_spread: float
    rate_tools: float
    rate_relational: float
    coaching_gain: float
    coaching_half_hours: float
    colleague_gain: float
    library_gain: float
    crowding: float
    skill_half_hours: float
    skill_rate: float
    strain_rise: float
    strain_recovery: float
    buy_in_rate: float
    buy_in_vision: float
    buy_in_engaged: float
    buy_in_base: float
    buy_in_strain: float
    leave_rate: float
    leave_strain: float


@compiled
def practice_rate(relational: float, p: ProficiencyParams) -> float:
    """Weekly growth of proficiency at full use: tools are learned fast (``relational`` 0), relations slowly (1)."""
    return p.rate_tools + relational * (p.rate_relational - p.rate_tools)


@compiled
def help_to_learn(coaching_hours: float, colleagues: float, library: float, p: ProficiencyParams) -> float:
    """What coaching, colleagues' proficiency and shared materials multiply a teacher's learning by; 1 with none."""
    coached = p.coaching_gain * saturate(coaching_hours / p.coaching_half_hours)
    return 1.0 + coached + p.colleague_gain * colleagues + p.library_gain * library


@compiled
def sustained(use: float, p: ProficiencyParams) -> float:
    """Where proficiency in a practice settles under such ``use`` (actual intensity, 0 to 1): all of it at full use."""
    return p.start + (1.0 - p.start) * use


@compiled
def next_proficiency(
    proficiency: float, use: float, rate: float, help_: float, buy_in: float, load: float, p: ProficiencyParams
) -> float:
    """Proficiency in a practice a week on: logistic growth to the ceiling that real ``use`` sustains.

    Help speeds growth, not what is lost where use sustains less. ``load`` is how much else is new at once, summed over
    practices: it divides attention.
    """
    room = sustained(use, p) - proficiency
    helped = help_ if room > 0.0 else 1.0
    speed = rate * helped * (0.5 + buy_in) / (1.0 + p.crowding * load)
    return clamp(proficiency + speed * proficiency * room, 0.0, 1.0)


@compiled
def coached_skill(hours: float, quality: float, p: ProficiencyParams) -> float:
    """General skill of instruction (0 to 1) that coaching of instruction leads to.

    ``hours`` a week with a coach of such ``quality`` (1 in small programs, less when spread over many teachers).
    """
    return saturate(hours * quality / p.skill_half_hours)


@compiled
def next_skill(skill: float, hours: float, quality: float, p: ProficiencyParams) -> float:
    """General skill of instruction a week on; what is no longer coached is lost as slowly as it was won."""
    return skill + p.skill_rate * (coached_skill(hours, quality, p) - skill)


@compiled
def next_strain(strain: float, overload: float, p: ProficiencyParams) -> float:
    """Strain a week on: persistent excess of demand builds it up, time heals it; never below 0."""
    return at_least(strain + p.strain_rise * overload - p.strain_recovery * strain, 0.0)


@compiled
def next_buy_in(buy_in: float, vision: float, engaged: float, strain: float, p: ProficiencyParams) -> float:
    """Belief in the change a week on (0 to 1): vision and having been asked lift it, strain wears it down."""
    hope = p.buy_in_base + p.buy_in_vision * vision + p.buy_in_engaged * engaged
    aim = clamp(hope - p.buy_in_strain * saturate(strain), 0.0, 1.0)
    return buy_in + p.buy_in_rate * (aim - buy_in)


@compiled
def leave_chance(strain: float, context: float, p: ProficiencyParams) -> float:
    """Chance that a teacher is gone next year; ``context`` multiplies the usual rate."""
    return clamp(p.leave_rate * context * (1.0 + p.leave_strain * saturate(strain)), 0.0, 0.9)
