"""What a week asks of a teacher, and what is left of the plan when hours run out.

Every hour has a named duty. Lessons are prepared once per level and grade and used again in parallel sections;
advising is shared by all staff and the further adults. Where the new is laid over the old, two named duties stay: the
common lesson is still prepared for time that now goes to paths and groups, and records are kept twice.

Sources: hours worked and contracted (RAND State of the American Teacher 2024; NCES NTPS 2020-21), pupils per teacher
(P080), hours spent finding and making materials (ME-23, ME-24), time as the obstacle that teachers name first (R17-18,
claim 1.8), old duties that stay (claim 2.17).
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
    adult_week_hours: float
    students_per_staff: float
    belonging_hours: float
    srl_hours: float
    proficiency_relief: float
    library_relief: float
    tool_hours_saved: float
    tool_capacity: float
    tool_hours_cost: float
    common_lesson_hours: float
    double_record_minutes: float
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
    parallel: float,
    library: float,
    data_rate: float,
    own_pace_share: float,
    regroup_rate: float,
    grouping_on_data: float,
    adult_hours: float,
    belonging: float,
    srl_instruction: float,
    old_duties: float,
    replaced_share: float,
    relief_profiles: float,
    relief_paths: float,
    relief_other: float,
    p: PlanParams,
) -> float:
    """Hours a week that the practices of one section ask of its teacher outside lessons.

    Parameters
    ----------
    parallel
        Sections of the same grade and subject that the teacher has; they share what is prepared.
    library
        Share of needed lesson levels that good shared material covers.
    old_duties
        1 where the new is laid over the old: the common lesson of ``replaced_share`` of contact time is still prepared
        and records are kept twice.
    relief_profiles, relief_paths, relief_other
        1 for a novice; they fall with proficiency.
    """
    data = students * data_rate * p.data_minutes_per_student / 60.0 * relief_profiles
    lessons = levels * p.lesson_level_hours * (1.0 - p.library_relief * library) * relief_paths
    relating = 0.5 * (belonging * p.belonging_hours + srl_instruction * p.srl_hours) * relief_other
    common = old_duties * replaced_share * p.common_lesson_hours
    records = p.competency_minutes_per_student * relief_other + p.double_record_minutes * old_duties
    assessing = students * own_pace_share * records / 60.0
    regrouping = regroup_rate * p.regroup_hours * (1.0 + grouping_on_data) * relief_other
    adults = adult_hours * p.adult_coordination_share
    prepared = (lessons + relating + common) / parallel
    return p.demand_scale * (prepared + data + assessing + regrouping + adults)


@compiled
def advising_hours(minutes: float, section_size: float, adult_hours: float, relief: float, p: PlanParams) -> float:
    """Hours a week of goal talks that fall on one teacher: all staff share them, and the further adults.

    ``minutes`` per student; ``adult_hours`` a week beside a section of ``section_size`` students; ``relief`` falls with
    proficiency.
    """
    staff = section_size / p.students_per_staff
    adults = adult_hours / p.adult_week_hours
    return p.demand_scale * p.students_per_staff * minutes / 60.0 * relief * staff / (staff + adults)


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
def hours_demanded(practice_hours: float, tool_hours_: float, p: PlanParams) -> float:
    """Hours a week a teacher needs outside lessons; always above 0."""
    return at_least(p.base_hours + practice_hours + tool_hours_, 1.0)


@compiled
def hours_supplied(planning_hours: float, p: PlanParams) -> float:
    """Hours a week a teacher has outside lessons; ``planning_hours`` come on top of the usual."""
    return p.hours_outside_instruction + planning_hours


@compiled
def fidelity(demanded: float, supplied: float) -> float:
    """Share of the plan that is carried out as meant."""
    return clamp(supplied / demanded, 0.0, 1.0)


@compiled
def overload(demanded: float, supplied: float) -> float:
    """Hours that are missing, relative to those there are; 0 when time suffices."""
    return at_least(demanded / supplied - 1.0, 0.0)
