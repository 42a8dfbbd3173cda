"""How well a school knows where its students are."""

from __future__ import annotations

from plsim.core.arrays import Floats
from plsim.measures.outcomes.declaration import StudentYear, outcome


@outcome(
    "profile_error",
    unit="RIT",
    label="Error of the school’s estimate of a student’s level",
    meaning="Distance of the school's estimate of a student's level from the true level.",
)
def profile_error(year: StudentYear) -> Floats:
    """Absolute error of the estimate, mean over the year. Shape (students, 2)."""
    return year.units["profile_error"]
