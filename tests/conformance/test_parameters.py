"""Every number that a rule reads has an entry in the registry, every entry is read, and every uncertain one matters."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import plsim
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import Pair
from plsim.engine.parameters import World, rule_keys
from plsim.engine.year import run_year
from plsim.evidence import registry
from plsim.rules.week.params import Params

SOURCES = {path: path.read_text(encoding="utf-8") for path in Path(plsim.__file__).parent.rglob("*.py")}
ALL_SOURCES = "\n".join(SOURCES.values())
GROUPS = typing.get_type_hints(Params)
# Everything that schools can do at once, so that no mechanism is idle.
EVERYTHING = (
    "practices.competency_progression.intensity=0.6", "practices.competency_progression.deadline_weeks=6.0",
    "practices.learner_profiles.intensity=0.9", "practices.learning_paths.intensity=0.8",
    "practices.flexible_environment.cross_grade=0.5", "practices.belonging.intensity=0.9",
    "practices.technology.intensity=1.0", "practices.technology.tech_share=0.6", "practices.advising.intensity=0.9",
    "support.library_access=1.0", "support.library_support=0.5", "support.coaching_hours=1.0", "support.vision=0.9",
    "support.instruction_coaching_hours=1.0",
    "programs.tutoring.minutes=60.0", "programs.tutoring.ratio=2.0", "programs.software.minutes=60.0",
    "context.curriculum_fragmentation=0.6", "programs.lesson_library.coverage=0.5",
)  # fmt: skip
OF_A_FORM = {"learning.fading": {"learning.form": 1.0}}
"""Numbers that only one form of a rule reads, and that form."""

IN_THE_WEEK = set(re.findall(r"\bp\.(\w+\.\w+)\b", ALL_SOURCES))
"""Groups and numbers that the sources read as ``p.group.number``."""


def test_every_number_of_a_rule_has_an_entry() -> None:
    assert set(rule_keys()) <= set(registry().keys())


@pytest.mark.parametrize("group", GROUPS)
def test_every_number_of_a_rule_is_read_by_a_rule_or_where_a_run_begins(group: str) -> None:
    topic = SOURCES[Path(plsim.__file__).parent / "rules" / f"{GROUPS[group].__module__.rpartition('.')[2]}.py"]
    beginnings = " ".join(re.findall(rf"\bp = self\.p\.{group}\b([\s\S]{{0,200}})", ALL_SOURCES))

    def is_read(name: str) -> bool:
        in_its_topic = re.search(rf"\bp\.{name}\b", topic)
        in_the_week = f"{group}.{name}" in IN_THE_WEEK
        at_the_start = re.search(rf"\bp\.{name}\b", beginnings)
        by_its_key = f'"{group}.{name}"' in ALL_SOURCES
        return bool(in_its_topic or in_the_week or at_the_start or by_its_key)

    assert [name for name in GROUPS[group]._fields if not is_read(name)] == []


def test_every_entry_of_the_registry_is_read_by_somebody() -> None:
    # Keys stand in the sources as they are, or as patterns: f"population.{trait}_link".
    patterns = [
        re.compile(re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(found)))
        for found in set(re.findall(r'f"([a-z_]+\.[^"\s]*\{[^"]*\}[^"\s]*)"', ALL_SOURCES))
    ]
    by_rules = set(rule_keys())
    unread = [
        key
        for key in (entry.key for entry in registry())
        if key not in by_rules
        and f'"{key}"' not in ALL_SOURCES
        and not any(pattern.fullmatch(key) for pattern in patterns)
    ]
    assert unread == []


@pytest.fixture(scope="module")
def everything(few: Callable[..., object], pair_of: Callable[..., Pair]) -> Pair:
    return pair_of(few("nglc_2015", *EVERYTHING))


@pytest.fixture(scope="module")
def ends(everything: Pair, arm_of: Callable[..., Arm], engine: Engine) -> Callable[[World], np.ndarray]:
    """What a world's year leaves behind: achievement and motives of students, skill of teachers, state of schools."""

    def end(world: World) -> np.ndarray:
        arm = arm_of(everything, world=world)
        run_year(arm, engine)
        left, record = arm.lasting, arm.record[0]
        return np.concatenate([
            left.achievement.ravel(), record.achievement.ravel(), left.self_regulation, left.engagement,
            record.proficiency.ravel(), record.strain, record.library, record.trust, record.vision,
        ])  # fmt: skip

    return end


@pytest.fixture(scope="module")
def central_end(ends: Callable[[World], np.ndarray]) -> np.ndarray:
    return ends(World())


@pytest.mark.parametrize("key", [parameter.key for parameter in registry().uncertain()])
def test_every_uncertain_parameter_moves_something(
    key: str, ends: Callable[[World], np.ndarray], central_end: np.ndarray
) -> None:
    parameter = registry()[key]
    assert parameter.low < parameter.high
    form = OF_A_FORM.get(key, {})
    before = ends(World("form", form)) if form else central_end
    for value in {parameter.low, parameter.high} - {parameter.value}:
        end = ends(World("moved", {**form, key: value}))
        assert np.isfinite(end).all()
        assert np.abs(end - before).max() > 1e-6, value
