"""Published effects that a reader may know, as marks on a chart of effects."""

from __future__ import annotations

from typing import NamedTuple

from plsim.evidence import fact
from plsim.measures.effects import percentile_points

FIRST = "R17-03"
"""Always shown: the largest study of such schools."""
OTHERS = {
    "R15-03": "RAND 2015, mathematics",
    "R17-04": "RAND 2017, reading",
    "ME-29": "Typical trial in education (Kraft 2020)",
    "ME-01": "Grouping within classes (Lou 1996)",
    "AD-04": "Homework software (ASSISTments 2016)",
    "ME-18": "Tutoring (Nickow 2024)",
}
"""Shown on request, with what they are called beside the mark."""
_FIRST_NAME = "RAND 2017, mathematics"
CAUTION = "Studies compare with other students or other schools, so none of them measures quite what is shown here."


class Benchmark(NamedTuple):
    """A published effect in percentile points."""

    key: str
    label: str
    points: float
    statement: str


def benchmarks() -> tuple[Benchmark, ...]:
    """The marks, the one that is always shown first."""
    found = []
    for key, label in {FIRST: _FIRST_NAME, **OTHERS}.items():
        known = fact(key)
        if known.value is None:
            continue
        points = float(percentile_points(known.value)) if known.unit == "SD" else known.value
        found.append(Benchmark(key, label, points, known.statement))
    return tuple(found)
