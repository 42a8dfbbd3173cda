"""Who was simulated, in counts that may be shown: what a page says of students and schools without their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.arrays import Bools
from plsim.core.calendar import GRADES
from plsim.measures.groups import SMALLEST_GROUP

if TYPE_CHECKING:
    from plsim.engine.setting import Setting

FLAGS = ("lunch_eligible", "english_learner", "special_education")


def people_document(setting: Setting) -> dict[str, Any]:
    """Counts of students, schools and grades for a manifest.

    Of real students no share that tells of fewer than ten, and no grade with fewer than ten: there null and 0.
    """
    people = setting.population
    fewest = SMALLEST_GROUP if people.are_people else 1
    counts = []
    for roster in setting.timeline.years:
        count = np.bincount(roster.grade[roster.entered == 0].astype(np.int64), minlength=len(GRADES))
        counts.append({label: int(n) for label, n in zip(GRADES, count.tolist(), strict=True) if n >= fewest})
    present = np.unique(people.grade)
    return {
        "students": people.students,
        "schools": people.schools,
        "charter_schools": int(people.charter.sum()),
        "grades": [GRADES[grade] for grade in present.tolist()],
        "shares": {name: _share(getattr(people, name), fewest) for name in FLAGS},
        "stayers_by_grade": counts,
    }


def _share(flags: Bools, fewest: int) -> float | None:
    """The share with a flag, in whole percents; null where too few have it or too few have not."""
    having = int(flags.sum())
    if fewest > 1 and min(having, len(flags) - having) < fewest:
        return None
    return round(having / max(len(flags), 1), 2)
