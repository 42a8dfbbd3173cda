"""The phases of a week, in order: both engines walk them."""

from __future__ import annotations

from typing import NamedTuple


class Phase(NamedTuple):
    """A phase of the week: its name, whose it is, and what happens."""

    name: str
    agents: str
    meaning: str


PHASES = (
    Phase("plan", "teachers", "The week's levers; hours asked of each teacher against hours there are."),
    Phase("profile", "students", "What the school knows of each student: level and needs age, data and adults tell."),
    Phase("group", "schools", "Sections, and pools across grades, regroup when due."),
    Phase("target", "schools", "What each section's week looks like."),
    Phase("learn", "students", "Hours x attention x match x aim x quality, in every mode, less what is lost."),
    Phase("pace", "students", "Units end by mastery, by calendar or by deadline; gaps open and close."),
    Phase("develop students", "students", "Self-regulation, collaboration, engagement."),
    Phase("develop teachers", "teachers", "Proficiency, general skill, strain, buy-in."),
    Phase("develop schools", "schools", "Library, vision, trust, novelty, and how much of the plan is in place."),
    Phase("measure", "nobody", "Engines record; no rule reads a measurement."),
)
"""The phases of a week, in order."""
