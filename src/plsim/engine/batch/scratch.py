"""Room for the compiled engine to work in, and what one of its passes notes for the next."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# Subjects, as loops count: for 0 and 1 as they stand functions would be compiled once for each.
MATH, READING = np.int64(0), np.int64(1)
# What one phase notes for the next (``Scratch.noted``): mean hours a seat spends on lessons of its own, and by subject
# whether data, and regrouping, are due.
AUTHORED, DATA_DUE, REGROUP_DUE = 0, 1, 3
NOTED = 5


class Scratch(NamedTuple):
    """Room to work in, large enough for the largest school of a call; never read before it is written."""

    lever: Any  # actual levers, (subjects, levers)
    delivered: Any  # fields of rules.week.teacher.Delivered, (seats, fields)
    context: Any  # fields of rules.week.section.Context, (fields, sections)
    by_section: Any  # delivered, (fields, sections)
    values: Any  # fields of rules.week.section.Section, (fields, sections)
    sp: Any  # section values spread over rows, (fields, rows)
    wk: Any  # weekly values of rows, (fields, rows)
    lived: Any  # fields of engine.batch.agents.Lived, (fields, students)
    keys: Any  # (rows,)
    pooled: Any  # (rows,)
    order: Any  # (rows,)
    colleagues: Any  # (practices,)
    noted: Any  # see AUTHORED
