"""Teachers' seats: their persistent addresses, and how the teachers whom a file names take them.

A seat is the same over the years and in every arm, however many sections there are: the second seat of a school's
mathematics, the first class of its third grade. Where a file names teachers, they take those seats in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Int32s, Keys
from plsim.core.calendar import LAST_ELEMENTARY_GRADE, SUBJECTS
from plsim.population.draws import derived_keys, label_key
from plsim.population.model import Population
from plsim.population.sections import DEPARTMENT, GIVEN, GivenSections, Int64s, seat_code, split_code

# Subject of a seat's address in the stream "sectioning"; the kind of seat stands in the address's year.
_SEAT = 10


@dataclass(frozen=True)
class SeatTimeline:
    """Teachers' seats of all years, ordered by school: persistent address and school. Each (T)."""

    seat_key: Keys
    seat_school: Int32s


def seats(population: Population, codes: Int64s) -> SeatTimeline:
    """The seats of sorted codes."""
    school, kind, index = split_code(codes)
    keys = np.empty(len(codes), dtype=np.uint64)
    for each in np.unique(kind):
        rows = np.flatnonzero(kind == each)
        if each == GIVEN:
            keys[rows] = _keys_of_named(population)[index[rows]]
        else:
            of_school = population.school_key[school[rows]]
            keys[rows] = derived_keys(
                of_school, "sectioning", subject=_SEAT, year=int(each), week=index[rows].astype(np.uint64)
            )
    return SeatTimeline(keys, school.astype(np.int32))


def given_sections(population: Population) -> GivenSections | None:
    """The sections of the file with the seats of their teachers, or ``None`` when the file gives none."""
    holders = _holders(population)
    if not holders:
        return None
    place = {holder: index for index, holder in enumerate(_named(population))}
    numbers = np.array([place[holder] for holder in holders], dtype=np.int64)
    school = np.array([school for school, _ in holders], dtype=np.int64)
    return GivenSections(population.given_section, seat_code(school, GIVEN, numbers))


def with_named_teachers(codes: Int64s, population: Population, given: GivenSections) -> Int64s:
    """The same seats, with the named teachers in place of the first made-up seats of their school and kind."""
    takers: dict[int, list[int]] = {}
    for kind_code, holder in sorted(_kinds_taught(population, given)):
        takers.setdefault(kind_code, []).append(holder)
    table = {code + number: holder for code, found in takers.items() for number, holder in enumerate(found)}
    distinct, back = np.unique(codes, return_inverse=True)
    taken: Int64s = np.array([table.get(int(code), int(code)) for code in distinct], dtype=np.int64)[back]
    return taken


def _kinds_taught(population: Population, given: GivenSections) -> set[tuple[int, int]]:
    """Pairs of a kind of seat (the code of its first seat) and a named teacher who holds such sections."""
    pairs: set[tuple[int, int]] = set()
    for subject in range(len(SUBJECTS)):
        section = given.of_student[:, subject]
        rows = np.flatnonzero(section >= 0)
        grade = population.grade[rows].astype(np.int64)
        kind = np.where(grade <= LAST_ELEMENTARY_GRADE, grade, DEPARTMENT + subject)
        first_seats = seat_code(population.school[rows], kind, 0)
        distinct = np.unique(np.stack([first_seats, given.seat_code[section[rows]]]), axis=1)
        pairs.update((int(code), int(holder)) for code, holder in distinct.T)
    return pairs


def _holders(population: Population) -> list[tuple[int, str]]:
    """School and teacher of each given section; a section without a teacher's name has a holder of its own."""
    school = np.zeros(len(population.section_labels), dtype=np.int64)
    for subject in range(len(SUBJECTS)):
        section = population.given_section[:, subject]
        rows = np.flatnonzero(section >= 0)
        school[section[rows]] = population.school[rows]
    labels = zip(population.section_labels, population.section_teachers, strict=True)
    names = [f"teacher/{teacher}" if teacher else f"section/{label}" for label, teacher in labels]
    return list(zip(school.tolist(), names, strict=True))


def _named(population: Population) -> list[tuple[int, str]]:
    """The distinct holders of given sections; a seat of kind GIVEN is numbered by its place here."""
    return sorted(set(_holders(population)))


def _keys_of_named(population: Population) -> Keys:
    keys = [label_key("seat", f"{population.school_id[school]}/{name}") for school, name in _named(population)]
    return np.array(keys, dtype=np.uint64)
