"""Two practices of another package with levers, sessions and skill of their own, and what a run makes of them.

Run as a script by ``test_own_practices.py``, in a process of its own: what it registers stays registered.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from pydantic import Field

from plsim.practices import Own, OwnLever, Practice, register


@register("reading_clinic")
class ReadingClinic(Practice):
    """Teachers take the students of some standing and grades aside."""

    own = Own(sessions=True, relational=0.5, schedule=0.5)
    intensity: float = Field(default=0.0, ge=0.0, le=1.0)
    spread: float = Field(default=0.0, ge=0.0, le=1.0)
    minutes: float = Field(default=90.0, ge=0.0)
    given: str = "unpaid"
    lowest: float = 0.0
    highest: float = 0.3
    first_grade: int = 1
    last_grade: int = 3

    def apply(self, table: Any, intensity: Any) -> None:
        """Sessions for those of this standing in these grades."""
        table.give_sessions(
            self.name,
            intensity * self.minutes,
            group_size=3.0,
            grades=(self.first_grade, self.last_grade),
            standing=(self.lowest, self.highest),
            given=self.given,
        )


@register("home_visits")
class HomeVisits(Practice):
    """Teachers see families at home."""

    own = Own(levers=(OwnLever("visits", "1/year", "Visits per student and year.", 0.0, 6.0, adds={"belonging": 0.1}),))
    intensity: float = Field(default=0.0, ge=0.0, le=1.0)
    spread: float = Field(default=0.0, ge=0.0, le=1.0)
    visits: float = 3.0

    def apply(self, table: Any, intensity: Any) -> None:
        """So many visits at intensity 1."""
        table.put("home_visits_visits", intensity * self.visits)


CLINIC = "practices.reading_clinic"
SCHOOL = {"population.students_per_school": 60, "population.schools": 2}


def lived(engine: Any, **changes: Any) -> Any:
    """An arm after its years, with these changes to a small school."""
    import plsim
    from plsim.engine.arm import Arm
    from plsim.engine.pair import pair, population_of
    from plsim.engine.parameters import CENTRAL
    from plsim.engine.records import Reference
    from plsim.engine.year import run_years

    scenario = plsim.change("one_school_demo", {**SCHOOL, **changes})
    both = pair(scenario, population_of(scenario, None, 0), seed=0, years=scenario.years)
    reference = Reference.flat(np.full((2, 13), 0.55))
    return run_years(Arm(both.setting, both.plan, CENTRAL, reference), engine)


def differing(left: Any, right: Any) -> list[str]:
    """Names of state arrays that differ in any bit."""
    return [
        f"{part}.{name}"
        for part in ("rows", "students", "sections", "seats", "schools")
        for name, x, y in zip(getattr(left, part)._fields, getattr(left, part), getattr(right, part), strict=True)
        if not np.array_equal(x, y)
    ]


def agree() -> dict[str, Any]:
    """Differences between the engines, whatever sessions are made of."""
    from plsim.engine.batch.engine import BatchEngine
    from plsim.engine.mesa.model import MesaEngine

    cases: dict[str, dict[str, Any]] = {
        "unpaid": {f"{CLINIC}.intensity": 0.8},
        "lessons, with tutoring": {
            f"{CLINIC}.intensity": 1.0,
            f"{CLINIC}.given": "lessons",
            f"{CLINIC}.subjects": "reading",
            "programs.tutoring.minutes": 60.0,
            "programs.tutoring.share": 0.4,
            "programs.tutoring.displaced": 0.5,
        },
        "home visits, phased": {"practices.home_visits.intensity": 1.0, "support.rollout": "phased"},
    }
    return {name: differing(lived(BatchEngine(), **case), lived(MesaEngine(), **case)) for name, case in cases.items()}


def effects() -> dict[str, Any]:
    """Who gained, what it cost teachers and classes, and what teachers learned; against the school without."""
    from plsim.engine.mesa.model import MesaEngine

    def after(**changes: Any) -> Any:
        return lived(MesaEngine(), years=1, **changes)

    base = after()
    visited = after(**{"practices.home_visits.intensity": 1.0})
    grade = base.layout.roster.grade.astype(int)[base.rows.student]
    low = base.rows.standing < 0.3
    served = low & (grade >= 1) & (grade <= 3)

    def told(arm: Any) -> dict[str, float]:
        gain = arm.rows.achievement - base.rows.achievement
        return {
            "served": float(gain[served].mean()),
            "too old": float(gain[low & (grade > 3)].mean()),
            "higher": float(gain[~low & (grade >= 1) & (grade <= 3)].mean()),
            "demand": float(arm.record[0].demand.mean() - base.record[0].demand.mean()),
            "skill": float(arm.record[0].proficiency[:, 8].mean()),
        }

    return {
        "lowest": told(after(**{f"{CLINIC}.intensity": 1.0})),
        "highest": told(after(**{f"{CLINIC}.intensity": 1.0, f"{CLINIC}.lowest": 0.7, f"{CLINIC}.highest": 1.0})),
        "paid": told(after(**{f"{CLINIC}.intensity": 1.0, f"{CLINIC}.given": "paid"})),
        "lessons": told(after(**{f"{CLINIC}.intensity": 1.0, f"{CLINIC}.given": "lessons"})),
        "none": told(base),
        "engagement": float(visited.students.engagement.mean() - base.students.engagement.mean()),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"agree": agree, "effects": effects}[sys.argv[1]]()))
