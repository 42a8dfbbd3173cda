"""Advising: talks about goals, and teaching how to learn this way."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("advising")
class Advising(Practice):
    """Regular talks about goals and progress, and teaching of self-regulation; first for those who seem to need it."""

    intensity: float = option("practices.advising_intensity", 0.0, 1.0)
    spread: float = option("practices.advising_spread", 0.0, 1.0)
    minutes: float = option("practices.advising_minutes", 0.0, 300.0)
    """Minutes of goal-setting talk per student and week, at intensity 1."""
    srl_instruction: float = option("practices.advising_srl_instruction", 0.0, 1.0)
    """How far self-regulation is taught, at intensity 1; 1 is a full program."""

    goal_voice: float = option("practices.advising_goal_voice", 0.0, 1.0)
    """How far students set their own goals in those talks, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity brings more minutes, more teaching of self-regulation, more voice in goals."""
        table.put("advising_minutes", intensity * self.minutes)
        table.put("srl_instruction", intensity * self.srl_instruction)
        table.put("goal_voice", intensity * self.goal_voice)
