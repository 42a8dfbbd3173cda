"""What an hour of each mode is worth: people where adults teach, content where materials do.

Knowing what a student needs is not here: see :mod:`plsim.rules.needs`. Practices do not strengthen each other by a
number of their own either; where they do, it comes from knowing, grouping and time together.

Sources: spread of teachers (P027-P032, TV-01), experience (P034-P036), coaching (ME-26), lessons (ME-21, ME-22, P121),
class size (P124), tutoring (ME-17, ME-18), software (P117, AD-14); a new practice is worth less than the old one until
it is learned (AD-01, P104).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, bell, mix, saturate


class QualityParams(NamedTuple):
    """Numbers about quality, 1 being a typical teacher before the whole class; registry group ``quality``."""

    group_novice: float
    group_expert: float
    group_adult: float
    one_on_one_novice: float
    one_on_one_expert: float
    materials: float
    software_worst: float
    software_best: float
    curation: float
    peer: float
    peer_pace_width: float
    class_size_slope: float
    typical_class_size: float
    tutor: float
    tutor_ratio_loss: float
    strain_loss: float
    experience_gain: float
    experience_half_years: float
    skill_gain: float
    lesson_gain: float
    lesson_reach: float
    teacher_least: float
    transfer: float
    typical_mastery: float
    fragmentation_loss: float


@compiled
def craft(experience: float, skill: float, strain: float, p: QualityParams) -> float:
    """What experience (years), general skill of instruction (0 to 1) and strain (>= 0) multiply a teacher's quality by.

    1 for half of what experience adds, no coached skill and no strain.
    """
    experienced = 1.0 + p.experience_gain * (saturate(experience / p.experience_half_years) - 0.5)
    return experienced * skilled(skill, p) * (1.0 - p.strain_loss * saturate(strain))


@compiled
def skilled(skill: float, p: QualityParams) -> float:
    """What general skill of instruction (0 to 1) multiplies quality by: of teaching, and of the work that is set."""
    return 1.0 + p.skill_gain * skill


@compiled
def teacher_quality(deviation: float, per_sd: float, craft_: float, p: QualityParams) -> float:
    """A teacher's quality in one subject and grade, 1 typical.

    ``deviation`` is the teacher's effect on a year's achievement, in SD of students; ``per_sd`` the ratio that moves a
    year by one such SD. A year of school moves older students less, so the same teacher's ratio is farther from 1.
    """
    return at_least(1.0 + deviation * per_sd, p.teacher_least) * craft_


@compiled
def with_lessons(teacher: float, lessons: float, p: QualityParams) -> float:
    """A teacher's quality with good lessons at hand (``lessons``: how good, times how far used; 0 to 1).

    Weaker teachers gain more: lessons lift toward a level of ``lesson_reach``.
    """
    return teacher + p.lesson_gain * lessons * at_least(p.lesson_reach - teacher, 0.0)


@compiled
def lesson_use(access: float, support: float) -> float:
    """How far lessons that are there (``access``) are used: over half by oneself, all with full support."""
    return access * (0.6 + 0.4 * support)


@compiled
def delivered(proficiency: float, fidelity: float, strain: float, p: QualityParams) -> float:
    """Delivered quality of a practice, 0 to 1: what the teacher can do, has time for, and is not too worn out for."""
    return at_most(proficiency * fidelity * (1.0 - p.strain_loss * saturate(strain)), 1.0)


@compiled
def class_size_quality(students: float, p: QualityParams) -> float:
    """What class size multiplies whole-class teaching by; 1 at the typical size."""
    return at_least(1.0 + p.class_size_slope * (1.0 - students / p.typical_class_size), 0.5)


@compiled
def group_quality(teacher: float, delivered_: float, by_adults: float, p: QualityParams) -> float:
    """Quality of small-group teaching: about that of whole-class teaching for a novice at it, above for an expert.

    ``by_adults`` is the share of it that further adults teach.
    """
    own = teacher * mix(p.group_novice, p.group_expert, delivered_)
    return mix(own, p.group_adult, by_adults)


@compiled
def one_on_one_quality(teacher: float, delivered_: float, p: QualityParams) -> float:
    """Quality of one-on-one teaching."""
    return teacher * mix(p.one_on_one_novice, p.one_on_one_expert, delivered_)


@compiled
def tutor_quality(quality: float, ratio: float, p: QualityParams) -> float:
    """Quality of an hour of tutoring with ``ratio`` students to a tutor; ``quality`` 1 is a trained tutor.

    With every further student it comes nearer to that of a class, never below.
    """
    return quality * mix(1.0, p.tutor, at_least(1.0 - p.tutor_ratio_loss * (ratio - 1.0), 0.0))


@compiled
def software_quality(content: float, curated: float, p: QualityParams) -> float:
    """Quality of learning software: its ``content`` (0 to 1), and use that somebody guides (``curated``, 0 to 1)."""
    return mix(p.software_worst, p.software_best, content) * mix(p.curation, 1.0, curated)


@compiled
def material_quality(
    software: float, tech_share: float, lessons: float, fragmentation: float, tool_overload: float, p: QualityParams
) -> float:
    """Quality of what students work with alone: paper and software in their shares of independent time.

    ``lessons`` is how far good shared lessons are used (0 to 1), which lifts what is on paper. Fragmented curricula and
    more tools than can be learned lower both.
    """
    paper = p.materials * (1.0 + p.lesson_gain * lessons * at_least(p.lesson_reach - 1.0, 0.0))
    return mix(paper, software, tech_share) * (1.0 - p.fragmentation_loss * saturate(fragmentation + tool_overload))


@compiled
def peer_quality(spread: float, p: QualityParams) -> float:
    """Quality of peer work: productive when paces are alike; ``spread`` is the SD of levels in the section (RIT)."""
    return p.peer * mix(0.5, 1.0, bell(spread / p.peer_pace_width))


@compiled
def unit_value(unit_mastery: float, p: QualityParams) -> float:
    """What more work on a unit is worth for achievement.

    Most while the unit is new, only the ``transfer`` share once it is mastered; 1 at the mastery that a unit
    typically has while it is worked on.
    """
    return p.transfer + (1.0 - p.transfer) / (1.0 - p.typical_mastery) * (1.0 - unit_mastery)
