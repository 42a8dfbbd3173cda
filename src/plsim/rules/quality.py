"""What an hour of each mode is worth: people where adults teach, content where materials do.

Sources: spread of teachers (P027-P032), experience (P034-P036), class size (P124), tutoring (ME-17, ME-18), software
(P117, AD-14), curriculum (P121); a new practice is worth less than the old one until it is learned (AD-01, P104).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, bell, mix, saturate


class QualityParams(NamedTuple):
    """Numbers about quality, 1 being a typical teacher before the whole class; registry group ``quality``."""

    group_novice: float
    group_expert: float
    one_on_one_novice: float
    one_on_one_expert: float
    materials: float
    software_worst: float
    software_best: float
    adaptation: float
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
    multiplier_max: float
    complementarity: float
    transfer: float
    typical_mastery: float
    fragmentation_loss: float
    targeting: float
    feedback: float
    data_rate_half: float


@compiled
def teacher_quality(persistent: float, yearly: float, experience: float, strain: float, p: QualityParams) -> float:
    """A teacher's effectiveness this week, 1 typical.

    ``persistent`` and ``yearly`` are ratios to typical; ``experience`` is in years; ``strain`` >= 0.
    """
    skilled = 1.0 + p.experience_gain * (saturate(experience / p.experience_half_years) - 0.5)
    return persistent * yearly * skilled * (1.0 - p.strain_loss * saturate(strain))


@compiled
def synergy(vision: float, coherence: float, p: QualityParams) -> float:
    """How much the practices strengthen each other where a shared vision ties them together; capped.

    ``coherence`` is the mean over the practices of intensity x proficiency. The complementarity may be 0: that the
    whole exceeds the sum is a claim to test, not an assumption.
    """
    return at_most(1.0 + p.complementarity * vision * coherence, p.multiplier_max)


@compiled
def delivered(proficiency: float, fidelity: float, strain: float, synergy_: float, p: QualityParams) -> float:
    """Delivered quality of a practice, 0 to 1: what the teacher can do, has time for, and is not too worn out for."""
    return at_most(proficiency * fidelity * (1.0 - p.strain_loss * saturate(strain)) * synergy_, 1.0)


@compiled
def class_size_quality(students: float, p: QualityParams) -> float:
    """What class size multiplies whole-class teaching by; 1 at the typical size."""
    return at_least(1.0 + p.class_size_slope * (1.0 - students / p.typical_class_size), 0.5)


@compiled
def informed(data_rate: float, delivered_: float, p: QualityParams) -> float:
    """How well teaching knows what each student needs next, 0 to 1.

    How often data come, times the time and skill to read them.
    """
    return saturate(data_rate / p.data_rate_half) * delivered_


@compiled
def group_quality(teacher: float, delivered_: float, grouping: float, informed_: float, p: QualityParams) -> float:
    """Quality of small-group teaching: about that of whole-class teaching for a novice at it, above for an expert.

    Groups made for a purpose (delivered ``grouping``) gain as far as teaching is ``informed``: grouping alone adds
    nothing, nor do data alone.
    """
    return teacher * mix(p.group_novice, p.group_expert, delivered_) * (1.0 + p.targeting * grouping * informed_)


@compiled
def one_on_one_quality(teacher: float, delivered_: float, informed_: float, p: QualityParams) -> float:
    """Quality of one-on-one teaching; it gains as far as it is ``informed``."""
    return teacher * mix(p.one_on_one_novice, p.one_on_one_expert, delivered_) * (1.0 + p.targeting * informed_)


@compiled
def tutor_quality(quality: float, ratio: float, p: QualityParams) -> float:
    """Quality of an hour of tutoring with ``ratio`` students to a tutor; ``quality`` 1 is a trained tutor."""
    return p.tutor * quality * at_least(1.0 - p.tutor_ratio_loss * (ratio - 1.0), 0.2)


@compiled
def material_quality(
    content: float, tech_share: float, fragmentation: float, tool_overload: float, curated: float, p: QualityParams
) -> float:
    """Quality of what students work with alone: paper and software in their shares of independent time.

    ``content`` is the quality of the digital content, 0 to 1.
    ``curated`` is delivered skill with technology (0 to 1): unguided software use is worth less. Fragmented curricula
    and more tools than can be learned lower both.
    """
    software = mix(p.software_worst, p.software_best, content) * mix(p.curation, 1.0, curated)
    blend = mix(p.materials, software, tech_share)
    return blend * (1.0 - p.fragmentation_loss * saturate(fragmentation + tool_overload))


@compiled
def adapted_quality(material: float, path_share: float, delivered_: float, informed_: float, p: QualityParams) -> float:
    """Quality of independent work: feedback adds to all of it, and the next step to what runs on own paths.

    Both need ``informed`` teaching; the next step also delivered skill with paths.
    """
    return material * (1.0 + p.feedback * informed_) * (1.0 + p.adaptation * path_share * delivered_)


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
