"""Terms of an NWEA export: which there are, and which is used."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plsim.core.calendar import FALL_WEEK, SPRING_WEEK, WINTER_WEEK
from plsim.core.errors import PopulationError, nearest

_SEASON_WEEKS = {"fall": FALL_WEEK, "winter": WINTER_WEEK, "spring": SPRING_WEEK}
_TERM = re.compile(r"(fall|winter|spring|summer) [\d\- /]{4,12}", re.IGNORECASE)
_MOST_TERMS = 12
_ORDER = ("fall", "winter", "spring", "summer")


def known_terms(names: Iterable[str]) -> list[str]:
    """What looks like a term, in the order of time: in a file whose columns have slipped it could be anything."""
    return sorted({name for name in names if _TERM.fullmatch(name)}, key=_place)


def _place(term: str) -> tuple[list[str], int, str]:
    return (re.findall(r"\d{4}", term), _ORDER.index(term.partition(" ")[0].lower()), term)


def listed(terms: list[str]) -> str:
    """The latest terms for a message."""
    return ", ".join(terms[-_MOST_TERMS:])


def chosen_term(where: str, names: Iterable[str], term: str | None) -> str:
    """The term that is asked for, else the latest fall.

    Raises
    ------
    PopulationError
        When there is no such term, or none to choose.
    """
    given = {name for name in names if name}
    known = known_terms(given)
    if term is not None:
        same = [name for name in given if name.casefold() == term.strip().casefold()]
        if not same:
            fix = nearest(term, known)
            raise PopulationError(where, "TermName", f"no term {term!r}", allowed=listed(known), fix=fix)
        if not week_of(same[0]):
            raise PopulationError(where, "TermName", f"term {term!r}", allowed="a fall, winter or spring term")
        return same[0]
    falls = [name for name in known if week_of(name) == FALL_WEEK]
    if not falls:
        fix = "Name the term to use with --term" if known else ""
        raise PopulationError(where, "TermName", "no fall term", allowed=listed(known), fix=fix)
    return falls[-1]


def week_of(term: str) -> int:
    """The week of the year in which a term tests; 0 for a season that MAP does not have."""
    return _SEASON_WEEKS.get(term.partition(" ")[0].lower(), 0)
