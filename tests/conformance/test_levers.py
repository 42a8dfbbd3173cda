"""Every lever moves what it is said to move, the way it is said to, and reaches achievement in no other way.

The table is the claim: turned alone, with typical practice otherwise, a lever moves these quantities in these
directions. Where a lever works on what another one brings (a tutor's ratio needs tutoring), ``beside`` sets that one in
both arms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import Pair
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import Typical
from plsim.engine.year_start import begin_year
from plsim.evidence import facts, registry
from plsim.practices.levers import LEVERS, PRACTICES
from plsim.rules.week.section import Section
from plsim.rules.week.student import Experience
from plsim.runs.held_channels import run_held

UP, DOWN = 1, -1
# The claims that the press and the funders made of such schools, by article and number.
CLAIMS = {
    f"claim {article}.{number}" for article, last in enumerate((24, 11, 21, 9, 10)) for number in range(1, last + 1)
}


class Promise(NamedTuple):
    """What a lever does: turned ``to`` this value it moves ``quantities`` (see :func:`quantities`) up or down.

    ``source`` names the claim, experience or finding in the evidence that the direction rests on.
    """

    to: float
    quantities: dict[str, int]
    source: str
    beside: dict[str, float] = {}  # noqa: RUF012


TUTORED = {"tutoring_minutes": 60.0, "tutoring_share": 1.0, "tutoring_quality": 1.0}
BY_MASTERY = {"own_pace_share": 1.0}
CHANGED = {"intensity_environment": 1.0, "rotation_share": 0.6}
BUSY = {"advising_minutes": 60.0, "data_rate": 1.0, "own_pace_share": 1.0}

PROMISES = {
    "data_rate": Promise(0.5, {"profile_error": DOWN, "known": UP, "aimed": UP, "demand": UP}, "ME-08"),
    "assessment_reliability": Promise(0.3, {"profile_error": UP, "known": DOWN, "aimed": DOWN}, "claim 4.9"),
    "habits_breadth": Promise(1.0, {"habits_error": DOWN}, "claim 0.20"),
    "own_data": Promise(1.0, {"section.structure": UP, "aimed_independent": UP}, "claim 0.21"),
    "path_share": Promise(0.5, {"supervised": UP, "path_share": UP, "whole": DOWN, "demand": UP}, "claim 1.2"),
    "choice_options": Promise(4.0, {"on_task_supervised": UP, "engagement": UP}, "ME-16"),
    "relevance": Promise(1.0, {"on_task_supervised": UP, "engagement": UP}, "P098"),
    "own_pace_share": Promise(
        1.0, {"section.own_pace_share": UP, "target_path": DOWN, "trust": DOWN, "demand": UP}, "PL-09"
    ),
    "mastery_threshold": Promise(0.95, {"units_taught": DOWN, "own_pace.mastery": UP}, "P060", BY_MASTERY),
    "assessment_wait_weeks": Promise(6.0, {"waiting": UP, "units_taught": DOWN}, "claim 0.14", BY_MASTERY),
    "deadline_weeks": Promise(2.0, {"unmet": UP, "units_taught": UP}, "ME-15", BY_MASTERY),
    "rotation_share": Promise(0.6, {"group": UP, "unsupervised": UP, "whole": DOWN}, "ME-01"),
    "groups": Promise(5.0, {"group": DOWN, "unsupervised": UP, "demand": UP}, "ME-01"),
    "regroup_rate": Promise(0.5, {"regroupings": UP, "demand": UP}, "ME-06"),
    "cross_grade": Promise(1.0, {"group_distance": DOWN}, "ME-04"),
    "one_on_one_share": Promise(0.4, {"one_on_one": UP, "unsupervised": UP, "whole": DOWN}, "claim 2.8"),
    "adult_hours": Promise(3.0, {"group": UP, "unsupervised": DOWN, "demand": UP}, "claim 0.9"),
    "flexible_space": Promise(1.0, {"group": DOWN, "unsupervised": UP}, "claim 0.8", {"groups": 8.0}),
    "grouping_on_data": Promise(1.0, {"section.grouping": UP, "aimed_group": UP, "demand": UP}, "ME-02"),
    "advising_minutes": Promise(30.0, {"section.structure": UP, "on_task_unsupervised": UP, "demand": UP}, "P097"),
    "srl_instruction": Promise(1.0, {"self_regulation": UP, "demand": UP}, "P092"),
    "goal_voice": Promise(1.0, {"section.structure": UP, "engagement": UP}, "P098"),
    "tech_share": Promise(0.5, {"supervised": UP, "whole": DOWN}, "claim 0.13"),
    "content_quality_math": Promise(1.0, {"math.quality_independent": UP}, "P117"),
    "content_quality_reading": Promise(1.0, {"reading.quality_independent": UP}, "P117"),
    "tools": Promise(15.0, {"demand": UP, "quality_independent": DOWN}, "claim 1.8"),
    "belonging": Promise(1.0, {"engagement": UP, "contact": DOWN, "demand": UP}, "ME-32"),
    "peer_share": Promise(0.5, {"peer": UP, "whole": DOWN, "collaboration": UP}, "claim 2.6"),
    "college_career_minutes": Promise(90.0, {"contact": DOWN}, "claim 4.5"),
    "coaching_hours": Promise(4.0, {"proficiency": UP}, "P102"),
    "instruction_coaching_hours": Promise(1.0, {"skill": UP, "quality_whole": UP, "quality_group": UP}, "ME-26"),
    "coaching_quality": Promise(
        0.3, {"skill": DOWN, "quality_whole": DOWN}, "ME-26", {"instruction_coaching_hours": 1.0}
    ),
    "planning_hours": Promise(10.0, {"supply": UP, "fidelity": UP}, "R17-18", BUSY),
    "library_access": Promise(1.0, {"library": UP}, "claim 0.19", {"library_support": 1.0}),
    "library_support": Promise(1.0, {"library": UP}, "claim 0.19", {"library_access": 1.0}),
    "vision": Promise(1.0, {"vision": UP, "buy_in": UP}, "claim 0.23"),
    "community_engagement": Promise(1.0, {"trust": UP}, "claim 1.10"),
    "leadership": Promise(1.0, {"vision": UP}, "claim 0.23", {"vision": 1.0}),
    "old_duties": Promise(0.0, {"demand": DOWN, "group": UP}, "claim 2.17", CHANGED),
    "tutoring_minutes": Promise(60.0, {"tutor": UP}, "ME-17", {"tutoring_share": 1.0, "tutoring_quality": 1.0}),
    "tutoring_ratio": Promise(4.0, {"quality_tutor": DOWN}, "ME-18", TUTORED),
    "tutoring_quality": Promise(1.0, {"quality_tutor": UP}, "ME-17", {**TUTORED, "tutoring_quality": 0.3}),
    "tutoring_share": Promise(1.0, {"tutor": UP}, "ME-17", {**TUTORED, "tutoring_share": 0.2}),
    "tutoring_displaced": Promise(1.0, {"whole": DOWN, "group": DOWN, "supervised": DOWN}, "ME-17", TUTORED),
    "tutoring_standing": Promise(1.0, {"tutored.standing": DOWN}, "ME-17", {**TUTORED, "tutoring_share": 0.3}),
    "tutoring_first_grade": Promise(6.0, {"tutor": DOWN, "tutored.grade": UP}, "NI-01", TUTORED),
    "tutoring_last_grade": Promise(5.0, {"tutor": DOWN, "tutored.grade": DOWN}, "NI-02", TUTORED),
    "software_minutes": Promise(90.0, {"home": UP, "home_path_share": UP}, "AD-14"),
    "software_in_class": Promise(1.0, {"supervised": UP, "home": DOWN}, "AD-14", {"software_minutes": 90.0}),
    "software_extra_minutes": Promise(90.0, {"extra": UP}, "AD-10", {"software_extra_share": 0.5}),
    "software_extra_share": Promise(1.0, {"extra": UP}, "AD-10", {"software_extra_minutes": 90.0}),
    "library_bought": Promise(1.0, {"section.freedom": UP, "demand": DOWN}, "P121"),
    "lesson_quality": Promise(1.0, {"quality_whole": UP, "quality_independent": UP}, "ME-21", {"library_bought": 1.0}),
    "contact_hours_math": Promise(6.0, {"math.whole": UP, "math.supervised": UP}, "P074"),
    "contact_hours_reading": Promise(8.0, {"reading.whole": UP, "reading.supervised": UP}, "P074"),
    "homework_minutes": Promise(120.0, {"home": UP}, "claim 0.16"),
    "curriculum_fragmentation": Promise(1.0, {"quality_independent": DOWN, "quality_home": DOWN}, "claim 2.4"),
    "base_tools": Promise(12.0, {"demand": UP, "quality_independent": DOWN}, "claim 1.8"),
    **{
        f"intensity_{short}": Promise(1.0, {f"proficiency.{practice}": UP, "change": UP}, "P103")
        for short, practice in zip(
            ("profiles", "paths", "competency", "environment", "grouping", "advising", "technology", "belonging"),
            PRACTICES,
            strict=True,
        )
    },
}


def quantities(arm: Arm) -> dict[str, float]:
    """Means over an arm after its weeks: what the last week held for students, and how teachers and schools stand."""
    rows, students, seats, schools = arm.rows, arm.students, arm.seats, arm.schools
    in_math = rows.subject == 0
    found = {"contact": float(arm.sections.values[:, Section._fields.index("contact")].mean())}
    for index, name in enumerate(Experience._fields):
        lived = arm.trace.experience[index]
        found[name], found[f"math.{name}"] = float(lived.mean()), float(lived[in_math].mean())
        found[f"reading.{name}"] = float(lived[~in_math].mean())
    for index, name in enumerate(Section._fields):
        found[f"section.{name}"] = float(arm.sections.values[:, index].mean())
    for name in ("units_taught", "waiting", "unmet", "known", "aimed"):
        found[name] = float(getattr(rows, name).mean())
    sizes = np.diff(arm.sections.first_row)
    by_mastery = rows.u_pace < np.repeat(arm.sections.values[:, Section._fields.index("own_pace_share")], sizes)
    ended = np.maximum(rows.units_taught[by_mastery].sum(), 1.0)
    found["own_pace.mastery"] = float(rows.taught_mastery[by_mastery].sum() / ended)
    found["profile_error"] = float(np.abs(rows.estimate - rows.achievement).mean())
    found["group_distance"] = float(np.abs(rows.group_mean - rows.estimate).mean())
    found["habits_error"] = float(np.abs(students.habits - students.self_regulation).mean())
    tutored = arm.trace.experience[Experience._fields.index("tutor")] > 0.0
    grade = np.repeat(arm.sections.grade, sizes)
    found["tutored.grade"] = float(grade[tutored].mean()) if tutored.any() else 0.0
    found["tutored.standing"] = float((rows.achievement - rows.group_mean)[tutored].mean()) if tutored.any() else 0.0
    for name in ("self_regulation", "collaboration", "engagement"):
        found[name] = float(getattr(students, name).mean())
    for name in ("demand", "supply", "fidelity", "buy_in", "proficiency", "skill"):
        found[name] = float(getattr(seats, name).mean())
    for index, name in enumerate(PRACTICES):
        found[f"proficiency.{name}"] = float(seats.proficiency[:, index].mean())
    for name in ("library", "vision", "trust", "regroupings", "change"):
        found[name] = float(getattr(schools, name).mean())
    return found


def lived(arm: Arm, engine: Engine) -> dict[str, float]:
    begin_year(arm, engine)
    engine.run(arm, 0, WEEKS_PER_YEAR)
    return quantities(arm)


def test_every_lever_has_a_promise():
    assert list(PROMISES) == [lever.name for lever in LEVERS]


def test_every_promise_has_a_source_in_the_evidence():
    known = {fact.id for fact in facts()}
    known |= {cited for entry in registry() for cited in re.findall(r"\b[A-Z]+\d*-?\d+\b|claim \d\.\d+", entry.source)}
    known |= CLAIMS
    assert {name: promise.source for name, promise in PROMISES.items() if promise.source not in known} == {}


@pytest.mark.parametrize("lever", PROMISES)
def test_a_lever_moves_what_it_promises(
    lever: str, usual: Pair, with_levers: Callable[..., Pair], arm_of: Callable[..., Arm], engine: Engine
):
    promise = PROMISES[lever]
    both = with_levers(usual, {lever: promise.to}, promise.beside)
    usually, turned = lived(arm_of(both, counterfactual=True), engine), lived(arm_of(both), engine)
    moved = {name: turned[name] - usually[name] for name in promise.quantities}
    wrong = {name: moved[name] for name, sign in promise.quantities.items() if not moved[name] * sign > 1e-9}
    assert not wrong, {name: (usually[name], turned[name]) for name in wrong}


@pytest.mark.parametrize("lever", PROMISES)
def test_a_lever_reaches_achievement_only_through_what_students_live_through(
    lever: str, usual: Pair, with_levers: Callable[..., Pair], engine: Engine, found: Typical
):
    promise = PROMISES[lever]
    both = with_levers(usual, {lever: promise.to}, promise.beside)
    run = run_held(both, CENTRAL, engine, Experience._fields, found=found)
    for with_it, without in zip(run.scenario.record, run.counterfactual.record, strict=True):
        np.testing.assert_array_equal(with_it.achievement, without.achievement)
