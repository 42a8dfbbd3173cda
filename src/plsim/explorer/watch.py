"""An engine that can be stopped between weeks, gives way to more urgent work, and keeps a diary of the weeks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from plsim.core.calendar import SUBJECTS
from plsim.engine.arm import Arm, Engine
from plsim.engine.state import Floats
from plsim.report.tables import MODES
from plsim.rules.week import Section

EVERYBODY = "all"
"""School of a diary's rows: a diary is about all schools at once."""
_LOADS = ("hours_demanded", "strain")
_MODE_FIELDS = [Section._fields.index(mode) for mode in MODES]


@dataclass
class Diary:
    """Means of an arm's weeks over all students, and over all teachers, of the kind that the report's curves show.

    Attributes
    ----------
    weeks
        Year, week (both from 1), achievement by subject (RIT), loads of teachers, hours by mode and subject.
    """

    weeks: list[tuple[int, int, Floats, Floats, Floats]] = field(default_factory=list)
    _teachers: Floats | None = None

    def note(self, arm: Arm, week: int) -> None:
        """Write down the state after a week; ``week`` counts from 1."""
        rows, subject = arm.rows, arm.layout.subject
        each = range(len(SUBJECTS))
        count = np.bincount(subject, minlength=len(SUBJECTS))
        achievement = np.bincount(subject, rows.achievement, minlength=len(SUBJECTS)) / count
        if self._teachers is None:
            self._teachers = _teacher_weights(arm)
        seats = (arm.seats.demand, arm.seats.strain)
        loads = np.array([float(self._teachers @ values) for values in seats])
        size = np.diff(arm.sections.first_row) / count[arm.sections.subject.astype(np.int64)]
        modes = arm.sections.values[:, _MODE_FIELDS]
        of = arm.sections.subject.astype(np.int64)
        hours = np.array([size[of == one] @ modes[of == one] for one in each])
        self.weeks.append((arm.year + 1, week, achievement, loads, hours))

    def table(self, arm: str) -> pd.DataFrame:
        """Rows as in a result's table of weeks, for one school that holds everybody."""
        rows = []
        for year, week, achievement, loads, hours in self.weeks:
            for index, subject in enumerate(SUBJECTS):
                row: dict[str, object] = {
                    "arm": arm, "year": year, "week": week, "school_id": EVERYBODY, "subject": subject,
                    "achievement": float(achievement[index]),
                }  # fmt: skip
                row |= dict(zip(_LOADS, loads.tolist(), strict=True))
                row |= {f"{mode}_hours": float(one) for mode, one in zip(MODES, hours[index], strict=True)}
                rows.append(row)
        return pd.DataFrame(rows)


def _teacher_weights(arm: Arm) -> Floats:
    """What each seat counts: schools weigh as many as taught there in year 1, and a school's seats alike. (seats,)."""
    school = arm.setting.timeline.seats.seat_school.astype(np.int64)
    taught = np.zeros(school.shape[0])
    taught[arm.sections.seat] = 1.0
    teachers = np.bincount(school, taught, minlength=arm.setting.schools)
    seats = np.bincount(school, minlength=arm.setting.schools)
    weights: Floats = (teachers / teachers.sum() / np.maximum(seats, 1))[school]
    return weights


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
