"""Flexible learning environment: groups, one-on-one time, space and adult roles."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("flexible_environment")
class FlexibleEnvironment(Practice):
    """Time, space and adults are used flexibly: groups that change often, one-on-one blocks, further adults."""

    intensity: float = option("practices.flexible_environment_intensity", 0.0, 1.0)
    spread: float = option("practices.flexible_environment_spread", 0.0, 1.0)
    rotation_share: float = option("practices.flexible_environment_rotation_share", 0.0, 1.0)
    """Share of contact time in small-group rotation, at intensity 1."""
    groups: float = option("practices.flexible_environment_groups", 1.0, 20.0)
    """Groups that a section rotates through, at intensity 1."""
    regroup_interval_weeks: float = option("practices.flexible_environment_regroup_interval_weeks", 0.2, 36.0)
    """Weeks between two regroupings, at intensity 1."""
    cross_grade: float = option("practices.flexible_environment_cross_grade", 0.0, 1.0)
    """How far groups form across the grades of a pool, at intensity 1."""
    one_on_one_share: float = option("practices.flexible_environment_one_on_one_share", 0.0, 1.0)
    """Share of contact time that the teacher gives one-on-one, at intensity 1."""
    adult_hours: float = option("practices.flexible_environment_adult_hours", 0.0, 40.0)
    """Hours of further adults per section and week, at intensity 1."""
    flexible_space: float = option("practices.flexible_environment_flexible_space", 0.0, 1.0)
    """Share of teaching space that can be rearranged, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity means more of all of it: groups, regrouping, one-on-one time, adults, space."""
        table.put("rotation_share", intensity * self.rotation_share)
        table.put("groups", 1.0 + intensity * (self.groups - 1.0))
        table.put("regroup_rate", intensity / self.regroup_interval_weeks)
        table.put("cross_grade", intensity * self.cross_grade)
        table.put("one_on_one_share", intensity * self.one_on_one_share)
        table.put("adult_hours", intensity * self.adult_hours)
        table.put("flexible_space", intensity * self.flexible_space)
