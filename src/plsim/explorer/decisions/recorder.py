"""An engine that can be stopped between weeks, gives way to more urgent work, and keeps a diary of the weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import Arm, Engine
from plsim.report.tables import ARMS, MODES, Curves, HoursByMode
from plsim.rules.week.section import Section

LOADS = ("hours_demanded", "strain")
_MODE_FIELDS = [Section._fields.index(mode) for mode in MODES]


class _Week(NamedTuple):
    """Means over all students and all teachers.

    Achievement by subject (RIT), loads of teachers, hours by subject and mode.
    """

    achievement: Floats
    loads: Floats
    hours: Floats


@dataclass
class Diary:
    """An arm's weeks, year by year, as far as the report's curves show them; students and teachers count alike."""

    years: list[list[_Week]] = field(default_factory=list)
    _students: Floats | None = None
    _sections: Floats | None = None
    _teachers: Floats | None = None

    def note(self, arm: Arm, week: int) -> None:
        """Write down the state after a week; ``week`` counts from 1."""
        if week == 1:
            self.years.append([])
            self._weigh(arm)
        assert self._students is not None
        assert self._sections is not None
        assert self._teachers is not None
        loads = [float(self._teachers @ values) for values in (arm.seats.demand, arm.seats.strain)]
        self.years[-1].append(
            _Week(
                self._students @ arm.rows.achievement,
                np.array(loads),
                (self._sections @ arm.sections.values)[:, _MODE_FIELDS],
            )
        )

    def _weigh(self, arm: Arm) -> None:
        """What each row, section and seat of a year counts in a mean. Shapes (subjects, rows), (subjects, sections)."""
        each = np.arange(len(SUBJECTS))[:, np.newaxis]
        of = (arm.layout.subject == each).astype(np.float64)
        count = of.sum(axis=1, keepdims=True)
        self._students = of / count
        size = np.diff(arm.sections.first_row)
        self._sections = np.where(arm.sections.subject == each, size, 0.0) / count
        if self._teachers is None:
            self._teachers = _teacher_weights(arm)


def _teacher_weights(arm: Arm) -> Floats:
    """What each seat counts: schools weigh as many as taught there in year 1, and a school's seats alike. (seats,)."""
    school = arm.setting.timeline.seats.seat_school.astype(np.int64)
    taught = np.zeros(school.shape[0])
    taught[arm.sections.seat] = 1.0
    teachers = np.bincount(school, taught, minlength=arm.setting.schools)
    seats = np.bincount(school, minlength=arm.setting.schools)
    weights: Floats = (teachers / teachers.sum() / np.maximum(seats, 1))[school]
    return weights


class Diaries(NamedTuple):
    """Those of both arms, read as the report reads a result's table of weeks."""

    scenario: Diary
    counterfactual: Diary

    def growth(self, subject: int) -> Curves:
        """Points (RIT) above where typical practice stands after each year's first week."""
        starts = [float(weeks[0].achievement[subject]) for weeks in self.counterfactual.years]
        return self._curves(lambda week: float(week.achievement[subject]), starts)

    def load(self, name: str) -> Curves:
        """One of teachers' loads."""
        place = LOADS.index(name)
        return self._curves(lambda week: float(week.loads[place]), [0.0] * len(self.scenario.years))

    def hours(self, year: int) -> HoursByMode:
        """Hours a week of an average student over one year, counted from 1, both subjects together."""
        found = {}
        for name, diary in zip(ARMS, self, strict=True):
            mean = np.mean([week.hours.sum(axis=0) for week in diary.years[year - 1]], axis=0)
            found[name] = dict(zip(MODES, mean.tolist(), strict=True))
        return found

    def _curves(self, read: Callable[[_Week], float], starts: Sequence[float]) -> Curves:
        arms = (
            tuple(tuple(read(week) - start for week in weeks) for weeks, start in zip(diary.years, starts, strict=True))
            for diary in self
        )
        at = tuple(
            tuple(float(year * WEEKS_PER_YEAR + week + 1) for week in range(len(weeks)))
            for year, weeks in enumerate(self.scenario.years)
        )
        return Curves(at, *arms)


@dataclass
class Watched:
    """The engine inside, watched.

    Attributes
    ----------
    inner
        Who runs the weeks; asked before each stretch of them, because it may depend on what else is being done.
    pause
        Called between stretches: waits while there is more urgent work, and raises to stop.
    diary
        Where to write the weeks down; None to write nothing.
    """

    inner: Callable[[], Engine]
    pause: Callable[[], None]
    diary: Diary | None = None

    @property
    def keeps(self) -> bool:
        """Whether the engine inside keeps what it finds of the worlds that ship."""
        return bool(getattr(self.inner(), "keeps", False))

    def start_year(self, arm: Arm) -> None:
        """Section summaries before the first week."""
        self.inner().start_year(arm)

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks of the arm, one by one where there is a diary. Years before the first are not written down."""
        if self.diary is None or not arm.flags.with_students:
            stretches = [(first_week, last_week)]
        else:
            stretches = list(pairwise(range(first_week, last_week + 1)))
        for first, last in stretches:
            self.pause()
            self.inner().run(arm, first, last)
            if self.diary is not None and arm.flags.with_students:
                self.diary.note(arm, last)
