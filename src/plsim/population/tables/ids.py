"""Ids of persons and classes: what a spreadsheet does to them, and how those of two files find each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plsim.population.tables.cells import complain
from plsim.population.tables.reading import Sheet

if TYPE_CHECKING:
    import pandas as pd

_SCIENTIFIC = re.compile(r"[+-]?\d(\.\d+|,\d+)?E\+?\d+", re.IGNORECASE)
_LONG = re.compile(r"\d{16,}")
_SPREADSHEET_DIGITS = 15
_MOST_SHARED = 0.02
_FEW_SHARED = 3
"""Ids that stand for several persons: beyond the few of any system, and beyond this share, the ids are spoiled."""
_ERROR = re.compile(r"#+|#(REF|NAME|VALUE|N/A|NUM|NULL|DIV/0)[!?]?", re.IGNORECASE)
_FORMULA = re.compile(r'="?([^"]*)"?')
_WHOLE = re.compile(r"(\d+)\.0+")
_CAUSE = "a spreadsheet has changed the ids, and several students may now share one"
_ASK = "Get the export anew and do not save it from a spreadsheet, or import its id columns there as text"


def complain_of_spoiled_ids(sheet: Sheet, column: pd.Series[str]) -> None:
    """Refuse ids that a spreadsheet has destroyed: several persons now carry the same one.

    ``1.23457E+11`` is what is shown of a long number; of more than 15 digits the rest has become zeros.
    """
    distinct = [str(text) for text in column.unique()]
    long = [text for text in distinct if _LONG.fullmatch(text)]
    cut = [text for text in long if not text[_SPREADSHEET_DIGITS:].strip("0")]
    found = {
        "a number in scientific notation": [text for text in distinct if _SCIENTIFIC.fullmatch(text)],
        f"a number whose digits after the {_SPREADSHEET_DIGITS}th are zeros": cut if len(cut) > len(long) / 2 else [],
        "an error of a spreadsheet": [text for text in distinct if _ERROR.fullmatch(text)],
    }
    for got, texts in found.items():
        if texts:
            wrong = column.isin(texts).to_numpy()
            complain(sheet, column, wrong, "ids as the system wrote them", got=f"{got}: {_CAUSE}", fix=_ASK)


def id_key(text: str) -> str:
    """An id without what programs add to it: capitals, braces, blanks, ``="..."``, an apostrophe before, ``.0``."""
    formula = _FORMULA.fullmatch(text)
    bare = (formula[1] if formula else text).strip("{}'\" ")
    bare = "".join(bare.split()).casefold()
    whole = _WHOLE.fullmatch(bare)
    return whole[1] if whole else bare


def without_zeros(text: str) -> str:
    """An id's key without leading zeros."""
    key = id_key(text)
    return key.lstrip("0") or ("0" if key else "")


@dataclass(frozen=True)
class Partners:
    """Which id of another file each id means.

    Attributes
    ----------
    of
        The other file's id by one's own; those without a partner are missing.
    by_key, by_zeros
        How many were found only when capitals, braces and blanks, or leading zeros, were set aside.
    """

    of: Mapping[str, str]
    by_key: int
    by_zeros: int


def partners(own: Iterable[str], others: Iterable[str]) -> Partners:
    """For every id the one of another file that means the same: the very same, else by key, else without zeros.

    Where setting something aside would let two ids of one file become one, they keep apart and find no partner.
    """
    mine, theirs = set(own) - {""}, set(others) - {""}
    found = {name: name for name in mine & theirs}
    counts = []
    for shorten in (id_key, without_zeros):
        left, open_others = mine - found.keys(), theirs - set(found.values())
        # Counted over all ids, so that 007 does not take the place of 7 that another 7 already has.
        alone = {key for key, count in Counter(map(shorten, mine)).items() if count == 1}
        by_short: dict[str, list[str]] = {}
        for name in open_others:
            by_short.setdefault(shorten(name), []).append(name)
        pairs = {}
        for name in left:
            key = shorten(name)
            if key in alone and len(by_short.get(key, ())) == 1:
                pairs[name] = by_short[key][0]
        found |= pairs
        counts.append(len(pairs))
    return Partners(found, *counts)


def told_of(found: Partners) -> list[str]:
    """What to say of ids that were joined although they are not written alike."""
    lines = []
    if found.by_zeros:
        count = found.by_zeros
        lines.append(f"{count:,} students were joined although one file lacks the leading zeros of their ids.")
    if found.by_key:
        count = found.by_key
        lines.append(f"{count:,} students were joined although their ids differ in capitals, braces or blanks.")
    return lines


def translated(column: pd.Series[str], table: Mapping[str, str]) -> pd.Series[str]:
    """The column with each id as the other file writes it; ids without a partner stay as they are."""
    changed = {name: table[name] for name in column.unique() if table.get(name, name) != name}
    return column.map(lambda name: changed.get(name, name)) if changed else column


def ids_of_several(sheet: Sheet, table: pd.DataFrame, key: str, grade: str) -> tuple[set[str], list[str]]:
    """Ids under which rows name several persons, and what to say of ids with several persons or grades.

    A few are told, and the persons of such an id are to be left out; from ``_MOST_SHARED`` of all on they are problems.
    """
    persons = table[[key]].assign(person=sheet.persons_of(table)).drop_duplicates()[key].value_counts()
    grades = table[[key, grade]].drop_duplicates()[key].value_counts()
    several = {str(name) for name in persons.index[persons > 1]}
    unsteady = {str(name) for name in grades.index[grades > 1]} - several
    warnings = []
    for ids, what in ((several, "persons with different names or birth dates"), (unsteady, "grades in one term")):
        if not ids:
            continue
        if len(ids) > max(_FEW_SHARED, _MOST_SHARED * len(persons)):
            wrong = (table[key].isin(list(ids)) & table[key].duplicated()).to_numpy()
            allowed = "one student under each id"
            complain(sheet, table[key], wrong, allowed, got=f"an id that is used for several {what}", fix=_ASK)
        else:
            count = f"{len(ids):,} {'id is' if len(ids) == 1 else 'ids are'}"
            left = "those students are left out" if ids is several else "the school of the last test counts"
            warnings.append(f"{sheet.where}: {count} used for several {what}: {left}.")
    return several, warnings
