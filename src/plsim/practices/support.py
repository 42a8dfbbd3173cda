"""Support: what a district, network or leader gives so that practices can work, and how they are brought in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Options, count_option, option


class Support(Options):
    """Help for teachers, and the way into the change. Left out, it is what typical schools have."""

    coaching_hours: float = option("support.coaching_hours", 0.0, 20.0)
    """Coaching per teacher and week, in hours."""
    instruction_coaching_hours: float = option("support.instruction_coaching_hours", 0.0, 20.0)
    """Coaching of instruction in general, apart from the practices, per teacher and week, in hours."""
    coaching_quality: float = option("support.coaching_quality", 0.0, 1.0)
    """Quality of that coaching: 1 as in small programs, less where coaches are spread over many teachers."""
    planning_hours: float = option("support.planning_hours", 0.0, 20.0)
    """Planning per teacher and week beyond the contract's, in hours."""
    library_access: float = option("support.library_access", 0.0, 1.0)
    """Share of a shared lesson library that is open to the school."""
    library_support: float = option("support.library_support", 0.0, 1.0)
    """Support to find and use shared lessons."""
    vision: float | None = Field(default=None, ge=0.0, le=1.0)
    """Shared vision the school works toward; left out, each school keeps its own."""
    community_engagement: float = option("support.community_engagement", 0.0, 1.0)
    """How far families take part and are told why things change."""
    leadership: float = option("support.leadership", 0.0, 1.0)
    """Strength of the school's leadership for this."""
    initiation: Literal["engaged", "imposed"] | None = None
    """Who began it: all schools engaged, all imposed upon, or (left out) as each school of the population."""
    rollout: Literal["big_bang", "phased"] = "big_bang"
    """Everything in the first week, or one practice after the other over ``rollout_weeks``."""
    rollout_weeks: int = count_option("support.rollout_weeks", 8, 288)
    """Weeks that a phased rollout takes."""
    structure: Literal["overlay", "redesign"] = "overlay"
    """Overlay keeps old duties and schedules; redesign releases them at a cost, once."""
    network_schools: int = count_option("support.network_schools", 0, 500)
    """Schools that share one library and one support pool; 0 is each on its own."""
    pool_coaching_hours: float = Field(default=0.0, ge=0.0, le=100_000.0)
    """Coaching that one network's support pool can give a week, in hours; 0 is as much as its schools ask for."""

    def apply(self, table: LeverTable, own_vision: FloatArray) -> None:
        """Turn the support levers, from the first week on.

        Parameters
        ----------
        table
            Levers to turn.
        own_vision
            Vision that each school has without support. Shape (schools,).
        """
        table.put("coaching_hours", self.coaching_hours)
        table.put("instruction_coaching_hours", self.instruction_coaching_hours)
        table.put("coaching_quality", self.coaching_quality)
        table.put("planning_hours", self.planning_hours)
        table.put("library_access", self.library_access)
        table.put("library_support", self.library_support)
        table.put("vision", own_vision if self.vision is None else self.vision)
        table.put("community_engagement", self.community_engagement)
        table.put("leadership", self.leadership)
        table.put("old_duties", 1.0 if self.structure == "overlay" else 0.0)
