"""What students need next, and how far teaching is aimed at it.

Level and needs are two things. Growth hardly depends on level, so a miss of level costs little
(:mod:`plsim.rules.match`). Needs are the skills that a student lacks and is ready for now; everybody has some, at every
level. Knowing them takes fresh, reliable data and time to read them; acting on them takes a mode of instruction that
can differ by student; and they change as units go by. Formative assessment, grouping by data, differentiation,
tutoring, playlists, adaptive software and progression by mastery all work through these few numbers.

Sources: formative assessment (ME-10), grouping with and without adapted teaching (ME-01, ME-02, ME-06), data with the
time to use them (ME-08, ME-30), tutoring (ME-18), adaptive software (AD-10), mastery (ME-11, ME-12). No study measured
the single numbers: ranges are our judgement, narrowed by what all these effects leave together.
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, clamp, saturate


class NeedsParams(NamedTuple):
    """Numbers about needs; registry group ``needs``."""

    turnover: float
    observation: float
    observation_half_minutes: float
    whole_sight: float
    skill_reliability: float
    start: float
    stake: float
    prerequisite: float
    reteach: float
    purity_half: float
    station: float
    station_full: float
    own_use: float
    software: float
    tutor_sight: float
    gap_per_unit: float
    gap_closing: float


@compiled
def needs_passed(effort: float, p: NeedsParams) -> float:
    """Share of a student's needs that are others after this week.

    More for who moves through units faster: ``effort`` is last week's effective time relative to typical.
    """
    return at_most(p.turnover * clamp(0.5 + 0.5 * effort, 0.5, 2.0), 0.9)


@compiled
def seen_by_adults(minutes: float, p: NeedsParams) -> float:
    """Share of what is unknown of a student's needs that adults see in a week by working with the student.

    ``minutes`` are of attention that falls on the student; they saturate.
    """
    return p.observation * saturate(minutes / p.observation_half_minutes)


@compiled
def told_by_data(reliability: float, read: float, p: NeedsParams) -> float:
    """Share of what is unknown of a student's needs that one round of data tells.

    Their ``reliability`` for single skills, times how far they are ``read`` (:func:`plsim.rules.profile.data_read`). At
    reliability 0 exactly 0; never below it.
    """
    return p.skill_reliability * reliability * read


@compiled
def next_known(known: float, passed: float, seen: float, told: float) -> float:
    """How right the school's picture of a student's present needs is, 0 to 1, a week on."""
    aged = known * (1.0 - passed)
    looked = aged + (1.0 - aged) * seen
    return looked + (1.0 - looked) * told


@compiled
def next_fit(fit: float, known: float, passed: float, regrouped: float) -> float:
    """How well a student's group fits the student's needs: what was known when it was made, as far as it still holds.

    ``regrouped`` is 1 in a week in which groups are made anew, else 0.
    """
    aged = fit * (1.0 - passed)
    return aged + regrouped * (known - aged)


@compiled
def purity(size: float, p: NeedsParams) -> float:
    """How alike the needs in a group of ``size`` students can be, 0 to 1: one half at ``purity_half`` students."""
    return p.purity_half / (p.purity_half + at_least(size - 1.0, 0.0))


@compiled
def station_share(stations: float, p: NeedsParams) -> float:
    """Share of independent work that a group's plan reaches: all of it where ``stations`` are much of it.

    Paths, software and seat work are then themselves among the stations that groups go through.
    """
    return at_most(stations / p.station_full, 1.0)


@compiled
def gap(review: float, p: NeedsParams) -> float:
    """How far a backlog of unmet units (``review``) takes prerequisites away, 0 to 1."""
    return at_most(p.gap_per_unit * review, 1.0)


@compiled
def aimed_whole(known: float, p: NeedsParams) -> float:
    """Share of whole-class time aimed at what the student needs: a teacher who knows teaches it again."""
    return p.reteach * known


@compiled
def aimed_group(known: float, fit: float, grouped: float, p: NeedsParams) -> float:
    """The same in small-group time.

    ``grouped`` is delivered grouping by data times :func:`purity`; without it a group is a small class.
    """
    return 1.0 - (1.0 - grouped * fit) * (1.0 - p.reteach * known)


@compiled
def aimed_alone(
    known: float, fit: float, path: float, stations: float, own_data: float, software: float, p: NeedsParams
) -> float:
    """The same in independent work.

    Parameters
    ----------
    path
        Share of it on own paths, as far as lessons are there for them and standards leave room.
    stations
        Share of it that a group's plan reaches (:func:`station_share`), times delivered grouping and purity.
    own_data
        How far students read and use their own data, times what those are worth: nothing at reliability 0.
    software
        Share of it with software that finds out by itself what comes next, times the quality of its content.
    """
    on_path = 1.0 - path * known
    at_stations = 1.0 - p.station * stations * fit
    by_oneself = 1.0 - p.own_use * own_data * known
    return 1.0 - on_path * at_stations * by_oneself * (1.0 - p.software * software)


@compiled
def aimed_one_on_one(known: float, p: NeedsParams) -> float:
    """The same one-on-one and in tutoring, where the adult sees the work."""
    return known + (1.0 - known) * p.tutor_sight


@compiled
def hour_value(aimed: float, gap_: float, p: NeedsParams) -> float:
    """What an hour is worth of one that is all aimed: what misses the need loses ``stake``, more where gaps stand."""
    return 1.0 - p.stake * (1.0 - aimed) * (1.0 + p.prerequisite * gap_)
