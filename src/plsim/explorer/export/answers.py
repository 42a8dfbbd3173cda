"""What an exported page can answer: every demonstration, every pair of classes, scenarios, and a bounded grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.core.errors import InputError
from plsim.engine.worlds import label, worlds
from plsim.explorer.languages.texts import said
from plsim.explorer.teaching.classroom import Classroom, Recorder
from plsim.explorer.teaching.classroom_changes import THINGS
from plsim.explorer.teaching.classroom_pairs import PAIRS
from plsim.explorer.teaching.classroom_story import story
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.explorer.teaching.demonstration_run import StepRunner
from plsim.explorer.teaching.kit import kit
from plsim.explorer.teaching.plans import outcomes, told, values
from plsim.explorer.teaching.teach_api import class_scenarios, described, listed
from plsim.runs.evaluate import Evaluator
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario

MAX_PINS = 6
STORY_WEEKS = range(0, WEEKS_PER_YEAR + 1, 6)
"""Weeks after which a student's story is kept; the page tells the latest of them."""
_WORLDS = 20

GRID_START = "personalized_school"
GRID_SIZE = {"population.schools": 4, "population.students_per_school": 200}
DIALS: tuple[dict[str, Any], ...] = (
    {"key": "support.coaching_hours", "title": "Coaching for each teacher", "choices": [
        ["none", 0.0], ["half an hour a week", 0.5], ["two hours a week", 2.0]]},
    {"key": "support.planning_hours", "title": "Extra planning time for each teacher", "choices": [
        ["none", 0.0], ["two hours a week", 2.0], ["five hours a week", 5.0]]},
    {"key": "support.structure", "title": "Old duties and schedules", "choices": [
        ["they stay", "overlay"], ["they are dropped", "redesign"]]},
    {"key": "practices.technology.intensity", "title": "Technology", "choices": [
        ["none", 0.0], ["half of the plan", 0.5], ["all of the plan", 1.0]]},
)  # fmt: skip
"""What the grid varies; every combination is run."""

Tell = Callable[[str], None]


def steps_of(demonstrations: dict[str, LoadedDemonstration], pins: Sequence[tuple[str, Scenario]]) -> int:
    """How many pieces of work there are."""
    return sum(len(each.says.steps) for each in demonstrations.values()) + len(PAIRS) + len(pins) + 1


def answers(
    demonstrations: dict[str, LoadedDemonstration], pins: Sequence[tuple[str, Scenario]], *, tell: Tell
) -> dict[str, Any]:
    """Answers by the address that a page with a server would ask; ``tell`` is called before each piece of work."""
    if len(pins) > MAX_PINS:
        raise InputError("pins", "", f"{len(pins)} scenarios", allowed=f"up to {MAX_PINS}")
    found: dict[str, Any] = {"/api/teach/demonstrations": listed(demonstrations)}
    stage = StepRunner()
    for name, each in demonstrations.items():
        address = f"/api/teach/demonstrations/{name}"
        found[address] = described(each)
        found[f"{address}/kit"] = kit(each)
        for index in range(len(each.says.steps)):
            tell(said("{title}, step {n}", title=each.says.title, n=index + 1))
            found[f"{address}/steps/{index + 1}"] = stage.step(each, index)
    found["/api/teach/classroom"] = {"scenarios": class_scenarios(), "pairs": PAIRS, "things": THINGS}
    found["/api/teach/votes"] = {"possible": False}
    recorder = Recorder()
    films, stories = {}, {}
    for pair in PAIRS:
        tell(said("A classroom: {title}", title=pair["title"]))
        asked = Classroom.model_validate(pair["classroom"])
        film = recorder.recorded(asked)
        films[pair["name"]] = film
        stories[pair["name"]] = {
            str(week): [[story(side, one["number"], week) for one in side["students"]] for side in film["sides"]]
            for week in STORY_WEEKS
        }
    found["films"], found["stories"] = films, stories
    found["pins"] = list(_pinned(pins, tell))
    tell(said("A grid of answers"))
    found["grid"] = _grid()
    found["basis"] = {"worlds": _WORLDS, "label": label()}
    return found


def _pinned(pins: Sequence[tuple[str, Scenario]], tell: Tell) -> Iterator[dict[str, Any]]:
    """Scenarios in the schools of the first, with the same random draws."""
    for name, scenario in pins:
        tell(name)
        first = pins[0][1]
        ask = Evaluator(first, outcomes=outcomes(first.years))
        same = scenario.with_changes(years=first.years, seed=first.seed, population=first.population)
        yield {"label": name, "years": first.years, "purpose": scenario.purpose, "rows": _told(ask, same)}


def _grid() -> dict[str, Any]:
    base = changed(load(GRID_START), {**GRID_SIZE, "years": 2})
    ask = Evaluator(base, outcomes=outcomes(2))
    cells = {}
    for picked in product(*(range(len(dial["choices"])) for dial in DIALS)):
        settings = {dial["key"]: dial["choices"][at][1] for dial, at in zip(DIALS, picked, strict=True)}
        cells["".join(map(str, picked))] = _told(ask, changed(base, settings))
    dials = [{"title": dial["title"], "choices": [words for words, _ in dial["choices"]]} for dial in DIALS]
    size = {"schools": GRID_SIZE["population.schools"], "students": GRID_SIZE["population.students_per_school"]}
    return {"dials": dials, "cells": cells, "years": 2, **size}


def _told(ask: Evaluator, scenario: Scenario) -> list[dict[str, Any]]:
    return told(values(ask, scenario, worlds(_WORLDS, ask.seed)))
