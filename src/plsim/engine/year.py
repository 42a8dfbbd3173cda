"""Whole years of one arm."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from plsim.engine.arm import Arm, Engine
from plsim.engine.setting import WINDOWS
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year


def run_year(arm: Arm, engine: Engine, *, until: int = WINDOWS[-1]) -> None:
    """A whole year, with measurements at the windows; one that stops after week ``until`` leaves no record."""
    begin_year(arm, engine)
    seen = [arm.by_student(arm.rows.achievement)]
    for first, last in pairwise(WINDOWS):
        if first < until:
            engine.run(arm, first, min(last, until))
            seen.append(arm.by_student(arm.rows.achievement))
    if until == WINDOWS[-1]:
        end_year(arm, np.stack(seen))


def run_years(arm: Arm, engine: Engine) -> Arm:
    """All years of an arm that has not begun; the arm itself comes back."""
    for _ in range(arm.setting.years):
        run_year(arm, engine)
    return arm
