"""A population in a few plain lines: what was read, what was dropped, what was drawn."""

from __future__ import annotations

from plsim.core.calendar import GRADES
from plsim.population.model import Population

_USED = " used"


def describe(population: Population) -> tuple[str, ...]:
    """Lines for a reader: size and source, what of the file was used and dropped, and what was drawn instead."""
    charter = int(population.charter.sum())
    lines = [
        f"{population.students:,} students in {population.schools} schools, from {population.source}.",
        f"Grades {GRADES[population.grade.min()]} to {GRADES[population.grade.max()]}.",
        f"{charter} charter and {population.schools - charter} district schools.",
        f"{population.lunch_eligible.mean():.0%} of students are eligible for free or reduced-price lunch.",
    ]
    used, dropped = {}, {}
    for reason, count in population.rows.items():
        if reason.endswith(_USED):
            used[reason.removesuffix(_USED)] = count
        else:
            dropped[reason] = count
    for word, counts in (("Read", used), ("Left out", dropped)):
        if counts:
            lines.append(f"{word}: {_listed(counts)}.")
    if population.drawn:
        lines.append(f"Not in the file, so drawn from norms and the scenario: {_listed(population.drawn)}.")
    return tuple(lines)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
