"""A school's week: its library, vision, trust and novelty afterwards."""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .. import school as schooling
from ..levers import Levers
from ..shapes import at_least
from .params import Params


class SchoolState(NamedTuple):
    """A school at the end of the week."""

    library: float
    vision: float
    trust: float
    novelty: float


@compiled
def grade_change(lv: Levers, typical: Levers) -> float:
    """Added share of students whose grades and progress go by competency."""
    return at_least(lv.own_pace_share - typical.own_pace_share, 0.0)


@compiled
def develop_school(
    lv: Levers,
    library: float,
    shared: float,
    authoring_hours: float,
    vision: float,
    trust: float,
    novelty: float,
    grade_change: float,
    p: Params,
) -> SchoolState:
    """A school after this week.

    ``shared`` is what its network covers together; ``authoring_hours`` the mean hours a teacher spent on own-level
    lessons; ``grade_change`` the added share of students graded by competency.
    """
    return SchoolState(
        schooling.next_library(library, shared, lv.library_access, lv.library_support, authoring_hours, p.school),
        schooling.next_vision(vision, lv.vision, lv.leadership, p.school),
        schooling.next_trust(trust, grade_change, lv.community_engagement, p.school),
        novelty * (1.0 - p.motivation.novelty_decay),
    )
