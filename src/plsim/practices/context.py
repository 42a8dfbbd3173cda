"""Context: what a school cannot choose. The counterfactual keeps it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import Field

from plsim.practices.levers import LeverTable
from plsim.practices.options import Options, option


class Context(Options):
    """The conditions a school works under. Left out, they are those of typical schools.

    Contact hours are one number per subject for all grades, although elementary classes have more (5.9 and 11.4 hours
    in grades 1-4 against 5.0 and 5.8 in grade 8): what counts in the model is hours against typical hours.
    """

    contact_hours_math: float = option("context.contact_hours_math", 0.5, 30.0)
    """Mathematics lessons, hours per week."""
    contact_hours_reading: float = option("context.contact_hours_reading", 0.5, 30.0)
    """Reading and English lessons, hours per week."""
    charter_hours_ratio: float = option("context.charter_hours_ratio", 0.5, 2.0)
    """Hours of charter schools over hours of district schools, in both arms."""
    homework_minutes: float = option("context.homework_minutes", 0.0, 600.0)
    """Homework set per week and subject, in minutes."""
    curriculum_fragmentation: float = option("context.curriculum_fragmentation", 0.0, 1.0)
    """How far materials fail to build on each other."""
    base_tools: float = option("context.base_tools", 0.0, 100.0)
    """Digital tools that a teacher has to use anyway."""
    autonomy_charter: float = option("schools.autonomy_charter", 0.0, 1.0)
    """Freedom of charter schools over staff, time and curriculum."""
    autonomy_district: float = option("schools.autonomy_district", 0.0, 1.0)
    """Freedom of district schools over staff, time and curriculum."""
    accountability_charter: float = option("schools.accountability_charter", 0.0, 1.0)
    """Weight of grade-level standards in charter schools."""
    accountability_district: float = option("schools.accountability_district", 0.0, 1.0)
    """Weight of grade-level standards in district schools."""
    class_size: float | None = Field(default=None, ge=1.0, le=200.0)
    """Students per section that sectioning aims at; left out, typical for the school's level."""
    turnover: float = Field(default=1.0, ge=0.0, le=5.0)
    """Teachers' yearly chance of leaving over the typical one, as a ratio."""
    mobility: float = Field(default=1.0, ge=0.0, le=5.0)
    """Students' yearly chance of leaving over the typical one, as a ratio."""

    def apply(self, table: LeverTable, charter: npt.NDArray[np.bool_]) -> None:
        """Turn the context levers; ``charter`` says which schools are charter schools. Shape (schools,)."""
        ratio = np.where(charter, self.charter_hours_ratio, 1.0)
        table.put("contact_hours_math", ratio * self.contact_hours_math)
        table.put("contact_hours_reading", ratio * self.contact_hours_reading)
        table.put("homework_minutes", self.homework_minutes)
        table.put("curriculum_fragmentation", self.curriculum_fragmentation)
        table.put("base_tools", self.base_tools)
