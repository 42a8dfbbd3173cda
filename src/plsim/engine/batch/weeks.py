"""The batch engine: whole weeks of whole networks, compiled, without touching Python.

The loops of this engine only carry numbers to the rules and back; how people behave stands in ``rules``. A week runs
through ``rules.week``'s numbered phases, school by school; a network is the shard, so threads over networks change no
bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plsim.core.jit import entry, kernel
from plsim.engine.batch.agents import (
    COACHING,
    clocks_due,
    develop_schools,
    develop_students,
    develop_teachers,
    plan_teachers,
    set_levers,
)
from plsim.engine.batch.rows import (
    ROW_FIELDS,
    SECTION_FIELDS,
    SPREAD_FIELDS,
    draw_rows,
    learn_rows,
    learn_rows_traced,
    profile_rows,
    rows_between,
)
from plsim.engine.batch.sections import (
    CONTEXT_FIELDS,
    DELIVERED_FIELDS,
    gather_motives,
    regroup_school,
    spread_profiles,
    spread_sections,
    summarise_sections,
    update_habits,
)
from plsim.engine.state import Flags, Networks, Rows, Schools, Seats, Sections, Students, Tables, Trace
from plsim.rules import school as schooling
from plsim.rules.levers import PRACTICE_COUNT
from plsim.rules.week import Params


@kernel
def school_week(
    s: int,
    w: int,
    seed: Any,
    year: Any,
    shared: float,
    coaching: float,
    refill: bool,
    rows: Rows,
    students: Students,
    sections: Sections,
    seats: Seats,
    schools: Schools,
    tables: Tables,
    flags: Flags,
    trace: Trace,
    p: Params,
    lever: Any,
    delivered: Any,
    context: Any,
    by_section: Any,
    section_values: Any,
    sp: Any,
    wk: Any,
    keys: Any,
    order: Any,
    pooled: Any,
    colleagues: Any,
) -> None:
    """One school through one week, phases 1 to 9 of ``rules.week``."""
    set_levers(s, w, schools, tables, coaching, lever)
    authored = plan_teachers(s, lever, sections, seats, schools, delivered, p)
    if flags.with_students:
        a = sections.first_row[schools.first_section[s]]
        b = sections.first_row[schools.first_section[s + 1]]
        n = b - a
        data_due, regroup_due = clocks_due(s, lever, schools)
        own = rows_between(rows, a, b)
        draw_rows(n, seed, year, np.uint64(w), own, wk, p)
        first_seat = schools.first_seat[s]
        spread_profiles(s, w, lever, sections, schools, tables, delivered, first_seat, sp, data_due)
        profile_rows(n, own, sp, wk, p)
        if data_due:
            update_habits(s, students, schools, sp, wk, a, p)
        summarise_sections(s, rows, students, sections, schools, data_due)
        if regroup_due:
            regroup_school(s, lever, rows, sections, schools, delivered, keys, order, pooled, p)
        spread_sections(
            s,
            w,
            lever,
            sections,
            schools,
            tables,
            delivered,
            first_seat,
            context,
            by_section,
            section_values,
            sp,
            refill,
            p,
        )
        gather_motives(n, a, rows, students, wk)
        if flags.trace:
            learn_rows_traced(n, sp, wk, own, trace.experience[:, a:b], trace.held, trace.base[:, a:b], p)
        else:
            learn_rows(n, sp, wk, own, p)
        if not flags.freeze_students:
            develop_students(s, a, rows, students, schools, sp, wk, p)
    if not flags.freeze_teachers:
        develop_teachers(s, lever, seats, schools, tables, colleagues, p)
    if not flags.freeze_schools:
        develop_schools(s, w, lever, shared, authored, seats, schools, tables, p)


@entry
def run_weeks(
    first_network: int,
    last_network: int,
    first_week: int,
    last_week: int,
    seed: Any,
    year: Any,
    rows: Rows,
    students: Students,
    sections: Sections,
    seats: Seats,
    schools: Schools,
    networks: Networks,
    tables: Tables,
    flags: Flags,
    trace: Trace,
    p: Params,
) -> None:
    """Weeks ``first_week`` to ``last_week - 1`` of a year for networks ``first_network`` to ``last_network - 1``.

    ``seed`` and ``year`` are unsigned 64-bit integers; the year is part of every draw's address. Nothing is shared
    between networks, so callers may run them in any order and on any number of threads.
    """
    block = 1
    most_seats = 1
    most_sections = 1
    for s in range(networks.first_school[first_network], networks.first_school[last_network]):
        size = sections.first_row[schools.first_section[s + 1]] - sections.first_row[schools.first_section[s]]
        block = size if size > block else block
        many = schools.first_seat[s + 1] - schools.first_seat[s]
        most_seats = many if many > most_seats else most_seats
        held = schools.first_section[s + 1] - schools.first_section[s]
        most_sections = held if held > most_sections else most_sections
    lever = np.zeros(tables.owner.shape[0])
    delivered = np.zeros((most_seats, DELIVERED_FIELDS))
    context = np.zeros((CONTEXT_FIELDS, most_sections))
    by_section = np.zeros((DELIVERED_FIELDS, most_sections))
    section_values = np.zeros((SECTION_FIELDS, most_sections))
    sp = np.zeros((SPREAD_FIELDS, block))
    wk = np.zeros((ROW_FIELDS, block))
    keys = np.zeros(block)
    pooled = np.zeros(block)
    order = np.zeros(block, np.int64)
    colleagues = np.zeros(PRACTICE_COUNT)
    for network in range(first_network, last_network):
        first, last = networks.first_school[network], networks.first_school[network + 1]
        alone = last - first == 1
        for w in range(first_week, last_week):
            refill = w == first_week or not alone
            best = 0.0
            missing = 1.0
            asked = 0.0
            for s in range(first, last):
                best = schools.library[s] if schools.library[s] > best else best
                missing = missing * (1.0 - schools.library[s])
                asked += tables.planned[s, w, COACHING] * float(schools.first_seat[s + 1] - schools.first_seat[s])
            shared = schooling.pooled_library(best, missing, p.school)
            coaching = schooling.pool_share(networks.coaching_capacity[network], asked)
            for s in range(first, last):
                school_week(
                    s, w, seed, year, shared, coaching, refill, rows, students, sections, seats, schools, tables,
                    flags, trace, p, lever, delivered, context, by_section, section_values, sp, wk, keys, order,
                    pooled, colleagues,
                )  # fmt: skip


@entry
def first_summaries(rows: Rows, students: Students, sections: Sections, schools: Schools) -> None:
    """Section summaries as they stand before a year's first week."""
    for s in range(schools.first_section.shape[0] - 1):
        summarise_sections(s, rows, students, sections, schools, True)
