"""What a week adds: hours x attention x match x quality, relative to typical practice, times normal growth.

Sources: NWEA 2020 norms for normal growth; absence and added days (P073, P074) for hours; the form is model.md
section 5.
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled


class LearningParams(NamedTuple):
    """Numbers about learning; registry group ``learning``."""

    home_share_math: float
    home_share_reading: float
    rate_floor: float
    durability: float
    reference_floor: float
    days_absent: float


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
def weekly_gain(normal_rate: float, learning_rate: float, home_share: float, relative: float) -> float:
    """Achievement gained in a week (RIT).

    Parameters
    ----------
    normal_rate
        Normal weekly growth for subject, grade and week (RIT), not below the registry's floor.
    learning_rate
        The student's ratio to typical, mean 1.
    home_share
        h: share of normal growth that comes from outside the subject's lessons.
    relative
        Q/D: effective time relative to typical practice.
    """
    return normal_rate * learning_rate * (home_share + (1.0 - home_share) * relative)


@compiled
def lasting_change(structural_gain: float, normal_gain: float, durability: float) -> float:
    """What summer takes from achievement, or gives back (RIT).

    All but the durable share of the gain beyond the student's normal one.
    """
    return -(1.0 - durability) * (structural_gain - normal_gain)
