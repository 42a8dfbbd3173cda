"""What a week asks of a teacher, and what is left of the plan when hours run out.

Sources: hours worked and contracted (RAND State of the American Teacher 2024; NCES NTPS 2020-21), hours spent finding
and making materials (ME-23, ME-24), time as the obstacle that teachers name first (R17-18, claim 1.8).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, clamp


class PlanParams(NamedTuple):
    """Numbers about teachers' hours; registry group ``plan``."""

    hours_outside_instruction: float
    base_hours: float
    demand_scale: float
    data_minutes_per_student: float
    lesson_level_hours: float
    level_width: float
    competency_minutes_per_student: float
    regroup_hours: float
    adult_coordination_share: float
    belonging_hours: float
    srl_hours: float
    proficiency_relief: float
    library_relief: float
    tool_hours_saved: float
    tool_capacity: float
    tool_hours_cost: float
    old_duty_hours: float
    capacity_from_autonomy: float
    levels_max: float


@compiled
def lesson_levels(
    students: float, groups: float, spread: float, path_share: float, grouping: float, p: PlanParams
) -> float:
    """Distinct lesson levels that a section needs in a week beyond the common lesson.

    Parameters
    ----------
    spread
        SD of the students' estimated levels (RIT); a path for each needs as many levels as the spread holds.
    path_share
        Share of contact time on own paths.
    grouping
        Whether groups are taught at their own level, 0 to 1.
    """
    own = at_most(4.0 * spread / p.level_width, at_most(students, p.levels_max)) * path_share
    return own + grouping * (groups - 1.0)


@compiled
def section_hours(
    students: float,
    levels: float,
    library: float,
    data_rate: float,
    own_pace_share: float,
    regroup_rate: float,
    grouping_on_data: float,
    adult_hours: float,
    advising_minutes: float,
    belonging: float,
    srl_instruction: float,
    relief_profiles: float,
    relief_paths: float,
    relief_other: float,
    p: PlanParams,
) -> float:
    """Hours a week that the practices of one section ask of its teacher outside lessons.

    ``library`` is the share of needed lesson levels that good shared material covers. The ``relief_*`` are 1 for a
    novice and fall with proficiency. Half of a student's advising falls on each of the two subjects.
    """
    data = students * data_rate * p.data_minutes_per_student / 60.0 * relief_profiles
    lessons = levels * p.lesson_level_hours * (1.0 - p.library_relief * library) * relief_paths
    assessing = students * own_pace_share * p.competency_minutes_per_student / 60.0 * relief_other
    regrouping = regroup_rate * p.regroup_hours * (1.0 + grouping_on_data) * relief_other
    adults = adult_hours * p.adult_coordination_share
    advising = 0.5 * students * advising_minutes / 60.0
    relating = 0.5 * (belonging * p.belonging_hours + srl_instruction * p.srl_hours) * relief_other
    return p.demand_scale * (data + lessons + assessing + regrouping + adults + advising + relating)


@compiled
def tool_hours(tools: float, fragmentation: float, p: PlanParams) -> float:
    """Hours a week that software tools save (negative) or cost (positive) a teacher.

    Each tool saves time up to the number that a teacher can learn; beyond it each one costs. Fragmented curricula raise
    the effective number.
    """
    felt = tools * (1.0 + fragmentation)
    learned = at_most(felt, p.tool_capacity)
    return p.tool_hours_cost * (felt - learned) - p.tool_hours_saved * learned


@compiled
def hours_demanded(practice_hours: float, tool_hours_: float, old_duties: float, change: float, p: PlanParams) -> float:
    """Hours a week a teacher needs outside lessons; always above 0.

    ``old_duties`` is 1 where new practices are laid over the old duties; they weigh with how much
    is new, ``change`` (0 to 1).
    """
    return at_least(p.base_hours + practice_hours + tool_hours_ + p.old_duty_hours * old_duties * change, 1.0)


@compiled
def hours_supplied(planning_hours: float, autonomy: float, change: float, p: PlanParams) -> float:
    """Hours a week a teacher has outside lessons.

    ``planning_hours`` come on top of the usual. Autonomy lets a school drop what competes with a change: it frees
    hours in proportion to the change, so it is worth nothing where nothing changes.
    """
    return p.hours_outside_instruction + planning_hours + p.capacity_from_autonomy * (autonomy - 0.5) * change


@compiled
def fidelity(demanded: float, supplied: float) -> float:
    """Share of the plan that is carried out as meant."""
    return clamp(supplied / demanded, 0.0, 1.0)


@compiled
def overload(demanded: float, supplied: float) -> float:
    """Hours that are missing, relative to those there are; 0 when time suffices."""
    return at_least(demanded / supplied - 1.0, 0.0)
