"""Belonging: relationships, work with peers, a view of college and career."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("belonging")
class Belonging(Practice):
    """Social-emotional and relationship work, work with peers, and college and career work (not for tests)."""

    intensity: float = option("practices.belonging_intensity", 0.0, 1.0)
    """Strength of social-emotional and relationship work."""
    spread: float = option("practices.belonging_spread", 0.0, 1.0)
    peer_work: float = option("practices.belonging_peer_work", 0.0, 1.0)
    """Share of contact time in work with peers, at intensity 1."""
    college_career_minutes: float = option("practices.belonging_college_career_minutes", 0.0, 300.0)
    """College and career work per student and week, at intensity 1, in minutes."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity means more relationship work and more time with peers."""
        table.put("belonging", intensity)
        table.put("peer_share", intensity * self.peer_work)
        table.put("college_career_minutes", intensity * self.college_career_minutes)
