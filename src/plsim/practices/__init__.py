"""What a school can do: practices, support, programs and context, each a small file that turns options into levers.

To add a practice copy ``_template.py``, import the new module below, and add evidence, a scenario and a test.
"""

from __future__ import annotations

from plsim.practices import (
    advising,
    belonging,
    competency_progression,
    data_driven_grouping,
    flexible_environment,
    learner_profiles,
    learning_paths,
    technology,
)
from plsim.practices.context import Context
from plsim.practices.levers import LEVER_INDEX, LEVERS, OWNERS, PRACTICES, Lever, LeverTable
from plsim.practices.options import Options, Practice
from plsim.practices.programs import Programs
from plsim.practices.registration import known_practices, register
from plsim.practices.support import Support

__all__ = [
    "LEVERS",
    "LEVER_INDEX",
    "OWNERS",
    "PRACTICES",
    "Context",
    "Lever",
    "LeverTable",
    "Options",
    "Practice",
    "Programs",
    "Support",
    "advising",
    "belonging",
    "competency_progression",
    "data_driven_grouping",
    "flexible_environment",
    "known_practices",
    "learner_profiles",
    "learning_paths",
    "register",
    "technology",
]
