"""The years of a population: promotion, leavers and entrants, sections and the seats of teachers.

A slot is a place in a school. Its holder moves up a grade each summer; who passes the school's last grade or moves away
is followed by somebody new. All of it follows from addresses, so it is the same in every arm of a comparison, except
the sections, which depend on the class size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plsim.core.arrays import Bools, Floats, Int8s, Int16s, Int32s, Keys
from plsim.core.calendar import MAX_YEARS
from plsim.core.errors import PopulationError
from plsim.population.draws import derived_keys, uniforms
from plsim.population.model import Population
from plsim.population.people import draw_people
from plsim.population.seats import SeatTimeline, given_sections, seats, with_named_teachers
from plsim.population.sections import Int64s, SectionTable, make_sections

# Subjects of an address in the stream "mobility".
_LEAVES = 0
_SUCCESSOR = 10


@dataclass(frozen=True)
class Holders:
    """Who holds each slot in one year; meanings as in ``Population``. Each (n), or (n, 2) by subject.

    Attributes
    ----------
    entered
        The year (0-based) in which the present holder came.
    achievement
        Latent achievement at week 0 of the year the holder came in (RIT).
    """

    student_key: Keys
    grade: Int16s
    entered: Int16s
    achievement: Floats
    entry_z: Floats
    lunch_eligible: Bools
    english_learner: Bools
    special_education: Bools
    learning_rate: Floats
    attendance_rate: Floats
    self_regulation: Floats
    engagement_level: Floats
    home_access: Floats


@dataclass(frozen=True)
class YearRoster(Holders):
    """One year: its holders, and who sits with whom.

    Attributes
    ----------
    section
        Each student's section, by subject. (n, 2)
    section_school, section_subject, section_grade
        Sections are ordered by school, subject, pool, grade and number. (K)
    section_seat
        Index into the timeline's seats. (K)
    section_pool
        Index of the pool: sections of one school and subject in two neighbouring grades. (K)
    """

    section: Int32s
    section_school: Int32s
    section_subject: Int8s
    section_grade: Int16s
    section_seat: Int32s
    section_pool: Int32s


@dataclass(frozen=True)
class Timeline:
    """A population over the years."""

    years: tuple[YearRoster, ...]
    seats: SeatTimeline


def timeline(
    population: Population, years: int, class_size: Floats, *, seed: int, keep_given: bool = True, by_level: float = 0.0
) -> Timeline:
    """The years of a population.

    Parameters
    ----------
    years
        1 to 8.
    class_size
        The size that no made-up section passes, by school. Shape (S).
    keep_given
        Keep the sections that a file gives, in the first year; a policy that changes sections does not.
    by_level
        How far sections are formed by entry scores instead of by chance, 0 to 1.
    """
    if not 1 <= years <= MAX_YEARS:
        raise PopulationError("timeline", "years", f"got {years}", allowed=f"1 to {MAX_YEARS}")
    holders = [_first_holders(population)]
    for year in range(1, years):
        holders.append(_next_holders(population, holders[-1], year, seed))
    given = given_sections(population)
    tables = [
        make_sections(
            at.student_key,
            population.school,
            at.grade,
            class_size=class_size,
            year=year,
            seed=seed,
            given=given if keep_given and year == 0 else None,
            standing=at.entry_z,
            by_level=by_level,
        )
        for year, at in enumerate(holders)
    ]
    if given is not None:
        tables = [table._replace(seat_code=with_named_teachers(table.seat_code, population, given)) for table in tables]
    codes = np.unique(np.concatenate([table.seat_code for table in tables]))
    rosters = tuple(_roster(at, table, codes) for at, table in zip(holders, tables, strict=True))
    return Timeline(rosters, seats(population, codes))


def _first_holders(population: Population) -> Holders:
    own = {name: getattr(population, name) for name in Holders.__dataclass_fields__ if name != "entered"}
    return Holders(entered=np.zeros(population.students, dtype=np.int16), **own)


def _next_holders(population: Population, before: Holders, year: int, seed: int) -> Holders:
    """Who holds each slot a year later: the same student a grade up, or somebody new.

    Who passes the school's last grade is followed by somebody in its first grade; who moves away, by somebody in the
    grade that the mover would have reached.
    """
    school = population.school
    grade = (before.grade + 1).astype(np.int16)
    graduates = grade > population.last_grade[school]
    grade[graduates] = population.first_grade[school][graduates]
    u_leave = uniforms(seed, before.student_key, "mobility", subject=_LEAVES, year=year)[0]
    new = np.flatnonzero(graduates | (u_leave < population.spec.mobility_rate))

    keys = derived_keys(population.student_key[new], "mobility", subject=_SUCCESSOR, year=year)
    people = draw_people(
        keys,
        grade[new],
        school_z=population.school_z[school[new]],
        lunch_share=population.lunch_share[school[new]],
        spec=population.spec,
        seed=seed,
    )
    fresh = {
        **vars(people.traits),
        "student_key": keys,
        "entered": np.int16(year),
        "achievement": people.achievement,
        "entry_z": people.entry_z,
        "lunch_eligible": people.lunch_eligible,
    }
    changed = {}
    for name, values in fresh.items():
        changed[name] = getattr(before, name).copy()
        changed[name][new] = values
    return replace(before, grade=grade, **changed)


def _roster(at: Holders, table: SectionTable, codes: Int64s) -> YearRoster:
    return YearRoster(
        **vars(at),
        section=table.of_student,
        section_school=table.school,
        section_subject=table.subject,
        section_grade=table.grade,
        section_seat=np.searchsorted(codes, table.seat_code).astype(np.int32),
        section_pool=table.pool,
    )
