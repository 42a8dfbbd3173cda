"""How long students wait at mastery before they may move on."""

from __future__ import annotations

from plsim.core.arrays import Floats
from plsim.measures.outcomes.declaration import StudentYear, outcome


@outcome(
    "waiting_weeks",
    unit="weeks",
    label="Weeks a year spent waiting to move on",
    meaning="Weeks a year at mastery and not yet promoted.",
)
def waiting_weeks(year: StudentYear) -> Floats:
    """Weeks in which a student had mastered the unit and was not yet promoted. Shape (students, 2)."""
    return year.units["waiting"]
