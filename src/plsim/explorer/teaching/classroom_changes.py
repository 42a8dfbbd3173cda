"""One thing that changes in a class while the year goes on: groups, data, an aide, hours; everything else stays."""

from __future__ import annotations

from typing import Any, Literal, get_args

from plsim.scenario.schema import Scenario

Thing = Literal["groups", "chance", "data", "blind", "aide", "hours"]

TITLES: dict[Thing, str] = {
    "groups": "Three small groups, made from data",
    "chance": "Three small groups, formed at random",
    "data": "Fresh data on every student, every two weeks",
    "blind": "No new data any more",
    "aide": "An aide in the room, five hours a week",
    "hours": "Three more planning hours a week",
}
THINGS = [{"name": name, "title": TITLES[name]} for name in get_args(Thing)]
"""What can be changed, in words."""

_FLEXIBLE = "practices.flexible_environment"
_GROUP_SHARE = 0.4
_GROUPS = 3.0
_ADULT_HOURS = 5.0
_LOOKS_EVERY = 2.0
_PLANNING_HOURS = 3.0


def changes_of(thing: Thing, scenario: Scenario) -> dict[str, Any]:
    """Dotted keys and values that bring it to a school which so far does what the scenario says."""
    if thing == "groups":
        grouped = {**_groups(scenario), "practices.data_driven_grouping.intensity": 1.0}
    elif thing == "chance":
        grouped = {**_groups(scenario), "practices.data_driven_grouping.intensity": 0.0}
    elif thing == "aide":
        grouped = _flexible(scenario, adult_hours=_ADULT_HOURS)
    elif thing == "data":
        # At intensity 1 looks come at the interval; habits and students' own data stay as wide as they were.
        profiles: Any = scenario.practices["learner_profiles"]
        grouped = {
            "practices.learner_profiles.intensity": 1.0,
            "practices.learner_profiles.data_interval_weeks": _LOOKS_EVERY,
            "practices.learner_profiles.habits": profiles.intensity * profiles.habits,
            "practices.learner_profiles.own_data": profiles.intensity * profiles.own_data,
        }
    elif thing == "blind":
        grouped = {"practices.learner_profiles.intensity": 0.0}
    else:
        grouped = {"support.planning_hours": scenario.support.planning_hours + _PLANNING_HOURS}
    return grouped


def _groups(scenario: Scenario) -> dict[str, Any]:
    return _flexible(scenario, rotation_share=_GROUP_SHARE, groups=_GROUPS)


def _flexible(scenario: Scenario, **wanted: float) -> dict[str, Any]:
    """Options of flexible environments so that what is wanted comes about and the others stay as they are.

    Options hold at intensity 1; a school that does little of the practice gets more of it, in which the others weigh
    less.
    """
    now: Any = scenario.practices["flexible_environment"]
    intensity = max(now.intensity, 0.5)
    ratio = now.intensity / intensity
    options = {
        "rotation_share": ratio * now.rotation_share,
        "groups": 1.0 + ratio * (now.groups - 1.0),
        "regroup_interval_weeks": min(now.regroup_interval_weeks / max(ratio, 0.05), 36.0),
        "cross_grade": ratio * now.cross_grade,
        "one_on_one_share": ratio * now.one_on_one_share,
        "adult_hours": ratio * now.adult_hours,
        "flexible_space": ratio * now.flexible_space,
    }
    for name, value in wanted.items():
        options[name] = 1.0 + (value - 1.0) / intensity if name == "groups" else value / intensity
    return {f"{_FLEXIBLE}.intensity": intensity, **{f"{_FLEXIBLE}.{name}": each for name, each in options.items()}}
