"""Learner profiles: what the school knows of each student."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("learner_profiles")
class LearnerProfiles(Practice):
    """An up-to-date picture of every student's achievement and habits, seen by teachers and by the student."""

    intensity: float = option("practices.learner_profiles_intensity", 0.0, 1.0)
    spread: float = option("practices.learner_profiles_spread", 0.0, 1.0)
    data_interval_weeks: float = option("practices.learner_profiles_data_interval_weeks", 0.2, 36.0)
    """Weeks between two looks at achievement data, at intensity 1."""
    assessment_reliability: float = option("practices.learner_profiles_assessment_reliability", 0.0, 1.0)
    """Reliability of those data, at any intensity."""
    habits: float = option("practices.learner_profiles_habits", 0.0, 1.0)
    """How far profiles hold habits beside achievement, at intensity 1."""
    own_data: float = option("practices.learner_profiles_own_data", 0.0, 1.0)
    """How far students read and use their own data, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity brings data more often, on more than achievement, to students too; never better tests."""
        table.put("data_rate", intensity / self.data_interval_weeks)
        table.put("assessment_reliability", self.assessment_reliability)
        table.put("habits_breadth", intensity * self.habits)
        table.put("own_data", intensity * self.own_data)
