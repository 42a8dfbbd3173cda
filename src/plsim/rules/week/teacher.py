"""A teacher's week: hours that practices ask, quality of what is delivered, proficiency afterwards."""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .. import plan as planning
from .. import quality
from .. import time as timing
from ..levers import Levers
from ..proficiency import next_proficiency, practice_rate
from ..shapes import at_least, at_most, mix
from .params import Params


class Delivered(NamedTuple):
    """Delivered quality (0 to 1) of each practice by one teacher this week, and the teacher's own quality.

    ``deviation`` is the teacher's effect on a year's achievement, in SD of students; ``craft`` what experience, skill
    and strain multiply the teacher's quality by; ``skilled`` what general skill alone does.
    """

    profiles: float
    paths: float
    competency: float
    environment: float
    grouping: float
    advising: float
    technology: float
    belonging: float
    deviation: float
    craft: float
    skilled: float


@compiled
def relief(proficiency: float, p: Params) -> float:
    """Share of a practice's hours that remain when a teacher has this proficiency."""
    return 1.0 - p.plan.proficiency_relief * proficiency


@compiled
def section_demand(
    lv: Levers,
    students: float,
    spread: float,
    parallel: float,
    library: float,
    proficiency_profiles: float,
    proficiency_paths: float,
    proficiency_environment: float,
    p: Params,
) -> float:
    """Hours a week that one section's practices ask of its teacher outside lessons; see ``plan.section_hours``."""
    groups = timing.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = planning.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return planning.section_hours(
        students,
        levels,
        parallel,
        library,
        lv.data_rate,
        lv.own_pace_share,
        lv.regroup_rate,
        lv.grouping_on_data,
        lv.adult_hours,
        lv.belonging,
        lv.srl_instruction,
        lv.old_duties,
        at_most(lv.path_share + lv.rotation_share, 1.0),
        relief(proficiency_profiles, p),
        relief(proficiency_paths, p),
        relief(proficiency_environment, p),
        p.plan,
    )


@compiled
def advising_demand(lv: Levers, section_size: float, proficiency_advising: float, p: Params) -> float:
    """Hours a week of goal talks that fall on one teacher; ``section_size`` is the school's mean."""
    return planning.advising_hours(
        lv.advising_minutes, section_size, lv.adult_hours, relief(proficiency_advising, p), p.plan
    )


@compiled
def tools_in_use(lv: Levers) -> float:
    """Products a teacher works with: the school's usual ones and those of its technology practice."""
    return lv.base_tools + lv.tools


@compiled
def tool_overload(lv: Levers, p: Params) -> float:
    """Products beyond those a teacher can learn, relative to that number; 0 when all are learned."""
    felt = tools_in_use(lv) * (1.0 + lv.curriculum_fragmentation)
    return at_least(felt / p.plan.tool_capacity - 1.0, 0.0)


@compiled
def tool_demand(lv: Levers, p: Params) -> float:
    """Hours a week that tools cost a teacher, or save."""
    return planning.tool_hours(tools_in_use(lv), lv.curriculum_fragmentation, p.plan)


@compiled
def of_seat(in_math: float, in_reading: float, math_share: float) -> float:
    """What a teacher has of something that differs by subject, by the share of mathematics among the sections."""
    return mix(in_reading, in_math, math_share)


@compiled
def deliver(
    profiles: float,
    paths: float,
    competency: float,
    environment: float,
    grouping: float,
    advising: float,
    technology: float,
    belonging: float,
    fidelity: float,
    strain: float,
    deviation: float,
    experience_years: float,
    skill: float,
    p: Params,
) -> Delivered:
    """Delivered quality of each practice, from proficiency, the week's fidelity and strain; the teacher's own quality.

    ``deviation`` is the teacher's effect in SD of students; ``skill`` general skill of instruction (0 to 1).
    """
    return Delivered(
        profiles=quality.delivered(profiles, fidelity, strain, p.quality),
        paths=quality.delivered(paths, fidelity, strain, p.quality),
        competency=quality.delivered(competency, fidelity, strain, p.quality),
        environment=quality.delivered(environment, fidelity, strain, p.quality),
        grouping=quality.delivered(grouping, fidelity, strain, p.quality),
        advising=quality.delivered(advising, fidelity, strain, p.quality),
        technology=quality.delivered(technology, fidelity, strain, p.quality),
        belonging=quality.delivered(belonging, fidelity, strain, p.quality),
        deviation=deviation,
        craft=quality.craft(experience_years, skill, strain, p.quality),
        skilled=quality.skilled(skill, p.quality),
    )


@compiled
def authoring_hours(lv: Levers, students: float, spread: float, parallel: float, p: Params) -> float:
    """Hours a week that one section asks for lessons at levels beyond the common one; ``parallel`` sections share."""
    groups = timing.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = planning.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return levels * p.plan.lesson_level_hours / parallel


@compiled
def develop_practice(
    proficiency: float, use: float, relational: float, help_: float, buy_in: float, load: float, p: Params
) -> float:
    """A teacher's proficiency in one practice after this week."""
    rate = practice_rate(relational, p.proficiency)
    return next_proficiency(proficiency, use, rate, help_, buy_in, load, p.proficiency)
