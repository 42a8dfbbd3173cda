"""Technology: time with learning software, its quality, and the number of tools."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("technology")
class Technology(Practice):
    """Learning software in lessons: time with it, the quality of its content, and the number of tools to learn."""

    intensity: float = option("practices.technology_intensity", 0.0, 1.0)
    spread: float = option("practices.technology_spread", 0.0, 1.0)
    tech_share: float = option("practices.technology_tech_share", 0.0, 1.0)
    """Share of contact time with learning software, at intensity 1."""
    content_quality_math: float = option("practices.technology_content_quality_math", 0.0, 1.0)
    """Quality of the digital mathematics content, at any intensity."""
    content_quality_reading: float = option("practices.technology_content_quality_reading", 0.0, 1.0)
    """Quality of the digital reading content, at any intensity."""
    tools: float = option("practices.technology_tools", 0.0, 100.0)
    """Digital tools that a teacher uses for learning, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity brings more time with software and more tools, never better content."""
        table.put("tech_share", intensity * self.tech_share)
        table.put("content_quality_math", self.content_quality_math)
        table.put("content_quality_reading", self.content_quality_reading)
        table.put("tools", intensity * self.tools)
