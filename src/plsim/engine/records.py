"""What an arm keeps: its world's reference, what outlives a year, and what a year leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Floats, Ints


@dataclass(frozen=True)
class Reference:
    """What typical practice gives in a world: D by subject, grade and entry status.

    Attributes
    ----------
    effective
        D in the middle of the norm group. Shape (2, 13).
    slope, curve
        How what typical practice is worth changes with status, in shares of that (``rules.learning.reference_at``).
        The same in every grade of a band. Shape (2, 13).
    """

    effective: Floats
    slope: Floats
    curve: Floats

    @classmethod
    def flat(cls, effective: Floats) -> Reference:
        """The same D at every status."""
        return cls(effective, np.zeros_like(effective), np.zeros_like(effective))


@dataclass
class Lasting:
    """What outlives a year, per student slot.

    Attributes
    ----------
    achievement
        At the start of the present year (RIT). Shape (students, 2).
    fresh
        What of it was learned beyond typical practice and is not yet consolidated (RIT). Shape (students, 2).
    self_regulation, collaboration, engagement, habits
        Shape (students,).
    """

    achievement: Floats
    fresh: Floats
    self_regulation: Floats
    collaboration: Floats
    engagement: Floats
    habits: Floats


@dataclass
class YearRecord:
    """What a year leaves behind, per student slot unless said otherwise.

    Attributes
    ----------
    achievement
        At weeks 0, 4, 20, 32 and 36 (RIT). Shape (windows, students, 2).
    units
        Coverage, units taught, summed mastery, unmet units, waiting weeks, one-on-one hours, on-task share, match,
        share of work aimed at needs, picture of needs, backlog, |estimate - truth|, position, fresh store, each
        (students, 2).
    self_regulation, engagement, habits
        At the end of the year; the last is what schools believe of the first. Shape (students,).
    demand, strain, fidelity, proficiency, skill, buy_in
        Of seats; means over the year's weeks (hours a week; strain), and at the end. Proficiency (seats, practices).
    taught
        Whether a seat taught a section this year. Shape (seats,).
    library, trust, vision, regroupings, reverted, adoption
        Of schools, at the end of the year. Adoption (schools, practices).
    """

    achievement: Floats
    units: dict[str, Floats]
    self_regulation: Floats
    engagement: Floats
    habits: Floats
    demand: Floats
    supply: Floats
    strain: Floats
    fidelity: Floats
    proficiency: Floats
    skill: Floats
    buy_in: Floats
    taught: Floats
    holder: Ints
    library: Floats
    trust: Floats
    vision: Floats
    regroupings: Floats
    reverted: Floats
    adoption: Floats
