"""The batch engine: whole weeks of whole networks, compiled, without touching Python.

The loops of this engine only carry numbers to the rules and back; how people behave stands in ``rules``. A week walks
through :data:`plsim.rules.week.phases.PHASES`, school by school; a network is the shard, so threads over networks
change no bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import compiled, entry
from plsim.engine.batch.agents import (
    develop_schools,
    develop_students,
    develop_teachers,
    plan_teachers,
    set_levers,
)
from plsim.engine.batch.rows import (
    draw_rows,
    learn_rows,
    learn_rows_traced,
    pace_rows,
    rows_between,
)
from plsim.engine.batch.scratch import DATA_DUE, Scratch
from plsim.engine.batch.sections import (
    gather_motives,
    profile_rows,
    regroup_school,
    set_clocks,
    spread_sections,
    spread_sessions,
    summarise_sections,
    update_habits,
)
from plsim.engine.state import Networks, Rows, Schools, Sections, Students, Tables
from plsim.rules import school as schooling
from plsim.rules.levers import COACHING
from plsim.rules.week.phases import PHASES

STEPS = {
    "plan": (
        "set_levers(s, w, coaching, seats, schools, tables, x)",
        "plan_teachers(s, rows, sections, seats, schools, tables, x, p)",
    ),
    "profile": (
        "if flags.with_students:",
        "    set_clocks(s, schools, x)",
        "    first, last = first_row(s, sections, schools), first_row(s + 1, sections, schools)",
        "    own = rows_between(rows, first, last)",
        "    draw_rows(last - first, seed, year, week_word(w), own, x.wk, p)",
        "    profile_rows(s, w, rows, sections, schools, tables, x, p)",
        "    data_due = any_data_due(x)",
        "    if data_due:",
        "        update_habits(s, students, sections, schools, x, p)",
        "    summarise_sections(s, rows, students, sections, schools, data_due)",
    ),
    "group": ("if flags.with_students:", "    regroup_school(s, rows, sections, schools, x, p)"),
    "target": (
        "if flags.with_students:",
        "    spread_sections(s, w, refill, rows, sections, schools, tables, x, p)",
        "    spread_sessions(s, rows, sections, seats, schools, tables, x, p)",
    ),
    "learn": (
        "if flags.with_students:",
        "    first, last = first_row(s, sections, schools), first_row(s + 1, sections, schools)",
        "    own = rows_between(rows, first, last)",
        "    gather_motives(s, rows, students, sections, schools, x)",
        "    if flags.trace:",
        "        lived, base = trace.experience[:, first:last], trace.base[:, first:last]",
        "        learn_rows_traced(last - first, x.sp, x.wk, own, lived, trace.held, base, p)",
        "    else:",
        "        learn_rows(last - first, x.sp, x.wk, own, p)",
    ),
    "pace": (
        "if flags.with_students:",
        "    pace_rows(last - first, x.sp, x.wk, own, p)",
    ),
    "develop students": (
        "if flags.with_students and not flags.freeze_students:",
        "    develop_students(s, rows, students, sections, schools, x, p)",
    ),
    "develop teachers": (
        "if not flags.freeze_teachers:",
        "    develop_teachers(s, seats, schools, tables, x, p)",
    ),
    "develop schools": (
        "if not flags.freeze_schools:",
        "    develop_schools(s, w, shared, seats, schools, tables, x, p)",
    ),
    "measure": (),  # not the engine's
}
"""What this engine does in each phase. As text: compiled code cannot walk a table of functions of different kinds."""


@compiled
def first_row(s: int, sections: Sections, schools: Schools) -> int:
    """First enrolment row of a school."""
    return sections.first_row[schools.first_section[s]]  # type: ignore[no-any-return]


@compiled
def week_word(w: int) -> Any:
    """The week as part of an address of noise."""
    return np.uint64(w)


@compiled
def any_data_due(x: Scratch) -> bool:
    """Whether data are due in one of the subjects."""
    return x.noted[DATA_DUE] + x.noted[DATA_DUE + 1] > 0.5  # type: ignore[no-any-return]


@compiled
def pool_share(network: int, w: int, schools: Schools, networks: Networks, tables: Tables) -> float:
    """Share of the coaching asked for that a network's support pool can give this week."""
    asked = 0.0
    for s in range(networks.first_school[network], networks.first_school[network + 1]):
        hours = tables.planned[s, w, COACHING[0]] + tables.planned[s, w, COACHING[1]]
        asked += hours * float(schools.first_seat[s + 1] - schools.first_seat[s])
    return schooling.pool_share(networks.coaching_capacity[network], asked)


_LOOPS = """
def run_weeks(
    first_network, last_network, first_week, last_week, seed, year,
    rows, students, sections, seats, schools, networks, tables, flags, trace, x, p,
):
    for network in range(first_network, last_network):
        begin, end = networks.first_school[network], networks.first_school[network + 1]
        for w in range(first_week, last_week):
            shared = together(schools.library[begin:end], p.school)
            coaching = pool_share(network, w, schools, networks, tables)
            refill = w == first_week or end - begin > 1
            for s in range(begin, end):
                """
"""The loops around a school's week. One function: what compiles apart is optimized twice."""

_CALLED = (
    pool_share,
    schooling.together,
    set_levers,
    plan_teachers,
    set_clocks,
    first_row,
    draw_rows,
    week_word,
    profile_rows,
    any_data_due,
    update_habits,
    summarise_sections,
    regroup_school,
    spread_sections,
    spread_sessions,
    gather_motives,
    learn_rows,
    learn_rows_traced,
    pace_rows,
    develop_students,
    develop_teachers,
    develop_schools,
)


def _in_order() -> Any:
    """All weeks: in each school the steps of all phases, in their order."""
    lines = [line for phase in PHASES for line in STEPS[phase.name]]
    scope: dict[str, Any] = {function.__name__: function for function in _CALLED} | {"rows_between": rows_between}
    scope["__name__"] = __name__  # by which compiled code that was kept finds its globals again
    text = _LOOPS + "\n                ".join(lines) + "\n"
    exec(compile(text, "run_weeks", "exec"), scope)  # noqa: S102 - the text stands above
    return scope["run_weeks"]


run_weeks = entry(_in_order())
"""Weeks ``first_week`` to ``last_week - 1`` of a year for networks ``first_network`` to ``last_network - 1``.

``seed`` and ``year`` are unsigned 64-bit integers; the year is part of every draw's address. ``x`` is room to work in,
of each call's own. Nothing else is shared between networks, so callers may run them in any order and on any number of
threads.
"""


@entry
def first_summaries(rows: Rows, students: Students, sections: Sections, schools: Schools) -> None:
    """Section summaries as they stand before a year's first week."""
    for s in range(schools.first_section.shape[0] - 1):
        summarise_sections(s, rows, students, sections, schools, True)
