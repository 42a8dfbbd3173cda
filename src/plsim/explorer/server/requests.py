"""What may be asked: a starting point, changes to it, and how many years and worlds; all of it bounded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from plsim.core.calendar import GRADES, MAX_YEARS
from plsim.core.errors import InputError, ScenarioError, nearest
from plsim.runs.run import DEFAULT_WORLDS
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import MAX_SEED, Scenario
from plsim.scenario.shipped import shipped_scenarios

DEFAULT_START = "nglc_2015"
MAX_STUDENTS = 60_000
"""Students that one run may hold."""
MAX_STUDENT_YEARS = 160_000
MAX_WORLDS = 200
MAX_CHANGES = 200
GRADES_KEY = "population.grades"
_TABLES = ("population", "practices", "support", "context", "programs", "freeze")

_Key = Annotated[str, StringConstraints(min_length=3, max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
_Word = Annotated[str, StringConstraints(max_length=40)]
_Value = bool | int | float | _Word | None
_Id = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]


class ScenarioRequest(BaseModel):
    """A scenario: a shipped one, what is changed in it, and whose students it is about."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    start: _Id = Field(default=DEFAULT_START, description="Name of a shipped scenario.")
    changes: dict[_Key, _Value] = Field(
        default_factory=dict,
        max_length=MAX_CHANGES,
        description="Dotted keys of a scenario file and their values; null takes an optional value or program away. "
        "Grades are a number, or a text such as K-5 or 3,4.",
        examples=[{"practices.technology.intensity": 0.8, "support.coaching_hours": 1.0}],
    )
    years: int | None = Field(
        default=None, ge=1, le=MAX_YEARS, description="Years to simulate; the start's own if null."
    )
    seed: int | None = Field(
        default=None, ge=0, le=MAX_SEED, description="Seed of the random draws; the start's own if null."
    )
    population: _Id = Field(default="", description="Name of students uploaded before; empty: drawn from norms.")

    def scenario(self) -> Scenario:
        """The scenario, checked."""
        made = _started(self.start)
        if self.years is not None or self.seed is not None:
            made = made.with_changes(
                years=made.years if self.years is None else self.years,
                seed=made.seed if self.seed is None else self.seed,
            )
        for key in self.changes:
            if key.partition(".")[0] not in _TABLES:
                raise ScenarioError("changes", key, "cannot be changed here", allowed=f"keys of {', '.join(_TABLES)}")
        if self.changes:
            values = {key: _grades(value) if key == GRADES_KEY else value for key, value in self.changes.items()}
            made = changed(made, values).with_changes(name=f"{made.name[:72]}_changed")
        if not self.population:
            check_size(made.population.schools * made.population.students_per_school, made.years)
        return made


class Watching(BaseModel):
    """Who asks, and what is known already."""

    model_config = ConfigDict(extra="forbid")

    worlds: int = Field(
        default=DEFAULT_WORLDS, ge=0, le=MAX_WORLDS, description="Worlds for the band; 0: the central world only."
    )
    known: int = Field(
        default=-1,
        ge=-1,
        le=MAX_WORLDS,
        description="Worlds that the asker has seen. The answer comes as soon as a few more are in; -1: at once.",
    )
    visitor: _Id = Field(
        default="", description="Any word that stays the same for one page: a newer request of it drops the older one."
    )
    turn: int = Field(
        default=0,
        ge=0,
        le=2**53,
        description="Counts a page's requests: the higher is the newer, whichever arrives first. 0: by arrival.",
    )


def grades_text(grades: Sequence[int] | None) -> str | int | None:
    """Grades as one value: a number, ``K-5`` or ``3,4``; None where all are wanted."""
    if not grades or len(grades) == 1:
        return grades[0] if grades else None
    every = sorted(grades)
    if every == list(range(every[0], every[-1] + 1)):
        return f"{GRADES[every[0]]}-{GRADES[every[-1]]}"
    return ",".join(GRADES[each] for each in every)


def _grades(value: object) -> object:
    """The other way round; what is no text or number of grades is left to the scenario's own checks."""
    if not isinstance(value, str):
        return [value] if isinstance(value, int) else value
    found: list[int] = []
    for part in value.split(","):
        ends = [each.strip() for each in part.split("-")]
        if len(ends) > 2 or not set(ends) <= set(GRADES):
            raise ScenarioError("changes", GRADES_KEY, f"got '{value}'", allowed="grades from K to 12: K-5, or 3,4")
        found += range(GRADES.index(ends[0]), GRADES.index(ends[-1]) + 1)
    return found


@cache
def _started(name: str) -> Scenario:
    shipped = shipped_scenarios()
    if name not in shipped:
        raise ScenarioError("start", "", f"no shipped scenario '{name}'", fix=nearest(name, shipped))
    return load(name)


def check_size(students: int, years: int) -> None:
    """Refuse what would take too long here; the command line takes more."""
    for count, most, what in (
        (students, MAX_STUDENTS, "students"), (students * years, MAX_STUDENT_YEARS, "students times years"),
    ):  # fmt: skip
        if count > most:
            fix = "Take fewer schools or years, or use `plsim run`"
            raise InputError("population", "", f"{count:,} {what}", allowed=f"up to {most:,} here", fix=fix)
