"""How well what is taught fits the student: targets in every mode, and what a miss costs.

Level is one thing, needs are another (:mod:`plsim.rules.needs`). Level is slow, and growth is nearly flat in it, so a
miss of level costs little. What a miss costs has two forms (``p.form``): a bell, on which every miss costs something,
and a zone, inside which none does (the zone of proximal development: Vygotsky 1978; Murray & Arroyo 2002).

Sources: achievement differs by several grades within a class (P083-P086); teaching at the right level pays when adults
deliver it (AD-12, AD-13); the best practice success is about 85% (P082); growth hardly depends on status (P009), so the
widths are large and the floor is high; low groups that nobody knows are asked less (ME-06).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import bell_over, clamp, mix


class MatchParams(NamedTuple):
    """Numbers about match; registry group ``match``."""

    floor: float
    width_below: float
    width_above: float
    stretch: float
    path_standards_pull: float
    position_lead_max: float
    low_group_stretch: float
    low_group_width: float
    form: float


@compiled
def class_target(class_mean: float, guide: float, accountability: float, p: MatchParams) -> float:
    """Level of whole-class work (RIT).

    The class's mean level with some stretch, pulled to the grade's pacing guide by accountability.
    """
    return mix(class_mean + p.stretch, guide, accountability)


@compiled
def low_unknown(class_mean: float, group_mean: float, grouping: float, fit: float, p: MatchParams) -> float:
    """How far a student sits in a low group that nobody knows, 0 to 1.

    Low as its mean estimate lies below the class's, by ``low_group_width`` (RIT) for all of it; unknown as far as the
    group does not ``fit`` its students' needs.
    """
    return grouping * clamp((class_mean - group_mean) / p.low_group_width, 0.0, 1.0) * (1.0 - fit)


@compiled
def group_target(whole: float, group_mean: float, grouping: float, low: float, p: MatchParams) -> float:
    """Level of small-group work: from the class's toward the group's own by delivered ``grouping`` quality (0 to 1).

    Of low groups that nobody knows (``low``, 0 to 1) less is asked.
    """
    return mix(whole, group_mean + p.stretch, grouping) - p.low_group_stretch * low


@compiled
def path_target(
    whole: float, estimate: float, position: float, own_pace: float, freedom: float, p: MatchParams
) -> float:
    """Level of work on the student's own path.

    Parameters
    ----------
    estimate
        What the school believes the student's level is (RIT).
    position
        Level of the unit the student works on (RIT); it sets the level where progression is by mastery.
    own_pace
        1 for a student who progresses by mastery, else 0.
    freedom
        How far a path may leave the common work, 0 to 1: library coverage, less the pull of standards.
    """
    own = mix(estimate + p.stretch, position, own_pace)
    return mix(whole, own, freedom)


@compiled
def path_freedom(library: float, quality: float, accountability: float, delivered: float, p: MatchParams) -> float:
    """How far own paths can leave the common work, 0 to 1.

    Good lessons are there (``library`` times its ``quality``) or skilled teachers make them; standards hold back.
    """
    covered = library * quality
    return clamp((covered + (1.0 - covered) * delivered) * (1.0 - p.path_standards_pull * accountability), 0.0, 1.0)


@compiled
def match(target: float, achievement: float, p: MatchParams) -> float:
    """Share of its best value that work at ``target`` has for a student at ``achievement`` (both RIT).

    Best a little above the student; work that is too hard loses value sooner than work that is too easy; never below
    ``floor``. In both forms half of what can be lost is lost at one width from the best. First form: a bell. Second
    form: nothing is lost up to half a width, everything at one and a half, and evenly between.
    """
    miss = target - achievement - p.stretch
    width = p.width_above if miss > 0.0 else p.width_below
    if p.form > 0.5:
        away = miss if miss > 0.0 else -miss
        return p.floor + (1.0 - p.floor) * clamp(1.5 - away / width, 0.0, 1.0)
    return p.floor + (1.0 - p.floor) * bell_over(miss, width)
