"""Which tests are on the two RIT scales that the norms have, and which of several tests of a student counts.

The file's own discipline decides where it has one (``Discipline`` in exports up to about 2020, ``Subject`` since),
else the name of the scale or course. All mathematics is on one RIT scale: the tests for grades K-2, 2-5 and 6+, Algebra
1 and 2, Geometry, Integrated Math, and the Spanish versions. Reading in Spanish has a scale and norms of its own, and
language usage and science are other subjects.

Sources (NWEA's public help, as it stood): "How NWEA measures growth using the high school math tests" (community,
DOC-2634: one mathematics RIT scale; of two tests in a term the one with the lower standard error is used); "Are Spanish
and English test scores comparable?" (community, DOC-3152: mathematics yes, reading no); "Comprehensive Data File and
Combined Data File" (connection.nwea.org); "About Exporting Test Results" (teach.mapnwea.org).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plsim.core.calendar import MATH, READING

if TYPE_CHECKING:
    import pandas as pd

OTHER, SPANISH_READING = -1, -2
_UNSAID, _SURELY_OTHER = -3, -4

_MATH = re.compile(r"(spanish )?(math|maths|mathematics|algebra|geometry|integrated math\w*|precalculus|calculus)\b.*")
_READING = re.compile(r"reading\b.*|(spanish|english) reading\b.*")
_OTHER_SCALE = re.compile(
    r"(general |life |physical )?sciences?\b.*|.*language usage.*|biology.*|social studies.*|language"
)
_LANGUAGE_ARTS = re.compile(r"(english )?language arts|ela|english|literacy")
_SPANISH = re.compile(r"spanish|español|espanol", re.IGNORECASE)

Codes = NDArray[np.int64]


def subjects_of(cells: pd.DataFrame) -> Codes:
    """The subject of each test by its scale (``MeasurementScale``), discipline and name; ``OTHER`` for others. (n)."""
    scale = _mapped(cells["MeasurementScale"], _of_scale)
    subject = scale
    if "Discipline" in cells:
        discipline = _mapped(cells["Discipline"], _of_discipline)
        # Language arts hold reading and language usage: there the scale says which.
        subject = np.where((discipline == _UNSAID) | (scale == _SURELY_OTHER), scale, discipline)
    subject = np.where(subject == _SURELY_OTHER, OTHER, subject)
    spanish = _mapped(cells["MeasurementScale"], _is_spanish) == 1
    if "TestName" in cells:
        spanish |= _mapped(cells["TestName"], _is_spanish) == 1
    found: Codes = np.where((subject == READING) & spanish, SPANISH_READING, subject)
    return found


def _mapped(column: pd.Series[str], code: Callable[[str], int]) -> Codes:
    """The code of each cell. Scales, disciplines and tests have few different names."""
    codes: Codes = column.map({text: code(str(text)) for text in column.unique()}).to_numpy().astype(np.int64)
    return codes


def _of_scale(text: str) -> int:
    plain = " ".join(re.findall(r"[a-z]+", text.lower()))
    if _MATH.fullmatch(plain):
        return MATH
    if _READING.fullmatch(plain):
        return READING
    return _SURELY_OTHER if _OTHER_SCALE.fullmatch(plain) else OTHER


def _of_discipline(text: str) -> int:
    plain = " ".join(re.findall(r"[a-z]+", text.lower()))
    if plain in ("math", "maths", "mathematics"):
        return MATH
    if plain in {"", "reading"} or _LANGUAGE_ARTS.fullmatch(plain):
        return _UNSAID
    return OTHER


def _is_spanish(text: str) -> int:
    return int(_SPANISH.search(text) is not None)


def counting(tests: pd.DataFrame, *, latest: bool) -> NDArray[np.bool_]:
    """Which test of each student and subject counts. (n).

    NWEA's rule: the lowest standard error; among equals the earlier. ``latest`` takes the last one, of two at one time
    the higher score. What still ties does not depend on the order of the rows.

    Parameters
    ----------
    tests
        Columns student (a number), subject, error, day, time, rit.
    """
    student, subject = tests["student"].to_numpy(), tests["subject"].to_numpy()
    error, rit = tests["error"].to_numpy(), tests["rit"].to_numpy()
    day, time = tests["day"].to_numpy().astype(np.int64), tests["time"].to_numpy()
    keys = (error, -rit, -time, -day) if latest else (-rit, time, day, error)
    order = np.lexsort((*keys, subject, student))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (student[order][1:] != student[order][:-1]) | (subject[order][1:] != subject[order][:-1])
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[first]] = True
    return chosen


def minutes_of(column: pd.Series[str]) -> Codes:
    """Times of day in minutes; the start of the day where there is none. (n)."""
    return _mapped(column, _minute)


def _minute(text: str) -> int:
    parts = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*([AP]M)?", text, re.IGNORECASE)
    if parts is None:
        return 0
    hour = int(parts[1]) % 12 + 12 * (parts[3].upper() == "PM") if parts[3] else int(parts[1])
    return 60 * hour + int(parts[2])
