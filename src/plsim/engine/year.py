"""Whole years of one arm."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from plsim.engine.arm import Arm, Engine
from plsim.engine.setting import WINDOWS
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year


def run_year(arm: Arm, engine: Engine, *, until: int = WINDOWS[-1], twin: Arm | None = None) -> None:
    """A whole year, with measurements at the windows; one that stops after week ``until`` leaves no record.

    ``twin`` is an arm that would live these weeks just as this one does: it takes them over, and ends its year by
    itself.
    """
    begin_year(arm, engine)
    seen = [arm.by_student(arm.rows.achievement)]
    for first, last in pairwise(WINDOWS):
        if first < until:
            engine.run(arm, first, min(last, until))
            seen.append(arm.by_student(arm.rows.achievement))
    if until == WINDOWS[-1]:
        achievement = np.stack(seen)
        if twin is not None:
            twin.take_over(arm)
            end_year(twin, achievement)
        end_year(arm, achievement)


def run_years(arm: Arm, engine: Engine, *, twin: Arm | None = None) -> Arm:
    """All years that an arm has before it, the first of them with its ``twin``; the arm itself comes back."""
    for _ in range(len(arm.record), arm.setting.years):
        run_year(arm, engine, twin=twin)
        twin = None
    return arm
