"""Competency-based progression: moving on when a unit is mastered."""

from __future__ import annotations

from plsim.practices.levers import NO_DEADLINE_WEEKS, FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("competency_progression")
class CompetencyProgression(Practice):
    """A student moves on when an assessment shows mastery, not by the calendar; a deadline can set a floor."""

    intensity: float = option("practices.competency_progression_intensity", 0.0, 1.0)
    """Share of students whose pace follows their mastery."""
    spread: float = option("practices.competency_progression_spread", 0.0, 1.0)
    mastery_threshold: float = option("practices.competency_progression_mastery_threshold", 0.3, 0.99)
    """Mastery at which a unit counts as done, at any intensity."""
    assessment_wait_weeks: float = option("practices.competency_progression_assessment_wait_weeks", 0.0, 36.0)
    """Weeks a student waits for the assessment; 0 is on demand."""
    deadline_weeks: float = option("practices.competency_progression_deadline_weeks", 0.0, 36.0)
    """Weeks after which a unit ends even if not mastered; 0 is no deadline."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity puts more students on their own pace; the rules of the pace stay the same."""
        table.put("own_pace_share", intensity)
        table.put("mastery_threshold", self.mastery_threshold)
        table.put("assessment_wait_weeks", self.assessment_wait_weeks)
        table.put("deadline_weeks", self.deadline_weeks if self.deadline_weeks > 0.0 else NO_DEADLINE_WEEKS)
