"""A population in a few plain lines: what was read, what was dropped, what was drawn."""

from __future__ import annotations

from plsim.core.calendar import GRADES
from plsim.population.fates import USED
from plsim.population.model import Population
from plsim.population.roster import FEWEST_STUDENTS


def describe(population: Population) -> tuple[str, ...]:
    """Lines for a reader: size and source, what of the file was used and dropped, and what was drawn instead."""
    charter = int(population.charter.sum())
    students = _counted(population.students, "student")
    lines = [
        f"{students} in {_counted(population.schools, 'school')}, from {population.source}.",
        f"{_grades(population)}.",
        f"{charter} charter and {_counted(population.schools - charter, 'district school')}.",
    ]
    if population.students >= FEWEST_STUDENTS:
        share = f"{population.lunch_eligible.mean():.0%}"
        lines.append(f"{share} of students are eligible for free or reduced-price lunch.")
    else:
        lines.append(f"Fewer than {FEWEST_STUDENTS} students: no result about students is shown.")
    used, dropped = {}, {}
    for reason, count in population.rows.items():
        if reason.endswith(USED):
            used[reason.removesuffix(USED)] = count
        else:
            dropped[reason] = count
    for word, counts in (("Read", used), ("Left out", dropped)):
        if counts:
            lines.append(f"{word}: {_listed(counts)}.")
    if population.drawn:
        lines.append(f"Not in the file, so drawn from norms and the scenario: {_listed(population.drawn)}.")
    return tuple(lines)


def _grades(population: Population) -> str:
    first, last = GRADES[population.grade.min()], GRADES[population.grade.max()]
    return f"Grade {first}" if first == last else f"Grades {first} to {last}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
