"""Makes the room that compiled weeks work in; compiled code itself makes no array."""

from __future__ import annotations

import numpy as np

from plsim.core.arrays import Ints
from plsim.engine.batch.agents import LIVED_FIELDS
from plsim.engine.batch.rows import ROW_FIELDS, SECTION_FIELDS, SPREAD_FIELDS
from plsim.engine.batch.scratch import NOTED, Scratch
from plsim.engine.batch.sections import CONTEXT_FIELDS, DELIVERED_FIELDS
from plsim.engine.state import Schools, Sections, Tables


def room(first_school: int, last_school: int, sections: Sections, schools: Schools, tables: Tables) -> Scratch:
    """Room for each of the schools ``first_school`` to ``last_school - 1`` in turn: as large as the largest needs."""

    def most(first: Ints) -> int:
        return int(np.diff(first[first_school : last_school + 1]).max(initial=1))

    held, rows = most(schools.first_section), most(sections.first_row[schools.first_section])
    return Scratch(
        lever=np.zeros((2, tables.owner.shape[0])),
        delivered=np.zeros((most(schools.first_seat), DELIVERED_FIELDS)),
        context=np.zeros((CONTEXT_FIELDS, held)),
        by_section=np.zeros((DELIVERED_FIELDS, held)),
        values=np.zeros((SECTION_FIELDS, held)),
        sp=np.zeros((SPREAD_FIELDS, rows)),
        wk=np.zeros((ROW_FIELDS, rows)),
        lived=np.zeros((LIVED_FIELDS, most(schools.first_student))),
        keys=np.zeros(rows),
        pooled=np.zeros(rows),
        order=np.zeros(rows, np.int64),
        colleagues=np.zeros(tables.intensity.shape[0]),
        noted=np.zeros(NOTED),
    )
