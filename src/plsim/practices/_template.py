"""A practice to copy. Say here, in a teacher's words, what a school does.

1. Copy this file to ``practices/<name>.py`` and rename class and options; the scenario's schema takes it up by itself.
2. Put a default for every option into ``evidence/data/practices.toml`` (``[practices.<name>_<option>]``), with
   typical intensity 0 unless typical schools do it: typical practice is the yardstick.
3. Turn levers that exist (``levers.py``), adding to what the eight practices planned, or declare levers, sessions and
   a skill of its own (``own.py``). A practice never touches a student.
4. Add a scenario that uses it and a test of its one promise.

This file is not imported (its name begins with ``_``), so what it registers is not offered. Practices beyond the eight
of ``PRACTICES`` have no taste of their own in the population: their intensity is the same in every school.
"""

from __future__ import annotations

import numpy as np

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("morning_meeting")
class MorningMeeting(Practice):
    """The day starts with a talk in a circle, which costs lesson time and builds relationships."""

    intensity: float = option("practices.morning_meeting_intensity", 0.0, 1.0)
    spread: float = option("practices.morning_meeting_spread", 0.0, 1.0)
    relationship_work: float = option("practices.morning_meeting_relationship_work", 0.0, 1.0)
    """How much of full relationship work the meeting is, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """Add to relationship work, which stays a share."""
        added = (intensity * self.relationship_work)[:, np.newaxis]
        table["belonging"][...] = np.minimum(1.0, table["belonging"] + added)
