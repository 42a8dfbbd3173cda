"""A run in which part of what students live through is held at the counterfactual's values.

Achievement depends on practices through :class:`~plsim.rules.week.student.Experience` and in no other way. Holding some
of its fields shows what the others do: hold all but the hours, and what remains is the effect of time; hold all of
them, and nothing may remain. Both arms go through the weeks in step, because what is held is this very week of the
same student's other life.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SUBJECTS, WEEKS_PER_YEAR
from plsim.core.errors import EngineError, nearest
from plsim.engine.arm import EXPERIENCE_FIELDS, Arm, Engine
from plsim.engine.pair import Pair, WorldRun, arms
from plsim.engine.parameters import World
from plsim.engine.reference import Typical, typical
from plsim.engine.setting import WINDOWS
from plsim.engine.state import Trace
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year
from plsim.rules.week.student import (
    ATTENTION_FIELDS,
    NEEDS_FIELDS,
    QUALITY_FIELDS,
    TARGET_FIELDS,
    TIME_FIELDS,
    Experience,
)

CHANNELS = {
    "time": TIME_FIELDS,
    "match": (*TARGET_FIELDS, *NEEDS_FIELDS),
    "attention": ATTENTION_FIELDS,
    "quality": QUALITY_FIELDS,
}
"""What a week is made of: the fields of an experience by the channel that they belong to."""


def run_held(
    both: Pair, world: World, engine: Engine, fields: Collection[str], *, found: Typical | None = None
) -> WorldRun:
    """Both arms in one world, the scenario's students living the counterfactual's ``fields``.

    Parameters
    ----------
    fields
        Names of fields of :class:`~plsim.rules.week.student.Experience`: ``TIME_FIELDS`` (hours), ``TARGET_FIELDS``,
        ``NEEDS_FIELDS``, ``ATTENTION_FIELDS``, ``QUALITY_FIELDS``, any sum or part of them, or the names of channels.
        None held is :func:`~plsim.runs.run.run_world`; all held gives every student the counterfactual's achievement,
        to the last bit.
    found
        The world's reference, if known; else it is made.

    Notes
    -----
    Only what is lived through is held. Teachers, schools and what schools believe of students still go the scenario's
    way, and students' motives move with it; through the fields that are not held they may still reach achievement.
    """
    held = held_flags(fields)
    run_ = arms(both, world, typical(world, engine) if found is None else found)
    base, arm = run_.counterfactual, run_.scenario
    for each in (base, arm):
        shape = (EXPERIENCE_FIELDS, each.setting.students * len(SUBJECTS))
        each.flags = each.flags._replace(trace=True)
        each.trace = Trace(np.zeros(shape), np.zeros(EXPERIENCE_FIELDS), np.zeros(shape))
    arm.trace.held[:] = held
    for _ in range(both.setting.years):
        _year_in_step(base, arm, engine)
    return run_


def held_flags(fields: Collection[str]) -> Floats:
    """1 for each field of an experience that is named. Shape (fields,)."""
    flags = np.zeros(EXPERIENCE_FIELDS)
    for name in (each for given in fields for each in CHANNELS.get(given, (given,))):
        if name not in Experience._fields:
            raise EngineError(f"Experience has no field '{name}'. {nearest(name, Experience._fields)}")
        flags[Experience._fields.index(name)] = 1.0
    return flags


def _year_in_step(base: Arm, arm: Arm, engine: Engine) -> None:
    """A year of both arms, week by week: each of the scenario's weeks follows the counterfactual's."""
    for each in (base, arm):
        begin_year(each, engine)
    # Sections differ where the policy changes class sizes, so rows are matched by student and subject.
    same = base.layout.row[arm.layout.student, arm.layout.subject]
    seen: dict[int, list[Floats]] = {id(each): [each.by_student(each.rows.achievement)] for each in (base, arm)}
    for week in range(WEEKS_PER_YEAR):
        engine.run(base, week, week + 1)
        arm.trace.base[:] = base.trace.experience[:, same]
        engine.run(arm, week, week + 1)
        if week + 1 in WINDOWS:
            for each in (base, arm):
                seen[id(each)].append(each.by_student(each.rows.achievement))
    for each in (base, arm):
        end_year(each, np.stack(seen[id(each)]))
