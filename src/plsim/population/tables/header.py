"""The header of a table: which of its columns are meant, and which only look as if they were.

A column is read when its name is written as documented. One that is near such a name (other capitals or marks, a slip,
a common word for the same thing) while the right one is missing would be passed over in silence and drawn from norms
instead: it is refused with the name that was probably meant.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from plsim.core.errors import PopulationError
from plsim.population.tables.problems import joined

_CLOSE = 0.84
"""Similarity from which a name is taken for a slip of another (difflib's ratio)."""
_SHOWN = re.compile(r"[A-Za-z][\w .#/()-]{0,39}")


@dataclass(frozen=True)
class Columns:
    """What a reader wants of a table.

    Attributes
    ----------
    required, optional
        Columns that are read; a file without a required one cannot be used.
    also
        Other names of columns, as officially used: what the file may call it, and what it is here.
    further
        Which columns beyond these are read.
    official
        Columns that the format has and that are not read: never taken for a slip.
    alike
        Common words for a column, by their plain form (see :func:`plain`): the column that is probably meant.
    spelling
        Whether slips in spelling are looked for too, not only other capitals and marks.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    further: Callable[[str], bool] = lambda _: False
    official: frozenset[str] = frozenset()
    alike: Mapping[str, str] = field(default_factory=dict)
    spelling: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """All columns with a meaning."""
        return (*self.required, *self.optional)


def plain(name: str) -> str:
    """A column's name without capitals, blanks and marks."""
    return re.sub(r"[\W_]", "", name.casefold())


def shown_columns(names: Sequence[str]) -> list[str]:
    """Names of columns as a message may show them: only what looks like one, for a file may lack its header."""
    return [name for name in names if _SHOWN.fullmatch(name)]


def meant(name: str, columns: Columns) -> str:
    """The column that a name is near to, or nothing; a column of that very name is not near to itself."""
    key = plain(name)
    if not key or name in columns.known or name in columns.official or name in columns.also:
        return ""
    plain_known = {plain(known): known for known in columns.known}
    if key in plain_known:
        return plain_known[key]
    if key in columns.alike:
        return columns.alike[key]
    if columns.spelling and len(key) > 3:
        close = difflib.get_close_matches(key, plain_known, n=1, cutoff=_CLOSE)
        return plain_known[close[0]] if close else ""
    return ""


def check_header(
    where: str, header: Sequence[str], wanted: Sequence[int], columns: Columns, *, named: frozenset[str] = frozenset()
) -> None:
    """Refuse a header that lacks columns, has one twice, or has one that only looks like a known one; all is told.

    ``named`` are columns that were asked for as they stand, and are therefore no slips.
    """
    found: list[PopulationError] = []
    missing = [name for name in columns.required if name not in header]
    near = {name: meant(name, columns) for name in dict.fromkeys(header) if name not in named}
    if not any(header):
        found.append(PopulationError(where, "header", "it is empty", allowed="CSV with a header"))
    else:
        for name in missing:
            likely = next((given for given, known in near.items() if known == name), "") or _nearest(name, header)
            fix = f"Is it the column '{likely}'? Call it '{name}'" if likely else ""
            allowed = ", ".join(columns.required)
            found.append(PopulationError(where, "header", f"no column '{name}'", allowed=allowed, fix=fix))
    for given, known in near.items():
        if not known or known in missing:
            continue
        if known not in header:
            problem = f"column '{given}' looks like '{known}', which is not there"
            fix = f"Call it '{known}', or leave it out: else {known} would be drawn as if nobody knew it"
            found.append(PopulationError(where, "header", problem, fix=fix))
        elif plain(given) == plain(known):
            problem = f"columns '{known}' and '{given}' differ only in capitals or marks"
            found.append(PopulationError(where, "header", problem, allowed="one each"))
    times = Counter(header)
    twice = [name for name in dict.fromkeys(header[at] for at in wanted) if times[name] > 1]
    found += [PopulationError(where, "header", f"column '{name}' is there twice", allowed="one each") for name in twice]
    if found:
        raise joined(found)


def _nearest(name: str, header: Sequence[str]) -> str:
    """The column nearest to a name, whatever the capitals and marks; nothing when none is near."""
    by_plain = {plain(column): column for column in shown_columns(header)}
    close = difflib.get_close_matches(plain(name), by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""
