"""Whole years of one arm."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from plsim.engine.arm import Arm, Engine
from plsim.engine.setting import WINDOWS
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year


def run_year(arm: Arm, engine: Engine) -> None:
    """A whole year, with measurements at the windows."""
    begin_year(arm, engine)
    seen = [arm.by_student(arm.rows.achievement)]
    for first, last in pairwise(WINDOWS):
        engine.run(arm, first, last)
        seen.append(arm.by_student(arm.rows.achievement))
    end_year(arm, np.stack(seen))


def run_years(arm: Arm, engine: Engine) -> Arm:
    """All years of an arm that has not begun; the arm itself comes back."""
    for _ in range(arm.setting.years):
        run_year(arm, engine)
    return arm
