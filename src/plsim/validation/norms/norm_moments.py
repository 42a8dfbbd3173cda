"""What a year and a summer of typical practice look like to the norms: means, spreads and correlations of one grade."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Floats, Ints
from plsim.core.calendar import FALL_WEEK, SPRING_WEEK
from plsim.engine.arm import Arm
from plsim.engine.setting import WINDOWS
from plsim.engine.structure import variance_of_absence
from plsim.engine.transient import Transient, expected_growth, test_errors, transient_scores

QUINTILES = 5
_FALL, _SPRING = WINDOWS.index(FALL_WEEK), WINDOWS.index(SPRING_WEEK)


@dataclass(frozen=True)
class Cell:
    """Students of one grade and subject; each array (students,).

    Attributes
    ----------
    school, part
        Index of the school; its number among the schools of its level.
    section
        Index of the class.
    fall, spring, next_fall
        True scores (RIT): latent achievement with what is transient, without test error.
    fall_error, spring_error
        Errors of the tests (RIT).
    latent_growth
        Of latent achievement, fall to spring (RIT).
    expected_growth
        The same with the transient part that the entry score leads to expect: true growth without chance.
    absence
        Variance of latent growth that comes from the weeks a student happened to be absent (RIT squared).
    stayers
        Who is at the school, one grade on, in the next fall.
    """

    school: Ints
    part: Ints
    section: Ints
    fall: Floats
    spring: Floats
    next_fall: Floats
    fall_error: Floats
    spring_error: Floats
    latent_growth: Floats
    expected_growth: Floats
    absence: Floats
    stayers: npt.NDArray[np.bool_]

    def only(self, chosen: npt.NDArray[np.bool_]) -> Cell:
        """Some of the students."""
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def without(self, group: int, groups: int) -> Cell:
        """All but one of ``groups`` equal parts of the schools."""
        return self.only(self.part % groups != group)

    def mean_growth(self) -> float:
        """Mean growth of latent achievement (RIT)."""
        return float(self.latent_growth.mean())

    def growth_sd_within(self) -> float:
        """SD of true growth among the students of a school (RIT)."""
        return _root(within(self.school, self.growth, self.growth))

    def growth_sd_between(self) -> float:
        """SD of schools' true growth (RIT)."""
        return _root(between(self.school, self.growth))

    def r_fall_spring(self) -> float:
        """Correlation of the observed scores of fall and spring."""
        return float(np.corrcoef(self.fall + self.fall_error, self.spring + self.spring_error)[0, 1])

    def r_fall_growth(self) -> float:
        """Correlation of true status and true growth within schools."""
        return correlation_within(self.school, self.fall, self.growth)

    def r_growth_summer(self) -> float:
        """Correlation of a year's true growth with the change over the next summer, within schools."""
        here = self.only(self.stayers)
        return correlation_within(here.school, here.growth, here.next_fall - here.spring)

    def next_fall_sd_within(self) -> float:
        """SD of true status in the next fall, within schools (RIT)."""
        here = self.only(self.stayers)
        return _root(within(here.school, here.next_fall, here.next_fall))

    def growth_by_quintile(self) -> Floats:
        """Mean growth of each fifth of the students by true fall status (RIT), without chance, which has mean 0."""
        rank = np.empty(self.fall.shape[0], np.int64)
        rank[np.argsort(self.fall, kind="stable")] = np.arange(self.fall.shape[0])
        quintile = rank * QUINTILES // self.fall.shape[0]
        means: Floats = np.bincount(quintile, self.expected_growth) / np.bincount(quintile)
        return means

    def persistent_growth_sd(self) -> float:
        """SD within classes of the growth that a student's lasting traits lead to expect (RIT).

        Learning rate, match, self-regulation and attendance; the chance of single weeks is taken off.
        """
        seen = within(self.section, self.latent_growth, self.latent_growth)
        return _root(seen - float(self.absence.mean()))

    @property
    def growth(self) -> Floats:
        """True growth, fall to spring (RIT)."""
        return self.spring - self.fall


@dataclass(frozen=True)
class SubjectYears:
    """All students of one subject, and their grades in the first year."""

    grade: Ints
    everyone: Cell

    def cell(self, grade: int) -> Cell:
        """The students of one grade."""
        return self.everyone.only(self.grade == grade)


def lives(arm: Arm, numbers: Transient, subject: int) -> SubjectYears:
    """What an arm of two years says of one subject."""
    setting, people = arm.setting, arm.setting.population
    first, second = setting.timeline.years[:2]
    hidden = transient_scores(setting, numbers)[..., subject]
    latent = [record.achievement[..., subject] for record in arm.record[:2]]
    fall, spring = latent[0][_FALL] + hidden[0][_FALL], latent[0][_SPRING] + hidden[0][_SPRING]
    gain = latent[0][_SPRING] - latent[0][_FALL]
    number_in_level = np.zeros(setting.schools, np.int64)
    for level in np.unique(people.level):
        chosen = people.level == level
        number_in_level[chosen] = np.arange(chosen.sum())
    everyone = Cell(
        school=people.school.astype(np.int64),
        part=number_in_level[people.school],
        section=first.section[:, subject].astype(np.int64),
        fall=fall,
        spring=spring,
        next_fall=latent[1][_FALL] + hidden[1][_FALL],
        fall_error=test_errors(setting, 0, FALL_WEEK)[:, subject],
        spring_error=test_errors(setting, 0, SPRING_WEEK)[:, subject],
        latent_growth=gain,
        expected_growth=gain + expected_growth(setting, numbers, 0, subject),
        absence=variance_of_absence(arm, subject),
        stayers=second.entered == 0,
    )
    return SubjectYears(first.grade.astype(np.int64), everyone)


def within(place: Ints, x: Floats, y: Floats) -> float:
    """Covariance among those who share a place."""
    _, index, count = np.unique(place, return_inverse=True, return_counts=True)
    a, b = (values - (np.bincount(index, values) / count)[index] for values in (x, y))
    return float((a * b).sum() / (index.shape[0] - count.shape[0]))


def between(place: Ints, x: Floats) -> float:
    """Variance of places' means, free of what their members contribute by chance."""
    _, index, count = np.unique(place, return_inverse=True, return_counts=True)
    means = np.bincount(index, x) / count
    return float(np.var(means, ddof=1)) - within(place, x, x) * float((1.0 / count).mean())


def correlation_within(place: Ints, x: Floats, y: Floats) -> float:
    """Correlation among those who share a place."""
    return within(place, x, y) / _root(within(place, x, x) * within(place, y, y))


def _root(variance: float) -> float:
    return float(np.sqrt(max(variance, 0.0)))
