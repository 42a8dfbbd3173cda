"""Where a key stands in a TOML text, for messages: cheap, and silent about texts it cannot follow."""

from __future__ import annotations

import re

KeyPath = tuple[str, ...]
"""Names of tables and, last, of a key; the tables of an array by their number, from ``"0"``."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Line number, from 1, where each key or table first appears.

    Examples
    --------
    >>> key_lines("[[steps]]\nsays = 1\n[[steps]]\nsays = 2")["steps", "1", "says"]
    4
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            table = _table(_parts(header[2]), counts, array=header[1] == "[[")
            _note(found, table, number)
        elif key:
            _note(found, (*table, *_parts(key[1])), number)
    return found


def _table(parts: KeyPath, counts: dict[KeyPath, int], *, array: bool) -> KeyPath:
    """The path of a header, with the numbers of the arrays' tables that it stands in."""
    table: KeyPath = ()
    for depth, part in enumerate(parts, start=1):
        table = (*table, part)
        if array and depth == len(parts):
            counts[table] = counts.get(table, -1) + 1
        if table in counts:
            table = (*table, str(counts[table]))
    return table


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in dotted.split(".")[:8])


def _note(found: dict[KeyPath, int], path: KeyPath, number: int) -> None:
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], number)
