"""Where a section's week goes. Time is conserved: whoever gets more of the teacher leaves others working alone.

Source: the arithmetic of one teacher and many students; NCTQ and NCES for the amounts (``docs/odd.md``, section 7.1).
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most


class TimeParams(NamedTuple):
    """Numbers about time; see the registry, group ``time``."""

    planned_share_max: float
    seatwork_share: float
    groups_max_plain: float
    groups_max_flexible: float
    belonging_hours: float
    home_access_mean: float
    typical_contact_hours_math: float
    typical_contact_hours_reading: float
    typical_homework_minutes: float
    hours_saturation: float


class TimeSplit(NamedTuple):
    """Shares of a student's contact time by mode (they sum to 1), and what independent time is spent on.

    ``group`` holds ``adult_group``, the part of it that a further adult teaches; ``stations`` is the share of
    independent time at the stations of a rotation.
    """

    whole: float
    group: float
    one_on_one: float
    supervised: float
    unsupervised: float
    peer: float
    group_count: float
    path_share: float
    tech_share: float
    adult_group: float
    stations: float


@compiled
def group_count(students: float, groups: float, flexible_space: float, p: TimeParams) -> float:
    """Number of groups that run at once: at least 1, at most one a student, limited by the space.

    A whole number held in a float.
    """
    room = p.groups_max_plain + flexible_space * (p.groups_max_flexible - p.groups_max_plain)
    wanted = at_most(at_most(groups, room), students)
    count = float(int(wanted + 0.5))
    return at_least(count, 1.0)


@compiled
def time_split(
    students: float,
    groups: float,
    rotation_share: float,
    one_on_one_share: float,
    path_share: float,
    tech_share: float,
    peer_share: float,
    adult_share: float,
    flexible_space: float,
    p: TimeParams,
) -> TimeSplit:
    """How one section's contact time falls on one of its students.

    Parameters
    ----------
    students
        Students in the section, >= 1.
    groups
        Groups wanted per section.
    rotation_share, one_on_one_share, path_share, tech_share, peer_share
        Planned shares of contact time. Own-path and software time overlap; both need independent time.
    adult_share
        Contact time during which another adult is in the room, as a share. The adult teaches groups, as many as the
        teacher has and at least two in turn, of those who work alone; whoever still does has the adult in view.
    flexible_space
        Share of the space that can hold several groups at once.
    """
    count = group_count(students, groups, flexible_space, p)
    guided = path_share if path_share > tech_share else tech_share
    independent = p.seatwork_share + guided
    planned = rotation_share + one_on_one_share + independent + peer_share
    scale = p.planned_share_max / planned if planned > p.planned_share_max else 1.0
    rotation = rotation_share * scale
    private = one_on_one_share * scale
    supervised = independent * scale
    peer = peer_share * scale
    whole = 1.0 - rotation - private - supervised - peer
    # A group of one is a one-on-one.
    if count >= students:
        private = private + rotation
        rotation = 0.0
    one_on_one = private / students
    by_teacher = rotation / count
    # A further adult teaches groups of those who work alone, first at stations, then at their seats.
    free = rotation - by_teacher
    by_adult = at_most(adult_share / at_least(count, 2.0), free + supervised)
    from_stations = at_most(by_adult, free)
    at_stations = free - from_stations
    seated = supervised - (by_adult - from_stations)
    alone = at_stations + (private - one_on_one)
    watched = at_most(alone, adult_share)
    return TimeSplit(
        whole=whole,
        group=by_teacher + by_adult,
        one_on_one=one_on_one,
        supervised=seated + watched,
        unsupervised=alone - watched,
        peer=peer,
        group_count=count,
        path_share=at_most(path_share / independent, 1.0),
        tech_share=at_most(tech_share / independent, 1.0),
        adult_group=by_adult,
        stations=at_stations / at_least(seated + alone, 0.001),
    )


@compiled
def usable_space(built: float, added: float) -> float:
    """Share of teaching space that can hold several groups: the building's, and what the plan adds."""
    return 1.0 - (1.0 - added) * (1.0 - built)
