"""A game: a district has so much money and so many hours; teams look for the plan that does most with them.

All plans run in the same schools with the same random draws. A team is ahead of another only if it is so in most
worlds; otherwise they share a place, because nobody could tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from plsim.core.errors import InputError
from plsim.engine.parameters import CENTRAL
from plsim.engine.worlds import label, worlds
from plsim.explorer.teaching.plans import SHOWN, outcomes, told, values
from plsim.measures.findings import clear_share
from plsim.runs.evaluate import Evaluator
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario

BUDGET_USD = 300.0
HOURS_A_WEEK = 3.0
TRIES = 6
"""Times that a team may look at a plan before it hands one in."""
MOST_TEAMS = 6
START = "typical_practice"
YEARS = 2
SIZE = {"population.schools": 4, "population.students_per_school": 150, "population.device_share": 1.0}
WORLDS = 20

_SHARE = {"low": 0.0, "high": 1.0, "step": 0.1, "unit": "share"}
CONTROLS: tuple[dict[str, Any], ...] = (
    {"key": "practices.learner_profiles.intensity", "title": "Learner profiles", **_SHARE},
    {"key": "practices.learning_paths.intensity", "title": "Personal learning paths", **_SHARE},
    {"key": "practices.competency_progression.intensity", "title": "Moving on by mastery", **_SHARE},
    {"key": "practices.flexible_environment.intensity", "title": "Groups, one-on-one time, space", **_SHARE},
    {"key": "practices.data_driven_grouping.intensity", "title": "Grouping by data", **_SHARE},
    {"key": "practices.advising.intensity", "title": "Advising", **_SHARE},
    {"key": "practices.technology.intensity", "title": "Technology", **_SHARE},
    {"key": "practices.belonging.intensity", "title": "Relationships and belonging", **_SHARE},
    {"key": "support.coaching_hours", "title": "Coaching for each teacher", "low": 0.0, "high": 2.0, "step": 0.25,
     "unit": "hours a week"},
    {"key": "support.planning_hours", "title": "Extra planning time for each teacher", "low": 0.0, "high": 6.0,
     "step": 0.5, "unit": "hours a week"},
    {"key": "support.library_access", "title": "Shared lesson library open to the school", **_SHARE},
    {"key": "practices.flexible_environment.adult_hours", "title": "Further adults in class", "low": 0.0, "high": 5.0,
     "step": 0.5, "unit": "hours a week"},
)  # fmt: skip
"""What a team may move."""
_BY_KEY = {control["key"]: control for control in CONTROLS}
STRUCTURE = "support.structure"


@cache
def _base() -> Scenario:
    return changed(load(START), {**SIZE, "years": YEARS})


@cache
def usual() -> dict[str, float]:
    """Where every control stands at the beginning: what typical schools do."""
    found = {}
    for key in _BY_KEY:
        value: Any = _base()
        for part in key.split("."):
            value = value[part] if part in dict(_base().practices.items()) else getattr(value, part)
        found[key] = float(value)
    return found


def plan(changes: Mapping[str, object]) -> Scenario:
    """A team's plan as a scenario; only what the game lets people move, within its ends."""
    for key, value in changes.items():
        if key == STRUCTURE:
            if value not in {"overlay", "redesign"}:
                raise InputError("plan", key, f"{value!r}", allowed="overlay, redesign")
            continue
        if key not in _BY_KEY:
            raise InputError("plan", key, "cannot be moved in the game")
        low, high = _BY_KEY[key]["low"], max(_BY_KEY[key]["high"], usual()[key])
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise InputError("plan", key, f"{value!r}", allowed=f"{low:g} to {high:g}")
    return changed(_base(), dict(changes)) if changes else _base()


def rules() -> dict[str, Any]:
    """What teams are told."""
    return {
        "budget": BUDGET_USD, "hours": HOURS_A_WEEK, "tries": TRIES, "teams": MOST_TEAMS, "years": YEARS,
        "schools": SIZE["population.schools"], "students": SIZE["population.students_per_school"],
        "controls": [{**control, "usual": usual()[control["key"]]} for control in CONTROLS],
        "structure": STRUCTURE, "start": START, "size": SIZE, "worlds": WORLDS, "basis": label(),
    }  # fmt: skip


class Referee:
    """Runs plans in the same schools; keeps what they share."""

    def __init__(self) -> None:
        self._ask = Evaluator(_base(), outcomes=outcomes(YEARS))

    def tried(self, changes: Mapping[str, object]) -> dict[str, Any]:
        """A plan in the central world: enough to see what it costs."""
        rows = told(values(self._ask, plan(changes), (CENTRAL,)))
        return {"rows": rows, "within": _within(rows)}

    def board(
        self, plans: Sequence[tuple[str, Mapping[str, object]]], *, tell: Callable[[int], None] = lambda _: None
    ) -> dict[str, Any]:
        """The leaderboard: plans over worlds, best first; plans that nobody can tell apart share a place.

        Plans that break the limits come last, and have none.
        """
        tried = worlds(WORLDS, _base().seed)
        found: list[dict[str, Any]] = []
        for number, (team, changes) in enumerate(plans):
            tell(number)
            each = values(self._ask, plan(changes), tried)
            rows = [*told(each)[:1], *told(values(self._ask, plan(changes), (CENTRAL,)))[1:]]
            found.append({"team": team, "changes": dict(changes), "rows": rows, "within": _within(rows), "all": each})
        found.sort(key=lambda one: (not all(one["within"]), -one["rows"][0]["value"]))
        place = 0
        for index, one in enumerate(found):
            before = found[index - 1] if index else None
            if before is None or not _level(before, one):
                place = index + 1
            one["place"] = place if all(one["within"]) else None
            one["ahead_of_next"] = None if index + 1 == len(found) else _ahead(one, found[index + 1])
        for one in found:
            del one["all"]
        return {"teams": found, "worlds": len(tried), "basis": label()}


def _within(rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Whether the plan keeps to the money and to the hours, as its team saw them."""
    by_name = dict(zip(SHOWN, rows, strict=True))
    _, budget, hours = (by_name[name] for name in SHOWN)
    return [bool(budget["value"] <= BUDGET_USD), bool(hours["value"] <= HOURS_A_WEEK)]


def _ahead(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """Worlds in which one plan brings more learning than another."""
    return int(np.sum(one["all"][:, 0] > other["all"][:, 0]))


def _level(before: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Whether two plans cannot be told apart; one that breaks the limits shares no place with one that keeps them."""
    if all(before["within"]) != all(one["within"]):
        return False
    worlds_run = len(one["all"])
    return _ahead(before, one) <= clear_share(worlds_run) * worlds_run
