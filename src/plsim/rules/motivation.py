"""How students change: self-regulation, collaboration, engagement.

What moves engagement has two forms (``p.form``). In the first, being up to the work, choosing and belonging add up
(self-determination: Ryan & Deci 2000). In the second, the expectancy of success multiplies what the work is worth to
the student (expectancy x value: Eccles & Wigfield 2002): what appeals does little for whom the work does not fit.

Sources: self-regulation can be taught (P092, P094), goals (P097), choice (P098, ME-16), novelty wears off (AD-14),
boredom and frustration; relationships (ME-31, ME-32).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, bell, clamp, saturate


class MotivationParams(NamedTuple):
    """Numbers about motivation; registry group ``motivation``."""

    regulation_growth: float
    regulation_taught: float
    regulation_usual: float
    regulation_decay: float
    collaboration_growth: float
    collaboration_decay: float
    collaboration_start: float
    engagement_return: float
    engagement_match: float
    engagement_match_typical: float
    engagement_usual: float
    engagement_adult: float
    engagement_adult_half_minutes: float
    engagement_belonging: float
    engagement_choice: float
    engagement_relevance: float
    engagement_voice: float
    engagement_novelty: float
    engagement_device: float
    engagement_device_limit: float
    novelty_decay: float
    form: float


@compiled
def next_self_regulation(
    self_regulation: float, level: float, independent_share: float, advised: float, taught: float, p: MotivationParams
) -> float:
    """Self-regulation a week on: it grows by being taught and with independent work that is advised, else settles back.

    ``level`` is where it settles under typical practice; ``independent_share`` of contact time; ``advised`` is
    structure received and ``taught`` delivered instruction in it, both 0 to 1.
    """
    practice = p.regulation_growth * independent_share * advised + p.regulation_taught * taught - p.regulation_usual
    moved = self_regulation + practice * (1.0 - self_regulation) - p.regulation_decay * (self_regulation - level)
    return clamp(moved, 0.0, 1.0)


@compiled
def next_collaboration(collaboration: float, peer_share: float, p: MotivationParams) -> float:
    """Skill of working together a week on: learned by doing it, lost without."""
    grown = p.collaboration_growth * peer_share * (1.0 - collaboration)
    return clamp(collaboration + grown - p.collaboration_decay * (collaboration - p.collaboration_start), 0.0, 1.0)


@compiled
def school_appeal(
    adult_minutes: float,
    belonging: float,
    options: float,
    relevance: float,
    choice_best: float,
    choice_width: float,
    voice: float,
    novelty: float,
    tech_share: float,
    p: MotivationParams,
) -> float:
    """What a section does for its students' engagement this week (standardized units a week).

    0 is what typical practice does. ``adult_minutes`` are one-on-one and advising minutes a student; ``belonging`` is
    delivered relationship work (0 to 1); ``voice`` how far students set their own goals in talks that are held (0 to
    1); ``novelty`` (0 to 1) wears off; software beyond ``engagement_device_limit`` of
    contact time tires.
    """
    choosing = at_least(options - 1.0, 0.0) / (0.5 + at_least(options - 1.0, 0.0))
    choosing = choosing * bell((options - choice_best) / choice_width)
    return (
        p.engagement_adult * saturate(adult_minutes / p.engagement_adult_half_minutes)
        + p.engagement_belonging * belonging
        + p.engagement_choice * choosing
        + p.engagement_relevance * relevance
        + p.engagement_voice * voice
        + p.engagement_novelty * novelty
        - p.engagement_device * at_least(tech_share - p.engagement_device_limit, 0.0)
        - p.engagement_usual
    )


@compiled
def next_engagement(engagement: float, level: float, match: float, appeal: float, p: MotivationParams) -> float:
    """Engagement a week on: it returns to the student's own level; match and the school's appeal move it.

    ``match`` is the mean match of the week's work: boredom and frustration are both a poor match. First form: match and
    appeal add up. Second form: appeal counts in proportion to match, fully where match is typical; where match is
    typical both forms are alike.
    """
    felt = appeal * (match / p.engagement_match_typical) if p.form > 0.5 else appeal
    drive = p.engagement_match * (match - p.engagement_match_typical) + felt
    return clamp(engagement + p.engagement_return * (level - engagement) + drive, -4.0, 4.0)
