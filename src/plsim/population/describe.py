"""A population in a few plain lines: what was read, what was left out, what was drawn."""

from __future__ import annotations

from plsim.core.calendar import GRADES
from plsim.core.errors import printable
from plsim.population.model import Population
from plsim.population.student_file import FEWEST_STUDENTS
from plsim.population.tables.dispositions import USED


def describe(population: Population) -> tuple[str, ...]:
    """Lines for a reader: size and source, what of the files was used and left out, and what was drawn instead."""
    students = _counted(population.students, "student")
    lines = [
        f"{students} in {_counted(population.schools, 'school')}, from {printable(population.source)}.",
        f"{_grades(population)}.",
        _governance(population),
    ]
    if population.students >= FEWEST_STUDENTS:
        lines.append(_lunch(population))
    else:
        lines.append(f"Fewer than {FEWEST_STUDENTS} students: no result about students is shown.")
    used, left_out = {}, {}
    for reason, count in population.rows.items():
        if reason.endswith(USED):
            used[reason.removesuffix(USED)] = count
        else:
            left_out[reason] = count
    for word, counts in (("Read", used), ("Left out", left_out)):
        if counts:
            lines.append(f"{word}: {_listed(counts)}.")
    lines += population.remarks
    if population.drawn:
        lines.append(f"Not in the file, so drawn from norms and the scenario: {_listed(population.drawn)}.")
    lines += [f"Warning: {warning}" for warning in (*population.warnings, *population.doubts)]
    return tuple(lines)


def _governance(population: Population) -> str:
    charter = int(population.charter.sum())
    sentence = f"{charter} charter and {_counted(population.schools - charter, 'district school')}"
    drawn = population.drawn.get("governance", 0)
    if not drawn:
        return f"{sentence}."
    if drawn == population.schools:
        return f"{sentence}: drawn, for no file says which."
    return f"{sentence}: for {drawn} of them drawn, for no file says which."


def _lunch(population: Population) -> str:
    """The share of eligible students: what files held, or what was drawn, and which of the two it is."""
    drawn = f"{population.lunch_eligible.mean():.0%}"
    if population.lunch_told is None:
        return f"{drawn} of students are eligible for free or reduced-price lunch."
    eligible, told = population.lunch_told
    if told == 0:
        return f"No file says who is eligible for free or reduced-price lunch: drawn, {drawn} of students are."
    if told < FEWEST_STUDENTS:
        return f"The files say of {told} students whether they are eligible for lunch; with those drawn, {drawn} are."
    share = f"{eligible / told:.0%}"
    if told == population.students:
        return f"{share} of students are eligible for free or reduced-price lunch."
    return (
        f"{share} of the {told:,} students of whom the files say it are eligible for free or reduced-price lunch; "
        f"with those drawn, {drawn} of all."
    )


def _grades(population: Population) -> str:
    first, last = GRADES[population.grade.min()], GRADES[population.grade.max()]
    return f"Grade {first}" if first == last else f"Grades {first} to {last}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
