"""What a study with other schools says about each school, for the table of schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.arrays import Column
from plsim.core.calendar import SUBJECTS
from plsim.engine.arm import Engine
from plsim.measures.estimators import school_effects
from plsim.runs.study_designs import Designs, studies
from plsim.runs.survey_outcomes import index
from plsim.runs.tables import joined

if TYPE_CHECKING:
    from plsim.engine.pair import WorldRun

_FIELDS = {"value": "effect_study", "error": "error_study", "p_value": "p_study", "p_value_school": "p_study_schools"}


def school_estimates(of: Designs, run: WorldRun, engine: Engine) -> dict[str, Column]:
    """One row per school and year: effect (SD), its error and two p-values by subject; missing where nobody matched.

    ``p_study`` takes chance to be among students only, as reports of single schools do; ``p_study_schools`` adds chance
    among schools, without which too many schools look significant.
    """
    people = of.both.base_setting.population
    parts = []
    for year, study in enumerate(studies(of, run, engine)):
        columns: dict[str, Any] = {
            "school_id": people.school_id,
            "year": year + 1,
            "implementation_index": index(of.both.base_setting, run.scenario, year),
        }
        for subject, label in enumerate(SUBJECTS):
            found = school_effects(study.treated, study.pool, study.matches[subject], subject)
            for field, name in _FIELDS.items():
                values = np.full(people.schools, np.nan)
                values[found.school] = getattr(found, field)
                columns[f"{label}_{name}"] = values
        parts.append(columns)
    return joined(parts)
