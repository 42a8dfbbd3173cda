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
    """Room for each of the schools ``first_school`` to ``last_school - 1`` in turn: as large as the largest needs.

    It holds whatever lay there: a week writes before it reads.
    """

    def most(first: Ints) -> int:
        own = first[first_school : last_school + 1]
        return int((own[1:] - own[:-1]).max())

    held, rows = most(schools.first_section), most(sections.first_row[schools.first_section])
    return Scratch(
        lever=np.empty((2, tables.owner.shape[0])),
        delivered=np.empty((most(schools.first_seat), DELIVERED_FIELDS)),
        context=np.empty((CONTEXT_FIELDS, held)),
        by_section=np.empty((DELIVERED_FIELDS, held)),
        values=np.empty((SECTION_FIELDS, held)),
        sp=np.empty((SPREAD_FIELDS, rows)),
        wk=np.empty((ROW_FIELDS, rows)),
        lived=np.empty((LIVED_FIELDS, most(schools.first_student))),
        keys=np.empty(rows),
        pooled=np.empty(rows),
        order=np.empty(rows, np.int64),
        colleagues=np.empty(tables.intensity.shape[0]),
        noted=np.empty(NOTED),
    )
