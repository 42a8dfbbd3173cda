"""What a week adds: gross learning by hours x attention x match x aim x quality, less what is lost in any arm.

Norms show *net* growth, which falls from grade to grade; trials find effects that do not fall nearly as much. So a week
of school is taken to teach about as much in every grade, and to lose more in the later ones: what is not practised, and
what tests stop asking.

How gains beyond that are lost has two forms (``p.form``). In the first, what a year brought beyond normal growth loses
all but its durable share over the summer. In the second, what is learned beyond typical practice is fresh; week by
week, in summer too, some of it leaves the fresh store, of which the durable share is consolidated and stays: short-run
and long-run knowledge (Jacob, Lefgren & Sims 2008).

Sources: NWEA 2020 norms for net growth; tutoring and double classes in later grades (NI-01, TM-01) and teachers'
effects at all levels (TV-01) for gross learning; absence and added days (P073, P074) for hours; one-year persistence
(TP-01, TM-02, TM-03) for what lasts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled


class LearningParams(NamedTuple):
    """Numbers about learning; registry group ``learning``."""

    home_share_math: float
    home_share_reading: float
    rate_floor: float
    flatness: float
    durability: float
    reference_floor: float
    days_absent: float
    form: float
    fading: float


@compiled
def attended_share(attendance_rate: float, u: float, p: LearningParams) -> float:
    """Share of this week's days attended; ``u`` is a uniform draw. Its mean over draws is ``attendance_rate``.

    Whoever is absent in a week misses ``days_absent`` (a share of the week), so absences cluster as illness does.
    """
    chance = (1.0 - attendance_rate) / p.days_absent
    return 1.0 - p.days_absent if u < chance else 1.0


@compiled
def effective_share(
    attended: float, effective_hours: float, hours: float, typical_hours: float, saturation: float
) -> float:
    """Q: effective hours this week relative to typical hours, with diminishing returns to added time.

    ``effective_hours`` is the sum over modes of hours x attention x match x quality; ``saturation`` (kappa) in [0,
    1). Zero hours give zero.
    """
    return attended * effective_hours / (typical_hours + saturation * (hours - typical_hours))


@compiled
def gross_rate(normal_rate: Any, first_rate: Any, flatness: float) -> Any:
    """G: what a week of typical practice teaches before losses (RIT). Plain numbers or whole arrays.

    ``normal_rate`` is net growth of a grade (N); ``first_rate`` that of the first grades, K to 2, where little is lost;
    ``flatness`` (0 to 1) how far later grades learn as much as those.
    """
    more = first_rate - normal_rate
    return normal_rate + flatness * (more * (more > 0.0))


@compiled
def weekly_gain(gross: float, loss: float, learning_rate: float, home_share: float, relative: float) -> float:
    """Achievement gained in a week (RIT), which may be less than nothing.

    Parameters
    ----------
    gross, loss
        What typical practice teaches in a week and what is lost of it anyway (RIT); their difference is normal growth.
    learning_rate
        The student's ratio to typical, mean 1.
    home_share
        h: share of gross learning that comes from outside the subject's lessons.
    relative
        Q/D: effective time relative to typical practice.
    """
    return learning_rate * (gross * (home_share + (1.0 - home_share) * relative) - loss)


@compiled
def fresh_gain(gross: float, learning_rate: float, home_share: float, relative: float) -> float:
    """What a week teaches beyond what typical practice would have taught this student (RIT), less or more than 0.

    Parameters are those of :func:`weekly_gain`.
    """
    return learning_rate * (gross * ((1.0 - home_share) * (relative - 1.0)))


@compiled
def forgotten(fresh: float, p: LearningParams) -> float:
    """What a week takes from achievement (RIT): of the fresh store what leaves it and is not consolidated.

    0 in the first form, which knows no fresh store.
    """
    return p.form * p.fading * (1.0 - p.durability) * fresh


@compiled
def next_fresh(fresh: float, gained: float, p: LearningParams) -> float:
    """The fresh store a week on (RIT), with what the week ``gained``; always 0 in the first form."""
    return p.form * ((1.0 - p.fading) * fresh + gained)


@compiled
def reference_at(level: Any, slope: Any, curve: Any, status: Any, floor: float) -> Any:
    """D of a student who stands at ``status`` (norm SDs, held within -2 and 2). Plain numbers or whole arrays.

    ``level`` is D in the middle; what typical practice is worth changes with status by ``slope`` and ``curve``.
    """
    found = level * (1.0 + slope * status + curve * (status * status - 1.0))
    return found * (found > floor) + floor * (found <= floor)


@compiled
def lasting_change(structural_gain: Any, normal_gain: Any, fresh: Any, weeks: int, p: LearningParams) -> Any:
    """What a summer of ``weeks`` takes from achievement, or gives back (RIT). Plain numbers or whole arrays.

    First form: all but the durable share of the year's gain beyond the student's normal one. Second form: what
    ``weeks`` without school take from the fresh store.
    """
    if p.form > 0.5:
        return -(1.0 - p.durability) * (fresh - fresh_after(fresh, weeks, p))
    return -(1.0 - p.durability) * (structural_gain - normal_gain)


@compiled
def fresh_after(fresh: Any, weeks: int, p: LearningParams) -> Any:
    """The fresh store after weeks without school (RIT). Plain numbers or whole arrays."""
    left = 1.0
    for _ in range(weeks):
        left *= 1.0 - p.fading
    return fresh * left
